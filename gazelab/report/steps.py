"""What one timestep's map is like by itself: how spread, how new, and where strongest."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class StepFacts:
    """Facts about one map; NaN where undefined, and then `note` says why.

    entropy_bit : of the map divided by its sum; 0 (one cell) to log2 of the cells (even).
    js_divergence_bit : Jensen-Shannon divergence from the map before (Lin 1991, IEEE
        Transactions on Information Theory 37, 145-151), in 0 ... 1; NaN for the first.
    peak_x_px, peak_y_px : middle of the strongest cell, in pixels of the stimulus.
    """

    entropy_bit: float
    js_divergence_bit: float
    peak_x_px: float
    peak_y_px: float
    note: str = ""


def step_facts(maps: np.ndarray, shape: tuple[float, float]) -> Iterator[StepFacts]:
    """Yield the facts of each of (T, rows, columns) maps over a (rows, columns) stimulus."""
    before: np.ndarray | None = None
    for map_ in maps:
        total = float(map_.sum(dtype=np.float64))
        if not total > 0:
            before = None
            yield StepFacts(math.nan, math.nan, math.nan, math.nan, "the map is 0 everywhere")
            continue
        share = map_.astype(np.float64) / total
        entropy = entropy_bit(share)
        change = math.nan
        if before is not None:
            mixed = entropy_bit((share + before) / 2)
            change = min(1.0, max(0.0, mixed - (entropy + entropy_bit(before)) / 2))
        yield StepFacts(entropy, change, *_peak(map_, shape))
        before = share


def entropy_bit(share: np.ndarray) -> float:
    """Return the entropy of shares that sum to 1; a share of 0 adds nothing."""
    some = share[share > 0]
    return max(0.0, float(-(some * np.log2(some)).sum()))


def _peak(map_: np.ndarray, shape: tuple[float, float]) -> tuple[float, float, str]:
    rows, columns = map_.shape
    strongest = map_.max()
    row, column = divmod(int(map_.argmax()), columns)
    ties = int((map_ == strongest).sum())
    note = f"first of {ties} equal peaks" if ties > 1 else ""
    return (column + 0.5) * shape[1] / columns, (row + 0.5) * shape[0] / rows, note
