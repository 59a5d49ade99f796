"""Unexpected errors: logged with their traceback, shown once, and survived.

The hooks run in whichever thread failed, so they only note the error; a timer in the
window's thread shows it. A stream of errors gives one box with a count.
"""

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, QtMsgType, Signal, qInstallMessageHandler

log = logging.getLogger(__name__)
_POLL_MS = 250
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Mishaps(QObject):
    """Collects unexpected errors of all threads.

    happened : emitted in the window's thread with the first error of a burst and how
        many there were.
    """

    happened = Signal(object, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._noted: deque[BaseException] = deque(maxlen=1000)
        self._undo: list[Callable[[], None]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._show)

    def install(self) -> None:
        """Take over the hooks of Python and Qt."""
        before, threads_before = sys.excepthook, threading.excepthook
        sys.excepthook = self._note
        threading.excepthook = self._note_in_thread
        qt_before = qInstallMessageHandler(_log_qt)
        self._undo = [
            lambda: setattr(sys, "excepthook", before),
            lambda: setattr(threading, "excepthook", threads_before),
            lambda: qInstallMessageHandler(qt_before) and None,
        ]
        self._timer.start()

    def remove(self) -> None:
        """Give the hooks back."""
        self._timer.stop()
        while self._undo:
            self._undo.pop()()

    def _note(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unexpected error", exc_info=(kind, error, trace))
        self._noted.append(error)

    def _note_in_thread(self, failed: threading.ExceptHookArgs) -> None:
        error = failed.exc_value or failed.exc_type()
        self._note(failed.exc_type, error, failed.exc_traceback)

    def _show(self) -> None:
        if self._noted:
            first, count = self._noted[0], len(self._noted)
            self._noted.clear()
            self.happened.emit(first, count)


def _log_qt(kind: QtMsgType, _: object, message: str) -> None:
    log.log(_QT_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
