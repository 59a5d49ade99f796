"""Saccades and microsaccades by a threshold that follows the noise of the recording.

Engbert and Kliegl (2003), Vision Research 43, 1035-1045, as in Engbert and Mergenthaler (2006),
PNAS 103, 7192-7197. Of one eye: that both eyes move together is not asked for.
"""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.gaze.blinks import find_blinks
from gazelab.gaze.found import Found, labelled
from gazelab.gaze.settings import DetectorSettings, parameter
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import NOTHING, runs
from gazelab.gaze.velocity import velocities

_ENGBERT = "Engbert and Kliegl (2003), Vision Research 43, 1035-1045"


@dataclass(frozen=True)
class MicrosaccadeSettings(DetectorSettings):
    """Parameters of the detection of microsaccades."""

    threshold_lambda: float = parameter(
        6.0, "Threshold", "times the median-based SD", (2, 15, 0.5), _ENGBERT
    )
    min_saccade_ms: float = parameter(6.0, "Shortest saccade", "ms", (0, 30, 1), _ENGBERT)
    max_amplitude_deg: float = parameter(
        1.0, "Largest microsaccade", "deg", (0.25, 2, 0.05),
        "Martinez-Conde et al. (2009), Trends in Neurosciences 32, 463-475",
    )  # fmt: skip


def find_microsaccades(signal: Signal, settings: MicrosaccadeSettings) -> Found:
    """Find microsaccades, larger saccades and blinks among (n,) samples; no fixations.

    A sample is fast outside an ellipse whose axes are lambda times the standard deviation of
    the velocity along x and along y, from medians over the recording. Without noise, as in
    made-up data, there is no such ellipse and nothing is found.
    """
    blinks = find_blinks(signal, settings)
    usable = blinks.signal
    vx, vy = velocities(usable, "fivepoint")
    x_axis, y_axis = (settings.threshold_lambda * _spread(v) for v in (vx, vy))
    fast = NOTHING
    if x_axis > 0 and y_axis > 0:
        fast = runs((vx / x_axis) ** 2 + (vy / y_axis) ** 2 > 1, usable.breaks)
    lasting = usable.at_least(fast, settings.min_saccade_ms)
    events = fast.where(lasting)
    first, last = events.start, events.stop - 1
    amplitude_deg = np.hypot(
        usable.x_deg[last] - usable.x_deg[first], usable.y_deg[last] - usable.y_deg[first]
    )
    small = amplitude_deg <= settings.max_amplitude_deg
    return Found(
        usable,
        labelled(blinks, NOTHING, events),
        saccades=events.where(~small),
        microsaccades=events.where(small),
        blinks=blinks.spans,
        speed_deg_s=np.sqrt(vx * vx + vy * vy),
        dropped=(("saccade candidates too short", int((~lasting).sum())),),
    )


def _spread(velocity: Vector) -> float:
    """Return the square root of the median squared distance from the median, 0 without data."""
    there = velocity[np.isfinite(velocity)]
    if not len(there):
        return 0.0
    return float(np.sqrt(np.median((there - np.median(there)) ** 2)))
