"""Velocity from positions in degrees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.errors import SettingsError
from gazelab.gaze.signal import Signal, sample_interval_ms
from gazelab.gaze.velocity import METHODS, speed, velocities

REACH = {"neighbors": [1.0], "fivepoint": [1.0, 1.0]}


def slow_velocity(signal, weights):
    """Go through the samples one by one; the window shrinks beside lost samples and breaks."""
    x, t = signal.x_deg, signal.t_ms
    there = signal.tracked
    result = np.full(len(x), np.nan)

    def joined(i, j):
        between = range(min(i, j) + 1, max(i, j) + 1)
        inside = min(i, j) >= 0 and max(i, j) < len(x) and there[min(i, j) : max(i, j) + 1].all()
        return inside and not any(b in signal.breaks for b in between)

    for i in np.flatnonzero(there):
        k = 0
        while k < len(weights) and joined(i, i - k - 1) and joined(i, i + k + 1):
            k += 1
        if k:
            up = sum(w * (x[i + j] - x[i - j]) for j, w in enumerate(weights[:k], 1))
            down = sum(w * (t[i + j] - t[i - j]) for j, w in enumerate(weights[:k], 1))
        else:
            j = i + 1 if joined(i, i + 1) else i - 1
            if not joined(i, j):
                continue
            up, down = x[j] - x[i], t[j] - t[i]
        if k == 0 and down < 0:
            up, down = -up, -down
        result[i] = 1e3 * up / down if down > 0 else np.nan
    return result


POSITIONS = hnp.arrays(
    np.float64, st.integers(2, 60), elements=st.one_of(st.floats(-20, 20), st.just(np.nan))
)


@given(POSITIONS, st.sampled_from(["neighbors", "fivepoint", "savgol"]), st.data())
def test_velocity_equals_the_plain_one(x, method, data):
    steps = st.sampled_from([1.0, 2.0, 0.0, 40.0] if data.draw(st.booleans()) else [2.0])
    gaps = data.draw(st.lists(steps, min_size=len(x) - 1, max_size=len(x) - 1))
    signal = Signal(np.concatenate([[0.0], np.cumsum(gaps)]), x, x * 2)
    weights = REACH.get(method)
    if weights is None:
        half = round(12 / signal.interval_ms / 2) if signal.interval_ms > 0 else 1
        weights = list(range(1, max(half, 1) + 1))
    vx, vy = velocities(signal, method, window_ms=12)
    expected = slow_velocity(signal, weights)
    np.testing.assert_allclose(vx, expected, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(vy, 2 * expected, rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_a_steady_movement_has_its_velocity_everywhere(method):
    t_ms = np.arange(200) * 2.0
    signal = Signal(t_ms, 0.03 * t_ms, -0.04 * t_ms)
    np.testing.assert_allclose(speed(signal, method), 50)


@pytest.mark.parametrize("method", METHODS)
def test_a_steady_movement_has_its_velocity_with_doubled_and_uneven_stamps(method):
    even = np.arange(2000) * 0.5
    doubled = Signal(np.floor(even), 0.1 * even, 0 * even)
    found = speed(doubled, method)
    assert doubled.interval_ms == pytest.approx(0.5)
    if method == "savgol":
        np.testing.assert_allclose(found[20:-20], 100, rtol=0.1)
    uneven = np.cumsum(np.random.default_rng(0).uniform(3, 5, 500))
    np.testing.assert_allclose(speed(Signal(uneven, 0.1 * uneven, 0 * uneven), method), 100)


@pytest.mark.parametrize("method", METHODS)
def test_a_gap_is_never_bridged(method):
    t_ms = np.arange(100) * 1.0
    x = np.where(t_ms < 50, 0.0, 30.0)  # the eye moved while it was lost
    lost = x.copy()
    lost[50] = np.nan
    found = speed(Signal(t_ms, lost, lost), method)
    assert np.isnan(found[50])
    assert found[:50].max() == 0
    assert found[51:].max() == 0
    later = t_ms + np.where(t_ms < 50, 0, 20)  # or its samples are not there at all
    assert speed(Signal(later, x, x), method).max() == 0


def test_a_sample_between_lost_ones_has_no_velocity():
    x = np.array([np.nan, 1.0, np.nan, 2.0, 2.0])
    found = speed(Signal(np.arange(5.0), x, x), "fivepoint")
    np.testing.assert_array_equal(np.isnan(found), [True, True, True, False, False])


def test_stamps_that_stand_still_give_no_velocity():
    found = speed(Signal(np.zeros(9), np.arange(9.0), np.arange(9.0)))
    assert np.isnan(found).all()


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_samples(n):
    signal = Signal(np.zeros(n), np.zeros(n), np.zeros(n))
    for method in METHODS:
        assert np.isnan(speed(signal, method)).all()


def test_an_unknown_method_is_named():
    with pytest.raises(SettingsError, match="sixpoint"):
        speed(Signal(np.arange(9.0), np.arange(9.0), np.arange(9.0)), "sixpoint")


def test_the_interval_is_found_among_gaps_and_doubled_stamps():
    even = np.arange(1000) * 0.5
    assert sample_interval_ms(even) == 0.5
    assert sample_interval_ms(np.floor(even)) == 0.5
    late = even + np.where(np.arange(1000) > 300, 5000, 0) + np.where(np.arange(1000) > 800, 70, 0)
    assert sample_interval_ms(late) == 0.5
    assert np.isnan(sample_interval_ms(even[:1]))
