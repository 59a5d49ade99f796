from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from gazelab.metrics.permutation import chance_of, relabellings, sign_flips, swapped_labels

VALUES = st.lists(st.integers(-50, 50).map(lambda n: n / 8), min_size=1, max_size=7)


@given(VALUES)
def test_all_choices_of_signs(differences):
    d = np.array(differences)
    sums = [abs(np.dot(signs, d)) for signs in product((-1, 1), repeat=len(d))]
    found = sign_flips(d, draws=128)
    assert found.p == np.mean(np.array(sums) >= abs(d.sum()) - 1e-9)
    assert (found.exact, found.tried) == (True, 2 ** len(d))


@given(VALUES, VALUES)
@settings(max_examples=30)
def test_all_ways_to_swap_labels(first, second):
    together = np.array(first + second)
    apart = []
    for chosen in combinations(range(len(together)), len(first)):
        other = np.delete(together, chosen)
        apart.append(abs(together[list(chosen)].mean() - other.mean()))
    found = swapped_labels(np.array(first), np.array(second))
    assert found.p == np.mean(np.array(apart) >= abs(np.mean(first) - np.mean(second)) - 1e-9)
    assert (found.exact, found.tried) == (True, len(apart))


def test_exact_tests_are_those_of_scipy():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.8, 1, 6), rng.normal(0, 1, 7)

    def apart(x, y, axis):
        return abs(x.mean(axis=axis) - y.mean(axis=axis))

    def size(x, axis):
        return abs(x.mean(axis=axis))

    how = {"vectorized": True, "n_resamples": np.inf, "alternative": "greater"}
    theirs = permutation_test((a, b), apart, **how)
    assert swapped_labels(a, b).p == pytest.approx(theirs.pvalue)
    d = a - b[:6]
    signs = permutation_test((d,), size, permutation_type="samples", **how)
    assert sign_flips(d).p == pytest.approx(signs.pvalue)


@pytest.mark.parametrize("seed", [0, 1])
def test_drawn_arrangements_come_near_to_all_of_them_and_are_the_same_again(seed):
    rng = np.random.default_rng(5)
    d, a, b = rng.normal(0.4, 1, 12), rng.normal(0.5, 1, 7), rng.normal(0, 1, 7)
    drawn, all_ = sign_flips(d, 2000, seed), sign_flips(d, 4096)
    assert not drawn.exact
    assert drawn.tried == 2000
    assert drawn == sign_flips(d, 2000, seed)
    # four standard errors of a share of 2,000
    assert drawn.p == pytest.approx(all_.p, abs=4 * np.sqrt(all_.p * (1 - all_.p) / 2000))
    drawn, all_ = swapped_labels(a, b, 2000, seed), swapped_labels(a, b)
    assert drawn.p == pytest.approx(all_.p, abs=4 * np.sqrt(all_.p * (1 - all_.p) / 2000))


@given(st.integers(2, 8), st.data())
@settings(max_examples=40)
def test_relabellings_choose_as_many_and_name_all_once(n, data):
    first = data.draw(st.integers(1, n - 1))
    labels, exact = relabellings(n, first, 70)
    assert exact
    assert (labels.sum(1) == first).all()
    assert len(np.unique(labels, axis=0)) == len(labels)
    drawn, exact = relabellings(20, 9, 70)
    assert not exact
    assert drawn.shape == (70, 20)
    assert (drawn.sum(1) == 9).all()


def test_a_drawn_p_is_never_0_and_counts_the_one_that_was_found():
    assert chance_of(9.0, np.zeros(99), exact=False).p == 0.01
    assert chance_of(9.0, np.array([9.0, 0, 0, np.nan]), exact=True).p == pytest.approx(1 / 3)


def test_sums_that_differ_by_rounding_alone_count_as_equal():
    assert chance_of(0.3, np.array([0.1 + 0.2, 0.3 - 1e-17]), exact=True).p == 1
    assert np.isnan(chance_of(np.nan, np.zeros(3), exact=True).p)
    assert np.isnan(chance_of(1.0, np.array([np.nan]), exact=True).p)
