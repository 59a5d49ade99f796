"""EyeLink recordings to scanpaths, samples and events, and what was assumed on the way.

What is assumed is said in notes, and every line of the file is accounted for.
"""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.counted import counted
from gazelab.data.gaze import Origin, Scanpath
from gazelab.data.geometry import Screen
from gazelab.data.recording import Events, Recording
from gazelab.errors import ReadError
from gazelab.io.eyelink_asc import parse_asc
from gazelab.io.eyelink_session import EYES, Event, Session
from gazelab.io.eyelink_viewings import (
    NO_FIXATION,
    NO_PIXELS,
    Choice,
    Gaze,
    Viewing,
    preferred,
    viewings,
)
from gazelab.io.eyes import EVENTS_NOTE, MEAN_NOTE
from gazelab.io.reading import (
    NO_POSITION,
    ROWS_READ,
    SAMPLES_LOST,
    SAMPLES_NOT_ASKED_FOR,
    Reading,
    ReadSettings,
)
from gazelab.task import Task

_SUFFIXES = (".asc", ".edf")
_HINTS = {
    NO_PIXELS: "Convert the EDF again with edf2asc, with gaze instead of HREF positions.",
    NO_FIXATION: "Convert the EDF with edf2asc so that events and samples are written too.",
}


def read_asc(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read an ASC file: samples, and the fixations, saccades and blinks the tracker found.

    Of each, one set for each trial and picture, of one eye; the participant is named like
    the file, and trials are numbered from 1. Raises ReadError when no trial can be used.
    """
    session = yield from parse_asc(path, settings.samples)
    return reading_of(session, path, settings, "eyelink-asc")


def reading_of(session: Session, path: Path, settings: ReadSettings, reader: str) -> Reading:
    """Return a recording as scanpaths, samples and events. Raises ReadError as `read_asc`."""
    choice = preferred(session, settings.eye)
    found, counts = viewings(session, choice)
    if not found:
        raise _nothing_usable(path, session, counts)
    notes = (
        *_notes(session, found),
        *_place_notes(session, found),
        *_eye_notes(session, found, choice),
    )
    name = path.name.removesuffix(".gz")
    participant = name[:-4] if name.casefold().endswith(_SUFFIXES) else Path(name).stem
    origin = Origin(reader, path.name, notes=notes)
    maker = _Maker(participant, origin, session)
    return Reading(
        recordings=tuple(maker.recording(v, v.gaze) for v in found if v.gaze is not None),
        scanpaths=tuple(maker.scanpath(viewing) for viewing in found if viewing.fixations),
        events=tuple(events for viewing in found for events in maker.events(viewing)),
        placements={
            (participant, viewing.picture.path, viewing.trial): viewing.placement
            for viewing in found
            if viewing.placement
        },
        contract=_contract(session, found),
        counts=MappingProxyType(_counts(session, counts, found)),
        notes=notes,
    )


class _Maker:
    """Makes what goes into a `Reading`, with times from the onset of the picture."""

    def __init__(self, participant: str, origin: Origin, session: Session) -> None:
        self.participant, self.origin = participant, origin
        known = list(session.resolutions())
        self.px_per_deg = float(np.mean(known)) if known else math.nan

    def scanpath(self, viewing: Viewing) -> Scanpath:
        values = np.array(viewing.fixations, np.float64)
        return Scanpath(
            participant=self.participant,
            stimulus=viewing.picture.path,
            x_px=values[:, 3],
            y_px=values[:, 4],
            onset_ms=values[:, 0] - viewing.onset_ms,
            duration_ms=values[:, 2],
            exclusion=np.zeros(len(values), np.int8),
            trial=viewing.trial,
            origin=self.origin,
        )

    def recording(self, viewing: Viewing, gaze: Gaze) -> Recording:
        """Make the samples of a viewing.

        The tracker tells pixels of the screen in one degree: those of the picture where that
        was shown in its own size.
        """
        placement = viewing.placement
        own_size = placement is not None and placement.size_px is None
        accuracy_deg = viewing.source.accuracy_deg
        eyes = [eye for eye, name in EYES.items() if gaze.eye in (name, "mean")]
        errors = [accuracy_deg.get(eye, math.nan) for eye in eyes]
        return Recording(
            participant=self.participant,
            stimulus=viewing.picture.path,
            t_ms=gaze.time_ms - viewing.onset_ms,
            x_px=gaze.x_px,
            y_px=gaze.y_px,
            trial=viewing.trial,
            pupil=gaze.pupil,
            pupil_unit=gaze.pupil_unit,
            rate_hz=gaze.rate_hz,
            eye=gaze.eye,
            px_per_deg=self.px_per_deg if own_size else math.nan,
            clock_ms=viewing.onset_ms,
            accuracy_deg=sum(errors) / len(errors) if errors else math.nan,
            origin=self.origin,
        )

    def events(self, viewing: Viewing) -> Iterator[Events]:
        """Make the saccades and blinks of a viewing."""
        kinds: tuple[tuple[str, list[Event]], ...] = (
            ("saccade", viewing.saccades),
            ("blink", viewing.blinks),
        )
        for kind, events in kinds:
            if not events:
                continue
            values = np.array(events, np.float64).T
            of_saccades = kind == "saccade"
            yield Events(
                participant=self.participant,
                stimulus=viewing.picture.path,
                kind=kind,
                onset_ms=values[0] - viewing.onset_ms,
                duration_ms=values[2],
                trial=viewing.trial,
                amplitude_deg=values[3] if of_saccades else None,
                peak_velocity_deg_s=values[4] if of_saccades else None,
                origin=self.origin,
            )


def _contract(session: Session, found: list[Viewing]) -> Contract:
    """Return what positions mean: pixels of the screen, and where the pictures were on it."""
    pixels = session.screen
    width_mm, height_mm = session.screen_mm
    reasons = ["EyeLink positions are pixels of the screen, from its upper left corner."]
    size = (math.nan, math.nan) if pixels is None else (pixels.width_px, pixels.height_px)
    if pixels is None:
        reasons.append("The file does not say how many pixels the screen has.")
    else:
        reasons.append(f"A message says that the screen has {size[0]:g} x {size[1]:g} pixels.")
    if not math.isnan(width_mm):
        reasons.append(f"A message says that the screen is {width_mm:g} x {height_mm:g} mm.")
    if not math.isnan(session.distance_mm):
        reasons.append(f"A message says that the eyes were {session.distance_mm:.0f} mm away.")
    told = any(viewing.picture.how and viewing.placement for viewing in found)
    shifted = pixels is not None and (pixels.left_px or pixels.top_px)
    filled = any(viewing.picture.how == "FILL" for viewing in found)
    if told or shifted:
        placed, reason = "as told", "Messages say where on the screen the pictures were."
    elif filled:
        placed, reason = "filled", "Messages say that the pictures filled the screen."
    else:
        placed, reason = "centred", "The file does not say where on the screen the pictures were."
    screen = Screen(*size, width_mm, height_mm, session.distance_mm)
    return Contract("screen px", screen=screen, placed=placed, reasons=(*reasons, reason))


def _counts(session: Session, counts: Counter[str], found: list[Viewing]) -> dict[str, int]:
    """Return what was found in the file, then what was left out and what is odd."""
    kinds = ("samples", "fixations", "saccades", "blinks", "messages", "blocks")
    there = {ROWS_READ: session.lines} if session.lines else {}
    there |= {f"{kind} in the file": session.counts[kind] for kind in kinds}
    there["trials"] = len(session.trials)
    damaged = {f"{kind} rejected: damaged line": session.damaged[kind] for kind in kinds}
    odd = {
        SAMPLES_NOT_ASKED_FOR: session.counts["samples"] * (session.samples is None),
        f"{SAMPLES_LOST}: {NO_POSITION}": sum(viewing.n_lost for viewing in found),
        "fixations begun but not ended when the recording stopped": session.unfinished,
        "fixations begun before the stimulus": sum(viewing.begun_before for viewing in found),
    }
    found_odd = {**damaged, **odd, **counts}
    return there | {name: number for name, number in found_odd.items() if number}


def _notes(session: Session, found: list[Viewing]) -> Iterator[str]:
    samples = session.counts["samples"]
    kept = "were counted, not kept" if session.samples is None else "are in the file"
    yield (
        "Fixations, saccades and blinks are those that the tracker found; "
        f"{samples:,} samples {kept}."
    )
    onsets = Counter(viewing.onset_from for viewing in found)
    told = ", ".join(f"{name} ({counted(number, 'time')})" for name, number in onsets.items())
    yield f"Onsets count from the line that tells when the picture came on: {told}."
    late = sum(2 * viewing.begun_before > len(viewing.fixations) for viewing in found)
    if late:
        yield (
            f"{_in(late)} most fixations began before that time: was the message sent after "
            "the picture had come on?"
        )
    yield from _name_notes(found)
    if known := list(session.resolutions()):
        yield (
            f"The tracker gives {np.mean(known):.1f} pixels of the screen in one degree, which "
            "holds for pictures that were shown in their own size."
        )


def _in(number: int) -> str:
    return f"In {counted(number, 'viewing')}"


def _name_notes(found: list[Viewing]) -> Iterator[str]:
    """Say what names the pictures where no message does."""
    for told_by, number in Counter(viewing.picture.told_by for viewing in found).items():
        if told_by.startswith("variable"):
            yield f"{_in(number)} the trial {told_by} names the picture."
        elif told_by == "DRAW_LIST":
            yield (
                f"{_in(number)} only a file of drawing commands is named (!V DRAW_LIST): "
                "link its name to a picture, or to an empty screen."
            )
        elif told_by != "IMGLOAD":
            what = "the TRIALID message" if told_by else "the number of the trial"
            yield (
                f"{_in(number)} no picture is named; they are named by {what}: link these "
                "names to pictures, or to an empty screen."
            )


def _place_notes(session: Session, found: list[Viewing]) -> Iterator[str]:
    screens = dict.fromkeys(trial.screen for trial in session.trials if trial.screen)
    if screens:
        sizes = ", ".join(f"{screen.width_px:g} x {screen.height_px:g}" for screen in screens)
        yield f"The screen has {sizes} pixels."
    placed = Counter(viewing.picture.how for viewing in found if viewing.placement)
    if placed["FILL"]:
        yield f"{_in(placed['FILL'])} the picture filled the screen (IMGLOAD FILL)."
    if by_message := placed["CENTER"] + placed["TOP_LEFT"]:
        yield f"{_in(by_message)} IMGLOAD says where on the screen the picture was."
    if placed[""]:
        yield (
            f"{_in(placed[''])} no place of the picture is given: it is taken to have been "
            "in the middle of the screen, in its own size."
        )
    if unplaced := sum(viewing.placement is None for viewing in found):
        yield (
            f"{_in(unplaced)} the size of the screen is not given, so the place of the "
            "picture on it is not known."
        )


def _eye_notes(session: Session, found: list[Viewing], choice: Choice) -> Iterator[str]:
    used = Counter(EYES[viewing.eye] for viewing in found)
    told = ", ".join(f"{name} in {counted(number, 'viewing')}" for name, number in used.items())
    sides = "".join(span.header.eyes for trial in session.trials for span in trial.spans)
    sides += "".join(eye for trial in session.trials for eye in EYES if trial.fixations[eye])
    if not all(eye in sides for eye in EYES):
        yield f"Eye: {told}; the other is not in the file."
        return
    yield f"Eye: {told}. Where there are both, the {EYES[choice.eye]} one: {choice.reason}."
    if choice.mean:
        yield f"{MEAN_NOTE} {EVENTS_NOTE.format(EYES[choice.eye])}"


def _nothing_usable(path: Path, session: Session, counts: Counter[str]) -> ReadError:
    """Return the error that says why no trial can be used."""
    reasons = {
        name.removeprefix("trials rejected: "): number
        for name, number in counts.items()
        if name.startswith("trials rejected")
    }
    told = "; ".join(f"{reason}: {number}" for reason, number in reasons.items())
    with_fixations = [name for name in reasons if name != NO_FIXATION]
    main = max(with_fixations, key=lambda name: reasons[name], default=NO_FIXATION)
    kinds = ("samples", "fixations", "messages")
    found = ", ".join(f"{session.counts[kind]:,} {kind}" for kind in kinds)
    return ReadError(
        f"No trial can be used{told and f' ({told})'}; the file has {found}.",
        path,
        hint=_HINTS.get(main, "Is the file complete?"),
    )
