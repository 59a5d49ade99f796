"""Which attention step stands beside which fixation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.alignment import (
    ALIGNMENTS,
    fixation_of_step,
    step_of_fixation,
    steps_of_fixations,
)
from gazelab.data.gaze import Scanpath, onsets_from_durations


def scanpath(*durations: float) -> Scanpath:
    duration_ms = np.array(durations, float)
    zeros = np.zeros(len(durations))
    flags = np.zeros(len(durations), np.int8)
    return Scanpath("P", "a", zeros, zeros, onsets_from_durations(duration_ms), duration_ms, flags)


def test_by_index_the_longer_one_has_no_counterpart() -> None:
    path = scanpath(100, 100, 100)
    assert steps_of_fixations(path, 2, "index") == [0, 1, None]
    assert steps_of_fixations(path, 4, "index") == [0, 1, 2]
    assert [fixation_of_step(path, step, 4, "index") for step in range(4)] == [0, 1, 2, None]


def test_by_time_the_middle_of_a_fixation_counts() -> None:
    path = scanpath(100, 700, 200)  # middles at 50, 450 and 900 of 1000 ms
    assert steps_of_fixations(path, 4, "time") == [0, 1, 3]
    assert fixation_of_step(path, 2, 4, "time") is None
    assert fixation_of_step(path, 3, 4, "time") == 2


def test_unlinked_nothing_stands_beside_anything() -> None:
    assert steps_of_fixations(scanpath(100, 100), 4, "unlinked") == [None, None]


@pytest.mark.parametrize("alignment", ALIGNMENTS)
def test_outside_there_is_nothing(alignment: str) -> None:
    path = scanpath(100, 100)
    assert step_of_fixation(path, 4, 4, alignment) is None
    assert step_of_fixation(path, -1, 4, alignment) is None
    assert steps_of_fixations(scanpath(), 4, alignment) == []


def test_past_the_scanpath_only_the_index_still_counts() -> None:
    path = scanpath(100, 100)
    assert [step_of_fixation(path, 2, 4, alignment) for alignment in ALIGNMENTS] == [2, None, None]


def test_without_durations_time_says_nothing() -> None:
    nan = float("nan")
    assert steps_of_fixations(scanpath(nan, nan), 4, "time") == [None, None]
    assert steps_of_fixations(scanpath(nan, 100), 4, "time") == [None, 2]


@given(
    st.lists(st.floats(1, 1000), min_size=1, max_size=8),
    st.integers(1, 9),
    st.sampled_from(["index", "time"]),
)
def test_steps_never_go_backwards(durations: list[float], steps: int, alignment: str) -> None:
    path = scanpath(*durations)
    beside = [step for step in steps_of_fixations(path, steps, alignment) if step is not None]
    assert beside == sorted(beside)
    assert all(0 <= step < steps for step in beside)
    for step in range(steps):
        fixation = fixation_of_step(path, step, steps, alignment)
        if fixation is not None:
            assert step_of_fixation(path, fixation, steps, alignment) == step


def test_parts_of_the_viewing_hold_their_fixations_by_index_and_by_time() -> None:
    path = scanpath(*[100] * 9)
    for alignment in ("index", "time"):
        beside = steps_of_fixations(path, (1, 3, 5, 8), alignment)
        assert beside == [0, 0, 1, 1, 2, 2, 2, 3, 3]
        assert fixation_of_step(path, 2, (1, 3, 5, 8), alignment) == 4
    assert fixation_of_step(scanpath(100, 100), 1, (1, 3), "index") is None
    assert steps_of_fixations(path, (1, 3), "unlinked") == [None] * 9
