"""What is measured of each fixation and saccade that was found."""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.gaze.found import mean_over
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import Spans, reduced


@dataclass(frozen=True, slots=True, eq=False)
class Properties:
    """Measures of events, (n,) float64 each; lost samples inside an event do not count.

    onset_ms, duration_ms : from its first sample to its last and one interval more.
    x_deg, y_deg : the mean position.
    amplitude_deg : from the position at its first sample to that at its last.
    dispersion_deg : extent along x plus extent along y.
    peak_velocity_deg_s, mean_velocity_deg_s : NaN where the detector computes no velocity.
    """

    onset_ms: Vector
    duration_ms: Vector
    x_deg: Vector
    y_deg: Vector
    amplitude_deg: Vector
    dispersion_deg: Vector
    peak_velocity_deg_s: Vector
    mean_velocity_deg_s: Vector


def properties(signal: Signal, spans: Spans, speed_deg_s: Vector | None = None) -> Properties:
    """Measure events whose first and last samples are tracked.

    speed_deg_s : (samples,) float64.
    """
    first, last = spans.start, spans.stop - 1
    x, y = signal.x_deg, signal.y_deg
    extents = [reduced(np.fmax, v, spans) - reduced(np.fmin, v, spans) for v in (x, y)]
    unknown = np.full(len(spans), np.nan)
    return Properties(
        onset_ms=signal.t_ms[first],
        duration_ms=signal.lasting_ms(spans),
        x_deg=mean_over(x, spans),
        y_deg=mean_over(y, spans),
        amplitude_deg=np.hypot(x[last] - x[first], y[last] - y[first]),
        dispersion_deg=extents[0] + extents[1],
        peak_velocity_deg_s=unknown
        if speed_deg_s is None
        else reduced(np.fmax, speed_deg_s, spans),
        mean_velocity_deg_s=unknown if speed_deg_s is None else mean_over(speed_deg_s, spans),
    )
