"""Import, save and load the OSIE data set, and read a wide table: seconds and peak memory.

Run it as `python tests/benchmark/bench_import.py [FOLDER | table]`; the folder holds
`fixations.mat` and `stimuli/`, by default ../shared/data/osie. `table` reads 17 of 60 columns
of a made-up export of 500,000 rows.
"""

import csv
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
from gazelab.io.columns import read_columns
from gazelab.io.delimited import guess_layout
from gazelab.project import store
from gazelab.project.check import check
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
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
        plan = ImportPlan((Source(osie / "fixations.mat"),), folder, images=osie / "stimuli")
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


TEXTS = {
    "Sensor": "Eye Tracker",
    "Participant name": "P{day:02d}",
    "Recording name": "Recording{day}",
    "Presented Stimulus name": "picture {trial}.jpg",
    "Eye movement type": "{event}",
    "Validity left": "{valid}",
    "Validity right": "{valid}",
}
NUMBERS = {
    "Recording timestamp": "{time}",
    "Gaze point X": "{x}",
    "Gaze point Y": "{y}",
    "Pupil diameter left": "{d[0]}",
    "Pupil diameter right": "{d[1]}",
    "Gaze event duration": "{duration}",
    "Eye movement type index": "{index}",
    "Fixation point X": "{x}",
    "Fixation point Y": "{y}",
    "Gaze point left X (MCSnorm)": "{d[2]}",
}
SETTINGS = ("A study of faces and pictures", "20.03.2021", "1920") * 4
OTHERS = {
    **{f"Eye position {k}": f"{{d[{k}]}}" for k in range(3, 12)},
    **{f"Direction {k}": f"{{d[{k}]}}" for k in range(3, 12)},
    **{f"Gaze point {k}": "{x}" for k in range(4)},
    **{f"Setting {k}": word for k, word in enumerate(SETTINGS)},
    **{f"Empty {k}": "" for k in range(9)},
}


def write_table(path: Path, rows: int) -> None:
    """Write an export of 60 columns, with line ends and a byte order mark as of Windows."""
    columns = {**TEXTS, **NUMBERS, **OTHERS}
    row = "\t".join(columns.values())
    chance = np.random.default_rng(1)
    noise = np.round(chance.normal(3, 0.4, (1000, 12)), 4).astype(str)
    x, y = chance.integers(0, 1920, 1000), chance.integers(0, 1080, 1000)
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        file.write("\t".join(columns) + "\r\n")
        for k in range(rows):
            index, lost = k // 30, k % 20 == 19
            event = ("Fixation", "Saccade", "Unclassified")[index % 3]
            text = row.format(
                time=k * 8333,
                day=k // 50_000,
                trial=k // 1000 % 40,
                event=event,
                valid="Invalid" if lost else "Valid",
                x="" if lost else x[k * 7 % 1000],
                y="" if lost else y[k * 11 % 1000],
                d=noise[k * 13 % 1000],
                duration=200 + index % 50,
                index=index,
            )
            file.write(text + "\r\n")


def wide_table(rows: int = 500_000) -> None:
    """Read the needed columns of a wide table beside reading its bytes, and its cells."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "wide.tsv"
        write_table(path, rows)
        layout = guess_layout(path)
        assert layout is not None
        size_mb = path.stat().st_size / 1e6
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
        seconds: dict[str, float] = {}

        def cells() -> None:
            with open(path, encoding="utf-8-sig", newline="") as file:
                for _ in csv.reader(file, delimiter="\t"):
                    pass

        for name, function in {
            "read_columns": lambda: finish(read_columns(path, layout, TEXTS, NUMBERS)),
            "csv.reader": cells,
            "read()": path.read_bytes,
        }.items():
            times = []
            for _ in range(1 if name == "csv.reader" else 5):
                start = time.perf_counter()
                found = function()
                times.append(time.perf_counter() - start)
            seconds[name] = min(times)
            if name == "read_columns":
                peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
                assert len(found) == rows
        ours = seconds.pop("read_columns")
        print(
            f"{size_mb:.0f} MB, {rows:,} rows x {len(TEXTS) + len(NUMBERS) + len(OTHERS)} columns, "
            f"{len(TEXTS) + len(NUMBERS)} read: {ours:.2f} s (goal 0.8 s), "
            f"{size_mb / ours:.0f} MB/s, {peak_mb - before_mb:.0f} MB more memory at most"
        )
        for name, theirs in seconds.items():
            print(f"  {name}: {theirs:.2f} s, {theirs / ours:.2f} times ours")


if __name__ == "__main__":
    if sys.argv[1:] == ["table"]:
        wide_table()
        sys.exit()
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "osie")
