"""How far two scanpaths are apart, in pixels. NaN when one has no fixations."""

from collections.abc import Callable

import numpy as np

from gazelab.metrics.pair import Pair


def dtw(pair: Pair) -> float:
    """Return the least sum of distances when both are walked through to the end.

    (Dynamic time warping: Sakoe & Chiba 1978, IEEE Transactions on ASSP 26, 43-49)
    """
    if not pair.fewest:
        return np.nan
    rows = pair.apart_px.tolist()
    before = np.cumsum(rows[0]).tolist()
    for row in rows[1:]:
        now = [before[0] + row[0]]
        for j in range(1, len(row)):
            now.append(row[j] + min(before[j - 1], before[j], now[j - 1]))
        before = now
    return float(before[-1])


def frechet(pair: Pair) -> float:
    """Return the discrete Frechet distance: the least longest leash when both are walked through.

    (Eiter & Mannila 1994, TU Wien, CD-TR 94/64)
    """
    if not pair.fewest:
        return np.nan
    rows = pair.apart_px.tolist()
    before = np.maximum.accumulate(rows[0]).tolist()
    for row in rows[1:]:
        now = [max(before[0], row[0])]
        for j in range(1, len(row)):
            now.append(max(row[j], min(before[j - 1], before[j], now[j - 1])))
        before = now
    return float(before[-1])


def hausdorff(pair: Pair) -> float:
    """Return the largest distance of a fixation of either to the nearest of the other.

    The order plays no part.
    """
    if not pair.fewest:
        return np.nan
    return float(max(pair.apart_px.min(0).max(), pair.apart_px.min(1).max()))


def eyenalysis(pair: Pair, power: float = 2.0) -> float:
    """Return the sum over both of distance ** power to the nearest of the other, per fixation.

    Divided by the number of fixations of the longer scanpath; in pixels to this power. The
    order plays no part. (Mathot et al. 2012, Journal of Eye Movement Research 5(1):4)
    """
    if not pair.fewest:
        return np.nan
    nearest = pair.apart_px.min(0), pair.apart_px.min(1)
    return float(sum((one**power).sum() for one in nearest) / pair.longest)


def time_delay_embedding(pair: Pair, k: int = 3) -> float:
    """Return how far stretches of k fixations of `b` are from the nearest stretch of `a`.

    Mean over stretches of the mean distance of fixation by fixation. NaN when a scanpath has
    fewer than k. (Wang et al. 2011, CVPR, 441-448)
    """
    if pair.fewest < k:
        return np.nan
    apart = pair.apart_px
    n, m = (side - k + 1 for side in apart.shape)
    stretches = sum(apart[shift : n + shift, shift : m + shift] for shift in range(k))
    return float(np.mean(np.min(stretches, axis=0)) / k)


def scaled_time_delay_embedding(pair: Pair) -> float:
    """Return the mean over k of exp(-embedding of k / longer side of the stimulus), 0...1.

    k from 1 to the number of fixations of the shorter scanpath. (Zanca et al. 2018,
    arXiv:1802.02534)
    """
    if not pair.fewest:
        return np.nan
    side_px = max(pair.shape)
    found = [time_delay_embedding(pair, k) for k in range(1, pair.fewest + 1)]
    return float(np.exp(-np.array(found) / side_px).mean())


def both_ways(pair: Pair, measure: Callable[[Pair], float]) -> float:
    """Return the mean of a measure with either scanpath as the one that is compared with."""
    back = Pair(pair.b, pair.a, pair.shape)
    return (measure(pair) + measure(back)) / 2
