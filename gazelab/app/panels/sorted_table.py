"""A table whose rows can be sorted by any column, what is undefined always last."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_MEASURED_ROWS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row: what its cells show, by what they are sorted, a tip, and what it stands for."""

    cells: tuple[str, ...]
    keys: tuple[str | float, ...]
    tip: str
    of: Any


class SortedModel(QAbstractTableModel):
    """Rows in the order of the column that was chosen last; numbers stand on the right.

    titles : (words, tip) of each column.
    """

    def __init__(self, titles: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._titles = titles
        self._given: Sequence[Row] = ()
        self._rows: Sequence[Row] = ()
        self._order = (-1, Qt.SortOrder.AscendingOrder)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows, in the same order."""
        self.beginResetModel()
        self._given = rows
        self._rows = self._sorted()
        self.endResetModel()

    def set_titles(self, titles: Sequence[tuple[str, str]]) -> None:
        """Call the columns otherwise."""
        self._titles = titles
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(titles) - 1)

    def row(self, number: int) -> Row:
        """Return a row by its place."""
        return self._rows[number]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by none as the rows were given."""
        self.layoutAboutToBeChanged.emit()
        before = [self._rows[index.row()] for index in self.persistentIndexList()]
        self._order = column, order
        self._rows = self._sorted()
        place = {id(row): k for k, row in enumerate(self._rows)}
        for index, row in zip(self.persistentIndexList(), before, strict=True):
            self.changePersistentIndex(index, self.index(place[id(row)], index.column()))
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        row = self._rows[index.row()]
        if role == _ROLE.DisplayRole:
            return row.cells[index.column()]
        if role == _ROLE.ToolTipRole:
            return row.tip
        if role == _ROLE.TextAlignmentRole and not isinstance(row.keys[index.column()], str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: D102 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role in (
            _ROLE.DisplayRole,
            _ROLE.ToolTipRole,
        ):
            return self._titles[section][role == _ROLE.ToolTipRole]
        return None

    def _sorted(self) -> Sequence[Row]:
        column, order = self._order
        if column < 0:
            return self._given
        known = [row for row in self._given if not _is_undefined(row.keys[column])]
        unknown = [row for row in self._given if _is_undefined(row.keys[column])]
        descending = order == Qt.SortOrder.DescendingOrder
        return [*sorted(known, key=lambda row: row.keys[column], reverse=descending), *unknown]


class SortedView(QTableView):
    """Shows a sorted model; whole rows are chosen."""

    def __init__(self, model: SortedModel, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        self.setSortingEnabled(True)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 6)

    def fit(self) -> None:
        """Make each column as wide as it must be, without choosing another row."""
        with QSignalBlocker(self.selectionModel()):
            self.resizeColumnsToContents()


def _is_undefined(key: str | float) -> bool:
    return isinstance(key, float) and math.isnan(key)
