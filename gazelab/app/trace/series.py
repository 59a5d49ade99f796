"""What the trace draws of one recording: lanes of values over time, ready to be drawn fast."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import TrialKey, Vector
from gazelab.data.recording import Recording
from gazelab.gaze.pyramid import Pyramid
from gazelab.gaze.signal import Signal
from gazelab.gaze.velocity import speed

LANES = ("x", "y", "velocity", "pupil")
"""From top to bottom."""

_SEEN = 200_000  # samples from which the range of a lane is taken
_SPREAD = (0.2, 99.8)  # percent of the samples that the range of a lane holds
_ROOM = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One quantity over time.

    name : of LANES. values : (n,) float64, NaN = lost. low, high : the range that is shown.
    downwards : whether values grow downwards, as y does on the stimulus.
    """

    name: str
    unit: str
    values: Vector
    pyramid: Pyramid
    low: float
    high: float
    downwards: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The lanes of one recording over its times.

    breaks : indices of samples before which time is missing; no line crosses them.
    """

    key: TrialKey
    t_ms: Vector
    breaks: Vector
    lanes: tuple[Lane, ...]


def series_of(recording: Recording, px_per_deg: float) -> Series:
    """Return the lanes of a recording; velocity is in px/s while `px_per_deg` is NaN.

    The velocity is smoothed as I-VT does by default.
    """
    known = px_per_deg > 0
    scale = 1 / px_per_deg if known else 1.0
    signal = Signal(recording.t_ms, recording.x_px * scale, recording.y_px * scale)
    lanes = [
        _lane("x", "px", recording.t_ms, recording.x_px),
        _lane("y", "px", recording.t_ms, recording.y_px),
        _lane("velocity", "deg/s" if known else "px/s", recording.t_ms, speed(signal)),
    ]
    if recording.pupil is not None:
        pupil = np.where(recording.pupil > 0, recording.pupil, np.nan)
        lanes.append(_lane("pupil", recording.pupil_unit, recording.t_ms, pupil))
    return Series(recording.key, np.asarray(recording.t_ms), signal.breaks, tuple(lanes))


def _lane(name: str, unit: str, t_ms: Vector, values: Vector) -> Lane:
    low, high = shown_range(values)
    if name == "velocity":
        low = 0.0
    pyramid = Pyramid.build(t_ms, values)
    return Lane(name, unit, np.asarray(values), pyramid, low, high, downwards=name == "y")


def shown_range(values: Vector, spread: tuple[float, float] = _SPREAD) -> tuple[float, float]:
    """Return the range that holds nearly all values, with room beside; 0 ... 1 without any.

    The few values beyond it are drawn at the edge of the lane. spread : in percent.
    """
    some = values[:: max(len(values) // _SEEN, 1)]
    some = some[np.isfinite(some)]
    if not len(some):
        return 0.0, 1.0
    low, high = np.percentile(some, spread)
    room = max((high - low) * _ROOM, 1e-6, abs(high) * 1e-3)
    return float(low - room), float(high + room)


def points(
    series: Series, lane: Lane, start_ms: float, stop_ms: float
) -> Iterator[tuple[Vector, Vector]]:
    """Yield (times, values) of each stretch without a gap that touches a span."""
    first = max(int(np.searchsorted(series.t_ms, start_ms)) - 1, 0)
    last = int(np.searchsorted(series.t_ms, stop_ms, side="right")) + 1
    t_ms, values = with_breaks(series, lane, slice(first, last))
    there = np.isfinite(values)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], there, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield t_ms[start:stop], values[start:stop]


def with_breaks(series: Series, lane: Lane, part: slice) -> tuple[Vector, Vector]:
    """Return times and values of a part, with a lost sample in each break of time."""
    t_ms, values = series.t_ms[part], lane.values[part]
    inside = (series.breaks > part.start) & (series.breaks < part.start + len(t_ms))
    at = series.breaks[inside] - part.start
    if not len(at):
        return t_ms, values
    return np.insert(t_ms, at, (t_ms[at - 1] + t_ms[at]) / 2), np.insert(values, at, np.nan)
