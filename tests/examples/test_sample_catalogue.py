"""The sample catalogue: valid, varied, honest about its gaps, and right about its geography."""

import functools
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.money import convert
from core.places.schemas import Place
from core.places.service import gazetteer
from core.text import fold, tidy
from recommender.schemas import Interests, Package

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXTS = ("transportation", "food", "activities", "accommodation", "notes")
MEAT_FREE = re.compile(r"\b(vegetarian|veggie|vegan|meat-free|chay)\b")
FLIGHT = re.compile(r"\b(flights?|fly|bay|seaplane)\b")
LONGEST_HOP_KM = 1_500
DAY_TRIP_HOP_KM = 200


@functools.cache
def _lines() -> list[str]:
    return (EXAMPLES / "catalogue.jsonl").read_text(encoding="utf-8").splitlines()


@functools.cache
def _tours() -> list[Package]:
    return [Package.model_validate_json(line) for line in _lines()]


def _share(holds: Callable[[Package], object]) -> float:
    return sum(map(bool, map(holds, _tours()))) / len(_tours())


def _days(tour: Package) -> float | None:
    return tour.duration.travel_days if tour.duration else None


def _texts_expected(tour: Package) -> list[str]:
    """A tour of a day needs no bed, so its silence about one is no gap."""
    day_trip = (_days(tour) or 1) <= 1
    return [name for name in TEXTS if not (day_trip and name == "accommodation")]


def _gaps(tour: Package) -> int:
    return sum(getattr(tour, name) is None for name in _texts_expected(tour))


def _is_bare(tour: Package) -> bool:
    stated = (*TEXTS, "duration", "price")
    return all(getattr(tour, name) is None for name in stated)


def _is_day_trip(tour: Package) -> bool:
    return (_days(tour) or 2) <= 1


def _countries(tour: Package) -> set[str]:
    found = [gazetteer().find(name) for name in (tour.country or "").split(", ")]
    return {place.country for place in found if place}


def _stops(tour: Package) -> Iterator[tuple[str, Place | None]]:
    for name in tour.locations:
        yield name, gazetteer().find(name, tour.country)


def _hops(tour: Package) -> Iterator[tuple[str, str, float]]:
    for (start, a), (end, b) in itertools.pairwise(_stops(tour)):
        if a and b:
            yield start, end, gazetteer().distance_km(a, b)


def _visits(tour: Package, *names: str) -> bool:
    visited = fold(" ".join(tour.locations)).replace(" ", "")
    return all(name in visited for name in names)


def _meat_free(tour: Package) -> bool:
    return bool(MEAT_FREE.search((tour.food or "").casefold()))


def _dollars(tour: Package) -> float:
    assert tour.price
    return convert(tour.price.amount, tour.price.currency, "USD")


def test_every_line_is_one_compact_object_that_keeps_its_diacritics() -> None:
    for line in _lines():
        assert json.dumps(json.loads(line), ensure_ascii=False) == line


def test_every_line_holds_only_fields_that_a_package_knows() -> None:
    for line in _lines():
        unknown = set(json.loads(line)) - set(Package.model_fields)
        assert not unknown, f"{unknown} in {line[:80]}"


def test_texts_are_tidy() -> None:
    for line in _lines():
        row: dict[str, object] = json.loads(line)
        for name, value in row.items():
            if isinstance(value, str):
                assert value == tidy(value), f"{row['id']}: {name}"


def test_there_are_enough_tours_of_enough_operators() -> None:
    assert len(_tours()) >= 320
    per_operator = Counter(tour.provider for tour in _tours())
    assert 8 <= len(per_operator) <= 10
    assert min(per_operator.values()) >= 20


def test_rows_are_in_order_and_told_apart_by_provider_and_id() -> None:
    keys = [(tour.provider or "", tour.id) for tour in _tours()]
    assert keys == sorted(set(keys))


def test_each_tour_has_a_booking_link_of_its_own_on_a_domain_nobody_can_own() -> None:
    links = [tour.url or "" for tour in _tours()]
    assert len(set(links)) == len(links)
    assert all(re.match(r"https://[a-z]+\.example/[a-z]+", link) for link in links)


def test_each_operator_keeps_to_one_domain() -> None:
    domains = {(tour.provider, (tour.url or "").split("/")[2]) for tour in _tours()}
    assert len(domains) == len({provider for provider, _ in domains})


def test_no_image_link_would_lead_nowhere() -> None:
    assert not [tour.id for tour in _tours() if tour.image]


def test_no_two_tours_share_a_description() -> None:
    assert max(Counter(tour.description for tour in _tours()).values()) == 1


def test_about_seven_in_ten_tours_stay_in_vietnam() -> None:
    assert 0.65 <= _share(lambda tour: tour.country == "Vietnam") <= 0.78


def test_the_neighbours_and_journeys_through_several_countries_are_there() -> None:
    tours = Counter(country for tour in _tours() for country in (tour.country or "").split(", "))
    neighbours = {"Cambodia", "Laos", "Thailand", "Myanmar", "China", "Malaysia", "Indonesia"}
    assert neighbours | {"Singapore"} <= set(tours)
    assert sum(", " in (tour.country or "") for tour in _tours()) >= 10


def test_about_three_in_ten_tours_are_told_in_vietnamese() -> None:
    assert 0.25 <= _share(lambda tour: tour.language == "vi") <= 0.35


@pytest.mark.parametrize(
    ("gap", "low", "high"),
    [
        pytest.param(lambda tour: tour.price is None, 0.06, 0.10, id="no price"),
        pytest.param(lambda tour: tour.duration is None, 0.03, 0.06, id="no duration"),
        pytest.param(_is_bare, 0.02, 0.04, id="nothing but title, places and description"),
        pytest.param(lambda tour: _gaps(tour) == 1, 0.15, 0.25, id="one text missing"),
    ],
)
def test_gaps_are_as_frequent_as_in_real_catalogues(
    gap: Callable[[Package], bool], low: float, high: float
) -> None:
    assert low <= _share(gap) <= high


@pytest.mark.parametrize(
    ("low", "high", "tours"),
    [(0, 0.9, 15), (1, 1, 25), (2, 3, 80), (4, 7, 80), (8, 15, 12), (16, 99, 4)],
)
def test_lengths_run_from_a_few_hours_to_some_weeks(low: float, high: float, tours: int) -> None:
    assert sum(low < days <= high or days == low for days in map(_days, _tours()) if days) >= tours


def test_prices_run_from_shoestring_to_luxury_in_several_currencies() -> None:
    priced = [tour for tour in _tours() if tour.price]
    assert {"USD", "VND", "EUR", "AUD", "GBP", "THB", "SGD"} <= {
        tour.price.currency for tour in priced if tour.price
    }
    a_day = [_dollars(tour) / max(_days(tour) or 1, 1) for tour in priced]
    assert min(a_day) >= 5
    assert max(a_day) <= 1_000
    assert sum(each < 60 for each in a_day) >= 80
    assert sum(each > 300 for each in a_day) >= 20


def test_short_facts_are_short() -> None:
    for tour in _tours():
        for name in ("transportation", "food", "activities"):
            words = len((getattr(tour, name) or "three words long").split())
            assert 3 <= words <= 30, f"{tour.id}: {name}"


def test_descriptions_are_long_enough_to_say_something() -> None:
    assert min(len(tour.description or "") for tour in _tours()) >= 15
    assert max(len(tour.description or "") for tour in _tours()) <= 600


@pytest.mark.parametrize(
    "words", ["vegan", "halal", "train", "motorbike", "bicycle", "cable car", "on foot", "flight"]
)
def test_ways_and_diets_that_travellers_ask_for_occur(words: str) -> None:
    told = (f"{tour.transportation} {tour.food}".casefold() for tour in _tours())
    assert sum(words in each for each in told) >= 5


def test_ha_long_and_sapa_together_have_many_tours_of_different_lengths_and_prices() -> None:
    both = [tour for tour in _tours() if _visits(tour, "halong", "sapa")]
    assert len(both) >= 12
    assert len({_days(tour) for tour in both}) >= 4
    assert len({tour.price and tour.price.amount for tour in both}) >= 10


@pytest.mark.parametrize("language", ["en", "vi"])
def test_five_meat_free_days_in_ha_long_and_sapa_under_400_dollars_exist(language: str) -> None:
    fitting = [
        tour
        for tour in _tours()
        if tour.language == language
        and _visits(tour, "halong", "sapa")
        and 4 <= (_days(tour) or 0) <= 6
        and tour.price
        and _dollars(tour) < 400
        and _meat_free(tour)
    ]
    assert len(fitting) >= 4


@pytest.mark.parametrize(
    ("places", "tours"),
    [
        (("ninhbinh", "halong"), 5),
        (("hue", "hoian"), 8),
        (("cantho",), 12),
        (("dongvan",), 8),
        (("phuquoc",), 8),
        (("dalat",), 10),
        (("nhatrang",), 8),
        (("phongnha",), 10),
        (("siemreap",), 10),
        (("luangprabang",), 10),
        (("chiangmai",), 8),
        (("bangkok",), 10),
    ],
)
def test_well_known_places_have_a_choice_of_tours(places: tuple[str, ...], tours: int) -> None:
    assert sum(_visits(tour, *places) for tour in _tours()) >= tours


def test_every_stop_is_a_place_that_the_gazetteer_knows() -> None:
    unknown = {name for tour in _tours() for name, place in _stops(tour) if place is None}
    assert not unknown


def test_every_stop_lies_in_a_country_of_its_tour() -> None:
    astray = [
        (tour.id, name, place.name)
        for tour in _tours()
        for name, place in _stops(tour)
        if place and place.country not in _countries(tour)
    ]
    assert not astray


def test_no_stop_is_absurdly_far_from_the_one_before() -> None:
    far = [(tour.id, *hop) for tour in _tours() for hop in _hops(tour) if hop[2] > LONGEST_HOP_KM]
    assert not far


def test_a_day_trip_stays_near_unless_it_flies() -> None:
    far = [
        (tour.id, *hop)
        for tour in _tours()
        if _is_day_trip(tour) and not FLIGHT.search((tour.transportation or "").casefold())
        for hop in _hops(tour)
        if hop[2] > DAY_TRIP_HOP_KM
    ]
    assert not far


def test_sample_wishes_are_valid_and_name_places_that_the_catalogue_visits() -> None:
    lines = (EXAMPLES / "interests.jsonl").read_text(encoding="utf-8").splitlines()
    wishes = [Interests.model_validate_json(line) for line in lines]
    assert len(wishes) == 12
    visited = {place.id for tour in _tours() for _, place in _stops(tour) if place}
    for wish in wishes:
        assert not wish.is_empty()
        for name in wish.locations:
            place = gazetteer().find(name)
            assert place, name
            assert place.id in visited, name
