"""Tables of what was measured in areas of interest as Qt sees them."""

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from gazelab.app.aois.results import Line, Shown, ShownTable
from gazelab.app.canvas import marks
from gazelab.app.canvas.colormaps import DEFAULT, rgb

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
NOTHING = ShownTable((), (), "")


class ResultsModel(QAbstractTableModel):
    """Cells with what they are sorted by; those of a heat map are coloured."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = NOTHING
        self._lines: list[Line] = []

    def show_table(self, table: ShownTable) -> None:
        """Show another table, in the order in which it comes."""
        self.beginResetModel()
        self._table, self._lines = table, list(table.lines)
        self.endResetModel()

    def line(self, row: int) -> Line:
        """Return what a row is about."""
        return self._lines[row]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put rows in the order of a column, undefined numbers as the least; -1 as they came."""
        self.layoutAboutToBeChanged.emit()
        self._lines = list(self._table.lines)
        if column >= 0 and not self._table.labels:  # labels stand beside their rows
            downwards = order == Qt.SortOrder.DescendingOrder
            self._lines.sort(key=lambda line: _sort_key(line.cells[column]), reverse=downwards)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._table.titles)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        cell = self._lines[index.row()].cells[index.column()]
        if role == _ROLE.DisplayRole:
            return cell.text
        if role == _ROLE.TextAlignmentRole:
            words = isinstance(cell.value, str) and cell.value
            side = Qt.AlignmentFlag.AlignLeft if words else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role in (_ROLE.BackgroundRole, _ROLE.ForegroundRole) and not math.isnan(cell.heat):
            colour = QColor(*rgb(DEFAULT)[round(255 * cell.heat)].tolist())
            return QBrush(colour if role == _ROLE.BackgroundRole else marks.ink(colour.name()))
        return None

    def headerData(  # noqa: D102 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            named = role == _ROLE.DisplayRole and self._table.labels
            return self._table.labels[section] if named else None
        if role == _ROLE.DisplayRole:
            return self._table.titles[section][0]
        if role == _ROLE.ToolTipRole:
            return self._table.titles[section][1]
        return None


def _sort_key(cell: Shown) -> tuple[float, str]:
    if isinstance(cell.value, str):
        return (-math.inf, cell.value.casefold())
    return (-math.inf if math.isnan(cell.value) else cell.value, "")
