"""Whether what was read can be gaze: the signs of a wrong unit, origin or clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.study.placing import Placed

_INTERVAL_MS = (0.5, 50.0)
_FIXATION_MS = (20.0, 3000.0)
_LEAST_ON_STIMULUS = 0.7


@dataclass(frozen=True, slots=True)
class Sign:
    """One number that tells whether a contract can be right.

    low, high : between these it is plausible. hint : what is probably wrong otherwise.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    hint: str

    @property
    def plausible(self) -> bool:
        """Whether the number is as it should be."""
        return self.low <= self.value <= self.high

    def __str__(self) -> str:
        return f"{self.name}: {self.number} {self.unit}"

    @property
    def number(self) -> str:
        """The value in digits."""
        return f"{self.value:,.0f}" if self.value >= 1000 else f"{self.value:.3g}"


def signs(there: Placed, stimuli: Mapping[str, Stimulus]) -> tuple[Sign, ...]:
    """Return the signs that what was placed gives, undefined ones left out.

    stimuli : by id, those that were looked at.
    """
    interval_ms = _median([np.diff(item.t_ms) for item in there.recordings])
    duration_ms = _median([path.duration_ms for path in there.scanpaths])
    found = (
        Sign("Sample interval", interval_ms, "ms", *_INTERVAL_MS, "Is the unit of time right?"),
        Sign("Median fixation", duration_ms, "ms", *_FIXATION_MS, "Is the unit of time right?"),
        Sign(
            "Samples on the stimulus",
            100 * _samples_on(there, stimuli),
            "%",
            100 * _LEAST_ON_STIMULUS,
            100.0,
            _WHERE,
        ),
        Sign(
            "Fixations on the stimulus",
            100 * _fixations_on(there),
            "%",
            100 * _LEAST_ON_STIMULUS,
            100.0,
            _WHERE,
        ),
    )
    return tuple(sign for sign in found if not np.isnan(sign.value))


_WHERE = "Are positions in pixels of the screen, or of a picture of another size?"


def doubts(there: Placed, stimuli: Mapping[str, Stimulus]) -> list[str]:
    """Return a sentence for each sign that is not plausible."""
    return [
        f"{sign}, which is not plausible. {sign.hint}"
        for sign in signs(there, stimuli)
        if not sign.plausible
    ]


def _median(parts: Sequence[np.ndarray]) -> float:
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else np.nan


def _samples_on(there: Placed, stimuli: Mapping[str, Stimulus]) -> float:
    """Return the share of the samples with a position that lie on their stimulus."""
    counts = [count_on(item, stimuli[item.stimulus]) for item in there.recordings]
    on, with_place = (sum(numbers) for numbers in zip(*counts, strict=True)) if counts else (0, 0)
    return on / with_place if with_place else np.nan


def count_on(item: Recording | Scanpath, stimulus: Stimulus) -> tuple[int, int]:
    """Return how many positions lie on a stimulus, and how many positions there are."""
    x_px, y_px = item.x_px, item.y_px
    rows, columns = stimulus.shape
    on = (x_px >= 0) & (x_px < columns) & (y_px >= 0) & (y_px < rows)
    return int(on.sum()), int(np.isfinite(x_px + y_px).sum())


def _fixations_on(there: Placed) -> float:
    flags = np.concatenate([path.exclusion for path in there.scanpaths] or [np.zeros(0, np.int8)])
    with_place = flags != Exclusion.NO_POSITION
    if not with_place.any():
        return np.nan
    return float((flags[with_place] != Exclusion.OFF_STIMULUS).mean())
