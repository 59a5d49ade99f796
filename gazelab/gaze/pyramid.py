"""A long signal at every zoom: the lowest and highest value in each column of pixels.

Levels of blocks of 4, 16, 64, ... samples are made once; a column is put together from few of
them, exactly as if all its samples had been looked at.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.errors import SettingsError
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import Spans, reduced

_FACTOR = 4
_ENOUGH = 128  # blocks in a column: fewer need no coarser level


class Columns(NamedTuple):
    """What to draw in each column of pixels, (width,) each.

    low, high : float64, NaN where a column holds no sample with a value.
    gap : bool, whether a sample in the column is lost, or the column touches a stretch of time
        without samples.
    """

    low: Vector
    high: Vector
    gap: Vector


class _Level(NamedTuple):
    """(blocks,) each: NaN where all is lost, and whether anything is."""

    low: Vector
    high: Vector
    lost: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """A signal and its coarser levels; `build` makes it.

    t_ms : (n,) ascending. levels : the samples first, then blocks of 4, 16, ...
    breaks : indices of samples before which time is missing.
    """

    t_ms: Vector
    levels: tuple[_Level, ...]
    breaks: Vector

    @classmethod
    def build(cls, t_ms: Vector, values: Vector) -> "Pyramid":
        """Make the pyramid of values, (n,) float64 with NaN = lost, at ascending t_ms, (n,)."""
        levels = [_Level(values, values, np.isnan(values))]
        while len(levels[-1].low) > _FACTOR:
            levels.append(_coarser(levels[-1]))
        return cls(t_ms, tuple(levels), Signal(t_ms, values, values).breaks)

    def columns(self, t0_ms: float, t1_ms: float, width_px: int) -> Columns:
        """Return the extremes in each of width_px equal parts of [t0_ms, t1_ms).

        A part holds the samples from its start on and before the start of the next.
        """
        if not (t1_ms > t0_ms and width_px >= 1):
            raise SettingsError("A view of a signal must be wider than nothing.")
        edges_ms = t0_ms + (t1_ms - t0_ms) * (np.arange(width_px + 1) / width_px)
        edges = np.searchsorted(self.t_ms, edges_ms, "left")
        result = self._extremes(edges[:-1], edges[1:])
        for index in self._breaks_between(t0_ms, t1_ms):
            ends_ms = self.t_ms[index - 1], self.t_ms[index]
            first = int(np.searchsorted(edges_ms, ends_ms[0], "right")) - 1
            last = int(np.searchsorted(edges_ms, ends_ms[1], "right")) - 1
            result.gap[max(first, 0) : last + 1] = True
        return result

    def _breaks_between(self, t0_ms: float, t1_ms: float) -> list[int]:
        """Return the breaks that begin before t1_ms and end at t0_ms or later."""
        begin_ms, end_ms = self.t_ms[self.breaks - 1], self.t_ms[self.breaks]
        return self.breaks[(begin_ms < t1_ms) & (end_ms >= t0_ms)].tolist()

    def _extremes(self, start: Vector, stop: Vector) -> Columns:
        """Return the extremes of samples start ... stop - 1, (columns,) int each."""
        low = np.full(len(start), np.nan)
        found = Columns(low, low.copy(), np.zeros(len(start), bool))
        columns = np.flatnonzero(stop > start)
        start, stop = start[columns], stop[columns]
        for level in self.levels:
            if not len(columns):
                break
            if level is self.levels[-1] or int((stop - start).max()) <= _ENOUGH:
                _take(level, columns, Spans(start, stop), found)
                break
            _take_ends(level, columns, Spans(start, stop), found)
            start, stop = -(-start // _FACTOR), stop // _FACTOR
            left = np.flatnonzero(stop > start)
            columns, start, stop = columns[left], start[left], stop[left]
        return found


def _take(level: _Level, columns: Vector, spans: Spans, found: Columns) -> None:
    """Add all blocks of each of some columns."""
    found.low[columns] = np.fmin(found.low[columns], reduced(np.fmin, level.low, spans))
    found.high[columns] = np.fmax(found.high[columns], reduced(np.fmax, level.high, spans))
    found.gap[columns] |= reduced(np.logical_or, level.lost, spans)


def _take_ends(level: _Level, columns: Vector, spans: Spans, found: Columns) -> None:
    """Add the first and the last three blocks: those in between fill blocks of the next level.

    Where there are fewer, some are added twice, which changes no extreme.
    """
    at = np.arange(_FACTOR - 1)[:, None]
    blocks = np.concatenate(
        [np.minimum(spans.start + at, spans.stop - 1), np.maximum(spans.stop - 1 - at, spans.start)]
    )
    low, high = np.fmin.reduce(level.low[blocks]), np.fmax.reduce(level.high[blocks])
    found.low[columns] = np.fmin(found.low[columns], low)
    found.high[columns] = np.fmax(found.high[columns], high)
    found.gap[columns] |= level.lost[blocks].any(axis=0)


def _coarser(level: _Level) -> _Level:
    """Join each four blocks; the last ones may be fewer."""
    parts = []
    for values, join in ((level.low, np.fmin), (level.high, np.fmax), (level.lost, np.logical_or)):
        whole = len(values) // _FACTOR * _FACTOR
        first, second, third, fourth = (values[at:whole:_FACTOR] for at in range(_FACTOR))
        joined = join(join(first, second), join(third, fourth))
        if whole < len(values):
            joined = np.append(joined, join.reduce(values[whole:]))
        parts.append(joined)
    return _Level(*parts)
