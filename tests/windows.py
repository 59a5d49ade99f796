"""The window, as the tests of it open it."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from gazelab.app.window import MainWindow


def opened(qtbot: QtBot, folder: Path) -> MainWindow:
    """Return the window on screen with the project in a folder open."""
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(folder)
    return window
