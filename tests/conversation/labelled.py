"""The labelled messages of the tests."""

from pathlib import Path

from conversation.understanding import evaluation
from conversation.understanding.evaluation import Labelled, Scores

UTTERANCES = Path(__file__).parent.parent / "fixtures" / "utterances"


def load(name: str) -> list[Labelled]:
    """Return the messages of a set."""
    return [turn for talk in evaluation.load(_file(name)) for turn in talk]


def score(name: str) -> Scores:
    """Return how well a set is understood."""
    return evaluation.score(_file(name))


def _file(name: str) -> Path:
    return UTTERANCES / f"{name}.jsonl"
