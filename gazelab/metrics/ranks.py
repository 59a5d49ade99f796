"""Exact ranks in a large array without sorting it.

Every value gets an integer code that never decreases with the value, so a histogram of the
codes says how many values lie in lower codes. Only values that share a code with a query
are sorted; in a map of 600x800 pixels that is less than one in a hundred.
"""

from typing import Any

import numpy as np

from gazelab.metrics.buffers import Buffers

_CODES = 1 << 16
_FEW = 14  # so many queries are compared with every value before codes would have been made
_FEW_WITH_CODES = 4


class Ranking:
    """Says how many of `values` are smaller than, and equal to, any query.

    values : (n,) float32 or float64, finite. Queries are compared in the same type.
    """

    def __init__(
        self, values: np.ndarray, buffers: Buffers | None = None, name: str = "ranking"
    ) -> None:
        self._values = values
        self._buffers = buffers or Buffers()
        self._name = name  # rankings that live at the same time must not share memory
        self._codes: np.ndarray | None = None

    def counts(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (below, equal): for each query how many values are smaller, and as large."""
        if len(queries) <= (_FEW if self._codes is None else _FEW_WITH_CODES):
            return self._compare(queries)
        return self._look_up(queries)

    def shares_below(self, queries: np.ndarray) -> np.ndarray:
        """Return for each query the share of values below it, those as large counted half."""
        below, equal = self.counts(queries)
        shares: np.ndarray = (below + 0.5 * equal) / len(self._values)
        return shares

    def _compare(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        hits = self._buffer("hits", bool)
        below, equal = np.empty((2, len(queries)), np.intp)
        for k, query in enumerate(queries.astype(self._values.dtype, copy=False)):
            below[k] = np.count_nonzero(np.less(self._values, query, out=hits))
            equal[k] = np.count_nonzero(np.equal(self._values, query, out=hits))
        return below, equal

    def _look_up(self, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        queries = queries.astype(self._values.dtype, copy=False)
        codes_of_values = self._codes if self._codes is not None else self._make_codes()
        if codes_of_values is None:
            return _counts_in_sorted(np.sort(self._values), queries)
        asked = np.clip(self._code(queries), 0, _CODES).astype(np.intp)
        wanted = np.zeros(_CODES + 1, bool)
        wanted[asked] = True
        hits = self._buffer("hits", bool)
        np.take(wanted, codes_of_values, out=hits, mode="clip")  # "clip" writes without a copy
        near = np.sort(self._values[np.flatnonzero(hits)])  # twice as fast as a mask
        codes = np.flatnonzero(wanted)
        in_wanted = np.concatenate([[0], np.cumsum(self._histogram[codes])])
        in_lower = self._lower[codes] - in_wanted[:-1]
        below, equal = _counts_in_sorted(near, queries)
        return below + in_lower[np.searchsorted(codes, asked)], equal

    def _buffer(self, what: str, dtype: Any) -> np.ndarray:
        return self._buffers.get(f"{self._name} {what}", len(self._values), dtype)

    def _code(self, values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        # subtraction and multiplication round, but rounding never swaps the order of two values
        with np.errstate(over="ignore"):
            return np.multiply(np.subtract(values, self._lowest, out=out), self._scale, out=out)

    def _make_codes(self) -> np.ndarray | None:
        """Make the codes and their histogram; None where the range of values allows none."""
        values, kind = self._values, self._values.dtype.type
        self._lowest = values.min()
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            self._scale = kind(_CODES - 1) / (values.max() - self._lowest)
        if not np.isfinite(self._scale) or not self._scale > 0:
            return None
        scaled = self._code(values, self._buffer("scaled", values.dtype))
        codes = self._buffer("codes", np.intp)
        np.copyto(codes, scaled, casting="unsafe")
        self._histogram = np.bincount(codes, minlength=_CODES + 1)
        self._lower = np.cumsum(self._histogram) - self._histogram
        self._codes = codes
        return codes


def _counts_in_sorted(ordered: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    below = np.searchsorted(ordered, queries, "left")
    return below, np.searchsorted(ordered, queries, "right") - below
