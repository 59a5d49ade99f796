"""What a detector finds among the samples: stretches by kind, and a label for every sample."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.gaze.blinks import Blinks
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import NOTHING, Spans, reduced


class Label(IntEnum):
    """What a sample belongs to."""

    UNASSIGNED = 0
    FIXATION = 1
    SACCADE = 2
    BLINK = 3
    LOST = 4


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many samples went where; they add up to all samples.

    saccade : with microsaccades. blink : with the samples left out beside blinks. lost :
    without a position and in no blink. unassigned : the rest, such as candidates that were
    too short.
    """

    fixation: int
    saccade: int
    blink: int
    lost: int
    unassigned: int

    @property
    def total(self) -> int:
        """All samples."""
        return self.fixation + self.saccade + self.blink + self.lost + self.unassigned


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Events as stretches of samples.

    signal : what was searched, without the samples in and beside blinks.
    labels : (n,) int8 of `Label`.
    speed_deg_s : (n,) float64 as the detector smoothed it, None when it needs none.
    dropped : (why, how many candidates) of those that became no event.
    """

    signal: Signal
    labels: Vector
    fixations: Spans = NOTHING
    saccades: Spans = NOTHING
    microsaccades: Spans = NOTHING
    blinks: Spans = NOTHING
    speed_deg_s: Vector | None = None
    dropped: tuple[tuple[str, int], ...] = ()

    @property
    def samples(self) -> SampleCounts:
        """How many samples went where."""
        counts = np.bincount(self.labels, minlength=len(Label)).tolist()
        return SampleCounts(
            fixation=counts[Label.FIXATION],
            saccade=counts[Label.SACCADE],
            blink=counts[Label.BLINK],
            lost=counts[Label.LOST],
            unassigned=counts[Label.UNASSIGNED],
        )


def labelled(blinks: Blinks, fixations: Spans, saccades: Spans) -> Vector:
    """Return the `Label` of every sample, (n,) int8.

    A fixation does not take the lost samples inside it.
    """
    n = len(blinks.beside)
    tracked = blinks.signal.tracked
    labels = np.full(n, Label.UNASSIGNED, np.int8)
    labels[saccades.mask(n)] = Label.SACCADE
    labels[fixations.mask(n)] = Label.FIXATION
    labels[~tracked] = Label.LOST
    labels[blinks.beside] = Label.BLINK
    return labels


def merged(signal: Signal, fixations: Spans, blinks: Spans, within: tuple[float, float]) -> Spans:
    """Join neighbouring fixations that are close in time and place, and no blink between them.

    within : (ms from the end of one to the onset of the next, degrees between their mean
        positions). Each pair is judged by itself, so that a chain of pairs becomes one
        fixation. 0 ms joins nothing.
    """
    return _joined(fixations, _are_close(signal, fixations, blinks, within))


def bridged(
    signal: Signal,
    fixations: Spans,
    blinks: Spans,
    within: tuple[float, float],
    spike_deg: float,
) -> Spans:
    """Join those neighbours of `merged` between which the eye seems to go far and come back.

    spike_deg : at least so far along x or y from the middle between the two.
    """
    join = _are_close(signal, fixations, blinks, within)
    join &= fixations.start[1:] > fixations.stop[:-1]
    pairs = np.flatnonzero(join)
    before, after = fixations.where(pairs), fixations.where(pairs + 1)
    between = Spans(before.stop, after.start)
    away_deg = np.zeros(len(pairs))
    for values in (signal.x_deg, signal.y_deg):
        middle = (mean_over(values, before) + mean_over(values, after)) / 2
        away_deg = np.fmax(away_deg, reduced(np.fmax, values, between) - middle)
        away_deg = np.fmax(away_deg, middle - reduced(np.fmin, values, between))
    join[pairs] = away_deg >= spike_deg
    return _joined(fixations, join)


def _are_close(
    signal: Signal, fixations: Spans, blinks: Spans, within: tuple[float, float]
) -> Vector:
    """Return (n - 1,) bool: whether a fixation and the next are close and no blink between."""
    ms, deg = within
    if ms <= 0 or len(fixations) < 2:
        return np.zeros(max(len(fixations) - 1, 0), bool)
    x_deg, y_deg = mean_over(signal.x_deg, fixations), mean_over(signal.y_deg, fixations)
    apart_deg = np.hypot(np.diff(x_deg), np.diff(y_deg))
    before, after = fixations.stop[:-1], fixations.start[1:]
    apart_ms = signal.t_ms[after] - signal.t_ms[before - 1] - signal.interval_ms
    blinked = np.searchsorted(blinks.start, after) > np.searchsorted(blinks.start, before)
    return (apart_ms <= ms) & (apart_deg <= deg) & ~blinked


def _joined(fixations: Spans, join: Vector) -> Spans:
    """Make one fixation of those between which `join`, (n - 1,) bool, holds."""
    if not join.any():
        return fixations
    return Spans(fixations.start[np.r_[True, ~join]], fixations.stop[np.r_[~join, True]])


def mean_over(values: Vector, spans: Spans) -> Vector:
    """Return the mean of (samples,) values over each stretch, without NaN; (n,)."""
    mean = reduced(np.add, values, spans) / spans.lengths
    for index in np.flatnonzero(np.isnan(mean)):  # few: fixations merged across a gap
        inside = values[spans.start[index] : spans.stop[index]]
        there = inside[~np.isnan(inside)]
        mean[index] = there.mean() if len(there) else np.nan
    return mean
