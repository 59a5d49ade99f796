"""EyeLink trials to scanpaths: which eye, which picture, and when it came on.

What is assumed is said in notes, and every fixation of the file is accounted for: it is in
a scanpath, or of the eye not used, or rejected with a reason.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gazelab.data.gaze import Origin, Scanpath
from gazelab.errors import ReadError
from gazelab.io.eyelink_asc import Fixation, Picture, Recording, Screen, Trial, parse_asc
from gazelab.io.reading import Placement, Reading
from gazelab.task import Task

_IMAGE_FILE = re.compile(r"\.(png|jpe?g|bmp|tiff?|webp|gif|pcx|tga)", re.IGNORECASE)
_EYES = {"L": "left", "R": "right"}
_AT_ONCE_MS = 20.0
"""Pictures that come on within one or two frames are parts of one display."""

_NO_RECORDING = "no recording"
_NO_FIXATION = "no fixation"
_NO_PIXELS = "positions are not pixels of the screen (HREF)"
_NO_PICTURE = "no picture named"
_SEVERAL = "several pictures at once"
_NO_ONSET = "no time of onset"
_HINTS = {
    _NO_PIXELS: "Convert the EDF again with edf2asc, with gaze instead of HREF positions.",
    _NO_PICTURE: "A picture is named by a message `!V IMGLOAD` or by a trial variable whose value "
    "is the name of an image file. Files of drawing commands (`!V DRAW_LIST`) are not read.",
    _NO_FIXATION: "GazeLab takes the fixations found by the tracker: convert the EDF with edf2asc "
    "so that events are written too.",
}


class Viewing(NamedTuple):
    """The fixations of one eye in one trial on one picture.

    onset_ms : of the picture, on the clock of the tracker. onset_from : what tells it.
    """

    picture: Picture
    screen: Screen | None
    trial: str
    eye: str
    fixations: list[Fixation]
    onset_ms: float
    onset_from: str

    @property
    def placement(self) -> Placement | None:
        """Where the picture was on the screen, None when that is not known."""
        return self.picture.placement(self.screen)


class Rejected(NamedTuple):
    """A trial that cannot be used, and why."""

    reason: str
    fixations: int


def read_asc(path: Path) -> Task[Reading]:
    """Read the fixations that the tracker found, in an ASC file, as scanpaths.

    One for each trial and picture, of one eye; the participant is named like the file, and
    trials are numbered from 1. Raises ReadError when no trial can be used.
    """
    recording = yield from parse_asc(path)
    eye, reason = _preferred_eye(recording)
    variable = _picture_variable(recording.trials)
    counts: Counter[str] = Counter()
    viewings: list[Viewing] = []
    for number, trial in enumerate(recording.trials, 1):
        found = _viewings(trial, str(number), eye, variable)
        if isinstance(found, Rejected):
            counts[f"trials rejected: {found.reason}"] += 1
            if found.fixations:
                counts[f"fixations rejected: {found.reason}"] += found.fixations
        else:
            viewings += found
            used = sum(len(viewing.fixations) for viewing in found)
            counts["fixations of the eye not used"] += _size(trial) - used
    if not viewings:
        raise _nothing_usable(path, recording, counts)
    notes = (
        *_notes(recording, viewings, variable),
        *_place_notes(recording, viewings),
        _eye_note(recording, viewings, eye, reason),
    )
    name = path.name.removesuffix(".gz")
    participant = name[:-4] if name.casefold().endswith(".asc") else Path(name).stem
    origin = Origin("eyelink-asc", path.name, notes=notes)
    return Reading(
        scanpaths=tuple(_scanpath(viewing, participant, origin) for viewing in viewings),
        placements=tuple(viewing.placement for viewing in viewings),
        counts=MappingProxyType(_counts(recording, counts, viewings)),
        notes=origin.notes,
    )


def _size(trial: Trial) -> int:
    return sum(map(len, trial.fixations.values()))


def _preferred_eye(recording: Recording) -> tuple[str, str]:
    """Return the eye to take where there are both, and why."""
    if len(recording.eyes_named) == 1:
        return next(iter(recording.eyes_named)), "a message names it"
    sizes = {eye: sum(len(t.fixations[eye]) for t in recording.trials) for eye in _EYES}
    if sizes["L"] == sizes["R"]:
        return "L", "both have the same number of fixations in the file"
    return max(sizes, key=lambda eye: sizes[eye]), "it has more fixations in the file"


def _picture_variable(trials: list[Trial]) -> str:
    """Return the trial variable that names image files, in most trials; "" for none."""
    found: Counter[str] = Counter()
    for trial in trials:
        found.update(
            name
            for name, value in trial.variables.items()
            if _IMAGE_FILE.fullmatch(Path(value).suffix)
        )
    return max(found, key=lambda name: found[name], default="")


def _viewings(trial: Trial, number: str, eye: str, variable: str) -> list[Viewing] | Rejected:
    """Return the viewings of a trial, or why there are none."""
    size = _size(trial)
    if not trial.recorded:
        return Rejected(_NO_RECORDING, size)
    if not size:
        return Rejected(_NO_FIXATION, 0)
    if not trial.in_px:
        return Rejected(_NO_PIXELS, size)
    if not trial.fixations[eye]:
        eye = "R" if eye == "L" else "L"
    fixations = sorted(trial.fixations[eye], key=lambda fixation: fixation.start_ms)
    pictures = _without_repeats(trial.pictures)
    if len(pictures) > 1:
        return _on_several(trial, pictures, number, eye, fixations) or Rejected(_SEVERAL, size)
    value = trial.variables.get(variable, "")
    if pictures:
        picture = pictures[0]
    elif _IMAGE_FILE.fullmatch(Path(value).suffix):
        picture = Picture(value)
    else:
        return Rejected(_NO_PICTURE, size)
    onset_ms, onset_from = _onset(trial, picture, max(f.end_ms for f in fixations))
    if math.isnan(onset_ms):
        return Rejected(_NO_ONSET, size)
    return [Viewing(picture, trial.screen, number, eye, fixations, onset_ms, onset_from)]


def _without_repeats(pictures: list[Picture]) -> list[Picture]:
    """Return the pictures without those that repeat the one before."""
    taken = pictures[:1]
    for picture in pictures[1:]:
        last = taken[-1]
        if (picture.path, picture.how, picture.place) != (last.path, last.how, last.place):
            taken.append(picture)
    return taken


def _on_several(
    trial: Trial, pictures: list[Picture], number: str, eye: str, fixations: list[Fixation]
) -> list[Viewing]:
    """Return one viewing for each of the pictures that followed one another in a trial.

    A fixation belongs to the picture on which it began; the first picture takes what began
    before it. Nothing is returned when pictures were there at once, or their times are unknown.
    """
    times = np.array([picture.time_ms for picture in pictures])
    ordered = bool((np.diff(times) > _AT_ONCE_MS).all())
    if not ordered or not all(picture.recorded for picture in pictures):
        return []
    starts = [fixation.start_ms for fixation in fixations]
    places = np.maximum(np.searchsorted(times, starts, side="right") - 1, 0).tolist()
    viewings = []
    for k, picture in enumerate(pictures):
        part = [fixation for at, fixation in zip(places, fixations, strict=True) if at == k]
        if part:
            name, onset_ms = f"{number}.{k + 1}", picture.time_ms
            viewings.append(Viewing(picture, trial.screen, name, eye, part, onset_ms, "IMGLOAD"))
    return viewings


def _onset(trial: Trial, picture: Picture, last_ms: float) -> tuple[float, str]:
    """Return when the picture came on, and what tells it.

    A time after the last fixation is of another clock, or of a message sent afterwards.
    """
    known = [
        (picture.time_ms if picture.recorded else math.nan, "IMGLOAD"),
        (trial.synctime_ms, "SYNCTIME"),
        (picture.time_ms, "IMGLOAD before the recording"),
        (trial.trialid_ms, "TRIALID"),
        (trial.start_ms, "START"),
    ]
    return next(((ms, name) for ms, name in known if ms <= last_ms), (math.nan, ""))


def _scanpath(viewing: Viewing, participant: str, origin: Origin) -> Scanpath:
    values = np.array(viewing.fixations, np.float64)
    return Scanpath(
        participant=participant,
        stimulus=viewing.picture.path,
        x_px=values[:, 3],
        y_px=values[:, 4],
        onset_ms=values[:, 0] - viewing.onset_ms,
        duration_ms=values[:, 2],
        exclusion=np.zeros(len(values), np.int8),
        trial=viewing.trial,
        origin=origin,
    )


def _counts(recording: Recording, counts: Counter[str], viewings: list[Viewing]) -> dict[str, int]:
    """Return what was found in the file, then what was left out and what is odd."""
    kinds = ("samples", "fixations", "saccades", "blinks", "messages", "blocks")
    found = {f"{kind} in the file": recording.counts[kind] for kind in kinds}
    found["trials"] = len(recording.trials)
    odd = {
        "fixations rejected: damaged line": recording.damaged,
        "messages rejected: damaged line": recording.damaged_messages,
        "fixations begun but not ended when the recording stopped": recording.unfinished,
        "fixations begun before the stimulus": sum(map(_begun_before, viewings)),
    }
    return found | {name: number for name, number in (odd | counts).items() if number}


def _begun_before(viewing: Viewing) -> int:
    return sum(fixation.start_ms < viewing.onset_ms for fixation in viewing.fixations)


def _notes(recording: Recording, viewings: list[Viewing], variable: str) -> Iterator[str]:
    samples = recording.counts["samples"]
    yield f"Fixations are those that the tracker found; {samples:,} samples were counted, not kept."
    onsets = Counter(viewing.onset_from for viewing in viewings)
    told = ", ".join(f"{name} ({number} times)" for name, number in onsets.items())
    yield f"Onsets count from the line that tells when the picture came on: {told}."
    late = sum(2 * _begun_before(viewing) > len(viewing.fixations) for viewing in viewings)
    if late:
        yield (
            f"In {late} viewings most fixations began before that time: was the message sent after "
            "the picture had come on?"
        )
    by_variable = sum(math.isnan(viewing.picture.time_ms) for viewing in viewings)
    if by_variable:
        yield f"In {by_variable} viewings the trial variable {variable} names the picture."
    known = [value for value in recording.px_per_deg if value > 0]
    if known:
        yield (
            f"The tracker gives {np.mean(known):.1f} pixels of the screen in one degree: give it "
            "as pixels per degree if the pictures were shown in their own size."
        )


def _place_notes(recording: Recording, viewings: list[Viewing]) -> Iterator[str]:
    screens = dict.fromkeys(trial.screen for trial in recording.trials if trial.screen)
    if screens:
        sizes = ", ".join(f"{screen.width_px:g} x {screen.height_px:g}" for screen in screens)
        yield f"The screen has {sizes} pixels."
    placed = Counter(viewing.picture.how for viewing in viewings if viewing.placement)
    if placed["FILL"]:
        yield f"In {placed['FILL']} viewings the picture filled the screen (IMGLOAD FILL)."
    if by_message := placed["CENTER"] + placed["TOP_LEFT"]:
        yield f"In {by_message} viewings IMGLOAD says where on the screen the picture was."
    if placed[""]:
        yield (
            f"In {placed['']} viewings no place of the picture is given: it is taken to have been "
            "in the middle of the screen, in its own size."
        )
    if unplaced := sum(viewing.placement is None for viewing in viewings):
        yield (
            f"In {unplaced} viewings the size of the screen is not given: positions are taken as "
            "pixels of the picture."
        )


def _eye_note(recording: Recording, viewings: list[Viewing], eye: str, reason: str) -> str:
    used = Counter(_EYES[viewing.eye] for viewing in viewings)
    told = ", ".join(f"{name} in {number} viewings" for name, number in used.items())
    if not all(any(trial.fixations[one] for trial in recording.trials) for one in _EYES):
        return f"Eye: {told}; the other has no fixations in the file."
    return f"Eye: {told}. Where there are both, the {_EYES[eye]} one: {reason}."


def _nothing_usable(path: Path, recording: Recording, counts: Counter[str]) -> ReadError:
    """Return the error that says why no trial can be used."""
    reasons = {
        name.removeprefix("trials rejected: "): number
        for name, number in counts.items()
        if name.startswith("trials rejected")
    }
    told = "; ".join(f"{reason}: {number}" for reason, number in reasons.items())
    with_fixations = [name for name in reasons if name != _NO_FIXATION]
    main = max(with_fixations, key=lambda name: reasons[name], default=_NO_FIXATION)
    kinds = ("samples", "fixations", "messages")
    found = ", ".join(f"{recording.counts[kind]:,} {kind}" for kind in kinds)
    return ReadError(
        f"No trial can be used{told and f' ({told})'}; the file has {found}.",
        path,
        hint=_HINTS.get(main, "Is the file complete?"),
    )
