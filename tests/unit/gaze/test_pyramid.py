"""A long signal, drawn at any zoom."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.errors import SettingsError
from gazelab.gaze import pyramid as under_test
from gazelab.gaze.pyramid import Pyramid
from gazelab.gaze.signal import Signal


def slow_columns(t_ms, values, t0_ms, t1_ms, width_px):
    """Look at all samples of each column."""
    edges = t0_ms + (t1_ms - t0_ms) * (np.arange(width_px + 1) / width_px)
    breaks = Signal(t_ms, values, values).breaks
    low, high, gap = [np.nan] * width_px, [np.nan] * width_px, [False] * width_px
    for c in range(width_px):
        inside = values[(t_ms >= edges[c]) & (t_ms < edges[c + 1])]
        there = inside[~np.isnan(inside)]
        if len(there):
            low[c], high[c] = there.min(), there.max()
        silent = any(t_ms[b - 1] < edges[c + 1] and t_ms[b] >= edges[c] for b in breaks)
        gap[c] = bool(np.isnan(inside).any()) or silent
    return low, high, gap


VALUES = hnp.arrays(
    np.float64, st.integers(0, 400), elements=st.one_of(st.floats(-9, 9), st.just(np.nan))
)


@settings(deadline=None)
@given(VALUES, st.floats(-50, 400), st.floats(0.5, 500), st.integers(1, 40), st.integers(0, 400),
       st.sampled_from([1, 2, 128]))  # fmt: skip
def test_columns_equal_looking_at_all_samples(values, t0_ms, span_ms, width_px, late, enough):
    t_ms = np.arange(len(values)) + np.where(np.arange(len(values)) >= late, 30.0, 0.0)
    pyramid = Pyramid.build(t_ms, values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "_ENOUGH", enough)  # so that coarse levels take part
        found = pyramid.columns(t0_ms, t0_ms + span_ms, width_px)
    low, high, gap = slow_columns(t_ms, values, t0_ms, t0_ms + span_ms, width_px)
    np.testing.assert_array_equal(found.low, low)
    np.testing.assert_array_equal(found.high, high)
    np.testing.assert_array_equal(found.gap, gap)


def test_a_single_lost_sample_shows_at_every_zoom_and_hides_no_extreme():
    values = np.zeros(100_000)
    values[54_321] = 7
    values[54_322] = np.nan
    pyramid = Pyramid.build(np.arange(100_000.0), values)
    for span in (100_000, 20_000, 2000):
        found = pyramid.columns(54_321 - span / 2, 54_321 + span / 2, 50)
        assert np.nanmax(found.high) == 7
        assert np.count_nonzero(found.gap) == 1
        assert np.nanmin(found.low) == 0


def test_a_column_of_lost_samples_is_a_gap_and_an_empty_one_is_none():
    pyramid = Pyramid.build(np.arange(0.0, 40.0, 4.0), np.full(10, np.nan))
    lost = pyramid.columns(0, 40, 5)
    assert lost.gap.all()
    assert np.isnan(lost.low).all()
    between = Pyramid.build(np.arange(0.0, 40.0, 4.0), np.ones(10)).columns(0.5, 3.5, 3)
    assert np.isnan(between.high).all()
    assert not between.gap.any()


def test_a_view_without_width_is_refused():
    pyramid = Pyramid.build(np.arange(5.0), np.arange(5.0))
    with pytest.raises(SettingsError):
        pyramid.columns(3, 3, 10)
    with pytest.raises(SettingsError):
        pyramid.columns(0, 3, 0)
