"""The corners of one area of interest as numbers that can be typed."""

import math

import numpy as np
from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.data.aoi import FEWEST_CORNERS

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CornersTable(QWidget):
    """Shows corners; typing in a cell, adding and removing give others.

    moved : emitted with the (k, 2) corners as the user wants them.
    """

    moved = Signal(object)
    nothing = np.empty((0, 2))

    def __init__(self) -> None:
        super().__init__()
        self._corners = self.nothing
        self.table = QTableWidget(0, 2)
        self.table.setHorizontalHeaderLabels([self.tr("x [px]"), self.tr("y [px]")])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAccessibleName(self.tr("Corners of the area"))
        self.table.setTabKeyNavigation(False)
        self.add = QPushButton(self.tr("Add cor&ner"))
        self.add.setToolTip(self.tr("Put a corner between the chosen one and the next"))
        self.remove = QPushButton(self.tr("Remove &corner"))
        self.remove.setToolTip(self.tr("Remove the chosen corner"))
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        self.table.itemChanged.connect(self._typed)
        self.table.currentCellChanged.connect(lambda *_: self._enable())
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)

    def show_corners(self, corners_px: np.ndarray) -> None:
        """Show other corners; none clears the table."""
        self._corners = corners_px
        current = self.table.currentRow(), self.table.currentColumn()
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(corners_px))
            for (row, column), number in np.ndenumerate(corners_px):
                item = QTableWidgetItem(f"{number:.10g}")
                item.setTextAlignment(_RIGHT)
                self.table.setItem(row, column, item)
            if len(corners_px):
                row = min(max(current[0], 0), len(corners_px) - 1)
                self.table.setCurrentCell(row, max(current[1], 0))
        self._enable()

    def _typed(self, item: QTableWidgetItem) -> None:
        corners = self._corners.copy()
        corners[item.row(), item.column()] = _number(item.text())
        self.moved.emit(corners)

    def _add(self) -> None:
        row = self.table.currentRow()
        middle = (self._corners[row] + np.roll(self._corners, -1, 0)[row]) / 2
        self.moved.emit(np.insert(self._corners, row + 1, middle, 0))

    def _remove(self) -> None:
        self.moved.emit(np.delete(self._corners, self.table.currentRow(), 0))

    def _enable(self) -> None:
        chosen = self.table.currentRow() >= 0 and len(self._corners) > 0
        self.add.setEnabled(chosen)
        self.remove.setEnabled(chosen and len(self._corners) > FEWEST_CORNERS)


def _number(text: str) -> float:
    """Return a number as people write it here, or with a point; NaN for what is none."""
    try:
        return float(text)
    except ValueError:
        number, right = QLocale().toDouble(text.strip())
        return number if right else math.nan
