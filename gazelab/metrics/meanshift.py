"""Clusters of the fixations on one stimulus by mean shift, so that scanpaths become strings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Scanpath

FACTORS = (0.2, 0.5, 0.8, 1.0, 1.2, 1.5, 1.8)
"""Of the estimated bandwidth, which are tried."""

_QUANTILE = 0.3
_STILL = 1e-3
_MOST_STEPS = 300
_MOST_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class FixationClusters:
    """Where clusters of fixations have their centres.

    centres_px : (clusters, 2) of x and y, the one with most fixations first. bandwidth_px : of the
    kernel; factor : how it was chosen, as a multiple of the estimate.
    """

    centres_px: np.ndarray
    bandwidth_px: float
    factor: float

    def labels(self, scanpath: Scanpath) -> np.ndarray:
        """Return (n,) the number of the nearest centre of each fixation."""
        nearest: np.ndarray = _apart(_points(scanpath), self.centres_px).argmin(axis=1)
        return nearest


def fixation_clusters(scanpaths: Sequence[Scanpath]) -> FixationClusters | None:
    """Cluster all fixations of scanpaths on one stimulus; None where there are none.

    Of the bandwidths in FACTORS of the estimate that one is taken, the least of equals, with the
    highest rate: saccades between clusters minus those within one, over the number of clusters.
    (Borji et al. 2013, ICCV, 921-928; the factors of Yang et al. 2020, CVPR, 190-199)
    """
    points = np.concatenate([np.empty((0, 2)), *map(_points, scanpaths)])
    if not len(points):
        return None
    estimate = estimated_bandwidth(points)
    tried = [
        FixationClusters(mean_shift(points, factor * estimate), factor * estimate, factor)
        for factor in FACTORS
    ]
    return max(tried, key=lambda clusters: _rate(clusters, scanpaths))


def estimated_bandwidth(points: np.ndarray) -> float:
    """Return the mean distance from each point (n, 2) to the last of its nearest 30 %.

    The point itself is the first of them; at least one is taken.
    """
    k = max(int(len(points) * _QUANTILE), 1)
    nth = [np.partition(_apart(point[None], points)[0], k - 1)[k - 1] for point in points]
    return float(np.mean(nth))


def mean_shift(points: np.ndarray, bandwidth: float) -> np.ndarray:
    """Return the centres (clusters, 2) of points (n, 2) by mean shift with a flat kernel.

    From each point on, the mean of the points at most a bandwidth away is taken again and again,
    until it moves by less than a thousandth of that. Of the ends that lie within a bandwidth the
    one with most points around it stays. (Comaniciu & Meer 2002, IEEE TPAMI 24, 603-619)
    """
    size = max(_MOST_AT_ONCE // len(points), 1)
    blocks = [points[k : k + size] for k in range(0, len(points), size)]
    shifted = [_shifted(block, points, bandwidth) for block in blocks]
    ends, counts = (np.concatenate(part) for part in zip(*shifted, strict=True))
    order = np.lexsort((ends[:, 1], ends[:, 0], counts))[::-1]  # as scikit-learn breaks ties
    ends = ends[order]
    kept: list[np.ndarray] = []
    while len(ends):
        kept.append(ends[0])
        ends = ends[_apart(ends[:1], ends)[0] > bandwidth]
    return np.array(kept)


def _shifted(
    seeds: np.ndarray, points: np.ndarray, bandwidth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return where seeds end, and how many points lay around them in the last step."""
    ends, counts = seeds.copy(), np.zeros(len(seeds), np.intp)
    moving = np.arange(len(seeds))
    for _ in range(_MOST_STEPS):
        near = _apart(ends[moving], points) <= bandwidth
        counts[moving] = near.sum(axis=1)
        means = near @ points / counts[moving, None]
        far = np.hypot(*(means - ends[moving]).T) > _STILL * bandwidth
        ends[moving] = means
        moving = moving[far]
        if not len(moving):
            break
    return ends, counts


def _rate(clusters: FixationClusters, scanpaths: Sequence[Scanpath]) -> float:
    within = between = 0
    for scanpath in scanpaths:
        same = np.diff(clusters.labels(scanpath)) == 0
        within += int(same.sum())
        between += int((~same).sum())
    return (between - within) / len(clusters.centres_px)


def _points(scanpath: Scanpath) -> np.ndarray:
    return np.column_stack([scanpath.x_px, scanpath.y_px])


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(*(np.subtract.outer(a[:, axis], b[:, axis]) for axis in (0, 1)))
