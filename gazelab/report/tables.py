"""Tables as CSV: UTF-8, comma, decimal point, LF, `NA` for an undefined number.

A text that a spreadsheet would run as a formula gets an apostrophe in front, and line breaks
inside a text become plain LF; numbers are never touched.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool
MISSING = "NA"
_ROWS = 5000

# The characters with which spreadsheets begin a formula or a command, plain and full-width,
# at the start of any line of the cell, also behind blanks, which some of them skip.
_TRIGGERS = re.compile(r"^(?=[\s\u00a0\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]|\t)")
_LINE_BREAK = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` is text, integer, number or truth; `unit` is "" where there is none."""

    name: str
    kind: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: its file name, what it holds, its columns and rows."""

    file: str
    about: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


def csv_of(table: Table) -> str:
    """Return the text of a CSV file."""
    return "".join(csv_pieces(table))


def csv_pieces(table: Table) -> Iterator[str]:
    """Yield the text of a CSV file in pieces of some thousand rows."""
    yield _csv([[column.name for column in table.columns]])
    rows = iter(table.rows)
    while block := list(islice(rows, _ROWS)):
        yield _csv([_text(cell) for cell in row] for row in block)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@lru_cache(maxsize=4096)  # the same names come back in every row
def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; most texts as they are."""
    return "\n".join(_TRIGGERS.sub("'", line) for line in _LINE_BREAK.split(text))


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    number = float(cell)
    if math.isnan(number):
        return MISSING
    if math.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    return repr(number)
