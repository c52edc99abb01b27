"""Phrases in two languages and where they stand in a text.

English words are compared so that one phrase covers its plural and its verb forms. Vietnamese words
have no endings but diacritics, which people leave out: in a text typed without them they are not
asked for, in a text typed with them "bơ" is not "bò".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from recommender.schemas import Criterion
from recommender.vocabulary.concepts import Concept
from recommender.vocabulary.tokens import (
    Forms,
    Token,
    exact_key,
    forms,
    singular,
    verb_key,
    words_of,
)

_WINDOW = 8  # words on either side that tell whether diacritics are being typed
_ACCENTED_SHARE = 0.35  # careful Vietnamese has about 0.75; English with place names below 0.2
_MIN_LENIENT_LETTERS = 6
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that mean a concept, or (with none) ordinary words that only look like one.

    Attributes:
        criterion: the criterion whose other phrases it competes with; the longest wins.
        concept: what it means; None for ordinary words.
        words: its words with their diacritics, as `Forms.spoken`.
        folded: its words without diacritics, as `Forms.folded`.
    """

    criterion: Criterion
    concept: Concept | None
    words: tuple[str, ...]
    folded: tuple[str, ...]


class Span(NamedTuple):
    """A phrase at the words from `first` up to, not including, `behind`."""

    phrase: Phrase
    first: int
    behind: int


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    phrases: tuple[Phrase, ...] = ()

    def reach(self, keys: Sequence[str]) -> "_Node":
        node = self
        for key in keys:
            if key not in node.children:
                node.children[key] = _Node()
            node = node.children[key]
        return node


class _Start(NamedTuple):
    """What one word begins: the phrases that it is by itself, and where longer ones go on."""

    phrases: tuple[Phrase, ...]
    longer: tuple[_Node, ...]
    seconds: frozenset[str]

    def goes_on(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether the word at *at* can be the second one of a longer phrase."""
        if not self.longer or at >= len(tokens) or not tokens[at].joined:
            return False
        return not self.seconds.isdisjoint(tokens[at].forms.english)


def _next(nodes: Iterable[_Node], keys: Iterable[str]) -> list[_Node]:
    return [node.children[key] for node in nodes for key in keys if key in node.children]


def _continued(start: Iterable[_Node], tokens: Sequence[Token], first: int) -> Iterator[Span]:
    """Yield the English phrases of two words or more that begin with the word at *first*."""
    nodes = start
    for position in range(first + 1, len(tokens)):
        token = tokens[position]
        if not token.joined or not (nodes := _next(nodes, token.forms.english)):
            return
        for node in nodes:
            for phrase in node.phrases:
                yield Span(phrase, first, position + 1)


class PhraseIndex:
    """Finds all phrases in a text in one pass over its words."""

    def __init__(self) -> None:
        self._english = _Node()
        self._vietnamese = _Node()
        self._begun = lru_cache(_REMEMBERED)(self._begin)

    def add_english(self, text: str, criterion: Criterion, concept: Concept | None) -> None:
        """Add an English phrase.

        A word stands for its plural too, one in -ing for all forms of its verb, and one written
        ``=fishing`` for that form only.
        """
        keys = [key for word in text.split() for key in _english_keys(word)]
        phrase = Phrase(criterion, concept, tuple(keys), tuple(keys))
        self._add(self._english.reach(keys), phrase)

    def add_vietnamese(self, text: str, criterion: Criterion, concept: Concept | None) -> None:
        """Add a Vietnamese phrase, with its diacritics."""
        words = [forms(word) for word in words_of(text)]
        folded = tuple(word.folded for word in words)
        phrase = Phrase(criterion, concept, tuple(word.spoken for word in words), folded)
        self._add(self._vietnamese.reach(folded), phrase)

    @staticmethod
    def _add(node: _Node, phrase: Phrase) -> None:
        for other in node.phrases:
            if other.criterion is not phrase.criterion or other.words != phrase.words:
                continue
            if other.concept is not phrase.concept:
                raise ValueError(f"two meanings of the phrase {' '.join(phrase.words)!r}")
            return
        node.phrases = (*node.phrases, phrase)

    def spans(self, tokens: Sequence[Token], *, lenient: bool = False) -> Iterator[Span]:
        """Yield every phrase in *tokens*, overlapping ones included.

        Args:
            tokens: the words of the text.
            lenient: let one word of a longer Vietnamese phrase carry wrong diacritics.
        """
        accents = _Accents(tokens)
        begun, vietnamese = self._begun, self._vietnamese.children
        for first, token in enumerate(tokens):
            forms = token.forms
            start = begun(forms.english)
            if start.phrases:
                for phrase in start.phrases:
                    yield Span(phrase, first, first + 1)
            if start.goes_on(tokens, first + 1):
                yield from _continued(start.longer, tokens, first)
            if forms.folded in vietnamese:
                for span in self._vietnamese_at(tokens, first):
                    if accents.allow(span, lenient=lenient):
                        yield span

    def _begin(self, keys: tuple[str, ...]) -> _Start:
        """Return what a word with these keys begins: the same for every time that it is read."""
        nodes = _next([self._english], keys)
        longer = tuple(node for node in nodes if node.children)
        return _Start(
            tuple(phrase for node in nodes for phrase in node.phrases),
            longer,
            frozenset(key for node in longer for key in node.children),
        )

    def _vietnamese_at(self, tokens: Sequence[Token], first: int) -> Iterator[Span]:
        node: _Node | None = self._vietnamese
        for position in range(first, len(tokens)):
            token = tokens[position]
            if position > first and not token.joined:
                return
            node = node.children.get(token.forms.folded) if node else None
            if node is None:
                return
            for phrase in node.phrases:
                yield Span(phrase, first, position + 1)


class _Accents:
    """Tells whether the diacritics around a Vietnamese phrase allow it."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens

    @cached_property
    def _counts(self) -> list[int]:
        """How many of the words up to each one carry a diacritic."""
        return [0, *accumulate(int(token.forms.accented) for token in self._tokens)]

    def allow(self, span: Span, *, lenient: bool) -> bool:
        found = [token.forms for token in self._tokens[span.first : span.behind]]
        wrong = [
            form for form, word in zip(found, span.phrase.words, strict=True) if form.spoken != word
        ]
        if not wrong:
            # A single syllable without diacritics is a Vietnamese word only among Vietnamese ones.
            return len(found) > 1 or found[0].accented or self._typed_around(span)
        if len(found) == 1:
            return False
        if not any(form.accented for form in wrong) and not self._typed_around(span):
            return True
        return lenient and _nearly(found, wrong)

    def _typed_around(self, span: Span) -> bool:
        first = max(0, span.first - _WINDOW)
        behind = min(len(self._tokens), span.behind + _WINDOW)
        accented = self._counts[behind] - self._counts[first]
        return accented >= _ACCENTED_SHARE * (behind - first)


def _nearly(found: Sequence[Forms], wrong: Sequence[Forms]) -> bool:
    letters = sum(len(form.folded) for form in found)
    return len(wrong) == 1 and letters >= _MIN_LENIENT_LETTERS


def _english_keys(word: str) -> list[str]:
    parts = words_of(word.removeprefix("="))
    if word.startswith("="):
        return [exact_key(part) for part in parts]
    return [verb_key(part) if part.endswith("ing") else singular(part) for part in parts]
