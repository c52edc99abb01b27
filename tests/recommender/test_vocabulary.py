import unicodedata
from collections import Counter
from itertools import pairwise

import pytest

from core.text import without_diacritics
from recommender.schemas import TEXT_CRITERIA, Criterion
from recommender.vocabulary import ConceptMatch, Vocabulary, vocabulary
from recommender.vocabulary.concepts import Concept
from recommender.vocabulary.loading import Wording, load
from recommender.vocabulary.tokens import singular, verb_key


def _ids(text: str, *, fuzzy: bool = False) -> set[str]:
    return {match.concept.id for match in vocabulary().find(text, fuzzy=fuzzy)}


def _wished(text: str) -> set[str]:
    return {match.concept.id for match in vocabulary().find(text) if not match.negated}


def _refused(text: str) -> set[str]:
    return {match.concept.id for match in vocabulary().find(text) if match.negated}


def _in(criterion: Criterion, text: str) -> list[ConceptMatch]:
    return vocabulary().find(text, {criterion})


# What the data must keep to


def test_every_criterion_of_words_has_a_rich_vocabulary() -> None:
    counts = Counter(concept.criterion for concept in vocabulary())
    assert counts[Criterion.TRANSPORTATION] >= 25
    assert counts[Criterion.FOOD] >= 50
    assert counts[Criterion.ACTIVITIES] >= 110
    assert counts[Criterion.NOTES] >= 60
    assert set(counts) == set(TEXT_CRITERIA)


def test_ids_are_unique_and_start_with_their_criterion() -> None:
    ids = [wording.concept.id for wording in load() if wording.concept is not None]
    prefixes = {
        Criterion.TRANSPORTATION: {"transportation"},
        Criterion.FOOD: {"food"},
        Criterion.ACTIVITIES: {"activities"},
        Criterion.NOTES: {"stay", "notes"},
    }
    assert len(ids) == len(set(ids)) == len(vocabulary())
    for concept in vocabulary():
        assert concept.id.split(".")[0] in prefixes[concept.criterion]


def test_broader_and_conflicting_concepts_exist_without_cycles() -> None:
    lexicon = vocabulary()
    for concept in lexicon:
        for other in (*concept.broader, *concept.conflicts):
            assert lexicon.get(other).id == other
        for broader in concept.broader:
            assert not lexicon.satisfies(broader, concept.id), f"{concept.id} <-> {broader}"
            assert lexicon.get(broader).criterion is concept.criterion
        assert not any(lexicon.satisfies(concept.id, other) for other in concept.conflicts)


def test_labels_stand_in_both_languages_in_the_middle_of_a_sentence() -> None:
    for concept in vocabulary():
        assert set(concept.labels) == {"en", "vi"}
        for label in concept.labels.values():
            assert label == label.strip() != ""
            assert label == unicodedata.normalize("NFC", label)
            assert not label.endswith(".")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_label_is_understood_as_its_own_concept(language: str) -> None:
    for concept in vocabulary():
        label = concept.labels[language]
        found = {match.concept.id for match in _in(concept.criterion, label)}
        assert concept.id in found, label


def test_no_phrase_has_two_meanings_within_a_criterion() -> None:
    first = Concept("food.a", Criterion.FOOD, {"en": "noodle", "vi": "mì"})
    second = Concept("food.b", Criterion.FOOD, {"en": "noodles", "vi": "miến"})
    wordings = [
        Wording(Criterion.FOOD, first, ("noodle",), ("mì",)),
        Wording(Criterion.FOOD, second, ("noodles",), ("miến",)),
    ]
    with pytest.raises(ValueError, match="two meanings of the phrase 'noodle'"):
        Vocabulary(wordings, ())


def test_a_reference_to_an_unknown_concept_is_refused() -> None:
    stray = Concept("food.a", Criterion.FOOD, {"en": "a", "vi": "a"}, broader=("food.none",))
    with pytest.raises(ValueError, match=r"no concept food\.none"):
        Vocabulary([Wording(Criterion.FOOD, stray, ("stew",), ("hầm",))], ())


# Looking up and comparing


def test_an_unknown_concept_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        vocabulary().get("food.moon_dust")


@pytest.mark.parametrize(
    ("offered", "wished"),
    [
        ("food.vegan", "food.vegetarian"),
        ("food.pho", "food.local"),
        ("transportation.sleeper_train", "transportation.train"),
        ("activities.jungle_trek", "activities.hiking"),
        ("stay.5star", "stay.luxury"),
        ("notes.honeymoon", "notes.couple"),
        ("food.full_board", "food.breakfast"),
        ("food.seafood", "food.seafood"),
    ],
)
def test_a_kind_of_a_thing_satisfies_a_wish_for_the_thing(offered: str, wished: str) -> None:
    assert vocabulary().satisfies(offered, wished)


@pytest.mark.parametrize(
    ("offered", "wished"),
    [
        ("food.vegetarian", "food.vegan"),
        ("transportation.train", "transportation.sleeper_train"),
        ("stay.luxury", "stay.budget"),
    ],
)
def test_the_thing_does_not_satisfy_a_wish_for_one_kind_of_it(offered: str, wished: str) -> None:
    assert not vocabulary().satisfies(offered, wished)


def test_opposites_conflict() -> None:
    assert "stay.luxury" in vocabulary().get("stay.budget").conflicts
    assert "notes.group_tour" in vocabulary().get("notes.private").conflicts


# The same thing in two languages


@pytest.mark.parametrize(
    ("english", "vietnamese", "concept"),
    [
        ("vegetarian food", "tôi ăn chay", "food.vegetarian"),
        ("by train", "đi tàu hoả", "transportation.train"),
        ("an overnight sleeper train", "tàu giường nằm", "transportation.sleeper_train"),
        ("return flights included", "vé máy bay khứ hồi", "transportation.airplane"),
        ("sleeper bus", "xe giường nằm", "transportation.sleeper_bus"),
        ("a ride in the cable car", "đi cáp treo", "transportation.cable_car"),
        ("homestay with locals", "ở nhà dân", "stay.homestay"),
        ("a four-star hotel", "khách sạn tiêu chuẩn 4 sao", "stay.4star"),
        ("a cooking class", "lớp học nấu ăn", "activities.cooking_class"),
        ("snorkelling trip", "lặn ngắm san hô", "activities.snorkelling"),
        ("rice terraces", "ruộng bậc thang", "activities.rice_fields"),
        ("a breakfast buffet", "ăn sáng buffet tại khách sạn", "food.breakfast"),
        ("travel insurance", "bảo hiểm du lịch", "notes.insurance"),
        ("English-speaking guide", "hướng dẫn viên nói tiếng Anh", "notes.english_guide"),
        ("wheelchair accessible", "cho người đi xe lăn", "notes.wheelchair"),
        ("our honeymoon", "tuần trăng mật", "notes.honeymoon"),
        ("water puppet show", "xem múa rối nước", "activities.water_puppets"),
        ("hot springs", "tắm suối nước nóng", "activities.hot_spring"),
    ],
)
def test_both_languages_lead_to_one_concept(english: str, vietnamese: str, concept: str) -> None:
    assert concept in _wished(english)
    assert concept in _wished(vietnamese)
    assert concept in _wished(without_diacritics(vietnamese))
    assert concept in _wished(unicodedata.normalize("NFD", vietnamese))
    assert concept in _wished(vietnamese.upper())


@pytest.mark.parametrize("form", ["hike", "hikes", "hiked", "hiking", "HIKING", "Hike"])
def test_verb_forms_and_case_do_not_matter(form: str) -> None:
    assert _ids(f"we {form} there") == {"activities.hiking"}


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("beach", "beaches"),
        ("family", "families"),
        ("bus", "buses"),
        ("mango", "mangoes"),
        ("child", "children"),
        ("temple", "temples"),
        ("class", "classes"),
        ("kid", "kid's"),
    ],
)
def test_plurals_share_the_key_of_their_singular(one: str, many: str) -> None:
    assert singular(many) == singular(one)


def test_words_that_only_share_letters_have_different_keys() -> None:
    assert singular("car") != singular("care")
    assert singular("plan") != singular("plane")
    assert verb_key("planning") != verb_key("plants")


@pytest.mark.parametrize("spelling", ["e-bike", "ebike", "e bike", "E-Bikes"])
def test_hyphens_do_not_matter(spelling: str) -> None:
    assert "transportation.ebike" in _ids(spelling)


@pytest.mark.parametrize("spelling", ["tàu hoả", "tàu hỏa", "TÀU HỎA"])
def test_the_tone_mark_may_stand_on_either_vowel(spelling: str) -> None:
    assert "transportation.train" in _ids(spelling)


@pytest.mark.parametrize("stars", ["5*", "5 star", "5-star", "5 sao", "★★★★★", "năm sao"])
def test_stars_are_read_however_they_are_written(stars: str) -> None:
    assert "stay.5star" in _ids(f"resort {stars}")


# Diacritics


def test_wrong_diacritics_are_another_word() -> None:
    assert _ids("cốm chạy đua với thời gian") == set()
    assert "food.steak" not in _ids("bơ nướng và mật ong, tôi rất thích")
    assert "food.pho" not in _ids("phố đông người qua lại")
    assert "food.pho" in _ids("tôi muốn ăn phở ở đây")


def test_a_place_name_with_diacritics_does_not_ask_for_them_elsewhere() -> None:
    assert "food.vegetarian" in _ids("cho toi tour Hạ Long co mon chay nhe")


def test_in_carefully_typed_text_missing_diacritics_are_another_word() -> None:
    assert "transportation.airplane" not in _ids("tôi không biết mấy bay nhiêu đó đủ chưa")


def test_single_syllables_need_their_diacritics() -> None:
    assert "transportation.boat" in _ids("chúng tôi thích đi bằng thuyền")
    assert _ids("lau cua to") == set()


# Where it was found


def test_offsets_are_those_of_the_composed_text() -> None:
    text = unicodedata.normalize("NFD", "Ở Huế có món chay ngon")
    composed = unicodedata.normalize("NFC", text)
    (match,) = _in(Criterion.FOOD, text)
    assert composed[match.start : match.end] == match.text == "món chay"


def test_the_longest_phrase_wins_within_a_criterion() -> None:
    found = _in(Criterion.TRANSPORTATION, "an overnight sleeper train")
    assert [match.concept.id for match in found] == ["transportation.sleeper_train"]


def test_phrases_of_different_criteria_may_overlap() -> None:
    assert {"activities.homestay_life", "stay.homestay"} <= _ids("homestay")
    assert {"transportation.cruise", "activities.river_cruise"} <= _ids("a river cruise")


def test_matches_come_in_the_order_of_the_text_and_never_overlap_in_a_criterion() -> None:
    text = "Kayaking, then a cooking class and snorkelling; lunch, tea and seafood for dinner."
    for criterion in TEXT_CRITERIA:
        found = _in(criterion, text)
        assert all(a.end <= b.start for a, b in pairwise(found))
    ids = [match.concept.id for match in _in(Criterion.ACTIVITIES, text)]
    assert ids == ["activities.kayaking", "activities.cooking_class", "activities.snorkelling"]


def test_only_the_criteria_asked_for_are_searched() -> None:
    found = vocabulary().find("vegetarian food on the train", {Criterion.FOOD})
    assert {match.concept.id for match in found} == {"food.vegetarian"}
    assert vocabulary().find("vegetarian food on the train", ()) == []


def test_a_phrase_does_not_run_over_the_end_of_a_clause_or_line() -> None:
    assert "food.street_food" not in _ids("Walk down the street. Food is included.")
    assert "food.street_food" not in _ids("A nice street\nfood for two days")


def test_words_inside_longer_words_are_not_found() -> None:
    assert _ids("chayote, carpet, busy, planet, trainer, beachcomber") == set()


# Refusals


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("no flights", "transportation.airplane"),
        ("I don't want to travel by plane", "transportation.airplane"),
        ("không đi máy bay", "transportation.airplane"),
        ("khong di may bay", "transportation.airplane"),
        ("ko đi máy bay nhé", "transportation.airplane"),
        ("not vegetarian", "food.vegetarian"),
        ("without seafood", "food.seafood"),
        ("allergic to seafood", "food.seafood"),
        ("seafood allergy", "food.seafood"),
        ("dị ứng hải sản", "food.seafood"),
        ("anything except museums", "activities.museum"),
        ("gì cũng được, trừ bảo tàng", "activities.museum"),
        ("kayaking instead of trekking", "activities.trekking"),
        ("lunch not included", "food.lunch"),
        ("mình ghét đi xe khách", "transportation.bus"),
        ("chưa bao gồm vé máy bay", "transportation.airplane"),
    ],
)
def test_a_refusal_is_recognised(text: str, concept: str) -> None:
    assert concept in _refused(text)
    assert concept not in _wished(text)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("not only beaches", "activities.beach"),
        ("I don't mind street food", "food.street_food"),
        ("we can't wait to go kayaking", "activities.kayaking"),
        ("no thanks, I want seafood", "food.seafood"),
        ("không chỉ có biển", "activities.beach"),
        ("đừng quên ăn hải sản", "food.seafood"),
        ("có hồ bơi không?", "stay.pool"),
        ("không gian yên tĩnh", "stay.quiet"),
        ("hàng không có ăn sáng", "food.breakfast"),
        ("không đi máy bay, đi tàu hoả", "transportation.train"),
        ("no flights, train only", "transportation.train"),
        ("no museums but beaches", "activities.beach"),
        ("không leo núi mà chèo thuyền kayak", "activities.kayaking"),
    ],
)
def test_what_only_looks_like_a_refusal_is_a_wish(text: str, concept: str) -> None:
    assert concept in _wished(text)


def test_a_refusal_reaches_over_a_list() -> None:
    assert _refused("we don't want temples or museums, but beaches") == {
        "activities.temples",
        "activities.museum",
    }
    assert "food.seafood" in _refused("no pork, beef or seafood")
    assert "food.no_pork" in _wished("no pork, beef or seafood")


def test_a_list_of_exclusions_ends_where_the_inclusions_begin() -> None:
    text = "Not included:\n- flights\n- dinner\nIncluded:\n- breakfast"
    assert {"transportation.airplane", "food.dinner"} <= _refused(text)
    assert "food.breakfast" in _wished(text)
    assert "notes.insurance" in _refused("Giá không bao gồm: vé máy bay, bảo hiểm")


# Typing errors


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("vegitarian food", "food.vegetarian"),
        ("waterfal", "activities.waterfall"),
        ("snorkling", "activities.snorkelling"),
        ("motorbke", "transportation.motorbike"),
        ("homesaty", "stay.homestay"),
    ],
)
def test_small_typing_errors_are_overlooked_only_when_asked(text: str, concept: str) -> None:
    assert concept in _ids(text, fuzzy=True)
    assert concept not in _ids(text)


def test_one_wrong_tone_in_a_longer_phrase_is_overlooked_when_asked() -> None:
    assert "notes.honeymoon" in _ids("chúng tôi đi tuần trắng mật", fuzzy=True)
    assert "notes.honeymoon" not in _ids("chúng tôi đi tuần trắng mật")


@pytest.mark.parametrize("word", ["message", "looking", "change", "talking", "waking", "related"])
def test_correct_words_are_no_typing_errors(word: str) -> None:
    assert _ids(word, fuzzy=True) == set()


# Ordinary sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "Please send me a message when you can.",
        "How much does it cost for two people in March?",
        "I would like to know more about the second one.",
        "What time do we leave and when do we come back?",
        "I plan to come with a budget of 300 USD, we care about quality and trained staff.",
        "There is a row of houses near the office.",
        "Cho tôi hỏi giá bao nhiêu một người?",
        "Anh chị gửi giúp em thông tin chi tiết nhé.",
        "Em muốn đặt hai chỗ vào ngày mười lăm tháng sau.",
        "Cảm ơn bạn, để mình suy nghĩ thêm.",
        "cho minh hoi gia bao nhieu mot nguoi",
        "cam on ban de minh suy nghi them",
        "toi o thanh pho Ho Chi Minh, may gio di",
        "ngay mai troi co mua khong",
        "toi khong biet nen chon cai nao",
    ],
)
@pytest.mark.parametrize("fuzzy", [False, True])
def test_ordinary_sentences_speak_of_no_concept(sentence: str, fuzzy: bool) -> None:
    assert _ids(sentence, fuzzy=fuzzy) == set()


@pytest.mark.parametrize("text", ["", "   ", "🏖️", "\u0300", "1234567890", "|||", "a" * 10_000])
def test_text_without_words_of_travel_has_no_match(text: str) -> None:
    assert vocabulary().find(text, fuzzy=True) == []


def test_long_text_is_searched_to_its_end() -> None:
    text = "Quiet words of no matter. " * 380 + "Then a cooking class."
    assert "activities.cooking_class" in _ids(text)


@pytest.mark.parametrize(
    "offered", ["a museum", "temples and pagodas", "UNESCO heritage", "làng nghề", "lễ hội"]
)
def test_culture_is_served_by_all_that_is_culture(offered: str) -> None:
    found = _in(Criterion.ACTIVITIES, offered)
    assert any(vocabulary().satisfies(m.concept.id, "activities.culture") for m in found)


def test_a_vehicle_for_tourists_may_be_a_car_or_a_coach() -> None:
    assert _ids("xe du lịch đời mới") == {"transportation.tourist_vehicle"}
    for wished in ("transportation.car", "transportation.bus"):
        assert vocabulary().satisfies("transportation.tourist_vehicle", wished)


@pytest.mark.parametrize("text", ["camel train", "train station", "railway station transfer"])
def test_not_every_train_carries_travellers(text: str) -> None:
    assert "transportation.train" not in _ids(text)


def test_a_ticket_lets_one_in() -> None:
    assert "activities.entry_ticket" in _ids("Louvre museum ticket")
    assert {"activities.skip_the_line", "activities.entry_ticket"} <= _ids("skip the line ticket")
    for text in ("train ticket", "vé máy bay"):
        assert "activities.entry_ticket" not in _ids(text)


@pytest.mark.parametrize("text", ["food tour", "doughnut tour with tastings", "cheese tasting"])
def test_tastings_are_what_a_food_tour_is_for(text: str) -> None:
    assert "activities.food_tasting" in _ids(text)
