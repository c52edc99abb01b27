"""Which columns of a feed of places to stay become which fields."""

from ingestion.mapping.suggesting.choosing import Choice, Choices, both
from ingestion.mapping.suggesting.columns import Column
from ingestion.mapping.suggesting.common import (
    choose_country,
    choose_id,
    choose_links,
    choose_price,
    choose_score,
    price_template,
)
from ingestion.mapping.suggesting.names import fit, words_of
from ingestion.mapping.suggesting.sampling import Sample
from ingestion.normalising.scores import read_count

_MOST_STARS = 7
_SCALES = (5, 10, 20, 100)
_TELLING = (
    "hotel|hotels|hotel name|room|rooms|room type|stars|star|star rating|hotel class|amenities"
    "|price per night|nightly rate|check in|checkin|check out|property|property type|khach san"
    "|sao|hang sao|tien nghi|gia phong|loai phong|bedrooms|beds|guests"
)
_TELLING_OF_TOURS = (
    "tour|tours|itinerary|lich trinh|duration|departure|khoi hanh|thoi gian|package|packages"
    "|package name|activity|activities|inclusions|travel|trip|destinations|day by day"
)
_NAMES = (
    "hotel|hotels|resort|hostel|homestay|villa|apartment|apartments|inn|suites|spa|khach san"
    "|nghi duong|motel|lodge|guesthouse|condotel|bungalow"
)


def holds_places_to_stay(sample: Sample, titles: Column | None) -> bool:
    """Tell whether a feed is one of hotels and the like rather than of tours."""
    columns = [words_of(name) for name in sample.columns]
    told = sum(fit(words, _TELLING) >= 0.85 for words in columns)
    told += sum(fit(words_of(file.stem), _TELLING) >= 0.85 for file in sample.files[:1])
    told -= sum(fit(words, _TELLING_OF_TOURS) >= 0.85 for words in columns)
    if titles is not None and titles.texts:
        named = sum(fit(words_of(text), _NAMES) >= 0.85 for text in titles.texts)
        told += 2 * (named >= 0.4 * len(titles.texts))
    return told >= 3


def choose_stay_fields(choices: Choices, sample: Sample) -> str:
    """Choose columns for all fields; return what to do with repeats."""
    _name(choices)
    choices.insist_on("name")
    choose_links(choices)
    price = choose_price(choices)
    price_template(choices, price)
    _where(choices)
    choose_score(choices, "stars", _MOST_STARS)
    _rating(choices)
    reviews = choices.rank(
        "reviews", lambda each: each.rate(read_count) * (each.length < 40), both(0.8, 0.5)
    )
    choices.take("reviews", reviews, "{share} of the sample are numbers")
    _amenities(choices)
    described = choices.rank(
        "description", lambda each: each.lettered * (each.length >= 40), both(0.8, 0.5)
    )
    choices.take("description", described, "so it is called")
    return choose_id(choices, sample, "name")


def _name(choices: Choices) -> None:
    def value(column: Column) -> float:
        fits = 2 <= column.length <= 150 and not column.source
        return column.lettered * fits * (0.4 + 0.6 * column.keys.distinct)

    ranked = choices.rank("name", value, both(0.4, 0.3)) or choices.rank(
        "name", value, both(0.0, 0.5)
    )
    choices.take("name", ranked, "so it is called" if ranked and ranked[0].name else "a name")


def _where(choices: Choices) -> None:
    for name, least, most in (("latitude", -90, 90), ("longitude", -180, 180)):
        ranked = choices.rank(
            name,
            lambda each, a=least, b=most: each.numeric * all(a <= n <= b for n in each.numbers),  # type: ignore[misc]
            both(0.8, 0.7),
        )
        choices.take(name, ranked, "numbers in degrees")
    city = choices.rank("city", lambda each: each.places * (each.length < 60), both(0.75, 0.5))
    choices.take("city", city, "{share} of it is in the gazetteer")
    choose_country(choices)
    address = choices.rank("address", lambda each: each.lettered, both(0.75, 0.5))
    choices.take("address", address, "so it is called")


def _rating(choices: Choices) -> None:
    """Choose the guests' mark; its scale is the least that holds all marks."""
    rated = choose_score(choices, "rating", 100)
    if rated is None:
        return
    best = max(rated.numbers, default=0.0)
    scale = next((each for each in _SCALES if best <= each), _SCALES[-1])
    old = choices.fields["rating"]
    why = f"{old.why}, the best {best:g}"
    choices.fields["rating"] = Choice(old.paths, why, {"out_of": scale}, old.alternatives)


def _amenities(choices: Choices) -> None:
    ranked = choices.rank("amenities", lambda each: each.lettered, both(0.75, 0.4))
    choices.take("amenities", ranked, "so it is called")
