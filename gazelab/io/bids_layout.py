"""Trials laid out one after another, as BIDS has one run of a participant in one file."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Events, Recording
from gazelab.io.groups import rate_of

_GAP_MS = 1000.0
_INTERVAL_MS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The samples of a trial, and what was found in them.

    zero_ms : time of the run's clock at the onset of the stimulus. begin_ms, end_ms : from
        that, of all that belongs to the trial; the end is after its last sample.
    """

    recording: Recording
    scanpaths: tuple[Scanpath, ...]
    events: tuple[Events, ...]
    zero_ms: float
    begin_ms: float
    end_ms: float

    @property
    def found(self) -> tuple[Scanpath | Events, ...]:
        """What was found in the samples."""
        return (*self.scanpaths, *self.events)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Trials of a participant that can be in one file: of the same eye, rate and pupil.

    own_clock : whether times are those of the source; else trials were put one after another.
    """

    participant: str
    trials: tuple[Trial, ...]
    own_clock: bool

    @property
    def first(self) -> Recording:
        """The recording of the first trial."""
        return self.trials[0].recording

    @property
    def start_ms(self) -> float:
        """The time stamp of the first sample."""
        return self.trials[0].zero_ms + float(self.first.t_ms[0])


def runs_of(
    recordings: Iterable[Recording], scanpaths: Iterable[Scanpath], events: Iterable[Events]
) -> list[Run]:
    """Return the runs of all participants, in the order of their first recordings.

    Recordings without a sample are left out, and so is what was found in trials without one.
    """
    paths: dict[TrialKey, list[Scanpath]] = {}
    for path in scanpaths:
        paths.setdefault(path.key, []).append(path)
    found: dict[TrialKey, list[Events]] = {}
    for item in events:
        found.setdefault(item.trial_key, []).append(item)
    groups: dict[tuple[object, ...], list[Recording]] = {}
    for recording in recordings:
        if len(recording):
            groups.setdefault(_kind(recording), []).append(recording)
    return [_run(group, paths, found) for group in groups.values()]


def _kind(recording: Recording) -> tuple[object, ...]:
    """Return what recordings in one file have in common."""
    rate_hz = None if math.isnan(recording.rate_hz) else recording.rate_hz
    pupil = None if recording.pupil is None else recording.pupil_unit
    return recording.participant, recording.eye, rate_hz, pupil


def _run(
    recordings: Sequence[Recording],
    paths: Mapping[TrialKey, list[Scanpath]],
    found: Mapping[TrialKey, list[Events]],
) -> Run:
    ordered = sorted(recordings, key=lambda item: item.clock_ms)
    trials = [
        _trial(item, tuple(paths.get(item.key, ())), tuple(found.get(item.key, ())))
        for item in ordered
    ]
    begins = np.array([trial.zero_ms + trial.begin_ms for trial in trials])
    ends = np.array([trial.zero_ms + trial.end_ms for trial in trials])
    own_clock = bool(np.isfinite(begins).all() and (begins[1:] >= ends[:-1]).all())
    if not own_clock:
        trials = _one_after_another(trials)
    return Run(recordings[0].participant, tuple(trials), own_clock)


def _one_after_another(trials: Sequence[Trial]) -> list[Trial]:
    now_ms, laid = 0.0, []
    for trial in trials:
        zero_ms = math.ceil(now_ms - trial.begin_ms)
        laid.append(replace(trial, zero_ms=zero_ms))
        now_ms = zero_ms + trial.end_ms + _GAP_MS
    return laid


def _trial(
    recording: Recording, scanpaths: tuple[Scanpath, ...], events: tuple[Events, ...]
) -> Trial:
    interval_ms = 1000 / recording.rate_hz if recording.rate_hz > 0 else math.nan
    if math.isnan(interval_ms):
        rate_hz = rate_of(recording.t_ms)
        interval_ms = 1000 / rate_hz if rate_hz > 0 else _INTERVAL_MS
    onsets = [item.onset_ms for item in scanpaths] + [item.onset_ms for item in events]
    times_ms = np.concatenate([[0.0], recording.t_ms, *onsets])
    return Trial(
        recording,
        scanpaths,
        events,
        recording.clock_ms,
        float(np.nanmin(times_ms)),
        float(np.nanmax(times_ms)) + interval_ms,
    )
