"""Shows what was measured in areas of interest; a row leads to its area."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.aois.results import (
    ShownTable,
    by_participant,
    segmentation,
    side_by_side,
    transition_matrix,
)
from gazelab.app.aois.results_model import NOTHING, ResultsModel
from gazelab.app.viewing import Viewing
from gazelab.report.area_summary import AreaSummary, summarise_areas
from gazelab.report.areas import Areas

_MEASURED_ROWS = 40
_TABLES: tuple[Callable[[AreaSummary], ShownTable], ...] = (
    side_by_side,
    by_participant,
    transition_matrix,
    segmentation,
)


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAreas:
    """What was measured, and its means over all pictures, which take a while for many."""

    each: Areas
    over_all: AreaSummary


class AreaResults(QWidget):
    """A table of one of four kinds, for the present picture or for all.

    scope, kind : lists to choose from, for whoever lays them out.
    changed : emitted when another table is on display, with another `caption`.
    """

    changed = Signal()

    def __init__(self, viewing: Viewing) -> None:
        super().__init__()
        self._viewing = viewing
        self._areas: MeasuredAreas | None = None
        self.caption = ""
        self.scope = QComboBox()
        self.scope.addItems([self.tr("All pictures, by name"), self.tr("This picture")])
        self.scope.setAccessibleName(self.tr("Which pictures the numbers are for"))
        self.kind = QComboBox()
        self.kind.addItems(
            [
                self.tr("People and models"),
                self.tr("Each participant"),
                self.tr("Transitions"),
                self.tr("Segmentation"),
            ]
        )
        self.kind.setAccessibleName(self.tr("Which table"))
        self.model = ResultsModel(self)
        self.table = QTableView()
        self._set_up_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        for box in (self.scope, self.kind):
            box.currentIndexChanged.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        viewing.changed.connect(self._viewing_changed)

    def show_areas(self, areas: MeasuredAreas | None) -> None:
        """Show what was measured, or nothing."""
        self._areas = areas
        self._show()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAlternatingRowColors(True)
        table.setAccessibleName(self.tr("What people and models did in areas"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setSortingEnabled(True)
        header = table.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        rows = table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 6)

    def _show(self) -> None:
        header, table = self.table.horizontalHeader(), NOTHING
        if self._areas is not None:
            table = _TABLES[self.kind.currentIndex()](self._summary(self._areas))
        with QSignalBlocker(header):  # rows come in the order of the areas
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.model.show_table(table)
        self.table.setSortingEnabled(not table.labels)
        self.table.verticalHeader().setVisible(bool(table.labels))
        self.table.resizeColumnsToContents()
        self.caption = table.caption
        self.changed.emit()

    def _summary(self, areas: MeasuredAreas) -> AreaSummary:
        if self.scope.currentIndex() == 0:
            return areas.over_all
        return summarise_areas(areas.each, self._viewing.state.stimulus)

    def _viewing_changed(self, fields: frozenset[str]) -> None:
        if "stimulus" in fields and self.scope.currentIndex() == 1:
            self._show()

    def _moved(self, index: QModelIndex, _: QModelIndex) -> None:
        """Choose the area of a row, on a picture that has it, and its participant or its maps."""
        if not index.isValid() or self._areas is None:
            return
        line, viewing = self.model.line(index.row()), self._viewing
        on = [aoi.stimulus for aoi in self._areas.each.aois if aoi.name == line.aoi]
        if on and viewing.state.stimulus not in on:
            viewing.show_stimulus(on[0])
        viewing.show(area=line.aoi)
        if line.source in viewing.document.project.sources:
            viewing.show(source=line.source[0], kind=line.source[1])
        key = viewing.trials.find(line.participant, viewing.state.stimulus, "")
        if key is not None:
            viewing.lead(key)
