"""Choose a model, how maps are read out of it, the stimuli it is to look at, and the device."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.methods import MethodPicker
from gazelab.nets.card import ModelCard
from gazelab.nets.methods import MethodChoice
from gazelab.nets.steps import MOST_STEPS, steps_are_free


@dataclass(frozen=True, slots=True)
class RunChoice:
    """What to run.

    all_stimuli : False for the present stimulus only. steps : how often the model looks; 0 for
    as often as it was trained to.
    """

    model_id: str
    device: str
    all_stimuli: bool
    methods: tuple[MethodChoice, ...] = ()
    steps: int = 0


class RunDialog(QDialog):
    """Lists the models with what their cards say."""

    def __init__(self, parent: QWidget | None, cards: tuple[ModelCard, ...], n: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Run a model"))
        self._cards = {card.id: card for card in cards}
        self.model = QComboBox()
        for card in cards:
            self.model.addItem(f"{card.id}: {card.title}", card.id)
        self.about = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.about.setMinimumWidth(420)
        self.methods = MethodPicker()
        self.steps = QSpinBox(minimum=1, maximum=MOST_STEPS)
        self.stimuli = QComboBox()
        self.stimuli.addItem(self.tr("All %n stimuli", "", n), True)
        self.stimuli.addItem(self.tr("The present stimulus"), False)
        self.device = QComboBox()
        self.device.addItem(self.tr("Automatic: GPU if there is one, else CPU"), "auto")
        self.device.addItem(self.tr("CPU"), "cpu")
        self.device.addItem(self.tr("GPU (CUDA)"), "cuda")
        form = QFormLayout()
        form.addRow(self.tr("&Model"), self.model)
        form.addRow("", self.about)
        form.addRow(self.tr("Ste&ps"), self.steps)
        form.addRow(self.methods)
        form.addRow(self.tr("&Stimuli"), self.stimuli)
        form.addRow(self.tr("&Device"), self.device)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._run = buttons.addButton(self.tr("&Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.model.currentIndexChanged.connect(self._describe)
        self.methods.changed.connect(self._allow)
        self._run.setDefault(True)  # only now, as a part of the dialog, it can be
        self.model.setFocus()
        self._describe()

    @property
    def choice(self) -> RunChoice:
        """What is chosen now."""
        return RunChoice(
            self.model.currentData(),
            self.device.currentData(),
            self.stimuli.currentData(),
            self.methods.choices,
            self.steps.value() if self.steps.isEnabled() else 0,
        )

    @classmethod
    def ask(cls, parent: QWidget | None, cards: tuple[ModelCard, ...], n: int) -> RunChoice | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent, cards, n)
        try:
            return dialog.choice if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def _allow(self) -> None:
        self._run.setEnabled(bool(self._cards) and not self.methods.problem)

    def _describe(self, _: Any = None) -> None:
        card = self._cards.get(self.model.currentData())
        self.methods.show_card(card)
        self.steps.setEnabled(card is not None and steps_are_free(card))
        self.steps.setValue(card.steps if card is not None else 1)
        if card is None:
            self.about.setText(self.tr("No model is installed."))
            return
        self.about.setText(
            self.tr("Steps: {steps}. Gives {kinds}. Trained on {data}. Licence: {licence}.").format(
                steps=card.steps,
                kinds=self.tr(" and ").join(card.kinds),
                data=card.trained_on,
                licence=card.licence,
            )
        )
