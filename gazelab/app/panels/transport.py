"""Moving through time: transport buttons, speed, alignment, and the timeline below."""

import math
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gazelab.app.canvas.clock import SPEEDS, PlaybackClock
from gazelab.app.canvas.timeline import Timeline
from gazelab.app.canvas.timing import fixation_at
from gazelab.app.viewing import Viewing
from gazelab.data.alignment import ALIGNMENTS

_TAIL_MS = 300.0


class TransportPanel(QWidget):
    """Keeps clock, timeline and the viewed fixation together."""

    def __init__(self, viewing: Viewing, actions: list[QAction]) -> None:
        super().__init__()
        self._viewing = viewing
        self.clock = PlaybackClock(self)
        self.timeline = Timeline()
        self.speed = QComboBox()
        self.alignment = QComboBox()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(self._buttons(actions))
        layout.addWidget(self.timeline)
        self.clock.moved.connect(self._clock_moved)
        self.timeline.sought.connect(self._sought)
        viewing.playhead.sought.connect(self._sought)
        viewing.changed.connect(self._refresh)

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        if not self.clock.playing and self.clock.position_ms >= self.clock.duration_ms:
            self.clock.seek(0.0)
        self.clock.toggle()

    def set_speed(self, by: int) -> None:
        """Choose the next faster (+1) or slower (-1) speed."""
        row = min(max(self.speed.currentIndex() + by, 0), self.speed.count() - 1)
        self.speed.setCurrentIndex(row)

    def _buttons(self, actions: list[QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for action in actions:
            button = QToolButton(autoRaise=True)
            button.setDefaultAction(action)
            row.addWidget(button)
        row.addSpacing(8)
        self.speed.setAccessibleName(self.tr("Playback speed"))
        for speed in SPEEDS:
            self.speed.addItem(self.tr("{speed:g}×").format(speed=speed), speed)
        self.speed.currentIndexChanged.connect(
            lambda row: self.clock.set_speed(self.speed.itemData(row))
        )
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        row.addWidget(QLabel(self.tr("Speed")))
        row.addWidget(self.speed)
        row.addSpacing(12)
        row.addWidget(QLabel(self.tr("Fixation and step linked by")))
        words = {
            "index": self.tr("index (fixation k, step k)"),
            "time": self.tr("time (equal shares)"),
            "unlinked": self.tr("nothing (unlinked)"),
        }
        for alignment in ALIGNMENTS:
            self.alignment.addItem(words[alignment], alignment)
        self.alignment.setAccessibleName(self.tr("Alignment of fixations and steps"))
        self.alignment.activated.connect(self._choose_alignment)
        row.addWidget(self.alignment)
        row.addStretch()
        return row

    def _choose_alignment(self, row: int) -> None:
        document = self._viewing.document
        settings = document.project.settings
        document.set_settings(replace(settings, alignment=self.alignment.itemData(row)))

    def _refresh(self, fields: frozenset[str]) -> None:
        viewing = self._viewing
        leader, attention = viewing.leader, viewing.attention
        if fields & {"project", "stimulus", "participants", "trials", "source", "kind"}:
            end_ms = self._end_ms()
            self.timeline.set_scanpath(leader, duration_ms=end_ms)
            steps = attention.beside if attention is not None else 0
            # a static map stands beside all of the viewing
            self.timeline.set_steps(steps, "time" if steps == 1 else viewing.alignment)
            self.clock.set_duration(end_ms + (_TAIL_MS if leader is not None else 0.0))
            if leader is None and fields & {"stimulus", "participants", "trials"}:
                self.clock.seek(0.0)
            with QSignalBlocker(self.alignment):
                self.alignment.setCurrentIndex(self.alignment.findData(viewing.alignment))
        if not self.clock.playing:
            self._seek_to_fixation()

    def _end_ms(self) -> float:
        """Return where the replay ends: with the last fixation or the last sample."""
        leader, recording = self._viewing.leader, self._viewing.recording
        ends = [leader.end_ms] if leader is not None else []
        if recording is not None and len(recording):
            ends.append(float(recording.t_ms[-1]))
        return max((end for end in ends if math.isfinite(end)), default=0.0)

    def _seek_to_fixation(self) -> None:
        leader, fixation = self._viewing.leader, self._viewing.shown_fixation
        if leader is None or fixation is None:
            self._show_position(self.clock.position_ms)
            return
        onset_ms = float(leader.onset_ms[fixation])
        if fixation_at(leader, self.clock.position_ms) != fixation and onset_ms == onset_ms:
            with QSignalBlocker(self.clock):
                self.clock.seek(onset_ms)
            self._show_position(onset_ms)

    def _sought(self, position_ms: float) -> None:
        self.clock.seek(position_ms)
        self._clock_moved(position_ms)

    def _show_position(self, position_ms: float) -> None:
        self.timeline.set_position(position_ms)
        self._viewing.playhead.set_position(position_ms)

    def _clock_moved(self, position_ms: float) -> None:
        self._show_position(position_ms)
        leader = self._viewing.leader
        if leader is None:
            return
        fixation = fixation_at(leader, position_ms)
        if fixation is not None and fixation != self._viewing.state.fixation:
            self._viewing.show(fixation=fixation)
