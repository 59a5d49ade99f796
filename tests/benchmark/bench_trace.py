"""Print how long frames of the trace take: python tests/benchmark/bench_trace.py [--plain].

One hour at 1000 Hz, 3.6 million samples in four lanes, with saccades, blinks and gaps. A frame
is one synchronous repaint after the view was panned, and every fifth after it was zoomed,
without a screen. --plain also draws x and y with pyqtgraph as it comes.
"""

import argparse
import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from gazelab.app.trace.bands import bands_of
from gazelab.app.trace.series import series_of
from gazelab.app.trace.span import Span
from gazelab.app.trace.view import TraceView
from gazelab.data.recording import Recording
from gazelab.gaze.detect import DETECTORS, detect
from gazelab.gaze.ivt import IvtSettings

SIZE = (1600, 500)
SPANS_S = (3000, 600, 60, 5)


def recording(samples: int = 3_600_000) -> Recording:
    rng = np.random.default_rng(0)
    x, y = np.empty(samples), np.empty(samples)
    at, k = np.array([960.0, 540.0]), 0
    while k < samples:
        stay = int(rng.integers(150, 500))
        x[k : k + stay], y[k : k + stay] = at
        goal = np.clip(at + rng.normal(0, 200, 2), 0, (1920, 1080))
        way = np.linspace(0, 1, 40)[: max(samples - k - stay, 0)]
        x[k + stay : k + stay + 40] = at[0] + way * (goal[0] - at[0])
        y[k + stay : k + stay + 40] = at[1] + way * (goal[1] - at[1])
        at, k = goal, k + stay + 40
    x += rng.normal(0, 1, samples)
    y += rng.normal(0, 1, samples)
    for start in rng.integers(0, samples, samples // 5000):
        x[start : start + 150] = y[start : start + 150] = np.nan
    pupil = 4 + 0.3 * np.sin(np.arange(samples) / 3000) + rng.normal(0, 0.01, samples)
    pupil[np.isnan(x)] = np.nan
    t_ms = np.arange(samples, dtype=float)
    return Recording(
        "p", "s", t_ms, x, y, pupil=pupil, pupil_unit="mm", rate_hz=1000, px_per_deg=35
    )


def frames(widget: QWidget, show: Callable[[float, float], None], span_s: float) -> np.ndarray:
    """Return the (frames, 2) wall clock and own time in ms."""
    length = 1e3 * span_s
    rng = np.random.default_rng(1)
    start, zoom, taken = 1e5, 1.0, []
    for k in range(63):
        start = min(max(start + rng.uniform(-0.2, 0.25) * length, 0), 3.6e6 - length)
        zoom = rng.uniform(0.8, 1.0) if k % 5 == 0 else zoom
        wall, own = time.perf_counter(), time.thread_time()
        show(start, start + zoom * length)
        widget.repaint()
        taken.append((time.perf_counter() - wall, time.thread_time() - own))
    return np.array(taken[3:]) * 1e3


def told(name: str, ms: np.ndarray) -> None:
    wall, own = (np.percentile(ms[:, k], (50, 99)) for k in (0, 1))
    print(f"{name:38} {wall[0]:7.2f} {wall[1]:7.2f} {own[0]:7.2f} {own[1]:7.2f}")


def live() -> None:
    """Detect anew in 30 s of gaze, as a slider does, and shade the trace with it."""
    item = recording(30_000)
    view = TraceView()
    view.resize(*SIZE)
    view.show()
    view.show_series(series_of(item, item.px_per_deg))
    QApplication.processEvents()
    for detector in DETECTORS:
        taken = []
        for _ in range(20):
            wall, own = time.perf_counter(), time.thread_time()
            found = detect(item, detector.settings())
            view.show_bands(bands_of(found.scanpath, found.events), {})
            view.repaint()
            taken.append((time.perf_counter() - wall, time.thread_time() - own))
        told(f"30 s detected anew, {detector.id}", np.array(taken[3:]) * 1e3)
    view.close()


def plain(item: Recording) -> None:
    import pyqtgraph

    plot = pyqtgraph.PlotWidget()
    plot.resize(*SIZE)
    for values in (item.x_px, item.y_px):
        plot.plot(item.t_ms, values, connect="finite")
    plot.show()
    QApplication.processEvents()
    for span_s in SPANS_S[1:]:
        told(
            f"pyqtgraph, x and y, {span_s} s",
            frames(plot.viewport(), lambda a, b: plot.setXRange(a, b, padding=0), span_s),
        )
    plot.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--plain", action="store_true", help="also pyqtgraph as it comes")
    arguments = parser.parse_args()
    app = QApplication([])
    item = recording()
    found = detect(item, IvtSettings())
    begin = time.perf_counter()
    series = series_of(item, item.px_per_deg)
    print(f"lanes and pyramids of {len(item):,} samples: {time.perf_counter() - begin:.2f} s")
    assert found.scanpath is not None
    view = TraceView()
    view.resize(*SIZE)
    view.show()
    view.show_series(series)
    view.show_bands(bands_of(found.scanpath, found.events), {"velocity": 30.0})
    app.processEvents()
    print(f"{len(found.scanpath):,} fixations")
    print(f"{'frames of 1600 x 500 in ms':38} {'p50':>7} {'p99':>7} {'own p50':>7} {'p99':>7}")
    for span_s in SPANS_S:
        told(
            f"trace, four lanes, {span_s} s",
            frames(view, lambda a, b: view.camera.show(Span(a, b)), span_s),
        )
    live()
    if arguments.plain:
        plain(item)
    view.close()
    del app


if __name__ == "__main__":
    main()
