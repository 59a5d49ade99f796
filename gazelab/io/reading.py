"""What a reader returns: what one file or folder holds, before stimuli meet pictures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath, Vector
from gazelab.data.stimulus import Stimulus

ROWS_REJECTED = "rows rejected"
"""Count of the lines that could not be used; with ": reason" behind it, one count each."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of one source.

    stimuli : with absolute paths.
    scanpaths : stimulus names are as in the source; exclusions are not yet judged, since
        that needs the size of the picture.
    placements : one for each scanpath whose positions are pixels of the screen, None for
        another; empty when positions are relative to the picture in all.
    normalised : positions are fractions of the picture's width and height, not pixels.
    y_up : y counts from the lower edge of the picture.
    px_per_deg : NaN unless the source or its documentation says it.
    counts, notes : for the `ImportRecord`.
    """

    stimuli: tuple[Stimulus, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    attention: tuple[Attention, ...] = ()
    placements: tuple[Placement | None, ...] = ()
    normalised: bool = False
    y_up: bool = False
    px_per_deg: float = math.nan
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
