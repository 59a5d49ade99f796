"""Areas of interest over a picture: seen on any, named, and in what is saved."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gazelab.app.canvas.areas import AreaMark, area_colour
from gazelab.app.canvas.camera import View
from gazelab.app.canvas.export import render, svg_bytes
from gazelab.app.canvas.scene import Overlay, Scene
from gazelab.app.canvas.stage import Stage
from gazelab.data.aoi import rectangle

SIZE = (400, 300)
BOX = rectangle(100, 100, 200, 120)
VIEW = View(1.0, 0.0, 0.0)


def plain(tone: int) -> QImage:
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(tone, tone, tone))
    return image


def pixels(image: QImage) -> np.ndarray:
    """Return (rows, columns) of lightness."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].astype(int)


def frame(scene: Scene) -> np.ndarray:
    return pixels(Stage(1.0).frame(scene, VIEW, *SIZE))


@pytest.mark.parametrize("tone", [0, 128, 255])
@pytest.mark.parametrize("place", range(7))
def test_every_outline_stands_out_on_any_picture(qapp, tone, place):
    scene = Scene(SIZE, plain(tone), areas=(AreaMark("", BOX, area_colour(place)),))
    lines = frame(scene)[160, 90:110]  # across the left edge
    assert np.abs(lines - tone).max() > 90


def test_names_are_text_in_svg_and_left_out_without_areas(qapp):
    scene = Scene(SIZE, plain(128), areas=(AreaMark("face", BOX, area_colour(0)),))
    assert b">face<" in svg_bytes((scene,), SIZE)
    assert b">face<" not in svg_bytes((Scene(SIZE, plain(128)),), SIZE)


@pytest.mark.parametrize("overlay", [None, Overlay(np.eye(6))])
def test_a_stage_that_is_used_again_shows_the_areas_of_now(qapp, overlay):
    image, stage = plain(128), Stage(1.0)
    face, hand = AreaMark("face", BOX, area_colour(0)), AreaMark("hand", BOX + 40, area_colour(1))
    for areas in ((), (face,), (face, hand), ()):
        scene = Scene(SIZE, image, overlay, areas=areas)
        used_again = pixels(stage.frame(scene, VIEW, *SIZE).copy())
        assert np.array_equal(used_again, frame(scene))


def test_the_name_stays_on_the_picture(qapp):
    corner = AreaMark("a rather long name", rectangle(380, 0, 20, 300), area_colour(0))
    with_name = render((Scene(SIZE, plain(128), areas=(corner,)),), (400, 326))
    without = AreaMark("", corner.corners_px, corner.colour)
    differs = pixels(with_name) != pixels(
        render((Scene(SIZE, plain(128), areas=(without,), legend=False),), (400, 326))
    )
    columns = np.flatnonzero(differs[:60].any(0))
    assert columns.min() > 200
    assert differs[26:60].any()  # below the caption: inside, since there is no room above


def test_a_chosen_area_is_bolder(qapp):
    look = {
        chosen: frame(Scene(SIZE, plain(0), areas=(AreaMark("", BOX, "#f0e442", chosen),)))
        for chosen in (False, True)
    }
    assert (look[True] > 100).sum() > 1.5 * (look[False] > 100).sum()


def test_the_legend_has_a_sample_of_areas(qapp):
    scene = Scene((40, 30), plain(128), areas=(AreaMark("x", BOX / 10, area_colour(0)),))
    assert b">area of interest<" in svg_bytes((scene,), (700, 700))
