"""The retriever for LlamaIndex: the service's order, scores and parts, in any query engine."""

import asyncio
import re

import pytest
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle

from core.database import Connection
from core.errors import InvalidInputError
from core.settings import ROOT
from recommender.retriever import InterestsBundle, ToursRetriever, describe, in_words
from recommender.schemas import Filters, Interests
from recommender.service import recommend
from tests.recommender.factory import tour

WISH = Interests.model_validate(
    {
        "locations": ["Ha Long", "Sapa"],
        "duration": {"days": 5},
        "budget": {"max": 400, "currency": "USD"},
        "food": "vegetarian food",
    }
)


def _keys(nodes: list[NodeWithScore]) -> list[int]:
    return [int(each.node.node_id) for each in nodes]


def _only_sapa(words: str) -> InterestsBundle:
    return InterestsBundle(
        words, interests=Interests(locations=["Sapa"] if "Sapa" in words else [])
    )


def test_nodes_come_in_the_services_order_with_its_scores(catalogue: Connection) -> None:
    nodes = ToursRetriever(limit=20).retrieve(InterestsBundle(interests=WISH))
    expected = recommend(catalogue, WISH, limit=20)
    assert len(nodes) == 20
    assert _keys(nodes) == [each.package_id for each in expected]
    assert [each.score for each in nodes] == [each.score for each in expected]


def test_a_node_tells_the_tour_and_the_parts_of_its_score(catalogue: Connection) -> None:
    best = ToursRetriever().retrieve(InterestsBundle(interests=WISH))[0]
    first = recommend(catalogue, WISH, limit=1)[0]
    assert best.text.startswith(first.package.title)
    assert best.metadata["title"] == first.package.title
    assert best.metadata["url"] == first.package.url
    assert best.metadata["reason"] == first.reason
    points = sum(part["points"] for part in best.metadata["parts"].values())
    assert points == pytest.approx(best.score, abs=1e-6)


def test_a_language_model_reads_the_reason_but_not_the_arithmetic(catalogue: Connection) -> None:
    best = ToursRetriever(limit=1).retrieve(InterestsBundle(interests=WISH))[0].node
    read = best.get_content(MetadataMode.LLM)
    assert best.metadata["reason"] in read
    assert "similarity" not in read


def test_excluded_tours_do_not_come_back(catalogue: Connection) -> None:
    retriever = ToursRetriever(limit=5)
    first = _keys(retriever.retrieve(InterestsBundle(interests=WISH)))
    second = _keys(retriever.retrieve(InterestsBundle(interests=WISH, exclude=first)))
    assert len(second) == 5
    assert set(first).isdisjoint(second)


def test_filters_are_kept(catalogue: Connection) -> None:
    filters = Filters(avoided_places=["Sapa"])
    nodes = ToursRetriever(limit=20).retrieve(InterestsBundle(interests=WISH, filters=filters))
    assert nodes
    assert not any("Sa Pa" in each.text.splitlines()[1] for each in nodes)


def test_plain_words_are_understood_by_the_callable_given(catalogue: Connection) -> None:
    nodes = ToursRetriever(_only_sapa, limit=3).retrieve("something in Sapa")
    expected = recommend(catalogue, Interests(locations=["Sapa"]), limit=3)
    assert _keys(nodes) == [each.package_id for each in expected]


def test_plain_words_without_a_way_to_understand_them_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="InterestsBundle"):
        ToursRetriever().retrieve("something in Sapa")
    with pytest.raises(InvalidInputError, match="InterestsBundle"):
        asyncio.run(ToursRetriever().aretrieve(QueryBundle("something in Sapa")))


def test_it_answers_asynchronously_alike(catalogue: Connection) -> None:
    retriever, asked = ToursRetriever(limit=8), InterestsBundle(interests=WISH)

    async def both() -> list[list[NodeWithScore]]:
        return list(await asyncio.gather(retriever.aretrieve(asked), retriever.aretrieve(asked)))

    once, twice = asyncio.run(both())
    assert _keys(once) == _keys(twice) == _keys(retriever.retrieve(asked))


def test_any_query_engine_takes_it_with_its_postprocessors(catalogue: Connection) -> None:
    asked, retriever = InterestsBundle(interests=WISH), ToursRetriever(limit=10)
    scores = [each.score or 0.0 for each in retriever.retrieve(asked)]
    cutoff = (scores[2] + scores[-1]) / 2
    engine = RetrieverQueryEngine.from_args(
        retriever,
        llm=MockLLM(),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=cutoff)],
    )
    answer = engine.query(asked)
    kept = [each.score or 0.0 for each in answer.source_nodes]
    assert kept == [score for score in scores if score >= cutoff]
    assert 0 < len(kept) < len(scores)
    assert answer.source_nodes[0].metadata["title"] in str(answer)  # the mock repeats its prompt
    assert asked.query_str in str(answer)


def test_a_query_engine_can_be_asked_asynchronously(catalogue: Connection) -> None:
    engine = RetrieverQueryEngine.from_args(ToursRetriever(_only_sapa, limit=2), llm=MockLLM())
    answer = asyncio.run(engine.aquery("Sapa, please"))
    assert _keys(answer.source_nodes) == _keys(engine.retrieve(QueryBundle("Sapa, please")))


def test_the_examples_of_the_handbook_run(
    catalogue: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "llamaindex.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    lines = capsys.readouterr().out.splitlines()
    assert len(blocks) == 3
    assert len(lines) == 3 + 5 + 1
    assert "Fits: " in lines[0]


def test_a_wish_is_put_into_words_for_the_model() -> None:
    assert in_words(WISH) == "Tours: Ha Long, Sapa; 5 days; up to $400; vegetarian food"
    assert InterestsBundle(interests=WISH).query_str == in_words(WISH)
    assert InterestsBundle("my own words", interests=WISH).query_str == "my own words"
    assert InterestsBundle().query_str == "Tours"


def test_a_query_can_be_written_down_and_read_again() -> None:
    asked = InterestsBundle(interests=WISH, filters=Filters(languages=["vi"]), exclude=[3, 7])
    read = InterestsBundle.from_json(asked.to_json())
    assert (read.interests, read.filters, list(read.exclude)) == (WISH, asked.filters, [3, 7])
    assert InterestsBundle.from_json(InterestsBundle().to_json()).filters is None


def test_a_long_tour_is_shortened_field_by_field() -> None:
    text = describe(tour(locations=["Huế"], description="sun " * 5_000, food="phở"), "vi")
    assert text.splitlines()[1] == "Huế"
    assert text.endswith("phở")
    assert len(text) < 2_100
