"""What a reader returns: what one file or folder holds, before stimuli meet pictures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus

ROWS_REJECTED = "rows rejected"
"""Count of the lines that could not be used; with ": reason" behind it, one count each."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of one source.

    stimuli : with absolute paths.
    scanpaths : stimulus names are as in the source; exclusions are not yet judged, since
        that needs the size of the picture.
    normalised : positions are fractions of the picture's width and height, not pixels.
    y_up : y counts from the lower edge of the picture.
    px_per_deg : NaN unless the source or its documentation says it.
    counts, notes : for the `ImportRecord`.
    """

    stimuli: tuple[Stimulus, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    attention: tuple[Attention, ...] = ()
    normalised: bool = False
    y_up: bool = False
    px_per_deg: float = math.nan
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
