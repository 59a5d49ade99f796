"""The marks of the canvas: discs, crosses, rings, diamonds and plates with text.

Every mark joins a dark and a light tone, so that one of the two stands out on any picture.
Sizes are screen pixels. The same functions paint the pane, its cached sprites and SVG.
"""

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

TEXT_PX = 11
DARK = QColor(16, 16, 16)
LIGHT = QColor(255, 255, 255)
SMOKE = QColor(0, 0, 0, 150)
PLATE = QColor(16, 16, 16, 205)

Paint = Callable[[QPainter], None]


@lru_cache(maxsize=64)
def ink(colour: str) -> QColor:
    """Return black or white, whichever stands out more from a colour."""
    tone = QColor(colour)
    parts = (tone.redF(), tone.greenF(), tone.blueF())
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return DARK if luminance > 0.18 else LIGHT


@lru_cache(maxsize=8)
def font(size_px: int = TEXT_PX, *, bold: bool = True) -> QFont:
    """Return the font of the canvas in a size of screen pixels."""
    result = QFont()
    result.setPixelSize(size_px)
    result.setBold(bold)
    return result


def text_width(text: str, size_px: int = TEXT_PX, *, bold: bool = True) -> float:
    """Return how wide a text is on the screen."""
    return QFontMetricsF(font(size_px, bold=bold)).horizontalAdvance(text)


def paint_disc(painter: QPainter, centre: QPointF, radius: float, colour: str) -> None:
    """Paint a fixation that has been: a filled disc with a light and a dark outline."""
    painter.setPen(Qt.PenStyle.NoPen)
    for grow, tone in ((1.25, DARK), (0.25, LIGHT), (-1.0, QColor(colour))):
        painter.setBrush(tone)
        painter.drawEllipse(centre, radius + grow, radius + grow)


def paint_hollow(painter: QPainter, centre: QPointF, radius: float, colour: str) -> None:
    """Paint an upcoming fixation: a smoky disc with a dashed outline."""
    painter.setPen(QPen(DARK, 2.5))
    painter.setBrush(SMOKE)
    painter.drawEllipse(centre, radius, radius)
    pen = QPen(QColor(colour) if ink(colour) is DARK else LIGHT, 1.5)
    pen.setDashPattern([2.0, 2.0])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, radius, radius)


def paint_cross(painter: QPainter, centre: QPointF, radius: float, colour: str) -> None:
    """Paint an excluded fixation: a cross of fixed size; its duration takes no part."""
    arm = min(radius, 6.0)
    for width, tone in ((5.0, ink(colour)), (2.5, QColor(colour))):
        pen = QPen(tone, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for rise in (arm, -arm):
            painter.drawLine(centre + QPointF(-arm, -rise), centre + QPointF(arm, rise))


def paint_ring(painter: QPainter, centre: QPointF, radius: float, colour: str) -> None:
    """Paint what marks the current fixation: the colour between a dark and a light ring."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tones = ((6.5, DARK), (4.5, LIGHT), (2.0, QColor(colour)))
    for width, tone in tones:
        painter.setPen(QPen(tone, width))
        painter.drawEllipse(centre, radius + 5, radius + 5)


def paint_diamond(painter: QPainter, centre: QPointF, colour: str, current: bool) -> None:
    """Paint a point of a machine: a diamond, filled and larger where it is the current one."""
    half = 9.0 if current else 6.0
    corners = (QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0))
    shape = QPolygonF([centre + corner for corner in corners])
    painter.setBrush(QColor(colour) if current else SMOKE)
    for width, tone in ((4.0, DARK), (1.75, LIGHT)):
        pen = QPen(tone, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawPolygon(shape)
        painter.setBrush(QColor(colour) if current else Qt.BrushStyle.NoBrush)


def paint_ellipse(
    painter: QPainter, centre: QPointF, major: float, minor: float, angle_deg: float
) -> None:
    """Paint the spread of a map: a small cross in an ellipse with these half axes."""
    painter.save()
    painter.translate(centre)
    painter.rotate(angle_deg)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, tone in ((4.0, DARK), (1.75, LIGHT)):
        painter.setPen(QPen(tone, width))
        painter.drawEllipse(QPointF(0, 0), major, minor)
        painter.drawLine(QPointF(-4, 0), QPointF(4, 0))
        painter.drawLine(QPointF(0, -4), QPointF(0, 4))
    painter.restore()


def paint_text(painter: QPainter, centre: QPointF, text: str, tone: QColor) -> None:
    """Paint a short text around a point."""
    painter.setFont(font())
    painter.setPen(tone)
    painter.drawText(
        QRectF(centre.x() - 100, centre.y() - 20, 200, 40), Qt.AlignmentFlag.AlignCenter, text
    )


def paint_plate(
    painter: QPainter,
    corner: QPointF,
    text: str,
    size_px: int = TEXT_PX,
    fill: QColor = PLATE,
) -> None:
    """Paint a text on a plate with its top-left at `corner`."""
    plate = QRectF(corner.x(), corner.y(), *plate_size(text, size_px))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(plate, 3, 3)
    painter.setFont(font(size_px))
    painter.setPen(ink(fill.name()))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def plate_size(text: str, size_px: int = TEXT_PX) -> tuple[float, float]:
    """Return the (width, height) that `paint_plate` takes for a text."""
    metrics = QFontMetricsF(font(size_px))
    pad = size_px * 0.4
    return metrics.horizontalAdvance(text) + 2 * pad, metrics.height() + pad


class Sprites:
    """Marks painted once and kept as small pictures in device pixels.

    An antialiased circle takes 130 us to paint and 1 us to copy.
    """

    _MOST = 8192

    def __init__(self, dpr: float) -> None:
        self.dpr = dpr
        self._kept: dict[tuple, QImage] = {}

    def get(self, key: tuple, size: tuple[float, float], paint: Paint) -> QImage:
        """Return the sprite of `key`, painted by `paint` around its own middle if new.

        size : (width, height) in screen pixels that the mark may cover.
        """
        sprite = self._kept.get(key)
        if sprite is None:
            if len(self._kept) >= self._MOST:
                self._kept.clear()
            sprite = self._kept[key] = self._painted(size, paint)
        return sprite

    def _painted(self, size: tuple[float, float], paint: Paint) -> QImage:
        # odd sizes have a middle pixel, on which the mark is centred
        columns, rows = (2 * int(side * self.dpr / 2 + 1) + 1 for side in size)
        sprite = QImage(columns, rows, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(columns / 2, rows / 2)
        painter.scale(self.dpr, self.dpr)
        paint(painter)
        painter.end()
        return sprite
