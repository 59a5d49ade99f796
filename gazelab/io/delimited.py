"""Text tables as rows of cells: encoding, delimiter and header, whoever wrote the file."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gazelab.errors import ReadError
from gazelab.io.blocks import LONGEST_LINE, Block, blocks, opened, too_long
from gazelab.io.xlsx import is_workbook, sheet_names, sheet_rows

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar", " ": "space"}
ENCODINGS = (
    *("utf-8", "utf-8-sig", "cp1252"),
    *("utf-16", "utf-16-le", "utf-16-be"),
    *("utf-32", "utf-32-le", "utf-32-be"),
)

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""In which of four bytes most letters of a text have a zero."""

_CHUNK_BYTES = 1 << 16
_HEAD_BYTES = 4096
_SAMPLE_LINES = 200
_CONSISTENT, _FIT_WITHOUT_HEADER = 0.7, 0.9


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written.

    header_line : number of the line with the names of the columns, 0 when there is none.
    sheet : of a workbook, where encoding and delimiter mean nothing; "" for a text.
    mended : makes rows of lines that are none, without changing how many lines there are.
    """

    encoding: str
    delimiter: str
    header_line: int
    sheet: str = ""
    mended: Callable[[Block], Block] | None = None


def guess_layout(path: Path) -> Layout | None:
    """Return how a table is written, judged by its first lines; None when it is no table.

    Raises ReadError for a workbook that cannot be opened.
    """
    if is_workbook(path):
        return _guess_sheet(path)
    encoding = guess_encoding(path)
    try:
        sample = list(islice(lines(path, encoding), _SAMPLE_LINES))
    except ReadError:
        return None
    best: tuple[tuple[bool, float], Layout] | None = None
    for delimiter in DELIMITERS:
        try:
            cells = list(_cells(iter(sample), delimiter, strict=False))
        except csv.Error:
            continue
        found = _judge(cells)
        if found is not None and (best is None or found[0] > best[0]):
            best = found[0], Layout(encoding, delimiter, found[1])
    return None if best is None else best[1]


def _guess_sheet(path: Path) -> Layout | None:
    """Return the first sheet of a workbook that is a table."""
    for sheet in sheet_names(path):
        found = _judge(list(islice(sheet_rows(path, sheet), _SAMPLE_LINES)))
        if found is not None:
            return Layout("utf-8", ",", found[1], sheet)
    return None


def _judge(cells: list[tuple[int, list[str]]]) -> tuple[tuple[bool, float], int] | None:
    """Return how well lines of cells are a table, best if highest, and the line of the header."""
    table = [(line, row) for line, row in cells if any(row)]
    sizes = Counter(len(row) for _, row in table)
    if len(table) < 2:
        return None
    common = max(sizes, key=lambda size: (sizes[size], size))
    for size in (common, *sorted(size for size in sizes if size > common)):
        header = next((k for k, (_, row) in enumerate(table) if _is_header(row, size)), None)
        if header is not None and size > 1 and (fit := _fit(table[header + 1 :], size)):
            return ((True, fit * size), table[header][0]) if fit >= _CONSISTENT else None
    fit = _fit(table, common)
    return ((False, fit * common), 0) if fit >= _FIT_WITHOUT_HEADER and common > 1 else None


def _fit(body: list[tuple[int, list[str]]], size: int) -> float:
    """Return the share of rows of a size, or with nothing in the cells they end with."""
    fitting = (len(row) == size or (len(row) < size and not row[-1]) for _, row in body)
    return sum(fitting) / len(body) if body else 0.0


def _is_header(row: list[str], size: int) -> bool:
    """Whether a row holds names only. R leaves out the name of the column of row names."""
    fits = len(row) == size or len(row) == size - 1 >= 2
    named = [cell for cell in row if cell]
    return fits and len(named) > len(row) / 2 and not any(map(is_number, named))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, with a decimal point or a decimal comma."""
    return _NUMBER.fullmatch(cell) is not None


def guess_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark or zeros, else by what decodes it."""
    with opened(path) as file:
        head = file.read(_HEAD_BYTES)
        if encoding := encoding_told(head):
            return encoding
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while chunk := file.read(_CHUNK_BYTES):
                if decoder.getstate()[0] or not chunk.isascii():
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def encoding_told(head: bytes) -> str:
    """Return the encoding that the first bytes of a text tell by a mark or zeros, "" for none."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    zeros = [head[k::4].count(0) > len(head) / 8 for k in range(4)]
    return _ZEROS.get(tuple(zeros), "")


def lines(path: Path, encoding: str) -> Iterator[str]:
    r"""Yield the lines with their ends (\n, \r\n or \r). Raises ReadError."""
    number = 0
    try:
        with open(path, encoding=encoding, newline="") as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise too_long(path, number)
                yield line
    except UnicodeError:
        for _ in blocks(path, encoding):  # raises the error with the very line
            pass
        raise
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error


def rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells without surrounding spaces) from the header on.

    Empty lines are left out. Raises ReadError with the line.
    """
    first = max(layout.header_line, 1)
    if layout.sheet:
        return (row for row in sheet_rows(path, layout.sheet) if row[0] >= first)
    content = islice(lines(path, layout.encoding), first - 1, None)
    return rows_of(content, layout.delimiter, path, first)


def rows_of(
    content: Iterator[str], delimiter: str, path: Path, first: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of lines, as `rows`. `first` is the number of the first line."""
    try:
        for line, cells in _cells(content, delimiter, strict=True):
            yield line + first - 1, cells
    except csv.Error as error:
        line, problem = error.args
        raise ReadError(
            f"The quotes around cells do not match ({problem}).", path, line + first - 1
        ) from error


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a table.

    columns : a name for each column. needed : how many cells a row has at the least; columns
        without a name at the end of the header may be left out.
    sample : the first rows, with the numbers of their lines.
    """

    columns: tuple[str, ...]
    needed: int
    sample: tuple[tuple[int, list[str]], ...]


def head_of(path: Path, layout: Layout, count: int = 1) -> Head:
    """Return the names of the columns and the first rows. Raises ReadError."""
    found = list(islice(rows(path, layout), count + 1))
    header = found.pop(0)[1] if found and layout.header_line else []
    first = found[0][1] if found else []
    if not header:
        header = [""] * len(first)
        return Head(column_names(header, len(header)), len(header), tuple(found[:count]))
    named_rows = len(first) == len(header) + 1 and first[-1] != ""
    size = len(header) + named_rows
    unnamed = next((k for k, name in enumerate(reversed(header)) if name), len(header))
    return Head(column_names(header, size), size - unnamed, tuple(found[:count]))


def _cells(
    content: Iterator[str], delimiter: str, *, strict: bool
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        content, delimiter=delimiter, skipinitialspace=delimiter == " ", strict=strict
    )
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if delimiter == " " and cells and not cells[-1]:
                del cells[-1]
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(line, str(error)) from error


def column_names(header: list[str], size: int) -> tuple[str, ...]:
    """Return a name for each of `size` columns: unique, never empty.

    One name fewer than columns is what R writes: its first column has no name.
    """
    if len(header) == size - 1:
        header = ["", *header]
    seen: Counter[str] = Counter()
    names = []
    for number, name in enumerate(header, 1):
        name = name or f"column {number}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
