"""Tables of fixations or gaze samples: CSV, TSV and their relatives, and Excel workbooks.

Reading is strict: a cell that is neither a number nor a code for "missing" stops it with
the line and the column, so that no number is ever silently wrong.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.cells import number_in
from gazelab.io.columns import Columns, first_columns, read_columns
from gazelab.io.delimited import Head, guess_layout, head_of, is_number, lines
from gazelab.io.eyes import gaze_of, other_eye, sides_named
from gazelab.io.groups import numbered, ordinals
from gazelab.io.guesses import guess_columns, guess_units, guess_validity
from gazelab.io.mapping import (
    CODED_FIELDS,
    MISSING,
    MS,
    NUMBER_FIELDS,
    SAMPLES,
    TEXT_FIELDS,
    Mapping,
)
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.rows import Rows, reading_of
from gazelab.io.xlsx import count_rows
from gazelab.task import Task

__all__ = ["Mapping", "Preview", "guess_mapping", "preview", "read_table", "sniff_table"]

_NO = ("no", "n", "false", "0", *MISSING)
_SIMULATED = "simulated"
_SAMPLE_ROWS = 2000
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Preview:
    """What the user sees before an import.

    columns : the names of all columns. rows : the first rows, as text.
    lines : the number of lines in the file, the header and empty lines included.
    contract : what positions and times probably mean, judged by the first rows.
    problem : why the table cannot be read with this mapping; "" when it can, as far as
        the first rows show.
    """

    path: Path
    mapping: Mapping
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: int
    contract: Contract
    problem: str


def sniff_table(path: Path) -> bool:
    """Whether a file is text in columns, or a workbook with a sheet of columns."""
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
    head = head_of(path, layout, _SAMPLE_ROWS)
    columns = head.columns
    sample = [row + [""] * (len(columns) - len(row)) for _, row in head.sample]
    found = guess_columns(columns) if layout.header_line else {}
    cells = {name: [row[columns.index(column)] for row in sample] for name, column in found.items()}
    if "onset" in found or not all(map(is_number, cells.get("order", ()))):
        found.pop("order", None)
    mapping = Mapping(
        layout.encoding,
        layout.delimiter,
        header_line=layout.header_line,
        sheet=layout.sheet,
        columns=MappingProxyType(found),
    )
    for name, what in (("participant", "participant"), ("stimulus", "stimulus")):
        if name not in found:
            reason = f"No column names the {what}: the file name is taken."
            changes = {name: path.stem, "reasons": (*mapping.reasons, reason)}
            mapping = replace(mapping, **changes)  # type: ignore[arg-type]
    mapping = _with_decimal(mapping, [cell for row in sample for cell in row])
    values = _numbers(mapping, cells)
    return guess_validity(guess_units(mapping, values), cells, values)


def _with_decimal(mapping: Mapping, cells: list[str]) -> Mapping:
    """Return the mapping with the decimal sign that most numbers of the sample have."""
    numeric = [cell for cell in cells if is_number(cell)]
    commas = sum("," in cell for cell in numeric)
    if mapping.sheet or commas <= sum("." in cell for cell in numeric):
        return mapping
    reason = f"The decimal sign seems to be a comma, as in {commas} of the first cells."
    return replace(mapping, decimal=",", reasons=(*mapping.reasons, reason))


def _numbers(mapping: Mapping, cells: dict[str, list[str]]) -> dict[str, np.ndarray]:
    """Return the numbers of the sample by field, NaN for what is none."""
    found = {}
    for name in NUMBER_FIELDS:
        numbers = [
            number_in(cell, mapping.decimal, mapping.missing) for cell in cells.get(name, ())
        ]
        if numbers:
            found[name] = np.array([math.nan if value is None else value for value in numbers])
    return found


def preview(path: Path, mapping: Mapping | None = None, rows_shown: int = 20) -> Preview:
    """Return the first rows of a table beside the mapping, which is guessed unless given.

    Raises ReadError when the file is no table.
    """
    mapping = mapping or guess_mapping(path)
    head = head_of(path, mapping.layout, rows_shown)
    problem, contract = "", Contract()
    try:
        _check(path, mapping, head)
        columns = first_columns(path, mapping.layout, *_wanted(mapping))
        if len(columns):
            contract = reading_of(_rows_of(path, mapping, columns)).contract
    except ReadError as error:
        problem = str(error)
    return Preview(
        path=path,
        mapping=mapping,
        columns=head.columns,
        rows=tuple(tuple(row) for _, row in head.sample),
        lines=_count_lines(path, mapping),
        contract=contract,
        problem=problem,
    )


def _count_lines(path: Path, mapping: Mapping) -> int:
    if mapping.sheet:
        return count_rows(path, mapping.sheet)
    return sum(1 for _ in lines(path, mapping.encoding))


def read_table(
    path: Path, mapping: Mapping | None = None, settings: ReadSettings = ReadSettings()
) -> Task[Reading]:
    """Read a table, with a guessed mapping unless one is given here or in the settings.

    A row without participant, stimulus, trial, or the onset or order the table otherwise gives
    is rejected and counted; positions that are missing are kept as lost. Samples that are not
    wished for are counted. A column named "simulated" marks made-up data, unless it says no.
    Raises ReadError with the line: a cell is not a number, a row has too few cells.
    """
    mapping = mapping or settings.mapping or guess_mapping(path)
    head = head_of(path, mapping.layout)
    _check(path, mapping, head)
    columns = yield from read_columns(path, mapping.layout, *_wanted(mapping))
    rows = _rows_of(path, mapping, columns, settings.eye)
    del columns
    return reading_of(rows, settings, simulated=_is_simulated(head))


def _is_simulated(head: Head) -> bool:
    names = [column.strip().casefold() for column in head.columns]
    if _SIMULATED not in names or not head.sample:
        return False
    at, (_, first) = names.index(_SIMULATED), head.sample[0]
    return at < len(first) and first[at].strip().casefold() not in _NO


def _check(path: Path, mapping: Mapping, head: Head) -> None:
    """Raise ReadError for what the table lacks."""
    shown = ", ".join(head.columns) or "none"
    absent = [column for column in mapping.columns.values() if column not in head.columns]
    line = mapping.header_line or None
    if absent:
        what = f"There is no column named {', '.join(absent)}."
        raise ReadError(what, path, line, f"The columns are: {shown}.")
    if mapping.lacking:
        what = f"No usable column for {', '.join(mapping.lacking)}."
        raise ReadError(what, path, line, f"Say which it is; the columns are: {shown}.")


def _wanted(
    mapping: Mapping,
) -> tuple[list[str], list[str], list[str], str, tuple[str, ...]]:
    """Return what to ask of `read_columns`: texts, numbers, integers, decimal sign, missing."""
    at = {name: column for name, column in mapping.columns.items() if name not in _unused(mapping)}
    whole = [at[name] for name in ("onset", "end") if name in at and mapping.time_unit == "ns"]
    texts = [column for name, column in at.items() if name in CODED_FIELDS]
    numbers = [c for name, c in at.items() if name not in CODED_FIELDS and c not in whole]
    return texts, numbers, whole, mapping.decimal, mapping.missing


def _unused(mapping: Mapping) -> tuple[str, ...]:
    return ("end", "duration", "order") if mapping.of_samples else ()


def _rows_of(path: Path, mapping: Mapping, columns: Columns, eye: str = "") -> Rows:
    """Return the rows of a table by trial."""
    gaze, which, counts = gaze_of(columns, mapping, eye)
    keys, trial = _trials(columns, mapping)
    rows = Rows(path, mapping, keys, trial, {"x": gaze.x, "y": gaze.y}, len(columns))
    rows.counts, rows.eye = Counter(counts), which
    if gaze.pupil is not None:
        rows.values["pupil"] = gaze.pupil
    rows.read += columns.empty_rows
    rows.counts["rows that end early"] += columns.short_rows
    if columns.empty_rows:
        rows.rejected["empty"] = columns.empty_rows
    for name in TEXT_FIELDS:
        if name in mapping.columns:
            rows.reject(columns.text(mapping.columns[name]).is_word(""), f"no {name}")
    _take_one_eye(rows, columns, eye)
    _add_times(rows, columns)
    return rows


def _trials(columns: Columns, mapping: Mapping) -> tuple[list[tuple[str, str, str]], np.ndarray]:
    """Return participant, stimulus and trial of each trial, and (n,) int which of them a row is."""
    said = {
        name: columns.text(mapping.columns[name]) for name in TEXT_FIELDS if name in mapping.columns
    }
    codes = [coded.codes for coded in said.values()] or [np.zeros(len(columns), np.int32)]
    trial, firsts = numbered(*codes)
    fixed = {"participant": mapping.participant, "stimulus": mapping.stimulus, "trial": "1"}
    keys = []
    for first in firsts.tolist():
        key = fixed | {name: coded.words[coded.codes[first]] for name, coded in said.items()}
        keys.append((key["participant"], key["stimulus"], key["trial"]))
    return keys, trial


def _take_one_eye(rows: Rows, columns: Columns, eye: str) -> None:
    """Leave out the rows of one eye where each row says of which it is."""
    column = rows.mapping.columns.get("eye")
    if column is None:
        return
    said = columns.text(column)
    named = sides_named(said.words)
    if not named:
        return
    if len(named) > 1 and eye == "mean":
        raise ReadError(
            "The table has a row for each eye, which cannot be averaged.",
            rows.path,
            hint="Choose the left or the right eye.",
        )
    rows.eye = eye if eye in named else named[-1]
    others = other_eye(said.words, rows.eye)
    codes = [code for code, word in enumerate(said.words) if word in others]
    rows.reject(np.isin(said.codes, codes), "of the other eye")


def _add_times(rows: Rows, columns: Columns) -> None:
    """Put onsets, ends and durations into the rows, in ms; rows without are rejected."""
    mapping, values = rows.mapping, rows.values
    at = {k: v for k, v in mapping.columns.items() if k not in _unused(mapping)}
    if mapping.time_unit == SAMPLES:
        onset = columns.numbers(at["onset"]) if "onset" in at else ordinals(rows.trial) - 1.0
        times = {"onset": onset * (1000.0 / mapping.rate_hz)}
    else:
        times = _times_ms(rows, columns, at)
    if "order" in at:
        values["order"] = columns.numbers(at["order"])
    for name in ("onset", "end", "order"):
        vital = times.get(name, values.get(name))
        if vital is not None:
            rows.reject(np.isnan(vital), "no time" if mapping.of_samples else f"no {name}")
            break
    if not mapping.of_samples:
        duration = times["end"] - times["onset"] if "duration" not in at else None
        if duration is None:
            duration = columns.numbers(at["duration"]) * MS[mapping.duration_unit]
        values["duration"] = duration
        if "onset" not in times and "end" in times:
            times["onset"] = times["end"] - np.nan_to_num(duration)
    if "onset" in times:
        values["onset"] = times["onset"]


def _times_ms(rows: Rows, columns: Columns, at: dict[str, str]) -> dict[str, np.ndarray]:
    """Return onset and end in ms; stamps in ns count from the first, as they exceed a float."""
    unit_ms = MS[rows.mapping.time_unit]
    names = [name for name in ("onset", "end") if name in at]
    if rows.mapping.time_unit != "ns":
        return {name: columns.numbers(at[name]) * unit_ms for name in names}
    stamps = {name: columns.integers(at[name]) for name in names}
    known = [values[there] for values, there in stamps.values() if there.any()]
    first = min((int(values.min()) for values in known), default=0)
    first = first if first > _EXACT else 0
    rows.clock_ms = first * unit_ms
    return {
        name: np.where(there, (values - first) * unit_ms, np.nan)
        for name, (values, there) in stamps.items()
    }
