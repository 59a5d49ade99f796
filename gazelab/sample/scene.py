"""A scene: how it is drawn, and where its objects are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gazelab.sample.paint import Canvas


@dataclass(frozen=True, slots=True)
class Region:
    """An object that draws the eye: an ellipse in pixels, and how much it interests."""

    name: str
    x_px: float
    y_px: float
    rx_px: float
    ry_px: float
    interest: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One made-up picture: `name` is its file name without the ending."""

    name: str
    seed: int
    paint: Callable[[Canvas], None]
    regions: tuple[Region, ...]

    def draw(self) -> np.ndarray:
        """Return the picture as (600, 800, 3) uint8 RGB; the same on every call."""
        canvas = Canvas(self.seed)
        self.paint(canvas)
        return canvas.finish()
