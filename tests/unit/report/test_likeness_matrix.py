import csv
import io
import math

import numpy as np
import pytest

from gazelab.metrics.similarities import similarity_of
from gazelab.report.likeness_matrix import (
    NO_DIRECTION,
    TOO_FEW,
    cluster_tables,
    clusters,
    likeness_matrix,
)
from gazelab.report.similarity import Likeness
from gazelab.report.tables import csv_of

MEASURES = tuple(map(similarity_of, ("scanmatch", "dtw", "corm")))


def pair(first, second, *values, stimulus="a", kind="", chance=0.0):
    values = np.array([*values, *[0.5] * (3 - len(values))], float)
    chance = np.full(3, chance)
    none = ("",) * 3
    return Likeness(
        stimulus, kind, first, "1", second, "1", 5, 5, values, none, chance, none, ("", "", "")
    )


PAIRS = [
    pair("A", "B", 0.9, 10),
    pair("A", "B", 0.7, 30, stimulus="b"),
    pair("A", "C", 0.1, 90),
    pair("B", "C", 0.2, 80, chance=0.1),
    pair("sam", "C", 0.3, 70, kind="saliency"),
    pair("sam", "A", math.nan, 60, kind="saliency"),
]


def rows(table):
    return list(csv.DictReader(io.StringIO(csv_of(table))))


def test_people_stand_against_people_and_sources_beside_them() -> None:
    matrix = likeness_matrix(PAIRS, 3)
    assert matrix.participants == ("A", "B", "C")
    assert matrix.sources == (("sam", "saliency"),)
    nan = math.nan
    expected = [[nan, 0.8, 0.1, nan], [0.8, nan, 0.2, nan], [0.1, 0.2, nan, 0.3]]
    np.testing.assert_allclose(matrix.mean[:, :, 0], expected)
    assert matrix.n_pairs[:, :, 0].tolist() == [[0, 2, 1, 0], [2, 0, 1, 0], [1, 1, 0, 1]]
    assert matrix.chance[1, 2, 0] == 0.1


def test_trees_follow_the_direction_of_the_measure() -> None:
    by_scanmatch, by_dtw, by_corm = clusters(likeness_matrix(PAIRS, 3), MEASURES, "average")
    assert by_scanmatch.tree is not None
    assert by_dtw.tree is not None
    assert by_scanmatch.tree.merges[:, 2] == pytest.approx([0.2, 0.85])  # 1 - similarity
    assert by_dtw.tree.merges[:, 2] == pytest.approx([20, 85])
    assert set(by_scanmatch.order[1:]) in ({"A", "B"}, {"B", "C"})
    assert (by_corm.tree, by_corm.reason) == (None, NO_DIRECTION)


def test_who_is_not_compared_with_all_is_left_out_and_told() -> None:
    found = [*PAIRS[:4], pair("A", "D", 0.5), pair("B", "D", math.nan), pair("C", "D", math.nan)]
    (by_scanmatch,) = clusters(likeness_matrix(found, 3), MEASURES[:1], "single")
    assert by_scanmatch.left_out == ("D",)
    assert sorted(by_scanmatch.order) == ["A", "B", "C"]
    order, merges = map(rows, cluster_tables([by_scanmatch]))
    assert [(row["place"], row["note"]) for row in order][-1] == (
        "0",
        "not compared with all others",
    )
    assert [(row["first"], row["second"]) for row in merges] in (
        [("A", "B"), ("C", "#1")],
        [("A", "B"), ("#1", "C")],
        [("B", "A"), ("C", "#1")],
        [("B", "A"), ("#1", "C")],
    )
    assert [row["n_participants"] for row in merges] == ["2", "3"]


def test_without_two_participants_there_is_no_tree() -> None:
    (found,) = clusters(likeness_matrix(PAIRS[4:], 3), MEASURES[:1], "average")
    assert (found.tree, found.reason) == (None, TOO_FEW)
    (row,) = rows(cluster_tables([found])[0])
    assert (row["participant"], row["cophenetic"], row["note"]) == ("", "NA", TOO_FEW)
