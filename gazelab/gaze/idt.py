"""Fixations by a threshold on dispersion (I-DT).

Salvucci and Goldberg (2000), ETRA 2000, 71-78: the first window that is long enough and not too
wide grows until the next sample would make it too wide; the search goes on with that sample.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.gaze.blinks import find_blinks
from gazelab.gaze.found import Found, labelled, merged
from gazelab.gaze.settings import DetectorSettings, parameter
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import NOTHING, Spans, reduced, runs
from gazelab.gaze.velocity import speed

_SALVUCCI = "Salvucci and Goldberg (2000), ETRA 2000, 71-78"
_BLOCK = 8192  # windows at a time: the block stays in the processor's cache
_STRIDE = 512  # samples in the first step of growing


@dataclass(frozen=True)
class IdtSettings(DetectorSettings):
    """Parameters of I-DT."""

    dispersion_deg: float = parameter(1.0, "Largest dispersion", "deg", (0.1, 5, 0.05), _SALVUCCI)
    min_fixation_ms: float = parameter(100.0, "Shortest fixation", "ms", (20, 300, 5), _SALVUCCI)
    merge_ms: float = parameter(
        0.0, "Merge fixations closer than (time)", "ms", (0, 150, 5),
        "0 = off, so that no fixation is wider than the largest dispersion", zero=True,
    )  # fmt: skip
    merge_deg: float = parameter(
        0.5, "Merge fixations closer than (distance)", "deg", (0, 2, 0.05),
        "Olsen (2012), The Tobii I-VT Fixation Filter", zero=True,
    )  # fmt: skip
    min_saccade_ms: float = parameter(
        10.0, "Shortest saccade", "ms", (0, 50, 1),
        "Nyström and Holmqvist (2010), Behavior Research Methods 42, 188-204", zero=True,
    )  # fmt: skip
    max_saccade_ms: float = parameter(
        150.0, "Longest saccade", "ms", (50, 500, 10),
        "Bahill, Clark and Stark (1975), Mathematical Biosciences 24, 191-204: no saccade on a "
        "screen lasts longer",
    )  # fmt: skip


def find_by_dispersion(signal: Signal, settings: IdtSettings) -> Found:
    """Find fixations, saccades and blinks among (n,) samples.

    The dispersion is the extent along x plus the extent along y. A lost sample and a break in
    time end a fixation. What lies between two fixations is a saccade, unless a sample in it is
    lost, time is missing, or it is too short or too long; what is no saccade stays unassigned.
    A fixation ends where its dispersion is reached, so onset, duration and amplitude of these
    saccades are less exact than those of I-VT.
    """
    blinks = find_blinks(signal, settings)
    usable = blinks.signal
    found = compact_windows(usable, settings.dispersion_deg, settings.min_fixation_ms)
    fixations = merged(usable, found, blinks.spans, (settings.merge_ms, settings.merge_deg))
    moves = _between(usable, fixations)
    short = ~usable.at_least(moves, settings.min_saccade_ms)
    long = usable.lasting_ms(moves) > settings.max_saccade_ms
    saccades = moves.where(~short & ~long)
    return Found(
        usable,
        labelled(blinks, fixations, saccades),
        fixations,
        saccades,
        blinks=blinks.spans,
        speed_deg_s=speed(usable),
        dropped=(
            ("fixation candidates merged into another", len(found) - len(fixations)),
            ("saccade candidates too short", int(short.sum())),
            ("saccade candidates too long", int(long.sum())),
        ),
    )


def _between(signal: Signal, fixations: Spans) -> Spans:
    """Return what lies between neighbouring fixations, where all of it was tracked."""
    gaps = Spans(fixations.stop[:-1], fixations.start[1:])
    gaps = gaps.where(gaps.lengths > 0)
    lost = reduced(np.logical_or, ~signal.tracked, gaps).astype(bool)
    breaks = np.searchsorted(signal.breaks, gaps.stop, "right")
    broken = breaks > np.searchsorted(signal.breaks, gaps.start)
    return gaps.where(~lost & ~broken)


def compact_windows(signal: Signal, dispersion_deg: float, minimum_ms: float) -> Spans:
    """Return the greedy windows of I-DT, each as long as it can be without being too wide."""
    if not len(signal) or not signal.interval_ms > 0:
        return NOTHING
    sides = np.stack([signal.x_deg, -signal.x_deg, signal.y_deg, -signal.y_deg])
    compact = runs(_compact(sides, _stops(signal, minimum_ms), dispersion_deg), signal.breaks)
    return _greedy(sides, compact, [*signal.breaks.tolist(), len(signal)], dispersion_deg)


class _Stops(NamedTuple):
    """Where the shortest window from each sample stops: a fixed length, or one for each."""

    length: int
    lengths: Vector | None
    forbidden: Vector  # (n,) bool: it would go over a break or the end


def _stops(signal: Signal, minimum_ms: float) -> _Stops:
    """Return the shortest windows that last minimum_ms, to a thousandth of a sample."""
    n, interval_ms = len(signal), signal.interval_ms
    length = max(1, int(np.ceil(minimum_ms / interval_ms - 1e-3)))
    lengths = None
    if not signal.is_regular:
        last_ms = signal.t_ms + (minimum_ms - 1.001 * interval_ms)
        first = np.arange(n)
        # stamps are ascending but at breaks, over which no window goes anyway
        lengths = np.maximum(np.searchsorted(signal.t_ms, last_ms, "left") + 1 - first, 1)
    longest = length if lengths is None else lengths
    edges = np.append(signal.breaks, n)
    limit = edges[np.searchsorted(signal.breaks, np.arange(n), "right")] if len(edges) > 1 else n
    return _Stops(length, lengths, np.arange(n) + longest > limit)


def _compact(sides: Vector, stops: _Stops, dispersion_deg: float) -> Vector:
    """(n,) bool: whether the shortest window from a sample is not too wide."""
    n = sides.shape[1]
    result = np.zeros(n, bool)
    for begin in range(0, n, _BLOCK):
        end = min(begin + _BLOCK, n)
        fits = ~stops.forbidden[begin:end]
        if not fits.any():
            continue
        if stops.lengths is None:
            reach = np.full(end - begin, stops.length)
        else:
            reach = np.where(fits, stops.lengths[begin:end], 1)
        part = sides[:, begin : min(end + int(reach.max()) - 1, n)]
        wide = _width(_rolling(part, reach, uniform=stops.lengths is None))
        result[begin : begin + len(wide)] = (wide <= dispersion_deg) & fits[: len(wide)]
    return result


def _rolling(part: Vector, reach: Vector, uniform: bool) -> Vector:
    """(4, windows): the largest value in the window of `reach` samples from each one on.

    Windows of 1, 2, 4, 8, ... samples are made one from another; any other is two of them.
    """
    windows = len(reach)
    if uniform:
        length, size = int(reach[0]), 1
        while 2 * size <= length:
            part = np.maximum(part[:, : part.shape[1] - size], part[:, size:])
            size *= 2
        rest = length - size
        return np.maximum(part[:, : part.shape[1] - rest], part[:, rest:])[:, :windows]
    result = np.empty((len(part), windows))
    size, at = 1, np.arange(windows)
    while True:
        now = at[(reach >= size) & (reach < 2 * size)]
        result[:, now] = np.maximum(part[:, now], part[:, now + reach[now] - size])
        if 2 * size > reach.max():
            return result
        part = np.maximum(part[:, : part.shape[1] - size], part[:, size:])
        size *= 2


def _width(largest: Vector) -> Vector:
    """Return the dispersion from the largest of x, -x, y and -y."""
    return (largest[0] + largest[1]) + (largest[2] + largest[3])


def _greedy(sides: Vector, compact: Spans, limits: list[int], dispersion_deg: float) -> Spans:
    """Take windows from the left, each as long as it can be."""
    starts, stops = compact.start.tolist(), compact.stop.tolist()
    first: list[int] = []
    last: list[int] = []
    at = 0
    while True:
        run = bisect_right(stops, at)
        if run == len(starts):
            return Spans(np.array(first, np.intp), np.array(last, np.intp))
        begin = max(at, starts[run])
        at = _grown(sides, begin, limits[bisect_right(limits, begin)], dispersion_deg)
        first.append(begin)
        last.append(at)


def _grown(sides: Vector, begin: int, limit: int, dispersion_deg: float) -> int:
    """Return the stop of the longest window from `begin` on that is not too wide."""
    at, size = begin, _STRIDE
    part = sides[:, at : min(at + size, limit)]
    while True:
        extremes = np.maximum.accumulate(part, axis=1)
        kept = int(np.searchsorted(_width(extremes), dispersion_deg, "right"))  # NaN sorts last
        if kept < part.shape[1]:
            return at + kept
        at += kept
        if at == limit:
            return limit
        # the sample before carries the extremes so far
        size *= 2
        at -= 1
        part = sides[:, at : min(at + size, limit)].copy()
        part[:, 0] = extremes[:, -1]
