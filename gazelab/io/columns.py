"""The columns of a table that are needed, as arrays, and no others.

A block of lines whose rows all have the same number of cells is taken apart by arrays: where
the delimiters and line ends are says where each cell is. Any other block (a delimiter within
quotes, rows of different sizes, a cell that is no number) goes row by row through the `csv`
module, with the same result, or with an error that names line and column.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.blocks import Block, block_encoding, blocks, lines_of
from gazelab.io.cells import MISSING, Growing, NumberColumn, Numbers, TextColumn, WholeColumn
from gazelab.io.delimited import Head, Layout, head_of, rows, rows_of
from gazelab.io.grid import Grid, grid_of
from gazelab.io.spans import Spans
from gazelab.io.words import Coded, Words, codes_of
from gazelab.task import Step, Task

__all__ = ["MISSING", "Coded", "Column", "Columns", "first_columns", "read_columns"]

Column: TypeAlias = int | str
"""The name of a column, or its place from 0."""

Wanted: TypeAlias = TextColumn | NumberColumn | WholeColumn
_SOME_ROWS = 5000
_FIRST_ROWS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of a table that were asked for.

    names : of all columns of the table. lines : (n,) int64, the number of each row's line.
    empty_rows : rows of which all cells are empty; they are left out.
    short_rows : rows that end early, with an empty cell; what is not there is missing.
    """

    names: tuple[str, ...]
    lines: np.ndarray
    empty_rows: int
    short_rows: int
    _texts: Mapping[int, Coded]
    _numbers: Mapping[int, np.ndarray]
    _integers: Mapping[int, np.ndarray]

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, column: Column) -> Coded:
        """Return a column of texts; "" for a missing one."""
        return self._texts[place_of(column, self.names)]

    def numbers(self, column: Column) -> np.ndarray:
        """Return a column of numbers, (n,) float64, NaN for a missing one."""
        return self._numbers[place_of(column, self.names)]

    def integers(self, column: Column) -> tuple[np.ndarray, np.ndarray]:
        """Return a column of whole numbers, (n,) int64, and (n,) bool where there is one.

        They never become floats: stamps in nanoseconds have more digits than a float holds.
        """
        whole = self._integers[place_of(column, self.names)]
        return whole["value"], whole["there"]


def place_of(column: Column, names: tuple[str, ...]) -> int:
    """Return the place of a column from 0. Raises ValueError when there is none."""
    return column if isinstance(column, int) else names.index(column)


def read_columns(
    path: Path,
    layout: Layout,
    texts: Collection[Column] = (),
    numbers: Collection[Column] = (),
    integers: Collection[Column] = (),
    decimal: str = ".",
    missing: Collection[str] = MISSING,
) -> Task[Columns]:
    """Read some columns of a table: of a text in blocks of about 2 MB, or of a sheet.

    decimal : the sign "." or ","; "" for whichever comes first in the file.
    missing : codes of a missing value, in lower case; a code that is a number stands for every
        way to write that number.
    Raises ReadError: there is no such column; or, with line and column, a cell is neither a
    number nor a code for a missing value; with the line, a row has too few cells, or cells
    beyond the last column, or a byte is none of a text.
    """
    head = head_of(path, layout)
    table = _table(path, layout, head, (texts, numbers, integers), Numbers(decimal, missing))
    yield from table.read()
    return table.columns()


def first_columns(
    path: Path,
    layout: Layout,
    texts: Collection[Column] = (),
    numbers: Collection[Column] = (),
    integers: Collection[Column] = (),
    decimal: str = ".",
    missing: Collection[str] = MISSING,
) -> Columns:
    """Read some columns of the first 2,000 rows, as `read_columns`."""
    head = head_of(path, layout, _FIRST_ROWS)
    table = _table(path, layout, head, (texts, numbers, integers), Numbers(decimal, missing))
    table.take_rows(head.sample)
    return table.columns()


def _table(
    path: Path,
    layout: Layout,
    head: Head,
    wanted: tuple[Collection[Column], Collection[Column], Collection[Column]],
    parser: Numbers,
) -> "_Table":
    """Return a table before it is read. `wanted` : texts, numbers, integers."""
    encoding = block_encoding(layout.encoding)
    texts, numbers, integers = (_places(path, layout, head.columns, some) for some in wanted)
    columns: list[Wanted] = [
        *(TextColumn(place, Words(encoding, parser.missing)) for place in texts),
        *(NumberColumn(place, parser) for place in numbers),
        *(WholeColumn(place, parser) for place in integers),
    ]
    return _Table(path, layout, head, parser, tuple(sorted(columns, key=lambda c: c.place)))


def _places(
    path: Path, layout: Layout, names: tuple[str, ...], columns: Collection[Column]
) -> list[int]:
    """Return the places of columns, each once. Raises ReadError for one that is not there."""
    absent = [
        str(column)
        for column in columns
        if (column not in names if isinstance(column, str) else column >= len(names))
    ]
    if absent:
        raise ReadError(
            f"There is no column named {', '.join(absent)}.",
            path,
            layout.header_line or None,
            f"The columns are: {', '.join(names) or 'none'}.",
        )
    return sorted({place_of(column, names) for column in columns})


@dataclass(eq=False)
class _Table:
    """A table while it is read: each column in pieces, one for each block.

    line : number of the next line. done : bytes of the file read.
    cut : the error for the last row, if it ends early; it holds where no other row follows.
    """

    path: Path
    layout: Layout
    head: Head
    parser: Numbers
    wanted: tuple[Wanted, ...]
    lines: Growing = field(default_factory=lambda: Growing(np.int64))
    line: int = 1
    done: int = 0
    empty_rows: int = 0
    short_rows: int = 0
    cut: ReadError | None = None

    def read(self) -> Iterator[Step]:
        """Read the rows below the header. Raises ReadError."""
        if not self.head.sample:
            return
        if self.layout.sheet:
            found = rows(self.path, self.layout)
            yield from self._take_all(islice(found, bool(self.layout.header_line), None))
            return
        self.line = self.head.sample[0][0]
        source = self._watched(blocks(self.path, self.layout.encoding, self.line - 1))
        for block in source:
            yield self._step()
            if self._take_grid(block):
                continue
            whole = b'"' in block.padded  # what is quoted may go on in the next block
            some = chain([block], source) if whole else [block]
            content = lines_of(some, self.layout.encoding, self.path, self.line)
            found = rows_of(content, self.layout.delimiter, self.path, self.line)
            yield from self._take_all(found)
            self.line += block.lines

    def columns(self) -> Columns:
        """Return what was read. Raises ReadError when the last row is cut short."""
        texts: dict[int, Coded] = {}
        numbers: dict[int, np.ndarray] = {}
        integers: dict[int, np.ndarray] = {}
        for column in self.wanted:
            if isinstance(column, TextColumn):
                texts[column.place] = Coded(column.values.all(), column.words.words)
            elif isinstance(column, NumberColumn):
                numbers[column.place] = column.values.all()
            else:
                integers[column.place] = column.values.all()
        if self.cut is not None:
            raise self.cut
        lines = self.lines.all()
        left_out = self.empty_rows, self.short_rows
        return Columns(self.head.columns, lines, *left_out, texts, numbers, integers)

    def _take_all(self, found: Iterator[tuple[int, list[str]]]) -> Iterator[Step]:
        while some := list(islice(found, _SOME_ROWS)):
            self.take_rows(some)
            yield self._step()

    def _watched(self, source: Iterator[Block]) -> Iterator[Block]:
        for block in source:
            self.done = block.done
            yield block if self.layout.mended is None else self.layout.mended(block)

    def _step(self) -> Step:
        total = self.path.stat().st_size
        return Step(min(self.done, total), total, f"reading {self.path.name}")

    def _take_grid(self, block: Block) -> bool:
        """Take a block by arrays; False, with nothing taken, where that cannot be done."""
        grid = grid_of(block, self.layout.delimiter, block_encoding(self.layout.encoding))
        if grid is None or not self._fits(grid):
            return False
        before = self.parser.sign
        pieces = self._pieces(grid)
        if pieces is None:  # which row is wrong will be found row by row
            self.parser.sign = before
            return False
        share = self.done / max(self.path.stat().st_size, self.done)
        for column, piece in zip(self.wanted, pieces, strict=True):
            column.values.add(piece, share)
        self.cut = None
        self.lines.add(self.line + grid.lines, share)
        self.line += grid.n_lines
        self.empty_rows += grid.empty_rows
        return True

    def _fits(self, grid: Grid) -> bool:
        """Whether the rows have the columns of the table, and nothing beyond the last."""
        if grid.cells < self.head.needed or any(c.place >= grid.cells for c in self.wanted):
            return False
        beyond = [grid.span(at) for at in range(len(self.head.columns), grid.cells)]
        return not any((starts < ends).any() for starts, ends in beyond)

    def _pieces(self, grid: Grid) -> list[np.ndarray] | None:
        """Return the wanted columns; None where a cell is wrong, or a row blank."""
        numeric = [c.place for c in self.wanted if not isinstance(c, TextColumn)]
        sign = self.parser.sign_in(grid, numeric)
        if sign is None:
            return None
        self.parser.sign = sign
        pieces = self._taken(grid)
        if pieces is None:
            return None
        blank = np.ones(len(grid.lines), np.bool_)
        for column, piece in zip(self.wanted, pieces, strict=True):
            if blank.any():
                blank &= column.lost(piece)
        return None if any(map(grid.is_blank, np.flatnonzero(blank).tolist())) else pieces

    def _taken(self, grid: Grid) -> list[np.ndarray] | None:
        """Return the piece of each wanted column; None where a cell is wrong."""
        texts = [k for k, column in enumerate(self.wanted) if isinstance(column, TextColumn)]
        numbers = [k for k, column in enumerate(self.wanted) if isinstance(column, NumberColumn)]
        places = [self.wanted[k].place for k in (*texts, *numbers)]
        spans = Spans.of(grid.padded, *grid.spans(places))
        values = self.parser.numbers_at(grid, spans[len(texts) :])
        if values is None:
            return None
        found = dict(zip(numbers, values, strict=True))
        words = [column.words for column in self.wanted if isinstance(column, TextColumn)]
        codes = codes_of(words, spans[: len(texts)])
        found |= dict(zip(texts, codes, strict=True))
        for k, column in enumerate(self.wanted):
            if isinstance(column, WholeColumn):
                whole = column.take(grid)
                if whole is None:
                    return None
                found[k] = whole
        return [found[k] for k in range(len(self.wanted))]

    def take_rows(self, some: Iterable[tuple[int, list[str]]]) -> None:
        """Take rows as (number of the line, cells). Raises ReadError."""
        lines: list[int] = []
        found: list[list[object]] = [[] for _ in self.wanted]
        padding = [""] * len(self.head.columns)
        for line, cells in some:
            if not any(cells):
                self.empty_rows += 1
                continue
            self._check_size(line, cells)
            cells += padding[len(cells) :]
            lines.append(line)
            for column, values in zip(self.wanted, found, strict=True):
                value = column.cell(cells[column.place])
                if value is None:
                    raise self._wrong(line, column, cells[column.place])
                values.append(value)
        self.lines.add(np.array(lines, np.int64))
        for column, values in zip(self.wanted, found, strict=True):
            column.values.add(column.piece(values))

    def _check_size(self, line: int, cells: list[str]) -> None:
        size, self.cut = len(self.head.columns), None
        if len(cells) >= self.head.needed and not any(cells[size:]):
            return
        error = ReadError(
            f"The row has {len(cells)} cells instead of {size}.",
            self.path,
            line,
            "A comma that is a decimal sign needs another delimiter, or quotes."
            if self.layout.delimiter == "," and len(cells) > size
            else "Correct the row; is the file cut short?",
        )
        if len(cells) >= self.head.needed or cells[-1]:
            raise error
        self.short_rows += 1
        self.cut = error

    def _wrong(self, line: int, column: Wanted, cell: str) -> ReadError:
        name = self.head.columns[column.place]
        what, hint = self.parser.problem(cell, whole=isinstance(column, WholeColumn))
        return ReadError(f"{cell!r} in column {name!r} {what}.", self.path, line, hint)
