"""What a single map is like: entropy, change, peak."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.report.steps import step_facts

MAPS = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(0, 100, width=32),
)  # fmt: skip


def facts(*maps, shape=(60, 80)):
    return list(step_facts(np.array(maps, np.float32), shape))


def test_an_even_map_has_the_entropy_of_its_cells() -> None:
    (fact,) = facts(np.full((4, 8), 3.0))
    assert fact.glimpse.entropy_bit == pytest.approx(5)
    assert fact.note == "first of 32 equal peaks"


def test_a_single_cell_has_entropy_0_and_is_the_peak() -> None:
    map_ = np.zeros((6, 8))
    map_[2, 5] = 0.5
    (fact,) = facts(map_)
    assert fact.glimpse.entropy_bit == 0
    assert (fact.glimpse.peak_x_px, fact.glimpse.peak_y_px) == (55, 25)
    assert math.isnan(fact.js_divergence_bit)


def test_maps_that_do_not_overlap_differ_by_one_bit() -> None:
    left, right = np.zeros((2, 4)), np.zeros((2, 4))
    left[:, 0] = 1
    right[:, 3] = 7
    assert facts(left, right)[1].js_divergence_bit == pytest.approx(1)


def test_scale_is_no_change() -> None:
    map_ = np.arange(12.0).reshape(3, 4)
    assert facts(map_, 5 * map_)[1].js_divergence_bit == pytest.approx(0, abs=1e-7)


def test_a_map_of_zeros_is_undefined_with_a_reason_and_so_is_the_change_after_it() -> None:
    first, empty, last = facts(np.eye(3), np.zeros((3, 3)), np.eye(3))
    assert math.isnan(empty.glimpse.entropy_bit)
    assert math.isnan(empty.glimpse.peak_x_px)
    assert empty.note == "the map is 0 everywhere"
    assert math.isnan(last.js_divergence_bit)
    assert first.glimpse.entropy_bit == pytest.approx(math.log2(3))


@given(MAPS)
def test_facts_stay_in_their_ranges(maps: np.ndarray) -> None:
    for map_, fact in zip(maps, step_facts(maps, (60, 80)), strict=True):
        if map_.sum() > 0:
            assert 0 <= fact.glimpse.entropy_bit <= math.log2(map_.size) + 1e-6
            assert 0 < fact.glimpse.peak_x_px < 80
            assert 0 < fact.glimpse.peak_y_px < 60
            assert math.isnan(fact.js_divergence_bit) or 0 <= fact.js_divergence_bit <= 1
        else:
            assert math.isnan(fact.glimpse.entropy_bit)


@given(MAPS)
def test_the_change_is_the_same_both_ways(maps: np.ndarray) -> None:
    forth = [fact.js_divergence_bit for fact in step_facts(maps, (6, 8))][1:]
    back = [fact.js_divergence_bit for fact in step_facts(maps[::-1], (6, 8))][1:]
    assert forth == pytest.approx(back[::-1], nan_ok=True, abs=1e-9)
