"""Which attention timestep stands beside which fixation.

The two sequences differ in length, so the rule is a visible choice and travels with every
number that depends on it. Indices count from 0; None means "no counterpart".
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeAlias

from gazelab.data.gaze import Scanpath

ALIGNMENTS = ("index", "time", "unlinked")
"""index: fixation k beside step k. time: the step whose equal share of the viewing time
holds the middle of the fixation. unlinked: each is stepped by itself."""

Steps: TypeAlias = int | tuple[int, ...]
"""How many steps there are; or, where each was made for a part of the viewing, the first
fixation of each part, counted from 1. Parts are beside their fixations by index and by time."""


def number_of(steps: Steps) -> int:
    """Return how many steps there are."""
    return steps if isinstance(steps, int) else len(steps)


def step_by_index(fixation: int, steps: Steps) -> int | None:
    """Return the step beside a fixation by index, which is the same for every scanpath."""
    if not isinstance(steps, int):
        return bisect_right(steps, fixation + 1) - 1
    return fixation if fixation < steps else None


def step_of_fixation(scanpath: Scanpath, fixation: int, steps: Steps, alignment: str) -> int | None:
    """Return the step that stands beside a fixation, or None where there is none.

    By index, a fixation past the end of the scanpath still has its step: a machine may
    take more steps than a person makes fixations.
    """
    if fixation < 0 or alignment == "unlinked":
        return None
    if alignment == "index" or not isinstance(steps, int):
        return step_by_index(fixation, steps)
    end_ms = scanpath.end_ms
    if fixation >= len(scanpath) or not end_ms > 0:
        return None
    middle_ms = scanpath.onset_ms[fixation] + scanpath.duration_ms[fixation] / 2
    return min(int(steps * middle_ms / end_ms), steps - 1) if middle_ms == middle_ms else None


def steps_of_fixations(scanpath: Scanpath, steps: Steps, alignment: str) -> Sequence[int | None]:
    """Return for each fixation of a scanpath the step beside it."""
    return [step_of_fixation(scanpath, k, steps, alignment) for k in range(len(scanpath))]


def fixation_of_step(scanpath: Scanpath, step: int, steps: Steps, alignment: str) -> int | None:
    """Return the first fixation that stands beside a step, or None where there is none."""
    beside = steps_of_fixations(scanpath, steps, alignment)
    return beside.index(step) if step in beside else None
