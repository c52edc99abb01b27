"""Reasons: what fits, what does not, what the tour leaves unsaid, in two languages."""

from collections.abc import Mapping

import pytest

from recommender.encoding import encode_packages, encode_wish
from recommender.explanations import Question, explain
from recommender.ranker import Catalogue
from recommender.schemas import Criterion, Interests, Package
from tests.recommender.factory import EXACT, HashEmbedder, tour

EMBEDDER = HashEmbedder()


def _reason(wish: Mapping[str, object], package: Package, language: str = "en") -> str:
    interests = Interests.model_validate(wish)
    encoded = encode_wish(interests, EMBEDDER)
    ranked = Catalogue(encode_packages([package], EMBEDDER), EXACT).rank(encoded, 1)[0]
    parts, reason = explain(Question(interests, encoded, package, ranked, language))
    if wish:
        points = sum(part.points for part in parts.values())
        assert points == pytest.approx(ranked.score, abs=1e-6)
    return reason


BOTH = {"locations": ["Ha Long", "Sapa"]}


def test_all_that_fits_is_named() -> None:
    package = tour(
        locations=["Hà Nội", "Vịnh Hạ Long", "Sa Pa"],
        duration={"days": 5},
        price={"amount": 365, "currency": "USD"},
        food="Vegetarian meals on request",
    )
    wish = {
        **BOTH,
        "duration": {"days": 5},
        "budget": {"max": 400, "currency": "USD"},
        "food": "vegetarian food",
    }
    assert _reason(wish, package) == "Fits: Hạ Long and Sa Pa, 5 days, $365, vegetarian food."
    vietnamese = _reason(wish, package, "vi")
    assert vietnamese.startswith("Phù hợp: Hạ Long và Sa Pa, 5 ngày, 365\xa0US$, ")
    assert "chay" in vietnamese


def test_what_does_not_fit_is_said_plainly() -> None:
    package = tour(
        locations=["Hạ Long"],
        duration={"days": 8},
        price={"amount": 600, "currency": "USD"},
        food="seafood",
    )
    wish = {
        **BOTH,
        "duration": {"days": 5},
        "budget": {"max": 400, "currency": "USD"},
        "food": "vegetarian food",
    }
    assert _reason(wish, package) == (
        "Fits: Hạ Long. Does not fit: does not go to Sa Pa, 8 days instead of 5 days, "
        "$600 is above your $400, no mention of vegetarian food."
    )


def test_what_a_tour_leaves_unsaid_is_called_unsaid() -> None:
    wish = {"duration": {"days": 5}, "budget": {"max": 400, "currency": "USD"}, "food": "phở"}
    reason = _reason(wish, tour())
    assert reason == "Not stated: how long it takes, price, food."


def test_a_price_in_another_currency_is_converted() -> None:
    package = tour(price={"amount": 6_490_000, "currency": "VND"})
    reason = _reason({"budget": {"max": 400, "currency": "USD"}}, package)
    assert reason == "Fits: ₫6,490,000 (about $250)."


def test_a_price_below_the_floor_is_said() -> None:
    package = tour(price={"amount": 50, "currency": "USD"})
    reason = _reason({"budget": {"min": 200, "currency": "USD"}}, package)
    assert reason == "Does not fit: $50 is below your $200."


def test_a_near_place_is_called_near() -> None:
    reason = _reason({"locations": ["Hội An"]}, tour(locations=["Đà Nẵng"]))
    assert reason.startswith("Fits: near Hội An (Đà Nẵng, ")


def test_a_place_inside_the_wished_area_is_named() -> None:
    package = tour(locations=["Hà Nội", "Hội An"])
    assert _reason({"locations": ["Central Vietnam"]}, package) == "Fits: Central Vietnam (Hội An)."
    assert "Miền Trung (Hội An)" in _reason({"locations": ["miền Trung"]}, package, "vi")


GROUP = {"amount": 800, "currency": "USD", "per": "group", "people": 4}


def test_a_price_for_a_group_says_so() -> None:
    within = _reason({"budget": {"max": 200, "currency": "USD"}}, tour(price=GROUP))
    assert within == "Fits: $800 for 4 people ($200 each)."
    above = _reason({"budget": {"max": 150, "currency": "USD"}}, tour(price=GROUP), "vi")
    assert above == (
        "Chưa phù hợp: 800\xa0US$ cho 4 người (mỗi người 200\xa0US$) "
        "cao hơn mức 150\xa0US$ của bạn."
    )


def test_a_budget_for_a_group_is_held_against_each_ones_price() -> None:
    wish = {"budget": {"max": 1_000, "currency": "USD", "per": "group", "people": 4}}
    assert _reason(wish, tour(price={"amount": 250, "currency": "USD"})) == "Fits: $250 per person."
    assert _reason(wish, tour(price={"amount": 300, "currency": "USD"})) == (
        "Does not fit: $300 per person is above your $1,000 for 4 people ($250 each)."
    )


def test_a_price_for_a_group_is_converted_for_each_one() -> None:
    price = {"amount": 12_980_000, "currency": "VND", "per": "group", "people": 2}
    reason = _reason({"budget": {"max": 400, "currency": "USD"}}, tour(price=price))
    assert reason == "Fits: ₫12,980,000 for 2 people (about $250 each)."


def test_a_free_tour_fits_a_budget_of_nothing() -> None:
    free = tour(price={"amount": 0, "currency": "USD"})
    assert _reason({"budget": {"max": 0, "currency": "USD"}}, free) == "Fits: $0."


def test_a_place_beyond_the_map_is_said_to_be_mentioned() -> None:
    wish = {"locations": ["Quvexo Falls"]}
    package = tour(locations=["Hà Nội"], description="On the way we stop at the Quvexo falls.")
    assert _reason(wish, package) == "Fits: mentions Quvexo Falls."
    assert _reason(wish, tour(description="Quvexo falls"), "vi") == (
        "Phù hợp: có nhắc đến Quvexo Falls."
    )


def test_of_a_tour_without_places_only_what_it_mentions_is_claimed() -> None:
    wish = {"locations": ["Quvexo Falls", "Hội An"]}
    reason = _reason(wish, tour(description="Quvexo falls"))
    assert reason == "Fits: mentions Quvexo Falls. Not stated: whether it goes to Hội An."


def test_an_open_range_reads_as_one() -> None:
    wish = {"duration": {"days": 7, "max_days": 366}}
    assert _reason(wish, tour(duration={"days": 3})) == (
        "Does not fit: 3 days instead of at least 7 days."
    )
    assert "thay vì từ 7 ngày trở lên" in _reason(wish, tour(duration={"days": 3}), "vi")


def test_a_flexible_tour_fits_every_length_that_it_can_have() -> None:
    package = tour(duration={"days": 3, "max_days": 6})
    assert _reason({"duration": {"days": 6}}, package) == "Fits: 3 to 6 days."


def test_ranges_of_hours_read_well() -> None:
    package = tour(duration={"hours": 2, "max_hours": 3})
    assert _reason({"duration": {"hours": 3}}, package) == "Fits: 2 to 3 hours."


def test_hours_and_ranges_read_well() -> None:
    wish = {"duration": {"days": 3, "max_days": 5}}
    assert _reason(wish, tour(duration={"hours": 6})) == (
        "Does not fit: 6 hours instead of 3 to 5 days."
    )


def test_with_nothing_asked_it_says_so() -> None:
    assert "tell me what you like" in _reason({}, tour())


def test_an_unknown_language_gets_english() -> None:
    assert _reason(BOTH, tour(locations=["Sa Pa"]), "fr").startswith("Fits: Sa Pa")


def test_a_rare_word_is_evidence_where_the_tour_says_it() -> None:
    zorbing = {"activities": "zorbing"}
    assert _reason(zorbing, tour(activities="Zorbing down a green hill")) == "Fits: zorbing."
    assert "no mention of zorbing" in _reason(zorbing, tour(activities="museums"))


def test_the_parts_carry_their_evidence() -> None:
    interests = Interests.model_validate(BOTH)
    package = tour(locations=["Hạ Long"])
    wish = encode_wish(interests, EMBEDDER)
    ranked = Catalogue(encode_packages([package], EMBEDDER), EXACT).rank(wish, 1)[0]
    parts, _ = explain(Question(interests, wish, package, ranked, "en"))
    part = parts[Criterion.LOCATION]
    assert part.known
    assert part.evidence == "Hạ Long; does not go to Sa Pa"
    assert part.points == pytest.approx(part.weight * part.similarity)
