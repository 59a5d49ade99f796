"""Metrics that ask for the value of a map at the fixations.

Each takes (prediction, truth) and returns a float, NaN where `gazelab.metrics.catalog`
gives a reason. A pixel that was fixated twice counts twice. Those that end in `_at` return the
value at each fixation, (n,) float64, whose mean is the metric; they ask that it is defined.
"""

import numpy as np

from gazelab.metrics.blocks import EPSILON
from gazelab.metrics.comparison import Prediction, Truth

UNIFORM_SHARE = 0.01
"""How much of a uniform density is mixed in before information gain is taken, so that a
single fixation where the map is 0 costs some bits and not infinitely many."""


def nss(prediction: Prediction, truth: Truth) -> float:
    """Return the normalised scanpath saliency: the mean z-score of the map at the fixations.

    The standard deviation is that of the population of pixels. NaN for a constant map or no
    fixations. (Peters et al. 2005)
    """
    if not prediction.varies or not len(truth.cells):
        return np.nan
    return float(nss_at(prediction, truth).mean())


def nss_at(prediction: Prediction, truth: Truth) -> np.ndarray:
    """Return the z-score of the map at each fixation."""
    return prediction.z_at(truth.cells)


def auc(prediction: Prediction, truth: Truth) -> float:
    """Return the area under the ROC curve of fixated against all pixels, exact.

    It is the chance that a fixation has a higher value than a pixel drawn from the whole
    map, ties counted half. A constant map gives 0.5; NaN without fixations.
    """
    if not len(truth.cells):
        return np.nan
    return prediction.places(truth.cells).area()


def auc_at(prediction: Prediction, truth: Truth) -> np.ndarray:
    """Return for each fixation the share of pixels that are lower, ties counted half."""
    return prediction.ranking.shares_below(prediction.flat[truth.cells])


def shuffled_auc(prediction: Prediction, truth: Truth) -> float:
    """Return the area under the ROC curve of fixations against those on other stimuli, exact.

    All fixations of all other stimuli are the negatives, so no random subset is drawn and
    the centre bias earns nothing. NaN without fixations here or elsewhere.
    (Tatler et al. 2005; Zhang et al. 2008)
    """
    if not len(truth.cells) or truth.others is None or not len(truth.others):
        return np.nan
    return prediction.places(truth.cells).area(truth.others)


def information_gain(prediction: Prediction, truth: Truth) -> float:
    """Return the information gain over the baseline in bits per fixation.

    Map and baseline become densities by the same rule: divided by their sum, then mixed with
    1 % of a uniform density. NaN for a map that is 0 everywhere, without fixations or
    without a baseline. (Kümmerer et al. 2015)
    """
    if not len(truth.cells) or truth.baseline is None or not prediction.total > 0:
        return np.nan
    return float(information_gain_at(prediction, truth).mean())


def information_gain_at(prediction: Prediction, truth: Truth) -> np.ndarray:
    """Return the information gain over the baseline at each fixation in bits."""
    pixels = prediction.flat.size
    values = prediction.flat[truth.cells].astype(np.float64)
    lifted = values - min(prediction.lowest, 0.0)
    p = mixed(lifted / prediction.total, pixels)
    gain: np.ndarray = np.log2(p / mixed(truth.baseline_probability, pixels))
    return gain


def log_likelihood(prediction: Prediction, truth: Truth) -> float:
    """Return the log-likelihood over a uniform density in bits per fixation.

    The map becomes a density by dividing it by its sum; a fixation where it is 0 is taken at
    2.2e-16. NaN for a map that is 0 everywhere or without fixations.
    """
    if not len(truth.cells) or not prediction.total > 0:
        return np.nan
    p = prediction.probability[truth.cells] + EPSILON
    return float(np.log2(p * prediction.flat.size).mean())


def mixed(probability: np.ndarray, pixels: int) -> np.ndarray:
    """Return a density over `pixels` mixed with `UNIFORM_SHARE` of a uniform one."""
    result: np.ndarray = (1 - UNIFORM_SHARE) * probability + UNIFORM_SHARE / pixels
    return result
