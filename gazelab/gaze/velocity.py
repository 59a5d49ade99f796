"""Velocity of the eye in degrees a second, smoothed in a named way.

Every method weighs the samples after and before a moment and divides by the same weights of
their times: exact for a steady movement whatever the stamps. A lost sample or a break in time
is never bridged: beside it the window shrinks on both sides, and the outermost sample has the
velocity to its only neighbour.
"""

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.errors import SettingsError
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import Spans

METHODS = ("preceding", "neighbors", "fivepoint", "savgol")
"""preceding : difference to the sample before.
neighbors : difference of the sample after and the one before.
fivepoint : mean of the two after less mean of the two before, Engbert and Kliegl (2003),
    Vision Research 43, 1035-1045.
savgol : slope of the least-squares line (or parabola) through a window of given length,
    Savitzky and Golay (1964), Analytical Chemistry 36, 1627-1639: the same smoothing in
    milliseconds whatever the sampling rate. The default.
"""

WINDOW_MS = 20.0
"""Length of the window of "savgol": Nyström and Holmqvist (2010), Behavior Research Methods 42,
188-204 (twice the shortest saccade), and Olsen (2012), The Tobii I-VT Fixation Filter."""

_BLOCK = 16_384  # samples at a time: the block stays in the processor's cache
_LONGEST = 500  # samples on each side of the window


def speed(signal: Signal, method: str = "savgol", window_ms: float = WINDOW_MS) -> Vector:
    """Return the velocity regardless of direction in deg/s, (n,); NaN where undefined."""
    vx, vy = velocities(signal, method, window_ms)
    # five times as fast as `np.hypot`
    vx *= vx
    vy *= vy
    vx += vy
    return np.sqrt(vx, out=vx)


def velocities(
    signal: Signal, method: str = "savgol", window_ms: float = WINDOW_MS
) -> tuple[Vector, Vector]:
    """Return the velocity along x and along y in deg/s, (n,) each.

    NaN at lost samples, at samples without a neighbour, and where the stamps do not advance.
    window_ms : the length of the window, used by "savgol" alone.
    """
    if method == "preceding":
        return _preceding(signal)
    weights = _weights(method, window_ms, signal.interval_ms)
    steps = np.arange(1.0, len(weights) + 1)
    if signal.is_regular:
        over = 1 / (2e-3 * signal.interval_ms * np.cumsum(steps * weights))
        x, y = (_differentiated(v, signal, weights, over) for v in (signal.x_deg, signal.y_deg))
        return x, y
    over = np.ones(len(weights))
    x, y, t = (
        _differentiated(values, signal, weights, over)
        for values in (signal.x_deg, signal.y_deg, signal.t_ms)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        per_s = np.where(t > 0, 1e3 / t, np.nan)
    return x * per_s, y * per_s


def _weights(method: str, window_ms: float, interval_ms: float) -> Vector:
    """(k,) float64: of the samples 1 ... k steps away."""
    if method == "neighbors":
        return np.ones(1)
    if method == "fivepoint":
        return np.ones(2)
    if method != "savgol":
        raise SettingsError(f"There is no velocity {method!r}, only {', '.join(METHODS)}.")
    if not interval_ms > 0:
        return np.ones(1)
    half = round(window_ms / interval_ms / 2)
    return np.arange(1.0, min(max(half, 1), _LONGEST) + 1)


def _differentiated(values: Vector, signal: Signal, weights: Vector, over: Vector) -> Vector:
    """Sum weights[j] (values[i + j] - values[i - j]) times over[-1], (n,).

    Beside the ends of tracked stretches fewer weights, k of them times over[k - 1].
    """
    result = _inner(values, weights, over[-1])
    first, last = signal.tracked_runs.start, signal.tracked_runs.stop - 1
    room = last - first
    for k in range(1, len(weights)):
        for at in ((first + k)[room >= 2 * k], (last - k)[room > 2 * k]):
            total = np.zeros(len(at))
            for step in range(1, k + 1):
                total += weights[step - 1] * (values[at + step] - values[at - step])
            result[at] = total * over[k - 1]
    # half the window: one step instead of two
    alone, some = room == 0, room > 0
    scale = 2 * over[0] * weights[0]
    result[first[alone]] = np.nan
    result[first[some]] = (values[first[some] + 1] - values[first[some]]) * scale
    result[last[some]] = (values[last[some]] - values[last[some] - 1]) * scale
    result[~signal.tracked] = np.nan  # a window does not look at its own middle
    return result


def _inner(values: Vector, weights: Vector, scale: float) -> Vector:
    """Do it for all samples with a whole window, without regard to breaks; NaN elsewhere."""
    n, reach = len(values), len(weights)
    result = np.empty(n)
    result[:reach] = result[max(n - reach, 0) :] = np.nan
    more = np.empty(min(_BLOCK, n))
    scaled = weights * scale
    for begin in range(reach, n - reach, _BLOCK):
        end = min(begin + _BLOCK, n - reach)
        total, term = result[begin:end], more[: end - begin]
        np.subtract(values[begin + 1 : end + 1], values[begin - 1 : end - 1], out=total)
        total *= scaled[0]
        for step in range(2, reach + 1):
            after, before = slice(begin + step, end + step), slice(begin - step, end - step)
            np.subtract(values[after], values[before], out=term)
            term *= scaled[step - 1]
            total += term
    return result


def _preceding(signal: Signal) -> tuple[Vector, Vector]:
    """Difference to the sample before; the first of a stretch has that to the one after."""
    with np.errstate(invalid="ignore", divide="ignore"):
        step_s = np.diff(signal.t_ms) * 1e-3
        step_s[~(step_s > 0)] = np.nan
        step_s[signal.breaks - 1] = np.nan
    result = []
    first = _first_with_neighbour(signal.tracked_runs)
    for values in (signal.x_deg, signal.y_deg):
        found = np.full(len(values), np.nan)
        found[1:] = np.diff(values) / step_s
        found[first] = found[first + 1]
        result.append(found)
    return result[0], result[1]


def _first_with_neighbour(spans: Spans) -> Vector:
    """(n,) int: the first samples of stretches of two and more."""
    return spans.start[spans.lengths > 1]
