"""How well a map segments an object: precision, recall, F-measure and absolute error.

Achanta, Hemami, Estrada & Suesstrunk (2009), Frequency-tuned Salient Region Detection, CVPR;
beta^2 = 0.3 as there. Maps are stretched to 0...1 first. A map that is the same everywhere and
a mask without an object leave all of it undefined: NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.attention import Map

BETA_SQUARED = 0.3
THRESHOLDS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Precision and recall at the thresholds 0/255, 1/255 ... 255/255, (256,) each.

    A pixel is taken for the object when its value, rounded to 1/255, reaches the threshold.
    """

    precision: np.ndarray
    recall: np.ndarray


NO_CURVE = Curve(np.full(THRESHOLDS, np.nan), np.full(THRESHOLDS, np.nan))
"""Of a map that is the same everywhere, or a mask without an object."""


class Segmenting:
    """A map stretched to 0...1, to be compared with the masks of objects.

    map_ : (rows, columns) finite. Masks have the same shape, bool.
    """

    def __init__(self, map_: Map) -> None:
        values = np.asarray(map_, float)
        low, high = values.min(), values.max()
        self._varies = high > low
        self._stretched = (values - low) / (high - low) if self._varies else values
        self._total = float(self._stretched.sum())
        if self._varies:
            self._codes = np.rint(self._stretched * (THRESHOLDS - 1)).astype(np.uint8)
            self._taken = _reaching(self._codes.ravel())

    def curve(self, mask: np.ndarray) -> Curve:
        """Return the curve of the map against a mask."""
        if not self._tells_of(mask):
            return NO_CURVE
        right = _reaching(self._codes[mask])
        return Curve(right / self._taken, right / right[0])

    def adaptive_f(self, mask: np.ndarray) -> float:
        """Return the F-measure at twice the mean of the stretched map, at most 1."""
        if not self._tells_of(mask):
            return math.nan
        taken = self._stretched >= min(2 * self._total / self._stretched.size, 1.0)
        right = np.count_nonzero(taken & mask)
        precision, recall = right / np.count_nonzero(taken), right / np.count_nonzero(mask)
        return float(f_measure(np.asarray(precision), np.asarray(recall)))

    def error(self, mask: np.ndarray) -> float:
        """Return the mean absolute difference between the stretched map and a mask, 0...1."""
        if not self._tells_of(mask):
            return math.nan
        inside = self._stretched[mask]
        outside = self._total - float(inside.sum())
        return float((1 - inside).sum() + max(outside, 0.0)) / self._stretched.size

    def _tells_of(self, mask: np.ndarray) -> bool:
        return bool(self._varies and mask.any())


def _reaching(codes: np.ndarray) -> np.ndarray:
    """Return how many values reach each threshold."""
    counts = np.bincount(codes, minlength=THRESHOLDS)
    reaching: np.ndarray = counts[::-1].cumsum()[::-1]
    return reaching


def mean_curve(curves: Sequence[Curve]) -> Curve:
    """Return precision and recall averaged over pictures, those left out that are undefined."""
    defined = [curve for curve in curves if not np.isnan(curve.recall).any()]
    if not defined:
        return NO_CURVE
    return Curve(
        np.mean([curve.precision for curve in defined], axis=0),
        np.mean([curve.recall for curve in defined], axis=0),
    )


def f_measure(precision: np.ndarray, recall: np.ndarray) -> np.ndarray:
    """Return the F-measure, which weighs precision more; 0 where both are 0."""
    numerator = (1 + BETA_SQUARED) * precision * recall
    denominator = BETA_SQUARED * precision + recall
    zero = np.where(np.isnan(denominator), np.nan, 0.0)
    return np.divide(numerator, denominator, out=zero, where=denominator > 0)


def largest_f(curve: Curve) -> float:
    """Return the largest F-measure over the thresholds."""
    return float(f_measure(curve.precision, curve.recall).max())
