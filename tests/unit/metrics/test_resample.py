import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.metrics.resample import cells_of, to_grid


def slow_bilinear(map_, grid):
    h, w = map_.shape
    out = np.empty(grid)
    for i in range(grid[0]):
        for j in range(grid[1]):
            y = np.clip((i + 0.5) * h / grid[0] - 0.5, 0, h - 1)
            x = np.clip((j + 0.5) * w / grid[1] - 0.5, 0, w - 1)
            y0, x0 = min(int(y), max(h - 2, 0)), min(int(x), max(w - 2, 0))
            y1, x1 = min(y0 + 1, h - 1), min(x0 + 1, w - 1)
            top = map_[y0, x0] * (1 - (x - x0)) + map_[y0, x1] * (x - x0)
            low = map_[y1, x0] * (1 - (x - x0)) + map_[y1, x1] * (x - x0)
            out[i, j] = top * (1 - (y - y0)) + low * (y - y0)
    return out


SIDES = st.integers(1, 12)


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES), st.sampled_from(["f2", "f4", "f8", "u1"]))
def test_maps_are_bilinear_between_cell_centres(source, grid, kind):
    map_ = (np.random.default_rng(0).random(source) * 200).astype(kind)
    found = to_grid(map_, grid)
    assert found.shape == grid
    np.testing.assert_allclose(found, slow_bilinear(map_.astype(float), grid), atol=1e-3)


def test_a_map_on_the_grid_is_left_alone():
    map_ = np.random.default_rng(0).random((5, 7))
    assert to_grid(map_, (5, 7)) is map_


def test_points_are_scaled_and_stay_on_the_grid():
    x, y = np.array([0.0, 399.999, 799.9999999]), np.array([0.0, 300.0, 599.9999999])
    cells = cells_of(x, y, (600, 800), (300, 400))
    assert cells.tolist() == [0, 150 * 400 + 199, 299 * 400 + 399]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 3000), st.integers(1, 3000))
def test_no_point_falls_off_any_grid(position, size, cells):
    point = np.array([position * size])
    found = cells_of(point, point, (size, size), (cells, cells))
    assert 0 <= found[0] < cells**2


def test_the_pixel_of_a_point_is_its_floor():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 80, 100), rng.uniform(0, 60, 100)
    expected = y.astype(int) * 80 + x.astype(int)
    assert cells_of(x, y, (60, 80), (60, 80)).tolist() == pytest.approx(expected)
