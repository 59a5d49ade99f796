"""How the attention gradient of people was made that something was compared with."""

import math
from dataclasses import dataclass

from gazelab.gaze.gradient import FixationGradient
from gazelab.report.tables import Column


@dataclass(frozen=True, slots=True)
class GradientUsed:
    """The settings of an attention gradient after each fixation, as tables and windows tell them.

    kernel : id of the falloff, "" where there is no gradient; all else is NaN then. rho : what
    is left one fixation later. range_50_deg, range_90_deg : the effective range, within which
    that share of the mass of the kernel lies.
    """

    kernel: str = ""
    width_deg: float = math.nan
    px_per_deg: float = math.nan
    rho: float = math.nan
    range_50_deg: float = math.nan
    range_90_deg: float = math.nan

    @classmethod
    def of(cls, gradient: FixationGradient, px_per_deg: float, longest_px: float) -> "GradientUsed":
        """Tell a gradient; of the kernel counts what lies within half of `longest_px`."""
        kernel, field_deg = gradient.kernel, longest_px / 2 / px_per_deg
        ranges_deg = (kernel.radius_deg(share, field_deg) for share in (0.5, 0.9))
        return cls(kernel.falloff.id, kernel.width_deg, px_per_deg, gradient.rho, *ranges_deg)


GRADIENT_COLUMNS = (
    Column("kernel", "text", "", "Falloff of the attention gradient; empty if none is used."),
    Column("width_deg", "number", "deg", "Width of the kernel; NA if none is used."),
    Column("px_per_deg", "number", "px/deg", "Pixels in a degree that it was made with."),
    Column("rho", "number", "1", "What is left of the gradient one fixation later."),
    Column("range_50_deg", "number", "deg", "Effective range: half of the mass of the kernel."),
    Column("range_90_deg", "number", "deg", "Nine tenths of the mass of the kernel."),
)
