"""Gaze samples are painted where they are, and lost ones leave gaps."""

import math

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter

from gazelab.app.canvas.camera import View
from gazelab.app.canvas.samples import MOST_POINTS, SampleLayer, paint_samples

VIEW = View(1.0, 0.0, 0.0)
COLOUR = QColor("#f0e442")


def has_colour(image: QImage, x: int, y: int) -> bool:
    near = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return any(image.pixelColor(*place) == COLOUR for place in near)


def painted(layer: SampleLayer) -> QImage:
    image = QImage(120, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_samples(painter, layer, VIEW)
    painter.end()
    return image


def test_samples_are_joined_and_lost_ones_leave_a_gap() -> None:
    x_px = np.array([10.0, 40.0, math.nan, 80.0, 110.0])
    image = painted(SampleLayer(x_px, np.full(5, 30.0)))
    assert all(has_colour(image, x, 30) for x in (10, 25, 40, 80, 95, 110))
    assert not has_colour(image, 60, 30)


def test_nothing_is_painted_of_samples_that_are_all_lost() -> None:
    image = painted(SampleLayer(np.full(5, math.nan), np.full(5, math.nan)))
    assert image.pixelColor(30, 30) == QColor("white")


def test_many_samples_are_thinned_to_the_end() -> None:
    x_px = np.linspace(10, 110, 20 * MOST_POINTS)
    image = painted(SampleLayer(x_px, np.full(len(x_px), 30.0)))
    assert all(has_colour(image, x, 30) for x in (10, 60, 109))
