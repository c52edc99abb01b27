"""Making the classifier from the committed messages, and measuring it on lines it never saw."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from conversation.understanding.classifier import Classifier
from conversation.understanding.features import INTENTS, Vector, embedded_part, facts_of
from conversation.understanding.slots import read
from conversation.understanding.training.examples import (
    FILLINGS,
    MESSAGES,
    Example,
)
from conversation.understanding.training.fitting import (
    Matrix,
    Pieces,
    Rows,
    fit,
    temperature,
)
from recommender.embedding import TextEmbedder

FOLDS = 4
_MEANING, _LETTERS, _FACTS = 10.0, 3.0, 1.0
"""How much each part counts against the penalty; found by measuring on unseen lines."""
_BATCH = 256
_RECIPE = "1"


@dataclass(frozen=True)
class Set:
    """Messages ready to be fitted.

    Attributes:
        matrix: as the classifier sees them.
        labels: numbers of their intents.
        folds: in which of `FOLDS` each message's line is.
        mean: mean embedding.
        by_rules: numbers of the intents that the rules alone find.
    """

    matrix: Matrix
    labels: Rows
    folds: Rows
    mean: Vector
    by_rules: Rows


@dataclass(frozen=True)
class Measured:
    """How well unseen lines are understood, from 0 to 1; the rules alone beside it."""

    accuracy: float
    rules_alone: float
    temperature: float


def fingerprint() -> str:
    """Return the digest of everything that the weights follow from, but for the code."""
    digest = hashlib.sha256(_RECIPE.encode())
    for path in (MESSAGES, FILLINGS):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def prepare(examples: Sequence[Example], model: TextEmbedder) -> Set:
    """Return messages ready to be fitted."""
    found = [read(example.text, example.context) for example in examples]
    texts = [embedded_part(each) for each in found]
    batches = [model.encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
    embeddings = np.vstack(batches)
    mean = np.asarray(embeddings.mean(0), np.float32)
    facts = np.stack([facts_of(each) for each in found])
    letters = Pieces.of([each.bare for each in found])
    numbers = {intent: number for number, intent in enumerate(INTENTS)}
    return Set(
        matrix=Matrix(
            np.hstack([(embeddings - mean) * _MEANING, facts * _FACTS]),
            Pieces(letters.starts, letters.buckets, letters.values * np.float32(_LETTERS)),
        ),
        labels=np.array([numbers[example.intent] for example in examples]),
        folds=np.array([_fold(example.group) for example in examples]),
        mean=mean,
        by_rules=np.asarray(facts[:, : len(INTENTS)].argmax(1)),
    )


def measure(made: Set) -> Measured:
    """Fit on all folds but one, judge that one, and so on: no line is in two of them."""
    scores = np.zeros((len(made.labels), len(INTENTS)), np.float32)
    for fold in range(FOLDS):
        inside, outside = made.folds == fold, made.folds != fold
        weights = fit(_only(made.matrix, outside), made.labels[outside])
        scores[inside] = _only(made.matrix, inside).times(weights)
    return Measured(
        accuracy=float((scores.argmax(1) == made.labels).mean()),
        rules_alone=float((made.by_rules == made.labels).mean()),
        temperature=temperature(scores, made.labels),
    )


def make(made: Set, degrees: float, made_from: str) -> Classifier:
    """Return the classifier fitted on everything.

    Args:
        made: the messages.
        degrees: the temperature found on unseen lines.
        made_from: `fingerprint` from before the messages were loaded.
    """
    weights = fit(made.matrix, made.labels)
    size, width = len(made.mean), made.matrix.dense.shape[1]
    return Classifier(
        mean=made.mean,
        meaning=weights[:size] * np.float32(_MEANING),
        facts=weights[size:width] * np.float32(_FACTS),
        letters=weights[width:] * np.float32(_LETTERS),
        temperature=degrees,
        made_from=made_from,
    )


def _only(matrix: Matrix, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Matrix:
    """Return the rows that are chosen."""
    letters = matrix.letters
    counts = np.diff(letters.starts)
    entries = np.repeat(chosen, counts)
    starts = np.concatenate([[0], np.cumsum(counts[chosen])]).astype(np.intp)
    return Matrix(
        matrix.dense[chosen], Pieces(starts, letters.buckets[entries], letters.values[entries])
    )


def _fold(group: int) -> int:
    return zlib.crc32(f"line {group}".encode()) % FOLDS
