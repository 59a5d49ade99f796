"""Metrics that compare a map with the human density, pixel by pixel.

Each takes (prediction, truth) and returns a float, NaN where `gazelab.metrics.catalog`
gives a reason. All depend on the blur of the human density.
"""

import numpy as np

from gazelab.metrics.comparison import Prediction, Truth


def cc(prediction: Prediction, truth: Truth) -> float:
    """Return Pearson's correlation of the map and the human density.

    NaN when one of them is constant or there are no fixations.
    """
    if not prediction.varies or not truth.varies:
        return np.nan
    # the centred map sums to 0, so the density need not be centred
    covariance = float(prediction.centred @ truth.probability) / prediction.flat.size
    return covariance / float(np.sqrt(prediction.variance) * np.sqrt(truth.variance))


def sim(prediction: Prediction, truth: Truth) -> float:
    """Return the similarity: how far two densities overlap, 0 (nowhere) to 1 (the same).

    Both are divided by their sum. NaN for a map that is 0 everywhere or without fixations.
    (Swain and Ballard 1991; Judd et al. 2012)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    smaller = prediction.buffers.get("smaller", prediction.flat.size)
    return float(np.minimum(prediction.probability, truth.probability, out=smaller).sum())


def kl(prediction: Prediction, truth: Truth) -> float:
    """Return the Kullback-Leibler divergence of the map from the human density in nats.

    sum q log(e + q / (p + e)) with e = 2.22e-16, both divided by their sum. NaN for a map
    that is 0 everywhere or without fixations. (Bylinskii et al. 2019)
    """
    if not prediction.total > 0 or not truth.mass > 0:
        return np.nan
    # log(e + q/(p+e)) = log q - log(p+e) + log(1 + e(p+e)/q), and the sum of q times the
    # last term lies between 0 and e: leaving it out makes each side's logarithm reusable
    return truth.negentropy - float(truth.probability @ prediction.log_probability)
