"""Time density maps and metrics beside plain reference code.

Run with `python tests/benchmark/bench_metrics.py`.

Each figure is the best of several runs in one process, reference and ours on the same data:
made-up fixations and maps of 600x800 pixels. Run with OMP_NUM_THREADS=1.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.data.image import opencv
from gazelab.gaze.density import density
from gazelab.metrics.baselines import Fixations, leave_one_out
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import METRICS, evaluate_all
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.probe import MapProbe
from gazelab.metrics.resample import cells_of, to_grid

SHAPE = (600, 800)
HALF = (300, 400)
SIGMA_PX = 24.0
FIXATIONS = 140
OTHERS = 70_000
MAPS = 500
VIEWERS = 15
EACH = 9


def best_ms(work: Callable[[], object], times: int) -> float:
    """Return the shortest of several runs in milliseconds."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations) * 1e3


def reference_density(x_px: np.ndarray, y_px: np.ndarray) -> np.ndarray:
    """Filter a count map, as most toolboxes do."""
    from scipy.ndimage import gaussian_filter

    counts = np.zeros(SHAPE)
    np.add.at(counts, (y_px.astype(int), x_px.astype(int)), 1)
    return gaussian_filter(counts, SIGMA_PX)


def exact_density(x_px: np.ndarray, y_px: np.ndarray) -> np.ndarray:
    """Sum the Gaussians at the places themselves, at the centre of every pixel, in float64."""
    rows, columns = (np.arange(side) + 0.5 for side in SHAPE)
    down = np.exp(-((rows[:, None] - y_px) ** 2) / (2 * SIGMA_PX**2))
    across = np.exp(-((x_px[:, None] - columns) ** 2) / (2 * SIGMA_PX**2))
    return down @ across / (2 * np.pi * SIGMA_PX**2)


def largest_error(map_: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest difference, in parts of the maximum, after scaling to equal sums."""
    scaled = map_.astype(np.float64) * (exact.sum() / map_.sum(dtype=np.float64))
    return float(np.abs(scaled - exact).max() / exact.max())


def others_s() -> float:
    """Return the seconds that all maps of all viewers but one take, image by image."""
    rng = np.random.default_rng(1)
    total = 0.0
    for _ in range(MAPS):
        x, y = rng.uniform(0, 800, (VIEWERS, EACH)), rng.uniform(0, 600, (VIEWERS, EACH))
        viewers = [Fixations(*pair, np.ones(EACH)) for pair in zip(x, y, strict=True)]
        start = time.perf_counter()
        for _ in leave_one_out(viewers, SHAPE, SIGMA_PX, HALF):
            pass
        total += time.perf_counter() - start
    return total


def resident_mb() -> float:
    """Return the memory this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def reference_metrics(map_: np.ndarray, truth: Truth) -> list[float]:
    """Compute the seven metrics one by one, ranks by sorting all pixels."""
    flat, q = map_.astype(np.float64).ravel(), truth.density.astype(np.float64).ravel()
    bias = truth.baseline.astype(np.float64).ravel()
    values = flat[truth.cells]

    def area(negatives: np.ndarray) -> float:
        ordered = np.sort(negatives)
        sides = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
        return float(sum(sides).mean()) / 2 / len(ordered)

    p, q, bias = flat / flat.sum(), q / q.sum(), bias / bias.sum()
    e = np.finfo(float).eps
    mixed, mixed_bias = (0.99 * d[truth.cells] + 0.01 / d.size for d in (p, bias))
    return [
        ((flat - flat.mean()) / flat.std())[truth.cells].mean(),
        np.corrcoef(flat, q)[0, 1],
        area(flat),
        area(flat[truth.others]),
        (q * np.log(e + q / (p + e))).sum(),
        np.minimum(p, q).sum(),
        np.log2(mixed / mixed_bias).mean(),
    ]


def main() -> None:
    """Print the figures."""
    opencv().setNumThreads(1)
    rng = np.random.default_rng(0)
    x, y = rng.normal(400, 110, FIXATIONS).clip(0, 799), rng.normal(300, 90, FIXATIONS).clip(0, 599)
    others = np.sort(rng.integers(0, SHAPE[0] * SHAPE[1], OTHERS))
    bias = to_grid(density(x, y, SHAPE, 90, grid=(256, 256)), SHAPE)
    small = density(rng.uniform(0, 800, 30), rng.uniform(0, 600, 30), SHAPE, 60, grid=(60, 80))
    for_truth, for_map = Buffers(), Buffers()
    size = SHAPE[0] * SHAPE[1]

    def truth() -> Truth:
        out = for_truth.get("density", size, np.float32).reshape(SHAPE)
        human = density(x, y, SHAPE, SIGMA_PX, out=out)
        return Truth(SHAPE, cells_of(x, y, SHAPE, SHAPE), human, others, bias, for_truth)

    def seven(people: Truth) -> list[float]:
        prediction = Prediction(to_grid(small, SHAPE), for_map)
        return [value for value, _ in evaluate_all(METRICS, prediction, people).values()]

    people = truth()
    worst = np.abs(np.subtract(seven(people), reference_metrics(to_grid(small, SHAPE), people)))
    probe = MapProbe(small, SHAPE)
    before_mb = resident_mb()
    start = time.perf_counter()
    for _ in range(MAPS):
        seven(truth())
    all_s = time.perf_counter() - start
    grown_mb = resident_mb() - before_mb
    out = np.empty(SHAPE, np.float32)
    lines = {
        f"density, {FIXATIONS} fixations": (
            best_ms(lambda: density(x, y, SHAPE, SIGMA_PX, out=out), 30),
            best_ms(lambda: reference_density(x, y), 3),
        ),
        "seven metrics of one map": (
            best_ms(lambda: seven(people), 20),
            best_ms(lambda: reference_metrics(to_grid(small, SHAPE), people), 3),
        ),
        "map probe, prepared": (best_ms(lambda: MapProbe(small, SHAPE), 20), None),
        "map probe, one point": (best_ms(lambda: probe.at(333.0, 222.0), 100), None),
    }
    for name, (ours, reference) in lines.items():
        beside = f"   reference {reference:8.2f} ms, {reference / ours:.1f}x" if reference else ""
        sys.stdout.write(f"{name:32} {ours:8.3f} ms{beside}\n")
    sys.stdout.write(f"largest difference from the reference: {worst.max():.1e}\n")
    sys.stdout.write(f"{MAPS} maps with their densities, seven metrics: {all_s:.2f} s\n")
    sys.stdout.write(f"memory grew by {grown_mb:.1f} MB over these\n")
    exact = exact_density(x, y)
    errors = [
        largest_error(m, exact) for m in (density(x, y, SHAPE, SIGMA_PX), reference_density(x, y))
    ]
    sys.stdout.write("density, largest error: {:.1e}, reference {:.1e}\n".format(*errors))
    sys.stdout.write(
        f"{MAPS * VIEWERS:,} maps of all viewers but one: {others_s():.2f} s (goal 3)\n"
    )


if __name__ == "__main__":
    main()
