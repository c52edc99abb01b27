"""Wishes of every length and script: each gets a sensible answer, and the same from every path."""

import pytest

from core.text import fold
from recommender.embedding import calibration, embedder
from recommender.encoding import EncodedPackage, encode_packages, encode_wish
from recommender.explanations import Question, explain
from recommender.ranker import Catalogue, Ranked
from recommender.ranker.brute_force import rank_all
from recommender.schemas import WEIGHTS, Criterion, Interests
from tests.recommender.factory import tour

TOURS = [
    tour(
        "temples",
        locations=["Huế", "Hà Nội"],
        food="vegetarian meals",
        activities="temples and pagodas",
        duration={"days": 3},
        price={"amount": 300, "currency": "USD"},
    ),
    tour(
        "reefs",
        locations=["Nha Trang"],
        food="fresh seafood",
        activities="snorkelling and swimming at the beach",
        duration={"days": 4},
    ),
    tour(
        "peaks",
        locations=["Sa Pa"],
        transportation="overnight train",
        food="grilled beef and pork",
        activities="trekking in the mountains",
        accommodation="homestay in a village",
        duration={"days": 5},
        price={"amount": 250, "currency": "USD"},
    ),
    tour("silent"),
]
ALL_SEVEN = {
    "locations": ["Sapa"],
    "duration": {"days": 5},
    "budget": {"max": 300, "currency": "USD"},
    "transportation": "train",
    "food": "grilled beef",
    "activities": "trekking",
    "accommodation": "homestay",
}


@pytest.fixture(scope="module")
def encoded() -> list[EncodedPackage]:
    return encode_packages(TOURS, embedder())


def _ranked(encoded: list[EncodedPackage], wish: Interests) -> list[Ranked]:
    """Rank as the product does, and make sure that brute force says the same."""
    asked = encode_wish(wish, embedder())
    ranked = Catalogue(encoded, calibration()).rank(asked, len(TOURS))
    plainly = rank_all(encoded, calibration(), asked)
    assert [each.index for each in ranked] == [each.index for each in plainly]
    assert [each.score for each in ranked] == pytest.approx(
        [each.score for each in plainly], abs=5e-6
    )
    return ranked


def _best(encoded: list[EncodedPackage], **wish: object) -> str:
    return TOURS[_ranked(encoded, Interests.model_validate(wish))[0].index].id


def _reason(encoded: list[EncodedPackage], wish: Interests, language: str = "en") -> str:
    best = _ranked(encoded, wish)[0]
    asked = encode_wish(wish, embedder())
    return explain(Question(wish, asked, TOURS[best.index], best, language))[1]


def test_an_empty_wish_finds_all_tours_alike(encoded: list[EncodedPackage]) -> None:
    ranked = _ranked(encoded, Interests())
    assert [each.index for each in ranked] == list(range(len(TOURS)))
    assert {each.score for each in ranked} == {0.5}
    assert "tell me what you like" in _reason(encoded, Interests())


def test_all_seven_criteria_count_by_their_weights(encoded: list[EncodedPackage]) -> None:
    best, *others = _ranked(encoded, Interests.model_validate(ALL_SEVEN))
    assert TOURS[best.index].id == "peaks"
    assert best.score > 0.95
    assert set(best.similarities) == set(Criterion)
    whole = sum(WEIGHTS.values())
    points = sum(WEIGHTS[key] / whole * each for key, each in best.similarities.items())
    assert points == pytest.approx(best.score, abs=1e-6)
    assert others[0].score < best.score


@pytest.mark.parametrize("word", ["seafood", "hải sản", "hai san"])
def test_a_wish_of_two_thousand_words_is_heard(encoded: list[EncodedPackage], word: str) -> None:
    prose = "we have been talking about this for years and years with everybody at home " * 150
    wish = Interests(food=f"{prose} and above all {word}, please.")
    assert len((wish.food or "").split()) > 2_000
    best = _ranked(encoded, wish)[0]
    assert TOURS[best.index].id == "reefs"
    assert "seafood" in _reason(encoded, wish)


def test_fifty_places_are_too_many_for_one_tour_and_still_ranked(
    encoded: list[EncodedPackage],
) -> None:
    nowhere = [f"Quvexo {number}" for number in range(49)]
    ranked = _ranked(encoded, Interests(locations=["Nha Trang", *nowhere]))
    shares = {TOURS[each.index].id: each.similarities[Criterion.LOCATION] for each in ranked}
    assert shares == pytest.approx({"reefs": 1 / 50, "temples": 0, "peaks": 0, "silent": 0.5})


@pytest.mark.parametrize("emojis", ["🏝️", "🥗🌱", "…!?", "🇻🇳 ❤️"])
def test_emojis_alone_are_no_wish(encoded: list[EncodedPackage], emojis: str) -> None:
    wish = Interests(locations=[emojis], food=emojis, activities=emojis, notes=emojis)
    assert wish.is_empty()
    assert {each.score for each in _ranked(encoded, wish)} == {0.5}


def test_emojis_beside_words_do_no_harm(encoded: list[EncodedPackage]) -> None:
    assert _best(encoded, activities="🤿🐠 snorkelling 🐠") == "reefs"
    assert _best(encoded, locations=["Sapa 🏔️"]) == "peaks"


@pytest.mark.parametrize(
    ("place", "tour_id"),
    [
        ("河内", "temples"),
        ("하노이", "temples"),
        ("Хюэ", "temples"),
        ("ニャチャン", "reefs"),
        ("ญาจาง", "reefs"),
        ("芽庄", "reefs"),
        ("Сапа", "peaks"),
        ("沙坝", "peaks"),
    ],
)
def test_places_are_found_in_other_scripts(
    encoded: list[EncodedPackage], place: str, tour_id: str
) -> None:
    assert _best(encoded, locations=[place]) == tour_id


@pytest.mark.parametrize(
    ("food", "tour_id"),
    [
        ("вегетарианская еда", "temples"),
        ("ベジタリアン料理", "temples"),
        ("طعام نباتي", "temples"),
        ("морепродукты", "reefs"),
        ("シーフード", "reefs"),
        ("อาหารทะเล", "reefs"),
        ("समुद्री भोजन", "reefs"),
        ("海鲜", "reefs"),
    ],
)
def test_food_is_understood_in_other_scripts(
    encoded: list[EncodedPackage], food: str, tour_id: str
) -> None:
    assert _best(encoded, food=food) == tour_id


def test_a_wish_in_another_script_is_answered_with_the_tours_own_words(
    encoded: list[EncodedPackage],
) -> None:
    wish = Interests(food="морепродукты")
    assert _reason(encoded, wish) == "Fits: “fresh seafood”."
    assert _reason(encoded, wish, "vi") == "Phù hợp: “fresh seafood”."


def test_decomposed_letters_are_the_same_wish(encoded: list[EncodedPackage]) -> None:
    composed = _ranked(encoded, Interests(food="hải sản", locations=["Huế"]))
    decomposed = Interests(food="ha\u0309i sa\u0309n", locations=["Hue\u0302\u0301"])
    assert composed == _ranked(encoded, decomposed)
    bare = Interests(food=fold("hải sản"), locations=["hue"])
    assert [each.index for each in composed] == [each.index for each in _ranked(encoded, bare)]
