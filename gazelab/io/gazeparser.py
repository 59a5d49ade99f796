"""GazeParser (SimpleGazeTracker): lines of samples between lines "#NAME,value".

Each recording stands between #START_REC and #STOP_REC; times are ms from its start; #MESSAGE
lines, often behind the samples, have a time of their own.
"""

import math
from collections import Counter
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
from gazelab.io.eyes import MEAN_NOTE, eye_of, eyes_seen, mean_of_eyes, mean_pupil
from gazelab.io.groups import SampleRows
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
    """What is in the file. words : of each sample, that in place of a position; "" for none."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
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
    file.words.append(min(words - {"FAIL"} or words, default=""))
    file.parts[-1].values.append(values)


def _draft(file: _File, settings: ReadSettings) -> Draft:
    draft = Draft(file.path, "gazeparser", _contract(file))
    for reason, count in file.others.items():
        draft.reject(reason, count)
    keys, since_ms = _trials(file)
    draft.keys = keys
    sizes = [len(part.values) for part in file.parts]
    draft.counts[ROWS_READ] += sum(sizes)
    draft.notes += draft.contract.reasons
    if not sum(sizes):
        return draft
    values = np.array([row for part in file.parts for row in part.values])
    trial = np.repeat(np.arange(len(sizes)), sizes)
    eye, (x, y, pupil) = _gaze(file, values, settings.eye)
    draft.notes += [MEAN_NOTE] * (eye == "mean" and "X" not in file.columns)
    samples = SampleRows(
        trial,
        values[:, file.columns.index("T")] - since_ms[trial],
        x,
        y,
        pupil,
        eye=eye,
        clock_ms=since_ms,
    )
    words = zip(file.words, np.isnan(x).tolist(), strict=True)
    draft.take_samples(samples, settings, Counter(word for word, lost in words if word and lost))
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
    """Return whose gaze it is, and x, y and the pupil of it. Raises ReadError."""
    columns = {name: values[:, at] for at, name in enumerate(file.columns)}
    sides = {
        side: (columns[x], columns[y])
        for side, (x, y, _) in _COLUMNS.items()
        if x in columns and y in columns
    }
    if not sides or "T" not in columns:
        raise ReadError("The file has no columns of gaze.", file.path)
    taken = [side for side in ("", eye) if side in sides][:1]
    taken = taken or eyes_seen({side: x for side, (x, _) in sides.items()})
    which = eye_of(taken) or _EYES.get(file.settings.get("RECORDED_EYE", ""), "")
    x, y = (mean_of_eyes([sides[side][axis] for side in taken]) for axis in (0, 1))
    pupil = mean_pupil({side: columns.get(_COLUMNS[side][2]) for side in taken})
    lost = np.isnan(x + y)
    if pupil is not None and not np.isfinite(pupil).any():
        pupil = None
    return which, (np.where(lost, np.nan, x), np.where(lost, np.nan, y), pupil)
