"""Where the cells are in a block of lines whose rows all have the same number of cells."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gazelab.io.blocks import LONGEST_LINE, PADDING, Block

_TAB, _NEWLINE, _RETURN, _QUOTE = b'\t\n\r"'


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of a block.

    padded : (size,) uint8, the block. starts : (rows,) where each row begins.
    ends : (rows, cells) where each cell ends, at a delimiter or at the end of the line.
    lines : (rows,) numbers of the lines, from 0. n_lines : how many the block has.
    empty_rows : rows that were left out, as they have delimiters only.
    """

    padded: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    n_lines: int
    empty_rows: int
    quoted: bool
    delimiter: str
    encoding: str
    _places: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def cells(self) -> int:
        """The number of cells in a row."""
        return self.ends.shape[1]

    def span(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Return where the cells of a column begin and end, (rows,) each, without quotes."""
        starts, ends = self.spans([place])
        return starts[0], ends[0]

    def spans(self, places: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return where the cells of columns begin and end, (k, rows) each, without quotes."""
        starts = self.ends[:, [max(place - 1, 0) for place in places]].T + 1
        ends = self.ends[:, list(places)].T.copy()
        for k, place in enumerate(places):
            if place == 0:
                starts[k] = self.starts
        if self.quoted:
            quotes = (self.padded[starts] == _QUOTE) & (ends > starts)
            starts += quotes
            ends -= quotes
        return starts, ends

    def contains(self, sign: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return (n,) bool: the cells in which a sign occurs."""
        if sign not in self._places:
            self._places[sign] = np.flatnonzero(self.padded == ord(sign))
        places = self._places[sign]
        if not len(places):
            return np.zeros(len(starts), np.bool_)
        following = np.searchsorted(places, starts)
        found = places[np.minimum(following, len(places) - 1)]
        return (found >= starts) & (found < ends)

    def is_blank(self, row: int) -> bool:
        """Whether a row has spaces only in its cells."""
        start, end = int(self.starts[row]), int(self.ends[row, -1])
        cells = self.text(start, end).split(self.delimiter)
        return not any(cell.strip().strip('"').strip() for cell in cells)

    def text(self, start: int, end: int) -> str:
        """Return what is between two places."""
        return self.padded[start:end].tobytes().decode(self.encoding)


def grid_of(block: Block, delimiter: str, encoding: str) -> Grid | None:
    """Return where the cells are; None where that takes reading row by row.

    That is so for rows of different sizes, empty lines, cells with a delimiter, a line end or
    a quote in them, and spaces as delimiters.
    """
    padded = _ended(block)
    if delimiter == " " or padded is None:
        return None
    view = np.frombuffer(padded, np.uint8)
    quoted = b'"' in padded
    cells = padded[: padded.index(b"\n")].count(delimiter.encode()) + 1
    if cells < 2:
        return None
    found = _of_tabs(view, padded, cells) if delimiter == "\t" and not quoted else None
    found = found or _of_any(view, ord(delimiter), cells, quoted)
    if found is None:
        return None
    ends, line_ends = found
    starts = np.empty_like(line_ends)
    starts[0] = 0
    np.add(line_ends[:-1], 1, out=starts[1:])
    if (line_ends - starts).max() > LONGEST_LINE:
        return None
    rows = np.arange(len(ends))
    empty = ends[:, -1] - starts == cells - 1
    n_empty = int(np.count_nonzero(empty))
    if n_empty:
        rows = rows[~empty]
        starts, ends = starts[rows], ends[rows]
    return Grid(view, starts, ends, rows, len(empty), n_empty, quoted, delimiter, encoding)


def _of_tabs(view: np.ndarray, padded: bytes, cells: int) -> tuple[np.ndarray, np.ndarray] | None:
    r"""Return where cells and lines end, as `_of_any`, told by one look at each character.

    None where a line ends other than the first, or a character below \r is in a cell.
    """
    before_end = padded[padded.index(b"\n") - 1]
    returns = int(before_end == _RETURN)
    view = view[: len(view) - len(PADDING)]
    is_control = view <= _RETURN
    controls = is_control.nonzero()[0]
    if len(controls) % (cells + returns):
        return None
    found = controls.reshape(-1, cells + returns)
    line_ends = found[:, -1]
    tabs = np.count_nonzero(np.equal(view, _TAB, out=is_control))
    if tabs != len(found) * (cells - 1) or (view[line_ends] != _NEWLINE).any():
        return None
    ends = found[:, :cells]
    if returns and ((view[ends[:, -1]] != _RETURN) | (line_ends - ends[:, -1] != 1)).any():
        return None
    return ends, line_ends


def _of_any(
    view: np.ndarray, delimiter: int, cells: int, quoted: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return where cells and lines end, (rows, cells) and (rows,); None for no grid."""
    separators = np.flatnonzero(_either(view, delimiter, _NEWLINE))
    if len(separators) % cells:
        return None
    ends = separators.reshape(-1, cells)
    line_ends = ends[:, -1].copy()
    returns = _returns(view, line_ends)
    if (
        (view[line_ends] != _NEWLINE).any()
        or np.count_nonzero(view == _NEWLINE) != len(ends)
        or returns is None
        or (quoted and not _quotes_are_around_cells(view, separators))
    ):
        return None
    ends[:, -1] -= returns
    return ends, line_ends


def _either(view: np.ndarray, one: int, other: int) -> np.ndarray:
    """Return (size,) bool: the bytes that are one of two."""
    if abs(one - other) == 1:
        return (view - np.uint8(min(one, other))) < 2
    found = view == one
    found |= view == other
    return found


def _ended(block: Block) -> bytes | None:
    r"""Return the block with an end of its last line, and with \n as such; None for neither."""
    padded = block.padded
    if b"\n" not in padded and b"\r" in padded:
        padded = padded.replace(b"\r", b"\n")
    if padded[block.size - 1] != _NEWLINE:
        if padded[block.size - 1] == _RETURN:
            return None
        padded = padded[: block.size] + b"\n" + PADDING
    return padded


def _returns(view: np.ndarray, line_ends: np.ndarray) -> np.ndarray | None:
    r"""Return which lines end with \r\n, as 1 and 0; None where a \r is anywhere else."""
    returns = (view[line_ends - 1] == _RETURN).astype(np.int64)  # a line of 2 cells is not empty
    number = np.count_nonzero(view == _RETURN)
    return returns if returns.sum() == number else None


def _quotes_are_around_cells(view: np.ndarray, separators: np.ndarray) -> bool:
    """Whether each quote begins or ends a cell, and no quoted cell has a separator in it."""
    quotes = np.flatnonzero(view == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    cell = np.searchsorted(separators, opening)
    if (cell != np.searchsorted(separators, closing)).any():
        return False
    begins = np.where(cell > 0, separators[cell - 1] + 1, 0)
    ends = separators[cell]
    ends = ends - ((view[ends] == _NEWLINE) & (view[ends - 1] == _RETURN))
    return bool((opening == begins).all() and (closing == ends - 1).all())
