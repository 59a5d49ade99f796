"""How often chance alone makes a difference as large: by trying other arrangements.

All of them where they are no more than the draws that are allowed, else random ones, of which
the one that was found counts as one more, so that p is never 0. (Phipson & Smyth 2010,
Statistical Applications in Genetics and Molecular Biology 9(1):39)
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from gazelab.metrics.bootstrap import DRAWS

_BLOCK = 1000
_ROUNDING = 1e-9  # arrangements that differ by less are the same one, added up in another order


@dataclass(frozen=True, slots=True)
class Chance:
    """A p-value, and of how many arrangements: all there are, or so many that were drawn."""

    p: float
    tried: int
    exact: bool


def chance_of(found: float, others: np.ndarray, *, exact: bool) -> Chance:
    """Return how often statistics (m,) of other arrangements are at least as large as `found`.

    exact : whether they are those of all arrangements, `found` among them. Those that are NaN
    are left out.
    """
    defined = others[~np.isnan(others)]
    if np.isnan(found) or not len(defined):
        return Chance(np.nan, len(defined), exact)
    scale = max(abs(found), float(np.abs(defined).max()))
    as_large = int((defined >= found - _ROUNDING * scale).sum())
    if exact:
        return Chance(as_large / len(defined), len(defined), exact)
    return Chance((1 + as_large) / (1 + len(defined)), len(defined), exact)


def sign_flips(differences: np.ndarray, draws: int = DRAWS, seed: int = 0) -> Chance:
    """Return the two-sided chance of the mean of (n,) differences, if each sign were random."""
    if 2 ** len(differences) <= draws:
        sums = np.zeros(1)
        for difference in differences:
            sums = np.concatenate([sums + difference, sums - difference])
        return chance_of(abs(float(differences.sum())), np.abs(sums), exact=True)
    rng = np.random.default_rng(seed)
    shape = (_BLOCK, len(differences))
    drawn = [(2.0 * rng.integers(0, 2, shape) - 1) @ differences for _ in _blocks(draws)]
    sums = np.concatenate(drawn)[:draws]
    return chance_of(abs(float(differences.sum())), np.abs(sums), exact=False)


def relabellings(n: int, first: int, draws: int = DRAWS, seed: int = 0) -> tuple[np.ndarray, bool]:
    """Return ways to choose `first` of n items, (m, n) bool, and whether these are all."""
    if comb(n, first) <= draws:
        chosen = np.array(list(combinations(range(n), first)), np.intp).reshape(-1, first)
        labels = np.zeros((len(chosen), n), bool)
        np.put_along_axis(labels, chosen, True, 1)
        return labels, True
    rng = np.random.default_rng(seed)
    drawn = [rng.random((_BLOCK, n)).argsort(1) < first for _ in _blocks(draws)]
    return np.concatenate(drawn)[:draws], False


def swapped_labels(
    first: np.ndarray, second: np.ndarray, draws: int = DRAWS, seed: int = 0
) -> Chance:
    """Return the two-sided chance of the difference of means of (n,) and (m,) values."""
    values = np.concatenate([first, second])
    labels, exact = relabellings(len(values), len(first), draws, seed)
    sums = np.concatenate(
        [labels[at : at + _BLOCK] @ values for at in range(0, len(labels), _BLOCK)]
    )
    apart = sums / len(first) - (values.sum() - sums) / len(second)
    return chance_of(abs(float(first.mean() - second.mean())), np.abs(apart), exact=exact)


def _blocks(draws: int) -> range:
    return range(-(-draws // _BLOCK))
