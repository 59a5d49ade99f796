import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.density import density, human_density

POINTS = st.lists(st.tuples(st.floats(0, 39.9), st.floats(0, 29.9)), max_size=12)


def slow(points, shape, sigma_px, weights=None, grid=None):
    rows, columns = grid or shape
    y = (np.arange(rows)[:, None] + 0.5) * shape[0] / rows
    x = (np.arange(columns)[None, :] + 0.5) * shape[1] / columns
    total = np.zeros((rows, columns))
    for k, (px, py) in enumerate(points):
        one = np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * sigma_px**2))
        total += one * (1 if weights is None else weights[k])
    return total


@given(POINTS, st.floats(0.5, 50), st.sampled_from([None, (15, 20), (7, 9), (60, 80)]))
def test_density_is_the_sum_of_gaussians_at_cell_centres(points, sigma_px, grid):
    x, y = np.array(points).reshape(-1, 2).T
    weights = np.arange(1.0, len(x) + 1)
    expected = slow(points, (30, 40), sigma_px, weights, grid)
    found = density(x, y, (30, 40), sigma_px, weights=weights, grid=grid)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-30)


def test_density_agrees_with_filtering_a_count_map():
    counts = np.zeros((90, 120))
    counts[40, 60] = counts[50, 30] = 1
    filtered = gaussian_filter(counts, 6, truncate=12, mode="constant") * 2 * np.pi * 36
    found = density(np.array([60.5, 30.5]), np.array([40.5, 50.5]), (90, 120), 6)
    np.testing.assert_allclose(found, filtered, atol=1e-6)


def test_many_fixations_are_summed_in_blocks():
    rng = np.random.default_rng(1)
    points = rng.uniform(0, 20, (9000, 2))
    found = density(points[:, 0], points[:, 1], (20, 20), 2, grid=(5, 5))
    np.testing.assert_allclose(found, slow(points, (20, 20), 2, grid=(5, 5)), rtol=1e-4)


@given(
    st.integers(32, 200),
    st.floats(0.5, 30),
    st.sampled_from([None, (300, 9), (61, 83)]),
    st.integers(0, 99),
)
def test_the_far_tails_of_many_fixations_are_summed_too(number, sigma_px, grid, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-20, 60, number), rng.choice([rng.uniform(-30, 230), 100.0], number)
    weights = rng.uniform(0.1, 3, number)
    expected = slow(np.column_stack([x, y]), (200, 40), sigma_px, weights, grid)
    found = density(x, y, (200, 40), sigma_px, weights=weights, grid=grid)
    np.testing.assert_allclose(found, expected, rtol=3e-5, atol=1e-30)


def test_memory_given_is_used():
    out = np.full((30, 40), 7, np.float32)
    found = density(np.array([3.0]), np.array([4.0]), (30, 40), 5, out=out)
    assert found is out
    np.testing.assert_array_equal(out, density(np.array([3.0]), np.array([4.0]), (30, 40), 5))


def test_no_fixations_give_zero():
    assert not density(np.empty(0), np.empty(0), (30, 40), 5).any()


@pytest.mark.parametrize("sigma_px", [0, -1, np.nan, np.inf])
def test_a_blur_that_makes_no_sense_is_refused(sigma_px):
    with pytest.raises(SettingsError, match="wider than 0"):
        density(np.array([1.0]), np.array([1.0]), (30, 40), sigma_px)


def test_human_density_leaves_excluded_fixations_out_and_weights_by_duration():
    path = Scanpath(
        "p",
        "s",
        np.array([5.0, np.nan, 30.0]),
        np.array([5.0, 5.0, 20.0]),
        np.array([0.0, 100.0, 200.0]),
        np.array([100.0, 100.0, 300.0]),
        np.array([0, Exclusion.NO_POSITION, 0], np.int8),
    )
    stimulus = Stimulus("s", "s.png", 40, 30, "")
    plain = human_density([path], stimulus, 3)
    timed = human_density([path], stimulus, 3, by_duration=True, grid=(15, 20))
    used = [(5, 5), (30, 20)]
    np.testing.assert_allclose(plain, slow(used, (30, 40), 3), rtol=2e-5, atol=1e-30)
    expected = slow(used, (30, 40), 3, [100, 300], (15, 20))
    np.testing.assert_allclose(timed, expected, rtol=2e-5, atol=1e-27)
    assert not human_density([], stimulus, 3).any()
