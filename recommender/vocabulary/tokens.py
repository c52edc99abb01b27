"""Words of a text in the forms by which phrases are compared."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.text import without_diacritics

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[&*★⭐]")
_JOINT = re.compile(r"['’]?[^\S\n]+|[-‐‑–/_]|")
_SIGNS = {"&": "and", "★": "*", "⭐": "*"}
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook, dot below

# Plurals and spellings that no rule below reaches.
_SAME_WORD = {
    "bbqs": "bbq", "buses": "bus", "canoes": "canoe", "center": "centre", "centers": "centre",
    "children": "child", "colorful": "colourful", "cookies": "cookie", "foodies": "foodie",
    "gray": "grey", "grey": "grey", "jewelry": "jewellery", "men": "man", "minibuses": "minibus",
    "movies": "movie", "newlyweds": "newlywed", "skies": "sky", "smoothies": "smoothie",
    "theater": "theatre", "theaters": "theatre", "women": "woman", "yoghurt": "yogurt",
}  # fmt: skip
_PLURALS = (("ies", "y"), ("oes", "o"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"),
            ("xes", "x"), ("zes", "z"), ("ss", "ss"), ("bus", "bus"), ("s", ""))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forms:
    """One word in the forms by which it may be found.

    Attributes:
        english: keys of the English index: the word itself, its singular, its verb.
        folded: the word without diacritics and case, the key of the Vietnamese index.
        spoken: the word with its diacritics, independent of where the tone mark is placed.
        accented: whether it carries any diacritic.
    """

    english: tuple[str, ...]
    folded: str
    spoken: str
    accented: bool


class Token(NamedTuple):
    """A word at its place; `joined` tells whether it continues the phrase of the word before."""

    start: int
    end: int
    joined: bool
    forms: Forms


def tokenize(text: str) -> list[Token]:
    """Return the words of *text*, which is in NFC; offsets are in characters."""
    tokens: list[Token] = []
    new = tuple.__new__  # half the price of Token(…), and long listings have thousands of words
    behind = 0
    for word in _WORD.finditer(text):
        start, end = word.span()
        gap = text[behind:start]
        joined = gap == " " or _joins(gap)
        tokens.append(new(Token, (start, end, joined, forms(word[0]))))
        behind = end
    return tokens


def words_of(phrase: str) -> list[str]:
    """Return the words of a *phrase* in NFC, in lower case."""
    return [_SIGNS.get(word, word) for word in _WORD.findall(_lower(phrase))]


def _lower(word: str) -> str:
    return word.casefold().replace("’", "'")


def _joins(gap: str) -> bool:
    return _JOINT.fullmatch(gap) is not None


@lru_cache(maxsize=50_000)
def forms(word: str) -> Forms:
    """Return the forms of one *word* in NFC."""
    lower = _SIGNS.get(word, _lower(word))
    folded = without_diacritics(lower)
    keys = (exact_key(lower), singular(lower), verb_key(lower))
    return Forms(keys, folded, _spoken(lower), folded != lower)


def exact_key(word: str) -> str:
    """Return the key of an English word (in lower case) that stands for this form only."""
    return "=" + word


def singular(word: str) -> str:
    """Return the singular of an English noun in lower case; other words may lose an s, too."""
    word = word.removesuffix("'s").replace("'", "")
    if word in _SAME_WORD or len(word) < 4:
        return _SAME_WORD.get(word, word)
    for plural, ending in _PLURALS:
        if word.endswith(plural):
            return word.removesuffix(plural) + ending
    return word


def verb_key(word: str) -> str:
    """Return what the forms of an English verb (in lower case) have in common.

    ``hike``, ``hikes``, ``hiked`` and ``hiking`` share one key, which is no word itself.
    """
    stem = _SAME_WORD.get(word, word)
    for ending in ("ing", "ed", "s"):
        shorter = stem.removesuffix(ending)
        if shorter != stem and len(shorter) >= 3 and _has_vowel(shorter):
            stem = shorter
            break
    stem = stem.removesuffix("e")
    doubled = len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "aeiou"
    return "~" + (stem[:-1] if doubled else stem)


def _has_vowel(stem: str) -> bool:
    return any(letter in "aeiouy" for letter in stem)


def _spoken(word: str) -> str:
    """Return *word* with its tone behind it: ``hoà`` and ``hòa`` are one word."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    letters = "".join(char for char in decomposed if char not in _TONES)
    return letters + "".join(char for char in decomposed if char in _TONES)
