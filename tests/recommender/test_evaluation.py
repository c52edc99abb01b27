"""Measuring: the formulas by hand, judged sets from files, and what is left out of a wish."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from recommender.evaluation import (
    CONTENDERS,
    Ablation,
    Contest,
    Figures,
    JudgedSet,
    ablate,
    ablations,
    check_marks,
    comparison,
    evaluate,
    insert,
    load_set,
    ndcg,
    precision,
    recall,
)
from recommender.evaluation.ablation import without
from recommender.schemas import Criterion, Interests
from tests.recommender.factory import HashEmbedder


def test_a_perfect_ranking_has_ndcg_one() -> None:
    assert ndcg([10, 5, 1], [1, 10, 5]) == pytest.approx(1)


def test_ndcg_is_that_of_the_textbook() -> None:
    # gains 0, 10 of 10, 5:  (10 / log2 3) / (10 / log2 2 + 5 / log2 3)
    assert ndcg([0, 10], [10, 5]) == pytest.approx(6.3093 / (10 + 3.1546), abs=1e-4)


def test_only_the_first_ten_count() -> None:
    assert ndcg([0] * 10 + [10], [10]) == 0
    assert precision([1] * 4 + [0] * 8) == pytest.approx(0.4)
    assert recall([0] * 10 + [10], [10]) == 0


def test_recall_is_the_share_of_all_relevant_tours() -> None:
    assert recall([0, 3, 10], [10, 3, 1, 1]) == pytest.approx(0.5)


def test_nothing_relevant_gives_nothing() -> None:
    assert ndcg([0, 0], []) == 0
    assert recall([0, 0], []) == 0


TOURS: list[dict[str, object]] = [
    {"id": "a", "title": "Kayaking in the bay", "locations": ["Ha Long Bay"],
     "duration": {"days": 2}},
    {"id": "b", "title": "Kayaking in the bay, balcony", "locations": ["Ha Long Bay"],
     "duration": {"days": 2}},
    {"id": "c", "title": "Kayaking in the bay, suite", "locations": ["Ha Long Bay"],
     "duration": {"days": 2}},
    {"id": "d", "title": "Walks among terraces", "locations": ["Sapa"], "duration": {"days": 3}},
]  # fmt: skip
QUERIES: list[object] = [
    {"id": "q1", "interests": {"locations": ["Ha Long"], "duration": {"days": 2}}},
    {"id": "q2", "text": "terraces in Sapa"},
]
GAINS = "q1\ta\t10\nq1\tb\t10\nq1\tc\t10\nq2\td\t5\n"

Write = Callable[..., Path]


@pytest.fixture
def write_set(tmp_path: Path) -> Write:
    """Return a function that writes a judged set and returns its folder."""

    def write(
        tours: Sequence[object] = TOURS, queries: Sequence[object] = QUERIES, gains: str = GAINS
    ) -> Path:
        folder = tmp_path / "small-set"
        folder.mkdir()
        (folder / "catalogue.jsonl").write_text("\n".join(map(json.dumps, tours)))
        (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
        (folder / "qrels.tsv").write_text(gains)
        return folder

    return write


def _understand(text: str) -> Interests:
    return Interests(locations=["Sapa"], activities=text)


def test_a_set_is_read_and_measured(write_set: Write) -> None:
    judged = load_set(write_set())
    asked: list[Interests] = []

    def rank(interests: Interests, limit: int) -> list[str]:
        asked.append(interests)
        return ["a", "b", "c"][:limit]

    figures = evaluate(judged, rank, _understand)
    assert asked == [judged.queries[0].interests, _understand("terraces in Sapa")]
    assert figures.for_json() == {
        "ndcg@10": 0.5,
        "p@10": 0.15,
        "ideal_p@10": 0.2,
        "recall@10": 0.5,
        "ideal_recall@10": 1.0,
        "distance@10": pytest.approx(figures.distance, abs=1e-4),
        "copies@3": 1.0,
        "triples@3": 1.0,
        "coverage@10": 0.75,
        "queries": 2,
    }
    assert 0 < figures.distance < 0.3


@pytest.mark.parametrize(
    ("name", "parts"),
    [("catalogue.jsonl", {"tours": []}), ("queries.jsonl", {"queries": []}),
     ("qrels.tsv", {"gains": "\n"})],
)  # fmt: skip
def test_a_set_with_an_empty_file_is_refused(
    write_set: Write, name: str, parts: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError, match=rf"{name}: holds nothing to measure"):
        load_set(write_set(**parts))


def test_a_set_without_a_catalogue_is_judged_on_that_of_the_folder_above(write_set: Write) -> None:
    folder = write_set()
    (folder / "catalogue.jsonl").rename(folder.parent / "catalogue.jsonl")
    assert [each.id for each in load_set(folder).packages] == ["a", "b", "c", "d"]


def test_a_catalogue_of_its_own_comes_before_that_of_the_folder_above(write_set: Write) -> None:
    folder = write_set()
    (folder.parent / "catalogue.jsonl").write_text('{"id": "z", "title": "Elsewhere"}')
    assert len(load_set(folder).packages) == 4


def test_what_has_no_counterpart_is_reported(write_set: Write) -> None:
    queries = [*QUERIES, {"id": "q3", "text": "nothing is judged for this"}]
    judged = load_set(write_set(queries=queries, gains=GAINS + "q1\tgone\t3\nq9\ta\t1\n"))
    assert [repair.split("qrels.tsv: ")[1] for repair in judged.repairs] == [
        "1 judged tours are not in the catalogue, and count as never found",
        "1 judged wishes are not among the queries",
        "1 wishes have no judged tour, and count as 0",
    ]


def test_a_tour_that_is_there_twice_is_found_once(write_set: Write) -> None:
    judged = load_set(write_set(tours=[*TOURS, {"id": "a", "title": "Again"}]))
    assert [each.title for each in judged.packages] == [each["title"] for each in TOURS]
    assert "a second tour with the id 'a'" in judged.repairs[0]


@pytest.mark.parametrize("interests", [None, {}])
def test_words_are_understood_where_the_interests_are_empty(
    write_set: Write, interests: object
) -> None:
    query = {"id": "q2", "interests": interests, "text": "terraces in Sapa"}
    asked: list[Interests] = []

    def rank(wish: Interests, _: int) -> list[str]:
        asked.append(wish)
        return []

    evaluate(load_set(write_set(queries=[query])), rank, _understand)
    assert asked == [_understand("terraces in Sapa")]


def test_a_wish_of_neither_interests_nor_words_is_named(write_set: Write) -> None:
    with pytest.raises(InvalidInputError, match=r"queries\.jsonl:1: .*give interests or text"):
        load_set(write_set(queries=[{"id": "q1"}]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"catalogue\.jsonl: No such file"):
        load_set(tmp_path)


def test_an_odd_field_is_left_out_and_reported_and_the_rest_is_kept(write_set: Write) -> None:
    odd = {**TOURS[0], "duration": {"days": 4_000}, "locations": ["Ha Long Bay", None, ""]}
    wish = {"id": 7, "interests": {"food": "phở", "budget": {"max": -1}, "season": "spring"}}
    judged = load_set(write_set([odd, *TOURS[1:]], [wish], gains="7\ta\t1\n"))
    assert judged.packages[0].locations == ["Ha Long Bay"]
    assert judged.packages[0].duration is None
    assert judged.queries[0].id == "7"
    assert judged.queries[0].interests == Interests(food="phở")
    assert len(judged.repairs) == 2
    assert "catalogue.jsonl:1: left out" in judged.repairs[0]
    assert "queries.jsonl:1: left out" in judged.repairs[1]
    assert "interests.season" in judged.repairs[1]


@pytest.mark.parametrize("title", ["", None, 5])
def test_a_tour_without_a_title_is_called_by_its_id(write_set: Write, title: object) -> None:
    judged = load_set(write_set(tours=[{"id": "a1", "title": title}]))
    assert judged.packages[0].title == "a1"


@pytest.mark.parametrize("line", ["{", "[]", '"text"', '{"title": "No id"}', '{"id": null}'])
def test_a_line_beyond_repair_is_named(write_set: Write, line: str) -> None:
    folder = write_set()
    (folder / "catalogue.jsonl").write_text(f"{json.dumps(TOURS[0])}\n{line}\n")
    with pytest.raises(InvalidInputError, match=r"catalogue\.jsonl:2: "):
        load_set(folder)


@pytest.mark.parametrize("line", ["q1\ta\tmany", "q1\ta\t-1", "q1\ta\tnan", "q1\ta", "q1 a 10"])
def test_a_line_that_is_no_judgement_is_named(write_set: Write, line: str) -> None:
    with pytest.raises(InvalidInputError, match=r"qrels\.tsv:2: not query, tour and gain"):
        load_set(write_set(gains=f"q1\ta\t1\n{line}\n"))


@pytest.mark.parametrize("separator", ["\u2028", "\x85"])
def test_only_a_line_feed_ends_a_line(write_set: Write, separator: str) -> None:
    folder = write_set()
    tour = json.dumps({"id": "x", "title": f"One{separator}tour"}, ensure_ascii=False)
    (folder / "catalogue.jsonl").write_text(f"{tour}\n", "utf-8")
    assert len(load_set(folder).packages) == 1


@pytest.mark.parametrize("name", CONTENDERS)
def test_every_contender_ranks_a_whole_set(write_set: Write, name: str) -> None:
    wish = Interests.model_validate(
        {"locations": ["Ha Long"], "budget": {"max": 0, "currency": "USD"}}
    )
    found = Contest(load_set(write_set()), HashEmbedder()).ranker(name)(wish, 10)
    assert sorted(found) == ["a", "b", "c", "d"]


def test_the_diverse_contender_shows_no_third_copy_and_the_standard_one_does(
    write_set: Write,
) -> None:
    wish = Interests(locations=["Ha Long"])
    tours = [*TOURS, {"id": "e", "title": "Hang Luon by bamboo boat, lunch on deck",
                      "locations": ["Ha Long Bay", "Hanoi"], "duration": {"days": 1}}]  # fmt: skip
    contest = Contest(load_set(write_set(tours=tours)), HashEmbedder())
    assert contest.ranker("standard")(wish, 3) == ["a", "b", "c"]
    shown = contest.ranker("diverse")(wish, 3)
    assert "e" in shown
    assert len(shown) == 3


def test_an_unknown_contender_is_refused(write_set: Write) -> None:
    with pytest.raises(InvalidInputError, match="unknown ranker 'best'"):
        Contest(load_set(write_set()), HashEmbedder()).ranker("best")


def test_progress_is_told_while_tours_are_encoded(write_set: Write) -> None:
    judged = load_set(write_set())
    told: list[tuple[int, int]] = []
    contest = Contest(judged, HashEmbedder(), lambda done, total: told.append((done, total)))
    contest.ranker("standard")(Interests(locations=["Sapa"]), 1)
    assert told == [(4, 4)]


def test_what_the_place_is_worth_shows_when_it_is_left_out(write_set: Write) -> None:
    judged = load_set(write_set())

    def rank(wish: Interests, _: int) -> list[str]:
        if not wish.locations:
            return ["d"] if wish.duration else ["a"]
        return ["d"] if wish.locations == ["Sapa"] else ["a", "b", "c"]

    worth = ablate(judged, rank, _understand)
    assert list(worth) == [Criterion.LOCATION, Criterion.DURATION, Criterion.ACTIVITIES]
    assert worth[Criterion.LOCATION].queries == 2
    assert worth[Criterion.LOCATION].ndcg == pytest.approx(1)
    assert worth[Criterion.LOCATION].without == 0
    assert worth[Criterion.ACTIVITIES].without == pytest.approx(1)


@pytest.mark.parametrize("criterion", list(Criterion))
def test_leaving_a_criterion_out_leaves_the_others(criterion: Criterion) -> None:
    whole = Interests.model_validate(
        {"locations": ["Hue"], "duration": {"days": 3}, "budget": {"max": 9, "currency": "USD"},
         "transportation": "train", "food": "halal", "activities": "caves",
         "accommodation": "homestay", "notes": "with a dog"}
    )  # fmt: skip
    names = {
        Criterion.LOCATION: {"locations"},
        Criterion.NOTES: {"accommodation", "notes"},
    }.get(criterion, {criterion.value})
    left = without(whole, criterion).model_dump()
    assert {name for name, value in left.items() if not value} == names
    assert {name: value for name, value in left.items() if value} == {
        name: value for name, value in whole.model_dump().items() if name not in names
    }


def _ablation() -> Ablation:
    return Ablation(queries=4, ndcg=0.9, without=0.3)


def _judged() -> JudgedSet:
    return JudgedSet("small-set", [], [], {})


def test_results_are_tables(tmp_path: Path) -> None:
    text = comparison(_judged(), {"standard": Figures(ndcg=0.98765, ideal_precision=0.5)})
    assert text.startswith("0 tours, 0 wishes:\n\n| ranker | nDCG@10 | P@10 (ideal 0.500) |")
    assert "\n| standard | 0.988 |" in text
    worth = ablations("standard", {Criterion.LOCATION: _ablation()})
    assert worth.startswith("What each criterion is worth to `standard`:")
    assert "| location | 4 | 0.900 | 0.300 | 0.600 |" in worth


PAGE = """before
<!-- results: one -->
old \\1
<!-- end of results -->
between
<!-- results: two -->
<!-- end of results -->
after
"""


def test_each_set_has_its_own_place_in_a_page(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    insert(path, {"two": "figures of two"})
    assert path.read_text() == PAGE.replace("two -->\n", "two -->\n\nfigures of two\n\n")

    insert(path, {"one": "new \\1", "two": "figures of two"})
    page = path.read_text()
    assert "old" not in page
    assert page.startswith(
        "before\n<!-- results: one -->\n\nnew \\1\n\n<!-- end of results -->\nbetw"
    )
    insert(path, {"one": "new \\1", "two": "figures of two"})
    assert path.read_text() == page


@pytest.mark.parametrize(
    "page",
    ["nothing here", "<!-- results: one -->", "<!-- end of results -->\n<!-- results: one -->",
     "<!-- results: one -->\n<!-- results: two -->\n<!-- end of results -->"],
)  # fmt: skip
def test_a_page_without_marks_is_refused_and_left_as_it_is(tmp_path: Path, page: str) -> None:
    path = tmp_path / "page.md"
    path.write_text(page)
    with pytest.raises(InvalidInputError, match="has no lines <!-- results: one -->"):
        check_marks(path, ["one"])
    with pytest.raises(InvalidInputError, match="has no lines <!-- results: one -->"):
        insert(path, {"one": "text"})
    assert path.read_text() == page


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="missing\\.md: No such file"):
        check_marks(tmp_path / "missing.md", ["one"])
