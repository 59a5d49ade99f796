"""Paints areas of interest: outlines that stand out on any picture, and their names on plates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.colormaps import OKABE_ITO

_COLOURS = tuple(OKABE_ITO[place] for place in (3, 5, 2, 6, 4, 1, 0))
"""Those of the first participants come last: an area is nobody's."""

DRAFT_COLOUR = "#ffffff"
_CORNER_PX = 3.5


@dataclass(frozen=True, slots=True, eq=False)
class AreaMark:
    """An area of interest as it is drawn.

    corners_px : (k, 2) on the stimulus; while it is being drawn, k may be 1. chosen : with its
    corners, and bolder.
    """

    name: str
    corners_px: np.ndarray
    colour: str
    chosen: bool = False


def area_colour(index: int) -> str:
    """Return the colour of the area with this number among all names; they repeat after seven."""
    return _COLOURS[index % len(_COLOURS)]


def paint_areas(painter: QPainter, areas: Sequence[AreaMark], view: View, frame: QRectF) -> None:
    """Paint outlines, then names: no outline crosses a name.

    view, frame : in screen pixels; the latter is where the stimulus lies.
    """
    shapes = [_shape(area, view) for area in areas]
    for area, shape in zip(areas, shapes, strict=True):
        _paint_outline(painter, shape, area)
    for area, shape in zip(areas, shapes, strict=True):
        if area.name:
            _paint_name(painter, shape.boundingRect(), area, frame)


def paint_sample(painter: QPainter, centre: QPointF, colour: str) -> None:
    """Paint a small outline for the legend."""
    box = QRectF(-7, -5, 14, 10).translated(centre)
    _paint_outline(painter, QPolygonF(box), AreaMark("", np.empty((0, 2)), colour))


def _shape(area: AreaMark, view: View) -> QPolygonF:
    return QPolygonF([QPointF(*view.to_screen(x, y)) for x, y in area.corners_px.tolist()])


def _paint_outline(painter: QPainter, shape: QPolygonF, area: AreaMark) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tones = (marks.ink(area.colour), QColor(area.colour))
    for tone, width in zip(tones, (6.5, 3.5) if area.chosen else (4.0, 2.0), strict=True):
        pen = QPen(tone, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolygon(shape)
    if not area.chosen:
        return
    painter.setPen(QPen(tones[0], 1.5))
    painter.setBrush(tones[1])
    half = QPointF(_CORNER_PX, _CORNER_PX)
    for corner in shape.toList():
        painter.drawRect(QRectF(corner - half, corner + half))


def _paint_name(painter: QPainter, box: QRectF, area: AreaMark, frame: QRectF) -> None:
    """Paint the name above the upper left corner; inside where there is no room above."""
    width, height = marks.plate_size(area.name)
    x = max(min(box.left() - 2, frame.right() - width), frame.left())
    above = box.top() - height - 3
    y = above if above >= frame.top() else max(box.top(), frame.top()) + 3
    marks.paint_plate(painter, QPointF(x, y), area.name, fill=QColor(area.colour))
