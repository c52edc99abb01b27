"""Which columns of a feed of tours become which fields."""

from collections import Counter

from ingestion.mapping.suggesting.choosing import Choice, Choices, both
from ingestion.mapping.suggesting.columns import Column
from ingestion.mapping.suggesting.common import (
    choose_country,
    choose_id,
    choose_links,
    choose_price,
    price_template,
)
from ingestion.mapping.suggesting.lexicon import OPEN, TIME_UNITS
from ingestion.mapping.suggesting.names import fit, names_a_key, words_of
from ingestion.mapping.suggesting.sampling import Sample
from ingestion.normalising.durations import read_duration

_LONGEST_TITLE = 250
_SHORT = 90
_SEVERAL = 1.2
_LISTED = 0.6
"""Share of names in the gazetteer below which a column is searched for them."""
_MOST_DAYS = 31
_LEAST_MINUTES = 30
_WIDE = 0.1
"""Share of distinct values below which a column of places only says in which region it is."""


def choose_tour_fields(choices: Choices, sample: Sample) -> str:
    """Choose columns for all fields but the texts; return what to do with repeats."""
    _title(choices)
    choices.insist_on("title")
    choose_links(choices)
    price = choose_price(choices)
    price_template(choices, price)
    _duration(choices)
    _departures(choices)
    _places(choices)
    return choose_id(choices, sample, "title")


def _title(choices: Choices) -> None:
    def value(column: Column) -> float:
        fits = 3 <= column.length <= _LONGEST_TITLE and not column.source
        return column.lettered * fits * (0.4 + 0.6 * _varied(column))

    ranked = choices.rank("title", value, both(0.4, 0.3))
    ranked = ranked or choices.rank("title", value, both(0.0, 0.5))
    why = "a name in words, nearly always another"
    choices.take("title", ranked, why if ranked and ranked[0].name < 0.8 else "so it is called")


def _varied(column: Column) -> float:
    """Return the share of distinct values."""
    if column.keys.filled:
        return column.keys.distinct
    return len({repr(each) for each in column.values}) / max(len(column.values), 1)


def _duration(choices: Choices) -> None:
    if choices.take_object("duration", lambda each: each.durations):
        return

    def value(column: Column) -> float:
        unit = _unit(column)
        bare = column.numeric if unit else 0.0
        return max(column.durations, bare) * (column.length < _SHORT)

    def admit(name: float, value: float) -> bool:
        return (name >= 0.75 and value >= 0.3) or value >= 0.75

    ranked = choices.rank("duration", value, admit)
    ranked = [each for each in ranked if each.column.numeric < 1 or each.name >= 0.75]
    unit = _unit(ranked[0].column) if ranked else None
    needed = unit and ranked[0].column.numeric > 0.3
    options = {"unit": unit} if needed else {}
    why = "{share} of the sample read as a length"
    if needed and not any(fit(ranked[0].column.words, names) for names in TIME_UNITS.values()):
        why = "a guess: the numbers name no unit"
    if choices.take("duration", ranked, why, **options):
        return
    if not _between_dates(choices):
        _in_title(choices)


def _unit(column: Column) -> str | None:
    named = (unit for unit, names in TIME_UNITS.items() if fit(column.words, names))
    return next(named, None) or _guessed_unit(column.numbers)


def _guessed_unit(numbers: list[float]) -> str | None:
    """Return the unit of bare numbers: small ones are days, large round ones minutes."""
    if not numbers:
        return None
    if max(numbers) <= _MOST_DAYS:
        return "days"
    middle = sorted(numbers)[len(numbers) // 2]
    round_ones = sum(number % 5 == 0 for number in numbers)
    return "minutes" if middle >= _LEAST_MINUTES and round_ones >= 0.8 * len(numbers) else None


def _between_dates(choices: Choices) -> bool:
    """Take the days between the first and the last, where a feed has those instead."""
    starts = choices.rank("available", lambda each: each.dates, both(0.75, 0.7))
    ends = choices.rank("end", lambda each: each.dates, both(0.75, 0.7))
    for start in starts:
        end = next((each for each in ends if each.column.source == start.column.source), None)
        if end is not None:
            options = {"start": start.column.path, "end": end.column.path}
            why = "no column of lengths, but two dates"
            choices.fields["duration"] = Choice((), why, options)
            choices.used[end.column.path] = None
            return True
    return False


def _in_title(choices: Choices) -> None:
    """Take the length out of the title, where most titles tell it."""
    title = _chosen(choices, "title")
    if title is not None and title.rate(read_duration) >= 0.6:
        choices.fields["duration"] = Choice(
            (title.path,), f"{title.rate(read_duration):.0%} of the titles tell it"
        )


def _chosen(choices: Choices, name: str) -> Column | None:
    choice = choices.fields.get(name)
    if choice is None or not choice.paths:
        return None
    return next(each for each in choices.columns if each.path == choice.paths[0])


def _departures(choices: Choices) -> None:
    def admit(name: float, value: float) -> bool:
        return (name >= 0.8 and value >= 0.15) or (name >= 0.4 and value >= 0.6)

    ranked = choices.rank("available", lambda each: each.departures, admit)
    choices.take("available", ranked, "{share} of the sample list dates")


def open_departures(choices: Choices, source: str) -> tuple[str, str] | None:
    """Return the column, and its word, by which a list of departures tells what can be booked."""
    for column in choices.free():
        named = fit(column.words, "availability|available|status|trang thai|tinh trang|state")
        said = Counter(str(each[0]).strip() for each in column.values)
        if column.source != source or named < 0.85 or not 1 < len(said) <= 6:
            continue
        word = next((each for each in said if " ".join(words_of(each)) in OPEN.split("|")), None)
        if word is not None:
            choices.used[column.path] = None
            return column.name, word
    return None


def _places(choices: Choices) -> None:
    start = choices.rank("without", lambda each: max(each.places, each.mentions), both(0.8, 0.4))
    listed = [
        each
        for each in choices.rank(
            "locations", lambda each: max(each.places, min(each.mentions, 1.0)), both(0.75, 0.4)
        )
        if choices.fit("without", each.column) < 0.8
    ]
    title = _chosen(choices, "title")
    without = {"without": [each.column.path for each in start[:1]]} if start else {}
    if listed and (_says_more(listed[0].column, title) or title is None):
        best = listed[0].column
        # A list says where the tour goes; only running text names where it leaves from as well.
        running = best.places < _LISTED <= best.mentions
        options = {"find": True, **without} if running else {}
        why = "{share} of what it names is in the gazetteer"
        choices.take("locations", listed, why, **options)
    elif title is not None and title.mentions >= 0.4:
        _in_texts(choices, title, [each.column for each in listed[:1]], without)
    choose_country(choices)
    language = choices.rank("language", lambda each: each.length < 30, both(0.8, 1.0))
    choices.take("language", language, "so it is called")


def _says_more(listed: Column, title: Column | None) -> bool:
    """Tell whether a column of places says more than the titles do, or only names a region."""
    if title is None or listed.source:
        return True
    return not (title.mentions >= _SEVERAL and _varied(listed) <= _WIDE)


def _in_texts(
    choices: Choices, title: Column, others: list[Column], without: dict[str, list[str]]
) -> None:
    paths = (title.path, *(each.path for each in others))
    why = f"a title names {title.mentions:.1f} places on average"
    choices.fields["locations"] = Choice(paths, why, {"find": True, **without})
    left_from = without.get("without", [])
    choices.used |= dict.fromkeys([*(each.path for each in others), *left_from])


def choose_short_texts(choices: Choices) -> None:
    """Choose columns that speak of one criterion alone."""
    for name in ("transportation", "food", "accommodation", "activities"):
        ranked = choices.rank(
            name,
            lambda each: each.lettered * (3 <= each.length < 600) * (not names_a_key(each.words)),
            both(0.75, 0.6),
        )
        choices.take(name, ranked, "so it is called, and it is in words")
