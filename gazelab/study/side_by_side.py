"""The same work on many items, spread over threads."""

import os
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gazelab.task import Step, Task

S = TypeVar("S")
T = TypeVar("T")

_WORTH = 4
"""Items for each thread below which starting threads is not worth it."""


def cores() -> int:
    """Return how many cores there are."""
    return os.cpu_count() or 1


def side_by_side(work: Sequence[Callable[[S], T]], items: Sequence[S]) -> Task[list[T]]:
    """Return what `work` makes of each item, in order, and yield a step before each.

    work : functions that do the same, one for each thread, since what works on one item may
    keep memory for it. numpy lets go of the interpreter in its loops, so threads that do
    little else run side by side. Closing the task waits for the items under way.
    """
    if len(work) == 1 or len(items) < _WORTH * len(work):
        return (yield from _one_by_one(work[0], items))
    free: queue.SimpleQueue[Callable[[S], T]] = queue.SimpleQueue()
    for each in work:
        free.put(each)

    def done_by_one(item: S) -> T:
        worker = free.get()
        try:
            return worker(item)
        finally:
            free.put(worker)

    results: list[T] = []
    with ThreadPoolExecutor(len(work), "side by side") as pool:
        try:
            futures = [pool.submit(done_by_one, item) for item in items]
            for item, future in zip(items, futures, strict=True):
                yield Step(len(results), len(items), str(item))
                results.append(future.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return results


def _one_by_one(work: Callable[[S], T], items: Sequence[S]) -> Task[list[T]]:
    results: list[T] = []
    for item in items:
        yield Step(len(results), len(items), str(item))
        results.append(work(item))
    return results
