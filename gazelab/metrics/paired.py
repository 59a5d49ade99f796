"""Two sources of numbers on the same items, compared item by item."""

import math
from dataclasses import dataclass

import numpy as np

from gazelab.metrics.bootstrap import mean_interval

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """What the differences first - second of n items say; NaN for fewer than two.

    n : items where both are defined. mean_first, mean_second : over these. difference : mean,
    with its 95 % bootstrap interval low ... high. p : two-sided, of Wilcoxon's signed-rank
    test. cohens_dz : the mean difference in its standard deviations. rank_biserial : share of
    the ranks in favour of the first minus that in favour of the second, -1...1. The last three
    are NaN where there is no difference at all.
    """

    n: int
    mean_first: float
    mean_second: float
    difference: float
    low: float
    high: float
    p: float
    cohens_dz: float
    rank_biserial: float


def paired_difference(first: np.ndarray, second: np.ndarray) -> PairedDifference:
    """Compare two (k,) arrays item by item; items where one is NaN are left out.

    Items without a difference are left out of the test and of the ranks. (Wilcoxon 1945,
    Biometrics Bulletin 1, 80-83; Kerby 2014, Comprehensive Psychology 3:1)
    """
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both].astype(float), second[both].astype(float)
    if len(a) < _FEWEST:
        return PairedDifference(len(a), *(math.nan,) * 8)
    differences = a - b
    spread = float(differences.std(ddof=1))
    p, rank_biserial = _signed_ranks(differences)
    return PairedDifference(
        len(a),
        float(a.mean()),
        float(b.mean()),
        float(differences.mean()),
        *mean_interval(differences),
        p,
        float(differences.mean()) / spread if spread > 0 else math.nan,
        rank_biserial,
    )


def _signed_ranks(differences: np.ndarray) -> tuple[float, float]:
    """Return p and the rank-biserial correlation."""
    from scipy.stats import rankdata, wilcoxon

    some = differences[differences != 0]
    if not len(some):
        return math.nan, math.nan
    ranks = rankdata(np.abs(some))
    return float(wilcoxon(some).pvalue), float(ranks @ np.sign(some) / ranks.sum())


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected for how many there are; NaN stay and are not counted.

    To call those below 0.05 differences lets at most 5 % of these be none, on average.
    (Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300)
    """
    corrected = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    largest_first = known[np.argsort(-p[known], kind="stable")]
    rank = np.arange(len(known), 0, -1)
    corrected[largest_first] = np.minimum.accumulate(p[largest_first] * len(known) / rank)
    return corrected
