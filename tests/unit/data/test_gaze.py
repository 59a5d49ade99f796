"""Scanpaths: exclusions, onsets, and what a scanpath says of itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.data.gaze import (
    Exclusion,
    Origin,
    Scanpath,
    exclusions,
    onsets_from_durations,
)

NAN = float("nan")


def scanpath(*durations: float) -> Scanpath:
    duration_ms = np.array(durations, float)
    x_px = np.arange(float(len(durations)))
    flags = exclusions(x_px, x_px, duration_ms, 3, 3)
    onset_ms = onsets_from_durations(duration_ms)
    return Scanpath("P", "a.png", x_px, x_px + 1, onset_ms, duration_ms, flags)


def test_the_stimulus_ends_before_its_width() -> None:
    x = np.array([0.0, 799.99, 800.0, -0.01, 5.0, NAN, np.inf])
    y = np.array([0.0, 599.99, 5.0, 5.0, 600.0, 5.0, 5.0])
    flags = exclusions(x, y, np.full(7, 200.0), 800, 600)
    off, none = Exclusion.OFF_STIMULUS, Exclusion.NO_POSITION
    assert flags.tolist() == [0, 0, off, off, off, none, none]
    assert flags.dtype == np.int8


def test_a_duration_is_positive() -> None:
    flags = exclusions(np.ones(4), np.ones(4), np.array([NAN, 0.0, -5.0, 1.0]), 8, 8)
    assert flags.tolist() == [Exclusion.NO_DURATION] * 3 + [Exclusion.NONE]


def test_every_exclusion_has_a_reason() -> None:
    assert len({exclusion.reason for exclusion in Exclusion}) == len(Exclusion)


def test_excluded_fixations_can_be_left_out_of_every_column() -> None:
    path = scanpath(100, NAN, 300, 400)
    assert path.used.tolist() == [True, False, True, False]
    kept = path.without_excluded()
    assert kept.x_px.tolist() == [0, 2]
    assert kept.y_px.tolist() == [1, 3]
    assert kept.onset_ms.tolist() == [0, 100]
    assert kept.duration_ms.tolist() == [100, 300]
    assert len(path) == 4


def test_a_scanpath_knows_its_key_and_its_end() -> None:
    path = scanpath(100, 200)
    assert path.key == ("P", "a.png", "1")
    assert path.end_ms == 300
    assert scanpath().end_ms == 0
    assert path.origin == Origin("unknown")


@given(hnp.arrays(np.float64, st.integers(0, 20), elements=st.floats(1, 5000)))
def test_synthesised_onsets_leave_no_gaps(duration_ms: np.ndarray) -> None:
    onset_ms = onsets_from_durations(duration_ms)
    assert len(onset_ms) == len(duration_ms)
    np.testing.assert_allclose(np.diff(onset_ms), duration_ms[:-1])
    assert (onset_ms[:1] == 0).all()


@given(
    hnp.arrays(np.float64, 6, elements=st.floats(width=64)),
    hnp.arrays(np.float64, 6, elements=st.floats(width=64)),
)
def test_fixations_in_use_lie_on_a_pixel(x: np.ndarray, y: np.ndarray) -> None:
    used = exclusions(x, y, np.ones(6), 9, 5) == Exclusion.NONE
    assert ((np.floor(x[used]) >= 0) & (np.floor(x[used]) < 9)).all()
    assert ((np.floor(y[used]) >= 0) & (np.floor(y[used]) < 5)).all()
