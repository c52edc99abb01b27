"""Texts: reduced to what the criterion is about, then embedded; concepts kept beside.

A listing can have ten thousand characters and a wish two words, in another language. Both are
reduced to the vocabulary's concepts, named in English, and to their own words where the
vocabulary knows few of them. So "ăn chay" and "vegetarian meals" become the same text and the
same vector, and a long itinerary is not drowned in its own prose.
"""

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from core.text import fold, tidy
from recommender.schemas import Criterion
from recommender.vocabulary import ConceptMatch, vocabulary

_MOST_CONCEPTS = 12
_MOST_WORDS = 40
_MOST_RARE = 8
_COVERED_ENOUGH = 0.5
_REMEMBERED = 4_096  # texts: those of a batch, which are read once to reduce them and once to index
_LAST_LATIN = "\u024f"
_WORD = re.compile(r"[^\W_]+")
HALF: Final = 0.5
"""What likeness alone can earn: a wish that a tour does not name is at most half met."""


def reduce_text(text: str, criterion: Criterion) -> str:
    """Return what *text* says of *criterion*, short enough for any model's window."""
    matches = [match for match in _found(text, (criterion,)) if not match.negated]
    labels = _most_frequent_labels(matches)
    if labels and _share_covered(text, matches) >= _COVERED_ENOUGH:
        return ", ".join(labels)
    if len(labels) >= _MOST_CONCEPTS // 2:
        return ", ".join(labels)  # a long text: its concepts say more than its first words
    return ", ".join([*labels, _first_words(text)])


def concepts_in(text: str, criteria: Collection[Criterion] | None = None) -> set[str]:
    """Return the ids of the concepts that *text* offers; what it rules out is not among them."""
    found = _found(text, None if criteria is None else tuple(criteria))
    return {match.concept.id for match in found if not match.negated}


def words_beyond_vocabulary(text: str, criterion: Criterion) -> list[str]:
    """Return the words of a wish, folded, that no concept of its criterion explains, each once.

    None if there are many: then it is prose, whose words no tour can be blamed for not having, and
    its concepts and its vector say what it is about. Words in other scripts than the Latin one are
    left to the vectors, which know many languages: a listing in English or Vietnamese would not
    have them if it offered just what they say.
    """
    composed = tidy(text)
    rest = list(composed)
    for match in _found(composed, (criterion,)):
        rest[match.start : match.end] = " " * (match.end - match.start)
    words = dict.fromkeys(_words("".join(rest)))
    rare = [word for word in words if len(word) > 2 and word not in _FILLERS and _is_latin(word)]
    return rare if len(rare) <= _MOST_RARE else []


def word_keys(text: str) -> frozenset[str]:
    """Return the words of *text* in the form in which they are looked up."""
    return frozenset(word_key(word) for word in set(_words(text)))


def word_key(word: str) -> str:
    """Return the form that a folded word's singular and plural share."""
    return word.removesuffix("s")


def combine(covered: float, likeness: float) -> float:
    """Return the similarity of a text criterion.

    Args:
        covered: share of the wish that the tour names outright, in [0, 1].
        likeness: calibrated closeness of the two vectors, in [0, 1].
    """
    return covered + (1 - covered) * HALF * likeness


@functools.lru_cache(_REMEMBERED)
def _found(text: str, criteria: tuple[Criterion, ...] | None) -> tuple[ConceptMatch, ...]:
    return tuple(vocabulary().find(text, criteria))


def _is_latin(word: str) -> bool:
    return max(word) <= _LAST_LATIN


def _most_frequent_labels(matches: Iterable[ConceptMatch]) -> list[str]:
    counts = Counter(match.concept.id for match in matches)
    return [vocabulary().get(key).labels["en"] for key, _ in counts.most_common(_MOST_CONCEPTS)]


def _share_covered(text: str, matches: Iterable[ConceptMatch]) -> float:
    words = [word for word in _words(text) if word not in _FILLERS]
    covered = sum(_count_words(match.text) for match in matches)
    return covered / max(len(words), 1)


@functools.lru_cache(_REMEMBERED)
def _count_words(phrase: str) -> int:
    return len(_words(phrase))


def _first_words(text: str) -> str:
    return " ".join(tidy(text).split()[:_MOST_WORDS])


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


_ENGLISH_FILLERS = """a an and any at by for from i in is it like me my no not of on or our some
    than that the to want we with would please very good nice local"""
_VIETNAMESE_FILLERS = """va voi cac nhung cho co o tai la toi muon an di duoc mot rat khong tren
    theo thich"""
_FILLERS = frozenset(f"{_ENGLISH_FILLERS} {_VIETNAMESE_FILLERS}".split())
