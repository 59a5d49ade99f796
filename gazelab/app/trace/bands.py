"""Fixations, saccades and blinks as stretches of time behind the trace."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Scanpath, Vector
from gazelab.data.recording import Events

FIXATION, SACCADE, BLINK = "fixation", "saccade", "blink"
KINDS = (FIXATION, SACCADE, BLINK)
"""In the order in which they are painted: a blink lies inside a saccade."""

_OF_EVENTS = {"saccade": SACCADE, "microsaccade": SACCADE, "blink": BLINK}


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Stretches of one kind, by start.

    start_ms, stop_ms : (n,) float64. used : (n,) bool, False for excluded fixations.
    numbers : (n,) int, the number of each fixation in its scanpath, from 1.
    """

    kind: str
    start_ms: Vector
    stop_ms: Vector
    used: Vector
    numbers: Vector

    def __len__(self) -> int:
        return len(self.start_ms)

    def at(self, times_ms: Vector) -> Vector:
        """Return (n,) bool: the times that lie in a stretch."""
        if not len(self):
            return np.zeros(len(times_ms), bool)
        index = np.searchsorted(self.start_ms, times_ms, side="right") - 1
        return (index >= 0) & (times_ms < self.stop_ms[np.maximum(index, 0)])

    def touching(self, start_ms: float, stop_ms: float) -> range:
        """Return the indices of the stretches that touch a span of time."""
        # stretches of one kind do not overlap
        first = int(np.searchsorted(self.stop_ms, start_ms, side="right"))
        return range(first, max(int(np.searchsorted(self.start_ms, stop_ms)), first))


def bands_of(scanpath: Scanpath | None, events: Iterable[Events]) -> tuple[Bands, ...]:
    """Return the stretches of a scanpath and of events, one item for each kind."""
    result = [] if scanpath is None else [_of_scanpath(scanpath)]
    for kind in (SACCADE, BLINK):
        parts = [item for item in events if _OF_EVENTS.get(item.kind) == kind]
        onset = np.concatenate([item.onset_ms for item in parts] or [np.empty(0)])
        duration = np.concatenate([item.duration_ms for item in parts] or [np.empty(0)])
        result.append(_sorted(kind, onset, duration, np.ones(len(onset), bool)))
    return tuple(result)


def _of_scanpath(scanpath: Scanpath) -> Bands:
    return _sorted(FIXATION, scanpath.onset_ms, scanpath.duration_ms, scanpath.used)


def _sorted(kind: str, onset_ms: Vector, duration_ms: Vector, used: Vector) -> Bands:
    there = np.flatnonzero(np.isfinite(onset_ms) & (duration_ms > 0))
    order = there[np.argsort(onset_ms[there], kind="stable")]
    start = np.asarray(onset_ms)[order]
    stop = start + np.asarray(duration_ms)[order]
    return Bands(kind, start, stop, np.asarray(used)[order], order + 1)
