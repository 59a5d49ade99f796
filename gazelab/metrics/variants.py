"""Other published definitions of the same metrics, to compare with published numbers.

"MIT" is the code behind the MIT Saliency Benchmark: fixations in the same pixel are merged,
maps are stretched to 0..1. Numbers of different definitions do not compare, so each has a
name of its own. Where a definition draws random numbers, `rng` is a generator or a seed.
"""

from typing import TypeAlias

import numpy as np

from gazelab.metrics.blocks import EPSILON
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import mixed
from gazelab.metrics.ranks import Ranking

Rng: TypeAlias = "np.random.Generator | int"  # in words: numpy.random is slow to import
_SPLITS = 100
_ROUNDED_EPSILON = 2.2204e-16
_JITTER = 1e-7


def auc_unfixated(prediction: Prediction, truth: Truth) -> float:
    """Return the exact area under the ROC curve of fixated against never fixated pixels."""
    if not _has_both(truth):
        return np.nan
    values = prediction.flat[truth.cells]
    return float(Ranking(_unfixated(prediction, truth)).shares_below(values).mean())


def auc_fixation_thresholds(prediction: Prediction, truth: Truth) -> float:
    """Return the ROC area against never fixated pixels, with thresholds at fixations only."""
    if not _has_both(truth):
        return np.nan
    negatives = _unfixated(prediction, truth)
    values = np.sort(prediction.flat[truth.cells])[::-1]
    thresholds = np.unique(values)[::-1]
    return _roc_area(_share_reaching(values, thresholds), _share_reaching(negatives, thresholds))


def judd_auc(prediction: Prediction, truth: Truth) -> float:
    """Return MIT's AUC-Judd without jitter: thresholds at the merged fixations.

    Ties are not counted half: on maps with few different values it is far off, and where
    many fixations share a value among few pixels it is below 0, as in the published code. (Judd
    et al. 2012)
    """
    return _judd(prediction.flat, truth)


def judd_auc_with_jitter(prediction: Prediction, truth: Truth, rng: Rng = 0) -> float:
    """Return MIT's AUC-Judd with a random number below 1e-7 added to each pixel first."""
    jitter = np.random.default_rng(rng).random(prediction.flat.size)
    return _judd(prediction.flat + jitter * _JITTER, truth)


def borji_auc(prediction: Prediction, truth: Truth, rng: Rng = 0, spacing: float = 0.1) -> float:
    """Return MIT's AUC-Borji: against as many random pixels, mean of 100 draws.

    spacing : distance of the thresholds on the map stretched to 0..1. NaN for a constant map
    or fewer than two merged fixations. (Borji et al. 2013)
    """
    n = len(truth.distinct)
    if n <= 1 or not prediction.varies:
        return np.nan
    values = _stretched(prediction.flat)
    draws = np.random.default_rng(rng).integers(0, values.size, (_SPLITS, n))
    return _mean_area_of_draws(values[truth.distinct], values[draws], spacing)


def mit_shuffled_auc(
    prediction: Prediction, truth: Truth, rng: Rng = 0, spacing: float = 0.1
) -> float:
    """Return MIT's shuffled AUC: against random merged fixations of other stimuli, 100 draws.

    spacing : as for `borji_auc`. NaN for a constant map or without fixations here or
    elsewhere. (Zhang et al. 2008)
    """
    others = np.empty(0, np.intp) if truth.others is None else np.unique(truth.others)
    n = min(len(truth.distinct), len(others))
    if not n or not prediction.varies:
        return np.nan
    values = _stretched(prediction.flat)
    generator = np.random.default_rng(rng)
    draws = np.array([generator.permutation(others)[:n] for _ in range(_SPLITS)])
    return _mean_area_of_draws(values[truth.distinct], values[draws], spacing)


def nss_merged(prediction: Prediction, truth: Truth) -> float:
    """Return the NSS of the merged fixations, with the population standard deviation."""
    if not prediction.varies or not len(truth.cells):
        return np.nan
    return float(prediction.z_at(truth.distinct).mean())


def mit_nss(prediction: Prediction, truth: Truth) -> float:
    """Return MIT's NSS: merged fixations, standard deviation with N - 1."""
    pixels = prediction.flat.size
    return nss_merged(prediction, truth) * float(np.sqrt((pixels - 1) / pixels))


def mit_sim(prediction: Prediction, truth: Truth) -> float:
    """Return MIT's similarity: both maps are stretched to 0..1 before they are divided."""
    if not prediction.varies or not truth.varies:
        return np.nan
    p, q = _stretched(prediction.flat), _stretched(truth.probability)
    return float(np.minimum(p / p.sum(), q / q.sum()).sum())


def kl_rounded_epsilon(prediction: Prediction, truth: Truth) -> float:
    """Return the divergence in nats with e = 2.2204e-16 as some toolboxes round it."""
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    p, q = prediction.probability, truth.probability
    ratio = q / (p + _ROUNDED_EPSILON) + _ROUNDED_EPSILON
    return float(q @ np.log(ratio))


def kl_minimum(prediction: Prediction, truth: Truth) -> float:
    """Return the divergence in nats with 1e-20 added to both maps before they are divided.

    The number is added to the maps as they are, so it depends on their scale. NaN for a map
    that is 0 everywhere or without fixations.
    """
    if not prediction.total > 0 or not truth.mass > 0 or truth.density is None:
        return np.nan
    lifted = prediction.flat.astype(np.float64) - min(prediction.lowest, 0.0) + 1e-20
    density = truth.density.reshape(-1).astype(np.float64) + 1e-20
    p, q = lifted / lifted.sum(), density / density.sum()
    return float(q @ np.log(q / p))


def kl_mixed(prediction: Prediction, truth: Truth) -> float:
    """Return the divergence in nats of the map mixed with 1 % of a uniform density.

    People who look where the map is 0 then cost some nats and not as many as a computer's
    smallest number says. NaN for a map that is 0 everywhere or without fixations.
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    p = mixed(prediction.probability, prediction.flat.size)
    return truth.negentropy - float(truth.probability @ np.log(p))


def ig_unmixed(prediction: Prediction, truth: Truth) -> float:
    """Return the information gain in bits of maps divided by their sum, nothing mixed in.

    A fixation where the map is 0 is taken at 2.2e-16, which costs some 40 bits.
    """
    if not len(truth.cells) or truth.baseline is None or not prediction.total > 0:
        return np.nan
    p = prediction.probability[truth.cells]
    return float((np.log2(EPSILON + p) - np.log2(EPSILON + truth.baseline_probability)).mean())


def mit_ig(prediction: Prediction, truth: Truth) -> float:
    """Return MIT's information gain in bits: both maps stretched to 0..1, merged fixations."""
    baseline = truth.baseline
    if not len(truth.cells) or baseline is None or not prediction.varies:
        return np.nan
    if not baseline.max() > baseline.min():
        return np.nan
    p, b = _stretched(prediction.flat), _stretched(baseline.reshape(-1))
    at = truth.distinct
    gain = np.log2(EPSILON + p[at] / p.sum()) - np.log2(EPSILON + b[at] / b.sum())
    return float(gain.mean())


def _has_both(truth: Truth) -> bool:
    """Whether there are fixated and unfixated pixels."""
    return 0 < len(truth.distinct) < truth.grid[0] * truth.grid[1]


def _unfixated(prediction: Prediction, truth: Truth) -> np.ndarray:
    return np.delete(prediction.flat, truth.distinct)


def _stretched(values: np.ndarray) -> np.ndarray:
    """Return the values as float64, moved and scaled to 0..1."""
    values = values.astype(np.float64)
    stretched: np.ndarray = (values - values.min()) / (values.max() - values.min())
    return stretched


def _share_reaching(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return for each threshold the share of values at or above it."""
    ordered = np.sort(values)
    share: np.ndarray = 1 - np.searchsorted(ordered, thresholds, "left") / len(ordered)
    return share


def _roc_area(hits: np.ndarray, false_alarms: np.ndarray) -> float:
    """Return the area under a curve that starts at (0, 0) and ends at (1, 1)."""
    y = np.concatenate([[0.0], hits, [1.0]])
    x = np.concatenate([[0.0], false_alarms, [1.0]])
    return float(np.trapezoid(y, x))


def _judd(values: np.ndarray, truth: Truth) -> float:
    n = len(truth.distinct)
    if not _has_both(truth) or not values.max() > values.min():
        return np.nan
    thresholds = np.sort(values[truth.distinct])[::-1]
    rank = np.arange(1, n + 1)
    reaching = values.size - Ranking(values).counts(thresholds)[0]
    return _roc_area(rank / n, (reaching - rank) / (values.size - n))


def _mean_area_of_draws(positives: np.ndarray, draws: np.ndarray, spacing: float) -> float:
    """Return the mean ROC area of positives against each row of draws."""
    areas = []
    for negatives in draws:
        top = max(positives.max(), negatives.max())
        thresholds = np.arange(0.0, top + spacing * 1e-9, spacing)[::-1]
        areas.append(
            _roc_area(
                _share_reaching(positives, thresholds), _share_reaching(negatives, thresholds)
            )
        )
    return float(np.mean(areas))
