"""The camera: stimulus pixels and screen pixels find each other at every zoom."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.app.canvas.camera import Camera, View, fitted

sides = st.integers(1, 8000)
points = st.tuples(st.floats(0, 1), st.floats(0, 1))
viewports = st.tuples(st.integers(80, 4000), st.integers(80, 3000))


@given(st.floats(0.01, 64), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), points, sides, sides)
def test_round_trip_is_exact_to_a_thousandth_of_a_screen_pixel(scale, dx, dy, at, width, height):
    view = View(scale, dx, dy)
    x, y = at[0] * width, at[1] * height
    back = view.to_screen(*view.to_stimulus(*view.to_screen(x, y)))
    assert math.dist(back, view.to_screen(x, y)) < 1e-3


@given(sides, sides, viewports)
def test_a_fitted_stimulus_lies_inside_with_the_room_to_spare_below(width, height, viewport):
    view = fitted((width, height), viewport)
    left, top = view.to_screen(0, 0)
    right, bottom = view.to_screen(width, height)
    assert left >= -1e-6 and top >= -1e-6
    assert right <= viewport[0] + 1e-6 and bottom <= viewport[1] + 1e-6
    assert left == pytest.approx(viewport[0] - right, abs=1e-6)
    assert top <= viewport[1] - bottom + 1e-6


@given(points, st.floats(1.01, 30), viewports)
def test_zooming_in_keeps_the_point_under_the_cursor(at, factor, viewport):
    camera = Camera()
    camera.set_stimulus_size(800, 600)
    before = camera.view(*viewport)
    cursor = before.to_screen(800 * at[0], 600 * at[1])
    camera.zoom_at(cursor, factor, viewport)
    after = camera.view(*viewport).to_screen(800 * at[0], 600 * at[1])
    assert math.dist(cursor, after) < 1e-6


@given(st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)), max_size=6), viewports)
def test_panning_never_loses_the_stimulus(ways, viewport):
    camera = Camera()
    camera.set_stimulus_size(800, 600)
    for way in ways:
        camera.pan(*way, viewport)
    x, y = camera.view(*viewport).to_stimulus(viewport[0] / 2, viewport[1] / 2)
    assert -1e-6 <= x <= 800 + 1e-6 and -1e-6 <= y <= 600 + 1e-6


def test_panes_of_one_size_share_the_view_and_hear_of_changes(qtbot):
    camera = Camera()
    camera.set_stimulus_size(800, 600)
    with qtbot.waitSignal(camera.changed, timeout=0):
        camera.zoom_at((10, 10), 2, (500, 400))
    assert camera.view(500, 400) == camera.view(500, 400)
    assert not camera.is_fitted
    with qtbot.waitSignal(camera.changed, timeout=0):
        camera.fit()
    assert camera.is_fitted
    with qtbot.assertNotEmitted(camera.changed):
        camera.fit()


def test_another_stimulus_of_the_same_size_keeps_the_view_and_another_size_is_fitted():
    camera = Camera()
    camera.set_stimulus_size(800, 600)
    camera.zoom_at((0, 0), 3, (500, 400))
    camera.set_stimulus_size(800, 600)
    assert not camera.is_fitted
    camera.set_stimulus_size(640, 480)
    assert camera.is_fitted


def test_zoom_has_limits():
    camera = Camera()
    camera.set_stimulus_size(800, 600)
    for factor in (1e6, 1e-12):
        camera.zoom_at((250, 200), factor, (500, 400))
        assert 0.1 < camera.view(500, 400).scale <= 64
