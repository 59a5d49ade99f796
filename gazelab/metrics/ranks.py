"""Exact ranks in a large array without sorting it.

The other way round: few queries are sorted, and every value is placed among them. Each value
gets an integer code that never decreases with the value, and a table says for each code how
many queries lie in lower codes. Only values that share a code with a query are compared with
the queries themselves; in a map of 600x800 pixels that is less than one in a hundred.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gazelab.data.image import opencv
from gazelab.metrics.buffers import Buffers

_CODES = 1 << 16
_DENSE = 16  # one in so many values shares a code with a query: the map has few levels
_FEW = 8  # so many queries are compared with every value before all values would be placed


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where values lie among queries.

    twice : (n,) for each value how many queries are smaller, plus how many are not larger.
    queries : how many there are.
    """

    twice: np.ndarray
    queries: int

    def area(self, at: np.ndarray | None = None) -> float:
        """Return the mean chance that a query is larger than a value, ties counted half.

        at : indices of the values to compare with; all when None. An index may come twice.
        """
        twice = self.twice if at is None else np.take(self.twice, at)
        # numpy would convert all to int64 first
        total = float(opencv().sumElems(twice[None])[0])
        return 1.0 - total / (2 * self.queries * len(twice))


class Ranking:
    """Says how many of `values` are smaller than, and equal to, any query.

    values : (n,) float32 or float64, finite. Queries are compared in the same type.
    """

    def __init__(self, values: np.ndarray, buffers: Buffers | None = None) -> None:
        self._values = values
        self._buffers = buffers or Buffers()
        self._codes: np.ndarray | None = None

    @cached_property
    def lowest(self) -> Any:
        """The smallest value, in its own type."""
        return self._values.min()

    @cached_property
    def highest(self) -> Any:
        """The largest value, in its own type."""
        return self._values.max()

    def counts(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (below, equal): for each query how many values are smaller, and as large."""
        queries = queries.astype(self._values.dtype, copy=False)
        if len(queries) <= _FEW:
            return self._compare(queries)
        twice = self.places(queries, "places to count").twice
        histogram = np.bincount(twice, minlength=2 * len(queries) + 1)
        own = _twice(np.sort(queries), queries)
        return (np.cumsum(histogram) - histogram)[own], histogram[own]

    def shares_below(self, queries: np.ndarray) -> np.ndarray:
        """Return for each query the share of values below it, those as large counted half."""
        below, equal = self.counts(queries)
        shares: np.ndarray = (below + 0.5 * equal) / len(self._values)
        return shares

    def places(self, queries: np.ndarray, memory: str = "places") -> Places:
        """Return where each value lies among the queries.

        memory : name of the array in the buffers; the next call with the same overwrites it.
        """
        ordered = np.sort(queries.astype(self._values.dtype, copy=False))
        kind = np.dtype(np.int16 if 2 * len(ordered) < _CODES // 2 else np.int32)
        codes = self._codes if self._codes is not None else self._make_codes()
        if codes is None:
            return Places(_twice(ordered, self._values).astype(kind), len(ordered))
        asked = self._code(ordered.clip(self.lowest, self.highest)).astype(np.intp)
        lower = 2 * np.arange(len(ordered) + 1).astype(kind)
        table = np.repeat(lower, np.diff(np.concatenate([[-1], asked, [_CODES - 1]])))
        first = table[asked] >> 1
        table[asked] = -1
        twice = self._buffers.get(memory, len(codes), kind)
        _look_up(table, codes, twice)
        near = np.less(twice, 0, out=self._buffers.get("hits", len(codes), bool))
        if np.count_nonzero(near) > len(codes) // _DENSE:
            # a map of few levels: most pixels in these codes are as large as the query there
            table[asked] = _twice(ordered, ordered)[first]
            _look_up(table, codes, twice)
            near &= self._differ(asked, ordered[first], codes)
        rest = np.flatnonzero(near)
        twice[rest] = _twice(ordered, self._values[rest])
        return Places(twice, len(ordered))

    def _differ(self, asked: np.ndarray, levels: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return for each value whether it differs from the level that its code stands for."""
        table = np.zeros(_CODES, levels.dtype)
        table[asked] = levels
        level = self._buffers.get("scaled", len(codes), levels.dtype)
        _look_up(table, codes, level)
        return level != self._values

    def _compare(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        hits = self._buffers.get("hits", len(self._values), bool)
        below, equal = np.empty((2, len(queries)), np.intp)
        for k, query in enumerate(queries):
            below[k] = np.count_nonzero(np.less(self._values, query, out=hits))
            equal[k] = np.count_nonzero(np.equal(self._values, query, out=hits))
        return below, equal

    def _code(self, values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        with np.errstate(over="ignore", under="ignore"):
            root = self._root(values, out)
            return np.multiply(root, self._scale, out=root)

    def _root(self, values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return about the fourth root of how far values lie above the lowest, at some scale.

        It spreads the many small values of a map with few peaks over more codes. A quarter of
        the bits of a float, taken as a float, is such a root, and never swaps two values.
        """
        above = np.add(values, 0 - self.lowest, out=out)  # adding 0.0 makes 0.0 of -0.0
        bits = above.view(f"i{above.itemsize}")
        np.right_shift(bits, 2, out=bits)
        return above

    def _make_codes(self) -> np.ndarray | None:
        """Make the codes; None where the range of values allows none."""
        values, kind = self._values, self._values.dtype.type
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            self._scale = (kind(_CODES - 1) / self._root(self.highest[None]))[0]
        if not np.isfinite(self._scale):
            return None
        scaled = self._code(values, self._buffers.get("scaled", values.size, values.dtype))
        self._codes = self._buffers.get("codes", values.size, np.uint16)
        np.copyto(self._codes, scaled, casting="unsafe")
        return self._codes


def _twice(ordered: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return for each value how many of the ordered are smaller, plus how many are not larger."""
    # in one search: a query is not larger where the number just below it is smaller
    just_below = np.nextafter(ordered, -np.inf)
    return np.searchsorted(np.sort(np.concatenate([ordered, just_below])), values)


def _look_up(table: np.ndarray, codes: np.ndarray, out: np.ndarray) -> None:
    cv2 = opencv()
    try:
        cv2.LUT(codes[None], table, out[None])
    except cv2.error:  # before 4.13 OpenCV takes codes of 8 bits only
        np.take(table, codes, out=out, mode="clip")  # "clip" writes without a copy
