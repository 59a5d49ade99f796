"""Gaze samples on the picture: gaps stay, and growing bit by bit gives the same picture."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from gazelab.app.canvas.camera import View
from gazelab.app.canvas.sampleraster import SampleRaster, pixels_between
from gazelab.app.canvas.samples import SampleLayer

SIZE = (200, 100)


def painted(raster: SampleRaster, layer: SampleLayer, view: View = View(1.0, 0, 0)) -> QImage:  # noqa: B008
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(0x335533)
    painter = QPainter(image)
    raster.paint(painter, layer, view, SIZE)
    painter.end()
    return image


def test_lines_join_samples_but_not_across_lost_ones() -> None:
    x = np.array([10.0, 20.0, np.nan, 60.0, 70.0])
    column, row = pixels_between(x, np.full(5, 50.0), *SIZE)
    assert set(column.tolist()) == {*range(10, 21), *range(60, 71)}
    assert set(row.tolist()) == {50}


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    x, y = np.array([-500.0, 1e5, 50.0]), np.array([50.0, 50.0, -1e6])
    column, row = pixels_between(x, y, *SIZE)
    assert ((column >= 0) & (column < 200) & (row >= 0) & (row < 100)).all()


@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_growing_with_the_replay_covers_what_drawing_at_once_covers(
    qapp: QApplication, dpr: float
) -> None:
    random = np.random.default_rng(3)
    x, y = random.uniform(0, 90, (2, 80))
    grown = SampleRaster(dpr)
    for past in (0, 1, 20, 21, 80):
        image = painted(grown, SampleLayer(x, y, "#ffffff", past=past))
    at_once = painted(SampleRaster(dpr), SampleLayer(x, y, "#ffffff"))
    white = 0xFFFFFFFF
    for column in range(0, 200, 3):
        for row in range(0, 100, 3):
            there = at_once.pixel(column, row) == white
            assert (image.pixel(column, row) == white) == there


def test_going_back_takes_samples_away_and_upcoming_ones_are_grey(qapp: QApplication) -> None:
    x, y = np.linspace(10, 190, 181), np.full(181, 50.0)
    raster = SampleRaster(1.0)
    painted(raster, SampleLayer(x, y, "#ffffff", past=181, upcoming=True))
    image = painted(raster, SampleLayer(x, y, "#ffffff", past=50, upcoming=True))
    assert image.pixelColor(30, 50).name() == "#ffffff"
    assert image.pixelColor(150, 50).name() == "#8d96a0"
    image = painted(raster, SampleLayer(x, y, "#ffffff", past=50))
    assert image.pixelColor(150, 50).name() == "#335533"
