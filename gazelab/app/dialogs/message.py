"""A message that needs no answer and stops nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

_MOST_LINES = 24
_SIZE = QSize(640, 480)


def tell(parent: QWidget | None, title: str, text: str) -> QMessageBox:
    """Show plain text in a box of its own and return the box."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(text)
    box.open()
    return box


def tell_lines(parent: QWidget | None, title: str, lines: Sequence[str]) -> QDialog:
    """Show lines of plain text, which scroll where they are many, and return what shows them."""
    if len(lines) <= _MOST_LINES:
        return tell(parent, title, "\n".join(lines))
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    shown = QPlainTextEdit("\n".join(lines), readOnly=True, tabChangesFocus=True)
    shown.setAccessibleName(title)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    buttons.accepted.connect(dialog.accept)
    layout = QVBoxLayout(dialog)
    layout.addWidget(shown)
    layout.addWidget(buttons)
    dialog.resize(_SIZE)
    buttons.button(QDialogButtonBox.StandardButton.Ok).setFocus()
    dialog.open()
    return dialog
