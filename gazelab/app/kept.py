"""Values that are costly to make, remembered while they are likely to be wanted again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from gazelab.app.background import Background

T = TypeVar("T")
_MOST = 16
_PAUSE_MS = 50
"""Before a thread begins: what is on display is painted first, with all processors."""


class Kept(QObject):
    """The latest values by what they were made from; those that take long come from a thread.

    waits : whether the latter are made at once all the same.
    arrived : emitted when one that was not waited for is there.
    """

    arrived = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waits = False
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._background = Background(name, self)
        self._background.arrived.connect(self._arrived)
        self._wish: tuple[Hashable, Callable[[], Any]] | None = None
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._soon.timeout.connect(self._ask)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return a value, made now unless it is known."""
        if key not in self._values:
            self._values[key] = make()
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]

    def soon(self, key: Hashable, make: Callable[[], T]) -> T | None:
        """Return a value if it is known; else None, and make it in a thread."""
        if self.waits or key in self._values:
            return self.get(key, make)
        if self._wish is None or self._wish[0] != key:  # asked again with every frame
            self._wish = (key, make)
            self._soon.start()
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._wish = None
        self._background.forget()

    def close_thread(self) -> None:
        """End the thread (the window closes)."""
        self._soon.stop()
        self._background.close()

    def _ask(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            self._background.ask(*wish)

    def _arrived(self, key: Hashable, value: object) -> None:
        self.get(key, lambda: value)
        self.arrived.emit()
