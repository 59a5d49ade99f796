"""Two sets of numbers compared: on the same items, or on items that have nothing in common."""

import math
from dataclasses import dataclass

import numpy as np

from gazelab.errors import SettingsError
from gazelab.metrics.bootstrap import DRAWS, difference_interval, mean_interval
from gazelab.metrics.permutation import Chance, sign_flips, swapped_labels

RANKS, PERMUTATION = TESTS = ("ranks", "permutation")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Inference:
    """How p is found: from ranks, or by `draws` random arrangements, fewer where fewer exist."""

    test: str = RANKS
    draws: int = DRAWS
    seed: int = 0

    def __post_init__(self) -> None:
        if self.test not in TESTS:
            raise SettingsError(f"There is no test '{self.test}'.", f"Known: {', '.join(TESTS)}.")
        if self.draws < 1:
            raise SettingsError("A permutation test takes at least one draw.")


BY_RANKS = Inference()


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """What the difference first - second of two means says.

    n_first, n_second : items; the same ones where paired. difference : of the means, with its
    95 % bootstrap interval low ... high. p : two-sided, by `test`, a name in words, "" where
    there is none.
    standardised : the difference in standard deviations: of the differences where paired
    (Cohen's d_z), else of both sets, pooled (Cohen's d). rank_biserial : how much more often the
    first is larger than the second, by ranks, -1...1. All are NaN with fewer than two items on
    one side; the last three also where there is no difference at all.
    """

    paired: bool
    n_first: int
    n_second: int
    mean_first: float
    mean_second: float
    difference: float
    low: float
    high: float
    p: float
    test: str
    standardised: float
    rank_biserial: float


def paired_difference(
    first: np.ndarray, second: np.ndarray, inference: Inference = BY_RANKS
) -> MeanDifference:
    """Compare two (k,) arrays item by item; items where one is NaN are left out.

    Items without a difference are left out of Wilcoxon's signed-rank test and of the ranks; the
    permutation test turns the sign of each difference. (Wilcoxon 1945, Biometrics Bulletin 1,
    80-83; Kerby 2014, Comprehensive Psychology 3:1)
    """
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both].astype(float), second[both].astype(float)
    if len(a) < _FEWEST:
        return _undefined(len(a), len(a), paired=True)
    differences = a - b
    p, rank_biserial = _signed_ranks(differences)
    test = "" if math.isnan(p) else "Wilcoxon signed-rank, two-sided"
    if test and inference.test == PERMUTATION:
        chance = sign_flips(differences, inference.draws, inference.seed)
        p, test = chance.p, f"sign flips, two-sided, {told(chance, inference.seed)}"
    return MeanDifference(
        True,
        len(a),
        len(a),
        float(a.mean()),
        float(b.mean()),
        float(differences.mean()),
        *mean_interval(differences),
        p,
        test,
        _ratio(float(differences.mean()), float(differences.std(ddof=1))),
        rank_biserial,
    )


def independent_difference(
    first: np.ndarray, second: np.ndarray, inference: Inference = BY_RANKS
) -> MeanDifference:
    """Compare (n,) with (m,) values of other items; NaN are left out.

    (Mann & Whitney 1947, Annals of Mathematical Statistics 18, 50-60)
    """
    a, b = (side[np.isfinite(side)].astype(float) for side in (first, second))
    if min(len(a), len(b)) < _FEWEST:
        return _undefined(len(a), len(b), paired=False)
    difference = float(a.mean() - b.mean())
    p, rank_biserial = _rank_sums(a, b)
    test = "" if math.isnan(p) else "Mann-Whitney, two-sided"
    if test and inference.test == PERMUTATION:
        chance = swapped_labels(a, b, inference.draws, inference.seed)
        p, test = chance.p, f"swapped labels, two-sided, {told(chance, inference.seed)}"
    freedom = len(a) + len(b) - 2
    spread = math.sqrt((a.var() * len(a) + b.var() * len(b)) / freedom)
    return MeanDifference(
        False,
        len(a),
        len(b),
        float(a.mean()),
        float(b.mean()),
        difference,
        *difference_interval(a, b),
        p,
        test,
        _ratio(difference, spread),
        rank_biserial,
    )


def told(chance: Chance, seed: int) -> str:
    """Return in words of how many arrangements a chance comes."""
    if chance.exact:
        return f"exact, all {chance.tried:,} arrangements"
    return f"{chance.tried:,} draws, seed {seed}"


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


def _undefined(n_first: int, n_second: int, *, paired: bool) -> MeanDifference:
    numbers = dict.fromkeys(
        ("mean_first", "mean_second", "difference", "low", "high", "p", "standardised"), math.nan
    )
    return MeanDifference(paired, n_first, n_second, **numbers, test="", rank_biserial=math.nan)


def _signed_ranks(differences: np.ndarray) -> tuple[float, float]:
    """Return p and the rank-biserial correlation."""
    from scipy.stats import rankdata, wilcoxon

    some = differences[differences != 0]
    if not len(some):
        return math.nan, math.nan
    ranks = rankdata(np.abs(some))
    return float(wilcoxon(some).pvalue), float(ranks @ np.sign(some) / ranks.sum())


def _rank_sums(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return p and the rank-biserial correlation."""
    from scipy.stats import mannwhitneyu

    if np.ptp(np.concatenate([a, b])) == 0:
        return math.nan, math.nan
    found = mannwhitneyu(a, b)
    return float(found.pvalue), float(2 * found.statistic / (len(a) * len(b)) - 1)


def _ratio(difference: float, spread: float) -> float:
    return difference / spread if spread > 0 else math.nan
