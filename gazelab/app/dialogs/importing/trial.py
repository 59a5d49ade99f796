"""The picture of the import wizard: one trial on its stimulus, as the contract says."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gazelab.app.canvas.camera import Camera, View, centred, fitted
from gazelab.app.canvas.colormaps import OKABE_ITO
from gazelab.app.canvas.pane import Pane
from gazelab.app.canvas.samples import SampleLayer
from gazelab.app.canvas.scene import Overlay, ScanpathLayer, Scene
from gazelab.app.pictures import Pictures
from gazelab.data.gaze import Scanpath
from gazelab.data.recording import Recording
from gazelab.study.previewing import Shown

MOST_FIXATIONS = 300
MOST_SAMPLES = 5000
_ROOM = 0.06
_MOST_ROOM = 1.0
"""Positions up to one stimulus away from its edge are shown; further ones are said."""

Rect = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels of the stimulus."""


class RoomyCamera(Camera):
    """A camera that, while fitted, shows what lies around the stimulus too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room: Rect = (0.0, 0.0, 1.0, 1.0)

    def set_room(self, room: Rect) -> None:
        """Tell what must be seen while fitted."""
        if room != self._room:
            self._room = room
            self.changed.emit()

    def view(self, width_px: float, height_px: float) -> View:
        """Return the view of a pane of this size."""
        if not self.is_fitted:
            return super().view(width_px, height_px)
        left, top, right, bottom = self._room
        viewport = (width_px, height_px)
        scale = fitted((right - left, bottom - top), viewport).scale
        return centred(scale, ((left + right) / 2, (top + bottom) / 2), viewport)


class TrialPane(Pane):
    """A pane in which Left and Right go to another trial. moved : emitted with -1 or +1."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another trial, or do what a pane does."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: +1}
        way = ways.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(way)


class TrialView(QWidget):
    """Shows what `Shown` holds, and asks for the one before or after. moved : as the pane's."""

    moved = Signal(int)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._shown = Shown("")
        self.pictures = Pictures(self)
        self.pictures.arrived.connect(lambda _: self._draw())
        self.camera = RoomyCamera(self)
        self.pane = TrialPane(self.camera, self.tr("Trial on its picture"))
        self.pane.moved.connect(self.moved)
        self.previous = QPushButton(self.tr("Pre&vious trial"), autoDefault=False)
        self.next = QPushButton(self.tr("&Next trial"), autoDefault=False)
        self.where = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.where.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        for button, way, key in ((self.previous, -1, "Alt+Left"), (self.next, +1, "Alt+Right")):
            button.clicked.connect(partial(self.moved.emit, way))
            button.setToolTip(key)
            QShortcut(QKeySequence(key), self, partial(self.moved.emit, way))
        row = QHBoxLayout()
        row.addWidget(self.previous)
        row.addWidget(self.where, 1)
        row.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pane, 1)
        layout.addWidget(self.says)
        layout.addLayout(row)
        self.show_trial(self._shown, 0, 0)

    def show_trial(self, shown: Shown, number: int, count: int) -> None:
        """Show a trial, the `number`-th of `count` from 0, or why there is none."""
        self._shown = shown
        self.previous.setEnabled(number > 0)
        self.next.setEnabled(number + 1 < count)
        text = self.tr("{k} of {n}").format(k=number + 1, n=count) if count else ""
        self.where.setText(text)
        self._draw()

    def forget_pictures(self) -> None:
        """Read pictures again: others may have the same names."""
        self.pictures.clear()

    def _draw(self) -> None:
        shown = self._shown
        scene = self._scene(shown)
        self.pane.set_scene(scene)
        self.camera.set_room(_room(shown, scene.size))
        self.says.setText(self._share_words(shown))

    def _scene(self, shown: Shown) -> Scene:
        stimulus = shown.stimulus
        if stimulus is None:
            return Scene((4, 3), message=shown.problem, caption=shown.title, legend=False)
        image = self.pictures.get(stimulus, self._folder)
        path, recording, attention = shown.scanpath, shown.recording, shown.attention
        return Scene(
            (stimulus.width_px, stimulus.height_px),
            image,
            overlay=None if attention is None else Overlay(attention.maps[0]),
            scanpaths=() if path is None else (_layer(path),),
            message=shown.problem or self.pictures.problem(stimulus.id),
            caption=shown.title,
            legend=False,
            samples=None if recording is None else _samples(recording),
            outline=True,
        )

    def _share_words(self, shown: Shown) -> str:
        parts = []
        stimulus = shown.stimulus
        if stimulus is not None and not math.isnan(shown.on_stimulus):
            what = self.tr("samples") if shown.recording is not None else self.tr("fixations")
            where = self.tr("picture") if stimulus.has_picture else self.tr("screen")
            text = self.tr("{share:.1f} % of the {what} of this trial lie on the {where}.")
            if shown.every > 1:
                text = self.tr(
                    "About {share:.1f} % of the {what} of this trial lie on the {where}."
                )
            parts.append(text.format(share=100 * shown.on_stimulus, what=what, where=where))
        if shown.scanpath is not None and len(shown.scanpath) > MOST_FIXATIONS:
            text = self.tr("The first {k} of {n} fixations are drawn.")
            parts.append(text.format(k=MOST_FIXATIONS, n=len(shown.scanpath)))
        if _is_far(shown):
            parts.append(self.tr("Some lie too far away to be drawn."))
        return " ".join(parts)


def _samples(recording: Recording) -> SampleLayer:
    """Return samples, evenly thinned where there are many: the drawing must follow at once.

    No line joins thinned ones: it would not be the way of the eye.
    """
    step = -(-len(recording) // MOST_SAMPLES) or 1
    x_px, y_px = recording.x_px[::step], recording.y_px[::step]
    if step > 1:
        x_px, y_px = (np.column_stack((v, np.full_like(v, np.nan))).ravel() for v in (x_px, y_px))
    return SampleLayer(x_px, y_px)


def _layer(path: Scanpath) -> ScanpathLayer:
    return ScanpathLayer(_first(path), colour=OKABE_ITO[1])


def _first(path: Scanpath) -> Scanpath:
    """Return as much of a scanpath as can be told apart."""
    if len(path) <= MOST_FIXATIONS:
        return path
    names = ("x_px", "y_px", "onset_ms", "duration_ms", "exclusion")
    return replace(path, **{name: getattr(path, name)[:MOST_FIXATIONS] for name in names})


def _extent(shown: Shown) -> Rect | None:
    """Return the rectangle around all positions; None without any."""
    items = [item for item in (shown.recording, shown.scanpath) if item is not None]
    x_px = np.concatenate([item.x_px for item in items] or [np.zeros(0)])
    y_px = np.concatenate([item.y_px for item in items] or [np.zeros(0)])
    there = np.isfinite(x_px) & np.isfinite(y_px)
    if not there.any():
        return None
    x_px, y_px = x_px[there], y_px[there]
    return float(x_px.min()), float(y_px.min()), float(x_px.max()), float(y_px.max())


def _room(shown: Shown, size: tuple[int, int]) -> Rect:
    """Return the stimulus with the positions around it, up to a limit, and a margin."""
    width, height = size
    extent = _extent(shown) if shown.stimulus is not None else None
    left, top, right, bottom = extent or (0.0, 0.0, float(width), float(height))
    far_x, far_y = _MOST_ROOM * width, _MOST_ROOM * height
    margin = _ROOM * max(width, height) if extent else 0.0
    return (
        min(max(left, -far_x), 0.0) - margin,
        min(max(top, -far_y), 0.0) - margin,
        max(min(right, width + far_x), width) + margin,
        max(min(bottom, height + far_y), height) + margin,
    )


def _is_far(shown: Shown) -> bool:
    """Whether positions lie beyond what `_room` shows."""
    extent, stimulus = _extent(shown), shown.stimulus
    if extent is None or stimulus is None:
        return False
    width, height = stimulus.width_px, stimulus.height_px
    far_x, far_y = _MOST_ROOM * width, _MOST_ROOM * height
    left, top, right, bottom = extent
    return left < -far_x or top < -far_y or right > width + far_x or bottom > height + far_y
