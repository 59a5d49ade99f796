"""A table's columns: what each was taken for, changeable, with the first rows below."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.io.mapping import CHOICES, FIELDS, Mapping
from gazelab.io.table import Preview

_PER_ROW = 3
_NAMED = {"\t": "tab", ",": "comma", ";": "semicolon", " ": "space", "|": "bar"}


class MappingEditor(QWidget):
    """Shows a guess and lets every part of it be changed.

    changed : emitted with the new Mapping when the user changes something.
    edited : whether the user has changed the guess.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.mapping = Mapping()
        self.edited = False
        self.fields = {name: QComboBox() for name in FIELDS}
        self.settings = {name: QComboBox() for name in CHOICES}
        self.rows = QTableWidget()
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setAccessibleName(self.tr("First rows of the table"))
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        grid = QGridLayout()
        boxes = {**self.fields, **self.settings}
        for place, (name, box) in enumerate(boxes.items()):
            row, column = divmod(place, _PER_ROW)
            box.setAccessibleName(self._words(name))
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(12)
            box.activated.connect(self._activated)
            grid.addWidget(QLabel(self._words(name)), row, 2 * column)
            grid.addWidget(box, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.says)
        for name, choices in CHOICES.items():
            for choice in choices:
                text = str(choice)
                self.settings[name].addItem(_NAMED.get(text, text), choice)

    def show_preview(self, preview: Preview) -> None:
        """Show a table as it is understood."""
        self.mapping = preview.mapping
        for name, box in self.fields.items():
            with QSignalBlocker(box):
                box.clear()
                box.addItem(self.tr("none"), None)
                for column in preview.columns:
                    box.addItem(column, column)
                box.setCurrentIndex(max(box.findData(self.mapping.columns.get(name)), 0))
        for name, box in self.settings.items():
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(getattr(self.mapping, name)))
        self._fill(preview)
        lines = self.tr("%n line(s) in the file.", "", preview.lines)
        reasons = " ".join(self.mapping.reasons)
        self.says.setText(f"{lines} {reasons} {preview.problem}".strip())

    def _activated(self, _: int) -> None:
        columns = {
            name: box.currentData() for name, box in self.fields.items() if box.currentData()
        }
        settings = {name: box.currentData() for name, box in self.settings.items()}
        self.mapping = replace(self.mapping, columns=columns, reasons=(), **settings)
        self.edited = True
        self.changed.emit(self.mapping)

    def _fill(self, preview: Preview) -> None:
        self.rows.setColumnCount(len(preview.columns))
        self.rows.setHorizontalHeaderLabels(list(preview.columns))
        self.rows.setRowCount(len(preview.rows))
        for row, cells in enumerate(preview.rows):
            for column, text in enumerate(cells[: len(preview.columns)]):
                self.rows.setItem(row, column, QTableWidgetItem(text))
        self.rows.resizeColumnsToContents()

    def _words(self, name: str) -> str:
        words = {
            "participant": self.tr("Participant"),
            "stimulus": self.tr("Stimulus"),
            "trial": self.tr("Trial"),
            "x": self.tr("x"),
            "y": self.tr("y"),
            "onset": self.tr("Onset"),
            "end": self.tr("End"),
            "duration": self.tr("Duration"),
            "order": self.tr("Order"),
            "encoding": self.tr("Encoding"),
            "delimiter": self.tr("Delimiter"),
            "decimal": self.tr("Decimal sign"),
            "time_unit": self.tr("Unit of onset and end"),
            "duration_unit": self.tr("Unit of duration"),
            "base": self.tr("First pixel is"),
            "coordinates": self.tr("Coordinates"),
            "y_axis": self.tr("y axis"),
            "onset_from": self.tr("Onset counts from"),
        }
        return words[name]
