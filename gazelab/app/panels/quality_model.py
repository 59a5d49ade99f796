"""The rows of the data quality panel as Qt sees them: texts, marks, and keys to sort by."""

import math
import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QGuiApplication

from gazelab.app import style
from gazelab.report.quality import LIMITS, Limit, QualityRow, level_of

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
GRADE = "grade"
_NAMES = ("participant", "stimulus", "trial", "n_trials")
_BY_TRIAL = (GRADE, "participant", "stimulus", "trial")
_BY_PARTICIPANT = (GRADE, "participant", "n_trials")
_NUMBERS = {
    "loss_percent": ".1f",
    "off_stimulus_percent": ".1f",
    "rms_s2s_deg": ".3f",
    "accuracy_deg": ".2f",
    "excluded_percent": ".1f",
    "n_samples": ",.0f",
    "n_missing": ",.0f",
    "rate_hz": ".4g",
    "measured_rate_hz": ".4g",
    "effective_rate_hz": ".4g",
    "n_gaps": ",.0f",
    "longest_gap_ms": ",.0f",
    "std_deg": ".3f",
    "precision_deg": ".2f",
    "n_fixations": ",.0f",
    "n_excluded": ",.0f",
}
"""Columns with a number, those with a limit first, and how it is written."""

MARKS = ("●", "▲", "■")
"""Of the levels good, doubtful and poor."""

_COLOURS = {
    "light": ("#1b7a3d", "#8a5a00", "#b3261e"),
    "dark": ("#63c98a", "#e3b341", "#ff8a80"),
}


class QualityModel(QAbstractTableModel):
    """One row for each trial or participant; what is beyond a limit has a mark and a colour.

    It sorts by itself, unknown numbers as the least: Qt would ask for ten thousand rows a
    hundred thousand times.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[QualityRow, ...] = ()
        self._rows: list[QualityRow] = []
        self._columns: tuple[str, ...] = (*_BY_TRIAL, *_NUMBERS)
        self._limits = LIMITS
        self._sorted_by = ("", Qt.SortOrder.AscendingOrder)

    def show_rows(
        self, rows: Sequence[QualityRow], limits: tuple[Limit, ...], *, by_trial: bool
    ) -> None:
        """Show other rows, or the same by other limits, in the order chosen before."""
        self.beginResetModel()
        self._given, self._limits = tuple(rows), limits
        self._columns = (*(_BY_TRIAL if by_trial else _BY_PARTICIPANT), *_NUMBERS)
        self._order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column; -1 for the order in which they came."""
        self._sorted_by = (self._columns[column] if column >= 0 else "", order)
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        keys = [self._rows[index.row()].key for index in kept]
        self._order()
        places = {row.key: place for place, row in enumerate(self._rows)}
        moved = [self.index(places[k], i.column()) for k, i in zip(keys, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    @property
    def sorted_column(self) -> int:
        """The place of the column by which the rows are sorted, -1 for none."""
        return self.column(self._sorted_by[0])

    def row(self, number: int) -> QualityRow:
        """Return a row by its place in the table."""
        return self._rows[number]

    def column(self, name: str) -> int:
        """Return the place of a column, -1 for one that is not shown."""
        return self._columns.index(name) if name in self._columns else -1

    def levels(self) -> tuple[int, int, int]:
        """Return how many rows are good, doubtful and poor."""
        found = [level_of(row, self._limits) for row in self._rows]
        return found.count(0), found.count(1), found.count(2)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        row, name = self._rows[index.row()], self._columns[index.column()]
        if role == _ROLE.DisplayRole:
            return self._text(row, name)
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if name in _NUMBERS or name == "n_trials":
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == _ROLE.ForegroundRole:
            return self._colour(self._level(row, name), plain=name != GRADE)
        if role == _ROLE.ToolTipRole:
            return self._tip(row)
        return None

    def headerData(  # noqa: D102 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        name = self._columns[section]
        if role == _ROLE.DisplayRole:
            return self.title(name)
        if role == _ROLE.ToolTipRole:
            return self._meaning(name)
        return None

    def title(self, name: str) -> str:
        """Return the words over a column."""
        titles = {
            GRADE: self.tr("Grade"),
            "participant": self.tr("Participant"),
            "stimulus": self.tr("Stimulus"),
            "trial": self.tr("Trial"),
            "n_trials": self.tr("Trials"),
            "n_samples": self.tr("Samples"),
            "n_missing": self.tr("Missing"),
            "loss_percent": self.tr("Loss [%]"),
            "off_stimulus_percent": self.tr("Off stimulus [%]"),
            "rate_hz": self.tr("Nominal [Hz]"),
            "measured_rate_hz": self.tr("Measured [Hz]"),
            "effective_rate_hz": self.tr("Effective [Hz]"),
            "n_gaps": self.tr("Gaps"),
            "longest_gap_ms": self.tr("Longest gap [ms]"),
            "rms_s2s_deg": self.tr("RMS-S2S [°]"),
            "std_deg": self.tr("STD [°]"),
            "accuracy_deg": self.tr("Accuracy [°]"),
            "precision_deg": self.tr("Precision [°]"),
            "n_fixations": self.tr("Fixations"),
            "n_excluded": self.tr("Excluded"),
            "excluded_percent": self.tr("Excluded [%]"),
        }
        return titles[name]

    def _meaning(self, name: str) -> str:
        meanings = {
            GRADE: self.tr("The mark of the worst value, and how many values are beyond a limit."),
            "n_missing": self.tr("Samples for which the time stamps leave room, but are not there"),
            "loss_percent": self.tr("Samples without a position"),
            "off_stimulus_percent": self.tr(
                "Samples off the stimulus, of those with a position; of the fixations where there "
                "are no samples"
            ),
            "rate_hz": self.tr("Sampling rate as the source says"),
            "measured_rate_hz": self.tr("Sampling rate from the time stamps"),
            "effective_rate_hz": self.tr("Samples with a position in a second"),
            "n_gaps": self.tr("Stretches of lost or missing samples"),
            "rms_s2s_deg": self.tr(
                "Root mean square from sample to sample; median over windows of 200 ms without loss"
            ),
            "std_deg": self.tr(
                "Standard deviation of position; median over windows of 200 ms without loss"
            ),
            "accuracy_deg": self.tr("As the validation of the eye tracker gave it"),
            "precision_deg": self.tr("As the validation of the eye tracker gave it"),
            "n_excluded": self.tr("Fixations that take no part in any measure"),
        }
        return meanings.get(name, self.title(name))

    def _level(self, row: QualityRow, name: str) -> int | None:
        if name == GRADE:
            return level_of(row, self._limits)
        return next((one.level(row) for one in self._limits if one.column == name), 0)

    def _text(self, row: QualityRow, name: str) -> str:
        level = self._level(row, name)
        if name == GRADE:
            return "–" if level is None else f"{MARKS[level]} {len(self._beyond(row))}"
        value = getattr(row, name)
        if name in _NAMES:
            return str(value)
        number = "NA" if math.isnan(value) else format(value, _NUMBERS[name])
        return f"{MARKS[level]} {number}" if level else number

    def _beyond(self, row: QualityRow) -> list[Limit]:
        return [limit for limit in self._limits if limit.level(row)]

    def _order(self) -> None:
        name, order = self._sorted_by
        self._rows = list(self._given)
        if name in self._columns:
            downwards = order == Qt.SortOrder.DescendingOrder
            self._rows.sort(key=lambda row: self._sort_key(row, name), reverse=downwards)

    def _sort_key(self, row: QualityRow, name: str) -> Any:
        if name == GRADE:
            level = self._level(row, name)
            return -1.0 if level is None else level * 100.0 + len(self._beyond(row))
        value = getattr(row, name)
        if isinstance(value, str):  # "10" stands behind "9"
            return re.sub(r"\d+", lambda found: found[0].zfill(12), value.casefold())
        return -math.inf if math.isnan(value) else float(value)

    def _colour(self, level: int | None, *, plain: bool) -> QBrush | None:
        if level is None or (plain and not level):
            return None
        dark = style.is_dark(QGuiApplication.palette())
        return QBrush(QColor(_COLOURS["dark" if dark else "light"][level]))

    def _tip(self, row: QualityRow) -> str:
        lines = [
            self.tr("{mark} {title}: {value:.3g}, over {limit:g}").format(
                mark=MARKS[limit.level(row)],
                title=self.title(limit.column),
                value=getattr(row, limit.column),
                limit=limit.poor if limit.level(row) > 1 else limit.doubtful,
            )
            for limit in self._beyond(row)
        ]
        if row.off_of == "fixations":
            lines.append(self.tr("There are no samples; all numbers are of fixations."))
        return "\n".join(lines) or self.tr("No value is beyond a limit.")
