"""Score 500 maps of 600x800 by seven metrics on one thread, beside pysaliency.

Run it as `python tests/benchmark/bench_pysaliency.py [MAPS]`. The fixations are those of OSIE
where that data set is there, else made up; each map is a blurred density of another image.
GAZELAB_PYSALIENCY may name a Python interpreter that has pysaliency 0.2.22 (with setuptools 79):
it scores the first maps in the same run, and its values are compared with ours. Densities of
people are made before, for both.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.data.image import opencv
from gazelab.gaze.density import density
from gazelab.metrics.baselines import Fixations, Pool
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import evaluate_all, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import mixed
from gazelab.metrics.resample import cells_of, to_grid

SHAPE = (600, 800)
SIGMA_PX = 24.0
WIDE_PX = 40.0
MAPS = 500
THEIRS = 10
METRICS = ("auc", "sauc", "nss", "cc", "kl", "sim", "ig")
GOAL = 20
OSIE = Path(__file__).resolve().parents[3] / "shared" / "data" / "osie" / "fixations.mat"

PYSALIENCY = """
import json, sys, time, types
import numpy as np
np.trapz = np.trapezoid
torch = sys.modules["torch"] = types.ModuleType("torch")  # only its own networks need it
torch.Tensor = torch.device = object
import pysaliency
from pysaliency import metrics
data = np.load(sys.argv[1])
maps, densities = data["maps"], data["densities"]
stimuli = pysaliency.Stimuli([np.zeros(maps.shape[1:] + (3,), np.uint8)] * len(maps))
def fixations(x, y, n):
    empty = np.full((len(x), 1), np.nan)
    return pysaliency.Fixations(x, y, np.zeros(len(x)), empty, empty, empty, n, np.zeros(len(x)))
seen = fixations(data["x"], data["y"], data["n"])
others = fixations(data["other_x"], data["other_y"], data["other_n"])
class Map(pysaliency.SaliencyMapModel):
    def _saliency_map(self, stimulus): return current
class Density(pysaliency.Model):
    def _log_density(self, stimulus): return np.log(current_density)
took, found = dict.fromkeys(%s, 0.0), []
for k, map_ in enumerate(maps):
    one, own = stimuli[[k]], seen[seen.n == k]
    own.n[:] = 0
    negatives = others[others.n == k]
    negatives.n[:] = 0
    x, y = own.x_int, own.y_int
    current, current_density = map_, data["p"][k]
    baseline = data["b"][k]
    model, gain = Map(caching=False), Density(caching=False)
    def information_gain():
        log_density = gain.log_density(one[0])
        return np.mean(log_density[y, x] - np.log(baseline)[y, x]) / np.log(2)
    work = dict(
        auc=lambda: model.AUC_per_image(one, own, nonfixations="uniform")[0],
        sauc=lambda: model.AUC_per_image(one, own, nonfixations=negatives)[0],
        nss=lambda: np.mean(metrics.NSS(map_, x, y)),
        cc=lambda: metrics.CC(map_, densities[k]),
        kl=lambda: metrics.MIT_KLDiv(map_, densities[k]),
        sim=lambda: metrics.SIM(map_, densities[k]),
        ig=information_gain,
    )
    values = {}
    for name, call in work.items():
        if not k: call()  # what is compiled on first use is no part of the work
        start = time.perf_counter()
        values[name] = float(call())
        took[name] += time.perf_counter() - start
    found.append(values)
print(json.dumps(dict(ms={k: v * 1e3 / len(maps) for k, v in took.items()}, values=found)))
"""


def gaze(number: int) -> tuple[list[Fixations], str]:
    """Return the fixations on each image, and where they come from."""
    if OSIE.is_file():
        return list(_osie())[:number], f"OSIE, {OSIE.name}"
    rng = np.random.default_rng(0)
    points = rng.normal((400, 300), (110, 90), (number, 140, 2)).clip(0, (799, 599))
    ones = np.ones(140)
    return [Fixations(*each.T, ones) for each in points], "made up"


def _osie() -> Iterator[Fixations]:
    from gazelab.project.project import Project
    from gazelab.study.importing import ImportPlan, Source, import_files
    from gazelab.study.viewings import viewings_of
    from gazelab.task import finish

    with tempfile.TemporaryDirectory() as folder:
        plan = ImportPlan((Source(OSIE),), Path(folder), images=OSIE.parent / "stimuli")
        project = Project().with_addition(finish(import_files(plan, Project())))
    for viewing in viewings_of(project, by_duration=False).values():
        yield viewing.points[viewing.used]


def blurred(points: Fixations, sigma_px: float, out: np.ndarray | None = None) -> np.ndarray:
    """Return the density of the fixations at full size."""
    return density(points.x_px, points.y_px, SHAPE, sigma_px, out=out)


def predicted(points: Fixations) -> np.ndarray:
    """Return a map without zeros, so that no epsilon decides."""
    map_ = blurred(points, WIDE_PX)
    return map_ + map_.max() * np.float32(1e-3)


def ours(seen: list[Fixations], pool: Pool) -> tuple[list[float], list[float], list[dict]]:
    """Return the milliseconds of the metrics and of the densities of each map, and the values."""
    metrics = [metric_of(id_) for id_ in METRICS]
    for_map, for_truth = Buffers(), Buffers()
    out = np.empty(SHAPE, np.float32)
    metric_ms, density_ms, values = [], [], []
    for k, points in enumerate(seen):
        map_ = predicted(seen[k - 1])
        others, bias = pool.others(str(k), SHAPE), to_grid(pool.centre_bias(str(k)), SHAPE)
        start = time.perf_counter()
        human = blurred(points, SIGMA_PX, out)
        between = time.perf_counter()
        cells = cells_of(points.x_px, points.y_px, SHAPE, SHAPE)
        truth = Truth(SHAPE, cells, human, others, bias, for_truth)
        prediction = Prediction(map_, for_map)
        found = evaluate_all(metrics, prediction, truth)
        values.append({id_: value for id_, (value, _) in found.items()})
        metric_ms.append((time.perf_counter() - between) * 1e3)
        density_ms.append((between - start) * 1e3)
    return metric_ms, density_ms, values


def theirs(python: str, seen: list[Fixations], pool: Pool) -> dict:
    """Let pysaliency score the first maps in a process of its own."""
    few = range(min(THEIRS, len(seen)))
    maps = np.array([predicted(seen[k - 1]) for k in few], np.float64)
    biases = np.array([to_grid(pool.centre_bias(str(k)), SHAPE) for k in few], np.float64)
    shares = [array / array.sum((1, 2), keepdims=True) for array in (maps, biases)]
    elsewhere = [pool.others(str(k), SHAPE) for k in few]
    data = {
        "maps": maps,
        "densities": np.array([blurred(seen[k], SIGMA_PX) for k in few], np.float64),
        "p": mixed(shares[0], SHAPE[0] * SHAPE[1]),
        "b": mixed(shares[1], SHAPE[0] * SHAPE[1]),
        "x": np.concatenate([seen[k].x_px for k in few]),
        "y": np.concatenate([seen[k].y_px for k in few]),
        "n": np.repeat(few, [len(seen[k]) for k in few]),
        "other_x": np.concatenate(elsewhere) % SHAPE[1] + 0.5,
        "other_y": np.concatenate(elsewhere) // SHAPE[1] + 0.5,
        "other_n": np.repeat(few, [len(each) for each in elsewhere]),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "maps.npz"
        np.savez(path, **data)
        code = PYSALIENCY % repr(METRICS)
        done = subprocess.run(
            [python, "-W", "ignore", "-c", code, path], stdout=subprocess.PIPE, check=True
        )
    return json.loads(done.stdout)


def main(number: int) -> None:
    """Print the figures."""
    opencv().setNumThreads(1)
    seen, where = gaze(number)
    named = {str(k): points for k, points in enumerate(seen)}
    pool = Pool(named, dict.fromkeys(named, SHAPE))
    total = sum(map(len, seen))
    print(f"{len(seen)} maps of {SHAPE[0]}x{SHAPE[1]}, {total:,} fixations ({where}), one thread")
    metric_ms, density_ms, values = ours(seen, pool)
    per_map = sum(metric_ms) / len(seen)
    both = [m + d for m, d in zip(metric_ms, density_ms, strict=True)]
    print(
        f"gazelab     {per_map:8.2f} ms a map, {sum(metric_ms) / 1e3:.2f} s; with the density of "
        f"people {np.median(both):.2f} ms (median), {max(both):.2f} ms at most (goal 10)"
    )
    if not (python := os.environ.get("GAZELAB_PYSALIENCY")):
        return
    found = theirs(python, seen, pool)
    total_ms = sum(found["ms"].values())
    parts = ", ".join(f"{name} {ms:.1f}" for name, ms in found["ms"].items())
    print(f"pysaliency  {total_ms:8.2f} ms a map ({parts}), {THEIRS} maps")
    print(f"            {total_ms / per_map:.1f}x as long (goal {GOAL})")
    for name in METRICS:
        pairs = zip(values, found["values"], strict=False)
        worst = max(abs(one[name] - other[name]) for one, other in pairs)
        print(f"{name:6} differs by {worst:.1e} at most (goal 1e-9)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MAPS)
