"""Relabelled groups on one picture: all at once, and one after the other by the catalogue.

Run from the root of the project: python tests/benchmark/bench_groups.py
Densities of 15 viewers on 38 x 50 cells, as of a picture of 600 x 800 with a blur of 24 pixels;
1,000 relabellings for the vectorised way, 50 for the other. Each row: a metric, ms for each
relabelling both ways (the shortest of three), their ratio, and how far the values are apart.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.gaze.density import density
from gazelab.metrics.catalog import metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.group_maps import MAP_METRICS, agreements
from gazelab.metrics.permutation import relabellings

GRID = (38, 50)
VIEWERS, FEW = 15, 50


def shortest_ms(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found = work()
        times.append(1000 * (time.perf_counter() - start))
    return min(times), found


def one_by_one(maps: np.ndarray, labels: np.ndarray, metric: str) -> np.ndarray:
    values = []
    for first in labels:
        truth = Truth(GRID, np.empty(0, np.intp), maps[~first].sum(0).reshape(GRID))
        prediction = Prediction(maps[first].sum(0).reshape(GRID))
        values.append(metric_of(metric).evaluate(prediction, truth)[0])
    return np.array(values)


def main() -> None:
    rng = np.random.default_rng(0)
    own = [(rng.uniform(0, 800, 9), rng.uniform(0, 600, 9)) for _ in range(VIEWERS)]
    maps = np.array([density(x, y, (600, 800), 24.0, grid=GRID).ravel() for x, y in own], float)
    labels, _ = relabellings(VIEWERS, 7, 1000)
    print("metric  at once ms  one by one ms  ratio  apart")
    for metric in MAP_METRICS:
        fast_ms, fast = shortest_ms(lambda m=metric: agreements(maps, labels, (m,))[m])
        slow_ms, slow = shortest_ms(lambda m=metric: one_by_one(maps, labels[:FEW], m))
        fast_ms, slow_ms = fast_ms / len(labels), slow_ms / FEW
        apart = float(np.abs(fast[:FEW] - slow).max())
        print(f"{metric:6} {fast_ms:11.4f} {slow_ms:14.4f} {slow_ms / fast_ms:6.1f}  {apart:.0e}")


if __name__ == "__main__":
    main()
