import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.gaze.glimpses import Glimpse, entropy_bit, glimpse, js_divergence_bit

MAPS = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=st.floats(0, 5, width=32),
)


def test_one_cell_is_its_centre_and_as_wide_as_an_even_cell() -> None:
    map_ = np.zeros((4, 8), np.float32)
    map_[1, 6] = 3
    found = glimpse(map_, 800, 400)
    assert (found.peak_x_px, found.peak_y_px) == (650, 150)
    assert (found.mean_x_px, found.mean_y_px) == pytest.approx((650, 150))
    assert (found.major_px, found.minor_px) == pytest.approx((100 / 12**0.5,) * 2)
    assert found.entropy_bit == 0


def test_two_places_have_their_mean_between_them_and_their_peak_at_the_higher() -> None:
    map_ = np.zeros((1, 4), np.float32)
    map_[0] = [1, 0, 0, 3]
    found = glimpse(map_, 40, 10)
    assert (found.peak_x_px, found.mean_x_px) == (35, 27.5)
    assert found.major_px == pytest.approx(np.sqrt(0.25 * 22.5**2 + 0.75 * 7.5**2 + 100 / 12))
    assert found.angle_deg == pytest.approx(0)
    assert found.entropy_bit == pytest.approx(0.25 * 2 + 0.75 * np.log2(4 / 3))


def test_a_diagonal_downwards_has_a_positive_angle() -> None:
    found = glimpse(np.eye(5, dtype=np.float32), 100, 100)
    assert found.angle_deg == pytest.approx(45)
    assert found.major_px > 3 * found.minor_px
    assert glimpse(np.eye(5, dtype=np.float32)[::-1], 100, 100).angle_deg == pytest.approx(-45)


def test_an_empty_map_is_nowhere() -> None:
    found = glimpse(np.zeros((3, 3), np.float32), 30, 30)
    assert all(np.isnan(getattr(found, name)) for name in Glimpse.__dataclass_fields__)


def test_on_a_stimulus_of_unknown_size_only_the_spread_over_cells_is_known() -> None:
    found = glimpse(np.ones((2, 4), np.float32), float("nan"), float("nan"))
    assert np.isnan(found.peak_x_px) and np.isnan(found.major_px)
    assert found.entropy_bit == 3


@given(MAPS, st.floats(1, 2000), st.floats(1, 2000))
def test_points_lie_on_the_stimulus_and_scale_does_not_matter(
    map_: np.ndarray, width_px: float, height_px: float
) -> None:
    found = glimpse(map_, width_px, height_px)
    if not map_.any():
        return
    for x, y in ((found.peak_x_px, found.peak_y_px), (found.mean_x_px, found.mean_y_px)):
        assert 0 <= x <= width_px and 0 <= y <= height_px
    assert 0 < found.minor_px <= found.major_px
    assert -90 <= found.angle_deg <= 90
    twice = glimpse(2 * map_, width_px, height_px)
    assert twice.entropy_bit == pytest.approx(found.entropy_bit, abs=1e-5)
    assert twice.peak_x_px == found.peak_x_px


@given(st.integers(1, 9), st.integers(1, 9))
def test_an_even_map_has_the_entropy_of_its_cells(rows: int, columns: int) -> None:
    assert entropy_bit(np.ones((rows, columns), np.float32)) == pytest.approx(
        np.log2(rows * columns)
    )


def test_js_divergence_is_one_bit_apart_and_zero_together() -> None:
    a, b = np.array([[1.0, 0.0]]), np.array([[0.0, 3.0]])
    assert js_divergence_bit(a, b) == pytest.approx(1)
    assert js_divergence_bit(a, 5 * a) == pytest.approx(0)
    assert np.isnan(js_divergence_bit(a, np.zeros((1, 2))))


@given(MAPS, st.integers(0, 1000))
def test_js_divergence_is_the_mean_of_two_relative_entropies(map_: np.ndarray, seed: int) -> None:
    other = np.random.default_rng(seed).random(map_.shape) + 0.01
    if not map_.any():
        return
    p, q = map_ / map_.sum(dtype=float), other / other.sum()
    middle = (p + q) / 2
    slowly = sum(
        share * np.log2(share / m) / 2
        for shares in (p, q)
        for share, m in zip(shares.ravel(), middle.ravel(), strict=True)
        if share > 0
    )
    assert js_divergence_bit(map_, other) == pytest.approx(slowly, abs=1e-6)
    assert js_divergence_bit(other, map_) == pytest.approx(slowly, abs=1e-6)
