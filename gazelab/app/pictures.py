"""The stimuli as pictures for the screen: decoded once, the latest few kept."""

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from gazelab.data.image import read_rgb
from gazelab.data.stimulus import Stimulus
from gazelab.errors import GazeLabError
from gazelab.project.store import image_path

KEPT = 12
EMPTY_GREY = 128
"""Of an empty screen."""
SMALL_PX = 1_500_000
_POLL_MS = 15


class Pictures(QObject):
    """Gives the picture of a stimulus, or None while it is being decoded or if it cannot be.

    at_once_px : pictures up to this many pixels are decoded at once (some 15 ms), larger
        ones in a thread; None decodes all at once.
    arrived : emitted with the id of a stimulus whose picture is now there.
    """

    arrived = Signal(str)

    def __init__(self, parent: QObject | None = None, *, at_once_px: int | None = SMALL_PX) -> None:
        super().__init__(parent)
        self._at_once_px = at_once_px
        self._kept: OrderedDict[str, QImage | None] = OrderedDict()
        self._coming: dict[str, Future[np.ndarray]] = {}
        self._problems: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._collect)

    def get(self, stimulus: Stimulus, folder: Path) -> QImage | None:
        """Return the picture of a stimulus of the project in `folder`."""
        if stimulus.id in self._kept:
            self._kept.move_to_end(stimulus.id)
            return self._kept[stimulus.id]
        if not stimulus.has_picture:
            self._keep(stimulus.id, np.full((*stimulus.shape, 3), EMPTY_GREY, np.uint8))
            return self._kept[stimulus.id]
        path = image_path(folder, stimulus)
        pixels = stimulus.width_px * stimulus.height_px
        if self._at_once_px is not None and pixels > self._at_once_px:
            if stimulus.id not in self._coming:
                self._coming[stimulus.id] = self._pool.submit(read_rgb, path)
                self._timer.start()
            return None
        try:
            self._keep(stimulus.id, read_rgb(path))
        except GazeLabError as problem:
            self._keep_problem(stimulus.id, problem)
        return self._kept[stimulus.id]

    def problem(self, stimulus: str) -> str:
        """Return why a picture cannot be shown; empty when nothing is wrong."""
        return self._problems.get(stimulus, "")

    def clear(self) -> None:
        """Forget all pictures (another project was opened)."""
        for coming in self._coming.values():
            coming.cancel()
        self._coming.clear()
        self._kept.clear()
        self._problems.clear()

    def close(self) -> None:
        """End the decoding thread."""
        self._timer.stop()
        self.clear()
        self._pool.shutdown()

    def _collect(self) -> None:
        for name, coming in list(self._coming.items()):
            if coming.done():
                del self._coming[name]
                try:
                    self._keep(name, coming.result())
                except GazeLabError as problem:
                    self._keep_problem(name, problem)
                self.arrived.emit(name)
        if not self._coming:
            self._timer.stop()

    def _keep(self, name: str, rgb: np.ndarray) -> None:
        height, width = rgb.shape[:2]
        image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self._put(name, image.convertToFormat(QImage.Format.Format_RGB32))

    def _keep_problem(self, name: str, problem: GazeLabError) -> None:
        self._problems[name] = str(problem)
        self._put(name, None)

    def _put(self, name: str, image: QImage | None) -> None:
        self._kept[name] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
