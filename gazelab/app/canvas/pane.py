"""One pane: a widget that paints a `Scene` through a shared `Camera`."""

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazelab.app.canvas.camera import Camera, View
from gazelab.app.canvas.ground import SURROUND
from gazelab.app.canvas.placing import fixation_near
from gazelab.app.canvas.scene import Scene
from gazelab.app.canvas.stage import Stage, paint_caption

ZOOM_STEP = 1.25

_DRAG_PX = 4.0
_WHEEL_NOTCH = 120.0


class Pane(QWidget):
    """Shows a scene; wheel zooms, dragging pans, a double click or 0 shows all of it.

    fixation_clicked : (key of the scanpath, index of the fixation).
    hovered : point of the stimulus under the cursor in its pixels; NaN, NaN outside of it.
    """

    fixation_clicked = Signal(object, int)
    hovered = Signal(float, float)

    def __init__(self, camera: Camera, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = camera
        self._scene: Scene | None = None
        self._stage = Stage(1.0)
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        camera.changed.connect(self.update)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    def set_scene(self, scene: Scene | None) -> None:
        """Show a scene, or an empty pane for None."""
        self._scene = scene
        if scene is not None:
            self._camera.set_stimulus_size(*scene.size)
        self.setAccessibleDescription(_spoken(scene))
        self.update()

    @property
    def view(self) -> View:
        """Where the stimulus lies in the pane, below its caption."""
        return replace(self._view, y_px=self._view.y_px + self._strip_px)

    def zoom(self, factor: float) -> None:
        """Scale by `factor` about the middle of the pane."""
        width, height = self._viewport
        self._camera.zoom_at((width / 2, height / 2), factor, (width, height))

    def sizeHint(self) -> QSize:
        """Return a size in which a stimulus can be read."""
        return QSize(480, 400)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(160, 140)

    @property
    def _strip_px(self) -> int:
        return self.fontMetrics().height() + 8

    @property
    def _viewport(self) -> tuple[float, float]:
        return float(self.width()), float(max(self.height() - self._strip_px, 1))

    @property
    def _view(self) -> View:
        return self._camera.view(*self._viewport)

    def _inside(self, event: QMouseEvent | QWheelEvent) -> QPointF:
        return event.position() - QPointF(0, self._strip_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the caption, the scene and the focus frame."""
        painter = QPainter(self)
        strip = QRectF(0, 0, self.width(), self._strip_px)
        caption = self._scene.caption if self._scene is not None else ""
        paint_caption(painter, strip, caption, self.palette())
        dpr = self.devicePixelRatioF()
        if self._stage.dpr != dpr:
            self._stage = Stage(dpr)
        if self._scene is None:
            painter.fillRect(self.rect().adjusted(0, self._strip_px, 0, 0), SURROUND)
        else:
            frame = self._stage.frame(self._scene, self._view, *self._viewport)
            painter.drawImage(QPointF(0, self._strip_px), frame)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        if notches:
            point = self._inside(event)
            self._camera.zoom_at((point.x(), point.y()), ZOOM_STEP**notches, self._viewport)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed = event.position()
            self._dragged = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while a button is held; tell where the cursor is."""
        if self._pressed is not None:
            start = self._dragged or self._pressed
            way = event.position() - start
            if self._dragged is not None or way.manhattanLength() >= _DRAG_PX:
                self._dragged = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._camera.pan(way.x(), way.y(), self._viewport)
        self._tell_hovered(self._inside(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or take a click on a fixation."""
        clicked = self._pressed is not None and self._dragged is None
        self._pressed = self._dragged = None
        self.unsetCursor()
        if clicked and event.button() == Qt.MouseButton.LeftButton and self._scene is not None:
            point = self._inside(event)
            hit = fixation_near(self._scene.scanpaths, self._view, point.x(), point.y())
            if hit is not None:
                self.fixation_clicked.emit(*hit)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole stimulus."""
        self._camera.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, show the whole stimulus with 0."""
        if event.key() == Qt.Key.Key_0:
            self._camera.fit()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM_STEP)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the cursor is nowhere."""
        self.hovered.emit(math.nan, math.nan)

    def _tell_hovered(self, point: QPointF) -> None:
        x_px, y_px = self._view.to_stimulus(point.x(), point.y())
        width, height = self._scene.size if self._scene is not None else (0, 0)
        inside = 0 <= x_px < width and 0 <= y_px < height and point.y() >= 0
        self.hovered.emit(*((x_px, y_px) if inside else (math.nan, math.nan)))


def _spoken(scene: Scene | None) -> str:
    """Return what a screen reader says of a scene."""
    if scene is None:
        return ""
    return ". ".join(part for part in (scene.caption, scene.message, scene.badge) if part)
