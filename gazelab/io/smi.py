"""SMI event exports: text with a line for each fixation, saccade, blink and message.

Lines "Table Header for Fixations:" and the like are followed by the names of the columns.
A message with the name of a picture says what is shown from then on. Times are microseconds.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import TrialKey
from gazelab.data.geometry import Screen
from gazelab.data.image import IMAGE_SUFFIXES
from gazelab.errors import ReadError
from gazelab.io.cells import number_in
from gazelab.io.delimited import guess_encoding, lines
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows
from gazelab.io.mapping import MS
from gazelab.io.preset import Header, text_head
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.task import Step, Task

_TITLE = "Table Header for Fixations"
_OTHER_TITLE = "Table Header"
_TITLES = re.compile(r"Table Header for (Fixation|Saccade|Blink)s", re.IGNORECASE)
_COLUMNS = {
    "fixation": ("Trial", "Start", "Duration", "Location X", "Location Y"),
    "saccade": ("Trial", "Start", "Duration", "Amplitude", "Peak Speed"),
    "blink": ("Trial", "Start", "Duration"),
}
_NEEDED = {"fixation": 5, "saccade": 3, "blink": 3}
_MESSAGE = re.compile(r"(?:#\s*)?Message:\s*(.+)", re.IGNORECASE)
_SETTING = re.compile(r"##\s*([^:]+):\s*(.*)")
_TWO = re.compile(r"([\d.,]+)\s+([\d.,]+)")
_SOME_LINES = 5000
_PICTURE = (
    "A picture is shown from the message with its name on, and its fixations are those that "
    "begin until the next."
)
_NO_PICTURE = (
    "No message names a picture: trials are called by their number, and the first event of each "
    "is put at 0 ms."
)
_NO_SCREEN = (
    "Positions are pixels of the screen, whose size the file does not give: they are taken as "
    "pixels of the picture, as if it was shown in its own size in the upper left corner."
)


@dataclass(slots=True)
class Preamble:
    """What the lines "## name: value" of an SMI file say."""

    subject: str
    screen: Screen = Screen()
    rate_hz: float = math.nan

    def take(self, text: str) -> bool:
        """Take a line; False when it is none of them."""
        setting = _SETTING.match(text)
        if setting is None:
            return text.startswith("##")
        name, value = setting[1].strip().casefold(), setting[2].strip()
        two = _TWO.match(value)
        number = number_in(value.replace(",", "."))
        if name == "subject" and value:
            self.subject = value
        elif name == "sample rate" and number is not None:
            self.rate_hz = number
        elif name == "head distance [mm]" and number is not None:
            self.screen = replace(self.screen, distance_mm=number)
        elif name == "calibration area" and two:
            width, height = _numbers(two)
            self.screen = replace(self.screen, width_px=width, height_px=height)
        elif name == "stimulus dimension [mm]" and two:
            width, height = _numbers(two)
            self.screen = replace(self.screen, width_mm=width, height_mm=height)
        return True

    def contract(self, has_pictures: bool, reason: str) -> Contract:
        """Return what positions and times mean; reason : why times count from where they do."""
        told = self.screen.has_size
        return Contract(
            "screen px",
            screen=self.screen,
            placed="centred" if told else "top-left",
            clock="us",
            zero="stimulus" if has_pictures else "first",
            reasons=(reason, *(() if told else (_NO_SCREEN,))),
        )


def picture_in(message: str) -> str:
    """Return the name of the picture that a message names; "" for none."""
    match = _MESSAGE.match(message)
    return match[1] if match and match[1].casefold().endswith(IMAGE_SUFFIXES) else ""


def _numbers(two: re.Match[str]) -> tuple[float, float]:
    first, second = (number_in(cell.replace(",", ".")) for cell in two.groups())
    return (math.nan if first is None else first, math.nan if second is None else second)


@dataclass(slots=True)
class _Table:
    """The events of one kind: eye, trial and values, in the order of the file.

    places : of the columns of `_COLUMNS`, None for an absent one; empty before the header.
    """

    places: list[int | None] = field(default_factory=list)
    names: tuple[str, ...] = ()
    eyes: list[str] = field(default_factory=list)
    trials: list[str] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)


@dataclass(slots=True)
class _Events:
    """What is in the file. `pictures`: (time, name) in us."""

    path: Path
    preamble: Preamble
    tables: dict[str, _Table]
    pictures: list[tuple[float, str]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def sniff_smi_events(path: Path) -> bool:
    """Whether a file is text with the header of a table of fixations, as SMI writes it."""
    return path.is_file() and _TITLE in text_head(path)


def read_smi_events(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read the fixations, saccades and blinks of one eye: as wished, else that with more of them.

    Raises ReadError with the line: a value is not a number, or a line is too short.
    """
    events = _Events(path, Preamble(path.stem), {kind: _Table() for kind in _COLUMNS})
    before = ""
    for line, text in enumerate(lines(path, guess_encoding(path)), 1):
        if line % _SOME_LINES == 1:
            yield Step(line, None, f"reading {path.name}")
        cells = [cell.strip() for cell in text.split("\t")]
        if before.startswith(_OTHER_TITLE):
            _head(events, before, cells, line)
        elif not events.preamble.take(text):
            _take(events, cells, line)
        before = cells[0] or before
    return _draft(events, settings.eye).reading()


def _head(events: _Events, title: str, cells: list[str], line: int) -> None:
    """Note the columns of a table."""
    found = _TITLES.match(title)
    if found is None:
        return
    kind, header = found[1].casefold(), Header(cells)
    names = _COLUMNS[kind]
    places = [header.find(name) for name in names]
    absent = [name for name, at in zip(names, places, strict=True) if at is None]
    if absent and kind == "fixation":
        raise ReadError(f"The fixations have no column {', '.join(absent)}.", events.path, line)
    if None not in places[: _NEEDED[kind]]:
        events.tables[kind].places, events.tables[kind].names = places, header.names


def _take(events: _Events, cells: list[str], line: int) -> None:
    kind, _, eye = cells[0].casefold().partition(" ")
    known = kind == "userevent" or kind in events.tables
    if not known or len(cells) < 2:
        unknown = events.tables["fixation"].places and any(cells)
        events.others["of an unknown kind"] += bool(
            unknown and not cells[0].startswith(_OTHER_TITLE)
        )
    elif kind == "userevent":
        events.others["message"] += 1
        _take_message(events, cells, line)
    else:
        _take_event(events, kind, eye.upper(), cells, line)


def _take_message(events: _Events, cells: list[str], line: int) -> None:
    picture = picture_in(cells[-1])
    if not picture:
        return
    time = _number(events.path, cells[3], "Start", line) if len(cells) > 4 else math.nan
    if time != time:
        raise ReadError("The message has no time.", events.path, line)
    events.pictures.append((time, picture))


def _take_event(events: _Events, kind: str, eye: str, cells: list[str], line: int) -> None:
    table = events.tables[kind]
    if not table.places:
        if kind == "fixation":
            raise ReadError("A fixation stands before the names of its columns.", events.path, line)
        events.others[f"{kind} without the names of its columns"] += 1
        return
    if len(cells) <= max(at for at in table.places if at is not None):
        raise ReadError(
            f"The {kind} has {len(cells)} cells instead of {len(table.names)}.",
            events.path,
            line,
            "Is the file cut short? Export it again.",
        )
    table.eyes.append(eye)
    table.trials.append(cells[table.places[0] or 0])
    table.values.append(
        [
            math.nan if at is None else _number(events.path, cells[at], table.names[at], line)
            for at in table.places[1:]
        ]
    )


def _number(path: Path, cell: str, column: str, line: int) -> float:
    value = number_in(cell)
    if value is None:
        raise ReadError(
            f"{cell!r} in column {column!r} is not a number.", path, line, "Correct it."
        )
    return value


def _draft(events: _Events, eye: str) -> Draft:
    """Return what was found, of one eye."""
    eyes = Counter(events.tables["fixation"].eyes) or Counter(events.tables["saccade"].eyes)
    chosen = max(eyes, key=lambda eye: eyes[eye], default="")
    asked = eye[:1].upper()
    chosen = asked if asked in eyes else chosen
    reason = _PICTURE if events.pictures else _NO_PICTURE
    contract = events.preamble.contract(bool(events.pictures), reason)
    draft = Draft(events.path, "smi-events", contract)
    draft.notes += [*draft.contract.reasons, *_notes(eyes, chosen)]
    keys: dict[TrialKey, int] = {}
    for reason, count in events.others.items():
        if count:
            draft.reject(reason, count)
    for kind, table in events.tables.items():
        found = _found(events, draft, table, chosen, keys)
        draft.keys = tuple(keys)
        if kind == "fixation":
            draft.take_fixations(found)
        elif len(found):
            draft.take_events(kind, found)
    return draft


def _found(
    events: _Events, draft: Draft, table: _Table, chosen: str, keys: dict[TrialKey, int]
) -> FoundRows:
    """Return the events of one kind and eye; the rest is rejected with the reason."""
    size = len(_COLUMNS["fixation"]) - 1
    values = np.full((len(table.values), size), np.nan)
    if table.values:
        values[:, : len(table.values[0])] = table.values
    start, duration = values[:, 0], values[:, 1]
    trial = np.full(len(values), -1, np.intp)
    picture = _shown(start, duration, events.pictures)
    pictures = sorted(events.pictures)
    zero_us = np.zeros(len(values))
    for row, (eye, number) in enumerate(zip(table.eyes, table.trials, strict=True)):
        if eye != chosen:
            draft.reject(f"of the other eye ({eye})")
        elif math.isnan(start[row]):
            draft.reject("no onset")
        elif picture[row] < 0 and pictures:
            draft.reject("before the first picture")
        else:
            draft.counts[ROWS_READ] += 1
            name = pictures[picture[row]][1] if pictures else f"trial {number}"
            zero_us[row] = pictures[picture[row]][0] if pictures else 0.0
            key = (events.preamble.subject, name, number if pictures else "1")
            trial[row] = keys.setdefault(key, len(keys))
    return FoundRows(
        trial,
        (start - zero_us) * MS["us"],
        duration * MS["us"],
        values[:, 2],
        values[:, 3],
        values[:, 2],
        values[:, 3],
    )


def _shown(
    start: np.ndarray, duration: np.ndarray, pictures: list[tuple[float, str]]
) -> np.ndarray:
    """Return the picture at the start of each event, or the first when it begins during it."""
    times = np.array(sorted(time for time, _ in pictures))
    at = np.searchsorted(times, start, side="right") - 1
    if len(times):
        at[(at < 0) & (start + duration > times[0])] = 0
    return at


def _notes(eyes: Counter[str], chosen: str) -> list[str]:
    if len(eyes) < 2:
        return []
    return [f"Only the events of the eye {chosen} are taken: it has as many fixations or more."]
