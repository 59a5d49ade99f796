"""The model of the table of similarities: every measure in a row, beside chance."""

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from gazelab.data.counted import brief
from gazelab.metrics.similarities import similarity_of
from gazelab.report.similarity import SimilaritySummary

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_ARROWS = {"higher": " ↑", "lower": " ↓", "": ""}


class MeansModel(QAbstractTableModel):
    """Means over all pairs of one kind, such as people with one another."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: Sequence[SimilaritySummary] = ()
        self._titles = (
            self.tr("Measure"),
            self.tr("Mean"),
            self.tr("Chance"),
            self.tr("Difference"),
            self.tr("95 %"),
            self.tr("Unit"),
            self.tr("Pairs"),
        )
        self._tips = (
            self.tr("↑ higher is more alike, ↓ lower is; what has neither is told as it is"),
            self.tr("Mean over the pairs where the measure is defined"),
            self.tr("The same with scanpaths of other people on other images"),
            self.tr("Mean over images of mean - chance"),
            self.tr("Bootstrap interval of the difference over images"),
            self.tr("1 is a plain number"),
            self.tr("Pairs where the measure is defined, and * those where it is not"),
        )

    def show_rows(self, rows: Sequence[SimilaritySummary]) -> None:
        """Show other means."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, number: int) -> SimilaritySummary:
        """Return what a row shows."""
        return self._rows[number]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        row = self._rows[index.row()]
        if role == _ROLE.DisplayRole:
            return _cells(row)[index.column()]
        if role == _ROLE.ToolTipRole:
            measure = similarity_of(row.measure)
            return f"{measure.definition}\n{measure.variant}\n{measure.citation}"
        if role == _ROLE.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: D102 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == _ROLE.ToolTipRole:
            return self._tips[section]
        return None


def _cells(row: SimilaritySummary) -> tuple[str, ...]:
    low, high = row.difference_low, row.difference_high
    undefined = f" *{row.n_undefined:,}" if row.n_undefined else ""
    return (
        row.measure + _ARROWS[row.direction],
        brief(row.mean),
        brief(row.chance),
        brief(row.difference),
        brief(low) if math.isnan(low) else f"{brief(low)} … {brief(high)}",
        row.unit,
        f"{row.n_pairs:,}{undefined}",
    )
