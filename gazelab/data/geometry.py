"""Pixels and degrees of visual angle, the screen, and where a picture was on it."""

import math
from dataclasses import dataclass

from gazelab.data.gaze import Vector
from gazelab.data.stimulus import Stimulus


@dataclass(frozen=True, slots=True)
class Blur:
    """The width of the Gaussian around a fixation, in pixels and, where known, in degrees."""

    sigma_px: float
    sigma_deg: float = math.nan

    @classmethod
    def from_deg(cls, sigma_deg: float, px_per_deg: float) -> "Blur":
        """Make a blur from degrees. NaN pixels when the geometry is unknown."""
        return cls(sigma_deg * px_per_deg, sigma_deg)

    @classmethod
    def from_px(cls, sigma_px: float, px_per_deg: float = math.nan) -> "Blur":
        """Make a blur from pixels; degrees stay NaN when the geometry is unknown."""
        return cls(sigma_px, sigma_px / px_per_deg)


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen a study was run on; NaN where unknown.

    distance_mm : from the eyes to the middle of the screen.
    """

    width_px: float = math.nan
    height_px: float = math.nan
    width_mm: float = math.nan
    height_mm: float = math.nan
    distance_mm: float = math.nan

    @property
    def has_size(self) -> bool:
        """Whether the number of pixels is known."""
        return self.width_px > 0 and self.height_px > 0

    @property
    def px_per_deg(self) -> float:
        """Pixels of the screen in one degree in its middle; NaN while unknown."""
        if not self.width_mm > 0:
            return math.nan
        return math.radians(1) * self.distance_mm * self.width_px / self.width_mm


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture was on the screen.

    x_px, y_px : of its centre if `centred`, else of its upper left corner.
    size_px : its width and height on the screen; None when it was shown in its own size.
    """

    x_px: float
    y_px: float
    centred: bool = False
    size_px: tuple[float, float] | None = None

    def on_picture(self, x_px: Vector, y_px: Vector, stimulus: Stimulus) -> tuple[Vector, Vector]:
        """Return pixels of the screen, (n,) each, as pixels of the picture."""
        width_px, height_px = self.size_px or (stimulus.width_px, stimulus.height_px)
        left_px, top_px = self.x_px, self.y_px
        if self.centred:
            left_px, top_px = left_px - width_px / 2, top_px - height_px / 2
        return (
            (x_px - left_px) * (stimulus.width_px / width_px),
            (y_px - top_px) * (stimulus.height_px / height_px),
        )

    def scale(self, stimulus: Stimulus) -> float:
        """Return how many pixels of the picture lie on one of the screen, along its width."""
        return 1.0 if self.size_px is None else stimulus.width_px / self.size_px[0]
