import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.metrics.grid_ceiling import closest_on_grid
from gazelab.metrics.resample import to_grid

SHAPE = (24, 32)
seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 9), st.integers(1, 11))


def blobs(seed):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:24, :32]
    at = rng.uniform(0, [24, 32], (4, 2))
    return sum(np.exp(-((y - b) ** 2 + (x - a) ** 2) / 18) for b, a in at)


def distance(density, map_):
    return ((density - to_grid(map_, SHAPE)) ** 2).sum()


@given(seeds, sizes)
@settings(max_examples=50)
def test_no_map_of_the_grid_comes_closer(seed, grid):
    density = blobs(seed)
    found = closest_on_grid(density, grid)
    assert found.shape == grid
    assert found.min() >= 0
    reached = distance(density, found)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 0.03, 1.0):
        near = np.maximum(found + size * rng.normal(size=grid), 0)
        assert distance(density, near) >= reached - 1e-4 * (density**2).sum()
    assert distance(density, to_grid(density, grid)) >= reached - 1e-9


@given(seeds, sizes)
@settings(max_examples=25)
def test_what_the_grid_can_show_is_found_again(seed, grid):
    map_ = np.random.default_rng(seed).random(grid)
    np.testing.assert_allclose(closest_on_grid(to_grid(map_, SHAPE), grid), map_, atol=1e-6)


def test_a_finer_grid_loses_less_and_the_finest_nothing():
    density = blobs(3)
    lost = [distance(density, closest_on_grid(density, (n, n))) for n in (2, 4, 8, 16)]
    assert lost == sorted(lost, reverse=True)
    np.testing.assert_allclose(closest_on_grid(density, SHAPE), density, atol=1e-9)


def test_nothing_stays_nothing():
    assert closest_on_grid(np.zeros(SHAPE, np.float32), (3, 4)).max() == pytest.approx(0)
