"""What people looked at: scanpaths, the ordered fixations of one viewing."""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeAlias

import numpy as np

Vector: TypeAlias = np.ndarray
"""A one-dimensional array."""

TrialKey: TypeAlias = tuple[str, str, str]
"""Participant, stimulus and trial."""


class Exclusion(IntEnum):
    """Why a fixation takes no part in any measure; it is kept, shown and counted."""

    NONE = 0
    OFF_STIMULUS = 1
    NO_POSITION = 2
    NO_DURATION = 3
    BY_RULE = 4

    @property
    def reason(self) -> str:
        """The reason in words, for reports."""
        return _REASONS[self]


_REASONS = {
    Exclusion.NONE: "not excluded",
    Exclusion.OFF_STIMULUS: "off the stimulus",
    Exclusion.NO_POSITION: "no position",
    Exclusion.NO_DURATION: "no duration",
    Exclusion.BY_RULE: "by a rule of the study",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where fixations come from: the reader or detector, its settings, and what it assumed.

    synthetic_onsets : True when the source had no times, so that onsets are the running
        sum of the durations; said wherever times are shown.
    simulated : True for made-up data; labelled wherever it appears.
    settings : (name, value) of each parameter of a detector.
    """

    reader: str
    source: str = ""
    synthetic_onsets: bool = False
    simulated: bool = False
    notes: tuple[str, ...] = ()
    settings: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scanpath:
    """The fixations of one participant on one stimulus in one trial, in order of onset.

    x_px, y_px, onset_ms, duration_ms : (n,) float64; onset from stimulus onset, ascending.
    exclusion : (n,) int8 of `Exclusion`; excluded fixations stay in the arrays.
    """

    participant: str
    stimulus: str
    x_px: Vector
    y_px: Vector
    onset_ms: Vector
    duration_ms: Vector
    exclusion: Vector
    trial: str = "1"
    origin: Origin = Origin("unknown")

    def __len__(self) -> int:
        return len(self.x_px)

    @property
    def used(self) -> Vector:
        """(n,) bool: the fixations that take part in measures."""
        return self.exclusion == Exclusion.NONE

    @property
    def key(self) -> TrialKey:
        """What identifies a scanpath in a project."""
        return self.participant, self.stimulus, self.trial

    @property
    def end_ms(self) -> float:
        """End of the last fixation, 0 for an empty scanpath."""
        return float(self.onset_ms[-1] + np.nan_to_num(self.duration_ms[-1])) if len(self) else 0.0

    def without_excluded(self) -> "Scanpath":
        """Return the scanpath with the fixations in use only."""
        keep = self.used
        return replace(
            self,
            x_px=self.x_px[keep],
            y_px=self.y_px[keep],
            onset_ms=self.onset_ms[keep],
            duration_ms=self.duration_ms[keep],
            exclusion=self.exclusion[keep],
        )


def exclusions(
    x_px: Vector,
    y_px: Vector,
    duration_ms: Vector,
    width_px: int | Vector,
    height_px: int | Vector,
) -> Vector:
    """Return the `Exclusion` of each fixation as (n,) int8.

    width_px, height_px : of the stimulus, or (n,) of the stimulus of each fixation.
    A missing duration counts as an exclusion only when it is NaN or not positive.
    """
    result = np.zeros(len(x_px), np.int8)
    result[~(np.nan_to_num(duration_ms) > 0)] = Exclusion.NO_DURATION
    with np.errstate(invalid="ignore"):
        on = (x_px >= 0) & (x_px < width_px) & (y_px >= 0) & (y_px < height_px)
    result[~on] = Exclusion.OFF_STIMULUS
    result[~(np.isfinite(x_px) & np.isfinite(y_px))] = Exclusion.NO_POSITION
    return result


def onsets_from_durations(duration_ms: Vector) -> Vector:
    """Return onsets as the running sum of durations, for sources that give no times.

    Saccades take time too, so true onsets are later; say "synthesised" beside them.
    """
    onset = np.zeros(len(duration_ms))
    np.cumsum(np.nan_to_num(duration_ms[:-1]), out=onset[1:])
    return onset
