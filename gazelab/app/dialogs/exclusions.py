"""What is excluded, why and since when: make rules, take them back."""

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.document import Document
from gazelab.data.exclusion import (
    WHAT,
    ExclusionRule,
    dated,
    exclusion_counts,
    first_rules,
    hits,
)
from gazelab.data.gaze import Exclusion, TrialKey
from gazelab.project.project import Project

_LONGEST_MS = 100_000.0
_ANYONE: TrialKey = ("", "", "")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def add_rules(parent: QWidget | None, document: Document, targets: Sequence[TrialKey]) -> None:
    """Ask what to exclude of these trials or participants; without any, ask of whom too."""
    rules = RuleDialog.ask(parent, document.project, targets)
    if rules:
        text = QCoreApplication.translate("exclusions", "Exclude")
        document.set_rules(text, (*document.project.rules, *map(dated, rules)))


class RuleDialog(QDialog):
    """Which fixations are excluded, and why; it counts them while they are being chosen."""

    def __init__(
        self, parent: QWidget | None, project: Project, targets: Sequence[TrialKey]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Exclude"))
        self._project = project
        self._targets = tuple(targets)
        self.whose = [] if targets else [QComboBox() for _ in _ANYONE]
        self.what = QComboBox()
        words = _what_words()
        for what in WHAT:
            self.what.addItem(words[what], what)
        self.limit = QDoubleSpinBox(suffix=self.tr(" ms"), decimals=0, maximum=_LONGEST_MS)
        self.limit.setValue(50)
        self.reason = QLineEdit(placeholderText=self.tr("such as: calibration failed"))
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Cancel)
        self._go = self.buttons.addButton(
            self.tr("&Exclude"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._lay_out()
        self.what.currentIndexChanged.connect(self._tell)
        self.limit.valueChanged.connect(self._tell)
        for box in self.whose:
            box.currentIndexChanged.connect(self._tell)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._tell()

    @property
    def rules(self) -> tuple[ExclusionRule, ...]:
        """What is chosen now, one rule for each trial or participant."""
        what = str(self.what.currentData())
        limit_ms = self.limit.value() if what in ("shorter", "longer") else math.nan
        reason = self.reason.text().strip()
        return tuple(
            ExclusionRule(participant, stimulus, trial, what, limit_ms, reason)
            for participant, stimulus, trial in self._targets or [self._chosen]
        )

    @classmethod
    def ask(
        cls, parent: QWidget | None, project: Project, targets: Sequence[TrialKey]
    ) -> tuple[ExclusionRule, ...]:
        """Ask; () when the user thinks better of it."""
        dialog = cls(parent, project, targets)
        try:
            return dialog.rules if dialog.exec() else ()
        finally:
            dialog.deleteLater()

    @property
    def _chosen(self) -> TrialKey:
        participant, stimulus, trial = (str(box.currentData()) for box in self.whose)
        return participant, stimulus, trial

    def _lay_out(self) -> None:
        form = QFormLayout()
        if self._targets:
            form.addRow(self.tr("Of"), QLabel(self._target_words(), wordWrap=True))
        else:
            self._fill_boxes()
            for title, box in zip(self._titles(), self.whose, strict=True):
                form.addRow(title, box)
        form.addRow(self.tr("&What"), self.what)
        form.addRow(self.tr("&Limit"), self.limit)
        form.addRow(self.tr("Wh&y"), self.reason)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.says)
        layout.addWidget(self.buttons)
        self._go.setDefault(True)  # only now, as a part of the dialog, it can be
        self.setMinimumWidth(420)
        self.what.setFocus()

    def _titles(self) -> tuple[str, str, str]:
        return self.tr("&Participant"), self.tr("&Stimulus"), self.tr("&Trial")

    def _fill_boxes(self) -> None:
        paths = self._project.scanpaths
        for place, box in enumerate(self.whose):
            box.addItem(self.tr("any"), "")
            for name in dict.fromkeys(path.key[place] for path in paths):
                box.addItem(name, name)

    def _target_words(self) -> str:
        if len(self._targets) == 1:
            return _whose_words(*self._targets[0])
        if self._targets[0][1]:
            return self.tr("{n} trials").format(n=len(self._targets))
        return self.tr("{n} participants").format(n=len(self._targets))

    def _tell(self) -> None:
        self.limit.setEnabled(self.what.currentData() in ("shorter", "longer"))
        rules, paths = self.rules, self._project.scanpaths
        hit = sum(int((first_rules(path, rules) > 0)[path.used].sum()) for path in paths)
        used = exclusion_counts(paths)[Exclusion.NONE]
        text = self.tr("{n:,} of {used:,} fixations in use would be excluded.")
        self.says.setText(text.format(n=hit, used=used))


class ExclusionsDialog(QDialog):
    """Lists the rules and what is excluded by itself; follows the project while it is open."""

    def __init__(self, parent: QWidget | None, document: Document) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Exclusions"))
        self.resize(760, 360)
        self._document = document
        self.table = QTableWidget(0, 5)
        self._set_up_table()
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.add = QPushButton(self.tr("&Add…"))
        self.remove = QPushButton(self.tr("&Take back"))
        self.remove.setToolTip(self.tr("Take the chosen rules back; their fixations count again"))
        close = QPushButton(self.tr("&Close"))
        for button in (self.add, self.remove, close):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch()
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.says)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        self.add.clicked.connect(lambda: add_rules(self, document, ()))
        self.remove.clicked.connect(self._take_back)
        close.clicked.connect(self.accept)
        self.table.itemSelectionChanged.connect(self._enable)
        document.changed.connect(self._changed)
        self._fill()

    def chosen_rules(self) -> tuple[int, ...]:
        """Return the places of the chosen rules in the project."""
        rows = sorted({item.row() for item in self.table.selectedItems()})
        return tuple(row for row in rows if row < len(self._document.project.rules))

    def _set_up_table(self) -> None:
        table = self.table
        table.setAccessibleName(self.tr("Exclusions"))
        table.setAlternatingRowColors(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setHorizontalHeaderLabels(
            [
                self.tr("What"),
                self.tr("Of"),
                self.tr("Why"),
                self.tr("Since"),
                self.tr("Fixations"),
            ]
        )
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)

    def _changed(self, parts: frozenset[str]) -> None:
        if parts & {"rules", "scanpaths"}:
            self._fill()

    def _fill(self) -> None:
        project = self._document.project
        counts = exclusion_counts(project.scanpaths)
        own = [(flag, counts[flag]) for flag in Exclusion if flag not in _NOT_OWN]
        self.table.clearSelection()
        self.table.setRowCount(len(project.rules) + len(own))
        for row, rule in enumerate(project.rules):
            cells = (
                self._what(rule),
                _whose_words(rule.participant, rule.stimulus, rule.trial),
                rule.reason,
                _day(rule.since),
            )
            self._set_row(row, (*cells, f"{hits(rule, project.scanpaths):,}"), enabled=True)
        for row, (flag, count) in enumerate(own, len(project.rules)):
            cells = (self._own_words(flag), self.tr("all"), self.tr("automatic"), "")
            self._set_row(row, (*cells, f"{count:,}"), enabled=False)
        total = sum(counts.values())
        text = self.tr(
            "{excluded} of {total} fixations take no part in any measure: {by_rule} by a rule, "
            "{own} for what they are. A fixation that several rules hit counts for each of them."
        )
        by_rule = counts[Exclusion.BY_RULE]
        excluded = total - counts[Exclusion.NONE]
        self.says.setText(
            text.format(excluded=excluded, total=total, by_rule=by_rule, own=excluded - by_rule)
        )
        self._enable()

    def _set_row(self, row: int, cells: Iterable[str], *, enabled: bool) -> None:
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if column == 4:
                item.setTextAlignment(_RIGHT)
            if not enabled:  # it can be read, and not be chosen
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
                item.setForeground(self.palette().placeholderText())
            self.table.setItem(row, column, item)

    def _enable(self) -> None:
        self.remove.setEnabled(bool(self.chosen_rules()))
        self.add.setEnabled(bool(self._document.project.scanpaths))

    def _take_back(self) -> None:
        gone = set(self.chosen_rules())
        rules = self._document.project.rules
        kept = [rule for place, rule in enumerate(rules) if place not in gone]
        self._document.set_rules(self.tr("Take an exclusion back"), kept)

    def _what(self, rule: ExclusionRule) -> str:
        words = _what_words()[rule.what]
        if math.isnan(rule.limit_ms):
            return words
        return self.tr("{what} {limit:g} ms").format(what=words, limit=rule.limit_ms)

    def _own_words(self, flag: Exclusion) -> str:
        words = {
            Exclusion.OFF_STIMULUS: self.tr("off the stimulus"),
            Exclusion.NO_POSITION: self.tr("no position"),
            Exclusion.NO_DURATION: self.tr("no duration"),
        }
        return words[flag]


_NOT_OWN = (Exclusion.NONE, Exclusion.BY_RULE)


def _what_words() -> dict[str, str]:
    translate = QCoreApplication.translate
    return {
        "all": translate("exclusions", "all fixations"),
        "first": translate("exclusions", "the first fixation of each scanpath"),
        "shorter": translate("exclusions", "fixations shorter than"),
        "longer": translate("exclusions", "fixations longer than"),
        "before onset": translate("exclusions", "fixations begun before the stimulus"),
    }


def _whose_words(participant: str, stimulus: str, trial: str) -> str:
    translate = QCoreApplication.translate
    if trial:
        trial = translate("exclusions", "trial {0}").format(trial)
    named = ", ".join(filter(None, (participant, stimulus, trial)))
    return named or translate("exclusions", "all")


def _day(since: str) -> str:
    """Return a date and time of ISO 8601 as people here write it; as it is if it is none."""
    moment = QDateTime.fromString(since, Qt.DateFormat.ISODate)
    if not moment.isValid():
        return since
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat)
