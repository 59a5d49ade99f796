"""Legends: what the area of a circle means, how it is drawn, and the range of a map."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from gazelab.app.canvas import marks
from gazelab.app.canvas.areas import paint_sample
from gazelab.app.canvas.colormaps import DIVERGING, table
from gazelab.app.canvas.overlay import highest
from gazelab.app.canvas.placing import radius_px
from gazelab.app.canvas.scene import Overlay, Scene

DURATIONS_MS = (100, 300, 600)

_GAP_PX = 8.0
_TEXT_PX = 11
_BAR_PX = 96.0

Item = tuple[float, Callable[[QPainter, QPointF], None], str]
"""Half the width of a mark, what paints it around a point, and the text after it."""


def paint_legends(painter: QPainter, scene: Scene, viewport: QRectF) -> None:
    """Paint the legends of a scene in the lower corners, where there is room for them.

    That of a map counts more than that of the circles, whose durations stand beside them.
    """
    if not scene.legend:
        return
    taken = QRectF()
    if scene.overlay is not None and scene.overlay.legend:
        taken = _paint_bar(painter, scene.overlay, viewport)
    if scene.scanpaths or scene.areas:
        _paint_marks(painter, scene, viewport, taken)


def _paint_marks(painter: QPainter, scene: Scene, viewport: QRectF, taken: QRectF) -> None:
    """Paint the legend of marks at the lower left, as far as there is room beside `taken`."""
    durations, looks = [], _areas(scene)
    if scene.scanpaths:
        colour = scene.scanpaths[0].colour
        durations, looks = _durations(colour), _looks(scene, colour) + looks
    items = durations + looks
    right = viewport.right() if taken.isEmpty() else taken.left()
    room = right - viewport.left() - 2 * _GAP_PX
    if _width(items) > room:
        items = durations
    height = 2 * float(radius_px(np.array(DURATIONS_MS[-1:]))[0]) + _GAP_PX
    if _width(items) > room or height > viewport.height() / 4:
        return
    plate = QRectF(
        viewport.left() + _GAP_PX, viewport.bottom() - height - _GAP_PX, _width(items), height
    )
    _paint_plate(painter, plate)
    x = plate.left() + _GAP_PX
    for half, paint, text in items:
        paint(painter, QPointF(x + half, plate.center().y()))
        x += 2 * half + 4
        x += _paint_word(painter, x, plate, text) + _GAP_PX


def _durations(colour: str) -> list[Item]:
    items: list[Item] = []
    for duration in DURATIONS_MS:
        radius = float(radius_px(np.array([float(duration)]))[0])
        unit = " ms" if duration == DURATIONS_MS[-1] else ""
        items.append((radius + 2, _disc(radius, colour), f"{duration}{unit}"))
    return items


def _looks(scene: Scene, colour: str) -> list[Item]:
    """Return samples of those ways of drawing that occur in the scene."""
    translate = QCoreApplication.translate
    items: list[Item] = []
    if any(layer.current is not None and layer.trail == "all" for layer in scene.scanpaths):
        items.append(
            (
                9,
                lambda painter, at: marks.paint_hollow(painter, at, 7, colour),
                translate("canvas", "upcoming"),
            )
        )
    if any(not layer.scanpath.used.all() for layer in scene.scanpaths):
        items.append(
            (
                8,
                lambda painter, at: marks.paint_cross(painter, at, 6, colour),
                translate("canvas", "excluded"),
            )
        )
    return items


def _areas(scene: Scene) -> list[Item]:
    """Return a sample of the outline of areas, where there are any."""
    named = [area.colour for area in scene.areas if area.name]
    if not named:
        return []
    text = QCoreApplication.translate("canvas", "area of interest")
    return [(9, lambda painter, at: paint_sample(painter, at, named[0]), text)]


def _disc(radius: float, colour: str) -> Callable[[QPainter, QPointF], None]:
    return lambda painter, at: marks.paint_disc(painter, at, radius, colour)


def _width(items: list[Item]) -> float:
    words = sum(marks.text_width(text, _TEXT_PX, bold=False) for _, _, text in items)
    return words + sum(2 * half + 4 + _GAP_PX for half, _, _ in items) + _GAP_PX


def _paint_bar(painter: QPainter, overlay: Overlay, viewport: QRectF) -> QRectF:
    """Paint the colours of a map with the ends of their range, and how it was made.

    Returns where, empty without room.
    """
    metrics = QFontMetricsF(marks.font(_TEXT_PX, bold=False))
    low, high = _ends(overlay)
    room = viewport.width() - 2 * _GAP_PX
    scale = _BAR_PX + 4 * _GAP_PX + sum(map(metrics.horizontalAdvance, (low, high)))
    width = min(max(scale, metrics.horizontalAdvance(overlay.legend) + 2 * _GAP_PX), room)
    line = metrics.height() + 2
    height = 2 * line + _GAP_PX
    if width < scale or height > viewport.height() / 4:
        return QRectF()
    plate = QRectF(viewport.right() - width - _GAP_PX, 0, width, height)
    plate.moveBottom(viewport.bottom() - _GAP_PX)
    _paint_plate(painter, plate)
    top = QRectF(plate.left() + _GAP_PX, plate.top() + 4, width - 2 * _GAP_PX, line)
    painter.setFont(marks.font(_TEXT_PX, bold=False))
    painter.setPen(marks.LIGHT)
    text = metrics.elidedText(overlay.legend, Qt.TextElideMode.ElideRight, top.width())
    painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, text)
    row = top.translated(0, line)
    x = row.left() + _paint_word(painter, row.left(), row, low) + _GAP_PX
    painter.drawImage(QRectF(x, row.top() + 3, _BAR_PX, line - 6), _ramp(overlay.colormap))
    _paint_word(painter, x + _BAR_PX + _GAP_PX, row, high)
    return plate


def _ends(overlay: Overlay) -> tuple[str, str]:
    """Return what the ends of the colour bar stand for."""
    signed = overlay.colormap == DIVERGING
    top = highest(overlay.map, signed=signed) if overlay.vmax is None else overlay.vmax
    return (f"−{top:.3g}", f"+{top:.3g}") if signed else ("0", f"{top:.3g}")


def _ramp(colormap: str) -> QImage:
    codes = np.arange(256, dtype=np.uint8)
    image = QImage(codes.data, 256, 1, 256, QImage.Format.Format_Indexed8)
    image.setColorTable(list(table(colormap, "solid")))
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _paint_plate(painter: QPainter, plate: QRectF) -> None:
    # round corners would take 1.5 ms of each frame
    painter.fillRect(plate.toRect(), marks.PLATE)


def _paint_word(painter: QPainter, x: float, row: QRectF, text: str) -> float:
    """Paint a word in the middle of a row; return its width."""
    width = marks.text_width(text, _TEXT_PX, bold=False)
    painter.setFont(marks.font(_TEXT_PX, bold=False))
    painter.setPen(marks.LIGHT)
    area = QRectF(x, row.top(), width + 2, row.height())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
    return width
