"""Paints scanpaths: lines for saccades, numbered circles for fixations.

`paint_scanpaths` draws everything as vectors, for SVG. `ScanpathRaster` gives the same
picture for the screen: it is kept in layers that grow and shrink by one mark with each
step, and circles are copies of sprites, so a step costs a few copies.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPoint, QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.placing import Placed, State, drawn, place
from gazelab.app.canvas.scene import ScanpathLayer
from gazelab.app.canvas.stack import Line, Mark, Stack, Stamp, blank, flat_pen
from gazelab.data.gaze import Exclusion

Layers = tuple[ScanpathLayer, ...]

_DASH_PX = 6.0
_MOST_DASHES = 1500
_FADED = 0.75
_SMALL_PX = 10
_CROSS_PX = 8.0
_MOST_LABELS = 3
"""With more scanpaths stepping at once, the labels would cover the picture."""


def paint_scanpaths(painter: QPainter, layers: Layers, view: View) -> None:
    """Paint scanpaths as vectors: lines below circles, what is past over what is upcoming."""
    everything = [place(layer, view) for layer in layers]
    painter.save()
    painter.setOpacity(_FADED)
    for placed in everything:
        paint_upcoming_lines(painter, placed, 1.0)
    painter.restore()
    _paint_fixations(painter, everything, State.UPCOMING)
    for placed in everything:
        for k in placed.saccades(State.PAST).tolist():
            _line(placed, k).paint(painter, 1.0)
    _paint_fixations(painter, everything, State.PAST)


def paint_current(painter: QPainter, layers: Layers, view: View, width_px: float) -> None:
    """Paint the current fixation of each scanpath, its ring and its label.

    width_px : of the viewport, inside which the labels stay.
    """
    everything = [place(layer, view) for layer in layers]
    labelled = sum(placed.layer.current is not None for placed in everything) <= _MOST_LABELS
    for placed in everything:
        for index in np.flatnonzero(placed.state == State.CURRENT).tolist():
            middle = QPointF(placed.x_px[index], placed.y_px[index])
            radius, colour = _radius(placed, index), placed.layer.colour
            excluded = bool(placed.excluded[index])
            _paint_mark(painter, middle, radius, colour, State.CURRENT, excluded)
            marks.paint_ring(painter, middle, _CROSS_PX if excluded else radius, colour)
            if labelled:
                _paint_label(painter, placed, index, width_px)


def paint_upcoming_lines(painter: QPainter, placed: Placed, unit: float) -> None:
    """Paint the lines between fixations to come: dark, with dashes in colour.

    unit : device pixels in one screen pixel, where `placed` is in device pixels.
    """
    ks = placed.saccades(State.UPCOMING)
    if len(ks) == 0:
        return
    start = np.column_stack((placed.x_px[ks], placed.y_px[ks]))
    stop = np.column_stack((placed.x_px[ks + 1], placed.y_px[ks + 1]))
    colour = placed.layer.colour
    painter.setPen(flat_pen(marks.DARK, 2.5 * unit))
    painter.drawLines(_qlines(start, stop))
    light = QColor(colour) if marks.ink(colour) is marks.DARK else marks.LIGHT
    painter.setPen(flat_pen(light, 1.5 * unit))
    painter.drawLines(_qlines(*_dashes(start, stop, _DASH_PX * unit)))


class ScanpathRaster:
    """Scanpaths as pictures in device pixels, redrawn as little as a step needs.

    What is upcoming is painted once for all fixations; what is past is painted over it.

    dpr : device pixels in one screen pixel.
    """

    def __init__(self, dpr: float) -> None:
        self._dpr = dpr
        self._sprites = marks.Sprites(dpr)
        self._lines = Stack(dpr)
        self._fixations = Stack(dpr)
        self._upcoming = QImage()
        self._upcoming_of: object = None
        self._pieces: list[_Pieces] = []
        self._of: object = None

    def paint(self, painter: QPainter, layers: Layers, view: View, size: tuple[int, int]) -> None:
        """Paint scanpaths, without the current fixations.

        view : in screen pixels. size : (width, height) of the picture in device pixels,
        whose painter is not scaled.
        """
        everything = [place(layer, view).scaled(self._dpr) for layer in layers]
        of = (tuple(_look(placed) for placed in everything), view, size)
        if of != self._of:
            self._pieces = [_Pieces(self._sprites, placed, size) for placed in everything]
            self._of = of
        together = list(zip(everything, self._pieces, strict=True))
        self._paint_upcoming(painter, together, size)
        lines: list[Mark] = []
        past: list[Mark] = []
        for placed, pieces in together:
            lines += [pieces.line(k) for k in placed.saccades(State.PAST).tolist()]
            past += [pieces.stamp(State.PAST, k) for k in pieces.seen(placed, State.PAST)]
        for stack, shown in ((self._lines, lines), (self._fixations, past)):
            if shown:
                painter.drawImage(0, 0, stack.show(shown, size, of))

    def _paint_upcoming(
        self, painter: QPainter, together: list[tuple[Placed, "_Pieces"]], size: tuple[int, int]
    ) -> None:
        ahead = [
            (placed, pieces)
            for placed, pieces in together
            if placed.layer.current is not None and placed.layer.trail == "all"
        ]
        if not any((placed.state == State.UPCOMING).any() for placed, _ in ahead):
            return
        shown = [drawn(len(placed.state), placed.layer.current or 0) for placed, _ in ahead]
        wanted = (self._of, shown, [pieces for _, pieces in ahead])
        if wanted != self._upcoming_of:
            self._upcoming_of = wanted
            self._upcoming = self._painted_upcoming(ahead, size)
        painter.drawImage(0, 0, self._upcoming)

    def _painted_upcoming(
        self, ahead: list[tuple[Placed, "_Pieces"]], size: tuple[int, int]
    ) -> QImage:
        """Return all fixations as upcoming, also the past: so it stays while stepping."""
        lines, image = blank(size), blank(size)
        painter = QPainter(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = [
            replace(p, state=np.where(p.state == State.HIDDEN, State.HIDDEN, State.UPCOMING))
            for p, _ in ahead
        ]
        for placed in shown:
            paint_upcoming_lines(painter, placed, self._dpr)
        painter.end()
        painter = QPainter(image)
        painter.setOpacity(_FADED)
        painter.drawImage(0, 0, lines)
        painter.setOpacity(1.0)
        for placed, (_, pieces) in zip(shown, ahead, strict=True):
            for index in pieces.seen(placed, State.UPCOMING):
                pieces.stamp(State.UPCOMING, index).paint(painter, self._dpr)
        painter.end()
        return image


class _Pieces:
    """The lines and stamps of one layer, made when they are first needed."""

    def __init__(self, sprites: marks.Sprites, placed: Placed, size: tuple[int, int]) -> None:
        self._sprites = sprites
        self._placed = placed
        self._lines: dict[int, Line] = {}
        self._stamps: dict[tuple[State, int], Stamp] = {}
        reach = (placed.radius_px + 40) * sprites.dpr
        with np.errstate(invalid="ignore"):
            self._visible = (np.abs(placed.x_px - size[0] / 2) < size[0] / 2 + reach) & (
                np.abs(placed.y_px - size[1] / 2) < size[1] / 2 + reach
            )

    def seen(self, placed: Placed, state: State) -> list[int]:
        """Return which fixations are in a state and inside the picture."""
        return np.flatnonzero((placed.state == state) & self._visible).tolist()

    def line(self, index: int) -> Line:
        """Return the line from a fixation to the next."""
        found = self._lines.get(index)
        if found is None:
            found = self._lines[index] = _line(self._placed, index)
        return found

    def stamp(self, state: State, index: int) -> Stamp:
        """Return the stamp of a fixation."""
        found = self._stamps.get((state, index))
        if found is None:
            found = self._stamps[state, index] = self._make(state, index)
        return found

    def _make(self, state: State, index: int) -> Stamp:
        placed, dpr = self._placed, self._sprites.dpr
        x, y = float(placed.x_px[index]), float(placed.y_px[index])
        radius = round(_radius(placed, index) * 8) / 8  # so that few sprites serve many
        side = 2 * radius + 4
        colour, excluded = placed.layer.colour, bool(placed.excluded[index])
        mark = self._sprites.get(
            (state, excluded, radius, colour),
            (side, side),
            lambda painter: _paint_mark(painter, QPointF(), radius, colour, state, excluded),
        )
        if not placed.layer.show_numbers:
            return Stamp(((_corner(x, y, mark), mark),))
        number = _Number.of(placed, index, radius, state)
        sprite = self._sprites.get(
            (number.text, number.inside, number.tone.rgba()),
            (number.width, number.height),
            lambda painter: number.paint(painter, QPointF()),
        )
        at = _corner(x + number.dx * dpr, y + number.dy * dpr, sprite)
        return Stamp(((_corner(x, y, mark), mark), (at, sprite)))


@dataclass(frozen=True, slots=True)
class _Number:
    """The number of a fixation: inside its circle where it fits, else on a plate beside.

    dx, dy : from the middle of the circle to the middle of the number.
    """

    text: str
    inside: bool
    tone: QColor
    width: float
    height: float
    dx: float
    dy: float

    @classmethod
    def of(cls, placed: Placed, index: int, radius: float, state: State) -> "_Number":
        layer = placed.layer
        text = f"{layer.letter}{index + 1}"
        width = marks.text_width(text)
        if width <= 2 * radius - 3 and not placed.excluded[index]:
            tone = marks.LIGHT if state == State.UPCOMING else marks.ink(layer.colour)
            return cls(text, True, tone, width + 2, 2.0 * marks.TEXT_PX, 0.0, 0.0)
        width, height = marks.plate_size(text, _SMALL_PX)
        return cls(
            text,
            False,
            marks.LIGHT,
            width,
            height,
            0.7 * radius + width / 2 + 1,
            -0.7 * radius - height / 2 - 1,
        )

    def paint(self, painter: QPainter, middle: QPointF) -> None:
        if self.inside:
            marks.paint_text(painter, middle, self.text, self.tone)
        else:
            corner = middle - QPointF(self.width / 2, self.height / 2)
            marks.paint_plate(painter, corner, self.text, _SMALL_PX, marks.DARK)


def _paint_mark(
    painter: QPainter, middle: QPointF, radius: float, colour: str, state: State, excluded: bool
) -> None:
    if excluded:
        marks.paint_cross(painter, middle, radius, colour)
    elif state == State.UPCOMING:
        marks.paint_hollow(painter, middle, radius, colour)
    else:
        marks.paint_disc(painter, middle, radius, colour)


def _paint_fixations(painter: QPainter, everything: list[Placed], state: State) -> None:
    for placed in everything:
        for index in np.flatnonzero(placed.state == state).tolist():
            _paint_fixation(painter, placed, index)


def _paint_fixation(painter: QPainter, placed: Placed, index: int) -> None:
    middle = QPointF(placed.x_px[index], placed.y_px[index])
    state = State(int(placed.state[index]))
    radius, excluded = _radius(placed, index), bool(placed.excluded[index])
    _paint_mark(painter, middle, radius, placed.layer.colour, state, excluded)
    if placed.layer.show_numbers:
        number = _Number.of(placed, index, radius, state)
        number.paint(painter, middle + QPointF(number.dx, number.dy))


def _paint_label(painter: QPainter, placed: Placed, index: int, width_px: float) -> None:
    """Paint number and duration of the current fixation beside its ring."""
    scanpath, layer = placed.layer.scanpath, placed.layer
    text = f"{layer.letter}{index + 1}"
    if placed.excluded[index]:
        reason = Exclusion(int(scanpath.exclusion[index])).reason
        text += QCoreApplication.translate("canvas", " · excluded: {0}").format(reason)
    elif scanpath.duration_ms[index] > 0:
        text += f" · {scanpath.duration_ms[index]:.0f} ms"
    width, height = marks.plate_size(text)
    away = _radius(placed, index) + 11
    x, y = float(placed.x_px[index]), float(placed.y_px[index])
    left = x + away if x + away + width <= width_px else max(x - away - width, 0.0)
    marks.paint_plate(painter, QPointF(left, y - height / 2), text)


def _radius(placed: Placed, index: int) -> float:
    return float(placed.radius_px[index])


def _look(placed: Placed) -> object:
    """Return what a layer is drawn from, apart from where it was stepped to."""
    layer = placed.layer
    return layer.scanpath, layer.colour, layer.letter, layer.show_numbers, layer.show_saccades


def _line(placed: Placed, index: int) -> Line:
    """Return the line from a fixation to the next."""
    start, stop = (QPointF(placed.x_px[k], placed.y_px[k]) for k in (index, index + 1))
    return Line(QLineF(start, stop), placed.layer.colour)


def _corner(x: float, y: float, sprite: QImage) -> QPoint:
    """Return where the top-left of a sprite goes so that its middle pixel holds a point."""
    return QPoint(math.floor(x) - sprite.width() // 2, math.floor(y) - sprite.height() // 2)


def _qlines(start: np.ndarray, stop: np.ndarray) -> list[QLineF]:
    return [QLineF(*ends) for ends in np.hstack((start, stop)).tolist()]


def _dashes(start: np.ndarray, stop: np.ndarray, dash: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the dashes along lines as (m, 2) starts and ends; long ones where many.

    A dashed pen of the toolkit takes a hundred times as long as the same dashes drawn as
    lines.
    """
    length = np.hypot(*(stop - start).T)
    dash = max(dash, float(length.sum()) / (2 * _MOST_DASHES))
    count = np.ceil(length / (2 * dash)).astype(int)
    line = np.repeat(np.arange(len(length)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    begin = 2 * dash * number
    end = np.minimum(begin + dash, length[line])
    along = (stop - start)[line] / np.maximum(length[line], 1e-9)[:, None]
    return start[line] + along * begin[:, None], start[line] + along * end[:, None]
