"""One computation at a time beside the window's thread; only the newest wish counts."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_POLL_MS = 15


class Background(QObject):
    """Computes what is asked for in a thread, and forgets wishes that were overtaken.

    arrived : emitted with the key and the result of the newest wish.
    failed : emitted with the key and the error of the newest wish.
    """

    arrived = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._key: Hashable = None
        self._waiting: Callable[[], Any] | None = None
        self._running: tuple[Hashable, Future[Any]] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._collect)

    @property
    def busy(self) -> bool:
        """Whether something is being computed."""
        return self._running is not None

    def ask(self, key: Hashable, compute: Callable[[], Any]) -> None:
        """Compute something in place of what was asked before, unless it is the same."""
        if self.busy and key == self._key:
            return
        self._key, self._waiting = key, compute
        self._launch()

    def forget(self) -> None:
        """Want nothing any longer; what is under way comes to nothing."""
        self._key = self._waiting = None

    def close(self) -> None:
        """End the thread."""
        self._timer.stop()
        self.forget()
        self._pool.shutdown()
        self._running = None

    def _launch(self) -> None:
        if self._running is None and self._waiting is not None:
            self._running = (self._key, self._pool.submit(self._waiting))
            self._waiting = None
            self._timer.start()

    def _collect(self) -> None:
        if self._running is None or not self._running[1].done():
            return
        key, future = self._running
        self._running = None
        self._timer.stop()
        self._launch()
        if key != self._key or self._running is not None:
            return
        error = future.exception()
        if error is not None:
            self.failed.emit(key, error)
        else:
            self.arrived.emit(key, future.result())
