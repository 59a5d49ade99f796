"""EyeLink ASC files, as edf2asc writes them: what the tracker recorded, trial by trial.

Events stand where they ended, messages where they arrived, and the clock may begin anew
within a file. So times are compared within a trial only, and the order of the lines says
to which trial a line belongs.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from gazelab.errors import ReadError
from gazelab.io.eyelink_lines import chunks, sniff_lines
from gazelab.io.reading import Placement
from gazelab.task import Step, Task

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MESSAGE = re.compile(r"MSG\s+(\d+(?:\.\d+)?)\s+(?:(-?\d+)\s+(?=\S))?(.*)", re.DOTALL)
_PLACED = ("FILL", "CENTER", "TOP_LEFT")
_COORDINATES = re.compile(r"-?\d+(?:\.\d+)?")
_EYE_USED = re.compile(r"\bEYE_USED\b\W+(LEFT|RIGHT|L|R|0|1)\b", re.IGNORECASE)
_EYES = {"left": "L", "l": "L", "0": "L", "right": "R", "r": "R", "1": "R"}
_FARTHEST_PX = 32_000.0
"""The tracker writes -32768 or 1e8 for a position it does not have."""
_CLOCK_SLACK_MS = 20.0
"""A duration is end minus start and one sample more, which takes 1 to 16 ms."""
_NAMES = {
    "EFIX": "fixations",
    "ESACC": "saccades",
    "EBLINK": "blinks",
    "MSG": "messages",
    "START": "blocks",
}


class Fixation(NamedTuple):
    """One fixation of one eye, on the clock of the tracker, in pixels of the screen."""

    start_ms: float
    end_ms: float
    duration_ms: float
    x_px: float
    y_px: float


class Screen(NamedTuple):
    """The pixels of the screen: those of its upper left corner, and how many there are."""

    left_px: float
    top_px: float
    width_px: float
    height_px: float


class Picture(NamedTuple):
    """A picture that was shown, as a message or a trial variable tells it.

    time_ms : of the message, NaN for a variable.
    recorded : the message was sent during the recording, so its time is that of the onset.
    how : FILL, CENTER, TOP_LEFT, or "" where no place is given.
    place : x and y, and width and height where they are given.
    """

    path: str
    time_ms: float = math.nan
    recorded: bool = False
    how: str = ""
    place: tuple[float, ...] = ()

    def placement(self, screen: Screen | None) -> Placement | None:
        """Return where the picture was: in the middle of the screen unless told.

        None when that takes the size of the screen, which is not known.
        """
        if self.place:
            x_px, y_px, *size = self.place
            size_px = (size[0], size[1]) if size and min(size) > 0 else None
            return Placement(x_px, y_px, self.how == "CENTER", size_px)
        if screen is None:
            return None
        left_px, top_px, width_px, height_px = screen
        if self.how == "FILL":
            return Placement(left_px, top_px, size_px=(width_px, height_px))
        return Placement(left_px + width_px / 2, top_px + height_px / 2, centred=True)


@dataclass(slots=True)
class Trial:
    """What was recorded between two trial messages, or in one block without any.

    trialid_ms, synctime_ms, start_ms : times of these lines, NaN where there are none.
    fixations : by eye, "L" and "R". in_px : positions are pixels of the screen.
    """

    trialid_ms: float = math.nan
    synctime_ms: float = math.nan
    start_ms: float = math.nan
    recorded: bool = False
    finished: bool = False
    in_px: bool = True
    screen: Screen | None = None
    pictures: list[Picture] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    fixations: dict[str, list[Fixation]] = field(default_factory=lambda: {"L": [], "R": []})


@dataclass(slots=True)
class Recording:
    """What an ASC file holds.

    counts : lines by kind: samples, fixations, saccades, blinks, messages, blocks.
    damaged, damaged_messages : fixations and messages whose line is damaged.
    unfinished : fixations begun but not ended in a block.
    eyes_named : the eyes that messages name as the one used.
    px_per_deg : the resolution of the tracker at the end of each block.
    """

    trials: list[Trial] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    damaged_messages: int = 0
    unfinished: int = 0
    eyes_named: set[str] = field(default_factory=set)
    px_per_deg: list[float] = field(default_factory=list)


def sniff_asc(path: Path) -> bool:
    """Whether a file is an EyeLink ASC file; ReadError for a binary EDF file."""
    return sniff_lines(path)


def parse_asc(path: Path) -> Task[Recording]:
    """Parse an ASC file, compressed with gzip or not.

    Samples are counted only. A fixation with a damaged line is counted, not taken. Raises
    ReadError when the file is something else, cannot be decompressed, or has no event.
    """
    if not sniff_asc(path):
        raise ReadError("This is not an EyeLink ASC file.", path)
    parser = _Parser()
    size = path.stat().st_size
    for chunk in chunks(path):
        yield Step(chunk.position, size, f"reading {path.name}")
        parser.recording.counts["samples"] += chunk.samples
        for line in chunk.lines:
            parser.add(line)
    return parser.finished()


def number(text: str) -> float:
    """Return a number of the file, NaN for `.` and anything else that is none."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else math.nan


class _Parser:
    """Takes the lines one after another; `trial` is the one a line now belongs to."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.trial: Trial | None = None
        self.recording_now = False
        self.screens: dict[str, Screen] = {}
        self.in_px = self.samples_in_px = True
        self.open_eyes: set[str] = set()
        self.handlers: dict[str, Callable[[list[str]], None]] = {
            "START": self._start,
            "END": self._end,
            "EVENTS": self._events,
            "SAMPLES": self._samples,
            "SFIX": self._fixation_begins,
            "EFIX": self._fixation,
        }
        self.messages: dict[str, Callable[[float, str], None]] = {
            "TRIALID": self._trialid,
            "TRIAL_RESULT": self._trial_result,
            "SYNCTIME": self._synctime,
            "DISPLAY_COORDS": lambda _, text: self._screen("DISPLAY_COORDS", text),
            "GAZE_COORDS": lambda _, text: self._screen("GAZE_COORDS", text),
            "!V IMGLOAD": self._picture,
            "!V TRIAL_VAR": self._variable,
        }

    def add(self, line: bytes) -> None:
        words = line.split(maxsplit=1)
        kind = words[0].decode("ascii", "replace") if words else ""
        if kind in _NAMES:
            self.recording.counts[_NAMES[kind]] += 1
        if kind == "MSG":
            self._message(_decoded(line))
        elif kind in self.handlers:
            self.handlers[kind](_decoded(line).split())

    def finished(self) -> Recording:
        self._close_fixations()
        screens = (trial.screen for trial in self.recording.trials if trial.screen)
        screen = next(screens, None)
        for trial in self.recording.trials:  # the size is told late in some files
            trial.screen = trial.screen or screen
        return self.recording

    def _new_trial(self) -> Trial:
        screen = self.screens.get("DISPLAY_COORDS") or self.screens.get("GAZE_COORDS")
        self.trial = Trial(recorded=self.recording_now, in_px=self.in_px, screen=screen)
        self.recording.trials.append(self.trial)
        return self.trial

    def _start(self, words: list[str]) -> None:
        self._close_fixations()
        if self.trial is None or self.trial.recorded:
            self._new_trial()
        assert self.trial is not None
        self.trial.recorded = self.recording_now = True
        self.trial.start_ms = number(words[1]) if len(words) > 1 else math.nan
        self.in_px = self.trial.in_px = True

    def _end(self, words: list[str]) -> None:
        self._close_fixations()
        self.recording_now = False
        if self.samples_in_px and "RES" in words[:-2]:
            at = words.index("RES")
            self.recording.px_per_deg += [number(word) for word in words[at + 1 : at + 3]]

    def _close_fixations(self) -> None:
        self.recording.unfinished += len(self.open_eyes)
        self.open_eyes.clear()

    def _events(self, words: list[str]) -> None:
        self.in_px = "GAZE" in words
        if self.trial is not None:
            self.trial.in_px = self.in_px

    def _samples(self, words: list[str]) -> None:
        self.samples_in_px = "GAZE" in words

    def _fixation_begins(self, words: list[str]) -> None:
        if len(words) > 1:
            self.recording.unfinished += words[1] in self.open_eyes
            self.open_eyes.add(words[1])

    def _fixation(self, words: list[str]) -> None:
        fixation, in_px = _fixation_of(words, self.in_px)
        if fixation is None:
            self.recording.damaged += 1
            return
        if self.trial is None:  # the file begins within a block
            self.recording_now = True
            self._new_trial()
        assert self.trial is not None
        self.open_eyes.discard(words[1])
        self.trial.recorded = True
        self.trial.in_px = in_px
        self.trial.fixations[words[1]].append(fixation)

    def _message(self, line: str) -> None:
        match = _MESSAGE.match(line)
        time, offset, text = match.groups() if match else ("", "", "")
        time_ms = number(time) - number(offset or "0")
        if math.isnan(time_ms):
            self.recording.damaged_messages += 1
            return
        if named := _EYE_USED.search(text):
            self.recording.eyes_named.add(_EYES[named[1].casefold()])
        words = text.split(maxsplit=2)
        keys = 2 if words[:1] == ["!V"] else 1
        handler = self.messages.get(" ".join(words[:keys]))
        if handler is not None:
            handler(time_ms, text.split(maxsplit=keys)[keys] if len(words) > keys else "")

    def _trialid(self, time_ms: float, _: str) -> None:
        trial = self.trial
        over = trial is not None and trial.recorded and not self.recording_now
        if trial is None or over or not math.isnan(trial.trialid_ms):
            trial = self._new_trial()
        trial.trialid_ms = time_ms

    def _trial_result(self, _time_ms: float, _: str) -> None:
        if self.trial is not None:
            self.trial.finished = True

    def _synctime(self, time_ms: float, _: str) -> None:
        if self.trial is not None and self.recording_now and math.isnan(self.trial.synctime_ms):
            self.trial.synctime_ms = time_ms

    def _screen(self, key: str, text: str) -> None:
        values = [number(word) for word in _COORDINATES.findall(text)]
        if len(values) == 4 and values[0] < values[2] and values[1] < values[3]:
            left, top, right, bottom = values
            self.screens[key] = Screen(left, top, _extent(left, right), _extent(top, bottom))
        if self.trial is not None:
            screen = self.screens.get("DISPLAY_COORDS") or self.screens.get("GAZE_COORDS")
            self.trial.screen = screen

    def _picture(self, time_ms: float, text: str) -> None:
        trial = self.trial
        how, path, place = _image(text)
        if not path:
            return
        ended = trial is not None and trial.recorded and not self.recording_now
        if trial is None or (ended and (trial.finished or trial.pictures)):
            trial = self._new_trial()
        trial.pictures.append(Picture(path, time_ms, self.recording_now, how, place))

    def _variable(self, _: float, text: str) -> None:
        name, _sign, value = text.partition(" ")
        if self.trial is not None:
            self.trial.variables[name] = value.strip().strip("\"'")


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _extent(first: float, last: float) -> float:
    """Return how many pixels a side has: the last is usually their number less one.

    Some programs write the number itself. Screens have an even number of pixels.
    """
    return last - first + (last - first) % 2


def _fixation_of(words: list[str], in_px: bool) -> tuple[Fixation | None, bool]:
    """Return the fixation of a line, None when damaged, and whether it is in pixels.

    Events in HREF have two groups of x, y and pupil: in HREF, then in pixels of the screen.
    """
    values = [number(word) for word in words[2:]]
    if len(words) < 7 or words[1] not in ("L", "R"):
        return None, in_px
    start_ms, end_ms, duration_ms = values[:3]
    if not abs(end_ms - start_ms - duration_ms) <= _CLOCK_SLACK_MS or duration_ms < 0:
        return None, in_px
    group = values[3:5]
    if not in_px and len(values) in (9, 11):
        group, in_px = values[6:8], True
    x_px, y_px = (value if abs(value) < _FARTHEST_PX else math.nan for value in group)
    return Fixation(start_ms, end_ms, duration_ms, x_px, y_px), in_px


def _image(text: str) -> tuple[str, str, tuple[float, ...]]:
    """Return how a message places a picture, its path, and the numbers after it."""
    words = text.split()
    how = words[0] if words[:1] and words[0] in _PLACED else ""
    path = text.strip().removeprefix(how).strip()
    values = [number(word) for word in words[bool(how) + 1 :]][-4:]
    if how == "FILL":
        return how, path.strip('"'), ()
    fitting = (n for n in (4, 2) if len(values) >= n and not any(map(math.isnan, values[-n:])))
    count = next(fitting, 0)
    if not how or not count:  # no place is given: the name of the file may hold numbers
        return "", path.strip('"'), ()
    return how, path.rsplit(maxsplit=count)[0].strip('"'), tuple(values[-count:])
