"""Paints a whole scene: as a picture that is kept between frames, or as vectors.

Both use the same marks, so what is saved is what is seen.
"""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPalette

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.ground import Ground, paint_ground, paint_message
from gazelab.app.canvas.legend import paint_legends
from gazelab.app.canvas.sampleraster import SampleRaster
from gazelab.app.canvas.samples import paint_outline, paint_samples
from gazelab.app.canvas.scanpath import ScanpathRaster, paint_current, paint_scanpaths
from gazelab.app.canvas.scene import Scene, Spread

_BADGE = QColor("#f0e442")


def paint_scene(painter: QPainter, scene: Scene, view: View, viewport: QRectF) -> None:
    """Paint a scene as vectors; pictures and maps stay pictures.

    view : the top-left corner of `viewport` is its origin.
    """
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    paint_ground(painter, scene, view, viewport)
    _paint_outline(painter, scene, view, 1.0)
    if scene.samples is not None:
        paint_samples(painter, scene.samples, view)
    paint_scanpaths(painter, scene.scanpaths, view)
    _paint_top(painter, scene, view, viewport)


def paint_caption(painter: QPainter, strip: QRectF, text: str, palette: QPalette) -> None:
    """Paint the line above a stimulus, shortened at its end where it is too long."""
    painter.fillRect(strip, palette.color(QPalette.ColorRole.Window))
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    room = strip.adjusted(8, 0, -8, 0)
    metrics = QFontMetricsF(painter.font())
    short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)


class Stage:
    """Keeps the parts of the last frame and paints only what has changed.

    dpr : device pixels in one screen pixel.
    """

    def __init__(self, dpr: float) -> None:
        self.dpr = dpr
        self._ground = Ground(dpr)
        self._samples = SampleRaster(dpr)
        self._scanpaths = ScanpathRaster(dpr)
        self._frame = QImage()
        self._frame_of: object = None

    def frame(self, scene: Scene, view: View, width_px: float, height_px: float) -> QImage:
        """Return the picture of a scene; it is valid until the next call."""
        size = (max(round(width_px * self.dpr), 1), max(round(height_px * self.dpr), 1))
        frame_of = (scene, view, size)
        if frame_of != self._frame_of:
            self._paint(scene, view, size)
            self._frame_of = frame_of
        return self._frame

    def _paint(self, scene: Scene, view: View, size: tuple[int, int]) -> None:
        if (self._frame.width(), self._frame.height()) != size:
            self._frame = QImage(*size, QImage.Format.Format_RGB32)
        self._frame.setDevicePixelRatio(1.0)
        painter = QPainter(self._frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(0, 0, self._ground.image(scene, view, size))
        _paint_outline(painter, scene, view, self.dpr)
        if scene.samples is not None:
            self._samples.paint(painter, scene.samples, view, size)
        self._scanpaths.paint(painter, scene.scanpaths, view, size)
        painter.scale(self.dpr, self.dpr)
        viewport = QRectF(0, 0, size[0] / self.dpr, size[1] / self.dpr)
        _paint_top(painter, scene, view, viewport)
        painter.end()
        self._frame.setDevicePixelRatio(self.dpr)


def _paint_outline(painter: QPainter, scene: Scene, view: View, unit: float) -> None:
    """Paint the edge of the stimulus, where the scene asks for it."""
    if scene.outline:
        corner, far = view.to_screen(0, 0), view.to_screen(*scene.size)
        corners = (QPointF(*corner) * unit, QPointF(*far) * unit)
        paint_outline(painter, QRectF(*corners), unit)


def _paint_top(painter: QPainter, scene: Scene, view: View, viewport: QRectF) -> None:
    """Paint the few things above the scanpaths, anew in each frame."""
    if scene.spread is not None:
        _paint_spread(painter, scene.spread, view)
    for marker in sorted(scene.markers, key=lambda marker: marker.current):
        point = QPointF(*view.to_screen(marker.x_px, marker.y_px))
        marks.paint_diamond(painter, point, marker.colour, marker.current)
        if marker.label:
            marks.paint_plate(painter, point + QPointF(11, -9), marker.label)
    paint_current(painter, scene.scanpaths, view, viewport.width())
    paint_message(painter, scene, view, viewport)
    paint_legends(painter, scene, viewport)
    if scene.badge:
        width, _ = marks.plate_size(scene.badge)
        corner = QPointF(viewport.right() - width - 8, viewport.top() + 8)
        marks.paint_plate(painter, corner, scene.badge, fill=_BADGE)


def _paint_spread(painter: QPainter, spread: Spread, view: View) -> None:
    centre = QPointF(*view.to_screen(spread.x_px, spread.y_px))
    scale = view.scale
    marks.paint_ellipse(
        painter, centre, spread.major_px * scale, spread.minor_px * scale, spread.angle_deg
    )
