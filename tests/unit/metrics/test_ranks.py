import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab.metrics import ranks
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.ranks import Ranking

ELEMENTS = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0]),
    st.floats(-(2.0**100), 2.0**100, width=32),
    st.floats(-1, 1, width=32),
)


@given(
    hnp.arrays(np.float32, st.integers(1, 200), elements=ELEMENTS),
    hnp.arrays(np.float32, st.integers(1, 40), elements=ELEMENTS),
    st.booleans(),
)
def test_counts_are_exact(values, strangers, double):
    kind = np.float64 if double else np.float32
    values, queries = values.astype(kind), np.concatenate([strangers, values[:20]]).astype(kind)
    ranking = Ranking(values)
    for asked in (queries, queries[:3], queries):  # with codes, few, with codes kept
        below, equal = ranking.counts(asked)
        np.testing.assert_array_equal(below, (values[:, None] < asked).sum(0))
        np.testing.assert_array_equal(equal, (values[:, None] == asked).sum(0))


@pytest.mark.parametrize("spread", [0.0, 1e-45, 1e-38, 1e-20, 3e38])
def test_extreme_ranges_stay_exact(spread):
    values = np.array([0, 0, spread, -spread] * 10, np.float32)
    below, equal = Ranking(values).counts(values)
    np.testing.assert_array_equal(below, (values[:, None] < values).sum(0))
    np.testing.assert_array_equal(equal, (values[:, None] == values).sum(0))


def test_a_large_skewed_map_is_ranked_exactly():
    rng = np.random.default_rng(0)
    values = np.exp(3 * rng.normal(size=200_000)).astype(np.float32)
    queries = np.concatenate([rng.choice(values, 100), [0, 1e9]]).astype(np.float32)
    shares = Ranking(values).shares_below(queries)
    ordered = np.sort(values)
    left, right = (np.searchsorted(ordered, queries, side) for side in ("left", "right"))
    np.testing.assert_array_equal(shares, (left + right) / 2 / len(values))


@pytest.mark.parametrize("levels", [2, 12, 100_000])
def test_pixels_are_placed_exactly_among_many_queries(levels):
    rng = np.random.default_rng(levels)
    values = rng.integers(0, levels, 3000).astype(np.float32)
    queries = rng.choice(values, 20_000)
    places = Ranking(values).places(queries)
    ordered = np.sort(queries)
    expected = ordered.searchsorted(values, "left") + ordered.searchsorted(values, "right")
    np.testing.assert_array_equal(places.twice, expected)
    some = np.array([5, 5, 17])
    assert places.area() == pytest.approx(1 - expected.mean() / 40_000, rel=1e-12)
    assert places.area(some) == pytest.approx(1 - expected[some].mean() / 40_000, rel=1e-12)


def test_the_sign_of_zero_does_not_matter():
    values = np.array([-0.0, 0.0, 0.0, -0.0, 1.0, 2.0] * 5, np.float32)
    below, equal = Ranking(values).counts(np.array([0.0, -0.0] * 6, np.float32))
    assert not below.any() and (equal == 20).all()


def test_values_are_placed_without_a_table_of_16_bits(monkeypatch):
    class OldOpenCV:
        error = ValueError

        def LUT(self, *_):
            raise self.error

    values = np.random.default_rng(3).random(500, np.float32)
    expected = Ranking(values).places(values[:40]).twice
    monkeypatch.setattr(ranks, "opencv", OldOpenCV)
    np.testing.assert_array_equal(Ranking(values).places(values[:40]).twice, expected)


def test_memory_is_used_again_and_never_mixed_up():
    buffers = Buffers()
    first = buffers.get("a", 10)
    assert buffers.get("a", 10) is first
    assert buffers.get("b", 10) is not first
    assert buffers.get("a", 11).size == 11
    assert buffers.get("a", 11, np.float32).dtype == np.float32
