"""How well the name of a column fits a field."""

import re
from functools import cache

from rapidfuzz import fuzz

from core.text import fold
from ingestion.mapping.suggesting.lexicon import ASIDE, GENERIC, PERSONAL, SECTIONS

_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 120
_LIKE = 86.0
"""Likeness, of 100, of a name that is probably misspelt."""
_SHORTEST_MISSPELT = 5


@cache
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column's name: "giaTừ", "gia_tu" and "Giá từ" are all the same."""
    return tuple(_WORD.findall(fold(_CAMEL.sub(" ", name[:_LONGEST]))))


def context_words(path: str, source: str = "") -> tuple[str, ...]:
    """Return the words by which a path is judged.

    A last part that says little is read together with the object, or the file, that it is in.
    """
    outer, dot, last = path.rpartition(".")
    words = words_of(last)
    before = outer.rpartition(".")[2] if dot else source
    if before and set(words) <= set(GENERIC.split("|")):
        return (*words_of(before), *words)
    return words


def fit(words: tuple[str, ...], names: str, aside: str = "") -> float:
    """Tell how well words fit a field's usual names.

    Args:
        words: of a column, as `context_words` returns them.
        names: the field's names, folded and set apart by bars.
        aside: words that speak against it, likewise.

    Returns:
        1 for one of the names, 0.85 for one within more words, 0.8 for one misspelt, half of that
        where a word speaks against it, else 0.
    """
    text = " ".join(words)
    if text in names.split("|"):
        return 1.0
    against = 0.5 if set(words) & set(aside.split("|")) else 1.0
    if any(_within(name, words) for name in names.split("|")):
        return 0.85 * against
    return 0.8 * against * _is_misspelt(text, names)


def _within(name: str, words: tuple[str, ...]) -> bool:
    """Tell whether a name stands among the words, long enough to mean something there."""
    parts = tuple(name.split())
    if len(name) < 3 and name.isascii():
        return False
    if not name.isascii():
        return name in "".join(words)
    return any(words[i : i + len(parts)] == parts for i in range(len(words) - len(parts) + 1))


def _is_misspelt(text: str, names: str) -> bool:
    joined = text.replace(" ", "")
    if len(joined) < _SHORTEST_MISSPELT:
        return False
    candidates = (each.replace(" ", "") for each in names.split("|"))
    return any(
        fuzz.ratio(joined, each) >= _LIKE for each in candidates if len(each) >= _SHORTEST_MISSPELT
    )


def fit_of(field: str, words: tuple[str, ...], names: str) -> float:
    """Tell how well words fit a field, with what speaks against it."""
    return fit(words, names, ASIDE.get(field, ""))


def section_of(words: tuple[str, ...]) -> str | None:
    """Return which kind of long text a name announces."""
    for kind, names in SECTIONS.items():
        if fit(words, names) >= 0.8:
            return kind
    return None


def is_personal(words: tuple[str, ...]) -> bool:
    """Tell whether a column holds what is nobody's business, or a secret."""
    return any(_within(name, words) for name in PERSONAL.split("|"))


def names_a_key(words: tuple[str, ...]) -> bool:
    """Tell whether a column is a key of some sort."""
    return bool({"id", "fk", "key", "uuid", "guid", "code", "ma", "ref"} & set(words))
