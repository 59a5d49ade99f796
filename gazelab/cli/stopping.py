"""Ctrl+C, or the end of a batch job, stops long work between two steps.

So a training run can leave a checkpoint of where it is. A second Ctrl+C stops at once.
"""

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from gazelab.task import Step


@contextlib.contextmanager
def stopping(progress: Callable[[Step], None]) -> Iterator[Callable[[Step], None]]:
    """Yield a `progress` that raises KeyboardInterrupt once the user or the system says stop."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    def on_step(step: Step) -> None:
        if asked:
            raise KeyboardInterrupt
        progress(step)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield on_step
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
