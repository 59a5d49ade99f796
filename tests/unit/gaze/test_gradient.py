import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.errors import SettingsError
from gazelab.gaze.density import density
from gazelab.gaze.gradient import (
    FALLOFFS,
    end_of_shares,
    gradient_maps,
    grid_for,
    has_times,
    kernel_of,
    weights_by_fixation,
    weights_in_time,
)

SHAPE, GRID, PX_PER_DEG = (30, 40), (6, 8), 5.0
NAMES = tuple(falloff.id for falloff in FALLOFFS)


def scanpath(x, y, onset_ms, duration_ms, excluded=()):
    exclusion = np.zeros(len(x), np.int8)
    exclusion[list(excluded)] = Exclusion.BY_RULE
    arrays = (np.asarray(each, float) for each in (x, y, onset_ms, duration_ms))
    return Scanpath("P1", "a", *arrays, exclusion)


@st.composite
def scanpaths(draw):
    n = draw(st.integers(1, 7))
    x = draw(st.lists(st.floats(0, 39.9), min_size=n, max_size=n))
    y = draw(st.lists(st.floats(0, 29.9), min_size=n, max_size=n))
    lengths = draw(st.lists(st.floats(1, 900), min_size=2 * n, max_size=2 * n))
    onsets = np.cumsum(lengths) - lengths  # every other length is a saccade
    excluded = draw(st.sets(st.integers(0, n - 1)))
    return scanpath(x, y, onsets[::2], lengths[::2], excluded)


def falloff(name, e_deg, width_deg):
    if name == "gaussian":
        return math.exp(-(e_deg**2) / (2 * width_deg**2))
    if name == "exponential":
        return math.exp(-e_deg / width_deg)
    if name == "acuity":
        return 1 / (1 + e_deg / width_deg)
    return 1.0 if e_deg <= width_deg else 0.0


def slow(path, kernel, weight):
    """Evaluate one map at the centre of each cell, fixation by fixation."""
    map_ = np.zeros(GRID)
    for row in range(GRID[0]):
        for column in range(GRID[1]):
            x, y = (column + 0.5) * SHAPE[1] / GRID[1], (row + 0.5) * SHAPE[0] / GRID[0]
            for k in np.flatnonzero(path.used):
                e_deg = math.hypot(path.x_px[k] - x, path.y_px[k] - y) / PX_PER_DEG
                map_[row, column] += weight(k) * falloff(kernel.falloff.id, e_deg, kernel.width_deg)
    return map_


def maps_of(path, weights, kernel):
    return gradient_maps(path.x_px, path.y_px, weights, SHAPE, kernel, PX_PER_DEG, GRID)


@given(scanpaths(), st.sampled_from(NAMES), st.floats(20, 3000), st.integers(1, 4))
def test_maps_in_time_are_those_of_the_definition(path, name, tau_ms, steps):
    kernel = kernel_of(name)
    times_ms = end_of_shares(path, steps)
    found = maps_of(path, weights_in_time(path, times_ms, tau_ms), kernel)
    assert found.shape == (steps, *GRID)
    for t_ms, map_ in zip(times_ms, found, strict=True):

        def weight(k, t_ms=t_ms):
            begun, lasts = path.onset_ms[k], path.duration_ms[k]
            if begun > t_ms:
                return 0.0
            since = t_ms - begun - lasts
            return min(t_ms - begun, lasts) * (math.exp(-since / tau_ms) if since > 0 else 1)

        np.testing.assert_allclose(map_, slow(path, kernel, weight), rtol=2e-5, atol=1e-6)


@given(scanpaths(), st.sampled_from(NAMES), st.floats(0, 1))
def test_maps_by_fixation_are_those_of_the_definition(path, name, rho):
    kernel = kernel_of(name)
    found = maps_of(path, weights_by_fixation(path, rho), kernel)
    for n, map_ in enumerate(found):
        expected = slow(path, kernel, lambda k, n=n: rho ** (n - k) if k <= n else 0)
        np.testing.assert_allclose(map_, expected, rtol=2e-5, atol=1e-6)


@given(scanpaths(), st.sampled_from(NAMES), st.floats(1e-300, 1e300), st.floats(0.05, 50))
def test_maps_are_finite_and_not_negative(path, name, tau_ms, width_deg):
    weights = weights_in_time(path, end_of_shares(path, 3), tau_ms)
    maps = maps_of(path, weights, kernel_of(name, width_deg))
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()
    assert (maps >= 0).all()


@given(scanpaths())
def test_without_decay_the_end_is_the_density_weighted_by_duration(path):
    kernel = kernel_of("gaussian")
    *_, last = maps_of(path, weights_in_time(path, end_of_shares(path, 3), math.inf), kernel)
    used = path.without_excluded()
    expected = density(used.x_px, used.y_px, SHAPE, PX_PER_DEG, weights=used.duration_ms, grid=GRID)
    np.testing.assert_allclose(last, expected, rtol=1e-4, atol=1e-6)


@given(scanpaths(), st.sampled_from(NAMES))
def test_with_nothing_left_only_the_fixation_of_the_moment_is_shown(path, name):
    weights = weights_by_fixation(path, 0)
    np.testing.assert_array_equal(weights, np.diag(path.used.astype(float)))


def test_attention_builds_up_while_a_fixation_lasts_and_decays_after_it():
    path = scanpath([10], [10], [100], [200])
    weights = weights_in_time(path, np.array([50, 200, 300, 800.0]), 500)
    np.testing.assert_allclose(weights[:, 0], [0, 100, 200, 200 / math.e])


@pytest.mark.parametrize("name", NAMES)
def test_many_fixations_are_summed_in_blocks(name):
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 30, (2, 300))
    weights = rng.random((2, 300))
    kernel = kernel_of(name)
    parts = [
        gradient_maps(x[k], y[k], weights[:, k], SHAPE, kernel, PX_PER_DEG, GRID)
        for k in (slice(0, 111), slice(111, None))
    ]
    whole = gradient_maps(x, y, weights, SHAPE, kernel, PX_PER_DEG, GRID)
    np.testing.assert_allclose(whole, sum(parts), rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("field_deg", [3.0, 20.0])
def test_the_effective_range_holds_its_share_of_the_mass(name, share, field_deg):
    kernel = kernel_of(name)
    radius = kernel.radius_deg(share, field_deg)
    e = (np.arange(200_000) + 0.5) * field_deg / 200_000
    mass = np.array(e) * kernel.falloff.of(e / kernel.width_deg)
    assert mass[e <= radius].sum() / mass.sum() == pytest.approx(share, abs=1e-4)


def test_the_effective_range_of_a_gaussian_is_known_and_that_of_acuity_has_no_bound():
    assert kernel_of("gaussian", 2).radius_deg(0.5) == pytest.approx(2 * math.sqrt(math.log(4)))
    assert kernel_of("exponential").radius_deg(0.5) == pytest.approx(1.678347)
    assert kernel_of("spotlight", 3).radius_deg(0.25) == pytest.approx(1.5)
    assert math.isnan(kernel_of("acuity").radius_deg(0.5))


def test_times_that_are_not_known_are_said():
    path = scanpath([1, 2], [1, 2], [0, 100], [100, math.nan])
    assert not has_times(path)
    with pytest.raises(SettingsError, match="durations of fixations of P1 on a are not known"):
        weights_in_time(path, np.array([50.0]), 500)
    excluded = scanpath([1, 2], [1, 2], [0, 100], [100, math.nan], excluded=[1])
    np.testing.assert_array_equal(weights_in_time(excluded, np.array([50.0]), 500), [[50, 0]])


@pytest.mark.parametrize("px_per_deg", [math.nan, 0, -3, math.inf])
def test_without_pixels_per_degree_there_are_no_maps(px_per_deg):
    one = np.ones(1)
    with pytest.raises(SettingsError, match="how many pixels are one degree") as caught:
        gradient_maps(one, one, one[None], SHAPE, kernel_of("acuity"), px_per_deg, GRID)
    assert "--px-per-degree" in caught.value.hint


def test_settings_out_of_range_are_refused():
    path = scanpath([1], [1], [0], [100])
    with pytest.raises(SettingsError, match="no kernel 'box'"):
        kernel_of("box")
    for width in (0, -1, math.inf, math.nan):
        with pytest.raises(SettingsError, match="wider than 0"):
            kernel_of("gaussian", width)
    for tau_ms in (0, -5, math.nan):
        with pytest.raises(SettingsError, match="more than 0 ms"):
            weights_in_time(path, np.zeros(1), tau_ms)
    for rho in (-0.1, 1.1, math.nan):
        with pytest.raises(SettingsError, match="from 0 to 1"):
            weights_by_fixation(path, rho)


def test_a_grid_is_fine_enough_for_its_kernel_and_covers_the_stimulus():
    assert grid_for((600, 800), 24, (80, 256)) == (75, 100)
    assert grid_for((600, 800), 240, (80, 256)) == (60, 80)
    assert grid_for((600, 800), 1, (80, 256)) == (192, 256)
    assert grid_for((30, 40), 1, (80, 256)) == (30, 40)
