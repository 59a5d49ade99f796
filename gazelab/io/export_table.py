"""The columns of an export by the role they have, and the unit of its times."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.columns import Coded, Columns, read_columns
from gazelab.io.delimited import Layout, head_of
from gazelab.io.mapping import MS, unit_in
from gazelab.io.preset import Header, Pair, Preset, alternatives, find_header, layout_of
from gazelab.task import Task

_TEXTS = frozenset(
    {"participant", "recording", "stimulus", "trial", "sensor", "event", "sample", "mapped"}
)
_FROM_FIRST = frozenset({"resolution"})
_TIMES = ("time", "onset", "end")
_SEVERAL = frozenset({"accuracy", "precision"})
"""Roles of which the first column that is not empty counts, not the first that is there."""


def among(coded: Coded, words: Collection[str]) -> np.ndarray:
    """Return (n,) bool: the rows in which a text is one of these, regardless of case."""
    known = np.array([word.casefold() in words for word in coded.words], np.bool_)
    return known[coded.codes] if len(known) else np.zeros(len(coded), np.bool_)


def read_export_table(
    preset: Preset, path: Path, layout: Layout, header: Header
) -> Task["ExportTable"]:
    """Read the columns that a preset needs.

    Raises ReadError with the line: a cell is not a number, or a row has too few or too many
    cells.
    """
    plan = _Plan(preset, header, layout.header_line)
    columns = yield from read_columns(
        path,
        layout,
        texts=plan.texts,
        numbers=plan.numbers,
        integers=plan.integers,
        decimal="",
    )
    return ExportTable(path, preset, plan, columns)


def export_header(preset: Preset, path: Path) -> tuple[Layout, Header]:
    """Return how an export is written, and its columns. Raises ReadError for another one."""
    found = find_header(path, preset.signature, preset.absent)
    if found is None:
        columns = ", ".join(names.replace(" | ", " or ") for names in preset.signature)
        raise ReadError(f"This is no {preset.title}.", path, hint=f"It has columns {columns}.")
    layout = layout_of(path, found)
    return layout, Header(head_of(path, layout).columns)


class _Plan:
    """Which columns are to be read, and as what."""

    def __init__(self, preset: Preset, header: Header, header_line: int) -> None:
        self.header, self.header_line = header, header_line
        self.at = {role: header.all(names) for role, names in preset.columns.items()}
        self.units = {role: self._unit(role, preset.time_unit) for role in _TIMES}
        self.units["duration"] = self._unit("duration", preset.duration_unit)
        indexes = {at for names in preset.index.values() for at in header.all(names)[:1]}
        valid, of_words = preset.valid, bool(preset.valid.words)
        rules = {at for names in (valid.both, valid.left, valid.right) for at in header.all(names)}
        self.integers = {
            at for role in _TIMES for at in self.at.get(role, ())[:1] if self.units[role] == "ns"
        }
        self.texts = indexes | (rules if of_words else set())
        self.numbers = set() if of_words else set(rules)
        for role, places in self.at.items():
            kept = set(places if role in _SEVERAL else places[:1]) - self.integers
            (self.texts if role in _TEXTS | _FROM_FIRST else self.numbers).update(kept)
        pairs = [pair for place in preset.places for pair in place.pairs]
        for pupil in preset.pupils:
            pairs += [(pupil.left, pupil.right), pupil.valid]
        whole = (header.whole(name) for pair in pairs for name in pair)
        self.numbers |= {at for at in whole if at is not None}

    def _unit(self, role: str, otherwise: str) -> str:
        places = self.at.get(role)
        return (unit_in(self.header.names[places[0]]) if places else None) or otherwise


class ExportTable:
    """The columns of one export.

    Times are in ms from `base_ns`, in whole nanoseconds, of the source's own clock.
    """

    def __init__(self, path: Path, preset: Preset, plan: _Plan, columns: Columns) -> None:
        self.path, self.preset, self.header = path, preset, plan.header
        self.lines, self.empty_rows = columns.lines, columns.empty_rows
        self._plan, self._columns = plan, columns
        self.base_ns = 0
        self._base: dict[str, float] = {}
        if preset.onset_from == "recording":
            self._set_base()

    def __len__(self) -> int:
        return len(self.lines)

    def has(self, role: str) -> bool:
        """Whether there is a column for a role."""
        return bool(self._plan.at.get(role))

    def name(self, role: str) -> str:
        """Return the name of the column for a role. It must be there."""
        return self.header.names[self._plan.at[role][0]]

    def text(self, role: str) -> Coded:
        """Return the texts of a role, all "" where there is no column."""
        if not self.has(role):
            return Coded(np.zeros(len(self), np.int32), ("",))
        return self._columns.text(self._plan.at[role][0])

    def among(self, role: str, words: Collection[str]) -> np.ndarray:
        """Return (n,) bool: the rows in which a text is one of these, regardless of case."""
        return among(self.text(role), words)

    @property
    def unit(self) -> str:
        """The unit of the clock."""
        role = "time" if self.has("time") else "onset"
        return self._plan.units[role]

    def number(self, role: str) -> np.ndarray:
        """Return the numbers of a role, (n,) float64, all NaN where there is no column."""
        places = self._plan.at.get(role, [])
        if role in _SEVERAL:
            filled = [at for at in places if np.isfinite(self._columns.numbers(at)).any()]
            places = filled or places
        return self._columns.numbers(places[0]) if places else np.full(len(self), np.nan)

    def index(self, kind: str) -> Coded | None:
        """Return the numbers of the events of a kind as text; None where no column has them."""
        places = self.header.all(self.preset.index.get(kind, ""))
        return self._columns.text(places[0]) if places else None

    def pair(self, pair: Pair) -> tuple[np.ndarray, np.ndarray] | None:
        """Return two columns of numbers, None where one is absent."""
        first, second = (self.header.whole(name) for name in pair)
        if first is None or second is None:
            return None
        return self._columns.numbers(first), self._columns.numbers(second)

    def one(self, name: str) -> np.ndarray | None:
        """Return a column of numbers, None where it is absent."""
        at = self.header.whole(name)
        return None if at is None else self._columns.numbers(at)

    def valid(self, names: str) -> np.ndarray | None:
        """Return (n,) bool: the rows in which a rule finds a sample valid; None for no column."""
        rule, places = self.preset.valid, self.header.all(names)
        if not places:
            return None
        if rule.words:
            return among(self._columns.text(places[0]), rule.words)
        values = self._columns.numbers(places[0])
        return (values >= rule.low) & (values <= rule.high)

    def times_ms(self, role: str) -> np.ndarray:
        """Return the times of a role in ms, (n,) float64, NaN where there is none."""
        unit = self._plan.units.get(role, "ms")
        if role not in _TIMES or not self.has(role):
            return self.number(role) * MS[unit]
        if unit == "ns":
            values, there = self._columns.integers(self._plan.at[role][0])
            return np.where(there, (values - self.base_ns) * MS["ns"], np.nan)
        base = self._base.get(unit, self.base_ns * (MS["ns"] / MS[unit]))
        return (self.number(role) - base) * MS[unit]

    def _set_base(self) -> None:
        """Let times count from the first there is."""
        role = next((role for role in ("time", "onset") if self.has(role)), "")
        unit = self._plan.units.get(role, "ms")
        if unit == "ns" and role:
            values, there = self._columns.integers(self._plan.at[role][0])
            self.base_ns = int(values[there].min()) if there.any() else 0
        elif np.isfinite(self.number(role)).any():
            self._base[unit] = float(np.nanmin(self.number(role)))
            self.base_ns = round(self._base[unit] * (MS[unit] / MS["ns"]))

    def absent(self, names: Collection[str], hint: str) -> ReadError:
        """Return the error for columns without which nothing can be read."""
        known = dict.fromkeys(name for some in names for name in alternatives(some))
        return ReadError(
            f"The export has no column {' or '.join(known)}.",
            self.path,
            self._plan.header_line,
            hint,
        )
