"""The widget that shows the trace and takes the mouse and the keys."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazelab.app.trace.bands import FIXATION, Bands
from gazelab.app.trace.camera import TimeCamera
from gazelab.app.trace.layout import Layout
from gazelab.app.trace.look import Look
from gazelab.app.trace.paint import Picture, frame
from gazelab.app.trace.series import Series
from gazelab.app.trace.span import Span

ZOOM = 1.25
"""How much longer or shorter the shown time gets in one step."""

_STEP = 0.125
_WHEEL_NOTCH = 120.0
_DRAG_PX = 4.0
_Role = QPalette.ColorRole
_K = Qt.Key


class TraceView(QWidget):
    """Shows a series; dragging pans, Ctrl and the wheel zoom, a click chooses a time.

    sought : a time in ms that the user chose.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self.camera = TimeCamera(self)
        self.camera.changed.connect(self.update)
        self._playhead_ms = 0.0
        self._current: int | None = None
        self._kept: tuple[object, QImage] | None = None
        self._pressed: QPointF | None = None
        self._dragged: QPointF | None = None
        self.follow = True
        self._fitted = False
        self.setAccessibleName(self.tr("Gaze trace"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip(
            self.tr(
                "Click: go to this time. Drag or wheel: pan. Ctrl and wheel, + and -: zoom. "
                "F: all of it."
            )
        )

    def show_series(self, series: Series | None) -> None:
        """Show another recording from its first to its last sample; None shows nothing."""
        if series is None:
            self._picture = None
        else:
            self._picture = Picture(series, (), {}, self._fitted)
            first, last = (float(series.t_ms[k]) if len(series.t_ms) else 0.0 for k in (0, -1))
            self.camera.set_whole(Span(first, max(last, first + 1.0)))
        self._kept = None
        self.update()

    def show_bands(self, bands: tuple[Bands, ...], limits: dict[str, float]) -> None:
        """Shade other events behind the lanes. limits : lane -> value to mark."""
        if self._picture is not None:
            self._picture = replace(self._picture, bands=bands, limits=limits)
            self._describe()
            self.update()

    def fit_heights(self, on: bool) -> None:
        """Let lanes be as high as what is on display, or as the whole recording."""
        self._fitted = on
        if self._picture is not None:
            self._picture = replace(self._picture, fitted=on)
            self.update()

    def set_playhead(self, position_ms: float, current: int | None) -> None:
        """Move the playhead; `current` is the index of the fixation that is stepped to."""
        if (position_ms, current) == (self._playhead_ms, self._current):
            return
        self._playhead_ms, self._current = position_ms, current
        if self.follow and self._dragged is None:
            self.camera.follow(position_ms)
        self._describe()
        self.update()

    def zoom(self, factor: float) -> None:
        """Show a stretch `factor` times as long, about the playhead where it is on display."""
        span = self.camera.span
        held = span.holds(self._playhead_ms)
        self.camera.zoom_at(self._playhead_ms if held else span.middle_ms, factor)

    def sizeHint(self) -> QSize:
        """Return a size in which lanes can be read."""
        return QSize(800, 240)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(280, 110)

    @property
    def _layout(self) -> Layout:
        lanes = len(self._picture.series.lanes) if self._picture is not None else 0
        size = (float(self.width()), float(self.height()))
        return Layout.of(self.font(), size, lanes, self.camera.span)

    def event(self, event: QEvent) -> bool:
        """Take the keys of the trace before the window's shortcuts do."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~(
                Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
            )
            if plain == Qt.KeyboardModifier.NoModifier and event.key() in _KEYS:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, pan with the arrows, Home and End, show all with F."""
        key, camera = Qt.Key(event.key()), self.camera
        if key in (_K.Key_Plus, _K.Key_Equal, _K.Key_Up):
            self.zoom(1 / ZOOM)
        elif key in (_K.Key_Minus, _K.Key_Down):
            self.zoom(ZOOM)
        elif key == _K.Key_F:
            camera.fit()
        elif key in (_K.Key_Left, _K.Key_Right):
            camera.pan(_STEP if key == _K.Key_Right else -_STEP)
        elif key in (_K.Key_Home, _K.Key_End):
            camera.pan_to_end(+1 if key == _K.Key_End else -1)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor with Ctrl, else pan."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        notches = turned / _WHEEL_NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.camera.zoom_at(self._layout.ms_of(event.position().x()), ZOOM**-notches)
        else:
            self.camera.pan(-notches * _STEP)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while a button is held."""
        if self._pressed is None or self._picture is None:
            return
        start = self._dragged or self._pressed
        way = event.position().x() - start.x()
        if self._dragged is not None or abs(way) >= _DRAG_PX:
            self._dragged = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.camera.pan(-way / self._layout.plot.width())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or go to the time that was clicked."""
        clicked = self._pressed is not None and self._dragged is None
        self._pressed = self._dragged = None
        self.unsetCursor()
        plot = self._layout.plot
        if clicked and event.button() == Qt.MouseButton.LeftButton and self._picture is not None:
            x = min(max(event.position().x(), plot.left()), plot.right())
            self.sought.emit(self._layout.ms_of(x))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, which is kept while it stays the same, and the playhead."""
        painter = QPainter(self)
        if self._picture is None:
            painter.fillRect(self.rect(), self.palette().color(_Role.Window))
        else:
            layout = self._layout
            painter.drawImage(0, 0, self._frame(self._picture, layout))
            self._paint_playhead(painter, self._picture, layout)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(_Role.Highlight), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew in other colours or another font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._kept = None
            self.update()
        super().changeEvent(event)

    def _frame(self, picture: Picture, layout: Layout) -> QImage:
        dpr = self.devicePixelRatioF()
        of = (picture, layout, dpr)
        if self._kept is None or self._kept[0] != of:
            look = Look.of(self.palette())
            self._kept = (of, frame(picture, layout, look, self.font(), dpr))
        return self._kept[1]

    def _paint_playhead(self, painter: QPainter, picture: Picture, layout: Layout) -> None:
        paint_current(painter, picture, layout, self._current, self.palette())
        if self.camera.span.holds(self._playhead_ms):
            paint_playhead(painter, layout, layout.x_of(self._playhead_ms), self.palette())

    def _describe(self) -> None:
        """Tell a screen reader what is on display."""
        text = self.tr("{start:.3f} s to {stop:.3f} s, playhead at {at:.3f} s").format(
            start=self.camera.span.start_ms / 1000,
            stop=self.camera.span.stop_ms / 1000,
            at=self._playhead_ms / 1000,
        )
        self.setAccessibleDescription(text)


_KEYS = frozenset(
    {
        _K.Key_Plus, _K.Key_Equal, _K.Key_Minus, _K.Key_F, _K.Key_Left, _K.Key_Right,
        _K.Key_Up, _K.Key_Down, _K.Key_Home, _K.Key_End,
    }
)  # fmt: skip


def paint_current(
    painter: QPainter, picture: Picture, layout: Layout, current: int | None, palette: QPalette
) -> None:
    """Frame the fixation that is stepped to."""
    for bands in picture.bands:
        if bands.kind != FIXATION or current is None:
            continue
        for index in (bands.numbers == current + 1).nonzero()[0].tolist():
            left, right = (layout.x_of(float(t[index])) for t in (bands.start_ms, bands.stop_ms))
            box = QRectF(left, layout.plot.top(), max(right - left, 2.0), layout.plot.height())
            painter.setClipRect(layout.plot)
            tint = QColor(palette.color(_Role.Highlight))
            tint.setAlpha(40)
            painter.fillRect(box, tint)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(_Role.Highlight), 1.5))
            painter.drawRect(box)
            painter.setClipping(False)


def paint_playhead(painter: QPainter, layout: Layout, x: float, palette: QPalette) -> None:
    """Paint the line that marks where the replay is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    text = palette.color(_Role.WindowText)
    painter.setPen(QPen(text, 1.5))
    painter.drawLine(QLineF(x, layout.plot.top(), x, layout.plot.bottom()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(text)
    top = layout.plot.top() - 1
    painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
