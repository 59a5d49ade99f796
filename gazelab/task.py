"""Long work as a generator: it yields `Step`s, returns its result, and knows no window.

The command line drives a task with `finish`; the window drives it from a worker thread.
Closing the generator cancels it, so cleanup belongs in `finally`.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: `done` of `total` (None while unknown) and what is being done."""

    done: int
    total: int | None = None
    note: str = ""


Task = Generator[Step, None, T]


def finish(task: Task[T], on_step: Callable[[Step], None] | None = None) -> T:
    """Run a task to its end and return its result; an error of `on_step` closes it."""
    try:
        while True:
            step = next(task)
            if on_step is not None:
                on_step(step)
    except StopIteration as end:
        return end.value
    finally:
        task.close()
