import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.metrics.segmentation import (
    Curve,
    Segmenting,
    f_measure,
    largest_f,
    mean_curve,
)

# 4 pixels, values 1, 2/3, 1/3, 0 after stretching; the object is the first and the third.
MAP = np.array([[8.0, 6.0], [4.0, 2.0]])
MASK = np.array([[True, False], [True, False]])


def _random(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    map_ = rng.integers(0, 6, (7, 9)) / 3.0
    mask = rng.random((7, 9)) < 0.3
    mask[2, 3] = True
    map_[0, 0], map_[0, 1] = 0, 2
    return map_, mask


def test_the_curve_by_hand() -> None:
    curve = Segmenting(MAP).curve(MASK)
    for threshold, precision, recall in (
        (0, 2 / 4, 1),
        (85, 2 / 3, 1),
        (86, 1 / 2, 1 / 2),
        (255, 1, 0.5),
    ):
        assert curve.precision[threshold] == pytest.approx(precision)
        assert curve.recall[threshold] == pytest.approx(recall)


def test_f_measures_and_error_by_hand() -> None:
    # Twice the mean is 1: only the first pixel is taken, precision 1, recall 1/2.
    assert Segmenting(MAP).adaptive_f(MASK) == pytest.approx(1.3 * 0.5 / (0.3 + 0.5))
    assert Segmenting(MAP).error(MASK) == pytest.approx((0 + 2 / 3 + 2 / 3 + 0) / 4)
    at_all = [1.3 * 0.5 / 1.15, 1.3 * (2 / 3) / 1.2, 1.3 * 0.25 / 0.65, 1.3 * 0.5 / 0.8]
    assert largest_f(Segmenting(MAP).curve(MASK)) == pytest.approx(max(at_all))


@given(st.integers(0, 10_000))
def test_the_curve_is_that_of_counting_at_each_threshold(seed: int) -> None:
    map_, mask = _random(seed)
    stretched = (map_ - map_.min()) / (map_.max() - map_.min())
    curve = Segmenting(map_).curve(mask)
    for threshold in range(256):
        taken = np.round(stretched * 255) >= threshold
        right = (taken & mask).sum()
        assert curve.precision[threshold] == pytest.approx(right / taken.sum())
        assert curve.recall[threshold] == pytest.approx(right / mask.sum())


@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-5, 5))
def test_scale_and_offset_of_a_map_do_not_matter(seed: int, scale: float, offset: float) -> None:
    map_, mask = _random(seed)
    assert Segmenting(scale * map_ + offset).error(mask) == pytest.approx(
        Segmenting(map_).error(mask), abs=1e-9
    )


@given(st.integers(0, 10_000))
def test_the_mask_itself_is_perfect(seed: int) -> None:
    _, mask = _random(seed)
    map_ = mask.astype(float)
    if mask.all():
        return
    assert Segmenting(map_).error(mask) == 0
    assert largest_f(Segmenting(map_).curve(mask)) == pytest.approx(1)
    assert Segmenting(map_).adaptive_f(mask) == pytest.approx(1)


@pytest.mark.parametrize(("map_", "mask"), [(np.ones((2, 2)), MASK), (MAP, np.zeros((2, 2), bool))])
def test_what_cannot_be_said_is_not_a_number(map_: np.ndarray, mask: np.ndarray) -> None:
    assert np.isnan(Segmenting(map_).error(mask))
    assert np.isnan(Segmenting(map_).adaptive_f(mask))
    assert np.isnan(largest_f(Segmenting(map_).curve(mask)))


def test_precision_and_recall_are_averaged_before_the_largest_f_is_taken() -> None:
    a = Curve(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    b = Curve(np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    undefined = Curve(np.full(2, np.nan), np.full(2, np.nan))
    mean = mean_curve([a, b, undefined])
    np.testing.assert_allclose(mean.precision, 0.5)
    assert largest_f(mean) == pytest.approx(0.5)
    assert f_measure(np.array(0.0), np.array(0.0)) == 0
