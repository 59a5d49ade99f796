import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.errors import SettingsError
from gazelab.metrics.clustering import LINKAGES, clustered

JOINED = {"average": np.mean, "complete": np.max, "single": np.min}


def distances(n: int, seed: int) -> np.ndarray:
    places = np.random.default_rng(seed).random((n, 2))
    return np.hypot(*(np.subtract.outer(axis, axis) for axis in places.T))


def merged_slowly(apart: np.ndarray, linkage: str) -> list[tuple[float, frozenset[int]]]:
    """Merge the two nearest clusters until one is left: heights and what each merge makes."""
    groups = [frozenset([k]) for k in range(len(apart))]
    found = []
    while len(groups) > 1:
        height, a, b = min(
            (float(JOINED[linkage]([apart[i, j] for i in a for j in b])), a, b)
            for k, a in enumerate(groups)
            for b in groups[:k]
        )
        groups = [group for group in groups if group not in (a, b)] + [a | b]
        found.append((height, a | b))
    return found


def members(merges: np.ndarray) -> list[tuple[float, frozenset[int]]]:
    groups = [frozenset([k]) for k in range(len(merges) + 1)]
    for first, second, _, _ in merges.astype(int):
        groups.append(groups[first] | groups[second])
    return list(zip(merges[:, 2], groups[len(merges) + 1 :], strict=True))


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 9), st.integers(0, 999), st.sampled_from(LINKAGES))
def test_merges_are_those_of_the_definition(n: int, seed: int, linkage: str) -> None:
    apart = distances(n, seed)
    found, expected = members(clustered(apart, linkage).merges), merged_slowly(apart, linkage)
    assert [group for _, group in found] == [group for _, group in expected]
    assert [height for height, _ in found] == pytest.approx([height for height, _ in expected])


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 9), st.integers(0, 999))
def test_what_is_merged_stands_side_by_side_and_r_is_that_of_the_heights(n: int, seed: int) -> None:
    apart = distances(n, seed)
    tree = clustered(apart)
    order = tree.order.tolist()
    assert sorted(order) == list(range(n))
    joined = np.zeros((n, n))
    for height, group in reversed(members(tree.merges)):
        places = sorted(order.index(k) for k in group)
        assert places == list(range(places[0], places[0] + len(group)))
        joined[np.ix_(list(group), list(group))] = height
    upper = np.triu_indices(n, 1)
    assert tree.cophenetic == pytest.approx(np.corrcoef(apart[upper], joined[upper])[0, 1])


def test_two_pairs_are_found_and_the_near_ones_stand_in_the_middle() -> None:
    places = np.array([0.0, 10.0, 1.0, 8.0])
    tree = clustered(np.abs(np.subtract.outer(places, places)))
    assert tree.order.tolist() in ([0, 2, 3, 1], [1, 3, 2, 0])
    assert tree.merges[:, 2].tolist() == [1.0, 2.0, 8.5]


def test_few_or_equal_things_have_no_correlation() -> None:
    assert clustered(np.zeros((1, 1))).order.tolist() == [0]
    assert math.isnan(clustered(np.array([[0, 2.0], [2, 0]])).cophenetic)
    assert math.isnan(clustered(np.ones((4, 4))).cophenetic)


def test_what_cannot_be_clustered_is_refused() -> None:
    with pytest.raises(SettingsError, match="no linkage 'ward'"):
        clustered(np.zeros((3, 3)), "ward")
    with pytest.raises(ValueError, match="not defined"):
        clustered(np.full((3, 3), np.nan))
