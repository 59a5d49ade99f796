"""The installed PySide6 does not lose references to the constants of Python."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

CALLS = 200
"""Few enough that the process survives to say what is wrong."""


class Sender(QObject):
    """Emits from Python, which gives back True."""

    sent = Signal(int)


def test_calls_into_qt_lose_no_reference(qapp: object) -> None:
    """A lost reference to None with every call ends the process after minutes of replay.

    Before Python 3.12 this happens with PySide6 6.12, which pyproject.toml keeps out.
    """
    pen, widget, sender = QPen(), QWidget(), Sender()
    constants = (None, True, False)
    before = [sys.getrefcount(constant) for constant in constants]
    for _ in range(CALLS):
        pen.setWidthF(1)
        widget.update()
        sender.sent.emit(1)
    lost = [old - sys.getrefcount(c) for old, c in zip(before, constants, strict=True)]
    assert max(lost) < CALLS / 4
