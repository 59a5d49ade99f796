"""Pictures for a model: read ahead by threads, and gathered into batches of equal size."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from gazelab.errors import ReadError

T = TypeVar("T")

Read: TypeAlias = np.ndarray | ReadError
"""The pixels of a picture, or why it could not be read."""

_MOST_THREADS = 16
_AHEAD = 64
"""Pictures that wait, at most."""

_MOST_GROUPS = 4
"""How many batches may be waiting for more pictures of their size."""


def reading_threads(on_gpu: bool) -> int:
    """Return how many threads read ahead: none where the processor also runs the model."""
    return min(_MOST_THREADS, os.cpu_count() or 1) if on_gpu else 0


def read_ahead(
    read: Callable[[Path], np.ndarray], paths: Sequence[Path], threads: int
) -> Generator[Read]:
    """Yield what `read` makes of each path, in order; close it to end the threads."""

    def tried(path: Path) -> Read:
        try:
            return read(path)
        except ReadError as error:
            return error

    if not threads:
        yield from map(tried, paths)
        return
    waiting: deque[Future[Read]] = deque()
    with ThreadPoolExecutor(threads, "pictures") as pool:
        try:
            for path in paths:
                waiting.append(pool.submit(tried, path))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class EqualSizes(Generic[T]):
    """Gathers pictures into batches of up to `batch` pictures of equal size."""

    def __init__(self, batch: int) -> None:
        self._batch = batch
        self._groups: dict[tuple[int, ...], list[tuple[T, np.ndarray]]] = {}

    def add(self, item: T, pixels: np.ndarray) -> list[tuple[T, np.ndarray]]:
        """Take a picture; return a batch that is to run now, or nothing."""
        group = self._groups.setdefault(pixels.shape, [])
        group.append((item, pixels))
        if len(group) >= self._batch:
            return self._groups.pop(pixels.shape)
        if sum(map(len, self._groups.values())) >= self._batch * _MOST_GROUPS:
            largest = max(self._groups, key=lambda shape: len(self._groups[shape]))
            return self._groups.pop(largest)
        return []

    def rest(self) -> list[list[tuple[T, np.ndarray]]]:
        """Return the batches that did not become full."""
        rest = list(self._groups.values())
        self._groups = {}
        return rest
