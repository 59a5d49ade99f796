"""An area of interest: a named part of a stimulus."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.errors import SettingsError

FEWEST_CORNERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Aoi:
    """A polygon on one stimulus.

    corners_px : (k, 2) float64, k >= 3, x and y in pixels of the stimulus, in order around it;
        read-only. Edges that cross make parts that lie outside, by the even-odd rule.

    Raises SettingsError without a name, and for corners that are fewer, not finite, or all on
    one line across or down.
    """

    stimulus: str
    name: str
    corners_px: np.ndarray

    def __post_init__(self) -> None:
        corners = np.array(self.corners_px, np.float64)
        corners.flags.writeable = False
        object.__setattr__(self, "corners_px", corners)
        if not self.name.strip():
            raise SettingsError("An area of interest needs a name.")
        if corners.shape[1:] != (2,) or len(corners) < FEWEST_CORNERS:
            raise SettingsError(f"The area '{self.name}' has fewer than three corners.")
        if not np.isfinite(corners).all():
            raise SettingsError(f"A corner of the area '{self.name}' is no number.")
        if (corners.min(0) == corners.max(0)).any():
            raise SettingsError(f"The area '{self.name}' has no width or no height.")

    @property
    def key(self) -> tuple[str, str]:
        """Stimulus and name: no two areas of a project have the same."""
        return self.stimulus, self.name

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

    def pixels(self, shape: tuple[int, int]) -> np.ndarray:
        """Return (rows, columns) bool: which pixels of a stimulus have their middle inside."""
        inside = np.zeros(shape, bool)
        far = np.array(shape[::-1])
        left, top = np.clip(np.floor(self.corners_px.min(0)), 0, far).astype(int)
        right, bottom = np.clip(np.ceil(self.corners_px.max(0)), 0, far).astype(int)
        y, x = np.mgrid[top:bottom, left:right] + 0.5
        inside[top:bottom, left:right] = self.holds(x.ravel(), y.ravel()).reshape(x.shape)
        return inside


def rectangle(x_px: float, y_px: float, width_px: float, height_px: float) -> np.ndarray:
    """Return the corners of a rectangle, (4, 2), clockwise from its upper left one."""
    right, bottom = x_px + width_px, y_px + height_px
    return np.array([(x_px, y_px), (right, y_px), (right, bottom), (x_px, bottom)], np.float64)


def merged(old: Iterable[Aoi], new: Iterable[Aoi]) -> tuple[Aoi, ...]:
    """Return old and new areas; a new one takes the place of an old one with its key."""
    return tuple({aoi.key: aoi for aoi in (*old, *new)}.values())


def places_of_names(aois: Iterable[Aoi]) -> dict[str, int]:
    """Return the place of each name among all names, in order of first appearance."""
    return {name: place for place, name in enumerate(dict.fromkeys(aoi.name for aoi in aois))}
