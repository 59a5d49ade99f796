"""Which arrays already lie in which file."""

import weakref
from collections.abc import Sequence

import numpy as np


class _Written:
    """Remembers in which file arrays lie, so that a save need not read them to find out."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, ...], tuple[list[weakref.ref], str]] = {}

    def name_of(self, arrays: Sequence[np.ndarray]) -> str | None:
        """Return the file that holds just these arrays, or None when that is not known."""
        references, name = self._files.get(tuple(map(id, arrays)), ([], None))
        alive = (reference() is array for reference, array in zip(references, arrays, strict=False))
        return name if all(alive) else None

    def remember(self, arrays: Sequence[np.ndarray], name: str) -> None:
        """Keep the name for as long as the arrays live."""
        self._files = {
            key: entry
            for key, entry in self._files.items()
            if all(reference() is not None for reference in entry[0])
        }
        self._files[tuple(map(id, arrays))] = [weakref.ref(array) for array in arrays], name


WRITTEN = _Written()
"""Of this process."""
