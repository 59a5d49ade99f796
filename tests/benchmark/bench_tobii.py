"""Read a made-up Tobii Pro Lab export of 500,000 rows and 60 columns: seconds and peak memory.

Run it as `python tests/benchmark/bench_tobii.py [FILE]`; without a file, one of 228 MB is made.
"""

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gazelab.io.readers import reader_named
from gazelab.io.reading import ReadSettings
from gazelab.task import finish

T = TypeVar("T")
BYTES = 1 if sys.platform == "darwin" else 1024
RECORDINGS, ROWS = 20, 25_000
RUNS = 5
CHUNK_BYTES = 1 << 20
GOAL_S = 0.8
CONSTANT = {
    "Export date": "11/21/2026",
    "Project name": "A study of pictures",
    "Recording date": "11/20/2026",
    "Recording duration": "83333",
    "Recording Fixation filter name": "Tobii I-VT (Fixation)",
    "Recording software version": "1.217.50.2211",
    "Recording resolution height": "1080",
    "Recording resolution width": "1920",
    "Sensor": "Eye Tracker",
    "Event": "",
    "Event value": "",
    "Validity left": "Valid",
    "Validity right": "Valid",
    "Presented Media width": "1920",
    "Presented Media height": "1080",
    "Presented Media position X [DACS px]": "0",
    "Presented Media position Y [DACS px]": "0",
    "Original Media width [px]": "1920",
    "Original Media height [px]": "1080",
    "Mouse position X [DACS px]": "",
}
SIDES = ("left", "right")
IN_MM = [f"Gaze direction {side} {axis} [DACS mm]" for side in SIDES for axis in "XYZ"]
IN_MM += [f"Eye position {side} {axis} [DACS mm]" for side in SIDES for axis in "XYZ"]
IN_MM += [f"Gaze point {side} {axis} [DACS mm]" for side in SIDES for axis in "XY"]


def rows() -> list[dict[str, str]]:
    """Return the rows of one recording; person and recording are "{}"."""
    chance = random.Random(1)
    found, left, number, kind = [], 0, 0, "Saccade"
    x = y = 0.0
    size = 0
    for k in range(ROWS):
        if left == 0:
            kind = "Saccade" if kind == "Fixation" else "Fixation"
            size = left = chance.randint(40, 90) if kind == "Fixation" else chance.randint(6, 12)
            number += 1
            x, y = chance.uniform(400, 1500), chance.uniform(200, 900)
        left -= 1
        now_x, now_y = x + chance.uniform(-9, 9), y + chance.uniform(-9, 9)
        fixed = kind == "Fixation"
        row = {"Participant name": "P{0:02d}", "Recording name": "Recording{0}"}
        row |= {"Recording timestamp [μs]": str(k * 10_000 // 3)}
        row |= {"Computer timestamp [μs]": str(5_000_000_000 + k * 10_000 // 3)} | CONSTANT
        row |= {name: f"{chance.uniform(0, 600):.2f}" for name in IN_MM}
        for name in ("", "left ", "right "):
            row |= {f"Gaze point {name}X [DACS px]": f"{now_x:.0f}"}
            row |= {f"Gaze point {name}Y [DACS px]": f"{now_y:.0f}"}
        row |= {f"Pupil diameter {side} [mm]": f"{chance.uniform(3, 4):.3f}" for side in SIDES}
        row |= {"Gaze point X [MCS norm]": f"{now_x / 1920:.4f}"}
        row |= {"Gaze point Y [MCS norm]": f"{now_y / 1080:.4f}"}
        row |= {"Presented Stimulus name": f"image_{k // 1250:03d}"}
        row |= {"Presented Media name": f"image_{k // 1250:03d}.png"}
        row |= {"Eye movement type": kind, "Eye movement type index": str(number)}
        row |= {"Gaze event duration [ms]": str(size * 10 // 3)}
        row |= {"Fixation point X [DACS px]": f"{x:.0f}" if fixed else ""}
        row |= {"Fixation point Y [DACS px]": f"{y:.0f}" if fixed else ""}
        row |= {"Fixation point X [MCS norm]": f"{x / 1920:.4f}" if fixed else ""}
        row |= {"Fixation point Y [MCS norm]": f"{y / 1080:.4f}" if fixed else ""}
        found.append(row)
    return found


def write(path: Path) -> None:
    """Write the export; rows are filled up to 228 MB in all."""
    one = rows()
    lines = ["\t".join(row.values()) for row in one]
    filled = 228_000_000 // (RECORDINGS * ROWS) - sum(map(len, lines)) // len(lines)
    names = [*one[0], *(f"Column {k}" for k in range(60 - len(one[0])))]
    pad = "\t" * (60 - len(one[0]) - 1) + "\t" + "x" * max(filled + 4, 1)
    text = "".join(f"{line}{pad}\r\n" for line in lines)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\t".join(names) + "\r\n")
        for number in range(RECORDINGS):
            file.write(text.format(number))


def tabs_in(path: Path) -> int:
    """Return how many tabs there are: the least that any reader has to do."""
    with open(path, "rb") as file:
        return sum(chunk.count(b"\t") for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Return seconds, seconds of the processor, and what came of it."""
    start, start_cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - start, time.process_time() - start_cpu, found


def main(path: Path) -> None:
    load = ", ".join(f"{some:.1f}" for some in os.getloadavg())
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB; {os.cpu_count()} cores, load {load}")
    reader = reader_named("tobii-pro-lab")
    times, scans = [], []
    for _ in range(RUNS):
        seconds, cpu_s, reading = timed(lambda: finish(reader.read(path, ReadSettings())))
        times.append(cpu_s)
        scans.append(timed(lambda: tabs_in(path))[1])
        print(f"read {seconds:6.2f} s, of the processor {cpu_s:6.2f} s (goal {GOAL_S} s)")
    least, scan = min(times), min(scans)
    print(f"least {least:.2f} s of the processor: {least / scan:.1f} x counting the tabs")
    samples = sum(map(len, reading.recordings))
    fixations = sum(map(len, reading.scanpaths))
    print(f"{samples:,} samples, {fixations:,} fixations, {dict(reading.counts)}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
    print(f"peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            made = Path(name) / "export.tsv"
            write(made)
            main(made)
