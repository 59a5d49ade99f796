"""Which fixation and which attention step belong to a moment of viewing. Knows no Qt."""

import math
from dataclasses import dataclass

import numpy as np

from gazelab.data.alignment import Steps, number_of, steps_of_fixations
from gazelab.data.gaze import Scanpath


@dataclass(frozen=True, slots=True)
class Band:
    """A span of time beside which a step stands; None for a fixation without counterpart."""

    step: int | None
    start_ms: float
    stop_ms: float


def fixation_at(scanpath: Scanpath, position_ms: float) -> int | None:
    """Return the index of the fixation at or last before a time, None before the first."""
    index = int(np.searchsorted(scanpath.onset_ms, position_ms, side="right")) - 1
    return index if index >= 0 else None


def step_bands(scanpath: Scanpath, steps: Steps, alignment: str) -> list[Band]:
    """Return the spans of time of attention steps; none where they are not linked to time.

    index: the span of the fixations beside each step. time: equal shares of the viewing.
    """
    if number_of(steps) < 1 or len(scanpath) == 0 or alignment == "unlinked":
        return []
    if alignment == "time" and isinstance(steps, int):
        share_ms = scanpath.end_ms / steps
        return [Band(t, t * share_ms, (t + 1) * share_ms) for t in range(steps)]
    starts = scanpath.onset_ms.tolist()
    stops = (scanpath.onset_ms + np.nan_to_num(scanpath.duration_ms)).tolist()
    bands: list[Band] = []
    beside = steps_of_fixations(scanpath, steps, alignment)
    for step, start, stop in zip(beside, starts, stops, strict=True):
        if step is not None and bands and bands[-1].step == step:
            start = bands.pop().start_ms
        bands.append(Band(step, start, stop))
    return bands


def tick_step_ms(duration_ms: float, most: int) -> float:
    """Return the distance of round time ticks (1, 2 or 5 times a power of ten)."""
    least = max(duration_ms, 1.0) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * 0.999)
