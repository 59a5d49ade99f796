"""Choose the sources whose maps are to be taken out of a project."""

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.scrolled import Scrolled
from gazelab.project.project import Project


class RemoveMapsDialog(QDialog):
    """A box for each source; boxes : by its name."""

    def __init__(self, parent: QWidget | None, project: Project) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Remove maps"))
        self.boxes = {source: QCheckBox(source) for source, _ in project.sources}
        text = self.tr("The maps of these sources and their scores are removed. It can be undone.")
        if not self.boxes:
            text = self.tr("The project has no maps.")
        inside = QWidget()
        column = QVBoxLayout(inside)
        for box in self.boxes.values():
            column.addWidget(box)
            box.toggled.connect(self._ticked)
        column.addStretch()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self._buttons.addButton(
            self.tr("&Remove"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(text, wordWrap=True))
        layout.addWidget(Scrolled(inside), 1)
        layout.addWidget(self._buttons)
        self.resize(420, 320)
        self._ticked()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The sources that are ticked."""
        return tuple(source for source, box in self.boxes.items() if box.isChecked())

    @classmethod
    def ask(cls, parent: QWidget | None, project: Project) -> tuple[str, ...]:
        """Ask; nothing when the user thinks better of it."""
        dialog = cls(parent, project)
        try:
            return dialog.chosen if dialog.exec() else ()
        finally:
            dialog.deleteLater()

    def _ticked(self) -> None:
        self.go.setEnabled(bool(self.chosen))
