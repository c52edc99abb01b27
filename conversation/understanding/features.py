"""What the classifier of intents sees of a message: its meaning, its letters, the rules' facts."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from conversation.understanding.intents import classify
from conversation.understanding.schemas import Intent
from conversation.understanding.slots import Read

Vector = NDArray[np.float32]

INTENTS = tuple(Intent)
BUCKETS = 4_096
"""Into how many the pieces of words are hashed."""

EMBEDDED_CHARACTERS = 160
"""The part of a message whose meaning is looked at: what is wanted stands in its beginning."""

_LONGEST = 300
_SIZES = (3, 4, 5)
_MANY_WORDS = 20
_FEW_WORDS = 3
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[a-z0-9@']+|[^\sa-z0-9@']")


def embedded_part(found: Read) -> str:
    """Return the part of a message whose meaning is looked at."""
    return found.text[:EMBEDDED_CHARACTERS]


def pieces(bare: str) -> dict[int, float]:
    """Return the pieces of words and the pairs of words of a message, by bucket.

    Args:
        bare: the folded message with ``@`` for its places.
    """
    counts = Counter(zlib.crc32(piece.encode()) % BUCKETS for piece in _pieces(bare))
    length = sum(counts.values()) ** 0.5
    return {bucket: count**0.5 / length for bucket, count in counts.items()}


def facts_of(found: Read) -> Vector:
    """Return what the rules found in a message, shape (facts,)."""
    facts, context = found.facts, found.facts.context
    intent, confidence = classify(facts)
    words = len(found.plain.split())
    told = (
        True, facts.places, facts.wishes, facts.other_wishes, facts.sizes,
        facts.sizes and facts.only_sizes, facts.share, facts.excluded, facts.extends,
        facts.ordinals, facts.dates, facts.drops, facts.rhythm, facts.pauses, facts.turns_down,
        facts.corrects, context.has_interests, context.shown > 0, context.person_offered,
        min(words, _MANY_WORDS) / _MANY_WORDS, words < _FEW_WORDS, "?" in found.text,
    )  # fmt: skip
    by_rule = [confidence if intent is each else 0.0 for each in INTENTS]
    return np.array([*by_rule, *told], np.float32)


def _pieces(bare: str) -> Iterator[str]:
    words = _WORD.findall(_DIGIT.sub("0", bare[:_LONGEST]))
    for word in words:
        edged = f" {word} "
        for size in _SIZES:
            yield from (edged[at : at + size] for at in range(len(edged) - size + 1))
        yield f"w{word}"
    yield from (f"{one}_{two}" for one, two in zip(["^", *words], [*words, "$"], strict=True))
