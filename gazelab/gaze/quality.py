"""Data quality: what was lost, how precise the rest is, and how much lies off the stimulus.

Precision is computed in windows of 200 ms that lie in fixations, and the median over the
windows is given. This is the moving window of ETDQualitizer (Niehorster et al., doi
10.32614/CRAN.package.ETDQualitizer), with four windows beginning in each 200 ms. That the
windows must lie in fixations is ours: in free viewing most windows hold a saccade.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gazelab.data.gaze import Scanpath, Vector
from gazelab.data.recording import Recording
from gazelab.gaze.ivt import IvtSettings, find_by_velocity
from gazelab.gaze.signal import Signal, signal_of
from gazelab.gaze.spans import NOTHING, Spans, runs

WINDOW_MS = 200.0
SHORT_MS, LONG_MS = 20.0, 3000.0
"""Fixations beyond these are hardly ones."""

_WINDOWS_A_WINDOW = 4
_BLOCK = 4096  # windows at a time: keeps memory flat
_BCEA = -2 * math.pi * math.log(1 - 0.6827)  # of the ellipse that holds one SD, 68.27 %


@dataclass(frozen=True, slots=True)
class Quality:
    """The data quality of one recording; what is undefined is NaN.

    n_samples, n_lost : all samples, and those without a position. n_missing : samples that
        the time stamps leave room for and that are not there.
    n_off_stimulus : samples with a position off the stimulus.
    duration_ms : from the first sample to the last and one interval more.
    rate_hz : as the source says. measured_rate_hz : from the time stamps. effective_rate_hz :
        samples with a position in a second.
    n_gaps, longest_gap_ms : stretches of lost or missing samples; 0 ms without any.
    rms_s2s_deg : root mean square of the steps from sample to sample. std_deg : standard
        deviation, along x and y together. bcea_deg2 : area of the ellipse that holds 68.27 %.
        Medians over windows of 200 ms in fixations.
    accuracy_deg, precision_deg : as the tracker's own validation gave them.
    """

    participant: str
    stimulus: str
    trial: str
    n_samples: int
    n_lost: int
    n_missing: int
    n_off_stimulus: float
    duration_ms: float
    rate_hz: float
    measured_rate_hz: float
    effective_rate_hz: float
    n_gaps: int
    longest_gap_ms: float
    rms_s2s_deg: float
    std_deg: float
    bcea_deg2: float
    accuracy_deg: float
    precision_deg: float

    @property
    def n_tracked(self) -> int:
        """Samples with a position."""
        return self.n_samples - self.n_lost

    @property
    def loss_percent(self) -> float:
        """Lost samples among all samples."""
        return percent(self.n_lost, self.n_samples)

    @property
    def off_stimulus_percent(self) -> float:
        """Samples off the stimulus among those with a position."""
        return percent(self.n_off_stimulus, self.n_tracked)


def quality(
    recording: Recording,
    size_px: tuple[float, float] | None = None,
    scanpath: Scanpath | None = None,
) -> Quality:
    """Measure the data quality of a recording.

    size_px : width and height of the stimulus; nothing is said about samples off it when None.
    scanpath : the fixations in which precision is measured, such as those of the tracker's
        own software; those of I-VT with its defaults when None, without merging. There are
        none where noise alone is faster than the threshold: then precision is NaN.
    """
    signal = Signal(recording.t_ms, recording.x_px, recording.y_px, recording.pupil)
    duration_ms = _duration_ms(signal)
    gaps_ms = _gaps_ms(signal)
    n_tracked = int(np.count_nonzero(signal.tracked))
    precision = _precision(signal, _fixations(recording, signal, scanpath))
    return Quality(
        participant=recording.participant,
        stimulus=recording.stimulus,
        trial=recording.trial,
        n_samples=len(recording),
        n_lost=len(recording) - n_tracked,
        n_missing=_missing(signal),
        n_off_stimulus=math.nan if size_px is None else _off(recording, *size_px),
        duration_ms=duration_ms,
        rate_hz=recording.rate_hz,
        measured_rate_hz=1e3 / signal.interval_ms if signal.interval_ms > 0 else math.nan,
        effective_rate_hz=1e3 * n_tracked / duration_ms if duration_ms > 0 else math.nan,
        n_gaps=len(gaps_ms),
        longest_gap_ms=float(gaps_ms.max()) if len(gaps_ms) else 0.0,
        rms_s2s_deg=precision.rms_s2s / recording.px_per_deg,
        std_deg=precision.std / recording.px_per_deg,
        bcea_deg2=precision.bcea / recording.px_per_deg**2,
        accuracy_deg=recording.accuracy_deg,
        precision_deg=recording.precision_deg,
    )


@dataclass(frozen=True, slots=True)
class ScanpathQuality:
    """The data quality of fixations without samples.

    n_off_stimulus : with a position off the stimulus; NaN without the size of the stimulus.
    n_too_short, n_too_long : shorter than 20 ms, longer than 3 s. median_duration_ms : NaN
    without a duration.
    """

    participant: str
    stimulus: str
    trial: str
    n_fixations: int
    n_no_position: int
    n_no_duration: int
    n_off_stimulus: float
    n_too_short: int
    n_too_long: int
    median_duration_ms: float

    @property
    def off_stimulus_percent(self) -> float:
        """Fixations off the stimulus among those with a position."""
        return percent(self.n_off_stimulus, self.n_fixations - self.n_no_position)


def scanpath_quality(
    scanpath: Scanpath, size_px: tuple[float, float] | None = None
) -> ScanpathQuality:
    """Count what is odd among fixations; size_px : width and height of the stimulus."""
    lasting_ms = scanpath.duration_ms[np.nan_to_num(scanpath.duration_ms) > 0]
    return ScanpathQuality(
        participant=scanpath.participant,
        stimulus=scanpath.stimulus,
        trial=scanpath.trial,
        n_fixations=len(scanpath),
        n_no_position=int((~np.isfinite(scanpath.x_px + scanpath.y_px)).sum()),
        n_no_duration=len(scanpath) - len(lasting_ms),
        n_off_stimulus=math.nan if size_px is None else _off(scanpath, *size_px),
        n_too_short=int((lasting_ms < SHORT_MS).sum()),
        n_too_long=int((lasting_ms > LONG_MS).sum()),
        median_duration_ms=float(np.median(lasting_ms)) if len(lasting_ms) else math.nan,
    )


def percent(part: float, whole: float) -> float:
    """Return 100 part / whole, NaN for a whole of 0."""
    return 100 * part / whole if whole else math.nan


def _duration_ms(signal: Signal) -> float:
    if not len(signal):
        return 0.0
    return float(signal.t_ms[-1] - signal.t_ms[0] + np.nan_to_num(signal.interval_ms))


def _gaps_ms(signal: Signal) -> Vector:
    """(n,): how long each stretch of lost or missing samples lasts."""
    t_ms, tracked = signal.t_ms, signal.tracked_runs
    if not len(signal):
        return np.empty(0)
    interval_ms = float(np.nan_to_num(signal.interval_ms))
    if not len(tracked):
        return np.array([_duration_ms(signal)])
    # what lies between the end of a tracked stretch and the start of the next, and at both ends
    ends_ms = np.append(t_ms[0] - interval_ms, t_ms[tracked.stop - 1])
    starts_ms = np.append(t_ms[tracked.start], t_ms[-1] + interval_ms)
    there = np.r_[
        tracked.start[0] > 0, np.full(len(tracked) - 1, True), tracked.stop[-1] < len(signal)
    ]
    return np.maximum(starts_ms - ends_ms - interval_ms, 0)[there]


def _missing(signal: Signal) -> int:
    """Return how many more samples fit into the breaks."""
    if not len(signal.breaks):
        return 0
    steps_ms = signal.t_ms[signal.breaks] - signal.t_ms[signal.breaks - 1]
    return int(np.maximum(np.rint(steps_ms / signal.interval_ms) - 1, 0).sum())


def _off(points: Recording | Scanpath, width_px: float, height_px: float) -> float:
    """Return how many points with a position are off the stimulus."""
    x, y = points.x_px, points.y_px
    on = (x >= 0) & (x < width_px) & (y >= 0) & (y < height_px)
    return float(np.count_nonzero(~on & np.isfinite(x + y)))


class _Precision(NamedTuple):
    """Medians over windows, in the unit of the signal; NaN without a window."""

    rms_s2s: float
    std: float
    bcea: float


def _fixations(recording: Recording, signal: Signal, scanpath: Scanpath | None) -> Spans:
    """Return tracked stretches without a break, each in one fixation."""
    if not recording.px_per_deg > 0:
        return NOTHING
    if scanpath is None:
        found = find_by_velocity(signal_of(recording), IvtSettings(merge_ms=0.0))
        return found.fixations
    lasting = np.nan_to_num(scanpath.duration_ms) > 0
    onset_ms = scanpath.onset_ms[lasting]
    start = np.searchsorted(signal.t_ms, onset_ms, "left")
    end_ms = onset_ms + scanpath.duration_ms[lasting]
    stop = np.searchsorted(signal.t_ms, end_ms, "left")
    stop = np.minimum(stop, np.append(start[1:], len(signal)))  # fixations may overlap
    spans = Spans(start, stop).where(stop > start)
    ends = np.union1d(signal.breaks, spans.start)
    return runs(spans.mask(len(signal)) & signal.tracked, ends)


def _precision(signal: Signal, fixations: Spans) -> _Precision:
    """Compute the precision in each window of 200 ms in a fixation."""
    nothing = _Precision(math.nan, math.nan, math.nan)
    if not signal.interval_ms > 0:
        return nothing
    length = round(WINDOW_MS / signal.interval_ms)
    first = _windows(fixations, length)
    if length < 3 or not len(first):
        return nothing
    views = [sliding_window_view(v, length) for v in (signal.x_deg, signal.y_deg)]
    blocks = [
        _of_windows(*(view[first[at : at + _BLOCK]] for view in views))
        for at in range(0, len(first), _BLOCK)
    ]
    return _Precision(*(float(m) for m in np.median(np.concatenate(blocks, axis=1), axis=1)))


def _windows(fixations: Spans, length: int) -> Vector:
    """(n,) int: first samples of the windows of `length` samples."""
    step = max(1, length // _WINDOWS_A_WINDOW)
    counts = np.maximum((fixations.lengths - length) // step + 1, 0)
    before = np.cumsum(counts) - counts
    nth = np.arange(int(counts.sum())) - np.repeat(before, counts)
    return np.repeat(fixations.start, counts) + nth * step


def _of_windows(x: Vector, y: Vector) -> Vector:
    """(3, windows): RMS-S2S, STD and BCEA of (windows, samples) positions."""
    n = x.shape[1]
    steps = np.square(np.diff(x)).sum(axis=1) + np.square(np.diff(y)).sum(axis=1)
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    xx, yy, xy = ((a * b).sum(axis=1) / (n - 1) for a, b in ((x, x), (y, y), (x, y)))
    area = _BCEA * np.sqrt(np.maximum(xx * yy - xy * xy, 0))
    return np.stack([np.sqrt(steps / (n - 1)), np.sqrt(xx + yy), area])
