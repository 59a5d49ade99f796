"""The sampling rate that a source tells, checked against its samples."""

import math

from gazelab.data.gaze import Vector
from gazelab.io.groups import rate_of

_TOLERANCE = 0.1


def checked_rate(t_ms: Vector, told_hz: float) -> tuple[float, str]:
    """Return the rate in Hz and, where the samples show another than is told, a sentence.

    t_ms : (n,) float64, ascending. told_hz : NaN when the source tells none.
    """
    rate_hz = rate_of(t_ms)
    if math.isnan(rate_hz):
        return told_hz, ""
    rounded_hz = float(round(rate_hz)) if rate_hz >= 1 else rate_hz
    if not told_hz > 0:
        return rounded_hz, ""
    if abs(rate_hz / told_hz - 1) <= _TOLERANCE:
        return told_hz, ""
    return rounded_hz, (
        f"The file says {told_hz:g} Hz, but its samples are {1000 / rate_hz:.2f} ms apart: "
        f"{rounded_hz:g} Hz is taken."
    )
