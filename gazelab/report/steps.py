"""What one timestep's map is like by itself: how spread, how new, and where."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gazelab.gaze.glimpses import Glimpse, glimpse, js_divergence_bit


@dataclass(frozen=True, slots=True)
class StepFacts:
    """Facts about one map; NaN where undefined, and then `note` says why.

    glimpse : where it is and how spread. js_divergence_bit : Jensen-Shannon divergence from
    the map before, in 0 ... 1; NaN for the first.
    """

    glimpse: Glimpse
    js_divergence_bit: float
    note: str = ""


def step_facts(maps: np.ndarray, shape: tuple[float, float]) -> Iterator[StepFacts]:
    """Yield the facts of each of (T, rows, columns) maps over a (rows, columns) stimulus."""
    before: np.ndarray | None = None
    for map_ in maps:
        change = math.nan if before is None else js_divergence_bit(before, map_)
        yield StepFacts(glimpse(map_, shape[1], shape[0]), change, _note(map_))
        before = map_


def _note(map_: np.ndarray) -> str:
    strongest = map_.max()
    if not strongest > 0:
        return "the map is 0 everywhere"
    ties = int((map_ == strongest).sum())
    return f"first of {ties} equal peaks" if ties > 1 else ""
