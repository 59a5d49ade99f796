import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.metrics.catalog import metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.group_maps import MAP_METRICS, agreements

GRID = (3, 4)
MAPS = hnp.arrays(np.float64, (5, 12), elements=st.one_of(st.just(0.0), st.floats(1e-3, 10)))
LABELS = hnp.arrays(np.bool_, (4, 5))


def slow(maps, labels, metric):
    """The metric of the catalogue, one pair of densities after the other."""
    first, second = maps[labels].sum(0), maps[~labels].sum(0)
    truth = Truth(GRID, np.empty(0, np.intp), second.reshape(GRID))
    return metric_of(metric).evaluate(Prediction(first.reshape(GRID)), truth)[0]


@given(MAPS, LABELS)
@settings(max_examples=60, deadline=None)
def test_many_at_once_are_those_of_the_catalogue(maps, labels):
    found = agreements(maps, labels, tuple(MAP_METRICS))
    for metric, values in found.items():
        for one, value in zip(labels, values, strict=True):
            expected = slow(maps, one, metric)
            if np.isfinite(expected):
                assert value == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_a_group_without_fixations_says_nothing():
    maps = np.zeros((3, 12))
    maps[:2] = np.arange(12.0)
    found = agreements(maps, np.array([[True, True, False]]), tuple(MAP_METRICS))
    assert all(np.isnan(values).all() for values in found.values())


def test_blocks_do_not_show():
    rng = np.random.default_rng(2)
    maps, labels = rng.random((6, 12)), rng.random((130, 6)) < 0.5
    whole = agreements(maps, labels, ("js",))["js"]
    single = [agreements(maps, one[None], ("js",))["js"][0] for one in labels]
    assert whole == pytest.approx(single, nan_ok=True)
