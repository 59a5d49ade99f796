"""Clusters of fixations: the numbers of scikit-learn, the slow definition, what always holds."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.gaze import Scanpath
from gazelab.metrics import meanshift
from gazelab.metrics.meanshift import estimated_bandwidth, fixation_clusters, mean_shift
from gazelab.metrics.pair import Pair
from gazelab.metrics.sequences import sequence_score_of_clusters
from gazelab.metrics.similarities import similar, similarity_of

GOLDEN = json.loads((Path(__file__).parents[2] / "data" / "golden.json").read_text("utf-8"))[
    "scanpaths"
]
SCREEN = (600, 800)

BY_SCIKIT_LEARN = {
    0.2: [
        (1520 / 3, 910 / 3), (485, 425), (290, 135), (215, 390), (110, 95), (700, 500), (650, 80),
        (90, 560),
    ],
    0.5: [(498, 352), (290, 135), (215, 390), (110, 95), (700, 500), (650, 80), (90, 560)],
    1.0: [(498, 352), (200, 115), (520 / 3, 1340 / 3), (700, 500), (650, 80)],
    1.2: [(1595 / 3, 1130 / 3), (205, 620 / 3)],
    1.8: [(4370 / 12, 3080 / 12)],
}  # fmt: skip
"""Of MeanShift of scikit-learn 1.9.1: factor of the bandwidth -> centres of all fixations."""


def scanpath(fixations):
    """Return a scanpath of (x, y, duration in s)."""
    x, y, duration = np.array(fixations, float).reshape(-1, 3).T
    n = len(x)
    return Scanpath("p", "s", x, y, np.arange(n) * 1.0, duration * 1000, np.zeros(n, np.int8))


PATHS = tuple(scanpath(GOLDEN[name]) for name in "ABC")
POINTS = np.concatenate([np.column_stack([path.x_px, path.y_px]) for path in PATHS])


def test_the_bandwidth_is_that_of_scikit_learn() -> None:
    assert estimated_bandwidth(POINTS) == pytest.approx(203.5034519321671, abs=1e-9)


@pytest.mark.parametrize("factor", BY_SCIKIT_LEARN)
def test_centres_are_those_of_scikit_learn(factor: float) -> None:
    centres = mean_shift(POINTS, factor * estimated_bandwidth(POINTS))
    np.testing.assert_allclose(centres, BY_SCIKIT_LEARN[factor], atol=1e-9)


def test_the_bandwidth_with_the_highest_rate_is_taken() -> None:
    clusters = fixation_clusters(PATHS)
    assert clusters is not None
    assert clusters.factor == 0.2  # 9 saccades more between than within 8 clusters
    assert [clusters.labels(path).tolist() for path in PATHS] == [
        [4, 2, 0, 1, 3],
        [4, 2, 0, 0, 1, 3],
        [5, 6, 7],
    ]


def slowly(points: list[tuple[float, float]], bandwidth: float) -> list[tuple[float, float]]:
    """Follow each point by itself, then keep the ends that no better one is near."""
    ends = {}
    for at in points:
        while True:
            near = [p for p in points if math.dist(p, at) <= bandwidth]
            mean = (sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near))
            still = math.dist(mean, at) <= bandwidth / 1000
            at = mean
            if still:
                break
        ends[at] = len(near)
    kept: list[tuple[float, float]] = []
    for end in sorted(ends, key=lambda end: (ends[end], end), reverse=True):
        if all(math.dist(end, other) > bandwidth for other in kept):
            kept.append(end)
    return kept


COORDINATES = st.tuples(st.integers(0, 40), st.integers(0, 30))


@settings(max_examples=60, deadline=None)
@given(st.lists(COORDINATES, min_size=1, max_size=12), st.sampled_from([2.3, 7.1, 19.7]))
def test_mean_shift_is_the_slow_definition(points, bandwidth: float) -> None:
    found = mean_shift(np.array(points, float), bandwidth)
    np.testing.assert_allclose(found, slowly(points, bandwidth), atol=1e-9)


def test_blocks_of_seeds_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = mean_shift(POINTS, 100.0)
    monkeypatch.setattr(meanshift, "_MOST_AT_ONCE", 3 * len(POINTS))
    np.testing.assert_array_equal(mean_shift(POINTS, 100.0), whole)


def test_fixations_at_one_place_are_one_cluster_and_none_are_none() -> None:
    same = scanpath([(5, 5, 0.2)] * 4)
    clusters = fixation_clusters([same])
    assert clusters is not None
    assert clusters.centres_px.tolist() == [[5, 5]]
    assert clusters.labels(scanpath([])).tolist() == []
    assert fixation_clusters([scanpath([])]) is None


def test_strings_of_clusters_are_scored_with_and_without_durations() -> None:
    clusters = fixation_clusters(PATHS)
    pair = Pair(PATHS[0], PATHS[1], SCREEN, clusters)
    assert sequence_score_of_clusters(pair) == pytest.approx(5 / 6)
    # in whole bins of 50 ms: 4 5 6 3 7 against 4 4 6 2 3 6, of which 4 4 6 3 6 are in order
    assert sequence_score_of_clusters(pair, 50.0) == pytest.approx(23 / 25)
    assert sequence_score_of_clusters(Pair(PATHS[0], PATHS[2], SCREEN, clusters)) == 0
    itself = Pair(PATHS[1], PATHS[1], SCREEN, clusters)
    assert sequence_score_of_clusters(itself, 50.0) == 1


def test_without_clusters_the_reason_is_told() -> None:
    measures = [similarity_of("sequence-score-clusters")]
    values, reasons = similar(Pair(PATHS[0], PATHS[1], SCREEN), measures)
    assert np.isnan(values).all()
    assert reasons == ("no fixations of people to cluster",)
