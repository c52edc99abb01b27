"""Telling a listing's sentences apart: what goes where, what never does, and how well."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ai.port import Answer
from core.errors import RejectedError, RetryLaterError
from core.settings import ROOT
from ingestion.splitting import Split, Topic, split_text, split_texts
from ingestion.splitting.labelling import MOST_AT_ONCE
from ingestion.splitting.service import MOST_EMBEDDED
from ingestion.splitting.units import sentences
from recommender.embedding import Matrix, TextEmbedder, embedder
from recommender.vocabulary import vocabulary

JUDGED = ROOT / "tests" / "fixtures" / "splitting.tsv"
LETTERS = {
    "T": "transportation", "F": "food", "A": "activities", "S": "accommodation", "N": "notes",
}  # fmt: skip
LEAST_PRECISION = 0.9
LEAST_RECALL = 0.9


class Judged(NamedTuple):
    """A sentence with what it is about, and what it may be about."""

    heading: str
    text: str
    required: set[str]
    allowed: set[str]


def judged() -> list[Judged]:
    lines = [line for line in JUDGED.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [
        Judged(heading, text, _letters(re.sub(r"\(.\)", "", labels)), _letters(labels))
        for _, heading, labels, text in csv.reader(lines, delimiter="\t")
    ]


def _letters(labels: str) -> set[str]:
    return set(labels) & LETTERS.keys()


def _found(case: Judged) -> set[str]:
    split = asdict(split_text(case.text if case.heading == "-" else _listed(case)))
    words = _words(case.text)
    return {letter for letter, field in LETTERS.items() if words & _words(split[field] or "")}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{2,}", text))


def _listed(case: Judged) -> str:
    return f"{case.heading}\n- {case.text}"


def test_the_judged_sentences_are_told_apart() -> None:
    right, found, required = Counter[str](), Counter[str](), Counter[str]()
    for case in judged():
        topics = _found(case)
        right.update(topics & case.required)
        found.update(topics - (case.allowed - case.required))
        required.update(case.required)
    for letter in LETTERS:
        assert right[letter] / found[letter] >= LEAST_PRECISION, f"{LETTERS[letter]} precision"
        assert right[letter] / required[letter] >= LEAST_RECALL, f"{LETTERS[letter]} recall"


@pytest.mark.parametrize("case", [case for case in judged() if case.required == {"N"}])
def test_no_condition_and_no_exclusion_reads_like_an_offer(case: Judged) -> None:
    assert _found(case) <= {"N"}


def test_an_itinerary_goes_to_its_criteria_in_order() -> None:
    split = split_text(
        "Day 1: Hue (L, D)\n"
        "On arrival a driver takes you to the citadel. Lunch in a garden house.\n"
        "Day 2: Hue - Hoi An (Breakfast)\n"
        "Cross the pass by train. See the Japanese bridge. Overnight in a riverside hotel.\n"
    )
    assert split == Split(
        transportation="On arrival a driver takes you to the citadel.\nCross the pass by train.",
        food="L, D.\nLunch in a garden house.\nBreakfast.",
        activities=("On arrival a driver takes you to the citadel.\nSee the Japanese bridge."),
        accommodation="Overnight in a riverside hotel.",
        rest="Day 1: Hue.\nDay 2: Hue - Hoi An.",
    )


def test_meals_behind_a_vietnamese_day_are_food() -> None:
    split = split_text("NGÀY 2: HUẾ – ĐÀ NẴNG (Ăn sáng, trưa) (Ăn tối tự túc)")
    assert split.food == "Ăn sáng, trưa."
    assert split.notes == "Ăn tối tự túc."
    assert split.rest == "NGÀY 2: HUẾ – ĐÀ NẴNG."


@pytest.mark.parametrize(
    "heading",
    [
        "Not included", "NOT INCLUDED:", "What's not included", "The price does not include:",
        "Exclusions", "Price Excludes", "**Excluded:**", "Dịch vụ không bao gồm",
        "GIÁ TOUR KHÔNG BAO GỒM:", "Gia tour khong bao gom", "III. Không bao gồm",
    ],
)  # fmt: skip
def test_what_stands_under_exclusions_is_no_offer(heading: str) -> None:
    split = split_text(f"{heading}\n- Flights from Hanoi\n- Dinner\n- Cable car to the summit")
    assert (split.transportation, split.food, split.activities) == (None, None, None)
    assert split.notes is not None
    assert split.notes.endswith(": Flights from Hanoi; Dinner; Cable car to the summit.")


def test_exclusions_stay_exclusions_for_whoever_reads_the_notes() -> None:
    split = split_text("Not included\n- A beach resort with a spa\nNotes\n- Guide in English")
    assert split.notes == "Guide in English.\nNot included: A beach resort with a spa."
    found = vocabulary().find(" ".join(split.notes.split()))
    refused = {match.concept.id for match in found if match.negated}
    offered = {match.concept.id for match in found if not match.negated}
    assert "stay.beach_resort" in refused
    assert "notes.english_guide" in offered


def test_a_heading_ends_where_the_next_begins() -> None:
    split = split_text(
        "Excluded:\n- Lunch\n\nIncluded:\n- Dinner\nMeals:\n- At the farm\nDay 2\nA boat to Cat Ba."
    )
    assert split.food == "Dinner.\nAt the farm."
    assert split.transportation == "A boat to Cat Ba."
    assert split.notes == "Excluded: Lunch."


def test_a_heading_within_the_inclusions_steers_its_own_list() -> None:
    split = split_text(
        "Giá tour bao gồm\nĂn uống theo chương trình:\n- Theo mùa\nMũ và khăn\nXe 16 chỗ"
    )
    assert split == Split(food="Theo mùa.", notes="Mũ và khăn.", transportation="Xe 16 chỗ.")


@pytest.mark.parametrize("line", ["Flights not included", "Lunch excluded", "Visa không bao gồm"])
def test_an_exclusion_on_a_line_of_its_own_is_no_heading(line: str) -> None:
    split = split_text(f"{line}\n- Dinner by the river")
    assert split == Split(notes=f"{line}.", food="Dinner by the river.")


def test_a_heading_that_promises_both_promises_neither() -> None:
    split = split_text("Inclusions and exclusions\n- Dinner\n- Flights are not included")
    assert split == Split(food="Dinner.", notes="Flights are not included.")


def test_a_list_ends_before_a_paragraph() -> None:
    split = split_text("Not included:\n- Lunch\n\nWe dine at the harbour on the last evening.")
    assert split.food == "We dine at the harbour on the last evening."


def test_an_item_of_one_word_is_no_heading() -> None:
    split = split_text("Included:\n- Breakfast\n- Hotel\n- Guide\n- Bottled water")
    assert split.food is not None
    assert "Breakfast." in split.food
    assert split.accommodation == "Hotel."
    assert split.notes == "Guide."


def test_a_heading_may_open_its_own_line() -> None:
    split = split_text("Transport: seats for sixteen\nLưu ý: khách sạn xa bến\nExcluded: lunch")
    assert split == Split(
        transportation="Transport: seats for sixteen.",
        notes="Lưu ý: khách sạn xa bến.\nExcluded: lunch.",
    )


@pytest.mark.parametrize("line", ["Flights: not included", "Ăn tối: tự túc"])
def test_a_heading_may_be_followed_by_a_refusal(line: str) -> None:
    assert split_text(line) == Split(notes=f"{line}.")


def test_clauses_of_different_topics_are_parted() -> None:
    split = split_text("Breakfast at the hotel, train to Hue, visit to the royal tombs.")
    assert split.food == "Breakfast at the hotel."
    assert split.transportation == "train to Hue."
    assert split.activities == "visit to the royal tombs."
    assert split.accommodation is None


def test_a_refused_list_is_not_cut_into_offers() -> None:
    split = split_text("No lunch, dinner or flights are included.")
    assert split == Split(notes="No lunch, dinner or flights are included.")


def test_a_refusal_says_nothing_of_the_next_sentence() -> None:
    split = split_text("Flights are not included\nBreakfast on the terrace.")
    assert split == Split(notes="Flights are not included.", food="Breakfast on the terrace.")


def test_what_costs_extra_is_taken_out_of_its_sentence() -> None:
    split = split_text("Ngắm toàn cảnh thành phố từ đỉnh núi (chi phí cáp treo tự túc).")
    assert split.activities == "Ngắm toàn cảnh thành phố từ đỉnh núi."
    assert split.transportation is None
    assert split.notes == "chi phí cáp treo tự túc."


def test_a_repeated_sentence_stands_once() -> None:
    split = split_text("- Breakfast.\n- Visit the museum.\n- breakfast\n- BREAKFAST!")
    assert split.food == "Breakfast."


@pytest.mark.parametrize("text", ["", " \n \n", "- \n-", "…", "***", "🎉🎉"])
def test_a_text_that_says_nothing_is_silent(text: str) -> None:
    assert split_text(text) == Split()


def test_decomposed_letters_and_missing_diacritics_are_read() -> None:
    decomposed = "A\u0306n sa\u0301ng"
    assert split_text(decomposed).food == "Ăn sáng."
    assert split_text("An trua tai nha hang, nghi dem tai Hue").accommodation is not None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Dr. Lee meets us. We walk.", ["Dr. Lee meets us.", "We walk."]),
        ("Bay từ TP. Hồ Chí Minh. Đón khách.", ["Bay từ TP. Hồ Chí Minh.", "Đón khách."]),
        ("See the lake.Lunch is late.", ["See the lake.", "Lunch is late."]),
        ("From 3.5 km in the U.S.A to www.example.com", None),
        ("“Eat well!” Then rest.", ["“Eat well!”", "Then rest."]),
        ("朝食。温泉。", ["朝食。", "温泉。"]),
    ],
)
def test_sentences_end_where_they_end(line: str, expected: list[str] | None) -> None:
    assert sentences(line) == (expected or [line])


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000, "a " * 100_000, "(" * 200_000, "- " * 100_000, ", " * 100_000, ":" * 200_000,
        "Not included:\n" * 14_000, "lunch, train; " * 14_000, "no lunch or " * 16_000,
        "…" * 200_000, ".”" * 100_000, "a." * 100_000,
    ],
)  # fmt: skip
def test_monstrous_texts_are_read_to_their_end(text: str) -> None:
    split = split_text(text)
    assert sum(len(field or "") for field in asdict(split).values()) <= 3 * len(text)


@settings(deadline=None)  # the first text waits for the vocabulary to be loaded
@given(st.text())
def test_any_text_is_split_into_lines_that_end(text: str) -> None:
    for field in asdict(split_text(text)).values():
        assert field is None or all(line[-1] in ".!?…:;" for line in field.split("\n"))


@settings(deadline=None)  # the first text waits for the vocabulary to be loaded
@given(st.lists(st.sampled_from(judged()), min_size=1, max_size=12))
def test_every_sentence_is_found_again(cases: list[Judged]) -> None:
    text = "\n".join(case.text for case in cases)
    split = " ".join(field for field in asdict(split_text(text)).values() if field).casefold()
    for case in cases:
        for word in re.findall(r"\w+", case.text.casefold()):
            assert word in split


class _Counting:
    """The real embedder, with what it was asked."""

    def __init__(self, model: TextEmbedder) -> None:
        self.name = model.name
        self.asked: list[list[str]] = []
        self._model = model

    def encode(self, texts: Sequence[str]) -> Matrix:
        self.asked.append(list(texts))
        return self._model.encode(texts)


def test_meaning_decides_where_no_word_does() -> None:
    text = "Một bức tường đá cổ phủ đầy rêu phong đứng giữa rừng."
    [silent] = split_texts([text])
    [split] = split_texts([text], embedder())
    assert silent == Split(rest=text)
    assert split == Split(activities=text)


def test_few_sentences_are_embedded_and_each_once() -> None:
    vague = [f"Quietly the mist moves on, number {number}." for number in range(40)]
    counting = _Counting(embedder())
    split_texts(["\n".join(vague), "\n".join(vague)], counting)
    assert len(counting.asked[-1]) == MOST_EMBEDDED


def test_texts_that_words_decide_are_not_embedded() -> None:
    counting = _Counting(embedder())
    split_texts(["Breakfast at eight.", ""], counting)
    assert counting.asked == []


class _Scripted:
    """A language model that says what it is told to, and keeps what it was shown."""

    name = "scripted"

    def __init__(self, *answers: dict[str, object] | Exception) -> None:
        self.shown: list[str] = []
        self._answers = iter(answers)

    def answer(self, purpose: str, instructions: str, content: str, schema: type[Answer]) -> Answer:
        self.shown.append(content)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return schema.model_validate(answer)


def _labels(**topics: list[str]) -> dict[str, object]:
    return {"labels": [{"number": int(n[1:]), "topics": t} for n, t in topics.items()]}


def test_a_language_model_labels_and_writes_nothing() -> None:
    model = _Scripted(_labels(n1=["activities"], n2=["food", "transportation"], n9=["notes"]))
    [split] = split_texts(["Mist drifts over the pass. Tea on the move."], model=model)
    assert model.shown == ["1. Mist drifts over the pass.\n2. Tea on the move."]
    assert split == Split(
        activities="Mist drifts over the pass.",
        food="Tea on the move.",
        transportation="Tea on the move.",
    )


def test_a_language_model_is_not_asked_about_exclusions() -> None:
    model = _Scripted(_labels(n1=["food"]))
    [split] = split_texts(["Soup.\nLunch is not included.\nExcluded:\n- Taxi"], model=model)
    assert model.shown == ["1. Soup."]
    assert split.notes == "Lunch is not included.\nExcluded: Taxi."


def test_what_the_model_passes_over_stays_as_the_rules_have_it() -> None:
    [split] = split_texts(["Breakfast at eight."], model=_Scripted(_labels()))
    assert split.food == "Breakfast at eight."


@pytest.mark.parametrize("error", [RetryLaterError("busy"), RejectedError("no JSON")])
def test_without_the_model_the_rules_and_the_embedder_go_on(error: Exception) -> None:
    model = _Scripted(error)
    wall = "Một bức tường đá cổ phủ đầy rêu phong đứng giữa rừng."
    first, second = split_texts(["Breakfast at eight.", wall], embedder(), model)
    assert first.food == "Breakfast at eight."
    assert second.activities == wall
    assert len(model.shown) == 1, "after one failure the others are not kept waiting"


def test_a_long_text_is_shown_in_parts() -> None:
    lines = [f"Mist number {number}" for number in range(MOST_AT_ONCE + 1)]
    model = _Scripted(_labels(n1=["notes"]), _labels(n1=["food"]))
    [split] = split_texts(["\n".join(lines)], model=model)
    assert split.notes == "Mist number 0."
    assert split.food == f"Mist number {MOST_AT_ONCE}."


def test_topics_are_the_fields_of_a_split() -> None:
    assert {topic.value for topic in Topic} | {"rest"} == set(asdict(Split()))
