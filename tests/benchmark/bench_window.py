"""Start-up, stepping and smoothness of the window: python tests/benchmark/bench_window.py

Prints medians; on a noisy machine look at the ratios, which are taken in the same run. What
is started finds its modules compiled, as an installed program does.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_BARE = """
import time; start = time.perf_counter()
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([]); window = QMainWindow(); window.show()
while not window.windowHandle().isExposed(): app.processEvents()
app.processEvents(); print(time.perf_counter() - start)
"""
_OURS = """
import sys, time; start = time.perf_counter()
from PySide6.QtWidgets import QApplication
from gazelab.app import main, style
from gazelab.app.moves import Moves
from gazelab.app.window import MainWindow
app = QApplication([]); style.apply_theme(app, "light"); window = MainWindow(); window.show()
while not window.windowHandle().isExposed(): app.processEvents()
app.processEvents(); print(time.perf_counter() - start)
heavy = "torch torchvision pandas matplotlib scipy.stats pyqtgraph".split()
print("imported:", [name for name in heavy if name in sys.modules])
window.close()
"""
_HELP = "import time; start = time.perf_counter()\n" + (
    "import contextlib, io\nfrom gazelab.cli import main\n"
    "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
    "    main(['--help'])\nprint(time.perf_counter() - start)\n"
)
RUNS = 7
_COMPILED = tempfile.TemporaryDirectory()


def main() -> None:
    """Run all parts."""
    bare, ours, help_ = [], [], []
    _output(_OURS)
    for _ in range(RUNS):
        bare.append(float(_output(_BARE).split()[0]))
        ours.append(float(_output(_OURS).split()[0]))
        help_.append(float(_output(_HELP).split()[0]))
    print(f"bare window {statistics.median(bare):.3f} s (min {min(bare):.3f})")
    print(f"GazeLab window {statistics.median(ours):.3f} s (min {min(ours):.3f})")
    print(f"  {statistics.median(a / b for a, b in zip(ours, bare, strict=True)):.2f}x bare")
    print(" ", _output(_OURS).splitlines()[1])
    print(f"gazelab --help {statistics.median(help_):.3f} s (min {min(help_):.3f})")
    _steps()


def _output(code: str) -> str:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _COMPILED.name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=environment,
        text=True,
        capture_output=True,
        check=True,
    ).stdout


def _steps() -> None:
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from gazelab.app.moves import Moves
    from gazelab.app.window import MainWindow
    from gazelab.project.project import Project
    from gazelab.study.demo import make_demo
    from gazelab.task import finish

    app = QApplication([])
    window = MainWindow()
    window.resize(1280, 800)
    window.show()
    with tempfile.TemporaryDirectory() as folder:
        project: Project = finish(make_demo(Path(folder) / "sample.gazelab"))
        window.document.open(Path(folder) / "sample.gazelab", _with_maps(project))
        times, gaps = [], []
        for name in list(project.stimuli)[:6]:
            window.viewing.show_stimulus(name)
            app.processEvents()
            for _ in range(4):
                for move in (+1, -1):
                    start = time.perf_counter()
                    Moves(window.viewing).fixation(move)
                    app.processEvents()
                    times.append(1e3 * (time.perf_counter() - start))
                Moves(window.viewing).fixation(+1)
                app.processEvents()
        times.sort()
        print(f"step {statistics.median(times):.2f} ms median, {times[-len(times) // 20]:.2f} p95")
        beats: list[float] = []
        heart = QTimer()
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start(10)
        loop = QEventLoop()
        window.jobs.finished.connect(loop.quit)
        window.jobs.failed.connect(loop.quit)
        window.analyses.compare_all()
        loop.exec()
        heart.stop()
        gaps = [1e3 * (b - a) for a, b in itertools.pairwise(beats)]
        print(f"longest gap of a 10 ms heartbeat while comparing {max(gaps):.0f} ms")
        window.close()


def _with_maps(project):  # type: ignore[no-untyped-def]
    """Give every stimulus four maps on the grid of the bundled model."""
    import numpy as np

    from gazelab.data.attention import Attention

    random = np.random.default_rng(1)
    return project.with_attention(
        Attention(
            name, "maps", "saliency", random.random((4, 30, 40)).astype(np.float32), tuple("1234")
        )
        for name in project.stimuli
    )


if __name__ == "__main__":
    main()
