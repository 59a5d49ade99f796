"""EyeLink trials to viewings: one eye, one picture, and when it came on.

Everything in a trial is accounted for: it is in a viewing, or of the other eye, or
rejected with a reason.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.data.geometry import Placement
from gazelab.io.eyelink_samples import Samples, forward
from gazelab.io.eyelink_session import (
    EYES,
    Event,
    Fixation,
    Picture,
    Pixels,
    Session,
    Span,
    Trial,
)
from gazelab.io.eyes import mean_of_eyes
from gazelab.io.images import is_named_as_image

NO_RECORDING = "no recording"
NO_FIXATION = "no fixation"
NO_PIXELS = "positions are not pixels of the screen (HREF)"
SEVERAL = "several pictures at once"
NO_ONSET = "no time of onset"
BACKWARD = "the clock does not go forward"
_OTHER_EYE = "left out: of the other eye"

_ITEM = re.compile(
    r"(^|[^a-z])(image|img|picture|pic|photo|stimulus|stimuli|stim|item|scene|video|file)(?![a-z])",
    re.IGNORECASE,
)
_LACKING = ("", ".", "undefined", "missing", "none", "null", "nan")
_AT_ONCE_MS = 20.0
"""Pictures that come on within one or two frames are parts of one display."""

_Found = TypeVar("_Found", Fixation, Event)


class Gaze(NamedTuple):
    """The samples of one eye, or the mean of both, on the clock of the tracker."""

    time_ms: Vector
    x_px: Vector
    y_px: Vector
    pupil: Vector
    pupil_unit: str = ""
    rate_hz: float = math.nan
    eye: str = ""

    def part(self, here: np.ndarray) -> "Gaze":
        """Return some of the samples."""
        return self._replace(
            time_ms=self.time_ms[here],
            x_px=self.x_px[here],
            y_px=self.y_px[here],
            pupil=self.pupil[here],
        )


class Choice(NamedTuple):
    """The eye to take where there are both, "L" or "R", and why.

    mean : samples are the mean of both eyes, where both are valid.
    wished : a person chose, so the other eye is not taken where this one saw nothing.
    """

    eye: str
    reason: str
    mean: bool = False
    wished: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """What one eye did in one trial on one picture.

    onset_ms : of the picture, on the clock of the tracker. onset_from : what tells it.
    """

    source: Trial
    picture: Picture
    trial: str
    eye: str
    onset_ms: float = math.nan
    onset_from: str = ""
    fixations: list[Fixation] = field(default_factory=list)
    saccades: list[Event] = field(default_factory=list)
    blinks: list[Event] = field(default_factory=list)
    gaze: Gaze | None = None

    @property
    def screen(self) -> Pixels | None:
        """The screen it was shown on, None when that is not known."""
        return self.source.screen

    @property
    def placement(self) -> Placement | None:
        """Where the picture was on the screen, None when that is not known."""
        return self.picture.placement(self.screen)

    @property
    def n_lost(self) -> int:
        """How many samples have no position."""
        return 0 if self.gaze is None else int(np.isnan(self.gaze.x_px + self.gaze.y_px).sum())

    @property
    def begun_before(self) -> int:
        """How many fixations began before the picture came on."""
        return sum(fixation.start_ms < self.onset_ms for fixation in self.fixations)


def viewings(session: Session, choice: Choice) -> tuple[list[Viewing], Counter[str]]:
    """Return the viewings of all trials, numbered from 1, and a count of all left out."""
    counts: Counter[str] = Counter()
    found: list[Viewing] = []
    namer = _Namer(session.trials)
    for number, trial in enumerate(session.trials, 1):
        seen, left = _of_trial(session, trial, choice, namer, number)
        found += seen
        counts += left
    return found, counts


def preferred(session: Session, wished: str) -> Choice:
    """Return the eye to take where there are both. `wished` : as in `ReadSettings`."""
    for eye, name in EYES.items():
        if wished == name:
            return Choice(eye, "as wished", wished=True)
    mean = wished == "mean"
    if len(session.eyes_named) == 1:
        return Choice(next(iter(session.eyes_named)), "a message names it", mean)
    fixations = [sum(len(trial.fixations[eye]) for trial in session.trials) for eye in EYES]
    if any(fixations):
        return _larger(fixations, "fixations", mean)
    table = session.samples
    if table is None or len(table.eyes) < 2:
        return Choice("L", "there are no fixations", mean)
    return _larger([int(np.isfinite(x_px).sum()) for x_px, _, _ in table.eyes], "samples", mean)


def _larger(sizes: list[int], kind: str, mean: bool) -> Choice:
    left, right = sizes
    if left == right:
        return Choice("L", f"both have the same number of {kind} in the file", mean)
    return Choice("L" if left > right else "R", f"it has more {kind} in the file", mean)


def _of_trial(
    session: Session, trial: Trial, choice: Choice, namer: "_Namer", number: int
) -> tuple[list[Viewing], Counter[str]]:
    """Return the viewings of a trial, and a count of what is left out of it."""
    if not trial.recorded:
        return [], _rejected(session, trial, NO_RECORDING)
    eye = _eye(trial, choice)
    gaze, counts = _gaze(session, trial, eye, choice.mean)
    fixations = trial.fixations[eye] if trial.in_px else []
    all_fixations = sum(map(len, trial.fixations.values()))
    if not fixations and gaze is None:
        no_pixels = (all_fixations and not trial.in_px) or counts[f"samples rejected: {NO_PIXELS}"]
        return [], _rejected(session, trial, NO_PIXELS if no_pixels else NO_FIXATION)
    whole = Viewing(
        trial,
        namer.picture(trial, number),
        str(number),
        eye,
        fixations=sorted(fixations),
        saccades=sorted(trial.saccades[eye]),
        blinks=sorted(trial.blinks[eye]),
        gaze=gaze,
    )
    pictures = _without_repeats(trial.pictures)
    if len(pictures) > 1:
        found, reason = _on_several(whole, pictures), SEVERAL
    else:
        found, reason = _with_onset(whole), NO_ONSET
    if not found:
        return [], _rejected(session, trial, reason)
    other = "R" if eye == "L" else "L"
    if trial.in_px:
        counts[f"fixations {_OTHER_EYE}"] = len(trial.fixations[other])
    else:
        counts[f"fixations rejected: {NO_PIXELS}"] = all_fixations
    counts[f"saccades {_OTHER_EYE}"] = len(trial.saccades[other])
    counts[f"blinks {_OTHER_EYE}"] = len(trial.blinks[other])
    return found, counts


def _rejected(session: Session, trial: Trial, reason: str) -> Counter[str]:
    """Return the counts of a trial of which nothing is used."""
    sizes = trial.counts()
    sizes["samples"] = sum(_readable(session.samples, span) for span in trial.spans)
    rejected = Counter({f"{kind} rejected: {reason}": size for kind, size in sizes.items()})
    return rejected + Counter({f"trials rejected: {reason}": 1})


def _readable(table: Samples | None, span: Span) -> int:
    """Return how many samples were parsed, and are not damaged."""
    if table is None:
        return 0
    return int(np.isfinite(table.time_ms[span.start : span.stop]).sum())


def _eye(trial: Trial, choice: Choice) -> str:
    """Return the eye taken in a trial: the chosen one where it saw something."""
    other = "R" if choice.eye == "L" else "L"
    recorded = "".join(span.header.eyes for span in trial.spans)
    if trial.fixations[choice.eye] or (choice.wished and choice.eye in recorded):
        return choice.eye
    return other if trial.fixations[other] or choice.eye not in recorded else choice.eye


def _gaze(session: Session, trial: Trial, eye: str, mean: bool) -> tuple[Gaze | None, Counter[str]]:
    """Return the samples of an eye in a trial, None for none, and a count of the others."""
    counts: Counter[str] = Counter()
    table, parts, headers = session.samples, [], []
    for span in trial.spans if table is not None else ():
        header = span.header
        if not header.in_px:
            counts[f"samples rejected: {NO_PIXELS}"] += _readable(table, span)
        elif header.eyes and eye not in header.eyes:
            counts[f"samples {_OTHER_EYE}"] += _readable(table, span)
        else:
            assert table is not None
            parts.append(_columns(table, span, eye, mean))
            headers.append(header)
    if not parts:
        return None, counts
    columns = parts[0]
    if len(parts) > 1:
        columns = [np.concatenate(group) for group in zip(*parts, strict=True)]
    header = headers[0]
    time_ms, keep = forward(columns[0], header.rate_hz)
    is_mean = mean and any(one.eyes == "LR" for one in headers)
    named = EYES[eye] if header.eyes or trial.fixations[eye] else ""
    gaze = Gaze(
        time_ms,
        x_px=columns[1],
        y_px=columns[2],
        pupil=columns[3],
        pupil_unit=header.pupil,
        rate_hz=header.rate_hz,
        eye="mean" if is_mean else named,
    )
    if not keep.all():
        gaze = gaze.part(keep)
        readable = int(np.isfinite(columns[0]).sum())
        counts[f"samples rejected: {BACKWARD}"] = readable - len(gaze.time_ms)
    return (gaze if len(gaze.time_ms) else None), counts


def _columns(table: Samples, span: Span, eye: str, mean: bool) -> list[Vector]:
    """Return time, x, y and pupil of an eye; their mean where both eyes are valid."""
    here = slice(span.start, span.stop)
    eyes = span.header.eyes
    if mean and eyes == "LR":
        both = zip(*table.eyes, strict=True)
        return [table.time_ms[here], *(mean_of_eyes([one[here], two[here]]) for one, two in both)]
    group = table.eyes[max(eyes.find(eye), 0)]
    return [table.time_ms[here], *(column[here] for column in group)]


class _Namer:
    """Finds the name of the picture of a trial in what the file tells."""

    def __init__(self, trials: list[Trial]) -> None:
        self._image = self._variable(trials, lambda _, value: is_named_as_image(value))
        self._item = self._variable(trials, lambda name, _: _ITEM.search(name) is not None)

    def picture(self, trial: Trial, number: int) -> Picture:
        """Return the picture of a trial, by the best name there is."""
        if trial.pictures:
            return trial.pictures[0]
        value = trial.variables.get(self._image, "")
        if is_named_as_image(value):
            return Picture(value, told_by=f"variable {self._image}")
        drawn = trial.drawings[0] if trial.drawings else None
        item = trial.variables.get(self._item, "")
        if item.casefold() not in _LACKING:
            named = Picture(item, told_by=f"variable {self._item}")
            return _with_time(named, drawn) if drawn else named
        if drawn:
            return drawn
        if any(character.isalpha() for character in trial.name):
            return Picture(trial.name, told_by="TRIALID")
        return Picture(f"trial {number}", told_by="")

    @staticmethod
    def _variable(trials: list[Trial], fits: Callable[[str, str], bool]) -> str:
        """Return the trial variable that fits in most trials; "" for none."""
        found: Counter[str] = Counter()
        for trial in trials:
            known = trial.variables.items()
            found.update(
                name
                for name, value in known
                if value.casefold() not in _LACKING and fits(name, value)
            )
        return max(found, key=lambda name: found[name], default="")


def _with_time(picture: Picture, shown: Picture) -> Picture:
    """Return a picture with the time of another message that it was shown."""
    return picture._replace(time_ms=shown.time_ms, recorded=shown.recorded)


def _without_repeats(pictures: list[Picture]) -> list[Picture]:
    """Return the pictures without those that repeat the one before."""
    taken = pictures[:1]
    for picture in pictures[1:]:
        last = taken[-1]
        if (picture.path, picture.how, picture.place) != (last.path, last.how, last.place):
            taken.append(picture)
    return taken


def _on_several(whole: Viewing, pictures: list[Picture]) -> list[Viewing]:
    """Return one viewing for each of the pictures that followed one another in a trial.

    What began on a picture belongs to it; the first picture takes what began before it.
    Nothing is returned when pictures were there at once, or their times are unknown.
    """
    times = np.array([picture.time_ms for picture in pictures])
    ordered = bool((np.diff(times) > _AT_ONCE_MS).all())
    if not ordered or not all(picture.recorded for picture in pictures):
        return []

    def on(start_ms: Vector | list[float]) -> Vector:
        return np.maximum(np.searchsorted(times, start_ms, side="right") - 1, 0)

    def part(events: list[_Found], k: int) -> list[_Found]:
        places = on([event.start_ms for event in events]).tolist()
        return [event for at, event in zip(places, events, strict=True) if at == k]

    sampled = None if whole.gaze is None else on(whole.gaze.time_ms)
    found = []
    for k, picture in enumerate(pictures):
        gaze = whole.gaze.part(sampled == k) if whole.gaze and sampled is not None else None
        viewing = replace(
            whole,
            picture=picture,
            trial=f"{whole.trial}.{k + 1}",
            onset_ms=picture.time_ms,
            onset_from="IMGLOAD",
            fixations=part(whole.fixations, k),
            saccades=part(whole.saccades, k),
            blinks=part(whole.blinks, k),
            gaze=gaze if gaze and len(gaze.time_ms) else None,
        )
        if viewing.fixations or viewing.gaze or viewing.saccades or viewing.blinks:
            found.append(viewing)
    return found


def _with_onset(viewing: Viewing) -> list[Viewing]:
    """Return a viewing with the time when its picture came on, and what tells it.

    A time after all else is of another clock, or of a message sent afterwards. Nothing is
    returned when no time is known.
    """
    ends = [fixation.end_ms for fixation in viewing.fixations]
    if viewing.gaze is not None:
        ends.append(float(viewing.gaze.time_ms[-1]))
    trial, picture = viewing.source, viewing.picture
    shown = "IMGLOAD" if picture.told_by == "IMGLOAD" else "DRAW_LIST"
    known = [
        (picture.time_ms if picture.recorded else math.nan, shown),
        (trial.synctime_ms, "SYNCTIME"),
        (picture.time_ms, f"{shown} before the recording"),
        (trial.trialid_ms, "TRIALID"),
        (trial.start_ms, "START"),
    ]
    for onset_ms, name in known:
        if onset_ms <= max(ends):
            return [replace(viewing, onset_ms=onset_ms, onset_from=name)]
    return []
