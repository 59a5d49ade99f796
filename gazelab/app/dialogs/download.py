"""Choose a model to download, after it is said what comes from where and on what terms."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gazelab.nets.pretrained import PRETRAINED, TERMS, Pretrained, installed

_WIDTH_PX = 480


class DownloadDialog(QDialog):
    """Lists what can be downloaded; nothing is, before the button is pressed."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Download a model"))
        self.model = QComboBox()
        for known in PRETRAINED:
            there = installed(known) is not None
            text = self.tr("{title} (installed)") if there else "{title}"
            self.model.addItem(text.format(title=known.title), known)
        self.megabytes = self._fact()
        self.address = self._fact()
        self.accuracy = self._fact()
        terms = self._fact()
        terms.setText(TERMS)
        terms.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("&Model"), self.model)
        form.addRow(self.tr("Size"), self.megabytes)
        form.addRow(self.tr("Address"), self.address)
        form.addRow(self.tr("Accuracy"), self.accuracy)
        form.addRow(self.tr("Terms"), terms)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = buttons.addButton(self.tr("&Download"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.model.currentIndexChanged.connect(self._describe)
        go.setDefault(True)  # only now, as a part of the dialog, it can be
        self.model.setFocus()
        self._describe()

    @property
    def choice(self) -> Pretrained:
        """What is chosen now."""
        chosen: Pretrained = self.model.currentData()
        return chosen

    @classmethod
    def ask(cls, parent: QWidget | None) -> Pretrained | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent)
        try:
            return dialog.choice if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def _fact(self) -> QLabel:
        label = QLabel(textFormat=Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setMinimumWidth(_WIDTH_PX)
        return label

    def _describe(self, _: int = 0) -> None:
        chosen = self.choice
        self.megabytes.setText(self.tr("{mb:.0f} MB").format(mb=chosen.megabytes))
        self.address.setText(chosen.url)
        text = self.tr("{share:.1%} of the pictures of ImageNet's validation set")
        self.accuracy.setText(text.format(share=chosen.accuracy))
