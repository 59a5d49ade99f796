"""Cells of a table: their numbers, so strictly read that none is ever silently wrong; texts."""

import math
import re
from collections.abc import Collection

import numpy as np

from gazelab.io.grid import Grid
from gazelab.io.spans import Spans, numbers_between
from gazelab.io.words import Words

MISSING = ("", ".", "-", "na", "n/a", "nan", "null", "none")
"""Codes of a missing value, in lower case."""

WHOLE = np.dtype([("value", np.int64), ("there", np.bool_)])
"""A whole number, 0 where there is none."""

_NUMBERS = {
    sign: re.compile(rf"[+-]?(\d+{re.escape(sign)}?\d*|{re.escape(sign)}\d+)([eE][+-]?\d+)?", re.A)
    for sign in ".,"
}
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_LARGEST = 2**63
_EXACT = 2**53
_LOW_DIGITS = 9
_LARGEST_HIGH = _LARGEST // 10**_LOW_DIGITS
_DECIMALS_WIDE = 15
_SHORT = 8
_LONG = 2
_LOOKED_AT = 4
_FEW = 0.25
"""Where a smaller share of the rows has another cell than the row before, those are parsed."""

_GROWTH, _SPARE = 1.2, 1.01


def number_in(cell: str, decimal: str = ".", missing: Collection[str] = MISSING) -> float | None:
    """Return the number in a cell, NaN for a missing value, None for anything else."""
    if cell.casefold() in missing:
        return math.nan
    if _NUMBERS[decimal].fullmatch(cell):
        value = float(cell.replace(",", "."))
        return value if math.isfinite(value) else None
    return None


class Numbers:
    """Numbers in the cells of one file, which has one decimal sign.

    sign : "." or ","; "" until a number with one comes.
    missing : codes of a missing value, in lower case; a code that is a number stands for every
        way to write that number.
    """

    def __init__(self, sign: str = "", missing: Collection[str] = MISSING) -> None:
        self.sign = sign
        self._told = bool(sign)
        self.missing = frozenset(missing)
        values = (number_in(code, sign, ()) for code in missing for sign in ".,")
        self._missing_values = np.array(sorted({value for value in values if value is not None}))

    def number(self, cell: str) -> float | None:
        """Return the number in a cell, NaN for a missing one, None for anything else."""
        if cell.casefold() in self.missing:
            return math.nan
        sign = next((sign for sign in ",." if sign in cell), "")
        if sign and self.sign not in ("", sign):
            return None
        value = number_in(cell, sign or ".", ())
        if value is None:
            return None
        self.sign = self.sign or sign
        return math.nan if value in self._missing_values else value

    def integer(self, cell: str) -> tuple[int, bool] | None:
        """Return the whole number in a cell and True, 0 and False for a missing one, else None."""
        value = self.number(cell)
        if value is None:
            return None
        if math.isnan(value):
            return 0, False
        whole = int(cell) if _WHOLE.fullmatch(cell) else int(value)
        exact = _WHOLE.fullmatch(cell) or (whole == value and abs(value) < _EXACT)
        return (whole, True) if exact and -_LARGEST <= whole < _LARGEST else None

    def problem(self, cell: str, *, whole: bool = False) -> tuple[str, str]:
        """Return what is wrong with a cell that holds no number, and a hint."""
        what, hint = "is not a number", "Correct it, or name it as a code for a missing value."
        number = Numbers("", ()).number(cell)
        other = next((sign for sign in ",." if sign in cell and sign != self.sign), "")
        if number is not None and other and self.sign and not self._told:
            return "has another decimal sign than before", "Correct it."
        if number is not None and whole:
            return "is not a whole number", hint
        if other and self.sign:
            word = "comma" if other == "," else "point"
            hint = f"If its {word} is the decimal sign, choose that as the decimal sign."
        return what, hint

    def sign_in(self, grid: Grid, places: Collection[int]) -> str | None:
        """Return the decimal sign in some columns, "" for none there; None for both.

        A sign in a code of a missing value is none.
        """
        if self.sign:
            return self.sign
        used = [sign for sign in ".," if any(self._uses(grid, place, sign) for place in places)]
        return None if len(used) > 1 else "".join(used)

    def _uses(self, grid: Grid, place: int, sign: str) -> bool:
        starts, ends = grid.span(place)
        here = np.flatnonzero(grid.contains(sign, starts, ends))
        for start, end in zip(starts[here].tolist(), ends[here].tolist(), strict=True):
            if grid.text(start, end).strip().casefold() not in self.missing:
                return True
        return False

    def numbers_at(self, grid: Grid, spans: Spans) -> list[np.ndarray] | None:
        """Return columns, (rows,) float64 each, NaN for missing; None where a cell is no number.

        Where a column hardly changes, equal numbers one after another are parsed once.
        """
        kinds = self._kinds(grid, spans.starts, spans.ends)
        columns: dict[int, np.ndarray] = {}
        for kind in sorted(set(kinds)):
            some = [k for k, other in enumerate(kinds) if other == kind]
            found = self._columns_at(grid, spans, some, short=kind < _LONG)
            if found is None:
                return None
            columns.update(zip(some, found, strict=True))
        return [columns[k] for k in range(len(kinds))]

    def _columns_at(
        self, grid: Grid, spans: Spans, some: list[int], *, short: bool
    ) -> list[np.ndarray] | None:
        """Return some of the columns, as `numbers_at`. short : none has more than 8 characters."""
        rows = [_rows_to_parse(spans.new[k]) if short else slice(None) for k in some]
        cells = [
            [part[k][at] for k, at in zip(some, rows, strict=True)]
            for part in (spans.starts, spans.ends, spans.lasts)
        ]
        values = self._numbers_between(grid, *map(np.concatenate, cells))
        if values is None:
            return None
        pieces = np.split(values, np.cumsum([len(starts) for starts in cells[0]])[:-1])
        return [
            piece if isinstance(at, slice) else np.repeat(piece, np.diff(at, append=len(grid)))
            for piece, at in zip(pieces, rows, strict=True)
        ]

    def _kinds(self, grid: Grid, starts: np.ndarray, ends: np.ndarray) -> list[int]:
        """Return for each column whether it is short and whole, short, or long: 0, 1 or 2."""
        sign = ord(self.sign or ".")
        few = slice(None, None, max(starts.shape[1] // _LOOKED_AT, 1))
        longest = (ends - starts).max(axis=1, initial=0)
        kinds = np.where(longest > _SHORT, _LONG, 0).tolist()
        for k in [k for k, kind in enumerate(kinds) if not kind]:
            spans = zip(starts[k, few].tolist(), ends[k, few].tolist(), strict=True)
            kinds[k] = int(any(sign in grid.padded.data[begin:end] for begin, end in spans))
        return kinds

    def _numbers_between(
        self, grid: Grid, starts: np.ndarray, ends: np.ndarray, found: np.ndarray
    ) -> np.ndarray | None:
        values, plain = numbers_between(grid.padded, starts, ends, self.sign or ".", found)
        there = ends > starts
        if "" not in self.missing and not there.all():
            return None
        odd = np.flatnonzero(~plain & there)
        if len(odd):
            words = Words(grid.encoding)
            codes = words.codes_at(grid.padded, starts[odd], ends[odd])
            numbers = [self.number(word) for word in words.words]
            if None in numbers:
                return None
            values[odd] = np.array(numbers, np.float64)[codes]
        if len(self._missing_values):
            values[np.isin(values, self._missing_values)] = np.nan
        return values

    def integers_at(self, grid: Grid, place: int) -> np.ndarray | None:
        """Return a column, (rows,) `WHOLE`; None where a cell is no whole number."""
        starts, ends = grid.span(place)
        whole = ~(grid.contains(".", starts, ends) | grid.contains(",", starts, ends))
        lows = np.where(ends - starts > _DECIMALS_WIDE, ends - _LOW_DIGITS, ends)
        high, plain = numbers_between(grid.padded, starts, lows)
        low, low_plain = numbers_between(grid.padded, lows, ends)
        for k in range(-1, _LOW_DIGITS):  # no sign and no space in the middle
            low_plain &= (grid.padded[lows + k] >= ord("0")) & (grid.padded[lows + k] <= ord("9"))
        long = lows < ends
        plain &= whole & (~long | (low_plain & (abs(high) < _LARGEST_HIGH)))
        values = np.where(plain, high, 0).astype(np.int64)
        tail = np.where(plain & long, low, 0).astype(np.int64)
        negative = grid.padded[starts] == ord("-")
        values = np.where(long, values * 10**_LOW_DIGITS, values) + np.where(negative, -tail, tail)
        return self._singly(grid, (starts, ends), values, plain)

    def _singly(
        self,
        grid: Grid,
        span: tuple[np.ndarray, np.ndarray],
        values: np.ndarray,
        plain: np.ndarray,
    ) -> np.ndarray | None:
        """Return whole numbers and where they are, with those cells read that are not plain."""
        odd, words = np.flatnonzero(~plain), Words(grid.encoding)
        codes = words.codes_at(grid.padded, span[0][odd], span[1][odd])
        found = [pair for word in words.words if (pair := self.integer(word)) is not None]
        if len(found) < len(words.words):
            return None
        whole = np.zeros(len(values), WHOLE)
        whole["value"], whole["there"] = values, plain & ~np.isin(values, self._missing_values)
        whole["value"][~whole["there"]] = 0
        if found:
            whole[odd] = np.array(found, WHOLE)[codes]
        return whole


def _rows_to_parse(new: np.ndarray) -> np.ndarray | slice:
    """Return the rows whose cells are not those of the row before; all, where many are not."""
    return np.flatnonzero(new) if np.count_nonzero(new) < _FEW * len(new) else slice(None)


class Growing:
    """Values of a column, to which pieces are added; there is room for those to come."""

    def __init__(self, kind: type | np.dtype) -> None:
        self._room = np.empty(0, kind)
        self._size = 0

    def add(self, piece: np.ndarray, share: float = 1.0) -> None:
        """Add a piece. share : how much of all values there are with it, about."""
        size = self._size + len(piece)
        if size > len(self._room):
            room = np.empty(int(size * max(_GROWTH, _SPARE / share)), self._room.dtype)
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._room[self._size : size] = piece
        self._size = size

    def all(self) -> np.ndarray:
        """Return all values; no more can be added."""
        return self._room[: self._size]


class TextColumn:
    """A column of texts."""

    def __init__(self, place: int, words: Words) -> None:
        self.place = place
        self.words = words
        self.values = Growing(np.int32)

    def cell(self, text: str) -> object | None:
        """Return what is in one cell; None for what should not be there."""
        return self.words.code(text)

    def piece(self, cells: list[object]) -> np.ndarray:
        """Return cells as a piece."""
        return np.array(cells, np.int32)

    def lost(self, piece: np.ndarray) -> np.ndarray:
        """Return (n,) bool: the cells that are empty or missing."""
        words = self.words.words
        return piece == words.index("") if "" in words else np.zeros(len(piece), np.bool_)


class NumberColumn:
    """A column of numbers; methods as those of `TextColumn`."""

    def __init__(self, place: int, numbers: Numbers) -> None:
        self.place = place
        self.values = Growing(np.float64)
        self._numbers = numbers

    def cell(self, text: str) -> object | None:
        """Return the number in one cell."""
        return self._numbers.number(text)

    def piece(self, cells: list[object]) -> np.ndarray:
        """Return cells as a piece."""
        return np.array(cells, np.float64)

    def lost(self, piece: np.ndarray) -> np.ndarray:
        """Return (n,) bool: the cells without a number."""
        return np.isnan(piece)


class WholeColumn:
    """A column of whole numbers; methods as those of `TextColumn`."""

    def __init__(self, place: int, numbers: Numbers) -> None:
        self.place = place
        self.values = Growing(WHOLE)
        self._numbers = numbers

    def take(self, grid: Grid) -> np.ndarray | None:
        """Return the piece in a grid of cells; None where a cell is no whole number."""
        return self._numbers.integers_at(grid, self.place)

    def cell(self, text: str) -> object | None:
        """Return the number in one cell, and whether there is one."""
        return self._numbers.integer(text)

    def piece(self, cells: list[object]) -> np.ndarray:
        """Return cells as a piece."""
        return np.array(cells, WHOLE)

    def lost(self, piece: np.ndarray) -> np.ndarray:
        """Return (n,) bool: the cells without a number."""
        return ~piece["there"]
