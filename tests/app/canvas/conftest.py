"""Scenes to paint: small, made here, without any file."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gazelab.data.gaze import Origin, Scanpath, exclusions

SIZE = (400, 300)


@pytest.fixture
def stimulus(qapp):
    """A middle-grey picture of 400 x 300 pixels."""
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(128, 128, 128))
    return image


@pytest.fixture
def walk():
    """Return a function that makes a scanpath of n fixations on 400 x 300 pixels."""

    def make(n, participant="p1", seed=1, **fields):
        rng = np.random.default_rng(seed)
        x = np.clip(np.cumsum(rng.normal(0, 60, n)) + 200, 5, 394)
        y = np.clip(np.cumsum(rng.normal(0, 45, n)) + 150, 5, 294)
        duration = rng.uniform(100, 500, n)
        values = {
            "x_px": x,
            "y_px": y,
            "onset_ms": np.concatenate(([0.0], np.cumsum(duration + 30)[:-1]))[:n],
            "duration_ms": duration,
            "exclusion": exclusions(x, y, duration, *SIZE),
            "origin": Origin("test"),
        }
        return Scanpath(participant, "s1", **{**values, **fields})

    return make
