"""Import, save and load the OSIE data set: seconds and peak memory.

Run it as `python tests/benchmark/bench_import.py [FOLDER]`; the folder holds
`fixations.mat` and `stimuli/`, by default ../shared/data/osie.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from gazelab.data.attention import Attention
from gazelab.project import store
from gazelab.project.check import check
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, import_files
from gazelab.task import finish

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
BYTES = 1 if sys.platform == "darwin" else 1024


def timed(name: str, goal_s: float | None, function: Callable[[], T]) -> T:
    start, start_cpu = time.perf_counter(), cpu_s()
    result = function()
    goal = f"(goal {goal_s} s)" if goal_s else ""
    seconds = time.perf_counter() - start
    print(f"{name:<28}{seconds:8.3f} s, of the processor {cpu_s() - start_cpu:6.3f} s {goal}")
    return result


def cpu_s() -> float:
    """Return the processor time of this process and its children."""
    return sum(os.times()[:4])


def maps(project: Project) -> list[Attention]:
    """Return four maps of 75 x 100 for each stimulus: 60 MB for 500 stimuli."""
    values = np.random.default_rng(1)
    steps = ("1", "2", "3", "4")
    return [
        Attention(name, "sam", "attention", values.random((4, 75, 100), np.float32), steps)
        for name in project.stimuli
    ]


def main(osie: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "osie.gazelab"
        plan = ImportPlan((osie / "fixations.mat",), folder, images=osie / "stimuli")
        addition = timed("import", 5, lambda: finish(import_files(plan, Project())))
        project = Project().with_addition(addition)
        timed("first save", None, lambda: store.save(project, folder))
        loaded = timed("load", 0.5, lambda: store.load(folder))
        timed("save again", None, lambda: store.save(loaded, folder))
        with_maps = loaded.with_attention(maps(loaded))
        timed("save with 60 MB of maps", None, lambda: store.save(with_maps, folder))
        loaded = timed("load with maps", 0.5, lambda: store.load(folder))
        timed("save again", None, lambda: store.save(loaded, folder))
        report = timed("check", None, lambda: finish(check(folder)))
        print(dict(report.counts), len(report.findings), "findings")
    for who, title in ((resource.RUSAGE_SELF, "this process"), (resource.RUSAGE_CHILDREN, "child")):
        peak_mb = resource.getrusage(who).ru_maxrss * BYTES / 1e6
        print(f"peak memory, {title:<15}{peak_mb:8.0f} MB (goal 500 MB)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "osie")
