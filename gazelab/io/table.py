"""Tables of fixations in text files: CSV, TSV and their relatives.

Reading is strict: a cell that is neither a number nor a code for "missing" stops it with
the line and the column, so that no number is ever silently wrong.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.delimited import Layout, column_names, guess_layout, is_number, lines, rows
from gazelab.io.mapping import (
    MISSING,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    Mapping,
    guess_columns,
    guess_units,
)
from gazelab.io.reading import Reading
from gazelab.io.rows import Rows, number_in, reading_of
from gazelab.task import Step, Task

__all__ = ["Mapping", "Preview", "guess_mapping", "preview", "read_table", "sniff_table"]

_NO = ("no", "n", "false", "0", *MISSING)
_SAMPLE_ROWS = 2000
_SOME_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Preview:
    """What the user sees before an import.

    columns : the names of all columns. rows : the first rows, as text.
    lines : the number of lines in the file, the header and empty lines included.
    problem : why the table cannot be read with this mapping; "" when it can, as far as
        the first rows show.
    """

    path: Path
    mapping: Mapping
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: int
    problem: str


def sniff_table(path: Path) -> bool:
    """Whether a file is text in columns."""
    return path.is_file() and guess_layout(path) is not None


def guess_mapping(path: Path) -> Mapping:
    """Return how a table is probably to be read; `lacking` says what could not be found.

    Raises ReadError when the file is no table.
    """
    layout = guess_layout(path)
    if layout is None:
        raise ReadError(
            "This is not a table.", path, hint="Expected are lines of the same number of cells."
        )
    columns, sample = _head(path, layout, _SAMPLE_ROWS)
    sample = [row for row in sample if len(row) >= len(columns)]
    found = guess_columns(columns) if layout.header_line else {}
    cells = {name: [row[columns.index(column)] for row in sample] for name, column in found.items()}
    if "onset" in found or not all(map(is_number, cells.get("order", ()))):
        found.pop("order", None)
    mapping = Mapping(
        layout.encoding,
        layout.delimiter,
        header_line=layout.header_line,
        columns=MappingProxyType(found),
    )
    if "participant" not in found:
        reason = "No column names the participant: the file name is taken."
        mapping = replace(mapping, participant=path.stem, reasons=(reason,))
    mapping = _with_decimal(mapping, [cell for row in sample for cell in row])
    return guess_units(mapping, _numbers(mapping, cells))


def _with_decimal(mapping: Mapping, cells: list[str]) -> Mapping:
    """Return the mapping with the decimal sign that most numbers of the sample have."""
    numeric = [cell for cell in cells if is_number(cell)]
    commas = sum("," in cell for cell in numeric)
    if commas <= sum("." in cell for cell in numeric):
        return mapping
    reason = f"The decimal sign seems to be a comma, as in {commas} of the first cells."
    return replace(mapping, decimal=",", reasons=(*mapping.reasons, reason))


def _numbers(mapping: Mapping, cells: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """Return the numbers of the sample by field.

    "first onset" is added: the first onset of each scanpath.
    """
    values = {
        name: np.array([_sampled(cell, mapping) for cell in cells[name]])
        for name in NUMBER_FIELDS
        if name in cells
    }
    if "onset" in values:
        firsts: dict[tuple[str, ...], float] = {}
        texts = [cells[name] for name in TEXT_FIELDS if name in cells]
        for onset, *key in zip(values["onset"], *texts, strict=True):
            firsts.setdefault(tuple(key), onset)
        values["first onset"] = np.array(list(firsts.values()))
    return values


def _sampled(cell: str, mapping: Mapping) -> float:
    value = number_in(cell, mapping)
    return math.nan if value is None else value


def preview(path: Path, mapping: Mapping | None = None, rows_shown: int = 20) -> Preview:
    """Return the first rows of a table beside the mapping, which is guessed unless given.

    Raises ReadError when the file is no table.
    """
    mapping = mapping or guess_mapping(path)
    columns, sample = _head(path, mapping.layout, _SAMPLE_ROWS)
    problem = ""
    try:
        places = _places(path, mapping, columns)
        table = Rows(path, mapping, places, len(columns))
        for line, row in islice(_body(path, mapping.layout), _SAMPLE_ROWS):
            table.add(line, row)
        if table.groups:
            reading_of(table, path.name)
    except ReadError as error:
        problem = str(error)
    return Preview(
        path=path,
        mapping=mapping,
        columns=columns,
        rows=tuple(tuple(row) for row in sample[:rows_shown]),
        lines=sum(1 for _ in lines(path, mapping.encoding)),
        problem=problem,
    )


def read_table(path: Path, mapping: Mapping | None = None) -> Task[Reading]:
    """Read a table of fixations, with a guessed mapping unless one is given.

    A row without participant, stimulus, or the onset or order the table otherwise gives is
    rejected and counted; fixations without position or duration are kept, for flagging.
    A column named "simulated" marks made-up data, unless it says no.
    Raises ReadError with the line: a cell is not a number, a row has too few cells.
    """
    mapping = mapping or guess_mapping(path)
    columns, first = _head(path, mapping.layout, 1)
    table = Rows(path, mapping, _places(path, mapping, columns), len(columns))
    for number, (line, row) in enumerate(_body(path, mapping.layout)):
        if number % _SOME_ROWS == 0:
            yield Step(number, None, f"reading {path.name}")
        table.add(line, row)
    if not table.groups:
        reasons = "; ".join(f"{why}: {number}" for why, number in table.rejected.items())
        raise ReadError(
            "The table has no row that can be used.", path, hint=reasons and f"Rows with {reasons}."
        )
    return reading_of(table, path.name, simulated=_is_simulated(columns, first))


def _is_simulated(columns: tuple[str, ...], first: list[list[str]]) -> bool:
    names = [column.strip().casefold() for column in columns]
    if "simulated" not in names or not first or len(first[0]) < len(names):
        return False
    return first[0][names.index("simulated")].strip().casefold() not in _NO


def _head(path: Path, layout: Layout, count: int) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the names of the columns and the first rows."""
    found = list(islice(rows(path, layout), count + 1))
    header = found.pop(0)[1] if found and layout.header_line else []
    sample = [row for _, row in found]
    if not header:
        header = [""] * (len(sample[0]) if sample else 0)
    named_rows = bool(sample) and len(sample[0]) == len(header) + 1 and sample[0][-1] != ""
    return column_names(header, len(header) + named_rows), sample


def _body(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    return islice(rows(path, layout), 1 if layout.header_line else 0, None)


def _places(path: Path, mapping: Mapping, columns: tuple[str, ...]) -> dict[str, int]:
    """Return field -> number of its column. Raises ReadError for what the table lacks."""
    shown = ", ".join(columns) or "none"
    absent = [column for column in mapping.columns.values() if column not in columns]
    if absent:
        raise ReadError(
            f"There is no column named {', '.join(absent)}.",
            path,
            mapping.header_line or None,
            f"The columns are: {shown}.",
        )
    if mapping.lacking:
        raise ReadError(
            f"No usable column for {', '.join(mapping.lacking)}.",
            path,
            mapping.header_line or None,
            f"Say which it is; the columns are: {shown}.",
        )
    return {name: columns.index(column) for name, column in mapping.columns.items()}
