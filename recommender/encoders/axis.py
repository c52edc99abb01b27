"""Numbers (durations, prices) as unit vectors on a logarithmic axis.

A value x gets the Fourier features of its place on the axis,

    phi(x) = [cos(n t), sin(n t) for n = 0 … H-1] / sqrt(H),    t = 2 pi log(x / low) / period,

a unit vector. A wish is a *preference curve* over the axis, from 1 (ideal) to -1 (opposite),
and its vector q holds the curve's Fourier coefficients times sqrt(H), so that <q, phi(x)> is the
curve's height at x, up to the H-th harmonic. One inner product thus answers "how well does this
length, or price, suit the wish" for points, ranges and ceilings alike; the zero vector of a tour
that states nothing gives 0, the middle.

Values are snapped to one of `POINTS` points of the axis first. Two neighbours among them differ by
a third of a percent, which no traveller minds; and however many tours there are, they have no more
distinct vectors than that.
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
POINTS: Final = 4096
_SAMPLES = 4096
_EXACT = 0.02
"""Share of an end by which the ideal stretch is wider: harmonics cut off the tip of a sharp peak,
and what is exactly as wished must not lose by it."""
_MARGIN = 0.15  # of the axis, left empty so that its two ends do not meet


class LogAxis:
    """An axis from *low* to *high* (positive, same unit); what lies outside counts as its end."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = low, high
        self._length = math.log(high / low)
        self._period = self._length * (1 + _MARGIN)

    def point(self, value: float) -> int:
        """Return the number, from 0 to POINTS - 1, of the point nearest to a value."""
        return round(math.log(self.clamp(value) / self._low) / self._length * (POINTS - 1))

    def clamp(self, value: float) -> float:
        """Return the value, or the axis' nearer end if it lies outside."""
        return min(max(value, self._low), self._high)

    def encode(self, value: float) -> Vector:
        """Return the unit vector, shape (DIMENSIONS,), of the point nearest to a value."""
        place = self.point(value) / (POINTS - 1) * self._length
        angles = np.arange(HARMONICS) * (2 * math.pi * place / self._period)
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
        heights = np.clip(curve(self._low * np.exp(np.minimum(logs, self._length))), -1.0, 1.0)
        inside = logs <= self._length
        back = (logs[~inside] - self._length) / (self._period - self._length)
        heights[~inside] = heights[inside][-1] * (1 - back) + heights[0] * back
        return np.asarray(heights)


def tent(low: float, high: float, fall: float) -> Curve:
    """Return the curve that is 1 from *low* to *high* and falls to -1 on both sides.

    Args:
        low: start of the ideal stretch; 0 for none.
        high: end of the ideal stretch; `math.inf` for none.
        fall: share of an end at which the curve has come down to -1 beside it.
    """

    def heights(values: NDArray[np.float64]) -> NDArray[np.float64]:
        below = above = np.full_like(values, -np.inf)
        if low > 0:
            below = (low * (1 - _EXACT) - values) / (low * (fall - _EXACT))
        if math.isfinite(high):
            above = (values - high * (1 + _EXACT)) / (high * (fall - _EXACT))
        return 1 - 2 * np.clip(np.maximum(below, above), 0.0, 1.0)

    return heights
