"""An area of interest: a named part of a stimulus."""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Aoi:
    """A polygon on one stimulus.

    corners_px : (k, 2) float64, k >= 3, x and y in pixels of the stimulus, in order around it.
    """

    stimulus: str
    name: str
    corners_px: np.ndarray

    def holds(self, x_px: Vector, y_px: Vector) -> np.ndarray:
        """Return (n,) bool: which points lie inside, by the even-odd rule.

        A point on an upper or left edge is inside, one on a lower or right edge is not, so
        that areas side by side share none. A point that is NaN is nowhere.
        """
        inside = np.zeros(len(x_px), bool)
        before = np.roll(self.corners_px, 1, axis=0)
        for (x0, y0), (x1, y1) in zip(before, self.corners_px, strict=True):
            if y0 == y1:
                continue
            crosses = (y0 <= y_px) != (y1 <= y_px)
            inside ^= crosses & (x0 + (y_px - y0) * (x1 - x0) / (y1 - y0) <= x_px)
        return inside
