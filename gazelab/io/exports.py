"""Fixations in the text exports of eye trackers' own programs, read as a preset says."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from gazelab.errors import ReadError
from gazelab.io.delimited import Layout, guess_encoding, rows
from gazelab.io.gathered import Gathered, Key
from gazelab.io.mapping import MISSING, MS, Mapping, unit_in
from gazelab.io.preset import Header, Place, Preset, alternatives, find_header
from gazelab.io.reading import Reading
from gazelab.io.rows import number_in
from gazelab.task import Step, Task

_SOME_ROWS = 5000
_LONGEST_INTEGER = 20
_WORD_END = re.compile("(?<=[a-z])(?=[A-Z])")
_BY_SIGN = {sign: Mapping(decimal=sign) for sign in ".,"}

Number = int | float
"""Integers stay integers until a difference is taken: nanoseconds exceed a float."""


def sniff_export(preset: Preset, path: Path) -> bool:
    """Whether a file has the columns of a preset."""
    return path.is_file() and find_header(path, preset.signature) is not None


def read_export(preset: Preset, path: Path) -> Task[Reading]:
    """Read an export as a preset says.

    Every row is counted: as one of a fixation, or as rejected with the reason.
    Raises ReadError with the line: a needed column is absent, a cell is not a number, a row
    is too short, or a fixation's number comes back after others.
    """
    found = find_header(path, preset.signature)
    if found is None:
        columns = ", ".join(names.replace(" | ", " or ") for names in preset.signature)
        raise ReadError(f"This is no {preset.title}.", path, hint=f"It has columns {columns}.")
    layout = Layout(guess_encoding(path), found[1], found[0])
    content = rows(path, layout)
    table = _Table(path, layout, Header(next(content, (0, []))[1]), preset)
    export = _Export(preset, table)
    for number, (line, cells) in enumerate(content):
        if number % _SOME_ROWS == 0:
            yield Step(number, None, f"reading {path.name}")
        export.take(line, cells)
    return export.reading()


class Numbers:
    """Numbers in the cells of one file, which has one decimal sign: whichever comes first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sign = ""

    def parse(self, cell: str, column: str, line: int) -> Number:
        """Return a number, NaN for a missing one. Raises ReadError."""
        if len(cell) <= _LONGEST_INTEGER and cell.isascii() and cell.isdecimal():
            return int(cell)
        sign = next((sign for sign in ",." if sign in cell), "") if cell != "." else ""
        value = number_in(cell, _BY_SIGN[sign or "."])
        if value is None or (sign and self._sign not in ("", sign)):
            why = "is not a number" if value is None else "has another decimal sign than before"
            raise ReadError(f"{cell!r} in column {column!r} {why}.", self.path, line, "Correct it.")
        self._sign = sign or self._sign
        return value


class _Table:
    """Which column means what, and what is in its cells."""

    def __init__(self, path: Path, layout: Layout, header: Header, preset: Preset) -> None:
        self.path, self.layout, self.header = path, layout, header
        self.at = {role: header.find(names) for role, names in preset.columns.items()}
        for needed in (("event",), ("index",), ("onset",), ("duration", "end")):
            roles = [role for role in needed if role in preset.columns]
            if roles and all(self.at[role] is None for role in roles):
                raise self._absent([preset.columns[role] for role in roles])
        self.place, self.x, self.y, self.others = self._place(preset.places)
        self._numbers = Numbers(path)

    def _place(self, places: tuple[Place, ...]) -> tuple[Place, int, int, list[int]]:
        for place in places:
            x, y = self.header.whole(place.x), self.header.whole(place.y)
            others = [self.header.find(name) for name in (*place.picture, *place.screen)]
            known = [other for other in others if other is not None]
            if x is not None and y is not None and len(known) == len(others):
                return place, x, y, known
        raise self._absent([place.x for place in places])

    def _absent(self, names: list[str]) -> ReadError:
        known = dict.fromkeys(name for some in names for name in alternatives(some))
        return ReadError(
            f"The export has no column {' or '.join(known)}.",
            self.path,
            self.layout.header_line,
            "Export the fixations again with it; samples alone are not read.",
        )

    def check(self, line: int, cells: list[str]) -> None:
        """Raise ReadError for a row that ends too early or too late."""
        size = len(self.header)
        if len(cells) < size or any(cells[size:]):
            raise ReadError(
                f"The row has {len(cells)} cells instead of {size}.",
                self.path,
                line,
                "Is the file cut short? Export it again.",
            )

    def text(self, role: str, cells: list[str]) -> str:
        """Return what a column says, "" for nothing."""
        at = self.at.get(role)
        return "" if at is None or cells[at].casefold() in MISSING else cells[at]

    def time(self, role: str, line: int, cells: list[str]) -> Number:
        """Return a time in the unit of its column, NaN when missing."""
        at = self.at.get(role)
        return math.nan if at is None else self.number(at, line, cells)

    def unit_ms(self, role: str, unit: str) -> float:
        """Return the milliseconds in the unit of a column: as its name says, else `unit`."""
        at = self.at.get(role)
        return MS[(unit_in(self.header.names[at]) if at is not None else None) or unit]

    def number(self, at: int, line: int, cells: list[str]) -> Number:
        """Return the number in a cell. Raises ReadError."""
        return self._numbers.parse(cells[at], self.header.names[at], line)

    def position(self, line: int, cells: list[str]) -> tuple[float, float]:
        """Return x and y; fractions of the picture where its place on the screen is given."""
        x, y = float(self.number(self.x, line, cells)), float(self.number(self.y, line, cells))
        if not self.place.picture:
            return x, y
        left, top, width, height = (float(self.number(at, line, cells)) for at in self.others)
        if not (width > 0 and height > 0):
            return math.nan, math.nan
        return (x - left) / width, (y - top) / height

    def screen_px(self, line: int, cells: list[str]) -> tuple[float, float] | None:
        """Return the size of the screen where positions count from its corner."""
        if not self.place.screen:
            return None
        width, height = (float(self.number(at, line, cells)) for at in self.others)
        return (width, height) if width > 0 and height > 0 else None


@dataclass(slots=True)
class _Fixation:
    """One fixation, while its rows come in: x and y are sums over `positions` rows."""

    key: Key
    onset: Number
    duration_ms: float
    screen_px: tuple[float, float] | None
    x: float = 0.0
    y: float = 0.0
    positions: int = 0
    moved: bool = False

    def see(self, x: float, y: float, mean: bool) -> None:
        """Take the position in one row."""
        if math.isnan(x) or math.isnan(y):
            return
        if mean or self.positions == 0:
            self.x, self.y, self.positions = self.x + x, self.y + y, self.positions + 1
        else:
            self.moved |= (x, y) != (self.x, self.y)


@dataclass(slots=True)
class _Recording:
    """What is going on in one recording: the stimulus shown, since when, and the fixations."""

    stimulus: str = ""
    since: Number = 0
    trial: str = ""
    index: str = ""
    starts: dict[str, Number] = field(default_factory=dict)


class _Export:
    """One export while it is read."""

    def __init__(self, preset: Preset, table: _Table) -> None:
        self._preset, self._table = preset, table
        path, at, names = table.path, table.at, table.header.names
        ends = at.get("duration") is None
        self._names_participant = at.get("participant") is not None
        self._participant = preset.participant(path)
        self._stimulus = (
            preset.stimulus if isinstance(preset.stimulus, str) else preset.stimulus(path)
        )
        self._clocked = preset.onset_from == "presentation"
        self._onset_ms = table.unit_ms("onset", preset.time_unit)
        self._duration_ms = table.unit_ms("duration", preset.duration_unit)
        self._recordings: dict[tuple[str, str], _Recording] = {}
        self._presentations: Counter[tuple[str, str]] = Counter()
        self._fixations: dict[tuple[str, ...], _Fixation] = {}
        self._of_fixations = 0
        onset, duration = at["onset"], at["end"] if ends else at["duration"]
        assert onset is not None and duration is not None
        self._gathered = Gathered(
            path,
            preset.id,
            {
                "x": names[table.x],
                "y": names[table.y],
                "onset": names[onset],
                "duration": f"{names[duration]} - {names[onset]}" if ends else names[duration],
            },
            coordinates="normalised" if table.place.normalised or table.place.picture else "px",
            y_axis="up" if preset.y_up else "down",
            onset_from="recording" if preset.onset_from == "recording" else "stimulus",
        )

    def take(self, line: int, cells: list[str]) -> None:
        """Take one row. Raises ReadError."""
        reason = "empty"
        if any(cells):
            self._table.check(line, cells)
            reason = self._row(line, cells)
        if reason:
            self._gathered.reject(reason)
        else:
            self._gathered.read()
            self._of_fixations += 1

    def _row(self, line: int, cells: list[str]) -> str:
        """Take one row; return why it is none of a fixation, "" when it is."""
        preset, text = self._preset, partial(self._table.text, cells=cells)
        has_sensor = self._table.at.get("sensor") is not None
        if has_sensor and text("sensor").casefold() not in preset.sensors:
            return "not of the eye tracker"
        onset = self._table.time("onset", line, cells)
        if math.isnan(onset):
            return "no onset"
        participant = text("participant") if self._names_participant else self._participant
        if not participant:
            return "no participant"
        stimulus = text("stimulus") or self._stimulus
        id_ = (participant, text("recording"))
        recording = self._recordings.setdefault(id_, _Recording())
        if stimulus != recording.stimulus:
            self._present(recording, participant, stimulus, onset)
        event = _WORD_END.sub(" ", text("event")).casefold()
        if preset.events and event not in preset.events:
            return preset.other or event or "no event"
        index = text("index") if "index" in preset.columns else str(line)
        if not index:
            return "no number of the fixation"
        if self._clocked:
            onset = self._started(recording, index, onset, line)
        if not stimulus:
            return "no stimulus"
        if stimulus.casefold() in preset.calibrations:
            return "a calibration"
        key = (participant, stimulus, text("trial") or recording.trial)
        self._gather((*id_, *key, index), key, onset - recording.since, line, cells)
        return ""

    def _present(
        self, recording: _Recording, participant: str, stimulus: str, onset: Number
    ) -> None:
        """Note that another stimulus is shown from now on, or none."""
        self._presentations[participant, stimulus] += 1
        recording.stimulus = stimulus
        recording.trial = str(self._presentations[participant, stimulus])
        if self._clocked:
            recording.since = onset

    def _started(self, recording: _Recording, index: str, onset: Number, line: int) -> Number:
        """Return when a fixation began, which may be before its stimulus did."""
        if index != recording.index and index in recording.starts:
            raise ReadError(
                f"The fixation with number {index} comes back after others.",
                self._table.path,
                line,
                "Export it again with the name of the recording.",
            )
        recording.index = index
        return recording.starts.setdefault(index, onset)

    def _gather(
        self, id_: tuple[str, ...], key: Key, onset: Number, line: int, cells: list[str]
    ) -> None:
        table, stands = self._table, self._preset.stands
        fixation = self._fixations.get(id_)
        if fixation is None or stands == "last":
            duration = self._duration(line, cells)
            fixation = _Fixation(key, onset, duration, table.screen_px(line, cells))
            self._fixations[id_] = fixation
        fixation.see(*table.position(line, cells), mean=stands == "mean")

    def _duration(self, line: int, cells: list[str]) -> float:
        table = self._table
        if table.at.get("duration") is None:
            difference = table.time("end", line, cells) - table.time("onset", line, cells)
            return difference * self._onset_ms
        return table.time("duration", line, cells) * self._duration_ms

    def reading(self) -> Reading:
        """Return what was read. Raises ReadError."""
        fixations = self._fixations
        first: Number = 0
        if self._preset.onset_from == "recording":
            first = min((fixation.onset for fixation in fixations.values()), default=0)
        for fixation in fixations.values():
            x, y = fixation.x, fixation.y
            n = fixation.positions or math.nan
            values = {
                "x": x / n,
                "y": y / n,
                "onset": (fixation.onset - first) * self._onset_ms,
                "duration": fixation.duration_ms,
            }
            self._gathered.add(fixation.key, values, fixation.screen_px)
        counts = self._gathered.counts
        counts["rows of fixations"] = self._of_fixations
        counts["fixations that move on the stimulus"] = sum(f.moved for f in fixations.values())
        if self._clocked:
            once = {(*id_[:2], id_[-1]) for id_ in fixations}
            counts["fixations on two stimuli"] = len(fixations) - len(once)
        place_note = (self._table.place.note,) if self._table.place.note else ()
        return self._gathered.reading((*self._preset.notes, *place_note))
