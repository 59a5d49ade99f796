"""The messages in an EyeLink recording: trials, pictures, the screen, the quality of calibration.

Conventions of SR Research's Experiment Builder and Data Viewer, and of the tracker itself.
"""

import math
import re
from collections.abc import Callable
from typing import Protocol

from gazelab.io.eyelink_lines import number
from gazelab.io.eyelink_session import Picture, Pixels, Session, Trial

_MESSAGE = re.compile(r"MSG\s+(\d+(?:\.\d+)?)\s+(?:(-?\d+)\s+(?=\S))?(.*)", re.DOTALL)
_PLACED = ("FILL", "CENTER", "TOP_LEFT")
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_EYE_USED = re.compile(r"\bEYE_USED\b\W+(LEFT|RIGHT|L|R|0|1)\b", re.IGNORECASE)
_VALIDATION = re.compile(r"VALIDATION\s.*?\b(LEFT|RIGHT)\b.*?\bERROR\s+(\d+(?:\.\d+)?)\s+avg")
_EYES = {"left": "L", "l": "L", "0": "L", "right": "R", "r": "R", "1": "R"}
_FARTHEST_DEG = 90.0


class Course(Protocol):
    """How far a recording was read: the trial a line belongs to, and what is known so far."""

    session: Session
    trial: Trial | None
    recording: bool
    screens: dict[str, Pixels]
    accuracy_deg: dict[str, float]

    def new_trial(self) -> Trial:
        """Begin a trial."""
        ...


class Messages:
    """Takes messages one after another."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.handlers: dict[str, Callable[[float, str], None]] = {
            "TRIALID": self._trialid,
            "TRIAL_RESULT": self._trial_result,
            "SYNCTIME": self._synctime,
            "DISPLAY_COORDS": lambda _, text: self._screen("DISPLAY_COORDS", text),
            "GAZE_COORDS": lambda _, text: self._screen("GAZE_COORDS", text),
            "SCREEN_PHYS_COORDS": self._screen_mm,
            "SCREEN_DISTANCE": self._distance,
            "SIMULATION_SCREEN_DISTANCE": self._distance,
            "!CAL": self._validation,
            "!V IMGLOAD": self._picture,
            "!V DRAW_LIST": self._drawing,
            "!V TRIAL_VAR": self._variable,
        }

    def add(self, line: str) -> None:
        """Take a line that begins with MSG."""
        match = _MESSAGE.match(line)
        time, offset, text = match.groups() if match else ("", "", "")
        time_ms = number(time) - number(offset or "0")
        if math.isnan(time_ms):
            self.course.session.damaged["messages"] += 1
            return
        if named := _EYE_USED.search(text):
            self.course.session.eyes_named.add(_EYES[named[1].casefold()])
        words = text.split(maxsplit=2)
        keys = 2 if words[:1] == ["!V"] else 1
        name = " ".join(words[:keys])
        handler = self.handlers.get(name) or self.handlers.get(name.upper().rstrip(":="))
        if handler is not None:
            handler(time_ms, text.split(maxsplit=keys)[keys] if len(words) > keys else "")

    def _trialid(self, time_ms: float, text: str) -> None:
        trial = self.course.trial
        over = trial is not None and trial.recorded and not self.course.recording
        if trial is None or over or not math.isnan(trial.trialid_ms):
            trial = self.course.new_trial()
        trial.trialid_ms = time_ms
        trial.name = text.strip()

    def _trial_result(self, _time_ms: float, _: str) -> None:
        if self.course.trial is not None:
            self.course.trial.finished = True

    def _synctime(self, time_ms: float, _: str) -> None:
        trial = self.course.trial
        if trial is not None and self.course.recording and math.isnan(trial.synctime_ms):
            trial.synctime_ms = time_ms

    def _screen(self, key: str, text: str) -> None:
        values = _numbers(text)
        screens = self.course.screens
        if len(values) == 4 and values[0] < values[2] and values[1] < values[3]:
            left, top, right, bottom = values
            screens[key] = Pixels(left, top, _extent(left, right), _extent(top, bottom))
        if self.course.trial is not None:
            self.course.trial.screen = screens.get("DISPLAY_COORDS") or screens.get("GAZE_COORDS")

    def _screen_mm(self, _: float, text: str) -> None:
        """Take the left, top, right and bottom of the screen, in mm from its middle."""
        values = _numbers(text)
        if len(values) == 4 and values[0] != values[2] and values[1] != values[3]:
            left, top, right, bottom = values
            self.course.session.screen_mm = (abs(right - left), abs(top - bottom))

    def _distance(self, _: float, text: str) -> None:
        """Take the distance of the eyes in mm: from the top and the bottom, or one number.

        The distance from the middle is a median of a triangle (Apollonius).
        """
        values = _numbers(text)
        session = self.course.session
        if len(values) == 1 and values[0] > 0:
            session.distance_mm = values[0]
        elif len(values) == 2 and min(values) > 0:
            top, bottom = values
            height = 0.0 if math.isnan(session.screen_mm[1]) else session.screen_mm[1]
            square = (2 * top**2 + 2 * bottom**2 - height**2) / 4
            session.distance_mm = math.sqrt(square) if square > 0 else math.nan

    def _validation(self, _: float, text: str) -> None:
        if found := _VALIDATION.match(text):
            error_deg = float(found[2])
            eye = _EYES[found[1].casefold()]
            self.course.accuracy_deg[eye] = error_deg if error_deg < _FARTHEST_DEG else math.nan

    def _picture(self, time_ms: float, text: str) -> None:
        how, path, place = _image(text)
        if path:
            shown = self._trial_shown()
            shown.pictures.append(Picture(path, time_ms, self.course.recording, how, place))

    def _drawing(self, time_ms: float, text: str) -> None:
        if path := text.strip().strip('"'):
            picture = Picture(path, time_ms, self.course.recording, told_by="DRAW_LIST")
            self._trial_shown().drawings.append(picture)

    def _trial_shown(self) -> Trial:
        """Return the trial to which something belongs that is shown now."""
        trial = self.course.trial
        ended = trial is not None and trial.recorded and not self.course.recording
        if trial is None or (ended and (trial.finished or trial.pictures or trial.drawings)):
            trial = self.course.new_trial()
        return trial

    def _variable(self, _: float, text: str) -> None:
        name, _sign, value = text.partition(" ")
        if self.course.trial is not None:
            self.course.trial.variables[name] = value.strip().strip("\"'")


def _numbers(text: str) -> list[float]:
    return [number(word) for word in _NUMBERS.findall(text)]


def _extent(first: float, last: float) -> float:
    """Return how many pixels a side has: the last is usually their number less one.

    Some programs write the number itself. Screens have an even number of pixels.
    """
    return last - first + (last - first) % 2


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
