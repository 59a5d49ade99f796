"""Tables of a BIDS data set: `.tsv` with a header, `.tsv.gz` without.

Cells are separated by tabs; what is missing is `n/a`; a cell may be in double quotes.
"""

import csv
import io
import math
import re
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from gazelab.errors import ReadError
from gazelab.task import Step, Task, finish

_BOM = b"\xef\xbb\xbf"
_MOST_BYTES = 2 << 30
_PIECE_BYTES = 1 << 20
_MISSING = frozenset({"n/a", "nan", ""})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TAB, _LINE_END = b"\t\n"


def unzipped(path: Path) -> Task[bytes]:
    """Return the content of a gzip file without a byte order mark, line ends as LF.

    Raises ReadError: it is no gzip file, damaged, cut short, or larger than 2 GiB unzipped.
    """
    pieces, size = [], 0
    try:
        for piece in _pieces(path):
            yield Step(0, None, f"reading {path.name}")
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_BYTES:
                raise ReadError("The table is larger than 2 GiB.", path)
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error
    except zlib.error as error:
        raise ReadError("The file is not gzip, or damaged.", path) from error
    return b"".join(pieces).removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the unzipped content of all members of a gzip file."""
    with open(path, "rb") as file:
        data = file.read(_PIECE_BYTES)
        while data:
            member = zlib.decompressobj(wbits=31)
            while not member.eof:
                if not data:
                    raise ReadError("The file is cut short.", path, hint="Copy it again.")
                yield member.decompress(data, _PIECE_BYTES)
                data = member.unconsumed_tail or member.unused_data or file.read(_PIECE_BYTES)
            data = data.lstrip(b"\0") or file.read(_PIECE_BYTES).lstrip(b"\0")


def numbers(path: Path, columns: Sequence[str], wanted: Sequence[str]) -> Task[np.ndarray]:
    """Return columns of a table without a header, (wanted, rows) float64, NaN for missing.

    columns : the names of all its columns. Raises ReadError, with the line where a row has
    another number of cells or a cell is no number.
    """
    data = yield from unzipped(path)
    if data and not data.endswith(b"\n"):
        data += b"\n"
    places = [columns.index(name) for name in wanted]
    parts, line, done = [np.empty((len(places), 0))], 1, 0
    for block in _blocks(data):
        table = _all_numbers(block, len(columns))
        if table is not None:
            parts.append(table.T[places])
        else:
            values = [
                [_number(row[place], columns[place], at, path) for place in places]
                for at, row in _rows(block, len(columns), path, line)
            ]
            parts.append(np.array(values, np.float64).reshape(-1, len(places)).T)
        line += block.count(b"\n")
        done += len(block)
        yield Step(done, len(data), f"reading {path.name}")
    return np.concatenate(parts, axis=1)


def _blocks(data: bytes) -> Iterator[bytes]:
    """Yield whole lines of a table, some at a time; all at once where cells are in quotes."""
    if b'"' in data:
        yield data
        return
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PIECE_BYTES) + 1 or len(data)
        yield data[start:end]
        start = end


def _all_numbers(data: bytes, columns: int) -> np.ndarray | None:
    """Return a table of numbers, (rows, columns) float64; None when something in it is none."""
    cells = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(cells == _LINE_END)
    tabs = np.searchsorted(np.flatnonzero(cells == _TAB), ends)
    if not len(ends) or (np.diff(tabs, prepend=0) != columns - 1).any() or b'"' in data:
        return None
    if re.search(rb"[^0-9\t\n.eE+\-na/]", data):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values = np.fromstring(data.replace(b"n/a", b"nan").decode("ascii"), sep=" ")
        except (ValueError, DeprecationWarning):
            return None
    if len(values) != len(ends) * columns or np.isinf(values).any():
        return None
    return values.reshape(len(ends), columns)


def texts(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of a table without a header as column -> cell, "" for a missing one."""
    found = _rows(finish(unzipped(path)), len(columns), path)
    return [dict(zip(columns, map(_text, row), strict=True)) for _, row in found]


def with_header(path: Path) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Return the columns of a table with a header, and its rows as column -> cell.

    Raises ReadError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error
    data = data.removeprefix(_BOM).replace(b"\r\n", b"\n")
    header = data.partition(b"\n")[0]
    columns = tuple(_decoded(header, path).split("\t"))
    rows = _rows(data, len(columns), path)
    next(rows, None)
    return columns, [dict(zip(columns, map(_text, row), strict=True)) for _, row in rows]


def number_of(cell: str, name: str, path: Path) -> float:
    """Return the number in a cell, NaN for a missing one. Raises ReadError."""
    return _number(cell, name, None, path)


def _rows(
    data: bytes, columns: int, path: Path, first_line: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line and the cells of each row. Raises ReadError."""
    reader = csv.reader(io.StringIO(_decoded(data, path, first_line)), delimiter="\t")
    before = first_line - 1
    try:
        for row in reader:
            if not row:
                continue
            if len(row) != columns:
                raise ReadError(
                    f"The row has {len(row)} cells instead of {columns}.",
                    path,
                    before + reader.line_num,
                    "Do the columns in the sidecar fit?",
                )
            yield before + reader.line_num, row
    except csv.Error as error:
        raise ReadError(f"This is no table ({error}).", path, before + reader.line_num) from error


def _decoded(data: bytes, path: Path, first_line: int = 1) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        raise ReadError("The text is not UTF-8.", path, line) from error


def _text(cell: str) -> str:
    cell = cell.strip()
    return "" if cell.casefold() == "n/a" else cell


def _number(cell: str, name: str, line: int | None, path: Path) -> float:
    cell = cell.strip()
    if cell.casefold() in _MISSING:
        return math.nan
    value = float(cell) if _NUMBER.fullmatch(cell) else math.inf
    if math.isinf(value):
        raise ReadError(f"{cell!r} in column {name!r} is not a number.", path, line)
    return value
