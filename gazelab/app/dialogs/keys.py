"""The cheat sheet: every command with its keys."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from gazelab.app.actions import cheat_sheet

_COLUMNS = 2


class KeysDialog(QDialog):
    """Lists keys and commands in two columns."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        rows = cheat_sheet()
        height = -(-len(rows) // _COLUMNS)
        for place, (keys, text) in enumerate(rows):
            column, row = divmod(place, height)
            name = QLabel(keys, textFormat=Qt.TextFormat.PlainText)
            font = name.font()
            font.setBold(True)
            name.setFont(font)
            grid.addWidget(name, row, 2 * column)
            grid.addWidget(QLabel(text, textFormat=Qt.TextFormat.PlainText), row, 2 * column + 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(grid)
        layout.addWidget(buttons)
