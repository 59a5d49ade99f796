"""GazeParser (SimpleGazeTracker): lines of samples between lines "#NAME,value".

Each recording stands between #START_REC and #STOP_REC; times are ms from its start; #MESSAGE
lines, often behind the samples, have a time of their own.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from gazelab.io.groups import Samples, mean_of_eyes
from gazelab.io.preset import text_head
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.task import Step, Task

_FIRST = "#SimpleGazeTrackerDataFile"
_ORIGINS = {"bottomleft": "bottom-left", "topleft": "top-left", "center": "centre"}
_EYES = {"L": "left", "R": "right", "B": "mean"}
_COLUMNS = {"left": ("LX", "LY", "LP"), "right": ("RX", "RY", "RP"), "": ("X", "Y", "P")}
_SOME_LINES = 5000
_MM_PER_CM = 10.0


@dataclass(slots=True)
class _Part:
    """One recording: its samples, (n, columns), and (time, text) of its messages."""

    values: list[list[float]] = field(default_factory=list)
    messages: list[tuple[float, str]] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """What is in the file. lost : words in place of a position -> how often."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


def sniff_gazeparser(path: Path) -> bool:
    """Whether a file is text that begins as SimpleGazeTracker does."""
    return path.is_file() and text_head(path).startswith(_FIRST)


def read_gazeparser(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read the gaze samples of all recordings in a file.

    A word in place of a position, such as NOPURKINJE, is a lost sample.
    Raises ReadError with the line: a row has too few or too many cells, or a time is missing.
    """
    file = _File(path)
    for line, text in enumerate(lines(path, guess_encoding(path)), 1):
        if line % _SOME_LINES == 1:
            yield Step(line, None, f"reading {path.name}")
        text = text.strip()
        if text.startswith("#"):
            _take_setting(file, text[1:].split(",", 1), line)
        elif text:
            _take_sample(file, text.split(","), line)
    return _draft(file, settings).reading()


def _take_setting(file: _File, cells: list[str], line: int) -> None:
    name, value = cells[0], cells[1] if len(cells) > 1 else ""
    if name == "START_REC":
        file.parts.append(_Part())
    elif name == "MESSAGE":
        file.others["message"] += 1
        time, _, message = value.partition(",")
        at = number_in(time)
        if at is None or math.isnan(at) or not file.parts:
            raise ReadError("The message has no time, or is in no recording.", file.path, line)
        file.parts[-1].messages.append((at, message.strip()))
    else:
        file.settings.setdefault(name, value)
        if name == "DATAFORMAT":
            file.columns = value.split(",")


def _take_sample(file: _File, cells: list[str], line: int) -> None:
    if not file.columns or not file.parts:
        raise ReadError("A sample stands before the names of its columns.", file.path, line)
    if len(cells) != len(file.columns):
        raise ReadError(
            f"The row has {len(cells)} cells instead of {len(file.columns)}.",
            file.path,
            line,
            "Is the file cut short? Copy it again.",
        )
    values = []
    for name, cell in zip(file.columns, cells, strict=True):
        value = number_in(cell)
        word = cell.strip().isalpha() and name != "T"
        if (value is None and not word) or (name == "T" and value != value):
            raise ReadError(f"{cell!r} in column {name!r} is not a number.", file.path, line)
        values.append(math.nan if value is None else value)
    words = {cell.strip() for cell in cells if cell.strip().isalpha()}
    positions = words - {"FAIL"} or words
    if positions:
        file.lost[min(positions)] += 1
    file.parts[-1].values.append(values)


def _draft(file: _File, settings: ReadSettings) -> Draft:
    draft = Draft(file.path, "gazeparser", _contract(file))
    for reason, count in file.others.items():
        draft.reject(reason, count)
    keys, since_ms = _trials(file)
    draft.keys = keys
    sizes = [len(part.values) for part in file.parts]
    draft.counts[ROWS_READ] += sum(sizes)
    draft.counts.update({f"samples lost: {word}": n for word, n in file.lost.items()})
    draft.notes += draft.contract.reasons
    if not sum(sizes):
        return draft
    values = np.array([row for part in file.parts for row in part.values])
    trial = np.repeat(np.arange(len(sizes)), sizes)
    eye, (x, y, pupil) = _gaze(file, values, settings.eye)
    samples = Samples(
        trial,
        values[:, file.columns.index("T")] - since_ms[trial],
        x,
        y,
        pupil,
        eye=eye,
        clock_ms=since_ms,
    )
    draft.take_samples(samples, settings)
    return draft


def _contract(file: _File) -> Contract:
    def number(name: str) -> float:
        value = number_in(file.settings.get(name, ""))
        return value if value is not None and value > 0 else math.nan

    width, height = number("SCREEN_WIDTH"), number("SCREEN_HEIGHT")
    screen = Screen(
        width,
        height,
        width / number("DOTS_PER_CENTIMETER_H") * _MM_PER_CM,
        height / number("DOTS_PER_CENTIMETER_V") * _MM_PER_CM,
        number("VIEWING_DISTANCE") * _MM_PER_CM,
    )
    told = file.settings.get("SCREEN_ORIGIN", "")
    origin = _ORIGINS.get(told.casefold(), "top-left")
    return Contract(
        "screen px",
        origin,
        screen=screen,
        placed="centred",
        reasons=(
            f"The file says where positions are 0 on the screen: {told or 'nowhere'}.",
            "A recording is called like its first message, or like the picture that one names.",
        ),
    )


def _trials(file: _File) -> tuple[list[TrialKey], np.ndarray]:
    """Return the key of each recording, and when its picture came on."""
    keys: list[TrialKey] = []
    since_ms = np.zeros(len(file.parts))
    turns: Counter[str] = Counter()
    for number, part in enumerate(file.parts):
        messages = sorted(part.messages, key=lambda message: message[0])
        pictures = [m for m in messages if m[1].casefold().endswith(IMAGE_SUFFIXES)]
        at_ms, name = (pictures or messages or [(0.0, "")])[0]
        name = name or f"trial {number + 1}"
        since_ms[number] = at_ms if pictures else 0.0
        turns[name] += 1
        keys.append((file.path.stem, name, str(turns[name])))
    return keys, since_ms


def _gaze(
    file: _File, values: np.ndarray, eye: str
) -> tuple[str, tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Return whose gaze it is, and x, y and the pupil. Raises ReadError."""
    there = [name for name, (x, y, _) in _COLUMNS.items() if {x, y} <= set(file.columns)]
    if not there or "T" not in file.columns:
        raise ReadError("The file has no columns of gaze.", file.path)
    if "" in there:
        return _EYES.get(file.settings.get("RECORDED_EYE", ""), ""), _of(file, values, [""])
    sides: Sequence[str] = [eye] if eye in there else there
    return sides[0] if len(sides) == 1 else "mean", _of(file, values, sides)


def _of(
    file: _File, values: np.ndarray, sides: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return x, y and the pupil of an eye, or the means of both, or of the one that is there."""
    found = []
    for part in range(3):
        names = [_COLUMNS[side][part] for side in sides]
        columns = [values[:, file.columns.index(name)] for name in names if name in file.columns]
        found.append(mean_of_eyes(columns or [np.full(len(values), np.nan)]))
    x, y, pupil = found
    lost = np.isnan(x + y)
    has_pupil = bool(np.isfinite(pupil).any())
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y), pupil if has_pupil else None
