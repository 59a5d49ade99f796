"""Paints what lies under the scanpaths: the surround, the stimulus, map and areas over it."""

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from gazelab.app.canvas import marks
from gazelab.app.canvas.areas import paint_areas
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.overlay import overlay_image
from gazelab.app.canvas.scene import Overlay, Scene

SURROUND = QColor(119, 119, 119)
"""Middle grey (L* 50) in the light and in the dark theme: the surround changes how bright a
picture looks."""

_ABSENT = QColor(96, 96, 96)
_HATCH = QColor(190, 190, 190)
_HATCH_PX = 12.0
_SHADE = QColor(40, 40, 40, 150)
_MESSAGE_PX = 15
_PIXELS_SEEN_FROM = 6.0
"""Screen pixels in a stimulus pixel from which pixels are shown as squares."""
_MOST_OVERLAY_PIXELS = 6_000_000


def paint_ground(painter: QPainter, scene: Scene, view: View, viewport: QRectF) -> None:
    """Paint surround, stimulus, map, areas and hatch in screen pixels."""
    paint_stimulus(painter, scene, view, viewport)
    if scene.overlay is not None:
        painter.drawImage(_frame(scene, view), _overlay(scene.overlay, scene.size))
    _paint_over(painter, scene, view)


def paint_stimulus(
    painter: QPainter, scene: Scene, view: View, viewport: QRectF, image: QImage | None = None
) -> None:
    """Paint the surround and the stimulus, or a sentence where there is none.

    image : a reduced copy of the stimulus to use in its place.
    """
    painter.fillRect(viewport, SURROUND)
    frame = _frame(scene, view)
    image = image or scene.image
    if image is not None and not image.isNull():
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, view.scale < _PIXELS_SEEN_FROM
        )
        painter.drawImage(frame, image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        return
    painter.fillRect(frame, _ABSENT)
    if not scene.message:
        text = QCoreApplication.translate("canvas", "The picture of this stimulus cannot be shown.")
        area = frame.intersected(viewport)
        area.setBottom(area.top() + area.height() / 4)  # fixations tend to the middle
        _paint_sentence(painter, area, text)


def paint_message(painter: QPainter, scene: Scene, view: View, viewport: QRectF) -> None:
    """Paint the message of a scene, such as "no counterpart", in the middle."""
    if scene.message:
        _paint_sentence(painter, _frame(scene, view).intersected(viewport), scene.message)


class Ground:
    """The ground as a picture in device pixels; each part is painted when it changes."""

    def __init__(self, dpr: float) -> None:
        self._dpr = dpr
        self._stimulus = QImage()
        self._stimulus_of: object = None
        self._whole = QImage()
        self._whole_of: object = None
        self._reduced: dict[tuple[int, int], QImage] = {}

    def image(self, scene: Scene, view: View, size: tuple[int, int]) -> QImage:
        """Return the ground. view : in screen pixels. size : (width, height), device pixels."""
        stimulus_of = (_key(scene), scene.size, bool(scene.message), view, size)
        if stimulus_of != self._stimulus_of:
            self._stimulus_of = stimulus_of
            self._stimulus = self._painted_stimulus(scene, view, size)
        if scene.overlay is None and not scene.message and not scene.areas:
            return self._stimulus
        whole_of = (*stimulus_of, scene.overlay, scene.areas)
        if whole_of != self._whole_of:
            self._whole_of = whole_of
            self._whole = self._with_overlay(scene, view)
        return self._whole

    def _painted_stimulus(self, scene: Scene, view: View, size: tuple[int, int]) -> QImage:
        image = QImage(*size, QImage.Format.Format_RGB32)
        painter = _painter(image)
        painter.scale(self._dpr, self._dpr)
        viewport = QRectF(0, 0, size[0] / self._dpr, size[1] / self._dpr)
        paint_stimulus(painter, scene, view, viewport, self._fine(scene, view))
        painter.end()
        return image

    def _with_overlay(self, scene: Scene, view: View) -> QImage:
        image = self._whole  # its memory is used again: new pages cost more than the copy
        if image.size() != self._stimulus.size():
            image = QImage(self._stimulus.size(), QImage.Format.Format_RGB32)
        painter = _painter(image)
        painter.drawImage(0, 0, self._stimulus)
        frame = _frame(scene, view)
        if scene.overlay is not None:
            dpr = self._dpr
            width, height = (max(round(side * dpr), 1) for side in (frame.width(), frame.height()))
            if width * height <= _MOST_OVERLAY_PIXELS:  # a plain copy, 5 times as fast
                overlay = _overlay(scene.overlay, (width, height))
                painter.drawImage(QPoint(round(frame.x() * dpr), round(frame.y() * dpr)), overlay)
            else:
                painter.scale(dpr, dpr)
                painter.drawImage(frame, _overlay(scene.overlay, scene.size))
                painter.resetTransform()
        painter.scale(self._dpr, self._dpr)
        _paint_over(painter, scene, view)
        painter.end()
        return image

    def _fine(self, scene: Scene, view: View) -> QImage | None:
        """Return the picture, halved as often as fits: bilinear sampling would skip pixels."""
        image = scene.image
        halvings = int(max(-math.log2(view.scale * self._dpr), 0.0))
        if image is None or image.isNull() or halvings == 0:
            return image
        key = (image.cacheKey(), halvings)
        if key not in self._reduced:
            self._reduced = {
                key: image.scaled(
                    max(image.width() >> halvings, 1),
                    max(image.height() >> halvings, 1),
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            }
        return self._reduced[key]


def _key(scene: Scene) -> int:
    return scene.image.cacheKey() if scene.image is not None else 0


def _frame(scene: Scene, view: View) -> QRectF:
    return QRectF(view.x_px, view.y_px, scene.size[0] * view.scale, scene.size[1] * view.scale)


def _overlay(overlay: Overlay, size: tuple[int, int]) -> QImage:
    return overlay_image(
        overlay.map, size, overlay.colormap, overlay.opacity, overlay.threshold, overlay.vmax
    )


def _paint_over(painter: QPainter, scene: Scene, view: View) -> None:
    frame = _frame(scene, view)
    paint_areas(painter, scene.areas, view, frame)
    if scene.message:
        _paint_hatch(painter, frame)


def _painter(image: QImage) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    return painter


def _paint_hatch(painter: QPainter, frame: QRectF) -> None:
    painter.fillRect(frame, _SHADE)
    painter.save()
    painter.setClipRect(frame, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(_HATCH, 1))
    ends = np.arange(0, frame.width() + frame.height(), _HATCH_PX).tolist()
    bottom, left, height = frame.bottom(), frame.left(), frame.height()
    painter.drawLines(
        [QLineF(left + end - height, bottom, left + end, bottom - height) for end in ends]
    )
    painter.restore()


def _paint_sentence(painter: QPainter, area: QRectF, text: str) -> None:
    """Paint a sentence on a plate in the middle of an area, in several lines if it must."""
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    room = area.adjusted(16, 16, -16, -16)
    metrics = QFontMetricsF(marks.font(_MESSAGE_PX))
    bounds = metrics.boundingRect(QRectF(0, 0, max(room.width(), 80.0), 1000), int(flags), text)
    plate = QRectF(0, 0, bounds.width() + 24, bounds.height() + 16)
    plate.moveCenter(area.center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(marks.PLATE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setFont(marks.font(_MESSAGE_PX))
    painter.setPen(marks.LIGHT)
    painter.drawText(plate.adjusted(12, 8, -12, -8), int(flags), text)
