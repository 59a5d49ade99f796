"""How the text exports of eye trackers' own programs are told apart: a preset is data.

The names of columns drift from version to version in case, signs, spaces and units. They are
compared without case, signs and spaces; a unit behind the name counts only where it is said
to. Where a preset gives several names, " | " is between them, and the best is first.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gazelab.errors import ReadError
from gazelab.io.delimited import DELIMITERS, Layout, encoding_told, guess_encoding
from gazelab.io.xlsx import is_workbook, sheet_names, sheet_rows

_HEAD_BYTES = 1 << 18
_HEAD_LINES = 200
_SIGNS = re.compile(r"[\W_]+")
_UNIT_BEHIND = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")

Pair = tuple[str, str]
"""Names of the columns of x and of y, in which the unit counts; ("", "") for none."""

_NONE: Pair = ("", "")


@dataclass(frozen=True, slots=True)
class Place:
    """One unit in which an export may say where people looked.

    fixation, gaze, left, right : columns of fixations, of the vendor's combined gaze point,
        and of each eye's.
    positions, placed : as in `Contract`.
    told : positions count only where columns say where the picture was on the screen.
    sized : positions count only where columns say the size of the screen.
    note : what is assumed.
    """

    positions: str
    fixation: Pair = _NONE
    gaze: Pair = _NONE
    left: Pair = _NONE
    right: Pair = _NONE
    placed: str = "as told"
    told: bool = False
    sized: bool = False
    note: str = ""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The columns of fixations, of the combined gaze point, of the left and right eye."""
        return self.fixation, self.gaze, self.left, self.right


@dataclass(frozen=True, slots=True)
class Valid:
    """When a sample is valid.

    both, left, right : names of columns on the combined gaze point and on each eye; "" for
        none. words : what is in a valid one; () for a number from `low` to `high`.
    otherwise : why another is lost.
    """

    both: str = ""
    left: str = ""
    right: str = ""
    words: tuple[str, ...] = ()
    low: float = -float("inf")
    high: float = float("inf")
    otherwise: str = "not valid"


@dataclass(frozen=True, slots=True)
class Pupil:
    """Columns of the size of the pupils. valid : of numbers that are 1 where it is valid."""

    unit: str
    left: str = ""
    right: str = ""
    valid: Pair = _NONE


@dataclass(frozen=True, slots=True)
class Preset:
    """How to read one kind of export.

    signature : columns that together tell the format; absent : columns that others have.
    columns : role -> names. Roles: participant, recording, stimulus, trial, sensor, event,
        time (of a row), onset, end, duration, amplitude, velocity (of an event), sample
        (which is there in a row of a sample), blink (number of a blink, 0 for none), accuracy,
        precision (in degrees), width, height (of the screen), resolution ("1280 x 1024"),
        left, top, shown width, shown height (of the picture on the screen), own width, own
        height (of the picture itself), mapped (which is there in a row of the stimulus).
    kinds : what is in the column of events, in lower case -> fixation, saccade or blink; a
        row is what "" says where there is no such column.
    index : kind -> names of the column with the number of an event; a kind without one has
        one row for each event.
    places : best first; the first that is filled is taken.
    participant, stimulus : what to take where no column says it; from the path of the file.
    sensors : what the column of sensors holds in a row to be read; () for all.
    other : why a row of another event is rejected, "" to give its own name.
    stands : what stands for the rows of one fixation: the "first" with a position, the
        "last", or the "mean" of the positions.
    rows_last : an event lasts as long as its rows, where no column says how long.
    time_unit, duration_unit : for columns whose name has no unit.
    onset_from : times count from the onset of the "stimulus"; on a clock on which the first
        event of each trial is put at 0 ("recording"); or on a clock on which a
        "presentation" begins with the first row that names the stimulus.
    origin : as in `Contract`. combined : whose the combined gaze point is, as in `Recording`.
    valid, pupils : when samples are valid, and the pupils in them; the first that are there.
    calibrations : names of stimuli that are none, in lower case.
    """

    id: str
    title: str
    signature: tuple[str, ...]
    columns: Mapping[str, str]
    places: tuple[Place, ...]
    participant: Callable[[Path], str]
    stimulus: Callable[[Path], str] | str = ""
    absent: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"": "fixation"}))
    index: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sensors: tuple[str, ...] = ()
    other: str = ""
    stands: str = "first"
    rows_last: bool = False
    time_unit: str = "ms"
    duration_unit: str = "ms"
    onset_from: str = "recording"
    origin: str = "top-left"
    combined: str = "mean"
    valid: Valid = Valid()
    pupils: tuple[Pupil, ...] = ()
    calibrations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_samples(self) -> bool:
        """Whether rows can be gaze samples."""
        return any(any(pair[0] for pair in place.pairs[1:]) for place in self.places)


def alternatives(names: str) -> list[str]:
    """Return the names of a preset that mean the same."""
    return names.split(" | ") if names else []


def plain(name: str) -> str:
    """Return a name without case, signs and spaces: "Gaze X [px]" becomes "gazexpx"."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())


class Header:
    """The names of the columns of an export, and where they are."""

    def __init__(self, names: Sequence[str]) -> None:
        names = list(names)
        while names and not names[-1]:  # lines may end with a delimiter
            names.pop()
        self.names = tuple(names)
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
        return next(iter(self.all(names)), None)

    def all(self, names: str) -> list[int]:
        """Return the places of all of these names that are there, whatever their units."""
        found = []
        for name in alternatives(names):
            key = plain(name)
            if key in self._whole or key in self._bare:
                found.append(self._whole.get(key, self._bare.get(key, 0)))
        return found


def _places(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        found.setdefault(plain(name), place)
    return found


class HeaderAt(NamedTuple):
    """Where the header of an export is. sheet : of a workbook, "" in a text."""

    line: int
    delimiter: str
    sheet: str = ""


def find_header(
    path: Path, signature: tuple[str, ...], absent: tuple[str, ...] = ()
) -> HeaderAt | None:
    """Return where the header is that has all these columns; None for none.

    absent : columns of which it has none.
    """
    squeezed = [[plain(name) for name in alternatives(names)] for names in signature]
    for line in _head(path):
        if not all(any(name in line.plain for name in names) for names in squeezed):
            continue
        for delimiter in DELIMITERS if line.cells is None else ("",):
            header = Header(line.cells or _split(line.text, delimiter))
            if any(header.find(names) is not None for names in absent):
                return None
            if all(header.find(names) is not None for names in signature):
                return HeaderAt(line.number, delimiter, line.sheet)
    return None


def layout_of(path: Path, found: HeaderAt) -> Layout:
    """Return how the table below a header is written."""
    encoding = "utf-8" if found.sheet else guess_encoding(path)
    return Layout(encoding, found.delimiter, found.line, found.sheet)


class _Line(NamedTuple):
    """One of the first lines of a text, or of the first rows of a sheet, whose cells are known."""

    number: int
    text: str
    plain: str
    cells: list[str] | None = None
    sheet: str = ""


def _head(path: Path) -> tuple[_Line, ...]:
    try:
        state = path.stat()
    except OSError:
        return ()
    return _head_of(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _head_of(path: Path, _changed_ns: int, _size: int) -> tuple[_Line, ...]:
    """Return the first lines of a file, () for what cannot be read."""
    try:
        if is_workbook(path):
            return tuple(
                _Line(number, "", plain("".join(cells)), cells, sheet)
                for sheet in sheet_names(path)
                for number, cells in islice(sheet_rows(path, sheet), _HEAD_LINES)
            )
    except ReadError:
        return ()
    lines = islice(io.StringIO(text_head(path), newline=""), _HEAD_LINES)
    return tuple(_Line(number, text, plain(text)) for number, text in enumerate(lines, 1))


def text_head(path: Path) -> str:
    """Return the beginning of a text file, "" for what cannot be read."""
    try:
        with open(path, "rb") as file:
            data = file.read(_HEAD_BYTES)
    except OSError:
        return ""
    return data.decode(encoding_told(data) or "utf-8-sig", "replace")


def _split(line: str, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]
