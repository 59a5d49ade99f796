import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gazelab.metrics.bootstrap import mean_interval


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.integers(0, 5))
def test_the_interval_lies_around_the_mean_and_within_the_values(
    values: list[float], seed: int
) -> None:
    array = np.array(values)
    low, high = mean_interval(array, draws=2000, seed=seed)
    assert array.min() - 1e-9 <= low <= high <= array.max() + 1e-9
    assert (low, high) == mean_interval(array, draws=2000, seed=seed)


def test_it_is_as_wide_as_the_normal_interval_of_many_values() -> None:
    values = np.random.default_rng(1).normal(3, 2, 400)
    low, high = mean_interval(values)
    half = 1.96 * values.std() / 20
    np.testing.assert_allclose((low, high), (values.mean() - half, values.mean() + half), atol=0.01)


def test_undefined_values_are_left_out_and_too_few_give_nan() -> None:
    assert mean_interval(np.array([1.0, np.nan, 2.0])) == mean_interval(np.array([1.0, 2.0]))
    assert np.isnan(mean_interval(np.array([1.0, np.nan]))).all()
