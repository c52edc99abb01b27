"""The words of `words.toml`, and where a text holds them."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from core.text import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Found(NamedTuple):
    """A phrase at its place: offsets of its first character and behind its last, and labels."""

    start: int
    end: int
    labels: tuple[str, ...]


class _Longer(NamedTuple):
    following: list[str]
    labels: tuple[str, ...]


class Phrases:
    """Phrases with the labels that they carry, found in one pass over a text's words."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        """Build from the phrases of each label."""
        labels: dict[tuple[str, ...], tuple[str, ...]] = {}
        for label, texts in phrases.items():
            for text in texts:
                words = tuple(folded_words(text))
                labels[words] = (*labels.get(words, ()), label)
        self._by_first: dict[str, list[_Longer]] = {}
        for words, all_labels in labels.items():
            self._by_first.setdefault(words[0], []).append(_Longer([*words[1:]], all_labels))

    def find(self, text: str) -> Iterator[Found]:
        """Yield each phrase in *text*, overlapping ones included."""
        words = folded_words(text)
        begun = [index for index, word in enumerate(words) if word in self._by_first]
        if not begun:
            return
        places = [place.span() for place in _WORD.finditer(text)]
        for index in begun:
            for following, labels in self._by_first[words[index]]:
                last = index + len(following)
                if not following or words[index + 1 : last + 1] == following:
                    yield Found(places[index][0], places[last][1], labels)


def folded_words(text: str) -> list[str]:
    """Return the words of *text*, without diacritics and case."""
    return list(map(_folded, _WORD.findall(text)))


@lru_cache(50_000)
def _folded(word: str) -> str:
    return fold(word).replace("’", "'")


@cache
def words_table() -> dict[str, Any]:
    """Return what `words.toml` holds, each list of phrases as a tuple."""
    text = (files(__package__) / "words.toml").read_text(encoding="utf-8")
    return {
        name: {key: _phrases(value) for key, value in table.items()}
        for name, table in tomllib.loads(text).items()
    }


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for part in text.split("|") if (phrase := part.strip()))
