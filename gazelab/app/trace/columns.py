"""From samples to columns of pixels: what is common to all lanes is computed once a frame."""

from dataclasses import dataclass, replace

import numpy as np

from gazelab.app.trace.series import Lane, Series, shown_range, with_breaks
from gazelab.app.trace.span import Span
from gazelab.data.gaze import Vector

_FACTOR = 4  # samples of one level of a pyramid in a block of the next
_LEAST_BLOCKS = 4  # in a column
_FEW = 256  # columns in which heights are measured


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A span of time cut into columns.

    edges_ms : (width + 1,). part : the samples that touch the span.
    starts : (width + 1,) int, the first sample of each column. gaps : (width,) bool, the
        columns in which time is missing.
    """

    series: Series
    edges_ms: Vector
    part: slice
    starts: Vector
    gaps: Vector

    @classmethod
    def of(cls, series: Series, span: Span, width: int) -> "Columns":
        """Cut a span into `width` columns."""
        edges_ms = np.linspace(span.start_ms, span.stop_ms, width + 1)
        starts = np.searchsorted(series.t_ms, edges_ms)
        part = slice(max(int(starts[0]) - 1, 0), int(starts[-1]) + 1)
        return cls(series, edges_ms, part, starts, _gaps(series, edges_ms, part))

    def extremes(self, lane: Lane) -> tuple[Vector, Vector]:
        """Return the lowest and highest value of a lane in each column, (width,) each.

        A line from sample to sample touches exactly these values; NaN where there is none, as
        in gaps. Columns beside each other overlap where the line goes on.
        """
        if self.part.stop - self.part.start > 2 * len(self.gaps):
            return self._of_many(lane)
        return self._of_few(lane)

    def _of_many(self, lane: Lane) -> tuple[Vector, Vector]:
        """Reduce blocks of samples; columns begin at the nearest whole block, so none is lost."""
        width = len(self.gaps)
        level, size = 0, 1
        in_column = (self.part.stop - self.part.start) / width
        while in_column >= _LEAST_BLOCKS * size * _FACTOR and level + 1 < len(lane.pyramid.levels):
            level, size = level + 1, size * _FACTOR
        blocks = lane.pyramid.levels[level]
        starts = (self.starts + size // 2) // size
        some = np.flatnonzero(starts[1:] > starts[:-1])
        low, high, gaps = np.full(width, np.nan), np.full(width, np.nan), self.gaps.copy()
        if not len(some):
            return low, high
        # columns without a block are between none: what follows one begins where it ends
        at, end = starts[some], int(starts[some[-1] + 1])
        low[some] = np.fmin.reduceat(blocks.low[:end], at)
        high[some] = np.fmax.reduceat(blocks.high[:end], at)
        lost = np.flatnonzero(blocks.lost[at[0] : end]) + at[0]
        gaps[some[np.searchsorted(at, lost, side="right") - 1]] = True
        return joined(low, high, gaps)

    def _of_few(self, lane: Lane) -> tuple[Vector, Vector]:
        """Follow the line from sample to sample."""
        width = len(self.gaps)
        t_ms, values = with_breaks(self.series, lane, self.part)
        if not len(t_ms):
            return np.full(width, np.nan), np.full(width, np.nan)
        at_edges = np.interp(self.edges_ms, t_ms, values, left=np.nan, right=np.nan)
        low, high = np.fmin(at_edges[:-1], at_edges[1:]), np.fmax(at_edges[:-1], at_edges[1:])
        column = np.searchsorted(self.edges_ms, t_ms, side="right") - 1
        keep = (column >= 0) & (column < width) & np.isfinite(values)
        np.fmin.at(low, column[keep], values[keep])
        np.fmax.at(high, column[keep], values[keep])
        return low, high


def fitted(series: Series, span: Span) -> Series:
    """Return a series whose lanes are as high as what a span of them holds."""
    cut = Columns.of(series, span, _FEW)
    return replace(series, lanes=tuple(_fitted(lane, cut) for lane in series.lanes))


def _fitted(lane: Lane, cut: Columns) -> Lane:
    low, high = shown_range(np.concatenate(cut.extremes(lane)), spread=(0, 100))
    return replace(lane, low=0.0 if lane.name == "velocity" else low, high=high)


def joined(low: Vector, high: Vector, gaps: Vector) -> tuple[Vector, Vector]:
    """Stretch columns until they meet the column before, except beside `gaps`, (width,) bool."""
    whole = ~(gaps[1:] | gaps[:-1])
    with np.errstate(invalid="ignore"):
        up = np.flatnonzero(whole & (low[1:] > high[:-1])) + 1
        down = np.flatnonzero(whole & (high[1:] < low[:-1])) + 1
    stretched = low.copy(), high.copy()
    stretched[0][up] = high[up - 1]
    stretched[1][down] = low[down - 1]
    return stretched


def _gaps(series: Series, edges_ms: Vector, part: slice) -> Vector:
    """Return the columns that touch a stretch of time without samples, (width,) bool."""
    width = len(edges_ms) - 1
    inside = (series.breaks > part.start) & (series.breaks < part.stop)
    breaks = series.breaks[inside]
    if not len(breaks):
        return np.zeros(width, bool)
    first = np.searchsorted(edges_ms, series.t_ms[breaks - 1], side="right") - 1
    last = np.searchsorted(edges_ms, series.t_ms[breaks], side="right")
    change = np.zeros(width + 1, np.int32)
    np.add.at(change, np.clip(first, 0, width), 1)
    np.add.at(change, np.clip(last, 0, width), -1)
    return np.cumsum(change[:-1]) > 0
