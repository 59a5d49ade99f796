"""Import the POET data set: seconds, and the fixations off their picture, kept and flagged.

Run it as `python tests/benchmark/bench_poet.py [FOLDER]`; the folder holds `etData/` and
`PascalImages/`, by default ../shared/data/poet.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from gazelab.data.gaze import Exclusion
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import finish

ROOT = Path(__file__).resolve().parents[2]
GOAL_S = 5


def main(poet: Path) -> None:
    sources = tuple(Source(path) for path in sorted((poet / "etData").glob("*.mat")))
    with tempfile.TemporaryDirectory() as name:
        plan = ImportPlan(sources, Path(name), images=poet / "PascalImages")
        start, start_cpu = time.perf_counter(), sum(os.times()[:4])
        addition = finish(import_files(plan, Project()))
        seconds, cpu_s = time.perf_counter() - start, sum(os.times()[:4]) - start_cpu
    print(
        f"import of {len(addition.stimuli):,} pictures: {seconds:.2f} s, of the processor "
        f"{cpu_s:.2f} s (goal {GOAL_S} s)"
    )
    fixations = sum(map(len, addition.scanpaths))
    print(f"{len(addition.scanpaths):,} scanpaths with {fixations:,} fixations are kept")
    for reason in list(Exclusion)[1:]:
        flagged = sum(int((path.exclusion == reason).sum()) for path in addition.scanpaths)
        print(f"  excluded, {reason.reason}: {flagged:,} ({flagged / fixations:.1%})")
    first = [path.exclusion[0] == Exclusion.OFF_STIMULUS for path in addition.scanpaths]
    print(f"  of the first fixations off the stimulus: {sum(first) / len(first):.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "poet")
