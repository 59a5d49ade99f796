"""How good the recordings are: by trial and participant, with a sentence for the paper."""

import math

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gazelab.app import preferences
from gazelab.app.jobs import Job, Jobs
from gazelab.app.panels.quality_model import MARKS, QualityModel
from gazelab.app.viewing import Viewing
from gazelab.data.gaze import TrialKey
from gazelab.project.project import Project
from gazelab.report.quality import StudyQuality
from gazelab.study.quality import study_quality

_NOTHING = StudyQuality()
_MEASURED_ROWS = 40
"""So many rows say how wide a column is: measuring hundreds would hold the window."""
_PARTS = ("recordings", "scanpaths", "stimuli", "rules")


class QualityPanel(QWidget):
    """A table that can be sorted, what is doubtful in it marked, and a sentence beside it.

    It is computed when it is looked at, and again when gaze, pictures or the scale change.
    """

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__()
        self._viewing = viewing
        self._jobs = jobs
        self._looking = False
        self._job: Job | None = None
        self._asked: Project | None = None
        self.found = _NOTHING
        self.limits = preferences.quality_limits()
        self.scope = QComboBox()
        self.scope.addItem(self.tr("By trial"), True)
        self.scope.addItem(self.tr("By participant"), False)
        self.scope.setAccessibleName(self.tr("What a row is"))
        self.hint = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.model = QualityModel(self)
        self.table = QTableView()
        self._set_up_table()
        self.sentence = QPlainTextEdit(readOnly=True)
        self.sentence.setAccessibleName(self.tr("Sentence for a methods section"))
        self.sentence.setTabChangesFocus(True)
        self.exclude = QPushButton(self.tr("E&xclude…"))
        self.exclude.setToolTip(self.tr("Exclude the chosen rows, or some of their fixations"))
        self.copy = QPushButton(self.tr("Cop&y"))
        self.copy.setToolTip(self.tr("Copy the sentence"))
        self._lay_out()
        self._connect()
        self._show()

    def look(self, looking: bool) -> None:
        """Know whether somebody looks: a tab behind another is not looked at."""
        self._looking = looking
        self.refresh()

    def refresh(self) -> None:
        """Measure the project as it is now, unless that is known or nobody looks."""
        project = self._viewing.document.project
        if not self._looking or (self._asked is not None and _same(self._asked, project)):
            return
        self.stop()
        self._asked = project
        self._job = self._jobs.start(
            self.tr("Data quality"), study_quality(project, self.found), self._arrived, quiet=True
        )

    def stop(self) -> None:
        """Measure no further; what is not measured is measured when it is looked at again."""
        if self._job is not None:
            self._job.cancel.set()
            self._job = self._asked = None

    def chosen(self) -> tuple[TrialKey, ...]:
        """Return the trials of the chosen rows; participants have two empty names."""
        rows = self.table.selectionModel().selectedRows()
        return tuple(self.model.row(index.row()).key for index in rows)

    def show_exclusions(self) -> None:
        """Show what is excluded, by whom and why."""
        from gazelab.app.dialogs.exclusions import ExclusionsDialog

        ExclusionsDialog(self.window(), self._viewing.document).open()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAlternatingRowColors(True)
        table.setAccessibleName(self.tr("Data quality"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setSortingEnabled(True)
        header = table.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 6)

    def _lay_out(self) -> None:
        self.limits_button = QPushButton(self.tr("&Limits…"))
        self.exclusions_button = QPushButton(self.tr("Exclusio&ns…"))
        top = QHBoxLayout()
        top.addWidget(self.scope)
        top.addWidget(self.hint, 1)
        for button in (self.limits_button, self.exclude, self.exclusions_button):
            top.addWidget(button)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(8, 4, 4, 6)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(4, 4, 8, 6)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("For the methods section")), 1)
        top.addWidget(self.copy)
        layout.addLayout(top)
        layout.addWidget(self.sentence, 1)
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([900, 360])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        self.scope.currentIndexChanged.connect(self._show)
        self.limits_button.clicked.connect(self._choose_limits)
        self.exclude.clicked.connect(self._exclude)
        self.exclusions_button.clicked.connect(self.show_exclusions)
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.sentence.toPlainText())
        )
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self._viewing.document.changed.connect(lambda _: self.refresh())
        self._viewing.document.opened.connect(self._start_over)
        self._jobs.progressed.connect(self._progressed)

    def _start_over(self) -> None:
        self.stop()
        self.found, self._asked = _NOTHING, None
        self._show()
        self.refresh()

    def _progressed(self, job: Job) -> None:
        if job is self._job and job.latest.total:
            text = self.tr("Measuring trial {done} of {total} …")
            self.hint.setText(text.format(done=job.latest.done + 1, total=job.latest.total))

    def _arrived(self, found: StudyQuality) -> None:
        self.found, self._job = found, None
        self._show()

    def _show(self) -> None:
        chosen, header = set(self.chosen()), self.table.horizontalHeader()
        by_trial = bool(self.scope.currentData())
        rows = self.found.trials if by_trial else self.found.participants
        self.model.show_rows(rows, self.limits, by_trial=by_trial)
        with QSignalBlocker(header):  # it is sorted already
            header.setSortIndicator(self.model.sorted_column, header.sortIndicatorOrder())
        self._choose_again(chosen)
        self.table.resizeColumnsToContents()
        self.sentence.setPlainText(self.found.sentence)
        self.hint.setText(self._hint(len(rows)))
        self.copy.setEnabled(bool(self.found.sentence))
        self._enable()

    def _choose_again(self, chosen: set[TrialKey]) -> None:
        """Choose the rows that were chosen before, without going to them."""
        selection = self.table.selectionModel()
        blocked = selection.blockSignals(True)
        flags = selection.SelectionFlag
        for number in range(self.model.rowCount() if chosen else 0):
            index = self.model.index(number, 0)
            if self.model.row(index.row()).key in chosen:
                selection.select(index, flags.Select | flags.Rows)
                if not selection.currentIndex().isValid():
                    selection.setCurrentIndex(index, flags.NoUpdate)
        selection.blockSignals(blocked)
        if selection.currentIndex().isValid():
            self.table.scrollTo(selection.currentIndex())

    def _enable(self) -> None:
        self.exclude.setEnabled(bool(self.chosen()))

    def _hint(self, rows: int) -> str:
        if not rows:
            return self.tr("No gaze yet: import recordings (Ctrl+I).")
        good, doubtful, poor = self.model.levels()
        text = self.tr("{0} {good} good  {1} {doubtful} doubtful  {2} {poor} poor")
        return text.format(*MARKS, good=good, doubtful=doubtful, poor=poor)

    def _moved(self, index: QModelIndex, _: QModelIndex) -> None:
        """Show the trial of a row; of a participant the one on this stimulus, or the first."""
        if not index.isValid():
            return
        participant, stimulus, trial = self.model.row(index.row()).key
        viewing = self._viewing
        key = viewing.trials.find(participant, stimulus or viewing.state.stimulus, trial)
        if key is None:
            first = (row.key for row in self.found.trials if row.participant == participant)
            key = next(first, None)
        if key is not None:
            viewing.show_stimulus(key[1])
            viewing.lead(key)

    def _choose_limits(self) -> None:
        from gazelab.app.dialogs.limits import LimitsDialog

        limits = LimitsDialog.ask(self.window(), self.limits)
        if limits is not None:
            self.limits = limits
            preferences.set_quality_limits(limits)
            self._show()

    def _exclude(self) -> None:
        from gazelab.app.dialogs.exclusions import add_rules

        add_rules(self.window(), self._viewing.document, self.chosen())


def _same(one: Project, other: Project) -> bool:
    """Whether two projects have the same data quality: nothing that it comes from differs."""
    same = all(getattr(one, part) is getattr(other, part) for part in _PARTS)
    scales = (one.settings.px_per_deg, other.settings.px_per_deg)
    return same and (scales[0] == scales[1] or all(map(math.isnan, scales)))
