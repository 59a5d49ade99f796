"""Metrics that compare a map with the human density, pixel by pixel.

Each takes (prediction, truth) and returns a float, NaN where `gazelab.metrics.catalog`
gives a reason. All depend on the blur of the human density.
"""

import numpy as np

from gazelab.data.image import opencv
from gazelab.gaze.glimpses import js_divergence_bit
from gazelab.metrics.comparison import Prediction, Truth, covariance

EMD_CELLS = 24
"""The longer side of the grid on which mass is moved: the cost grows with its sixth power."""


def cc(prediction: Prediction, truth: Truth) -> float:
    """Return Pearson's correlation of the map and the human density.

    NaN when one of them is constant or there are no fixations.
    """
    if not prediction.varies or not truth.varies:
        return np.nan
    p, q = (np.sqrt(side.variance) / side.shares.total for side in (prediction, truth))
    return covariance(prediction, truth) / float(p * q)


def sim(prediction: Prediction, truth: Truth) -> float:
    """Return the similarity: how far two densities overlap, 0 (nowhere) to 1 (the same).

    Both are divided by their sum. NaN for a map that is 0 everywhere or without fixations.
    (Swain and Ballard 1991; Judd et al. 2012)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    # the sum of the smaller ones, as half of what is not shared
    return max(1.0 - prediction.overlap(truth).apart / 2, 0.0)


def kl(prediction: Prediction, truth: Truth) -> float:
    """Return the Kullback-Leibler divergence of the map from the human density in nats.

    sum q log(e + q / (p + e)) with e = 2.22e-16, both divided by their sum. NaN for a map
    that is 0 everywhere or without fixations. (Bylinskii et al. 2019)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    return prediction.overlap(truth).divergence


def spearman(prediction: Prediction, truth: Truth) -> float:
    """Return Spearman's correlation of the map and the human density, ties at their mean rank.

    NaN when one of them is constant or there are no fixations. (Spearman 1904)
    """
    if not prediction.varies or not truth.varies:
        return np.nan
    p, q = _mid_ranks(prediction.flat), _mid_ranks(truth.probability)
    return float(p @ q / np.sqrt((p @ p) * (q @ q)))


def js(prediction: Prediction, truth: Truth) -> float:
    """Return the Jensen-Shannon divergence of the map and the human density, 0...1 bit.

    Both are divided by their sum. NaN for a map that is 0 everywhere or without fixations.
    (Lin 1991)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    return js_divergence_bit(prediction.probability, truth.probability)


def emd(prediction: Prediction, truth: Truth) -> float:
    """Return the earth mover's distance: how far mass is moved, in diagonals of the stimulus.

    Both are divided by their sum and summed into cells, 24 along the longer side. What one
    has more of in a cell is moved to where it has less, at the least cost, found by linear
    programming. NaN for a map that is 0 everywhere or without fixations. (Rubner et al. 2000)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    p, q = (
        _coarse(side.reshape(truth.grid)) for side in (prediction.probability, truth.probability)
    )
    y, x = (axis.ravel() for axis in np.indices(p.shape))
    surplus = (p / p.sum() - q / q.sum()).ravel()
    given, taken = np.flatnonzero(surplus > 0), np.flatnonzero(surplus < 0)
    if not len(given) or not len(taken):
        return 0.0
    height, width = (whole / cells for whole, cells in zip(truth.grid, p.shape, strict=True))
    apart = np.hypot(
        (x[given, None] - x[taken]) * width, (y[given, None] - y[taken]) * height
    ) / np.hypot(*truth.grid)
    return _least_cost(apart, surplus[given], -surplus[taken])


def _mid_ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks minus their mean; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts + values.size) / 2)[inverse]
    return ranks


def _coarse(map_: np.ndarray) -> np.ndarray:
    """Return the means of a map in cells, at most EMD_CELLS along its longer side."""
    scale = min(1.0, EMD_CELLS / max(map_.shape))
    rows, columns = (max(1, round(side * scale)) for side in map_.shape)
    cv2 = opencv()
    return cv2.resize(np.ascontiguousarray(map_), (columns, rows), interpolation=cv2.INTER_AREA)


def _least_cost(apart: np.ndarray, given: np.ndarray, taken: np.ndarray) -> float:
    """Return the least cost of moving `given` (n,) to `taken` (m,), apart (n, m)."""
    from scipy import sparse
    from scipy.optimize import linprog

    n, m = apart.shape
    sides = sparse.vstack(
        [
            sparse.kron(sparse.eye_array(n), np.ones((1, m))),
            sparse.kron(np.ones((1, n)), sparse.eye_array(m)),
        ]
    ).tocsc()
    mass = given.sum()
    masses = np.concatenate([given / mass, taken / taken.sum()])
    # one of the equations follows from the others; rounding could make it contradict them
    solved = linprog(apart.ravel(), A_eq=sides[:-1], b_eq=masses[:-1], method="highs-ds")
    return float(mass * solved.fun) if solved.success else np.nan
