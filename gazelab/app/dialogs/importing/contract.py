"""The coordinate and time contract of a source as a form, with the guess and its reasons."""

import math
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.importing.words import choice_words
from gazelab.data.contract import CHOICES, Contract
from gazelab.data.geometry import Screen
from gazelab.data.recording import EYES

_MOST = {"width_px": 99999.0, "height_px": 99999.0}
_MOST_MM = 99999.0
_CHOSEN = ("positions", "origin", "base", "placed", "clock", "zero")


class ContractForm(QWidget):
    """Shows what positions and times are taken to mean, and lets each be changed.

    changed : emitted with the Contract. eye_changed : emitted with the eye to be read.
    """

    changed = Signal(object)
    eye_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._contract = self._guess = Contract()
        self.boxes = {name: _box(name, CHOICES[name]) for name in _CHOSEN}
        self.eye = _box("eye", ("", *EYES))
        self.numbers = {name: _number(name) for name in Screen.__dataclass_fields__}
        self.reset = QPushButton(self.tr("As g&uessed"), autoDefault=False)
        self.share = QPushButton(self.tr("Same for all of this format"), autoDefault=False)
        self.share.setToolTip(
            self.tr("Take the changes made here, and the columns, for the other files too")
        )
        self.share.hide()
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        for name, box in self.boxes.items():
            box.activated.connect(partial(self._choose, name))
        self.eye.activated.connect(lambda _: self.eye_changed.emit(self.eye.currentData()))
        for name, number in self.numbers.items():
            number.valueChanged.connect(partial(self._measure, name))
        self.reset.clicked.connect(lambda: self._take(self._guess))
        self._lay_out()

    def show_contract(self, contract: Contract, guess: Contract, eye: str = "") -> None:
        """Show a contract beside the guess of the reader, and the eye that is read."""
        self._contract, self._guess = contract, guess
        for name, box in self.boxes.items():
            box.setCurrentIndex(box.findData(getattr(contract, name)))
        self.eye.setCurrentIndex(max(self.eye.findData(eye), 0))
        for name, number in self.numbers.items():
            value = getattr(contract.screen, name)
            with QSignalBlocker(number):
                number.setValue(0.0 if math.isnan(value) else value)
        self._tell()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.addRow(self.tr("&Positions are"), self.boxes["positions"])
        form.addRow(self.tr("&Zero is at"), self.boxes["origin"])
        form.addRow(self.tr("First pixel is"), self.boxes["base"])
        self._add_pair(form, self.tr("Screen, pi&xels"), ("width_px", "height_px"))
        self._add_pair(form, self.tr("Screen, &mm"), ("width_mm", "height_mm"))
        form.addRow(self.tr("&Distance, mm"), self.numbers["distance_mm"])
        form.addRow(self.tr("Picture sho&wn"), self.boxes["placed"])
        form.addRow(self.tr("Times are in"), self.boxes["clock"])
        form.addRow(self.tr("Times are 0 at"), self.boxes["zero"])
        form.addRow(self.tr("E&ye"), self.eye)
        below = QHBoxLayout()
        below.addWidget(self.share)
        below.addStretch()
        below.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(below)
        layout.addWidget(self.says)
        layout.addStretch()
        names = {
            "width_px": self.tr("Width of the screen in pixels"),
            "height_px": self.tr("Height of the screen in pixels"),
            "width_mm": self.tr("Width of the screen in millimetres"),
            "height_mm": self.tr("Height of the screen in millimetres"),
            "distance_mm": self.tr("Distance of the eyes from the screen in millimetres"),
        }
        for name, number in self.numbers.items():
            number.setAccessibleName(names[name])
            number.setToolTip(names[name])
            number.setSpecialValueText(self.tr("unknown"))

    def _add_pair(self, form: QFormLayout, title: str, names: tuple[str, str]) -> None:
        """Add a width and a height in one row."""
        width, height = (self.numbers[name] for name in names)
        label = QLabel(title)
        label.setBuddy(width)
        pair = QHBoxLayout()
        pair.addWidget(width, 1)
        pair.addWidget(QLabel("×"))
        pair.addWidget(height, 1)
        form.addRow(label, pair)

    def _choose(self, name: str, _: int) -> None:
        self._take(replace(self._contract, **{name: self.boxes[name].currentData()}))

    def _measure(self, name: str, value: float) -> None:
        screen = replace(self._contract.screen, **{name: value if value > 0 else math.nan})
        self._take(replace(self._contract, screen=screen))

    def _take(self, contract: Contract) -> None:
        self.show_contract(contract, self._guess, self.eye.currentData())
        self.changed.emit(contract)

    def _tell(self) -> None:
        """Say what differs from the guess, and why the guess is as it is."""
        lines = []
        for name, box in self.boxes.items():
            if getattr(self._contract, name) != getattr(self._guess, name):
                guess = choice_words(name, getattr(self._guess, name))
                text = self.tr("Changed: {now} (guessed: {guess}).")
                lines.append(text.format(now=box.currentText(), guess=guess))
        if repr(self._contract.screen) != repr(self._guess.screen):
            lines.append(self.tr("Changed: the screen."))
        self.reset.setEnabled(bool(lines))
        reasons = self._guess.reasons or (self.tr("The reader gives no reasons for its guess."),)
        self.says.setText("\n".join([*lines, *reasons]))


def _box(name: str, choices: tuple[object, ...]) -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(14)
    for choice in choices:
        box.addItem(choice_words(name, choice), choice)
    return box


def _number(name: str) -> QDoubleSpinBox:
    pixels = name.endswith("_px")
    return QDoubleSpinBox(
        maximum=_MOST.get(name, _MOST_MM), decimals=0 if pixels else 1, singleStep=1.0
    )
