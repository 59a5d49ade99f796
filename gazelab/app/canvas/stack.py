"""A picture of many marks that grows and shrinks at its end without being painted anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QLineF, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gazelab.app.canvas import marks

_MOST_UNDO_BYTES = 24 << 20
_MOST_UNDO_MARKS = 128
_FEW_UNDO_MARKS = 8
"""Kept while panning or zooming, when the next frame is likely to start anew."""


class Mark(Protocol):
    """Something painted in one go. Marks are told apart by identity."""

    def rect(self, unit: float) -> QRect:
        """Return the device pixels that it may touch."""

    def paint(self, painter: QPainter, unit: float) -> None:
        """Paint it; `unit` is the device pixels in one screen pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A saccade. colour : "#rrggbb"."""

    line: QLineF
    colour: str

    def rect(self, unit: float) -> QRect:
        """Return the device pixels that the line may touch."""
        margin = int(3 * unit) + 2
        left, right = sorted((self.line.x1(), self.line.x2()))
        top, bottom = sorted((self.line.y1(), self.line.y2()))
        box = QRect(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)
        return box.adjusted(-margin, -margin, margin, margin)

    def paint(self, painter: QPainter, unit: float) -> None:
        """Paint the line with its halo."""
        painter.setPen(flat_pen(marks.ink(self.colour), 4.0 * unit))
        painter.drawLine(self.line)
        painter.setPen(flat_pen(QColor(self.colour), 2.0 * unit))
        painter.drawLine(self.line)


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """Sprites of one fixation and where their top-left corners go, in device pixels."""

    sprites: tuple[tuple[QPoint, QImage], ...]

    def rect(self, unit: float) -> QRect:
        """Return the device pixels that the sprites cover."""
        rect = QRect()
        for corner, sprite in self.sprites:
            rect = rect.united(QRect(corner, sprite.size()))
        return rect

    def paint(self, painter: QPainter, unit: float) -> None:
        """Copy the sprites."""
        for corner, sprite in self.sprites:
            painter.drawImage(corner, sprite)


def flat_pen(colour: QColor, width: float) -> QPen:
    """Return an opaque pen with flat ends: the only kind that paints lines fast."""
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def blank(size: tuple[int, int]) -> QImage:
    """Return a transparent picture of (width, height) device pixels."""
    image = QImage(max(size[0], 1), max(size[1], 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


class Stack:
    """Keeps what lay under the last marks, so that a step back copies a few pixels.

    unit : device pixels in one screen pixel.
    """

    def __init__(self, unit: float) -> None:
        self._unit = unit
        self._image = QImage()
        self._of: object = None
        self._drawn: list[Mark] = []
        self._saved: list[tuple[QRect, QImage]] = []
        self._bytes = 0

    def show(self, wanted: Sequence[Mark], size: tuple[int, int], of: object) -> QImage:
        """Return the picture of these marks; new ones are painted over those already there.

        size : (width, height) device pixels. of : what else the picture depends on; another
        value than before starts it anew.
        """
        undo = _MOST_UNDO_MARKS if of == self._of else _FEW_UNDO_MARKS
        if of != self._of or not self._shrink(set(wanted)):
            self._clear(size)
            self._of = of
        drawn = set(self._drawn)
        self._grow([mark for mark in wanted if mark not in drawn], undo)
        return self._image

    def _clear(self, size: tuple[int, int]) -> None:
        if (self._image.width(), self._image.height()) == size:
            self._image.fill(Qt.GlobalColor.transparent)
        else:
            self._image = blank(size)
        self._drawn, self._saved, self._bytes = [], [], 0

    def _shrink(self, wanted: set[Mark]) -> bool:
        """Undo marks from the end until only wanted ones are left; False if that fails."""
        surplus = sum(mark not in wanted for mark in self._drawn)
        tail = self._drawn[len(self._drawn) - surplus :]
        if surplus > len(self._saved) or not wanted.isdisjoint(tail):
            return False
        if surplus == 0:
            return True
        painter = QPainter(self._image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for _ in range(surplus):
            self._drawn.pop()
            rect, pixels = self._saved.pop()
            self._bytes -= pixels.sizeInBytes()
            painter.drawImage(rect.topLeft(), pixels)
        painter.end()
        return True

    def _grow(self, new: Sequence[Mark], undo: int) -> None:
        if not new:
            return
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, mark in enumerate(new):
            if len(new) - number <= undo:
                self._save(mark)
            mark.paint(painter, self._unit)
        painter.end()
        self._drawn.extend(new)

    def _save(self, mark: Mark) -> None:
        rect = mark.rect(self._unit).intersected(self._image.rect())
        pixels = self._image.copy(rect) if not rect.isEmpty() else QImage()
        self._saved.append((rect, pixels))
        self._bytes += pixels.sizeInBytes()
        while self._bytes > _MOST_UNDO_BYTES and len(self._saved) > 1:
            self._bytes -= self._saved.pop(0)[1].sizeInBytes()
