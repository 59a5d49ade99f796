"""How the text exports of eye trackers' own programs are told apart: a preset is data.

The names of columns drift from version to version in case, signs, spaces and units. They are
compared without case, signs and spaces; a unit behind the name counts only where it is said
to. Where a preset gives several names, " | " is between them, and the best is first.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gazelab.io.delimited import DELIMITERS

_HEAD_BYTES = 1 << 18
_HEAD_LINES = 200
_SIGNS = re.compile(r"[\W_]+")
_UNIT_BEHIND = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """Columns that say where a fixation is.

    x, y : names, in which the unit counts.
    normalised : they are fractions of the picture.
    picture : columns with left, top, width and height of the picture on the screen; positions
        are in pixels of the screen. screen : columns with the size of the screen, likewise.
    note : what is assumed.
    """

    x: str
    y: str
    normalised: bool = False
    picture: tuple[str, ...] = ()
    screen: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """How to read one kind of export.

    signature : columns that together tell the format.
    columns : role -> names. Roles: participant, recording, stimulus, trial, sensor, event,
        index, onset, end, duration.
    places : best first; the first whose columns are there is taken.
    participant, stimulus : what to take where no column says it; from the path of the file.
    sensors, events : what those columns hold in a row of a fixation, in lower case; () for
        all. other : why another event is rejected, "" to give its own name.
    stands : what stands for the rows of one fixation: the "first" with a position, the
        "last", or the "mean" of the positions.
    time_unit, duration_unit : for columns whose name has no unit.
    onset_from : times count from the onset of the "stimulus"; from the start of a "recording",
        so that the first fixation of a scanpath is put at 0; or on a clock on which a
        "presentation" begins with the first row that names the stimulus.
    calibrations : names of stimuli that are none, in lower case.
    """

    id: str
    title: str
    signature: tuple[str, ...]
    columns: Mapping[str, str]
    places: tuple[Place, ...]
    participant: Callable[[Path], str]
    stimulus: Callable[[Path], str] | str = ""
    sensors: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    other: str = ""
    stands: str = "first"
    time_unit: str = "ms"
    duration_unit: str = "ms"
    onset_from: str = "recording"
    y_up: bool = False
    calibrations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def alternatives(names: str) -> list[str]:
    """Return the names of a preset that mean the same."""
    return names.split(" | ")


def plain(name: str) -> str:
    """Return a name without case, signs and spaces: "Gaze X [px]" becomes "gazexpx"."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())


class Header:
    """The names of the columns of an export, and where they are."""

    def __init__(self, names: list[str]) -> None:
        while names and not names[-1]:  # lines may end with a delimiter
            names = names[:-1]
        self.names = names
        self._whole = _places(names)
        self._bare = _places([_UNIT_BEHIND.sub("", name) for name in names])

    def __len__(self) -> int:
        return len(self.names)

    def whole(self, names: str) -> int | None:
        """Return the place of the first of these names that is there, with its unit."""
        found = (self._whole.get(plain(name)) for name in alternatives(names))
        return next((place for place in found if place is not None), None)

    def find(self, names: str) -> int | None:
        """Return the place of the first of these names that is there, whatever its unit."""
        for name in map(plain, alternatives(names)):
            if name in self._whole or name in self._bare:
                return self._whole.get(name, self._bare.get(name))
        return None


def _places(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        found.setdefault(plain(name), place)
    return found


def find_header(path: Path, signature: tuple[str, ...]) -> tuple[int, str] | None:
    """Return line and delimiter of the header that has all these columns; None for none."""
    squeezed = [[plain(name) for name in alternatives(names)] for names in signature]
    for number, line in enumerate(islice(io.StringIO(text_head(path), newline=""), _HEAD_LINES), 1):
        text = plain(line)
        if not all(any(name in text for name in names) for names in squeezed):
            continue
        for delimiter in DELIMITERS:
            header = Header(_split(line, delimiter))
            if all(header.find(names) is not None for names in signature):
                return number, delimiter
    return None


def text_head(path: Path) -> str:
    """Return the beginning of a text file, "" for what cannot be read."""
    try:
        with open(path, "rb") as file:
            data = file.read(_HEAD_BYTES)
    except OSError:
        return ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8-sig", "replace")


def _split(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]
