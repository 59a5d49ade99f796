"""The rows of a table of fixations, sorted by scanpath, and their numbers in ms and pixels."""

import math
import re
from collections import Counter
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.gaze import Origin, Scanpath, onsets_from_durations
from gazelab.errors import ReadError
from gazelab.io.mapping import LATE_MS, MS, NUMBER_FIELDS, TEXT_FIELDS, Mapping
from gazelab.io.reading import ROWS_REJECTED, Reading

_PATTERNS = {
    sign: re.compile(rf"[+-]?(\d+{re.escape(sign)}?\d*|{re.escape(sign)}\d+)([eE][+-]?\d+)?", re.A)
    for sign in ".,"
}
_OVERLAP_MS = 1.0
_OVERLAP_SHARE = 0.3


def number_in(cell: str, mapping: Mapping) -> float | None:
    """Return the number in a cell, NaN for a missing value, None for anything else."""
    if cell.casefold() in mapping.missing:
        return math.nan
    if _PATTERNS[mapping.decimal].fullmatch(cell):
        value = float(cell.replace(",", "."))
        return value if math.isfinite(value) else None
    return None


class Rows:
    """The rows of a table that can be used, by scanpath; and a count of those that cannot."""

    def __init__(self, path: Path, mapping: Mapping, places: dict[str, int], size: int) -> None:
        self.path = path
        self.mapping = mapping
        self.size = size
        self.read = 0
        self.rejected: Counter[str] = Counter()
        self.groups: dict[tuple[str, str, str], list[list[float]]] = {}
        self._texts = [(name, places[name]) for name in TEXT_FIELDS if name in places]
        self.numbers = tuple(name for name in NUMBER_FIELDS if name in places)
        self._numbers = [(name, places[name]) for name in self.numbers]
        self._vital = next((name for name in ("onset", "end", "order") if name in places), "")
        self._fixed = {
            "participant": mapping.participant,
            "stimulus": mapping.stimulus,
            "trial": "1",
        }

    def add(self, line: int, cells: list[str]) -> None:
        """Take one row. Raises ReadError."""
        self.read += 1
        if not any(cells):
            self.rejected["empty"] += 1
            return
        self._check_size(line, cells)
        key = dict(self._fixed)
        for name, place in self._texts:
            key[name] = cells[place]
            if cells[place].casefold() in self.mapping.missing:
                self.rejected[f"no {name}"] += 1
                return
        values = []
        for name, place in self._numbers:
            value = number_in(cells[place], self.mapping)
            if value is None:
                raise self._not_a_number(line, name, cells[place])
            if value != value and name == self._vital:
                self.rejected[f"no {name}"] += 1
                return
            values.append(value)
        self.groups.setdefault((key["participant"], key["stimulus"], key["trial"]), []).append(
            values
        )

    def _check_size(self, line: int, cells: list[str]) -> None:
        if len(cells) == self.size or (len(cells) > self.size and not any(cells[self.size :])):
            return
        raise ReadError(
            f"The row has {len(cells)} cells instead of {self.size}.",
            self.path,
            line,
            "A comma that is a decimal sign needs another delimiter, or quotes."
            if self.mapping.delimiter == ","
            else "Correct the row.",
        )

    def _not_a_number(self, line: int, name: str, cell: str) -> ReadError:
        other = "," if self.mapping.decimal == "." else "."
        hint = "Correct it, or name it as a code for a missing value."
        if other in cell:
            word = "comma" if other == "," else "point"
            hint = f"If its {word} is the decimal sign, choose that as the decimal sign."
        column = self.mapping.columns[name]
        return ReadError(f"{cell!r} in column {column!r} is not a number.", self.path, line, hint)


def reading_of(rows: Rows, source: str, *, simulated: bool = False) -> Reading:
    """Return what the rows hold. `source` is the name of the file.

    Raises ReadError when the rows are hardly fixations, because they overlap in time.
    """
    mapping, fields = rows.mapping, set(rows.numbers)
    synthetic = not fields & {"onset", "end"}
    notes = _assumptions(mapping)
    if synthetic:
        notes.append(
            "The table has no onset times: onsets are synthesised as the running sum of the "
            "durations, without the saccades between them, so true onsets are later."
        )
    if simulated:
        notes.append("The table says that its data are simulated.")
    origin = Origin("table", source, synthetic, simulated, tuple(notes))
    scanpaths = tuple(
        _scanpath(key, dict(zip(rows.numbers, np.array(values).T, strict=True)), mapping, origin)
        for key, values in rows.groups.items()
    )
    late = sum(bool(path.onset_ms[0] > LATE_MS) for path in scanpaths)
    if late > len(scanpaths) / 2:
        notes.append(
            f"In {late} scanpaths the first fixation begins after {LATE_MS / 1000:g} s: "
            "do the times count from the start of the recording?"
        )
    counts = {"rows": rows.read}
    for reason, number in rows.rejected.items():
        counts[f"{ROWS_REJECTED}: {reason}"] = number
    if not synthetic:
        counts |= {name: found for name, found in _oddities(rows, scanpaths).items() if found}
    return Reading(
        scanpaths=scanpaths,
        normalised=mapping.coordinates == "normalised",
        y_up=mapping.y_axis == "up",
        counts=MappingProxyType(counts),
        notes=tuple(notes),
    )


def _scanpath(
    key: tuple[str, str, str], values: dict[str, np.ndarray], mapping: Mapping, origin: Origin
) -> Scanpath:
    """Return the fixations in order of onset, else of their numbers, else of the file."""
    size = len(values["x"])
    onset_ms, duration_ms = _times_ms(values, mapping)
    sorted_by = values.get("order", np.arange(size)) if onset_ms is None else onset_ms
    order = np.argsort(sorted_by, kind="stable")
    duration_ms = duration_ms[order]
    if onset_ms is None:
        onset_ms = onsets_from_durations(duration_ms)
    else:
        onset_ms = onset_ms[order]
        if mapping.onset_from == "recording":
            onset_ms = onset_ms - onset_ms[0]
    return Scanpath(
        participant=key[0],
        stimulus=key[1],
        x_px=values["x"][order] - mapping.base,
        y_px=values["y"][order] - mapping.base,
        onset_ms=onset_ms,
        duration_ms=duration_ms,
        exclusion=np.zeros(size, np.int8),
        trial=key[2],
        origin=origin,
    )


def _times_ms(
    values: dict[str, np.ndarray], mapping: Mapping
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return onsets, None when there are none, and durations."""
    unit_ms = MS[mapping.time_unit]
    onset, end, duration = (values.get(name) for name in ("onset", "end", "duration"))
    if duration is not None:
        duration_ms = duration * MS[mapping.duration_unit]
    else:  # Mapping.lacking makes sure that both are there
        duration_ms = (values["end"] - values["onset"]) * unit_ms
    if onset is not None:
        return onset * unit_ms, duration_ms
    if end is not None:
        return end * unit_ms - np.nan_to_num(duration_ms), duration_ms
    return None, duration_ms


def _oddities(rows: Rows, scanpaths: tuple[Scanpath, ...]) -> dict[str, int]:
    """Return counts of what is kept but worth knowing. Raises ReadError, as `reading_of`."""
    first = "onset" if "onset" in rows.numbers else "end"
    column = rows.numbers.index(first)
    backwards = 0
    for values in rows.groups.values():
        backwards += int((np.diff([row[column] for row in values]) < 0).sum())
    early = sum(int((path.onset_ms < 0).sum()) for path in scanpaths)
    same = sum(int((np.diff(path.onset_ms) == 0).sum()) for path in scanpaths)
    overlapping = sum(map(_overlaps, scanpaths))
    if overlapping > _OVERLAP_SHARE * sum(map(len, scanpaths)):
        raise ReadError(
            f"{overlapping:,} of {rows.read:,} rows begin before the row before has ended.",
            rows.path,
            hint="A table of fixations of one eye is needed, with one row for each fixation; "
            "or the units of time are wrong.",
        )
    return {
        "fixations begun before the one before ended": overlapping,
        "rows earlier than the row before": backwards,
        "fixations begun before the stimulus": early,
        "fixations with the same onset as the one before": same,
    }


def _overlaps(scanpath: Scanpath) -> int:
    gaps_ms = scanpath.onset_ms[1:] - (scanpath.onset_ms + scanpath.duration_ms)[:-1]
    return int((gaps_ms < -_OVERLAP_MS).sum())


def _assumptions(mapping: Mapping) -> list[str]:
    """Return sentences on what a reader of the data must know about the mapping."""
    notes = [f"Columns: {', '.join(f'{k} = {v}' for k, v in mapping.columns.items())}."]
    if mapping.base:
        notes.append("Pixels are counted from 1 in the table; 1 was subtracted from x and y.")
    if mapping.coordinates == "normalised":
        notes.append("Positions are fractions of the picture in the table.")
    if mapping.y_axis == "up":
        notes.append("The table counts y from the lower edge of the picture.")
    if mapping.onset_from == "recording":
        notes.append(
            "The table's times count from the start of the recording: the first fixation of "
            "each scanpath was put at 0 ms."
        )
    return notes
