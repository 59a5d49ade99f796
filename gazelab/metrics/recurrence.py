"""Cross-recurrence: where in time two scanpaths were at the same place.

Anderson, Anderson, Kingstone & Bischof (2015), Behavior Research Methods 47, 1377-1392.
"""

from dataclasses import dataclass

import numpy as np

from gazelab.metrics.pair import Pair

RADIUS_SHARE = 1 / 20
"""Fixations are at the same place when they are no further apart than this of the diagonal."""
SHORTEST_LINE = 2


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What is told of the recurrences of two scanpaths, cut to the same length n; in percent.

    rec : pairs of fixations at the same place, of all n * n. determinism : of these, those in
    runs that both made in the same order. laminarity : those in runs in which one stayed
    where the other once was. corm : how far the recurrences lie from the diagonal; above 0
    where the second scanpath comes later. All but `rec` are NaN where there is none.
    """

    rec: float
    determinism: float
    laminarity: float
    corm: float


def cross_recurrence(
    pair: Pair, radius_px: float = np.nan, shortest: int = SHORTEST_LINE
) -> Recurrence:
    """Return the recurrence of two scanpaths; NaN for fewer than two fixations.

    radius_px : 1/20 of the diagonal of the stimulus where it is not given. shortest : of the
    runs that count as a line.
    """
    n = pair.fewest
    if n < SHORTEST_LINE:
        return Recurrence(*(np.nan,) * 4)
    limit_px = pair.diagonal_px * RADIUS_SHARE if radius_px != radius_px else radius_px
    near = pair.apart_px[:n, :n] <= limit_px
    total = int(near.sum())
    if not total:
        return Recurrence(0.0, *(np.nan,) * 3)
    i, j = np.nonzero(near)
    by_diagonal = np.zeros((2 * n - 1, n), bool)
    by_diagonal[j - i + n - 1, i] = True
    straight = _on_lines(near, shortest) + _on_lines(near.T, shortest)
    return Recurrence(
        100 * total / n**2,
        100 * _on_lines(by_diagonal, shortest) / total,
        100 * straight / (2 * total),
        100 * float((j - i).sum()) / ((n - 1) * total),
    )


def _on_lines(rows: np.ndarray, shortest: int) -> int:
    """Return how many true cells lie in runs of at least `shortest` along the rows."""
    apart = np.pad(rows, ((0, 0), (1, 1))).astype(np.int8).ravel()
    edges = np.diff(apart)
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return int(lengths[lengths >= shortest].sum())
