"""Ways to read tables that were saved under a name: chosen, saved and deleted."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QPushButton, QWidget

from gazelab.data.contract import Contract
from gazelab.errors import GazeLabError
from gazelab.io.mapping import Mapping
from gazelab.io.saved_presets import delete_preset, fitting_presets, load_preset, save_preset


class PresetBar(QWidget):
    """Offers the presets that fit a table.

    chosen : emitted with a Mapping and a Contract; with None and None for the guess.
    said : emitted with a sentence when a preset cannot be saved or read.
    """

    chosen = Signal(object, object)
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self.names = QComboBox()
        self.names.setAccessibleName(self.tr("Preset"))
        self.names.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.names.setMinimumContentsLength(10)
        self.names.activated.connect(self._choose)
        self.save = QPushButton(self.tr("&Save…"), autoDefault=False)
        self.save.setToolTip(self.tr("Save these columns and coordinates under a name"))
        self.delete = QPushButton(self.tr("Delete"), autoDefault=False)
        self.delete.setAccessibleName(self.tr("Delete the preset"))
        self.delete.clicked.connect(self._delete)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.names, 1)
        layout.addWidget(self.save)
        layout.addWidget(self.delete)
        self.setFocusProxy(self.names)

    def show_file(self, path: Path) -> None:
        """Offer the presets that fit a file."""
        if path != self._path:
            self._path = path
            self._offer("")

    def keep(self, mapping: Mapping, contract: Contract) -> None:
        """Ask for a name and save a mapping and a contract under it."""
        text, agreed = QInputDialog.getText(
            self,
            self.tr("Save preset"),
            self.tr("Name of the preset"),
            text=self.names.currentData(),
        )
        if not agreed:
            return
        try:
            save_preset(text.strip(), mapping, contract, self._path)
        except GazeLabError as error:
            self.said.emit(str(error))
        else:
            self._offer(text.strip())

    def _offer(self, name: str) -> None:
        self.names.clear()
        self.names.addItem(self.tr("as guessed"), "")
        for fitting in fitting_presets(self._path) if self._path is not None else ():
            self.names.addItem(fitting, fitting)
        self.names.setCurrentIndex(max(self.names.findData(name), 0))
        self.delete.setEnabled(self.names.currentIndex() > 0)

    def _choose(self, _: int) -> None:
        name = self.names.currentData()
        self.delete.setEnabled(bool(name))
        if not name or self._path is None:
            self.chosen.emit(None, None)
            return
        try:
            preset = load_preset(name)
            self.chosen.emit(preset.mapping_for(self._path), preset.contract)
        except GazeLabError as error:
            self.said.emit(str(error))

    def _delete(self) -> None:
        try:
            delete_preset(self.names.currentData())
        except GazeLabError as error:
            self.said.emit(str(error))
        self._offer("")
