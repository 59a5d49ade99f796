"""Make the pictures of the guide anew: python .github/make_screenshots.py

Opens the window without a screen on the sample, runs the bundled model, compares, and
grabs the window at twice its size.
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "2")

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from gazelab.app import style
from gazelab.app.window import MainWindow
from gazelab.data.image import opencv, read_rgb

GUIDE = Path(__file__).resolve().parents[1] / "resources" / "guide"
SHOWN = {"stimulus": "cat.jpg", "fixation": 2}


def main() -> None:
    """Write `window.png`."""
    app = QApplication([])
    style.apply_theme(app, "light")
    window = MainWindow()
    window.resize(1280, 800)
    window.show()
    loop = QEventLoop()
    window.document.changed.connect(lambda parts: loop.quit() if "scores" in parts else None)
    window.jobs.failed.connect(lambda job: (print(job.error), loop.quit()))
    window.commands.open_sample()
    while not window.document.project.scores:
        loop.exec()
    window.viewing.show(**SHOWN)
    while not window.compare.curve.is_drawn or window.jobs.busy:
        app.processEvents()
    window.status.say("")
    app.processEvents()
    with tempfile.TemporaryDirectory() as folder:
        grabbed = Path(folder) / "window.png"
        window.grab().save(str(grabbed))
        pixels = opencv().cvtColor(read_rgb(grabbed), opencv().COLOR_RGB2BGR)
    half = opencv().resize(pixels, None, fx=0.6, fy=0.6, interpolation=opencv().INTER_AREA)
    opencv().imwrite(str(GUIDE / "window.png"), half, [opencv().IMWRITE_PNG_COMPRESSION, 9])
    window.close()


if __name__ == "__main__":
    main()
