"""Paints gaze samples: a dot for each, and a thin line from one to the next."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.stack import flat_pen
from gazelab.data.gaze import Vector

MOST_POINTS = 2500
"""More samples are thinned out evenly."""

_COLOUR = "#f0e442"


@dataclass(frozen=True, slots=True, eq=False)
class SampleLayer:
    """The samples of one recording.

    x_px, y_px : (n,) on the stimulus, NaN = lost. past : how many lie before the playhead;
    None shows all. upcoming : whether the others are drawn too, in grey.
    """

    x_px: Vector
    y_px: Vector
    colour: str = _COLOUR
    past: int | None = None
    upcoming: bool = False


def paint_samples(painter: QPainter, layer: SampleLayer, view: View, unit: float = 1.0) -> None:
    """Paint samples; lost ones leave gaps.

    view : in screen pixels. unit : device pixels in one of them, for a painter that is not
    scaled.
    """
    x_px, y_px = layer.x_px[: layer.past], layer.y_px[: layer.past]
    step = -(-len(x_px) // MOST_POINTS) or 1
    x = (view.x_px + view.scale * x_px[::step]) * unit
    y = (view.y_px + view.scale * y_px[::step]) * unit
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    places = [QPointF(*pair) for pair in np.column_stack((x, y))[there].tolist()]
    starts = [0, *(np.flatnonzero(np.diff(there) > 1) + 1).tolist(), len(places)]
    runs = [QPolygonF(places[a:b]) for a, b in pairwise(starts)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for tone, line_px, dot_px in ((marks.DARK, 2.5, 4.0), (QColor(layer.colour), 1.0, 2.0)):
        painter.setPen(flat_pen(tone, line_px * unit))
        for run in runs:
            painter.drawPolyline(run)
        painter.setPen(flat_pen(tone, dot_px * unit))
        for run in runs:
            painter.drawPoints(run)
    painter.restore()


def paint_outline(painter: QPainter, frame: QRectF, unit: float = 1.0) -> None:
    """Paint the edge of a stimulus, where positions beyond it are shown."""
    painter.save()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for tone, width in ((marks.DARK, 3.0), (marks.LIGHT, 1.0)):
        pen = QPen(tone, width * unit)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(frame)
    painter.restore()
