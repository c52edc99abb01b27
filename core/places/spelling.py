"""Names that are almost right."""

from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from rapidfuzz import process
from rapidfuzz.distance import OSA

_ONE_SLIP_FROM = 5
_TWO_SLIPS_FROM = 9


def slips_allowed(name_key: str) -> int:
    """Return how many letters may be wrong in a name of this length."""
    if len(name_key) >= _TWO_SLIPS_FROM:
        return 2
    return 1 if len(name_key) >= _ONE_SLIP_FROM else 0


def nearest(name_key: str, known: Mapping[str, Mapping[str, None]]) -> list[str]:
    """Return the known keys with the fewest slips from *name_key*; none if too many.

    Args:
        name_key: what was written, as a key.
        known: the right keys by first letter. Another first letter must be the only slip.
    """
    allowed = slips_allowed(name_key)
    if not allowed or not name_key.isascii():
        return []
    found = within(name_key, known.get(name_key[0], ()), allowed)
    if not found or min(found.values()) > 1:
        found |= dict.fromkeys(_with_another_start(name_key, known), 1)
    fewest = min(found.values(), default=0)
    return [known_key for known_key, slips in found.items() if slips == fewest]


def _with_another_start(name_key: str, known: Mapping[str, Mapping[str, None]]) -> list[str]:
    """Return the known keys that are *name_key* but for one slip in the first letter."""
    rest = name_key[1:]
    swapped = f"{rest[0]}{name_key[0]}{rest[1:]}"
    possible = [each for letter in ascii_lowercase for each in (letter + rest, letter + name_key)]
    return [
        each
        for each in dict.fromkeys((rest, swapped, *possible))
        if each[0] != name_key[0] and each in known.get(each[0], ())
    ]


def within_words(written: str, right: str) -> bool:
    """Tell whether *written* can be *right* with a few slips, its words parted alike.

    Args:
        written: keys of words with a blank between them.
        right: likewise.
    """
    allowed = slips_allowed(written.replace(" ", ""))
    return OSA.distance(written, right, score_cutoff=allowed) <= allowed


def within(name_key: str, keys: Iterable[str], allowed: int) -> dict[str, int]:
    """Return those of *keys* that are at most *allowed* slips from *name_key*, with their slips."""
    # A letter too many or too few is a slip too: other lengths need no comparison.
    close = [known_key for known_key in keys if abs(len(known_key) - len(name_key)) <= allowed]
    slips = process.cdist([name_key], close, scorer=OSA.distance, score_cutoff=allowed)[0]
    return {close[i]: int(slips[i]) for i in range(len(close)) if slips[i] <= allowed}
