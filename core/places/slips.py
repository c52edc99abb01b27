"""Well-known names with a letter or two wrong, in running text.

A slip is believed only in a word that is no ordinary word: "da nag" is Đà Nẵng, "hoi anh" (to ask
a friend) is not Hội An.
"""

import re
from collections import defaultdict
from functools import cached_property

from rapidfuzz.distance import OSA

from core.places.atlas import Atlas
from core.places.keys import key, marks
from core.places.spelling import slips_allowed, within
from core.places.tokens import Words
from core.places.words import is_ordinary

_MOST_WORDS = 5
_SHORTEST = 4
_MANY_WORDS = 3
_SHORTEST_FAR = 7
# What can be a Vietnamese word without its diacritics: such a word may be meant as it stands.
_SYLLABLE = re.compile(
    r"(?:ngh?|[cgkpt]h|gi|qu|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)


class Slips:
    """Guesses what a misspelt name was meant to be."""

    most_words = _MOST_WORDS

    def __init__(self, atlas: Atlas) -> None:
        """Guess among the well-known names of *atlas*."""
        self._atlas = atlas

    def meant(self, words: Words, first: int, last: int) -> str | None:
        """Return the key of the well-known name that these words misspell."""
        written = words.key(first, last)
        allowed = slips_allowed(written)
        if not allowed or not written.isascii() or written.isdigit() or is_ordinary(written):
            return None
        keys = within(written, self._keys[last - first].get(written[0], ()), allowed)
        if not keys and last - first == 1 and self._may_be_far(words, first):
            same_end = [k for k in self._far_keys.get(written[0], ()) if k[-1] == written[-1]]
            keys = within(written, same_end, 1)  # "german", "tuscan" are no slips
        for target in sorted(keys, key=lambda name_key: (keys[name_key], name_key)):
            if keys[target] and self._believable(words, first, last, target):
                return target
        return None

    def _believable(self, words: Words, first: int, last: int, target: str) -> bool:
        own = marks(words.written(first, last))
        parts = [word.key for word in words.words[first:last]]
        trusting = len(parts) >= _MANY_WORDS or words.is_led_to(first)
        return any(
            own <= marks(name) and _in_odd_words(parts, _parts(name), trusting=trusting)
            for name in self._names[target]
        )

    def _may_be_far(self, words: Words, first: int) -> bool:
        """Tell whether a word looks like the name of a place that is not around here."""
        looks = words.is_capitalised(first, first + 1) or words.is_led_to(first)
        return looks and len(words.key(first, first + 1)) >= _SHORTEST_FAR - 1

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for name, _ in self._atlas.famous_names():
            names[key(name)].append(name)
        for name in self._atlas.distant_names():
            names[key(name)].append(name)
        return names

    @cached_property
    def _far_keys(self) -> dict[str, set[str]]:
        """The keys of long names far away, by first letter: in one word, and rarely another's."""
        keys: dict[str, set[str]] = defaultdict(set)
        for name in self._atlas.distant_names():
            name_key = key(name)
            if name_key.isascii() and len(name_key) >= _SHORTEST_FAR and len(_parts(name)) == 1:
                keys[name_key[0]].add(name_key)
        return keys

    @cached_property
    def _keys(self) -> dict[int, dict[str, set[str]]]:
        """The keys by number of words and first letter; a city's also as written in one."""
        keys: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for name, is_city in self._atlas.famous_names():
            name_key = key(name)
            if not name_key.isascii() or len(name_key) < _SHORTEST or not name_key.isalpha():
                continue
            for count in {len(_parts(name)), 1 if is_city else len(_parts(name))}:
                keys[count][name_key[0]].add(name_key)
        return keys


def _parts(name: str) -> list[str]:
    return [part for part in map(key, re.split(r"[\s-]+", name)) if part]


def _in_odd_words(parts: list[str], right: list[str], *, trusting: bool) -> bool:
    """Tell whether each word that differs is near to the right one and no word of its own.

    Args:
        parts: the words as written.
        right: the words of the name.
        trusting: whether a possible Vietnamese word, too, may be a slip if it is no common one.
    """
    if len(parts) == 1:
        return not is_ordinary(parts[0])
    if len(parts) != len(right):
        return False
    wrong = [(part, goal) for part, goal in zip(parts, right, strict=True) if part != goal]
    return all(
        OSA.distance(part, goal) == 1
        and not is_ordinary(part)
        and (trusting or not _SYLLABLE.fullmatch(part))
        for part, goal in wrong
    )
