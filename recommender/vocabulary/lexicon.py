"""The vocabulary: finds concepts in texts and knows which concept serves which wish."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from recommender.schemas import Criterion
from recommender.vocabulary.concepts import Concept, ConceptMatch
from recommender.vocabulary.loading import Wording, load, load_ordinary_words
from recommender.vocabulary.negation import refused
from recommender.vocabulary.phrases import PhraseIndex, Span
from recommender.vocabulary.spelling import Speller
from recommender.vocabulary.tokens import Token, tokenize

_REMEMBERED = 16
"""Texts: those of one tour, each of which is read for several criteria in turn."""


class Vocabulary:
    """Concepts of travel with the words for them in English and Vietnamese."""

    def __init__(self, wordings: Collection[Wording], ordinary_words: Collection[str]) -> None:
        """Build the index.

        Args:
            wordings: concepts with their phrases.
            ordinary_words: English words that are no slips of the vocabulary's words.

        Raises:
            ValueError: two concepts of a criterion share a phrase, or one refers to none.
        """
        self._concepts = {w.concept.id: w.concept for w in wordings if w.concept is not None}
        self._served = {name: self._served_by(name) for name in self._concepts}
        self._index = PhraseIndex()
        for wording in wordings:
            self._add(wording)
        words = (word for w in wordings for phrase in w.english for word in phrase.split())
        self._speller = Speller((w.removeprefix("=").casefold() for w in words), ordinary_words)
        self._read = lru_cache(_REMEMBERED)(self._read_anew)

    def _add(self, wording: Wording) -> None:
        for phrase in wording.english:
            self._index.add_english(phrase, wording.criterion, wording.concept)
        for phrase in wording.vietnamese:
            self._index.add_vietnamese(phrase, wording.criterion, wording.concept)

    def _served_by(self, name: str) -> frozenset[str]:
        served: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current not in self._concepts:
                raise ValueError(f"{name}: no concept {current}")
            if current not in served:
                served.add(current)
                waiting.extend(self._concepts[current].broader)
        return frozenset(served)

    def __iter__(self) -> Iterator[Concept]:
        """Yield every concept, by criterion."""
        return iter(self._concepts.values())

    def __len__(self) -> int:
        """Return the number of concepts."""
        return len(self._concepts)

    def get(self, concept_id: str) -> Concept:
        """Return the concept of this id.

        Raises:
            KeyError: there is none.
        """
        return self._concepts[concept_id]

    def satisfies(self, offered: str, wished: str) -> bool:
        """Tell whether what is *offered* serves what is *wished*: the same, or a kind of it.

        Raises:
            KeyError: there is no concept *offered*.
        """
        return wished in self._served[offered]

    def find(
        self,
        text: str,
        criteria: Collection[Criterion] | None = None,
        *,
        fuzzy: bool = False,
    ) -> list[ConceptMatch]:
        """Return where *text* speaks of concepts, in its order.

        Within one criterion the longest phrase wins and matches never overlap; matches of
        different criteria may ("beach resort").

        Args:
            text: a traveller's or a listing's words, in English or Vietnamese, with or without
                diacritics.
            criteria: the criteria asked for; None asks for all.
            fuzzy: overlook small typing errors in words of six letters or more.
        """
        text = unicodedata.normalize("NFC", text)
        tokens, found = self._read(text, fuzzy)
        spans = [span for span in found if criteria is None or span.phrase.criterion in criteria]
        matches = [
            _match(span, span.phrase.concept, tokens, text)
            for span in _longest(spans)
            if span.phrase.concept is not None
        ]
        verdicts = refused(text, matches)
        return [
            replace(m, negated=no) if no else m for m, no in zip(matches, verdicts, strict=True)
        ]

    def _read_anew(
        self,
        text: str,
        fuzzy: bool,  # noqa: FBT001 - a cache takes it as it comes
    ) -> tuple[Sequence[Token], Sequence[Span]]:
        tokens: Sequence[Token] = tokenize(text)
        if fuzzy:
            tokens = self._speller.correct(tokens, text)
        return tokens, list(self._index.spans(tokens, lenient=fuzzy))


def _longest(spans: Sequence[Span]) -> list[Span]:
    """Return the spans that no longer one of their criterion overlaps, in the order of the text."""
    taken: set[tuple[Criterion, int]] = set()
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.first - span.behind, span.first)):
        places = {(span.phrase.criterion, i) for i in range(span.first, span.behind)}
        if taken.isdisjoint(places):
            taken |= places
            kept.append(span)
    return sorted(kept, key=lambda span: (span.first, span.behind))


def _match(span: Span, concept: Concept, tokens: Sequence[Token], text: str) -> ConceptMatch:
    start, end = tokens[span.first].start, tokens[span.behind - 1].end
    return ConceptMatch(concept, start, end, text[start:end], negated=False)


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of Travel Buddy, read once."""
    return Vocabulary(tuple(load()), load_ordinary_words())
