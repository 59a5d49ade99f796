"""Time event detection, data quality and the min-max pyramid, and compare with experts.

Run with `PYTHONPATH=. python tests/benchmark/bench_detect.py [FOLDER]`: FOLDER holds the labelled
recordings of Lund2013, by default ../shared/data/lund2013.

Each figure is the best of several runs in one process, reference and ours on the same made-up
hour at 1 kHz; references that are slow run on a part of it and are scaled up. Run with
OMP_NUM_THREADS=1.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.data.recording import Recording
from gazelab.gaze.detect import detect, fixation_properties
from gazelab.gaze.events import properties
from gazelab.gaze.found import Label
from gazelab.gaze.idt import IdtSettings, compact_windows
from gazelab.gaze.ivt import IvtSettings, find_by_velocity
from gazelab.gaze.microsaccades import MicrosaccadeSettings
from gazelab.gaze.pyramid import Pyramid
from gazelab.gaze.quality import quality
from gazelab.gaze.signal import Signal, signal_of
from gazelab.gaze.velocity import speed

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3_600_000
PART = 60_000
PX_PER_DEG = 40.0
WIDTH_PX = 1600
SPANS_S = (3600, 600, 60, 5)
CODERS = ("MN", "RA")


def best_s(work: Callable[[], object], times: int) -> float:
    """Return the shortest of several runs in seconds."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        durations.append(time.perf_counter() - start)
    return min(durations)


def made_up(n: int) -> Recording:
    """Return gaze at 1 kHz: about three fixations a second, noise, and a loss in 20 s."""
    rng = np.random.default_rng(0)
    onset = np.cumsum(rng.gamma(6, 45, n // 250) + 60).astype(int)
    place = np.zeros(n, int)
    place[onset[onset < n]] = 1
    at = rng.normal(0, 5, (2, place.sum() + 1))[:, np.cumsum(place)]
    ramp = np.hanning(42)[1:-1] / np.hanning(42).sum()
    x, y = (np.convolve(axis, ramp, "same") + rng.normal(0, 0.02, n) for axis in at)
    for begin in rng.integers(0, n, n // 20_000):
        x[begin : begin + 150] = y[begin : begin + 150] = np.nan
    t_ms = np.arange(n, dtype=float)
    return Recording(
        "p1", "s1", t_ms, x * PX_PER_DEG, y * PX_PER_DEG, px_per_deg=PX_PER_DEG, rate_hz=1000
    )


def part_of(recording: Recording, n: int) -> Recording:
    """Return the first n samples."""
    arrays = (v[:n] for v in (recording.t_ms, recording.x_px, recording.y_px))
    return Recording("p1", "s1", *arrays, px_per_deg=PX_PER_DEG, rate_hz=1000)


def reference_ivt(signal: Signal, velocity: Vector) -> list[list[float]]:
    """Walk through the samples and measure each fixation and saccade from its samples."""
    kinds = np.where(velocity < 30, 1, np.where(velocity >= 30, 2, 0)).tolist()
    found, begin = [], 0
    for i in range(1, len(kinds) + 1):
        if i < len(kinds) and kinds[i] == kinds[begin]:
            continue
        if kinds[begin] and i - begin >= (60, 10)[kinds[begin] - 1]:
            x, y, v = signal.x_deg[begin:i], signal.y_deg[begin:i], velocity[begin:i]
            width = x.max() - x.min() + y.max() - y.min()
            jump = np.hypot(x[-1] - x[0], y[-1] - y[0])
            found.append([begin, i, x.mean(), y.mean(), width, jump, v.max(), v.mean()])
        begin = i
    return found


def reference_idt(x: Vector, y: Vector, threshold: float, length: int) -> list[tuple[int, int]]:
    """Grow a window one sample at a time, its extent anew each time."""

    def fits(i: int, j: int) -> bool:
        if j > len(x):
            return False
        return (x[i:j].max() - x[i:j].min()) + (y[i:j].max() - y[i:j].min()) <= threshold

    i, found = 0, []
    while i < len(x):
        j = i + length
        if not fits(i, j):
            i += 1
            continue
        while fits(i, j + 1):
            j += 1
        found.append((i, j))
        i = j
    return found


def print_times() -> None:
    """Print the times of detection."""
    hour = made_up(HOUR)
    part, trial = part_of(hour, PART), part_of(hour, 30_000)
    signal = signal_of(part)

    def ivt() -> None:
        found = find_by_velocity(signal_of(hour), IvtSettings())
        fixation_properties(found)
        properties(found.signal, found.saccades, found.speed_deg_s)

    settings = IdtSettings()

    def idt() -> object:
        return compact_windows(signal_of(hour), settings.dispersion_deg, settings.min_fixation_ms)

    velocity = speed(signal)
    slow = reference_idt(signal.x_deg, signal.y_deg, 1.0, 100)
    ours = compact_windows(signal, 1.0, 100.0)
    same = slow == list(zip(ours.start.tolist(), ours.stop.tolist(), strict=True))
    scale = HOUR / PART
    rows = {
        "I-VT with properties, 1 h": (ivt, lambda: reference_ivt(signal, velocity), 0.5),
        "I-DT, 1 h": (idt, lambda: reference_idt(signal.x_deg, signal.y_deg, 1.0, 100), 1.0),
        "microsaccades, 1 h": (lambda: detect(hour, MicrosaccadeSettings()), None, None),
        "quality, 1 h": (lambda: quality(hour, (800, 600)), None, None),
        "I-VT of a 30 s trial": (lambda: detect(trial, IvtSettings()), None, 0.05),
        "I-DT of a 30 s trial": (lambda: detect(trial, IdtSettings()), None, 0.05),
        "microsaccades of a 30 s trial": (
            lambda: detect(trial, MicrosaccadeSettings()), None, 0.05,
        ),
    }  # fmt: skip
    for name, (work, reference, goal) in rows.items():
        ours_s = best_s(work, 3 if "1 h" in name else 10)
        beside = f"   goal {goal * 1e3:5.0f} ms" if goal else ""
        if reference:
            plain_s = best_s(reference, 1) * scale
            beside += f"   plain loop {plain_s:6.1f} s, {plain_s / ours_s:.0f}x"
        sys.stdout.write(f"{name:32} {ours_s * 1e3:8.1f} ms{beside}\n")
    sys.stdout.write(f"I-DT equals the plain loop on {PART} samples: {same}, {len(slow)} events\n")
    print_pyramid(hour)


def print_pyramid(hour: Recording) -> None:
    """Print the times of drawing columns."""
    build_s = best_s(lambda: Pyramid.build(hour.t_ms, hour.x_px), 3)
    pyramid = Pyramid.build(hour.t_ms, hour.x_px)
    sys.stdout.write(f"{'pyramid, built':32} {build_s * 1e3:8.1f} ms\n")
    for span_s in SPANS_S:
        start_ms = (3600 - span_s) * 500.0
        frames = [
            best_s(lambda s=start_ms + k, w=span_s * 1e3: pyramid.columns(s, s + w, WIDTH_PX), 1)
            for k in range(40)
        ]
        middle, worst = np.percentile(frames, [50, 99]) * 1e3
        name = f"pyramid, {WIDTH_PX} columns of {span_s} s"
        sys.stdout.write(f"{name:32} {middle:8.2f} ms, p99 {worst:.2f} ms   goal     3 ms\n")


def labelled(file: Path) -> tuple[Signal, Vector]:
    """Read one recording with the labels of one expert; (0, 0) is a lost sample."""
    from scipy.io import loadmat

    data = loadmat(file, squeeze_me=True, struct_as_record=False)["ETdata"]
    time_us, _, _, x_px, y_px, label = data.pos.T
    lost = (x_px == 0) & (y_px == 0)
    px_per_deg = np.radians(1) * data.viewDist * data.screenRes[0] / data.screenDim[0]
    x_deg, y_deg = (np.where(lost, np.nan, v / px_per_deg) for v in (x_px, y_px))
    return Signal((time_us - time_us[0]) / 1e3, x_deg, y_deg), label.astype(int)


def kappa(one: Vector, other: Vector) -> float:
    """Return Cohen's kappa of two (n,) bool."""
    chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
    return ((one == other).mean() - chance) / (1 - chance) if chance < 1 else np.nan


def print_agreement(folder: Path) -> None:
    """Print the agreement with experts, sample by sample."""
    names = sorted({file.name[: -len("_labelled_MN.mat")] for file in folder.glob("*.mat")})
    if not names:
        sys.stdout.write(f"no recordings of Lund2013 in {folder}\n")
        return
    sys.stdout.write("\nkappa with experts, I-VT with its defaults: fixation, saccade\n")
    head = "".join(f"{coder:>16}" for coder in (*CODERS, "MN with RA"))
    sys.stdout.write(f"{'':28}{head}\n")
    total = []
    for name in names:
        both = [labelled(folder / f"{name}_labelled_{coder}.mat") for coder in CODERS]
        row = []
        for signal, label in both:
            found = find_by_velocity(signal, IvtSettings()).labels
            row += [kappa(found == Label.FIXATION, label == 1)]
            row += [kappa(found == Label.SACCADE, label == 2)]
        n = min(len(label) for _, label in both)
        one, other = (label[:n] for _, label in both)
        row += [kappa(one == 1, other == 1), kappa(one == 2, other == 2)]
        total.append(row)
        sys.stdout.write(f"{name:28}{_cells(row)}\n")
    mean = np.mean(total, axis=0)
    sys.stdout.write(f"{'mean':28}{_cells(mean)}\n")
    fixation, saccade = (mean[0] + mean[2]) / 2, (mean[1] + mean[3]) / 2
    sys.stdout.write(f"{'mean over coders':28}   {fixation:6.3f}{saccade:7.3f}   goal 0.65, 0.60\n")


def _cells(row: list[float]) -> str:
    return "".join(f"   {row[k]:6.2f}{row[k + 1]:7.2f}" for k in range(0, len(row), 2))


if __name__ == "__main__":
    print_times()
    print_agreement(
        Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared/data/lund2013"
    )
