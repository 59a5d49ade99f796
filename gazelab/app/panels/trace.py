"""The gaze trace of the leading trial, linked to the replay and to the stepped fixation."""

import math
from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.background import Background
from gazelab.app.trace.bands import bands_of
from gazelab.app.trace.legend import TraceLegend
from gazelab.app.trace.series import Series, series_of
from gazelab.app.trace.view import ZOOM, TraceView
from gazelab.app.viewing import Viewing
from gazelab.data.recording import Recording

AT_ONCE = 100_000
"""Recordings of up to so many samples are prepared at once, longer ones in a thread."""

_KEPT = 4
Source = tuple[Recording, float]


class TracePanel(QWidget):
    """Shows the samples of the leader with the events that are in use or previewed."""

    def __init__(self, viewing: Viewing) -> None:
        super().__init__()
        self._viewing = viewing
        self._kept: OrderedDict[tuple[int, float], tuple[Recording, Series]] = OrderedDict()
        self._shown: Series | None = None
        self._background = Background("trace", self)
        self._background.arrived.connect(self._arrived)
        self._background.failed.connect(lambda _, error: self._tell(str(error)))
        self.view = TraceView()
        self.message = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMargin(16)
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.follow = QCheckBox(self.tr("Follow the playhead"))
        self.follow.setChecked(True)
        self.follow.toggled.connect(self._set_follow)
        self.heights = QCheckBox(self.tr("Fit heights"))
        self.heights.setToolTip(self.tr("Make each lane as high as what is on display"))
        self.heights.toggled.connect(self.view.fit_heights)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 6, 2)
        layout.setSpacing(2)
        self._bar = self._make_bar()
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        self.view.sought.connect(viewing.playhead.sought)
        viewing.changed.connect(self._refresh)
        viewing.document.opened.connect(self._kept.clear)
        viewing.playhead.moved.connect(lambda _: self._show_playhead())

    def close_thread(self) -> None:
        """End the thread (the window closes)."""
        self._background.close()

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.title, 1)
        row.addWidget(TraceLegend())
        row.addWidget(self.follow)
        row.addWidget(self.heights)
        buttons = (
            ("−", self.tr("Show more time (-)"), lambda: self.view.zoom(ZOOM)),
            ("+", self.tr("Show less time (+)"), lambda: self.view.zoom(1 / ZOOM)),
            (self.tr("All"), self.tr("Show all of the recording (F)"), self.view.camera.fit),
        )
        for text, hint, slot in buttons:
            button = QToolButton(autoRaise=True)
            button.setText(text)
            button.setToolTip(hint)
            button.setAccessibleName(hint)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(slot)
            row.addWidget(button)
        return bar

    def _set_follow(self, on: bool) -> None:
        self.view.follow = on
        if on:
            self.view.camera.follow(self._viewing.playhead.position_ms)

    def showEvent(self, event: QShowEvent) -> None:
        """Prepare what was not looked at until now."""
        super().showEvent(event)
        self._refresh(frozenset({"project"}))

    def _refresh(self, fields: frozenset[str]) -> None:
        if not self.isVisible():
            return  # a tab behind another costs nothing
        if fields & {"project", "stimulus", "participants", "trials"}:
            self._load()
        if fields & {"project", "stimulus", "participants", "trials", "preview"}:
            self._show_events()
        self._show_playhead()

    def _source(self) -> Source | None:
        recording = self._viewing.recording
        if recording is None or not len(recording):
            return None
        px_per_deg = recording.px_per_deg
        if math.isnan(px_per_deg):
            px_per_deg = self._viewing.document.project.settings.px_per_deg
        return recording, px_per_deg

    def _load(self) -> None:
        """Show the recording of the leader, prepared now, before, or soon."""
        source = self._source()
        if source is None:
            self._show(None)
            self._tell(self._nothing())
            return
        recording, px_per_deg = source
        kept = self._kept.get((id(recording), px_per_deg))
        if kept is not None and kept[0] is recording:
            self._show(kept[1])
        elif len(recording) <= AT_ONCE:
            self._arrived(source, series_of(recording, px_per_deg))
        else:
            self._show(None)
            self._tell(self.tr("Preparing {n} samples…").format(n=f"{len(recording):,}"))
            self._background.ask(source, lambda: series_of(recording, px_per_deg))

    def _arrived(self, source: Source, series: Series) -> None:
        self._kept[id(source[0]), source[1]] = (source[0], series)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        now = self._source()
        if now is not None and now[0] is source[0]:
            self._show(series)
            self._show_events()
            self._show_playhead()

    def _show(self, series: Series | None) -> None:
        if series is not self._shown:
            same = series is not None and self._shown is not None and series.key == self._shown.key
            span = self.view.camera.span
            self._shown = series
            self.view.show_series(series)
            if same:  # another unit of velocity
                self.view.camera.show(span)
        if series is not None:
            self._stack.setCurrentWidget(self.view)
        self._bar.setEnabled(series is not None)

    def _tell(self, text: str) -> None:
        self.message.setText(text)
        self.title.setText("")
        self._stack.setCurrentWidget(self.message)

    def _nothing(self) -> str:
        if not self._viewing.document.project.recordings:
            return self.tr(
                "This project has no gaze samples. Import a file with samples, such as an "
                "EyeLink .asc or a Tobii .tsv, with Ctrl+I."
            )
        return self.tr("There are no gaze samples of this trial.")

    def _show_events(self) -> None:
        viewing, preview = self._viewing, self._viewing.state.preview
        if self._shown is None:
            return
        key = viewing.leader_key
        if preview is None:
            self.view.show_bands(bands_of(viewing.leader, viewing.trials.events(key)), {})
            reader = viewing.leader.origin.reader if viewing.leader is not None else ""
            text = self.tr("{who} · events: {reader}") if reader else self.tr("{who}")
            self.title.setText(text.format(who=key[0] if key else "", reader=reader))
        else:
            path = preview.scanpath or viewing.leader
            self.view.show_bands(bands_of(path, preview.events), dict(preview.limits))
            self.title.setText(self.tr("Preview: {title}").format(title=preview.title))

    def _show_playhead(self) -> None:
        if self._shown is not None:
            current = None if self._viewing.state.preview else self._viewing.shown_fixation
            self.view.set_playhead(self._viewing.playhead.position_ms, current)
