"""Tours for LlamaIndex: the same ranking behind its retriever interface.

The criteria travel in a `QueryBundle` of their own, so that any query engine, router or
postprocessor hands them on; the nodes come back in the order and with the scores of the service.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final

from dataclasses_json import config
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from core.database import unit_of_work
from core.errors import InvalidInputError
from recommender.amounts import format_budget, format_duration, format_price
from recommender.schemas import Filters, Interests, Package, Recommendation
from recommender.service import recommend

LIMIT: Final = 10
_FIELDS = ("transportation", "food", "activities", "accommodation", "notes")
_LONGEST = 2_000
"""Characters of one field: a language model reads several tours at once."""


def _as_json(value: Interests | Filters | None) -> dict[str, Any] | None:
    return value.model_dump(mode="json", exclude_defaults=True) if value else None


@dataclass
class InterestsBundle(QueryBundle):
    """A query that carries the seven criteria.

    Attributes:
        query_str: the wish in words, for a language model to read; made from the interests if
            left out.
        interests: what is wished.
        filters: what a tour must not contradict.
        exclude: database keys of tours that must not be among the answers.
    """

    query_str: str = ""
    interests: Interests = field(
        default_factory=Interests,
        metadata=config(encoder=_as_json, decoder=Interests.model_validate),
    )
    filters: Filters | None = field(
        default=None, metadata=config(encoder=_as_json, decoder=Filters.model_validate)
    )
    exclude: Collection[int] = field(default=(), metadata=config(encoder=list))

    def __post_init__(self) -> None:
        self.query_str = self.query_str or in_words(self.interests)


Understand = Callable[[str], InterestsBundle]


class ToursRetriever(BaseRetriever):
    """Retrieves tours by the seven criteria, best first.

    Args:
        understand: turns a traveller's own words into criteria; without it only an
            `InterestsBundle` can be asked.
        limit: how many tours at most.
        language: of the reasons and the texts, "en" or "vi".
    """

    def __init__(
        self, understand: Understand | None = None, *, limit: int = LIMIT, language: str = "en"
    ) -> None:
        super().__init__()
        self._understand = understand
        self._limit = limit
        self._language = language

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the best tours as nodes whose ids are the database keys.

        Raises:
            InvalidInputError: only words are given, and nothing to understand them with.
        """
        asked = self._criteria(query_bundle)
        with unit_of_work() as unit:
            found = recommend(
                unit.connection,
                asked.interests,
                limit=self._limit,
                exclude=asked.exclude,
                filters=asked.filters,
                language=self._language,
            )
        return [self._node(each) for each in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the same without holding up the event loop."""
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def _criteria(self, query: QueryBundle) -> InterestsBundle:
        if isinstance(query, InterestsBundle):
            return query
        if self._understand is None:
            raise InvalidInputError(
                "ask with an InterestsBundle, or give ToursRetriever a way to understand words"
            )
        return self._understand(query.query_str)

    def _node(self, found: Recommendation) -> NodeWithScore:
        metadata: dict[str, Any] = {
            "title": found.package.title,
            "url": found.package.url,
            "provider": found.provider,
            "reason": found.reason,
            "parts": {key.value: part.model_dump() for key, part in found.parts.items()},
        }
        node = TextNode(
            id_=str(found.package_id),
            text=describe(found.package, self._language),
            metadata=metadata,
            excluded_llm_metadata_keys=["title", "parts"],
            excluded_embed_metadata_keys=list(metadata),
        )
        return NodeWithScore(node=node, score=found.score)


def in_words(interests: Interests) -> str:
    """Return a wish as a line of English that a language model can answer to."""
    said = [", ".join(interests.locations)]
    if interests.duration:
        said.append(format_duration(interests.duration, "en"))
    if interests.budget:
        said.append(format_budget(interests.budget, "en"))
    said += [getattr(interests, name) or "" for name in _FIELDS]
    return "Tours: " + "; ".join(filter(None, said)) if any(said) else "Tours"


def describe(package: Package, language: str) -> str:
    """Return what a tour says of itself, a line for each field that it fills in."""
    lines = [package.title, " – ".join(package.locations)]
    if package.duration:
        lines.append(format_duration(package.duration, language))
    if package.price:
        lines.append(format_price(package.price, language))
    lines += [getattr(package, name) or "" for name in ("description", *_FIELDS)]
    return "\n".join(_shortened(line) for line in lines if line)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
