"""Numbers (durations, prices) as unit vectors on a logarithmic axis.

A value x gets the Fourier features of its place on the axis,

    phi(x) = [cos(n t), sin(n t) for n = 0 … H-1] / sqrt(H),    t = 2 pi log(x / low) / period,

a unit vector. A wish is a *preference curve* over the axis, from 1 (ideal) to -1 (opposite),
and its vector q holds the curve's Fourier coefficients times sqrt(H), so that <q, phi(x)> is the
curve's height at x, up to the H-th harmonic. One inner product thus answers "how well does this
length, or price, suit the wish" for points, ranges and ceilings alike; the zero vector of a tour
that states nothing gives 0, the middle.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]

HARMONICS: Final = 64
DIMENSIONS: Final = 2 * HARMONICS
_SAMPLES = 4096
_MARGIN = 0.15  # of the axis, left empty so that its two ends do not meet


class LogAxis:
    """An axis from *low* to *high* (positive, same unit); what lies outside counts as its end."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = low, high
        self._period = math.log(high / low) * (1 + _MARGIN)

    def encode(self, value: float) -> Vector:
        """Return the unit vector, shape (DIMENSIONS,), of one value."""
        clamped = min(max(value, self._low), self._high)
        angles = np.arange(HARMONICS) * (2 * math.pi * math.log(clamped / self._low) / self._period)
        features = np.concatenate([np.cos(angles), np.sin(angles)]) / math.sqrt(HARMONICS)
        return features.astype(np.float32)

    def encode_curve(self, curve: Curve) -> Vector:
        """Return the vector q, shape (DIMENSIONS,), with <q, encode(x)> close to curve(x)."""
        spectrum = np.fft.rfft(self._sample(curve))[:HARMONICS] / _SAMPLES
        cosines, sines = 2 * spectrum.real, -2 * spectrum.imag
        cosines[0] /= 2
        return (np.concatenate([cosines, sines]) * math.sqrt(HARMONICS)).astype(np.float32)

    def _sample(self, curve: Curve) -> NDArray[np.float64]:
        """Sample the curve over one period; the margin leads from its end back to its start."""
        logs = np.arange(_SAMPLES) * (self._period / _SAMPLES)
        length = math.log(self._high / self._low)
        heights = np.clip(curve(self._low * np.exp(np.minimum(logs, length))), -1.0, 1.0)
        inside = logs <= length
        back = (logs[~inside] - length) / (self._period - length)
        heights[~inside] = heights[inside][-1] * (1 - back) + heights[0] * back
        return np.asarray(heights)


def tent(low: float, high: float, fall: float) -> Curve:
    """Return the curve that is 1 from *low* to *high* and falls to -1 on both sides.

    Args:
        low: start of the ideal stretch.
        high: end of the ideal stretch; `math.inf` for none.
        fall: share of an end at which the curve has come down to -1 beside it.
    """

    def heights(values: NDArray[np.float64]) -> NDArray[np.float64]:
        below = (low - values) / (fall * low) if low > 0 else np.full_like(values, -np.inf)
        above = np.full_like(values, -np.inf)
        if math.isfinite(high):
            above = (values - high) / max(fall * high, 1e-9)
        return 1 - 2 * np.clip(np.maximum(below, above), 0.0, 1.0)

    return heights
