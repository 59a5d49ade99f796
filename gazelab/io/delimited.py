"""Text tables as rows of cells: encoding, delimiter and header, whoever wrote the file."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from gazelab.errors import ReadError

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar", " ": "space"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")

_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 4096
_LONGEST_LINE = 1 << 20
_SAMPLE_LINES = 200
_CONSISTENT, _CONSISTENT_WITHOUT_HEADER = 0.7, 0.9


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is written.

    header_line : number of the line with the names of the columns, 0 when there is none.
    """

    encoding: str
    delimiter: str
    header_line: int


def guess_layout(path: Path) -> Layout | None:
    """Return how a table is written, judged by its first lines; None when it is no table."""
    encoding = guess_encoding(path)
    try:
        sample = list(islice(lines(path, encoding), _SAMPLE_LINES))
    except ReadError:
        return None
    best: tuple[tuple[bool, float], Layout] | None = None
    for delimiter in DELIMITERS:
        found = _judge(sample, delimiter)
        if found is not None and (best is None or found[0] > best[0]):
            best = found[0], Layout(encoding, delimiter, found[1])
    return None if best is None else best[1]


def _judge(sample: list[str], delimiter: str) -> tuple[tuple[bool, float], int] | None:
    """Return how well a delimiter fits, best if highest, and the line of the header."""
    try:
        found = list(_cells(iter(sample), delimiter, strict=False))
    except csv.Error:
        return None
    table = [(line, row) for line, row in found if any(row)]
    sizes = Counter(len(row) for _, row in table)
    size = max(sizes, key=lambda size: (sizes[size], size), default=0)
    header = next((k for k, (_, row) in enumerate(table) if _is_header(row, size)), None)
    body = table[header + 1 :] if header is not None else table
    if size < 2 or len(table) < 2 or not body:
        return None
    fit = sum(len(row) == size for _, row in body) / len(body)
    if fit < (_CONSISTENT_WITHOUT_HEADER if header is None else _CONSISTENT):
        return None
    return (header is not None, fit * size), 0 if header is None else table[header][0]


def _is_header(row: list[str], size: int) -> bool:
    """Whether a row holds names only. R leaves out the name of the column of row names."""
    fits = len(row) == size or len(row) == size - 1 >= 2
    named = [cell for cell in row if cell]
    return fits and len(named) > len(row) / 2 and not any(map(is_number, named))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, with a decimal point or a decimal comma."""
    return _NUMBER.fullmatch(cell) is not None


def guess_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else by what decodes it."""
    with _opened(path) as file:
        head = file.read(_HEAD_BYTES)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        if head[1::2].count(0) > len(head) / 4:
            return "utf-16-le"
        if head[0::2].count(0) > len(head) / 4:
            return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _opened(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error


def lines(path: Path, encoding: str) -> Iterator[str]:
    r"""Yield the lines with their ends (\n, \r\n or \r). Raises ReadError."""
    number = 0
    try:
        with open(path, encoding=encoding, newline="") as file:
            while line := file.readline(_LONGEST_LINE + 1):
                number += 1
                if len(line) > _LONGEST_LINE:
                    raise ReadError(
                        "The line is too long for a table.", path, number, "Is it a text file?"
                    )
                yield line
    except UnicodeError as error:
        raise ReadError(
            f"The text is not {encoding}.", path, number + 1, "Choose another encoding."
        ) from error
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error


def rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells without surrounding spaces) from the header on.

    Empty lines are left out. Raises ReadError with the line.
    """
    skipped = max(layout.header_line, 1) - 1
    content = islice(lines(path, layout.encoding), skipped, None)
    try:
        for line, cells in _cells(content, layout.delimiter, strict=True):
            yield line + skipped, cells
    except csv.Error as error:
        line, problem = error.args
        raise ReadError(
            f"The quotes around cells do not match ({problem}).", path, line + skipped
        ) from error


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
