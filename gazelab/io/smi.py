"""SMI event exports: text with a line for each fixation, saccade, blink and message.

Lines "Table Header for Fixations:" and the like are followed by the names of the columns.
A message with the name of a picture says what is shown from then on. Times are microseconds.
"""

import math
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gazelab.data.image import IMAGE_SUFFIXES
from gazelab.errors import ReadError
from gazelab.io.delimited import guess_encoding, lines
from gazelab.io.exports import Numbers
from gazelab.io.gathered import Gathered
from gazelab.io.mapping import MS
from gazelab.io.preset import Header, text_head
from gazelab.io.reading import Reading
from gazelab.task import Step, Task

_TITLE = "Table Header for Fixations"
_OTHER_TITLE = "Table Header"
_COLUMNS = ("Trial", "Start", "Duration", "Location X", "Location Y")
_KINDS = {"fixation": "", "saccade": "saccade", "blink": "blink", "userevent": "message"}
_MESSAGE = re.compile(r"(?:#\s*)?Message:\s*(.+)", re.IGNORECASE)
_SETTING = re.compile(r"##\s*([^:]+):\s*(.*)")
_AREA = re.compile(r"(\d+)\s+(\d+)")
_SOME_LINES = 5000
_PICTURE = (
    "A picture is shown from the message with its name on, and its fixations are those that "
    "begin until the next."
)


@dataclass(frozen=True, slots=True)
class _Fixation:
    eye: str
    trial: str
    start: float
    duration: float
    x: float
    y: float


@dataclass(slots=True)
class _Events:
    """What is in the file. `pictures`: (time, name) in us."""

    subject: str
    screen_px: tuple[float, float] | None = None
    header: Header | None = None
    fixations: list[_Fixation] = field(default_factory=list)
    pictures: list[tuple[float, str]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def sniff_smi_events(path: Path) -> bool:
    """Whether a file is text with the header of a table of fixations, as SMI writes it."""
    return path.is_file() and _TITLE in text_head(path)


def read_smi_events(path: Path) -> Task[Reading]:
    """Read the fixations of one eye, the one with more of them.

    Raises ReadError with the line: a value is not a number, a line is too short; or no
    message names a picture.
    """
    events = _Events(subject=path.stem)
    numbers, before = Numbers(path), ""
    for line, text in enumerate(lines(path, guess_encoding(path)), 1):
        if line % _SOME_LINES == 1:
            yield Step(line, None, f"reading {path.name}")
        cells = [cell.strip() for cell in text.split("\t")]
        if before.startswith(_TITLE):
            events.header = _header(cells, path, line)
        elif before.startswith(_OTHER_TITLE):
            pass  # the names of columns that are not needed
        elif setting := _SETTING.match(text):
            _set(events, setting[1].strip().casefold(), setting[2].strip())
        else:
            _take(events, cells, numbers, line)
        before = cells[0] or before
    return _reading(events, path)


def _header(cells: list[str], path: Path, line: int) -> Header:
    header = Header(cells)
    if absent := [name for name in _COLUMNS if header.find(name) is None]:
        raise ReadError(f"The fixations have no column {', '.join(absent)}.", path, line)
    return header


def _set(events: _Events, name: str, value: str) -> None:
    if name == "subject" and value:
        events.subject = value
    elif name == "calibration area" and (area := _AREA.match(value)):
        events.screen_px = float(area[1]), float(area[2])


def _take(events: _Events, cells: list[str], numbers: Numbers, line: int) -> None:
    kind, _, eye = cells[0].casefold().partition(" ")
    if kind not in _KINDS or len(cells) < 2:
        unknown = events.header is not None and any(cells)
        events.others["of an unknown kind"] += unknown and not cells[0].startswith(_OTHER_TITLE)
        return
    if kind == "fixation":
        if events.header is None:
            raise ReadError(
                "A fixation stands before the names of its columns.", numbers.path, line
            )
        events.fixations.append(_fixation(eye, cells, events.header, numbers, line))
        return
    events.others[_KINDS[kind]] += 1
    message = _MESSAGE.match(cells[-1])
    if kind == "userevent" and message and message[1].casefold().endswith(IMAGE_SUFFIXES):
        time = float(numbers.parse(cells[3], "Start", line)) if len(cells) > 4 else math.nan
        if time != time:
            raise ReadError("The message has no time.", numbers.path, line)
        events.pictures.append((time, message[1]))


def _fixation(eye: str, cells: list[str], header: Header, numbers: Numbers, line: int) -> _Fixation:
    places = [place for name in _COLUMNS if (place := header.find(name)) is not None]
    if len(cells) <= max(places):
        raise ReadError(
            f"The fixation has {len(cells)} cells instead of {len(header)}.",
            numbers.path,
            line,
            "Is the file cut short? Export it again.",
        )
    values = (float(numbers.parse(cells[at], header.names[at], line)) for at in places[1:])
    return _Fixation(eye.upper(), cells[places[0]], *values)


def _reading(events: _Events, path: Path) -> Reading:
    if not events.pictures:
        raise ReadError(
            "No message names a picture, so it is not known what the fixations were on.",
            path,
            hint="Export the events with the user events, such as `# Message: picture.jpg`.",
        )
    gathered = Gathered(
        path,
        "smi-events",
        {"x": "Location X", "y": "Location Y", "onset": "Start", "duration": "Duration"},
    )
    for reason in events.others.elements():
        gathered.reject(reason)
    pictures = sorted(events.pictures)
    eyes = Counter(fixation.eye for fixation in events.fixations)
    chosen = max(eyes, key=lambda eye: eyes[eye], default="")
    for fixation in events.fixations:
        shown = _shown(fixation, pictures)
        if fixation.eye != chosen:
            gathered.reject(f"of the other eye ({fixation.eye})")
        elif math.isnan(fixation.start):
            gathered.reject("no onset")
        elif shown is None:
            gathered.reject("before the first picture")
        else:
            gathered.read()
            gathered.add(
                (events.subject, shown[1], fixation.trial),
                {
                    "x": fixation.x,
                    "y": fixation.y,
                    "onset": (fixation.start - shown[0]) * MS["us"],
                    "duration": fixation.duration * MS["us"],
                },
                events.screen_px,
            )
    return gathered.reading((_PICTURE, *_notes(events, eyes, chosen)))


def _shown(fixation: _Fixation, pictures: list[tuple[float, str]]) -> tuple[float, str] | None:
    """Return the picture at the start of a fixation, or the first when it begins during it."""
    at = bisect_right(pictures, fixation.start, key=lambda picture: picture[0])
    if at:
        return pictures[at - 1]
    return pictures[0] if fixation.start + fixation.duration > pictures[0][0] else None


def _notes(events: _Events, eyes: Counter[str], chosen: str) -> list[str]:
    notes = []
    if len(eyes) > 1:
        notes.append(f"Only the fixations of the eye {chosen} are taken: it has as many or more.")
    if events.screen_px is None:
        notes.append(
            "Positions are pixels of the screen, whose size the file does not give: they are "
            "taken as pixels of the picture, as if it was shown in its own size in the upper left "
            "corner."
        )
    return notes
