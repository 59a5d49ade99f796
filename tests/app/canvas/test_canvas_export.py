"""Saved pictures: as seen, at any resolution, and vectors in SVG."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gazelab.app.canvas.export import png_bytes, render, svg_bytes
from gazelab.app.canvas.scene import Overlay, ScanpathLayer, Scene

SIZE = (400, 300)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def scenes(walk, stimulus):
    overlay = Overlay(np.eye(6), legend="density")
    return (
        Scene(SIZE, stimulus, overlay, (ScanpathLayer(walk(9), 4),), caption="Human <1> & more"),
        Scene(SIZE, stimulus, message="no counterpart", badge="simulated", caption="Machine"),
    )


def test_png_is_what_render_gives(scenes):
    image = QImage.fromData(png_bytes(scenes, (900, 360)), "PNG")
    assert (image.width(), image.height()) == (900, 360)
    assert image.convertToFormat(QImage.Format.Format_RGB32) == render(scenes, (900, 360))


def test_twice_the_resolution_shows_the_same(scenes):
    one = render(scenes, (900, 360))
    two = render(scenes, (900, 360), dpr=2)
    assert (two.width(), two.height()) == (1800, 720)
    from PySide6.QtCore import Qt

    small = two.scaled(900, 360, mode=Qt.TransformationMode.SmoothTransformation)
    difference = [
        abs(QColor(one.pixel(x, y)).lightness() - QColor(small.pixel(x, y)).lightness())
        for x in range(0, 900, 7)
        for y in range(0, 360, 7)
    ]
    assert np.mean(difference) < 4


def test_a_part_of_the_stimulus_fills_the_picture(stimulus):
    painter = QPainter(stimulus)
    painter.fillRect(100, 50, 40, 30, QColor("red"))
    painter.end()
    image = render((Scene(SIZE, stimulus),), (400, 326), (100, 50, 40, 30))
    for x, y in ((5, 30), (395, 30), (5, 320), (395, 320)):
        assert QColor(image.pixel(x, y)) == QColor("red")


def test_svg_is_well_formed_and_its_scanpath_is_vectors_and_text(scenes):
    data = svg_bytes(scenes, (900, 360), title="A & B")
    root = ET.fromstring(data)
    tags = [element.tag.removeprefix(SVG) for element in root.iter()]
    assert tags.count("circle") + tags.count("ellipse") >= 9
    assert tags.count("polyline") + tags.count("line") >= 8
    assert tags.count("image") >= 3
    texts = " ".join("".join(e.itertext()) for e in root.iter(f"{SVG}text"))
    for words in ("Human <1> & more", "no counterpart", "simulated", "density"):
        assert words in texts
    references = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert all(value.startswith("data:image/png;base64,") for value in references)


def test_svg_looks_like_the_png(scenes, qapp):
    renderer = QSvgRenderer(svg_bytes(scenes, (900, 360)))
    assert renderer.isValid()
    image = QImage(900, 360, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    shown = render(scenes, (900, 360))
    difference = [
        abs(QColor(image.pixel(x, y)).lightness() - QColor(shown.pixel(x, y)).lightness())
        for x in range(0, 900, 5)
        for y in range(0, 360, 5)
    ]
    assert np.mean(np.array(difference) > 40) < 0.05


def test_no_scene_is_refused():
    with pytest.raises(ValueError, match="no scene"):
        render((), (100, 100))
