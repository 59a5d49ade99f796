"""Choosing a detector: parameters with a live preview, and using what it finds."""

import math
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.background import Background
from gazelab.app.jobs import Jobs
from gazelab.app.panels.findings import FindingsTable, numbers_beside, numbers_of_detection
from gazelab.app.panels.parameters import ParameterForm
from gazelab.app.panels.use import UseBox
from gazelab.app.viewing import Preview, Viewing
from gazelab.data.gaze import TrialKey
from gazelab.data.recording import Recording
from gazelab.gaze.detect import DETECTORS, Detection, detect
from gazelab.gaze.settings import DetectorSettings
from gazelab.study.choosing import title_of, trackers_own
from gazelab.study.detecting import with_scale

_FITTING = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
AT_ONCE = 60_000
"""Recordings of up to so many samples are searched at once, longer ones in a thread."""


class DetectionPanel(QWidget):
    """Finds events in the leader's trial while parameters are chosen, and in all on request."""

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__()
        self._area = QScrollArea()
        self._viewing = viewing
        self._jobs = jobs
        self._background = Background("detection", self)
        self._background.arrived.connect(lambda asked, found: self._found(asked, found))
        self._background.failed.connect(lambda _, error: self.use.say(str(error)))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._detect)
        self._make_widgets()
        self._lay_out()
        viewing.changed.connect(self._refresh)
        self._refresh(frozenset({"project"}))

    @property
    def form(self) -> ParameterForm:
        """The parameters of the chosen detector."""
        form = self.forms.currentWidget()
        assert isinstance(form, ParameterForm)
        return form

    def close_thread(self) -> None:
        """End the thread (the window closes)."""
        self._soon.stop()
        self._background.close()

    def _make_widgets(self) -> None:
        self.detector = QComboBox()
        self.detector.setAccessibleName(self.tr("Detector"))
        self.forms = QStackedWidget()
        for detector in DETECTORS:
            self.detector.addItem(detector.title)
            self.detector.setItemData(
                self.detector.count() - 1,
                f"{detector.definition}\n{detector.citation}",
                Qt.ItemDataRole.ToolTipRole,
            )
            form = ParameterForm(detector)
            form.changed.connect(self._tuned)
            self.forms.addWidget(form)
        self.detector.setSizeAdjustPolicy(_FITTING)
        self.detector.setMinimumContentsLength(12)
        self.detector.currentIndexChanged.connect(self._choose_detector)
        self.preview = QCheckBox(self.tr("&Preview"))
        self.preview.toggled.connect(self._toggle_preview)
        self.defaults = QPushButton(self.tr("De&faults"))
        self.defaults.clicked.connect(self._reset)
        self.px_per_deg = QDoubleSpinBox(decimals=2, maximum=1000.0)
        self.px_per_deg.setKeyboardTracking(False)
        self.px_per_deg.setSpecialValueText(self.tr("unknown"))
        self.px_per_deg.setAccessibleName(self.tr("Pixels per degree"))
        self.px_per_deg.valueChanged.connect(self._set_px_per_deg)
        self.scale_note = _words()
        self.findings = FindingsTable()
        self.use = UseBox(self._viewing, self._jobs, lambda: self.form.settings)
        self.use.taken.connect(lambda: self.preview.setChecked(False))

    def _lay_out(self) -> None:
        inside = QWidget()
        scrolled = QVBoxLayout(inside)
        scrolled.setContentsMargins(0, 0, 6, 0)
        scrolled.addWidget(self.forms)
        scrolled.addWidget(self.defaults)
        scrolled.addStretch()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self._area.verticalScrollBar().sizeHint().width()
        self._area.setMinimumWidth(inside.minimumSizeHint().width() + bar)
        scale = QFormLayout()
        scale.addRow(self.tr("Px per deg"), self.px_per_deg)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.detector)
        layout.addLayout(scale)
        layout.addWidget(self.scale_note)
        layout.addWidget(self.preview)
        layout.addWidget(self.findings)
        layout.addWidget(_line())
        layout.addWidget(self._area, 1)
        layout.addWidget(_line())
        layout.addWidget(self.use)

    # what is shown

    def _refresh(self, fields: frozenset[str]) -> None:
        if fields & {"project", "stimulus", "participants", "trials"}:
            self._show_scale()
            self._show_tracker()
            if self.preview.isChecked():
                self._soon.start()
            else:
                self.findings.clear(0)

    def _show_scale(self) -> None:
        recording, project = self._viewing.recording, self._viewing.document.project
        known = project.settings.px_per_deg
        with QSignalBlocker(self.px_per_deg):
            self.px_per_deg.setValue(0.0 if math.isnan(known) else known)
        own = math.nan if recording is None else recording.px_per_deg
        if recording is None:
            note = self.tr("There are no gaze samples of this trial.")
        elif not math.isnan(own):
            note = self.tr("The {own:.2f} px per deg of this recording are used.").format(own=own)
        elif math.isnan(known):
            note = self.tr(
                "Detectors work in degrees: give the pixels in one degree here, or the size and "
                "distance of the screen on import."
            )
        else:
            note = ""
        self.scale_note.setText(note)
        self.scale_note.setVisible(bool(note))
        self.preview.setEnabled(self._scaled() is not None)
        self.use.enable(self._scaled() is not None)

    def _show_tracker(self) -> None:
        viewing, key = self._viewing, self._viewing.leader_key
        own = None if key is None else trackers_own(viewing.document.project, key)
        path = own or viewing.leader
        reader = "" if path is None else path.origin.reader
        events = [
            item
            for item in viewing.document.project.events
            if item.trial_key == key and item.origin.reader == reader
        ]
        self.findings.show_numbers(1, title_of(reader), numbers_beside(path, events))
        self.findings.heads[0].setText(DETECTORS[self.detector.currentIndex()].id)

    # preview

    def _choose_detector(self, row: int) -> None:
        self.forms.setCurrentIndex(row)
        self.findings.heads[0].setText(DETECTORS[row].id)
        self._tuned()

    def _reset(self) -> None:
        self.form.reset()
        self._tuned()

    def _tuned(self) -> None:
        """Detect anew with what was chosen."""
        if self.preview.isEnabled():
            self.preview.setChecked(True)
            self._soon.start()

    def _toggle_preview(self, on: bool) -> None:
        if on:
            self._soon.start()
        else:
            self._background.forget()
            self.findings.clear(0)
            self._viewing.show(preview=None)

    def _scaled(self) -> Recording | None:
        """Return the leader's recording with pixels per degree, None without."""
        recording = self._viewing.recording
        if recording is None or not len(recording):
            return None
        scaled = with_scale(recording, self._viewing.document.project.settings.px_per_deg)
        return None if math.isnan(scaled.px_per_deg) else scaled

    def _detect(self) -> None:
        recording, settings = self._scaled(), self.form.settings
        if recording is None or not self.preview.isChecked():
            self.findings.clear(0)
            return
        stimulus = self._viewing.document.project.stimuli.get(recording.stimulus)
        asked = (recording.key, settings)
        if len(recording) <= AT_ONCE:
            self._found(asked, detect(recording, settings, stimulus))
        else:
            self._background.ask(asked, lambda: detect(recording, settings, stimulus))

    def _found(self, asked: tuple[TrialKey, DetectorSettings], found: Detection) -> None:
        key, settings = asked
        if key != self._viewing.leader_key or not self.preview.isChecked():
            return
        detector = DETECTORS[self.detector.currentIndex()]
        self.findings.show_numbers(0, detector.id, numbers_of_detection(found))
        limit = getattr(settings, "velocity_threshold_deg_s", None)
        limits = {} if limit is None else {"velocity": float(limit)}
        preview = Preview(key, found.scanpath, found.events, detector.title, limits)
        self._viewing.show(preview=preview)

    def _set_px_per_deg(self, value: float) -> None:
        document = self._viewing.document
        known = value if value > 0 else math.nan
        document.set_settings(replace(document.project.settings, px_per_deg=known))


def _words() -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
