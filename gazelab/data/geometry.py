"""Pixels and degrees of visual angle."""

import math
from dataclasses import dataclass


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
