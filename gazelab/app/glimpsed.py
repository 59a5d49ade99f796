"""Where a machine attended, as marks: its peak, its spread, and the peaks of earlier steps."""

import math
from collections.abc import Sequence

from gazelab.app.canvas.scene import Marker, Spread
from gazelab.data.attention import Attention
from gazelab.data.stimulus import Stimulus
from gazelab.gaze.glimpses import Glimpse, glimpse


def glimpses_of(attention: Attention, stimulus: Stimulus) -> tuple[Glimpse, ...]:
    """Return where the map of each step attends, in pixels of the stimulus."""
    size = stimulus.width_px, stimulus.height_px
    return tuple(glimpse(map_, *size) for map_ in attention.positive)


def peaks(glimpses: Sequence[Glimpse], names: Sequence[str], first: int) -> tuple[Marker, ...]:
    """Return the peak of the last glimpse, and of those before it from `first`.

    names : of the steps. A map that is 0 everywhere has no peak.
    """
    last = len(glimpses) - 1
    return tuple(
        Marker(
            at.peak_x_px,
            at.peak_y_px,
            names[number] if len(names) > 1 else "",
            current=number == last,
        )
        for number, at in enumerate(glimpses)
        if number >= first and not math.isnan(at.peak_x_px)
    )


def spread(at: Glimpse) -> Spread | None:
    """Return the mean and spread of a map; None where it is 0 everywhere."""
    if math.isnan(at.mean_x_px):
        return None
    return Spread(at.mean_x_px, at.mean_y_px, at.major_px, at.minor_px, at.angle_deg)
