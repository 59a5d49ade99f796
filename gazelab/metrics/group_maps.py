"""How alike the density maps of two groups are, and how alike if the groups were drawn by lot."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from gazelab.metrics.blocks import EPSILON

_BLOCK = 10  # so that a block of maps stays in the cache


def agreements(
    maps: np.ndarray, first: np.ndarray, metrics: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Return for each metric how well the density of some viewers predicts that of the rest.

    maps : (viewers, cells) float64 >= 0, the sum of the Gaussians of each viewer's fixations.
    first : (m, viewers) bool, who is in the first group, m times. metrics : of MAP_METRICS.

    Returns (m,) values as `gazelab.metrics.catalog` defines them, with the density of the first
    group in the place of the map; NaN where a group has no fixations.
    """
    found: dict[str, list[np.ndarray]] = {metric: [] for metric in metrics}
    for at in range(0, len(first), _BLOCK):
        labels = first[at : at + _BLOCK]
        pair = _Pair(_shares(labels @ maps), _shares(~labels @ maps))
        for metric in metrics:
            found[metric].append(MAP_METRICS[metric](pair))
    return {metric: np.concatenate(parts) for metric, parts in found.items()}


class _Pair:
    """Densities of the first and of the second group, (m, cells) of sum 1."""

    def __init__(self, p: np.ndarray, q: np.ndarray) -> None:
        self.p = p
        self.q = q

    @cached_property
    def negentropy_of_q(self) -> np.ndarray:
        """(m,) in nats."""
        return _negentropy(self.q)


def _shares(maps: np.ndarray) -> np.ndarray:
    """Divide each map by its sum; NaN where that is 0."""
    totals = maps.sum(1, keepdims=True)
    totals[totals == 0] = np.nan
    return np.divide(maps, totals, out=maps)


def _cc(pair: _Pair) -> np.ndarray:
    a, b = (side - side.mean(1, keepdims=True) for side in (pair.p, pair.q))
    spread = np.sqrt(_products(a, a) * _products(b, b))
    return np.divide(_products(a, b), spread, out=np.full(len(a), np.nan), where=spread > 0)


def _sim(pair: _Pair) -> np.ndarray:
    return np.asarray(np.minimum(pair.p, pair.q).sum(1))


def _kl(pair: _Pair) -> np.ndarray:
    return pair.negentropy_of_q - _products(pair.q, np.log(pair.p + EPSILON))


def _js(pair: _Pair) -> np.ndarray:
    apart = (_negentropy(pair.p) + pair.negentropy_of_q) / 2 - _negentropy((pair.p + pair.q) / 2)
    return np.maximum(apart / np.log(2), 0)


def _negentropy(p: np.ndarray) -> np.ndarray:
    return _products(p, np.log(np.maximum(p, 1e-300)))


def _products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("mc,mc->m", a, b)


MAP_METRICS: dict[str, Callable[[_Pair], np.ndarray]] = {
    "cc": _cc,
    "sim": _sim,
    "kl": _kl,
    "js": _js,
}
"""The metrics by which two groups can be compared: id -> how, for many maps at once."""
