"""Shading and curves of the trace, written into a picture as rows and columns of pixels.

A frame costs the same however many samples and events it shows.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from gazelab.app.trace.bands import BLINK, KINDS, SACCADE, Bands
from gazelab.app.trace.columns import Columns
from gazelab.app.trace.layout import Layout
from gazelab.app.trace.look import Look
from gazelab.app.trace.series import Lane, Series
from gazelab.data.gaze import Vector

_HATCH_PX = 6
_ROOM_FOR_EDGES_PX = 4
_SMALL = 255  # rows of a lane for which one byte is enough


class Pixels:
    """A picture of one byte a pixel; the byte is the place of a colour in `Look.table`.

    dpr : device pixels in one screen pixel.
    """

    def __init__(self, layout: Layout, look: Look, dpr: float) -> None:
        width, height = (max(round(side * dpr), 1) for side in layout.size)
        self._layout = layout
        self._dpr = dpr
        self._table = look.table
        self._code = {name: code for code, name in enumerate(self._table)}
        self._pixels = np.zeros((height, (width + 3) // 4 * 4), np.uint8)
        self._size = width, height
        left, right = (round(side * dpr) for side in (layout.plot.left(), layout.plot.right()))
        self._columns = slice(left, min(right, width))
        self._width = max(self._columns.stop - left, 1)

    def image(self) -> QImage:
        """Return the picture, ready to be painted on."""
        pixels = self._pixels
        image = QImage(pixels.data, *self._size, pixels.shape[1], QImage.Format.Format_Indexed8)
        image.setColorTable([colour.rgb() for colour in self._table.values()])
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._dpr)
        return image

    def shade(self, bands: Iterable[Bands]) -> None:
        """Fill strip and lanes with what happened at the middle of each column."""
        span, width = self._layout.span, self._width
        times_ms = span.start_ms + (np.arange(width) + 0.5) * (span.length_ms / width)
        at = {kind: np.zeros(width, bool) for kind in KINDS}
        row = np.full(width, self._code["lane"], np.uint8)
        strip = row.copy()
        for item in bands:
            at[item.kind] |= item.at(times_ms)
        for kind in KINDS:
            row[at[kind]] = strip[at[kind]] = self._code[f"tint {kind}"]
        for item in bands:
            strip[self._edges(item)] = self._code["edge"]
        self._pixels[self._rows(self._layout.strip), self._columns] = strip
        rows = self._hatched(row, at)
        for box in map(self._rows, self._layout.lanes):
            for phase, filled in enumerate(rows):
                self._pixels[box.start + phase : box.stop : len(rows), self._columns] = filled

    def grid(self, places_px: Iterable[float]) -> None:
        """Draw a line from the first lane to the last at each place, in screen pixels."""
        for x_px in places_px:
            column = min(round(x_px * self._dpr), self._columns.stop - 1)
            for box in map(self._rows, self._layout.lanes):
                self._pixels[box, column] = self._code["grid"]

    def curves(self, series: Series) -> None:
        """Draw each lane from the lowest to the highest value of each column."""
        cut = Columns.of(series, self._layout.span, self._width)
        for lane, box in zip(series.lanes, self._layout.lanes, strict=True):
            self._curve(lane, self._rows(box), cut.extremes(lane))

    def _curve(self, lane: Lane, rows: slice, extremes: tuple[Vector, Vector]) -> None:
        height = rows.stop - rows.start
        low, high = reversed(extremes) if lane.downwards else extremes
        thick = max(round(1.2 * self._dpr), 1) - 1
        top, bottom = _row_of(high, lane, height), _row_of(low, lane, height) + thick
        top[np.isnan(high)] = height  # no row is below it
        # bytes, and in place: several times as fast as wider numbers or `where`
        kind = np.uint8 if height <= _SMALL else np.uint16
        row = np.arange(height, dtype=kind)[:, None]
        mask = row >= top.astype(kind)
        mask &= row <= np.minimum(bottom, height).astype(kind)
        drawn = mask.view(np.uint8)
        drawn *= np.uint8(self._code[f"curve {lane.name}"])
        part = self._pixels[rows, self._columns]
        np.maximum(part, drawn, out=part)

    def _rows(self, box: QRectF) -> slice:
        return slice(round(box.top() * self._dpr), round(box.bottom() * self._dpr))

    def _edges(self, bands: Bands) -> Vector:
        """Return the columns where stretches begin and end, if there is room between."""
        span = self._layout.span
        shown = bands.touching(span.start_ms, span.stop_ms)
        if len(shown) * _ROOM_FOR_EDGES_PX * self._dpr > self._width:
            return np.empty(0, np.intp)
        part = slice(shown.start, shown.stop)
        ends_ms = np.concatenate((bands.start_ms[part], bands.stop_ms[part]))
        column = np.floor((ends_ms - span.start_ms) * (self._width / span.length_ms)).astype(int)
        return column[(column >= 0) & (column < self._width)]

    def _hatched(self, row: Vector, at: dict[str, Vector]) -> Vector:
        """Return the rows that, in turn, give slanted lines in saccades and in blinks."""
        rows = row
        for kind, way, free in (
            (SACCADE, 1, at[SACCADE] & ~at[BLINK]),
            (BLINK, -1, at[BLINK]),
        ):
            hit = _hatch(self._width, self._dpr, way) & free
            rows = np.where(hit, np.uint8(self._code[f"hatch {kind}"]), rows)
        return rows


@lru_cache(maxsize=8)
def _hatch(width: int, dpr: float, way: int) -> Vector:
    """Return (rows, width) bool: lines that go up (1) or down (-1), to be repeated downwards."""
    every = round(_HATCH_PX * dpr)
    row = np.arange(every)[:, None]
    return (np.arange(width) + way * row) % every < dpr


def _row_of(values: Vector, lane: Lane, height: int) -> Vector:
    """Return the row of pixels of each value, (n,) int; those beyond are at the edge."""
    share = (values - lane.low) * ((height - 1) / (lane.high - lane.low))
    rows = share if lane.downwards else (height - 1) - share
    # unlike `clip`, these put a number in place of NaN
    return (np.fmax(np.fmin(rows, height - 1), 0) + 0.5).astype(np.int32)
