"""A recording as the detectors see it: degrees, lost samples, and breaks in time."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.data.recording import Recording
from gazelab.errors import SettingsError
from gazelab.gaze.spans import Spans, runs

_STRIDE = 16
_BREAK = 2.5


@dataclass(frozen=True, eq=False)
class Signal:
    """Gaze in degrees over time.

    t_ms : (n,) float64, ascending; equal stamps are allowed.
    x_deg, y_deg : (n,) float64 of visual angle along the screen, NaN = lost. Pixels divided
        by the pixels of one degree: exact in the middle of the screen, and 2 % too large at
        15 degrees from it.
    pupil : (n,) float64 or None; NaN and 0 = lost.
    """

    t_ms: Vector
    x_deg: Vector
    y_deg: Vector
    pupil: Vector | None = None

    def __len__(self) -> int:
        return len(self.t_ms)

    @cached_property
    def interval_ms(self) -> float:
        """Milliseconds from sample to sample, NaN for fewer than two samples."""
        return sample_interval_ms(self.t_ms)

    @property
    def breaks(self) -> Vector:
        """Indices of samples before which time is missing or runs backwards.

        A step of more than two and a half intervals: nothing is ever computed across it.
        """
        return self._clock[0]

    @property
    def is_regular(self) -> bool:
        """Whether all steps in time between breaks are the same."""
        return self._clock[1]

    @cached_property
    def _clock(self) -> tuple[Vector, bool]:
        if not self.interval_ms > 0:
            return np.empty(0, np.intp), False
        return _breaks_and_regularity(self.t_ms, self.interval_ms)

    @cached_property
    def tracked(self) -> Vector:
        """(n,) bool: the samples with a position."""
        # one sum instead of two tests: it is finite exactly when both are (or overflows)
        return np.isfinite(self.x_deg + self.y_deg)

    @cached_property
    def tracked_runs(self) -> Spans:
        """The longest stretches without a lost sample and without a break."""
        return runs(self.tracked, self.breaks)

    def without(self, samples: Vector) -> "Signal":
        """Return the signal with the positions of `samples`, (n,) bool, lost."""
        left = Signal(
            self.t_ms,
            np.where(samples, np.nan, self.x_deg),
            np.where(samples, np.nan, self.y_deg),
            self.pupil,
        )
        # the times are the same: what was found out about them holds
        left.__dict__.update(
            interval_ms=self.interval_ms, _clock=self._clock, tracked=self.tracked & ~samples
        )
        return left

    def lasting_ms(self, spans: Spans) -> Vector:
        """Return how long stretches last, (n,): from the first to the last sample and one more.

        A sample stands for the interval that it begins, as in EyeLink's own events.
        """
        if not len(spans):
            return np.empty(0)
        return self.t_ms[spans.stop - 1] - self.t_ms[spans.start] + np.nan_to_num(self.interval_ms)

    def at_least(self, spans: Spans, minimum_ms: float) -> Vector:
        """Return (n,) bool: the stretches that last so long, to a thousandth of a sample."""
        slack_ms = 1e-3 * np.nan_to_num(self.interval_ms)
        return self.lasting_ms(spans) >= minimum_ms - slack_ms


def signal_of(recording: Recording) -> Signal:
    """Return a recording in degrees. Raise SettingsError without pixels per degree."""
    px_per_deg = recording.px_per_deg
    if not (px_per_deg > 0 and math.isfinite(px_per_deg)):
        raise SettingsError(
            f"The pixels per degree of {recording.participant} on {recording.stimulus} are not "
            "known, and detectors work in degrees.",
            "Give the size of the screen and the viewing distance.",
        )
    return Signal(
        recording.t_ms,
        recording.x_px * (1 / px_per_deg),
        recording.y_px * (1 / px_per_deg),
        recording.pupil,
    )


def sample_interval_ms(t_ms: Vector) -> float:
    """Return the time from sample to sample: the median of means over up to 16 steps.

    Means over several steps, because stamps may be doubled (2000 Hz in whole milliseconds) or
    rounded; their median, because of gaps. NaN for fewer than two samples.
    """
    if len(t_ms) < 2:
        return math.nan
    stride = min(_STRIDE, max(1, (len(t_ms) - 1) // 4))
    return float(np.median(np.diff(t_ms[::stride]))) / stride


def _breaks_and_regularity(t_ms: Vector, interval_ms: float) -> tuple[Vector, bool]:
    """Return the samples before which samples are missing, (n,) int, and if the rest is even."""
    step_ms = np.diff(t_ms)
    breaks = np.flatnonzero((step_ms > _BREAK * interval_ms) | (step_ms < 0)) + 1
    step_ms -= interval_ms
    uneven = np.abs(step_ms, out=step_ms) > 1e-6 * interval_ms
    return breaks, int(np.count_nonzero(uneven)) == len(breaks)
