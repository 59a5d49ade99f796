from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, mannwhitneyu

from gazelab.errors import SettingsError
from gazelab.metrics.bootstrap import difference_interval, mean_interval
from gazelab.metrics.mean_difference import (
    PERMUTATION,
    Inference,
    false_discovery,
    independent_difference,
    paired_difference,
)

VALUES = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=6)


def slow_p(differences):
    """Two-sided p of the signed-rank sum over all choices of signs; no ties."""
    ranks = np.argsort(np.argsort(np.abs(differences))) + 1
    sums = [np.dot(signs, ranks) for signs in product((-1, 1), repeat=len(ranks))]
    observed = abs(np.dot(np.sign(differences), ranks))
    return np.mean(np.abs(sums) >= observed)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8, unique=True), st.data())
def test_p_is_that_of_all_choices_of_signs(sizes, data):
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=8, max_size=8))
    differences = np.array(sizes) * signs[: len(sizes)]
    found = paired_difference(differences.astype(float), np.zeros(len(sizes)))
    assert found.p == pytest.approx(slow_p(differences), abs=1e-9)


@given(VALUES)
def test_swapping_the_sources_changes_the_signs_alone(values):
    a, b = np.array(values, float).T
    there, back = paired_difference(a, b), paired_difference(b, a)
    assert (there.mean_first, there.mean_second) == (back.mean_second, back.mean_first)
    assert there.p == pytest.approx(back.p, nan_ok=True)
    for name in ("difference", "standardised", "rank_biserial"):
        assert getattr(there, name) == pytest.approx(-getattr(back, name), nan_ok=True)
    assert np.isnan(there.rank_biserial) or -1 <= there.rank_biserial <= 1


@given(VALUES)
def test_difference_and_interval_are_those_of_the_items(values):
    a, b = np.array(values, float).T
    found = paired_difference(a, b)
    assert found.difference == pytest.approx(found.mean_first - found.mean_second)
    assert (found.low, found.high) == mean_interval(a - b)
    spread = np.std(a - b, ddof=1)
    if spread > 0:
        assert found.standardised == pytest.approx(np.mean(a - b) / spread)


def test_ranks_in_favour_of_the_first_are_counted():
    # ranks 1, 2, 3 with the second against: (1 + 3 - 2) / 6
    found = paired_difference(np.array([1.0, -2, 3, 0]), np.zeros(4))
    assert found.rank_biserial == pytest.approx(1 / 3)
    assert found.n_first == 4


def test_items_that_are_undefined_on_one_side_are_left_out():
    a, b = np.array([1.0, np.nan, 3, 5]), np.array([0.0, 9, np.nan, 1])
    found = paired_difference(a, b)
    assert (found.n_first, found.mean_first, found.mean_second) == (2, 3, 0.5)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_items_say_nothing(n):
    found = paired_difference(np.ones(n), np.zeros(n))
    assert found.n_first == found.n_second == n
    assert np.isnan([found.difference, found.low, found.p, found.standardised]).all()


def test_no_difference_at_all_has_no_p():
    found = paired_difference(np.ones(5), np.ones(5))
    assert (found.difference, found.low, found.high) == (0, 0, 0)
    assert np.isnan([found.p, found.standardised, found.rank_biserial]).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_false_discovery_is_that_of_scipy(p):
    assert false_discovery(np.array(p)) == pytest.approx(false_discovery_control(p))


def test_what_has_no_p_is_not_counted():
    found = false_discovery(np.array([0.01, np.nan, 0.04]))
    assert found == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert len(false_discovery(np.empty(0))) == 0


SOME = st.lists(st.integers(-9, 9), min_size=2, max_size=9)


@given(SOME, SOME)
def test_values_of_other_items_are_compared_as_by_scipy_and_by_hand(first, second):
    a, b = np.array(first, float), np.array(second, float)
    found = independent_difference(a, b)
    assert (found.n_first, found.n_second, found.paired) == (len(a), len(b), False)
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert (found.low, found.high) == difference_interval(a, b)
    if len(set(first + second)) > 1:
        assert found.p == mannwhitneyu(a, b).pvalue
        larger = [np.sign(x - y) for x, y in product(first, second)]
        assert found.rank_biserial == pytest.approx(np.mean(larger))
    else:
        assert np.isnan([found.p, found.rank_biserial]).all()
    freedom = len(a) + len(b) - 2
    spread = np.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / freedom)
    if spread > 0:
        assert found.standardised == pytest.approx((a.mean() - b.mean()) / spread)


def test_the_test_is_named_with_its_draws():
    a, b = np.arange(20.0), np.arange(20.0)[::-1] + 0.5
    by_ranks = paired_difference(a, b), independent_difference(a, b)
    assert [found.test for found in by_ranks] == [
        "Wilcoxon signed-rank, two-sided",
        "Mann-Whitney, two-sided",
    ]
    how = Inference(PERMUTATION, draws=500, seed=3)
    drawn = paired_difference(a, b, how), independent_difference(a, b, how)
    assert [found.test for found in drawn] == [
        "sign flips, two-sided, 500 draws, seed 3",
        "swapped labels, two-sided, 500 draws, seed 3",
    ]
    exact = paired_difference(a[:4], b[:4], how)
    assert exact.test == "sign flips, two-sided, exact, all 16 arrangements"


@pytest.mark.parametrize("found", [paired_difference, independent_difference])
def test_without_any_difference_a_permutation_says_nothing_either(found):
    nothing = found(np.ones(5), np.ones(5), Inference(PERMUTATION))
    assert np.isnan([nothing.p, nothing.standardised, nothing.rank_biserial]).all()


def test_one_item_on_one_side_says_nothing():
    found = independent_difference(np.ones(1), np.arange(5.0))
    assert (found.n_first, found.n_second) == (1, 5)
    assert np.isnan([found.difference, found.low, found.p]).all()


@pytest.mark.parametrize("how", [{"test": "guess"}, {"draws": 0}])
def test_what_is_no_inference_is_refused(how):
    with pytest.raises(SettingsError):
        Inference(**how)
