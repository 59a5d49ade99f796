"""A table's columns: what each was taken for, changeable, with the first rows below."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.io.mapping import CHOICES, EYE_FIELDS, FIELDS, SAMPLES, Mapping
from gazelab.io.table import Preview

_OF_FIXATIONS = ("end", "duration", "order", "duration_unit")
_OF_SAMPLES = ("pupil", "validity", "eye", "valid", *EYE_FIELDS)
_FIXED = ("participant", "stimulus")
_CODES = ("missing", "valid")
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
        self.fields = {name: _box() for name in FIELDS}
        self.settings = {name: _box() for name in CHOICES}
        self.texts = {name: QLineEdit() for name in (*_FIXED, *_CODES)}
        self.rate = QDoubleSpinBox(maximum=100_000.0, decimals=2)
        self.zero = QCheckBox(self.tr("A position of 0, 0 is a lost one"))
        self.rows = QTableWidget()
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.rows.setAccessibleName(self.tr("First rows of the table"))
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out()
        self._connect()

    def show_preview(self, preview: Preview) -> None:
        """Show a table as it is understood."""
        self.mapping = preview.mapping
        for name, box in self.fields.items():
            box.clear()
            box.addItem(self.tr("none"), None)
            for column in preview.columns:
                box.addItem(column, column)
            box.setCurrentIndex(max(box.findData(self.mapping.columns.get(name)), 0))
        for name, box in self.settings.items():
            box.setCurrentIndex(box.findData(getattr(self.mapping, name)))
        for name, line in self.texts.items():
            value = getattr(self.mapping, name)
            line.setText(value if isinstance(value, str) else ", ".join(filter(None, value)))
        with QSignalBlocker(self.rate):
            self.rate.setValue(self.mapping.rate_hz if self.mapping.rate_hz > 0 else 0.0)
        self.zero.setChecked(self.mapping.zero_is_missing)
        self._show_needed()
        self._fill(preview)
        one, many = self.tr("1 line in the file."), self.tr("{n} lines in the file.")
        lines = one if preview.lines == 1 else many.format(n=f"{preview.lines:,}")
        reasons = " ".join(self.mapping.reasons)
        self.says.setText(f"{lines} {reasons} {preview.problem}".strip())

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name in ("kind", *FIELDS, *(name for name in CHOICES if name != "kind")):
            box = {**self.fields, **self.settings}[name]
            self._row(name, box)
            if name in _FIXED:
                self._row(f"fixed {name}", self.texts[name])
        self._row("rate_hz", self.rate)
        for name in _CODES:
            self._row(name, self.texts[name])
        self._form.addRow(self.zero)
        for name, choices in CHOICES.items():
            for choice in choices:
                self.settings[name].addItem(_NAMED.get(str(choice), str(choice)), choice)
        inside = QWidget()
        inside.setLayout(self._form)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        bar = area.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        area.setMinimumWidth(inside.minimumSizeHint().width() + bar)
        splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        splitter.addWidget(area)
        splitter.addWidget(self.rows)
        splitter.setSizes([320, 160])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.says)

    def _row(self, name: str, widget: QWidget) -> None:
        widget.setAccessibleName(self._words(name))
        self._form.addRow(self._words(name), widget)

    def _connect(self) -> None:
        for box in (*self.fields.values(), *self.settings.values()):
            box.activated.connect(self._changed)
        for line in self.texts.values():
            line.editingFinished.connect(self._changed)
        self.rate.valueChanged.connect(self._changed)
        self.zero.clicked.connect(self._changed)

    def _show_needed(self) -> None:
        """Show what means something for a table of this kind."""
        samples, columns = self.mapping.of_samples, self.mapping.columns
        rows = {**self.settings, **self.fields, "valid": self.texts["valid"]}
        for name in _OF_FIXATIONS:
            self._form.setRowVisible(rows[name], not samples)
        for name in _OF_SAMPLES:
            self._form.setRowVisible(rows[name], samples)
        self._form.setRowVisible(self.zero, True)
        self._form.setRowVisible(self.rate, samples or self.mapping.time_unit == SAMPLES)
        for name in _FIXED:
            self._form.setRowVisible(self.texts[name], name not in columns)

    def _changed(self, _: object = None) -> None:
        columns = {
            name: box.currentData() for name, box in self.fields.items() if box.currentData()
        }
        settings: dict[str, Any] = {name: box.currentData() for name, box in self.settings.items()}
        settings |= {name: self.texts[name].text().strip() for name in _FIXED}
        mapping = replace(
            self.mapping,
            columns=MappingProxyType(columns),
            missing=self._codes("missing", ("",)),
            valid=self._codes("valid", ()),
            zero_is_missing=self.zero.isChecked(),
            rate_hz=self.rate.value() or float("nan"),
            reasons=(),
            **settings,
        )
        if repr(mapping) != repr(replace(self.mapping, reasons=())):
            self.mapping, self.edited = mapping, True
            self._show_needed()
            self.changed.emit(mapping)

    def _codes(self, name: str, always: tuple[str, ...]) -> tuple[str, ...]:
        codes = [code.strip().casefold() for code in self.texts[name].text().split(",")]
        return tuple(dict.fromkeys([*always, *filter(None, codes)]))

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
            "fixed participant": self.tr("Participant of all rows"),
            "stimulus": self.tr("Stimulus"),
            "fixed stimulus": self.tr("Stimulus of all rows"),
            "trial": self.tr("Trial"),
            "x": self.tr("x"),
            "y": self.tr("y"),
            "onset": self.tr("Onset or time"),
            "end": self.tr("End"),
            "duration": self.tr("Duration"),
            "order": self.tr("Order"),
            "pupil": self.tr("Pupil"),
            "validity": self.tr("Validity"),
            "eye": self.tr("Eye"),
            "x_left": self.tr("x, left eye"),
            "y_left": self.tr("y, left eye"),
            "pupil_left": self.tr("Pupil, left eye"),
            "validity_left": self.tr("Validity, left eye"),
            "x_right": self.tr("x, right eye"),
            "y_right": self.tr("y, right eye"),
            "pupil_right": self.tr("Pupil, right eye"),
            "validity_right": self.tr("Validity, right eye"),
            "encoding": self.tr("Encoding"),
            "delimiter": self.tr("Delimiter"),
            "decimal": self.tr("Decimal sign"),
            "kind": self.tr("Each row is one of"),
            "time_unit": self.tr("Unit of time"),
            "duration_unit": self.tr("Unit of duration"),
            "rate_hz": self.tr("Samples in a second"),
            "missing": self.tr("Codes of a lost value"),
            "valid": self.tr("Codes of a valid sample"),
        }
        return words.get(name, name.replace("_", " "))


def _box() -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(12)
    return box
