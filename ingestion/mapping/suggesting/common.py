"""What tours and places to stay have in common: ids, links, prices, countries."""

import re
from collections import Counter
from collections.abc import Sequence

from babel import Locale
from babel.numbers import get_territory_currencies

from core.money import convert, known_currency
from core.places.service import gazetteer
from ingestion.mapping.suggesting.choosing import Candidate, Choice, Choices, both
from ingestion.mapping.suggesting.columns import Column
from ingestion.mapping.suggesting.names import names_a_key
from ingestion.mapping.suggesting.sampling import Sample
from ingestion.normalising.scores import read_score

_IN_ADDRESS = r"^https?://([^?#]+)"
_KEY = 0.98
_FILLED = 0.95
_LONGEST_PRICE = 80
_TELLING = 0.5
_INDIAN = re.compile(r"\b\d{1,2},\d{2},\d{3}\b")
_LIKELY_USD = (0.5, 8_000.0)
"""Between these most tours, and most nights in a hotel, cost one person."""
_MOST_OF_THEM = 0.9
_LEAST_MENTIONS = 20


def choose_id(choices: Choices, sample: Sample, named: str) -> str:
    """Choose what tells the records apart, and return what to do with repeats.

    Args:
        choices: of the feed.
        sample: the first source.
        named: the field of the title or name.
    """
    main = [each for each in choices.free() if not each.source and each.keys.filled]
    keys = [
        Candidate(each, choices.fit("id", each), each.keys.distinct)
        for each in main
        if each.filled >= _FILLED
    ]
    fitting = [each for each in keys if each.name >= 0.8 and each.value >= _TELLING]
    fitting += [each for each in keys if each.value >= 1 and names_a_key(each.column.words)]
    ranked = sorted(fitting, key=lambda each: (each.value >= _KEY, each.name, each.value))[::-1]
    if ranked:
        share = ranked[0].value
        choices.take("id", list(dict.fromkeys(ranked)), _distinct(share))
        return _repeats(share)
    return _id_in_address(choices, sample) or _id_of_names(choices, sample, named)


def _distinct(share: float) -> str:
    if share >= 1:
        return "no value comes twice"
    return f"{'nearly all' if share > _KEY else f'{share:.0%}'} of its values are distinct"


def _repeats(share: float) -> str:
    return "set_aside" if share >= 1 else "merge"


def _id_in_address(choices: Choices, sample: Sample) -> str | None:
    """Take the address of the page, without what only says how one came there."""
    pages = [each.path for each in choices.columns if each.images < _TELLING]
    addresses = [
        (keys.distinct, name)
        for name, keys in ((each, sample.keys.get(f"{each}?")) for each in pages)
        if keys and keys.filled >= _FILLED * sample.read and keys.distinct >= _TELLING
    ]
    if not addresses:
        return None
    share, name = max(addresses)
    why = f"no ids, but every record has an address: {_distinct(share)}"
    choices.fields["id"] = Choice((name,), why, {"pattern": _IN_ADDRESS})
    return _repeats(share)


def _id_of_names(choices: Choices, sample: Sample, named: str) -> str:
    """Take the name, and the town with it, for want of anything better."""
    paths = choices.fields[named].paths
    town = choices.fields.get("city")
    keys = sample.keys.get(paths[0])
    share = keys.distinct if keys else 0.0
    together = (*paths, *town.paths) if town else paths
    why = f"no ids: those of the same {named} are one; {_distinct(share)}"
    choices.fields["id"] = Choice(together, why)
    return _repeats(share)


def choose_links(choices: Choices) -> None:
    """Choose the page and the picture."""
    images = choices.rank(
        "image",
        lambda each: each.links * (0.5 + 0.5 * max(each.images, choices.fit("image", each))),
        lambda name, value: value >= _TELLING and name >= 0.5,
    )
    images = images or choices.rank(
        "image", lambda each: min(each.links, each.images), both(0.0, 0.8)
    )
    choices.take("image", images, "{share} of the sample are addresses of pictures")
    pages = choices.rank(
        "url",
        lambda each: each.links * (each.images < _TELLING),
        both(0.0, _TELLING),
    )
    choices.take("url", pages, "{share} of the sample are web addresses")


def choose_price(choices: Choices) -> Column | None:
    """Choose the price, by its name or by the currencies that stand in it."""
    if choices.take_object("price", lambda each: each.prices(None)):
        return None

    def value(column: Column) -> float:
        if column.length >= _LONGEST_PRICE:
            return 0.0
        return max(column.prices(code) for code in (_currency_in(column.words) or "USD", "VND"))

    def admit(name: float, value: float) -> bool:
        return name >= 0.75 and value > 0.2

    ranked = choices.rank("price", value, admit)
    if not ranked:
        ranked = choices.rank(
            "price",
            lambda each: (
                min(sum(each.currencies.values()) / max(len(each.firsts), 1), 1.0)
                * (each.length < 80)
            ),
            both(0.0, 0.6),
        )
    return choices.take("price", ranked, "{share} of the sample read as a price")


def price_template(choices: Choices, price: Column | None) -> None:
    """Put the currency of a column of its own behind the amount."""
    if price is None or price.currencies:
        return
    before = price.path.rpartition(".")[0]
    for column in choices.free():
        same_object = column.path.rpartition(".")[0] == before
        codes = column.rate(lambda value: known_currency(str(value).strip()))
        if same_object and codes >= _MOST_OF_THEM and "{" not in price.path + column.path:
            template = f"{{{price.path}}} {{{column.path}}}"
            old = choices.fields["price"]
            why = f"{old.why}; the currency stands beside it"
            choices.fields["price"] = Choice((), why, {"template": template}, old.alternatives)
            choices.used[column.path] = None
            return


def guess_currency(price: Column | None, countries: Counter[str]) -> tuple[str | None, str]:
    """Return the currency of amounts that name none, and why; None where one must ask."""
    if price is None:
        return None, "no price was found"
    if price.currencies:
        code, count = price.currencies.most_common(1)[0]
        amounts = round(price.prices(code) * len(price.firsts))
        if price.currencies.total() >= amounts:
            return None, ""  # every amount names its own
        return code, f"{count} of {amounts} amounts in the sample name it themselves"
    in_name = _currency_in(price.words)
    if in_name:
        return in_name, f"so the name of {price.name} says"
    if any(_INDIAN.search(str(value)) for value in price.firsts):
        return "INR", "a guess: thousands are set apart as in India"
    return _by_country(price, countries)


def _currency_in(words: Sequence[str]) -> str | None:
    for word in words:
        if len(word) == 3:
            try:
                code = known_currency(word)
            except ValueError:
                continue
            return code
    return None


def _by_country(price: Column, countries: Counter[str]) -> tuple[str | None, str]:
    """Take the currency of the country where its amounts can be true and dollars cannot."""
    question = "the amounts name none: which is it? Until you say, no price is taken"
    amounts = sorted(amount for amount in price.numbers or _digits(price) if amount > 0)
    if not amounts or not countries:
        return None, question
    middle = amounts[len(amounts) // 2]
    country, count = countries.most_common(1)[0]
    own = get_territory_currencies(country)
    if count < _TELLING * countries.total() or not own:
        return None, question
    if _is_likely(middle, own[-1]) and not _is_likely(middle, "USD"):
        return own[-1], f"a guess: most places are in {country}, and the amounts fit"
    return None, question


def _digits(price: Column) -> list[float]:
    found = (re.sub(r"[.,\s]", "", str(value)) for value in price.firsts)
    return [float(each) for each in found if each.isdecimal() and len(each) < 15]


def _is_likely(amount: float, currency: str) -> bool:
    try:
        dollars = convert(amount, currency, "USD")
    except ValueError:
        return False
    return _LIKELY_USD[0] <= dollars <= _LIKELY_USD[1]


def choose_country(choices: Choices) -> None:
    """Choose the country, by name or as an ISO code."""
    codes = Locale("en").territories

    def value(column: Column) -> float:
        return max(column.places, column.rate(lambda each: len(each) == 2 and each in codes))

    ranked = choices.rank("country", value, both(0.4, 0.5))
    choices.take("country", ranked, "{share} of it are countries")


def guess_country(countries: Counter[str]) -> tuple[str | None, str]:
    """Return the name of the country in which nearly all places lie, and why."""
    total = countries.total()
    if total < _LEAST_MENTIONS:
        return None, ""
    code, count = countries.most_common(1)[0]
    if count < _MOST_OF_THEM * total:
        return None, ""
    name = str(Locale("en").territories.get(code, code))
    known = gazetteer().find(name)
    said = name if known and known.country == code else code
    return said, f"{count / total:.0%} of the places named lie there"


def choose_score(choices: Choices, name: str, best: float, **options: float) -> Column | None:
    """Choose a mark up to *best*; further columns help where the first is blank."""

    def value(column: Column) -> float:
        return column.rate(lambda each: read_score(each, out_of=best, best=best) is not None)

    ranked = choices.rank(name, value, both(0.75, 0.3))
    chosen = choices.take(name, ranked, "{share} of the sample are marks", **options)
    if chosen is not None and chosen.filled < _MOST_OF_THEM:
        helpers = tuple(each.column.path for each in ranked[1:3] if each.name >= 0.8)
        old = choices.fields[name]
        choices.use(name, Choice((*old.paths, *helpers), old.why, old.options))
    return chosen
