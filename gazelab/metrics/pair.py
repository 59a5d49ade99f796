"""Two scanpaths on one stimulus, to be compared."""

from functools import cached_property
from math import hypot

import numpy as np

from gazelab.data.gaze import Scanpath
from gazelab.metrics.meanshift import FixationClusters


class Pair:
    """Two scanpaths that hold only fixations in use, and the stimulus under them.

    Parameters
    ----------
    a, b : in pixels of the stimulus; durations NaN where there are none.
    shape : (height_px, width_px) of the stimulus.
    clusters : of the fixations of all people on it, for measures that need them.
    """

    def __init__(
        self,
        a: Scanpath,
        b: Scanpath,
        shape: tuple[float, float],
        clusters: FixationClusters | None = None,
    ) -> None:
        self.a = a
        self.b = b
        self.shape = shape
        self.clusters = clusters

    @property
    def fewest(self) -> int:
        """How many fixations the shorter scanpath has."""
        return min(len(self.a), len(self.b))

    @property
    def longest(self) -> int:
        """How many fixations the longer scanpath has."""
        return max(len(self.a), len(self.b))

    @property
    def diagonal_px(self) -> float:
        """The diagonal of the stimulus."""
        return hypot(*self.shape)

    @cached_property
    def apart_px(self) -> np.ndarray:
        """(n, m): how far each fixation of `a` is from each of `b`."""
        return np.hypot(
            np.subtract.outer(self.a.x_px, self.b.x_px),
            np.subtract.outer(self.a.y_px, self.b.y_px),
        )

    @cached_property
    def timed(self) -> bool:
        """Whether every fixation has a duration."""
        durations = np.concatenate([self.a.duration_ms, self.b.duration_ms])
        return bool(np.isfinite(durations).all() and (durations > 0).all())
