"""Rows of a source gathered by trial: samples become recordings, fixations scanpaths.

All work is on whole columns, without a loop over rows.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.gaze import Origin, Scanpath, TrialKey
from gazelab.data.recording import Events, Recording

_OVERLAP_MS = 1.0
_NO_TRIAL = -1
_GAP = 1.5
"""An interval longer than this many median ones is a gap."""


def changes(*columns: np.ndarray) -> np.ndarray:
    """Return (n,) bool: the rows in which any column differs from the row before."""
    changed = np.ones(len(columns[0]), np.bool_)
    changed[1:] = False
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def numbered(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each row, equal where all columns are, and the first row of each.

    Numbers count from 0 in order of first appearance. Rows alike that follow one another are
    looked at once.
    """
    size = len(columns[0])
    if not size:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    runs = np.flatnonzero(changes(*columns))
    joint = np.zeros(len(runs), np.intp)
    for column in columns:
        values, codes = np.unique(column[runs], return_inverse=True)
        _, joint = np.unique(joint * len(values) + codes, return_inverse=True)
    _, firsts = np.unique(joint, return_index=True)
    rank = np.empty(len(firsts), np.intp)
    rank[np.argsort(firsts)] = np.arange(len(firsts))
    return np.repeat(rank[joint], np.diff(runs, append=size)), runs[np.sort(firsts)]


def rows_where(chosen: np.ndarray) -> np.ndarray | slice:
    """Return the rows that are chosen, (n,) bool, as an index; all of them without a copy."""
    return slice(None) if chosen.all() else np.flatnonzero(chosen)


def firsts_of(ids: np.ndarray, size: int) -> np.ndarray:
    """Return where each of the numbers 0 to size - 1 is first, (size,) int; -1 for nowhere."""
    firsts = np.full(size, -1)
    firsts[ids[::-1]] = np.arange(len(ids))[::-1]  # of equal places, the last assigned stays
    return firsts


def ordinals(codes: np.ndarray) -> np.ndarray:
    """Return (n,) int: how often the code of each row was there up to this row, from 1."""
    order = np.argsort(codes, kind="stable")
    begun = np.flatnonzero(changes(codes[order])) if len(codes) else np.zeros(0, np.intp)
    counted = np.arange(1, len(codes) + 1)
    counted -= np.repeat(begun, np.diff(begun, append=len(codes)))
    found = np.empty(len(codes), np.intp)
    found[order] = counted
    return found


def slices(trial: np.ndarray, times: np.ndarray) -> Iterator[tuple[int, np.ndarray | slice]]:
    """Yield each trial that has rows, and its rows by time; rows without a trial are left out.

    trial : (n,) int, -1 for none. times : (n,) float64 without NaN in these rows.
    """
    ordered = len(trial) and trial[0] > _NO_TRIAL and bool((trial[1:] >= trial[:-1]).all())
    later = (times[1:] >= times[:-1]) | (trial[1:] != trial[:-1])
    if ordered and later.all():
        firsts = np.flatnonzero(changes(trial)).tolist()
        for start, end in zip(firsts, [*firsts[1:], len(trial)], strict=True):
            yield int(trial[start]), slice(start, end)
        return
    order = np.lexsort((times, trial))
    order = order[trial[order] > _NO_TRIAL]
    begun = np.flatnonzero(changes(trial[order])) if len(order) else np.zeros(0, np.intp)
    for rows in np.split(order, begun[1:]) if len(order) else ():
        yield int(trial[rows[0]]), rows


@dataclass(frozen=True, slots=True, eq=False)
class SampleRows:
    """Gaze samples of any number of trials, in the order of the source.

    trial : (n,) int, which of the keys; -1 for none. t_ms, x, y, pupil : as in `Recording`.
    clock_ms : (trials,) float64, or one for all. accuracy_deg, precision_deg : (n,) float64, of
        which the first that is there counts for a trial.
    """

    trial: np.ndarray
    t_ms: np.ndarray
    x: np.ndarray
    y: np.ndarray
    pupil: np.ndarray | None = None
    pupil_unit: str = ""
    rate_hz: float = math.nan
    eye: str = ""
    clock_ms: np.ndarray | float = 0.0
    accuracy_deg: np.ndarray | None = None
    precision_deg: np.ndarray | None = None

    def __len__(self) -> int:
        return int((self.trial > _NO_TRIAL).sum())

    @property
    def n_lost(self) -> int:
        """How many samples of trials have no position."""
        return int(((np.isnan(self.x) | np.isnan(self.y)) & (self.trial > _NO_TRIAL)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class FoundRows:
    """Fixations, saccades or blinks of any number of trials, in the order of the source.

    trial : (n,) int, which of the keys; -1 for none. Else (n,) float64: x and y of fixations,
    amplitude and peak velocity of saccades; None where they are not known.
    """

    trial: np.ndarray
    onset_ms: np.ndarray
    duration_ms: np.ndarray
    x: np.ndarray | None = None
    y: np.ndarray | None = None
    amplitude_deg: np.ndarray | None = None
    peak_velocity_deg_s: np.ndarray | None = None

    def __len__(self) -> int:
        return int((self.trial > _NO_TRIAL).sum())


def recordings_of(
    keys: Sequence[TrialKey], samples: SampleRows, origin: Origin
) -> tuple[Recording, ...]:
    """Return the samples of each trial in order of time.

    The rate is the nominal one, else that of the usual interval between samples.
    """
    return tuple(
        _recording(keys[trial], trial, rows, samples, origin)
        for trial, rows in slices(samples.trial, samples.t_ms)
    )


def _recording(
    key: TrialKey, trial: int, rows: np.ndarray | slice, samples: SampleRows, origin: Origin
) -> Recording:
    t_ms = samples.t_ms[rows]
    clock_ms = samples.clock_ms
    return Recording(
        *key[:2],
        t_ms,
        samples.x[rows],
        samples.y[rows],
        trial=key[2],
        pupil=None if samples.pupil is None else samples.pupil[rows],
        pupil_unit=samples.pupil_unit,
        rate_hz=rate_of(t_ms) if math.isnan(samples.rate_hz) else samples.rate_hz,
        eye=samples.eye,
        clock_ms=clock_ms if isinstance(clock_ms, float) else float(clock_ms[trial]),
        accuracy_deg=_first(samples.accuracy_deg, rows),
        precision_deg=_first(samples.precision_deg, rows),
        origin=origin,
    )


def rate_of(t_ms: np.ndarray) -> float:
    """Return the samples in a second; NaN for less than two."""
    return 1000.0 / typical_ms(t_ms) if len(t_ms) > 1 and t_ms[-1] > t_ms[0] else math.nan


def typical_ms(t_ms: np.ndarray) -> float:
    """Return the interval between samples without gaps, 0 for less than two.

    It is the mean of those up to 1.5 times the median: stamps are often rounded to 1 ms.
    """
    intervals_ms = t_ms[1:] - t_ms[:-1]
    if len(intervals_ms) and not intervals_ms.min() > 0:
        intervals_ms = intervals_ms[intervals_ms > 0]
    if not len(intervals_ms):
        return 0.0
    middle = len(intervals_ms) // 2
    usual_ms = intervals_ms[intervals_ms <= _GAP * np.partition(intervals_ms, middle)[middle]]
    return float(usual_ms.sum() / len(usual_ms))


def _first(values: np.ndarray | None, rows: np.ndarray | slice) -> float:
    if values is None:
        return math.nan
    known = values[rows][np.isfinite(values[rows])]
    return float(known[0]) if len(known) else math.nan


def scanpaths_of(
    keys: Sequence[TrialKey], fixations: FoundRows, origin: Origin
) -> tuple[Scanpath, ...]:
    """Return the fixations of each trial in order of onset."""
    assert fixations.x is not None and fixations.y is not None
    paths = []
    for trial, rows in slices(fixations.trial, fixations.onset_ms):
        participant, stimulus, number = keys[trial]
        x = fixations.x[rows]
        paths.append(
            Scanpath(
                participant,
                stimulus,
                x,
                fixations.y[rows],
                fixations.onset_ms[rows],
                fixations.duration_ms[rows],
                np.zeros(len(x), np.int8),
                number,
                origin,
            )
        )
    return tuple(paths)


def events_of(
    kind: str, keys: Sequence[TrialKey], found: FoundRows, origin: Origin
) -> tuple[Events, ...]:
    """Return the saccades or blinks of each trial in order of onset."""
    several = []
    for trial, rows in slices(found.trial, found.onset_ms):
        participant, stimulus, number = keys[trial]
        events = Events(
            participant,
            stimulus,
            kind,
            found.onset_ms[rows],
            found.duration_ms[rows],
            number,
            origin=origin,
        )
        if kind != "blink":
            events = replace(
                events,
                amplitude_deg=_or_nan(found.amplitude_deg, rows, len(events)),
                peak_velocity_deg_s=_or_nan(found.peak_velocity_deg_s, rows, len(events)),
            )
        several.append(events)
    return tuple(several)


def _or_nan(values: np.ndarray | None, rows: np.ndarray | slice, size: int) -> np.ndarray:
    return np.full(size, np.nan) if values is None else values[rows]


def oddities(scanpaths: Iterable[Scanpath], fixations: FoundRows) -> Counter[str]:
    """Return counts of what is kept but worth knowing."""
    counts: Counter[str] = Counter()
    for path in scanpaths:
        gaps_ms = path.onset_ms[1:] - (path.onset_ms + path.duration_ms)[:-1]
        overlapping = int((gaps_ms < -_OVERLAP_MS).sum())
        counts["fixations begun before the one before ended"] += overlapping
        counts["fixations begun before the stimulus"] += int((path.onset_ms < 0).sum())
        same = int((np.diff(path.onset_ms) == 0).sum())
        counts["fixations with the same onset as the one before"] += same
    order = np.argsort(fixations.trial, kind="stable")
    trial, onset_ms = fixations.trial[order], fixations.onset_ms[order]
    back = (np.diff(onset_ms) < 0) & (np.diff(trial) == 0) & (trial[1:] > _NO_TRIAL)
    counts["rows earlier than the row before"] += int(back.sum())
    return counts
