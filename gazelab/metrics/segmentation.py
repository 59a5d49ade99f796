"""How well a map segments an object: precision, recall, F-measure and absolute error.

Achanta, Hemami, Estrada & Suesstrunk (2009), Frequency-tuned Salient Region Detection, CVPR;
beta^2 = 0.3 as there. Maps are stretched to 0...1 first. A map that is the same everywhere and
a mask without an object leave all of it undefined: NaN.
"""

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


def precision_recall(map_: Map, mask: np.ndarray) -> Curve:
    """Return the curve of one map against the mask of its object.

    map_ : (rows, columns) finite. mask : the same shape, bool.
    """
    stretched = _stretched(map_)
    if stretched is None or not mask.any():
        nothing = np.full(THRESHOLDS, np.nan)
        return Curve(nothing, nothing)
    codes = np.rint(stretched * (THRESHOLDS - 1)).astype(np.intp)
    of_all = np.bincount(codes.ravel(), minlength=THRESHOLDS)
    of_object = np.bincount(codes[mask], minlength=THRESHOLDS)
    taken, right = (counts[::-1].cumsum()[::-1] for counts in (of_all, of_object))
    return Curve(right / taken, right / right[0])


def mean_curve(curves: Sequence[Curve]) -> Curve:
    """Return precision and recall averaged over pictures, those left out that are undefined."""
    defined = [curve for curve in curves if not np.isnan(curve.recall).any()]
    if not defined:
        nothing = np.full(THRESHOLDS, np.nan)
        return Curve(nothing, nothing)
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


def adaptive_f(map_: Map, mask: np.ndarray) -> float:
    """Return the F-measure at twice the mean of the stretched map, at most 1."""
    stretched = _stretched(map_)
    if stretched is None or not mask.any():
        return float("nan")
    taken = stretched >= min(2 * float(stretched.mean()), 1.0)
    right = np.count_nonzero(taken & mask)
    precision, recall = right / np.count_nonzero(taken), right / np.count_nonzero(mask)
    return float(f_measure(np.asarray(precision), np.asarray(recall)))


def mean_absolute_error(map_: Map, mask: np.ndarray) -> float:
    """Return the mean absolute difference between the stretched map and the mask, 0...1."""
    stretched = _stretched(map_)
    if stretched is None or not mask.any():
        return float("nan")
    return float(np.abs(stretched - mask).mean())


def _stretched(map_: Map) -> np.ndarray | None:
    """Return a map stretched to 0...1; None when it is the same everywhere."""
    values = np.asarray(map_, float)
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else None
