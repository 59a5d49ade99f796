"""Read a long EyeLink recording: seconds, lines a second and peak memory.

Run it as `python tests/benchmark/bench_asc.py [MINUTES]`; a made-up recording of that length
(by default 60, 1 kHz, both eyes) is written to a temporary folder first.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eyelink_files import HEADER, Block, Fix, block_lines

from gazelab.io.eyelink_trials import read_asc
from gazelab.task import finish

BYTES = 1 if sys.platform == "darwin" else 1024
TRIAL_MS = 10_000
GOAL_S = 3.0


def write(path: Path, minutes: int) -> int:
    """Write the recording and return the number of its lines."""
    fixations = [
        Fix(start, start + 249, 640.5, 512.3, eye)
        for start in range(0, TRIAL_MS - 300, 300)
        for eye in "LR"
    ]
    lines = 0
    with open(path, "w") as file:
        for line in (*HEADER, "MSG\t100 DISPLAY_COORDS 0 0 1279 1023"):
            file.write(line + "\n")
            lines += 1
        for trial in range(minutes * 60_000 // TRIAL_MS):
            shown = ((20, f"-5 !V IMGLOAD CENTER images/{trial}.png 640 512"),)
            block = Block(
                1000 + trial * TRIAL_MS, fixations, during=shown, length=TRIAL_MS, eyes="LR"
            )
            for line in block_lines(block):
                file.write(line + "\n")
                lines += 1
    return lines


def main(minutes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.asc"
        lines = write(path, minutes)
        size_mb = path.stat().st_size / 1e6
        start, start_cpu = time.perf_counter(), time.process_time()
        reading = finish(read_asc(path))
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    print(f"{size_mb:.0f} MB, {lines:,} lines, {len(reading.scanpaths)} scanpaths")
    print(f"{seconds:.2f} s, of the processor {cpu:.2f} s (goal {GOAL_S:g} s)")
    print(f"{lines / seconds / 1e6:.1f} million lines/s, {size_mb / seconds:.0f} MB/s")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES / 1e6
    print(f"peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
