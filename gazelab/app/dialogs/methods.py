"""Choose how maps are read out of a model that names classes: method, class, layer, sign."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFormLayout,
    QGroupBox,
    QLabel,
    QWidget,
)

from gazelab.errors import GazeLabError
from gazelab.nets.card import ModelCard
from gazelab.nets.methods import EXPECTED, PREDICTED, MethodChoice, class_named, methods_for

_WIDTH_PX, _LINES = 420, 4
"""Room for what is said of any method: a dialog does not grow by itself."""


class MethodPicker(QGroupBox):
    """The pickers; each is enabled only where it has something to say.

    changed : the choice is another, or can no longer be made.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Attention method"))
        self._card: ModelCard | None = None
        self.method = QComboBox()
        self.about = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setMinimumSize(_WIDTH_PX, _LINES * self.fontMetrics().lineSpacing())
        self.target = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        completer = self.target.completer()
        assert completer is not None
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.layer = QComboBox()
        self.signed = QCheckBox(self.tr("Keep what speaks &against the class (signed map)"))
        form = QFormLayout(self)
        form.addRow(self.tr("Me&thod"), self.method)
        form.addRow("", self.about)
        form.addRow(self.tr("&Class"), self.target)
        form.addRow(self.tr("&Layer"), self.layer)
        form.addRow("", self.signed)
        self.method.currentIndexChanged.connect(self._method_changed)
        self.target.editTextChanged.connect(self._tell)

    def show_card(self, card: ModelCard | None) -> None:
        """Offer what can be applied to a model; nothing where it names no classes."""
        self._card = card
        with QSignalBlocker(self.method), QSignalBlocker(self.target):
            self._fill()
        self._method_changed()

    @property
    def choices(self) -> tuple[MethodChoice, ...]:
        """The method that is chosen, if any. Raises SettingsError for a class there is not."""
        method = self.method.currentData()
        if method is None or self._card is None:
            return ()
        target = class_named(self._target(), self._card) if method.of_class else ""
        signed = method.signed and self.signed.isChecked()
        return (MethodChoice(method.id, target, self.layer.currentData() or "", signed),)

    @property
    def problem(self) -> str:
        """Why there is no choice, in a sentence; "" where there is one."""
        try:
            _ = self.choices
        except GazeLabError as error:
            return str(error)
        return ""

    def _fill(self) -> None:
        card = self._card
        methods = methods_for(card) if card is not None else ()
        self.setEnabled(bool(methods))
        self.method.clear()
        self.method.addItem(self.tr("What the model shows by itself"), None)
        for method in methods:
            self.method.addItem(method.title, method)
        self.target.clear()
        self.target.addItem(self.tr("predicted: the one the model names"), PREDICTED)
        self.target.addItem(self.tr("expected: by label or folder of the picture"), EXPECTED)
        self.layer.clear()
        if card is None:
            return
        for name in card.classes:
            self.target.addItem(name, name)
        for layer in card.layers:
            text = self.tr("{name}: {columns} x {rows} cells").format(
                name=layer.name, columns=layer.columns, rows=layer.rows
            )
            self.layer.addItem(text, layer.name)
        self.layer.setCurrentIndex(self.layer.count() - 1)

    def _method_changed(self, _: Any = None) -> None:
        method = self.method.currentData()
        self.target.setEnabled(method is not None and method.of_class)
        self.layer.setEnabled(method is not None and method.needs != "weights")
        self.signed.setEnabled(method is not None and method.signed)
        self._tell()

    def _target(self) -> str:
        """Return the class that is written there, or chosen."""
        text = self.target.currentText()
        place = self.target.findText(
            text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive
        )
        return text if place < 0 else self.target.itemData(place)

    def _tell(self, _: Any = None) -> None:
        method = self.method.currentData()
        if method is None:
            text = self.tr("A model that names classes can be asked what speaks for one of them.")
        else:
            text = self.problem or method.about
        self.about.setText(text)
        self.about.setToolTip("" if method is None else method.citation)
        self.changed.emit()
