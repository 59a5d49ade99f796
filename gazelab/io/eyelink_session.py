"""What an EyeLink recording holds: trials with their events, samples and messages."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from gazelab.data.geometry import Placement
from gazelab.io.eyelink_samples import Samples

EYES = {"L": "left", "R": "right"}


class Fixation(NamedTuple):
    """One fixation of one eye, on the clock of the tracker, in pixels of the screen."""

    start_ms: float
    end_ms: float
    duration_ms: float
    x_px: float
    y_px: float


class Event(NamedTuple):
    """One saccade or blink of one eye, on the clock of the tracker.

    amplitude_deg, peak_velocity_deg_s : NaN for blinks, and where they are not known.
    """

    start_ms: float
    end_ms: float
    duration_ms: float
    amplitude_deg: float = math.nan
    peak_velocity_deg_s: float = math.nan


class Pixels(NamedTuple):
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
    told_by : IMGLOAD, DRAW_LIST, "variable NAME", TRIALID, or "" when only the number of the
        trial is known.
    """

    path: str
    time_ms: float = math.nan
    recorded: bool = False
    how: str = ""
    place: tuple[float, ...] = ()
    told_by: str = "IMGLOAD"

    def placement(self, screen: Pixels | None) -> Placement | None:
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


@dataclass(frozen=True, slots=True)
class Header:
    """What the lines at the beginning of a block say of its samples.

    eyes : "L", "R", "LR", "" when not told. pupil : "area" or "diameter", "" when not told.
    """

    eyes: str = ""
    in_px: bool = True
    rate_hz: float = math.nan
    pupil: str = ""


@dataclass(slots=True)
class Span:
    """Samples that follow one another in the file: their places, and what they are."""

    start: int
    stop: int
    header: Header


def _by_eye() -> dict[str, list]:
    return {eye: [] for eye in EYES}


@dataclass(slots=True)
class Trial:
    """What was recorded between two trial messages, or in one block without any.

    name : the words of the TRIALID message.
    trialid_ms, synctime_ms, start_ms : times of these lines, NaN where there are none.
    fixations, saccades, blinks : by eye, "L" and "R". in_px : fixations are in pixels.
    accuracy_deg : by eye, of the last validation before the recording.
    px_per_deg : the resolution of the tracker at the end of the block.
    """

    name: str = ""
    trialid_ms: float = math.nan
    synctime_ms: float = math.nan
    start_ms: float = math.nan
    recorded: bool = False
    finished: bool = False
    in_px: bool = True
    screen: Pixels | None = None
    pictures: list[Picture] = field(default_factory=list)
    drawings: list[Picture] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    fixations: dict[str, list[Fixation]] = field(default_factory=_by_eye)
    saccades: dict[str, list[Event]] = field(default_factory=_by_eye)
    blinks: dict[str, list[Event]] = field(default_factory=_by_eye)
    spans: list[Span] = field(default_factory=list)
    accuracy_deg: dict[str, float] = field(default_factory=dict)
    px_per_deg: list[float] = field(default_factory=list)

    def take_samples(self, start: int, stop: int, header: Header) -> None:
        """Add the samples at these places in the file."""
        last = self.spans[-1] if self.spans else None
        if last is not None and last.stop == start and last.header == header:
            last.stop = stop
        else:
            self.spans.append(Span(start, stop, header))

    def counts(self) -> Counter[str]:
        """Return how many fixations, saccades, blinks and samples there are."""
        counts: Counter[str] = Counter()
        for eye in EYES:
            counts["fixations"] += len(self.fixations[eye])
            counts["saccades"] += len(self.saccades[eye])
            counts["blinks"] += len(self.blinks[eye])
        counts["samples"] = sum(span.stop - span.start for span in self.spans)
        return counts


@dataclass(slots=True)
class Session:
    """What a file holds.

    samples : None when they were only counted.
    lines : of a text, empty ones left out; 0 for a binary file.
    counts : lines by kind: samples, fixations, saccades, blinks, messages, blocks.
    damaged : by kind, those whose line is damaged.
    unfinished : fixations begun but not ended in a block.
    eyes_named : the eyes that messages name as the one used.
    screen_mm : width and height of the screen; distance_mm : of the eyes from its middle.
    """

    trials: list[Trial] = field(default_factory=list)
    samples: Samples | None = None
    lines: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0
    eyes_named: set[str] = field(default_factory=set)
    screen_mm: tuple[float, float] = (math.nan, math.nan)
    distance_mm: float = math.nan

    @property
    def screen(self) -> Pixels | None:
        """The first screen that a trial was shown on."""
        return next((trial.screen for trial in self.trials if trial.screen), None)

    def resolutions(self) -> Iterator[float]:
        """Yield the pixels of the screen in one degree, as the tracker gives them."""
        for trial in self.trials:
            yield from (value for value in trial.px_per_deg if value > 0)

    def settle(self) -> None:
        """Put right what could not be known before the end of the file."""
        screen = self.screen
        for trial in self.trials:  # the size is told late in some files
            trial.screen = trial.screen or screen
        if self.samples is not None:
            self.damaged["samples"] = int(np.isnan(self.samples.time_ms).sum())
