"""The timeline: fixations and attention steps over time, with a playhead to drag."""

import math

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazelab.app.canvas.colormaps import OKABE_ITO
from gazelab.app.canvas.timepaint import (
    Rows,
    Track,
    note_of,
    paint_playhead,
    paint_rows,
    row_names,
)
from gazelab.app.canvas.timing import fixation_at
from gazelab.data.alignment import Steps
from gazelab.data.gaze import Scanpath


class Timeline(QWidget):
    """Shows when the fixations of one scanpath happened and which step stands beside them.

    Dragging moves the playhead; Left and Right go to the fixation before and after, Home
    and End to the first and the last.

    sought : a position in milliseconds that the user chose.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track = Track(None, OKABE_ITO[0], 0, "index", 0.0)
        self._position_ms = 0.0
        self._kept: QImage | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline"))
        self._describe()

    @property
    def position_ms(self) -> float:
        """Where the playhead is."""
        return self._position_ms

    def set_scanpath(
        self,
        scanpath: Scanpath | None,
        colour: str = OKABE_ITO[0],
        duration_ms: float | None = None,
    ) -> None:
        """Show another scanpath; None shows an empty timeline.

        colour : "#rrggbb" of the bars. duration_ms : where the timeline ends; None takes
        the end of the last fixation.
        """
        if duration_ms is None:
            duration_ms = scanpath.end_ms if scanpath is not None else 0.0
        duration_ms = duration_ms if math.isfinite(duration_ms) else 0.0
        track = self._track
        self._show(Track(scanpath, colour, track.steps, track.alignment, duration_ms))

    def set_steps(self, steps: Steps, alignment: str) -> None:
        """Show the attention steps of a machine; 0 shows none."""
        track = self._track
        self._show(Track(track.scanpath, track.colour, steps, alignment, track.duration_ms))

    def set_position(self, position_ms: float) -> None:
        """Move the playhead, limited to the timeline."""
        position_ms = min(max(position_ms, 0.0), self._track.duration_ms)
        if position_ms != self._position_ms:
            self._position_ms = position_ms
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of all rows in the present font."""
        return QSize(600, math.ceil(self._rows.height))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(240, math.ceil(self._rows.height))

    @property
    def _rows(self) -> Rows:
        return Rows.of(self.font(), self.width(), self._track.duration_ms, row_names())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, which are kept between frames, and the playhead."""
        dpr = self.devicePixelRatioF()
        if self._kept is None or self._kept.devicePixelRatio() != dpr:
            self._kept = self._painted_rows(dpr)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(0, 0, self._kept)
        paint_playhead(painter, self._rows, self._track, self._position_ms, self.palette())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to where the button was pressed."""
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the cursor while the button is held."""
        self._seek(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another fixation with Left, Right, Home and End."""
        scanpath = self._track.scanpath
        if scanpath is None or len(scanpath) == 0:
            super().keyPressEvent(event)
            return
        now, last = fixation_at(scanpath, self._position_ms), len(scanpath) - 1
        now = -1 if now is None else now
        target = {
            Qt.Key.Key_Left: max(now - 1, 0),
            Qt.Key.Key_Right: min(now + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        else:
            self.sought.emit(float(scanpath.onset_ms[target]))

    def resizeEvent(self, event: QEvent) -> None:
        """Paint the rows anew."""
        self._kept = None

    def changeEvent(self, event: QEvent) -> None:
        """Paint the rows anew in other colours or another font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._kept = None
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def _painted_rows(self, dpr: float) -> QImage:
        image = QImage(self.size() * dpr, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(dpr)
        image.fill(self.palette().color(QPalette.ColorRole.Window))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        paint_rows(painter, self._rows, self._track, self.palette())
        painter.end()
        return image

    def _show(self, track: Track) -> None:
        self._track = track
        self._position_ms = min(self._position_ms, track.duration_ms)
        self._kept = None
        self.setToolTip(note_of(track))
        self._describe()
        self.update()

    def _seek(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._track.duration_ms > 0:
            self.sought.emit(self._rows.ms_of(event.position().x()))

    def _describe(self) -> None:
        """Tell a screen reader where the playhead is."""
        scanpath = self._track.scanpath
        index = None if scanpath is None else fixation_at(scanpath, self._position_ms)
        text = note_of(self._track)
        if scanpath is not None and index is not None:
            where = self.tr("Fixation {0} of {1} at {2} milliseconds.").format(
                index + 1, len(scanpath), round(self._position_ms)
            )
            text = f"{where} {text}".strip()
        self.setAccessibleDescription(text)
