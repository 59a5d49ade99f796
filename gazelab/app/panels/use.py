"""Using what a detector finds, and choosing among the fixations that were found."""

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gazelab.app.jobs import Jobs
from gazelab.app.viewing import Viewing
from gazelab.data.gaze import TrialKey
from gazelab.gaze.detect import detector_of
from gazelab.gaze.settings import DetectorSettings
from gazelab.study.choosing import choices, title_of, with_fixations_of
from gazelab.study.detecting import Detected, detect_events

_FITTING = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class UseBox(QWidget):
    """Buttons that detect in many trials, and a list of those who found fixations.

    settings : the settings as they are chosen.
    taken : what a detector found is in use.
    """

    taken = Signal()

    def __init__(
        self, viewing: Viewing, jobs: Jobs, settings: Callable[[], DetectorSettings]
    ) -> None:
        super().__init__()
        self._viewing = viewing
        self._jobs = jobs
        self._settings = settings
        self.said = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.all = QPushButton(self.tr("&All trials"))
        self.participant = QPushButton(self.tr("Pa&rticipant"))
        self.trial = QPushButton(self.tr("&Trial"))
        self.all.setToolTip(self.tr("Use what it finds in all trials"))
        self.participant.setToolTip(self.tr("Use what it finds in the trials of this participant"))
        self.trial.setToolTip(self.tr("Use what it finds in this trial"))
        self.in_use = QComboBox()
        self.in_use.setAccessibleName(self.tr("Fixations in use"))
        self.in_use.setSizeAdjustPolicy(_FITTING)
        self.in_use.setMinimumContentsLength(12)
        self.in_use.activated.connect(self._choose_fixations)
        row = QHBoxLayout()
        row.setSpacing(3)
        for button in (self.all, self.participant, self.trial):
            button.clicked.connect(partial(self._use, button))
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(button.text()) + 10)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(QLabel(self.tr("Use what it finds for")))
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(QLabel(self.tr("Fixations in use")))
        layout.addWidget(self.in_use)
        self.say("")
        viewing.document.changed.connect(self._show_choices)
        viewing.document.opened.connect(lambda: self.say(""))

    def enable(self, searchable: bool) -> None:
        """Offer what is possible; `searchable` is whether this trial can be searched."""
        self.all.setEnabled(bool(self._viewing.document.project.recordings))
        self.participant.setEnabled(searchable)
        self.trial.setEnabled(searchable)

    def say(self, text: str) -> None:
        """Tell what came of it."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _keys(self, button: QPushButton) -> Collection[TrialKey] | None:
        """Return the trials that a button stands for, None for all."""
        key, recordings = self._viewing.leader_key, self._viewing.document.project.recordings
        if button is self.all or key is None:
            return None
        return {
            k for k in recordings if k == key or (button is self.participant and k[0] == key[0])
        }

    def _use(self, button: QPushButton, _: bool = False) -> None:
        settings = self._settings()
        self.say("")
        task = detect_events(self._viewing.document.project, settings, self._keys(button))
        text = self.tr("Detect with {title}").format(title=detector_of(settings).title)
        self._jobs.start(text, task, lambda found: self._take(text, found))

    def _take(self, text: str, found: Detected) -> None:
        document = self._viewing.document
        self.taken.emit()
        document.edit(text, document.project.with_detected(found.scanpaths, found.events))
        counts = [
            self.tr("{n} fixations").format(n=found.counts.get("fixations", 0)),
            self.tr("{n} saccades").format(
                n=found.counts.get("saccades", 0) + found.counts.get("microsaccades", 0)
            ),
            self.tr("{n} blinks").format(n=found.counts.get("blinks", 0)),
        ]
        said = self.tr("Found: {what}.").format(what=", ".join(counts))
        if found.skipped:
            said += " " + self.tr("{n} trials left out: {why}.").format(
                n=len(found.skipped), why=found.skipped[0][1]
            )
        self.say(said)

    def _show_choices(self, parts: frozenset[str]) -> None:
        if not parts & {"scanpaths", "set_aside"}:
            return
        self.in_use.clear()
        for choice in choices(self._viewing.document.project):
            text = self.tr("{title}: {n} of {m} trials").format(
                title=choice.title, n=choice.in_use, m=choice.trials
            )
            self.in_use.addItem(text, choice.reader)
            self.in_use.setItemData(self.in_use.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        if not self.in_use.count():
            self.in_use.addItem(self.tr("none yet"), "")
        self.in_use.setEnabled(self.in_use.count() > 1)

    def _choose_fixations(self, row: int) -> None:
        document, reader = self._viewing.document, self.in_use.itemData(row)
        project = with_fixations_of(document.project, reader)
        if project is not document.project:
            text = self.tr("Use fixations of {title}").format(title=title_of(reader))
            document.edit(text, project)
