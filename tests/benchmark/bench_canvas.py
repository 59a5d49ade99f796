"""Print how long frames of the canvas take: python tests/benchmark/bench_canvas.py.

A frame is one synchronous repaint of one pane, from the new scene to the pixels on the
window's own picture, without a screen. Saccades are a random walk of about 5 degrees.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gazelab.app.canvas.camera import Camera
from gazelab.app.canvas.overlay import overlay_image
from gazelab.app.canvas.pane import Pane
from gazelab.app.canvas.scene import Overlay, ScanpathLayer, Scene
from gazelab.data.gaze import Scanpath, exclusions

STIMULUS = (800, 600)
SIZES = ((1280, 800), (1920, 1080))


def scanpath(n: int) -> Scanpath:
    rng = np.random.default_rng(n)
    x, y = np.empty(n), np.empty(n)
    at = np.array(STIMULUS) / 2
    for k in range(n):
        at = np.clip(at + rng.normal(0, 90, 2), 1, np.array(STIMULUS) - 1)
        x[k], y[k] = at
    duration = rng.gamma(4, 65, n)
    onset = np.concatenate(([0.0], np.cumsum(duration + 30)[:-1]))
    return Scanpath("p", "s", x, y, onset, duration, exclusions(x, y, duration, *STIMULUS))


def picture() -> QImage:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (STIMULUS[1], STIMULUS[0], 4), np.uint8)
    return QImage(noise.data, *STIMULUS, QImage.Format.Format_RGB32).copy()


def percentiles(frames: Iterator[Callable[[], None]]) -> str:
    """Return median and 99th percentile of the wall clock and of this thread's own time."""
    taken = []
    for frame in frames:
        wall, own = time.perf_counter(), time.thread_time()
        frame()
        taken.append((time.perf_counter() - wall, time.thread_time() - own))
    ms = np.percentile(np.array(taken[3:]) * 1e3, (50, 99), axis=0).T.ravel()
    return " ".join(f"{value:9.2f}" for value in ms)


def steps(
    pane: Pane, path: Scanpath, image: QImage, order: range, maps: np.ndarray | None = None
) -> Iterator[Callable[[], None]]:
    still = Overlay(np.random.default_rng(1).random((30, 40)))
    for current in order:
        overlay = still if maps is None else Overlay(maps[current % len(maps)])
        scene = Scene(STIMULUS, image, overlay, (ScanpathLayer(path, current),))

        def frame(scene: Scene = scene) -> None:
            pane.set_scene(scene)
            pane.repaint()

        yield frame


def pans(pane: Pane, camera: Camera, path: Scanpath, image: QImage) -> Iterator[Callable[[], None]]:
    pane.set_scene(Scene(STIMULUS, image, None, (ScanpathLayer(path, len(path) // 2),)))
    camera.zoom_at((100, 100), 1.5, (pane.width(), pane.height()))
    for k in range(60):

        def frame(way: float = 3.0 if k < 30 else -3.0) -> None:
            camera.pan(way, way, (pane.width(), pane.height()))
            pane.repaint()

        yield frame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixations", type=int, nargs="*", default=[15, 200, 1000])
    wanted = parser.parse_args().fixations
    app = QApplication.instance() or QApplication([])
    image, maps = picture(), np.random.default_rng(2).random((8, 30, 40)).astype(np.float32)
    print(
        f"{'pane':>10} {'fixations':>9}  {'what':<20}"
        f" {'p50 ms':>9} {'p99':>9} {'own p50':>9} {'p99':>9}"
    )
    for size in SIZES:
        for n in wanted:
            path, camera = scanpath(n), Camera()
            pane = Pane(camera)
            pane.resize(*size)
            pane.show()
            app.processEvents()
            forward = [*range(n)] * max(1, 300 // n)
            rows = {
                "step": steps(pane, path, image, forward),
                "step back": steps(pane, path, image, forward[::-1]),
                "step with a new map": steps(pane, path, image, forward, maps),
                "pan": pans(pane, camera, path, image),
            }
            for name, frames in rows.items():
                print(f"{size[0]:>5}x{size[1]:<4} {n:>9}  {name:<20} {percentiles(frames)}")
            pane.close()
    full = np.random.default_rng(3).random((1080, 1920)).astype(np.float32)
    calls = (lambda: overlay_image(full, (1920, 1080), "viridis") for _ in range(100))
    print(f"{'1920x1080':>10} {'':>9}  {'map to colours':<20} {percentiles(calls)}")


if __name__ == "__main__":
    main()
