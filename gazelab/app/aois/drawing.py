"""Drawing an area of interest over a picture, by mouse or by keys."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from gazelab.app.canvas.pane import Pane
from gazelab.app.viewing import Viewing
from gazelab.data.aoi import FEWEST_CORNERS, rectangle

RECTANGLE, POLYGON = "rectangle", "polygon"
_LEAST_PX = 3
"""Sides of a rectangle below that are a click, not a drag."""
_NEAR_PX = 8.0
"""Screen pixels from the first corner within which a click closes a polygon."""
_K = Qt.Key
_ENTER = (_K.Key_Return, _K.Key_Enter)
_OWN_KEYS = (*_ENTER, _K.Key_Escape, _K.Key_Backspace)

Corner = tuple[float, float]


class Drawing(QObject):
    """While it is on, the left button draws in the panes; all else in them works as before.

    finished : emitted with the corners, (k, 2) whole pixels inside the picture.
    changed : emitted when drawing begins and ends.
    """

    finished = Signal(object)
    changed = Signal()

    def __init__(self, viewing: Viewing, panes: Sequence[Pane], parent: QObject) -> None:
        super().__init__(parent)
        self.shape = ""
        self._viewing = viewing
        self._panes = tuple(panes)
        self._corners: list[Corner] = []
        for pane in self._panes:
            pane.installEventFilter(self)
        viewing.changed.connect(self._left)

    def begin(self, shape: str) -> None:
        """Draw a RECTANGLE or a POLYGON, from its first corner."""
        self._corners = []
        self.shape = shape
        for pane in self._panes:
            pane.setCursor(Qt.CursorShape.CrossCursor)
        if not any(pane.hasFocus() for pane in self._panes):
            self._panes[0].setFocus()
        self._show(())
        self.changed.emit()

    def cancel(self) -> None:
        """Draw no longer."""
        if not self.shape:
            return
        self.shape = ""
        for pane in self._panes:
            pane.unsetCursor()
        self._show(())
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the left button and a few keys while drawing."""
        if not self.shape or not isinstance(watched, Pane):
            return False
        if isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            if event.type() == QEvent.Type.KeyPress:
                self._key(Qt.Key(event.key()))
            event.accept()  # of a ShortcutOverride too: Esc does not cancel a job now
            return True
        if not isinstance(event, QMouseEvent):
            return False
        where = event.position()
        point = self._inside(*watched.view.to_stimulus(where.x(), where.y()))
        if event.type() == QEvent.Type.MouseMove:
            self._move(point)
            return False  # the pane tells where the cursor is, and pans by the middle button
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._press(point, watched)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self._finish()
        elif event.type() == QEvent.Type.MouseButtonRelease and self.shape == RECTANGLE:
            self._finish_rectangle(point)
        return True

    def _press(self, point: Corner, pane: Pane) -> None:
        if self.shape == RECTANGLE:
            self._corners = [point]
        elif self._closes(point, pane):
            self._finish()
            return
        elif point not in self._corners[-1:]:
            self._corners.append(point)
        self._move(point)

    def _closes(self, point: Corner, pane: Pane) -> bool:
        if len(self._corners) < FEWEST_CORNERS:
            return False
        return math.dist(point, self._corners[0]) * pane.view.scale <= _NEAR_PX

    def _move(self, point: Corner) -> None:
        if not self._corners:
            return
        if self.shape == RECTANGLE:
            self._show(_between(self._corners[0], point))
        else:
            self._show((*self._corners, point))

    def _key(self, key: Qt.Key) -> None:
        if key == _K.Key_Escape:
            self.cancel()
        elif key in _ENTER:
            self._finish()
        elif self._corners:
            self._corners.pop()
            self._show(tuple(self._corners))

    def _finish_rectangle(self, point: Corner) -> None:
        corners = _between(self._corners[0], point) if self._corners else ()
        self._corners = []
        if corners and np.ptp(corners, axis=0).min() >= _LEAST_PX:
            self._end(corners)
        else:
            self._show(())

    def _finish(self) -> None:
        """End a polygon that has enough corners; without any, take the middle of the picture."""
        if len(self._corners) >= FEWEST_CORNERS:
            self._end(self._corners)
        elif not self._corners:
            width, height = self._size
            box = rectangle(width // 4, height // 4, width // 2, height // 2)
            self._end([(x, y) for x, y in box.tolist()])

    def _end(self, corners: Sequence[Corner]) -> None:
        self.cancel()
        self.finished.emit(np.array(corners, np.float64))

    @property
    def _size(self) -> tuple[int, int]:
        stimulus = self._viewing.document.project.stimuli[self._viewing.state.stimulus]
        return stimulus.width_px, stimulus.height_px

    def _inside(self, x: float, y: float) -> Corner:
        width, height = self._size
        return float(min(max(round(x), 0), width)), float(min(max(round(y), 0), height))

    def _show(self, draft: tuple[Corner, ...]) -> None:
        if draft != self._viewing.state.draft:
            self._viewing.show(draft=draft)

    def _left(self, fields: frozenset[str]) -> None:
        """Stop: what was begun on one picture is not ended on another."""
        if "stimulus" in fields:
            self.cancel()


def _between(one: Corner, other: Corner) -> tuple[Corner, ...]:
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(one, other, strict=True))
    box = rectangle(left, top, right - left, bottom - top)
    return tuple((x, y) for x, y in box.tolist())
