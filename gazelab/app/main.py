"""Start the window."""

import logging
import logging.handlers
import sys
from pathlib import Path

import PySide6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gazelab import __version__
from gazelab.app import preferences, style
from gazelab.app.dialogs.error import show_error
from gazelab.app.keys import FocusKeys
from gazelab.app.mishaps import Mishaps
from gazelab.app.window import MainWindow
from gazelab.errors import GazeLabError
from gazelab.paths import shipped, user_log
from gazelab.storage import make_folder

_LOG_BYTES = 1 << 20


def run(project_folder: Path | None = None, *, demo: bool = False) -> int:
    """Open the window and return its exit code.

    demo : show the sample, which is made unless `project_folder` holds it, run a model on
        it and compare.
    """
    refuse_broken_pair(sys.version_info[:2], PySide6.__version__)
    _start_log()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("GazeLab")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("gazelab")
    app.setWindowIcon(QIcon(str(shipped("resources") / "icons" / "gazelab.svg")))
    style.apply_theme(app, preferences.theme())
    keys = FocusKeys(app)
    app.installEventFilter(keys)
    window = MainWindow()
    mishaps = Mishaps(window)
    mishaps.happened.connect(lambda error, _: show_error(window, "GazeLab", error))
    mishaps.install()
    window.show()
    window.activateWindow()
    if demo:
        QTimer.singleShot(0, lambda: window.commands.open_sample(project_folder))
    elif project_folder is not None:
        QTimer.singleShot(0, lambda: window.commands.open_folder(project_folder))
    try:
        return app.exec()
    finally:
        mishaps.remove()


def refuse_broken_pair(python: tuple[int, ...], pyside: str) -> None:
    """Raise GazeLabError for a PySide6 that crashes this Python.

    PySide6 6.12 drops references to None on Python 3.11; the process dies after some
    hundred repaints. From Python 3.12 on None cannot be lost.
    """
    if python < (3, 12) and tuple(int(p) for p in pyside.split(".")[:2]) >= (6, 12):
        raise GazeLabError(
            f"PySide6 {pyside} crashes on Python {python[0]}.{python[1]}.",
            'Install "pyside6<6.12" or use Python 3.12 or newer.',
        )


def _start_log() -> None:
    handler = logging.handlers.RotatingFileHandler(
        make_folder(user_log()) / "gazelab.log", maxBytes=_LOG_BYTES, backupCount=1
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("gazelab")
    if not root.handlers:
        root.addHandler(handler)
        root.setLevel(logging.INFO)
