"""Gaze samples as a picture that grows with the replay: thin lines, written pixel by pixel."""

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.samples import SampleLayer
from gazelab.data.gaze import Vector

MOST_SAMPLES = 100_000
"""Of a longer recording only so many before the playhead are drawn."""

_LONGEST_STEP = 4096  # pixels in one line; longer ones leave the picture anyway
_UPCOMING = "#8d96a0"


class SampleRaster:
    """Draws what is upcoming once, and what is past bit by bit.

    dpr : device pixels in one screen pixel.
    """

    def __init__(self, dpr: float) -> None:
        self._dpr = dpr
        self._of: object = None
        self._source: Vector | None = None
        self._first = self._done = 0
        self._x = self._y = np.empty(0)
        self._upcoming = self._past = QImage()

    def paint(
        self, painter: QPainter, layer: SampleLayer, view: View, size: tuple[int, int]
    ) -> None:
        """Paint samples. size : (width, height) of the picture in device pixels."""
        total = len(layer.x_px)
        past = total if layer.past is None else layer.past
        first = max(past - MOST_SAMPLES, 0) if total > MOST_SAMPLES else 0
        of = (layer.colour, layer.upcoming, view, size)
        same = of == self._of and layer.x_px is self._source
        if not same or past < self._done or first > self._first + MOST_SAMPLES:
            self._start(layer, view, size, first)
            self._of, self._source = of, layer.x_px
        if past > self._done:
            part = slice(max(self._done - 1, self._first), past)
            x, y = self._x[part], self._y[part]
            _draw(self._past, x, y, QColor(layer.colour), round(max(self._dpr, 1)))
            self._done = past
        if layer.upcoming and total <= MOST_SAMPLES:
            painter.drawImage(0, 0, self._upcoming)
        painter.drawImage(0, 0, self._past)

    def _start(self, layer: SampleLayer, view: View, size: tuple[int, int], first: int) -> None:
        scale, dpr = view.scale * self._dpr, self._dpr
        self._x = layer.x_px * scale + view.x_px * dpr
        self._y = layer.y_px * scale + view.y_px * dpr
        self._first = self._done = first
        self._past = _blank(size)
        if layer.upcoming and len(layer.x_px) <= MOST_SAMPLES:
            self._upcoming = _blank(size)
            _draw(self._upcoming, self._x, self._y, QColor(_UPCOMING), 1)


def _blank(size: tuple[int, int]) -> QImage:
    image = QImage(max(size[0], 1), max(size[1], 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


def _draw(image: QImage, x: Vector, y: Vector, colour: QColor, thick: int) -> None:
    """Draw a line from each sample to the next and a dot on each, with a dark edge."""
    column, row = pixels_between(x, y, image.width(), image.height())
    canvas = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.width())
    inner = colour.rgb()
    reach = range(-1, thick + 1)
    for dx in reach:
        for dy in reach:
            c = np.clip(column + dx, 0, image.width() - 1)
            r = np.clip(row + dy, 0, image.height() - 1)
            free = canvas[r, c] != inner
            canvas[r[free], c[free]] = marks.DARK.rgb()
    for dx in range(thick):
        for dy in range(thick):
            c = np.minimum(column + dx, image.width() - 1)
            canvas[np.minimum(row + dy, image.height() - 1), c] = inner


def pixels_between(x: Vector, y: Vector, width: int, height: int) -> tuple[Vector, Vector]:
    """Return (columns, rows) of the pixels on the lines from each sample to the next.

    Nothing is drawn to or from a lost sample, and nothing outside of width x height.
    """
    there = np.isfinite(x) & np.isfinite(y)
    start = np.flatnonzero(there[:-1] & there[1:])
    x0, y0, x1, y1 = x[start], y[start], x[start + 1], y[start + 1]
    seen = (np.maximum(x0, x1) >= 0) & (np.minimum(x0, x1) < width)
    seen &= (np.maximum(y0, y1) >= 0) & (np.minimum(y0, y1) < height)
    x0, y0, dx, dy = (v[seen] for v in (x0, y0, x1 - x0, y1 - y0))
    steps = np.clip(np.ceil(np.maximum(np.abs(dx), np.abs(dy))), 1, _LONGEST_STEP).astype(np.intp)
    line = np.repeat(np.arange(len(steps)), steps)
    number = np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)
    share = number / steps[line]
    across = np.concatenate((x0[line] + share * dx[line], x[there]))
    down = np.concatenate((y0[line] + share * dy[line], y[there]))
    keep = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    return across[keep].astype(np.intp), down[keep].astype(np.intp)
