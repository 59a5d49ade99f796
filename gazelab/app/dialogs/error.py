"""Something went wrong: one clear sentence, and the details for those who want them."""

import traceback

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gazelab.app.dialogs.message import tell
from gazelab.errors import GazeLabError


def show_error(parent: QWidget | None, what: str, error: BaseException) -> QMessageBox:
    """Show why `what` failed, without stopping the window; return the box."""
    title = _tr("{what} failed").format(what=what)
    if isinstance(error, GazeLabError):
        box = tell(parent, title, str(error))
    else:
        box = tell(parent, title, _tr("An unexpected error: {error}").format(error=error))
        box.setInformativeText(_tr("The project is unchanged. The details help to mend it."))
        box.setDetailedText("".join(traceback.format_exception(error)))
    box.setIcon(QMessageBox.Icon.Warning)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("error", text)
