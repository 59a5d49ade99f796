"""Arrays that are used again and again, one map after the other.

A fresh array of some megabytes is handed out by the operating system page by page, which
takes longer than the arithmetic on it.
"""

from typing import Any

import numpy as np


class Buffers:
    """Named arrays; asking again for the same name and size gives the same memory."""

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def get(self, name: str, size: int, dtype: Any = np.float64) -> np.ndarray:
        """Return a (size,) array whose content is undefined."""
        array = self._arrays.get(name)
        if array is None or array.size != size or array.dtype != dtype:
            array = self._arrays[name] = np.empty(size, dtype)
        return array
