"""The pane as its users meet it: zooming, dragging, clicking, reading it aloud."""

import math
import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication

from gazelab.app.canvas.camera import Camera
from gazelab.app.canvas.ground import SURROUND
from gazelab.app.canvas.pane import Pane
from gazelab.app.canvas.scene import Marker, Overlay, ScanpathLayer, Scene, Spread

SIZE = (400, 300)


@pytest.fixture
def camera(qapp):
    return Camera()


@pytest.fixture
def pane(qtbot, camera):
    pane = Pane(camera, "Human")
    qtbot.addWidget(pane)
    pane.resize(500, 400)
    pane.show()
    return pane


def view_of(pane, camera):
    return camera.view(pane.width(), pane.height() - strip(pane))


def strip(pane):
    return pane.fontMetrics().height() + 8


def on_screen(pane, camera, x, y):
    at = view_of(pane, camera).to_screen(x, y)
    return QPoint(round(at[0]), round(at[1]) + strip(pane))


def wheel(pane, at, notches):
    event = QWheelEvent(
        QPointF(at),
        QPointF(pane.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)


def move(pane, at):
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(pane.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(pane, event)


def test_a_click_names_the_fixation(pane, camera, walk, stimulus, qtbot):
    path = walk(4)
    pane.set_scene(Scene(SIZE, stimulus, scanpaths=(ScanpathLayer(path, 0),)))
    at = on_screen(pane, camera, path.x_px[2], path.y_px[2])
    with qtbot.waitSignal(pane.fixation_clicked, timeout=0) as clicked:
        qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [path.key, 2]


def test_the_cursor_tells_its_stimulus_pixel_at_every_zoom(pane, camera, stimulus, qtbot):
    pane.set_scene(Scene(SIZE, stimulus))
    for _ in range(4):
        at = on_screen(pane, camera, 150.5, 90.5)
        with qtbot.waitSignal(pane.hovered, timeout=0) as hovered:
            move(pane, at)
        scale = view_of(pane, camera).scale
        assert hovered.args == pytest.approx([150.5, 90.5], abs=0.51 / scale)
        wheel(pane, at, 3)
    with qtbot.waitSignal(pane.hovered, timeout=0) as hovered:
        pane.set_scene(Scene(SIZE, stimulus))
        camera.fit()
        move(pane, QPoint(2, strip(pane) + 2))
    assert all(math.isnan(value) for value in hovered.args)


def test_wheel_and_keys_zoom_and_a_double_click_shows_everything(pane, camera, stimulus, qtbot):
    pane.set_scene(Scene(SIZE, stimulus))
    before = view_of(pane, camera).scale
    wheel(pane, QPoint(250, 200), 1)
    assert view_of(pane, camera).scale == pytest.approx(before * 1.25)
    qtbot.keyClick(pane, Qt.Key.Key_Minus)
    assert view_of(pane, camera).scale == pytest.approx(before)
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    assert view_of(pane, camera).scale > before
    qtbot.keyClick(pane, Qt.Key.Key_0)
    assert camera.is_fitted
    wheel(pane, QPoint(250, 200), 2)
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton)
    assert camera.is_fitted


def test_dragging_pans_every_pane_and_is_no_click(pane, camera, walk, stimulus, qtbot):
    other = Pane(camera)
    qtbot.addWidget(other)
    path = walk(3)
    for each in (pane, other):
        each.set_scene(Scene(SIZE, stimulus, scanpaths=(ScanpathLayer(path),)))
    wheel(pane, QPoint(250, 200), 6)
    before = view_of(pane, camera)
    with qtbot.assertNotEmitted(pane.fixation_clicked):
        qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=QPoint(250, 200))
        qtbot.mouseMove(pane, QPoint(270, 210))
        qtbot.mouseMove(pane, QPoint(280, 215))
        qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=QPoint(280, 215))
    after = view_of(pane, camera)
    assert (after.x_px - before.x_px, after.y_px - before.y_px) == pytest.approx((30, 15))


def test_the_surround_is_the_same_grey_in_both_themes(pane, stimulus):
    pane.set_scene(Scene(SIZE, stimulus))
    for window in ("#ffffff", "#202020"):
        palette = QPalette(pane.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(window))
        pane.setPalette(palette)
        image = pane.grab().toImage()
        assert QColor(image.pixel(3, pane.height() // 2)) == SURROUND
        assert QColor(image.pixel(pane.width() - 8, 4)) == QColor(window)


def test_no_counterpart_simulated_and_a_missing_picture_are_seen(pane, stimulus):
    def seen(scene):
        pane.set_scene(scene)
        return pane.grab().toImage()

    plain = seen(Scene(SIZE, stimulus))
    for scene in (
        Scene(SIZE, stimulus, message="no counterpart"),
        Scene(SIZE, stimulus, badge="simulated"),
        Scene(SIZE, None),
        Scene(SIZE, stimulus, caption="Participant 1"),
        Scene(SIZE, stimulus, Overlay(np.eye(3))),
        Scene(SIZE, stimulus, markers=(Marker(200, 150, "3"),)),
        Scene(SIZE, stimulus, spread=Spread(200, 150, 60, 20, 30)),
    ):
        assert seen(scene) != plain
    pane.set_scene(None)
    pane.grab()


def test_a_screen_reader_hears_what_is_shown(pane, stimulus):
    pane.set_scene(
        Scene(SIZE, stimulus, caption="Step 9", message="no counterpart", badge="simulated")
    )
    assert pane.accessibleName() == "Human"
    for word in ("Step 9", "no counterpart", "simulated"):
        assert word in pane.accessibleDescription()


def test_an_overlay_moves_with_its_place_on_the_stimulus(pane, camera, stimulus):
    peak = np.zeros((30, 40), np.float32)
    peak[8, 31] = 1
    overlay = Overlay(peak, opacity=1.0)
    for notches in (0, 2, 4):
        wheel(pane, on_screen(pane, camera, 315, 85), notches)
        pane.set_scene(Scene(SIZE, stimulus, overlay, legend=False))
        at = on_screen(pane, camera, 315, 85)
        colour = QColor(pane.grab().toImage().pixel(at))
        assert colour.red() > 200 and colour.blue() < 100  # the last colour of viridis


def test_many_repaints_lose_no_reference(pane, walk, stimulus):
    path = walk(30)
    scenes = [
        Scene(SIZE, stimulus, Overlay(np.eye(4)), (ScanpathLayer(path, k),), badge="simulated")
        for k in range(30)
    ]
    for scene in scenes:
        pane.set_scene(scene)
        pane.repaint()
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for turn in range(300):
        pane.set_scene(scenes[turn % 30])
        pane.repaint()
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert all(late - early > -10 for early, late in zip(before, after, strict=True))
