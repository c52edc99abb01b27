"""The measures of one ranked list against what was judged."""

from collections.abc import Sequence
from typing import Final

import numpy as np

DEPTH: Final = 10
"""How many places of a list are looked at."""


def ndcg(found: Sequence[float], judged: Sequence[float]) -> float:
    """Return nDCG with linear gains and log2 discounts (Järvelin and Kekäläinen, 2002).

    Args:
        found: gains of the ranked tours, in order.
        judged: gains of all judged tours, in any order.
    """
    ideal = _dcg(sorted(judged, reverse=True)[:DEPTH])
    return _dcg(found[:DEPTH]) / ideal if ideal > 0 else 0.0


def precision(found: Sequence[float]) -> float:
    """Return the share of relevant tours (gain above 0) among ten places."""
    return _relevant(found[:DEPTH]) / DEPTH


def recall(found: Sequence[float], judged: Sequence[float]) -> float:
    """Return the share of all relevant tours that is in the first ten places.

    Args:
        found: gains of the ranked tours, in order.
        judged: gains of all judged tours, in any order.
    """
    return _relevant(found[:DEPTH]) / max(_relevant(judged), 1)


def _relevant(gains: Sequence[float]) -> int:
    return sum(gain > 0 for gain in gains)


def _dcg(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 2) for place, gain in enumerate(gains)))
