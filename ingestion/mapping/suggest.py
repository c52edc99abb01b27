"""Suggesting a mapping for a feed nobody has described yet."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from core.errors import InvalidInputError
from ingestion.mapping.schemas import AccommodationFields, TourFields
from ingestion.mapping.service import LONGEST_MAPPING, read_mapping
from ingestion.mapping.suggesting.choosing import Choice, Choices, both
from ingestion.mapping.suggesting.columns import Column, columns_of, wholes_of
from ingestion.mapping.suggesting.common import guess_country, guess_currency
from ingestion.mapping.suggesting.lexicon import PLACES_TO_STAY, TOURS
from ingestion.mapping.suggesting.sources import Sources, find_sources, of_use
from ingestion.mapping.suggesting.stays import choose_stay_fields, holds_places_to_stay
from ingestion.mapping.suggesting.texts import choose_texts
from ingestion.mapping.suggesting.tours import choose_tour_fields, open_departures
from ingestion.mapping.suggesting.writing import Suggestion, written
from ingestion.normalising.language import detect_language
from ingestion.normalising.text import clean_name
from ingestion.schemas import Kind

_MOST_OF_THEM = 0.95
_LEAST_TEXTS = 10
_LONGEST_NAME = 100


def suggest_mapping(location: Path) -> str:
    """Return a mapping file for a feed, with a comment on every line that says why.

    Headers are compared with what operators usually call such columns, and the values of some
    200 records of each file with what each field holds. Of several files, the one whose ids the
    others refer to holds the tours, and the others are joined to it.

    Args:
        location: a file, or a folder of files.

    Raises:
        InvalidInputError: nothing in it can be read, or has names and texts that could be tours.
    """
    if not location.exists():
        raise InvalidInputError(f"{location}: no such file or folder")
    sources = find_sources(location)
    suggestion = _suggested(location, sources)
    text = written(suggestion, location if sources.folder else None)
    if len(text) > LONGEST_MAPPING:
        raise InvalidInputError(f"{location}: its columns have names too long for a mapping")
    read_mapping(text, "the suggested mapping")
    return text


def _suggested(location: Path, sources: Sources) -> Suggestion:
    named = [(sources.main, ""), *((each.sample, each.sample.name) for each in sources.joins)]
    columns = [each for sample, name in named for each in columns_of(sample, name)]
    objects = [each for sample, name in named for each in wholes_of(sample, name)]
    if _holds_stays(sources, columns):
        choices = Choices(columns, PLACES_TO_STAY, objects)
        repeats = choose_stay_fields(choices, sources.main)
        return _told(location, sources, choices, "accommodations", repeats, [])
    choices = Choices(columns, TOURS, objects)
    repeats = choose_tour_fields(choices, sources.main)
    return _told(location, sources, choices, "tours", repeats, choose_texts(choices))


def _holds_stays(sources: Sources, columns: list[Column]) -> bool:
    """Tell by what would be the title whether the records are places to stay."""
    choices = Choices([each for each in columns if not each.source], TOURS)
    titles = choices.rank("title", lambda each: each.lettered, both(0.4, 0.3))
    return holds_places_to_stay(sources.main, titles[0].column if titles else None)


def _told(
    location: Path,
    sources: Sources,
    choices: Choices,
    kind: Kind,
    repeats: str,
    splits: list[Choice],
) -> Suggestion:
    """Put together what was found."""
    countries = _countries(choices)
    shape = TourFields if kind == "tours" else AccommodationFields
    where = _where(choices, sources)
    sources = of_use(sources, _paths([*choices.fields.values(), *splits]))
    found = choices.fields
    country = (None, "") if "country" in found else guess_country(countries)
    return Suggestion(
        provider=_provider(location),
        kind=kind,
        sources=sources,
        where=where,
        fields={
            name: choices.fields[name] for name in shape.model_fields if name in choices.fields
        },
        missing=[name for name in shape.model_fields if name not in choices.fields],
        splits=splits,
        repeats=repeats,
        currency=_currency(choices, countries),
        country=country,
        language=_language(choices),
        personal=[each.path for each in choices.personal],
        unused=choices.unused(),
    )


def _paths(choices: list[Choice]) -> list[str]:
    """Return every column that a rule takes something from."""
    return [path for each in choices for path in (*each.paths, *_in_options(each.options.values()))]


def _in_options(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from map(str, value)
        else:
            yield from re.findall(r"\{([^{}]+)\}", str(value)) or [str(value)]


def _provider(location: Path) -> str:
    stem = location.name if location.is_dir() else location.name.partition(".")[0]
    name = clean_name(stem.replace("_", " ").replace("-", " ")) or "Provider"
    return name[:_LONGEST_NAME].title() if name.islower() else name[:_LONGEST_NAME]


def _columns(choices: Choices, *names: str) -> list[Column]:
    chosen = [choices.fields[name] for name in names if name in choices.fields]
    paths = {path for choice in chosen for path in choice.paths}
    return [each for each in choices.columns if each.path in paths]


def _countries(choices: Choices) -> Counter[str]:
    found: Counter[str] = Counter()
    for column in _columns(choices, "locations", "city", "country", "address"):
        found += column.countries
    return found


def _currency(choices: Choices, countries: Counter[str]) -> tuple[str | None, str]:
    prices = _columns(choices, "price")
    return guess_currency(prices[0], countries) if prices else (None, "")


def _language(choices: Choices) -> tuple[str | None, str]:
    if "language" in choices.fields:
        return None, ""
    columns = _columns(choices, "title", "name", "description")
    detected = (detect_language(text[:1_000]) for column in columns for text in column.texts)
    told = Counter(code for code in detected if code)
    if told.total() < _LEAST_TEXTS:
        return None, ""
    code, count = told.most_common(1)[0]
    share = count / told.total()
    return (code, f"{share:.0%} of the texts are in it") if share >= _MOST_OF_THEM else (None, "")


def _where(choices: Choices, sources: Sources) -> dict[str, tuple[str, str]]:
    """Pass over departures that cannot be booked, where a column tells."""
    departures = choices.fields.get("available", Choice((), ""))
    found = {}
    for join in sources.joins:
        name = join.sample.name
        if any(path.startswith(f"{name}.") for path in departures.paths):
            open_ones = open_departures(choices, name)
            if open_ones is not None:
                found[name] = open_ones
    return found
