"""Scanpaths on the screen: sizes, states, and pictures that stepping keeps right."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gazelab.app.canvas import marks
from gazelab.app.canvas.camera import View, fitted
from gazelab.app.canvas.marks import DARK, LIGHT, ink
from gazelab.app.canvas.placing import (
    LEAST_RADIUS_PX,
    MOST_RADIUS_PX,
    State,
    drawn,
    fixation_near,
    place,
    radius_px,
    states,
)
from gazelab.app.canvas.scanpath import _dashes
from gazelab.app.canvas.scene import ScanpathLayer, Scene
from gazelab.app.canvas.stage import Stage, paint_scene
from gazelab.data.gaze import Exclusion

VIEW = View(1.0, 0.0, 0.0)
SIZE = (400, 300)
BLUE = "#56b4e9"


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    rows = flat.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()]
    return rows.reshape(image.height(), image.width(), 4)[..., :3].astype(int).copy()


def frame(scene, stage=None, view=VIEW, size=SIZE):
    return pixels((stage or Stage(1.0)).frame(scene, view, *size))


def scene_of(*layers, **fields):
    return Scene(SIZE, scanpaths=layers, **{"legend": False, "message": "", **fields})


@given(st.floats(60, 3900), st.floats(60, 3900))
def test_the_area_of_circles_is_proportional_to_duration(one_ms, other_ms):
    one, other = radius_px(np.array([one_ms, other_ms]))
    assert (one / other) ** 2 == pytest.approx(one_ms / other_ms, rel=1e-9)


def test_radii_stay_within_their_limits():
    radii = radius_px(np.array([np.nan, 0, 1, 1e6, np.inf]))
    assert radii[:3].tolist() == [LEAST_RADIUS_PX] * 3
    assert radii[3] == radii[4] == MOST_RADIUS_PX


@pytest.mark.parametrize(
    ("current", "trail", "wanted"),
    [
        (None, "all", "PPPPP"),
        (2, "all", "PPCUU"),
        (2, "past", "PPC.."),
        (2, "last 1", "..C.."),
        (3, "last 3", ".PPC."),
        (0, "last 7", "C...."),
        (4, "all", "PPPPC"),
        (9, "all", "PPPPP"),
    ],
)
def test_past_current_and_upcoming(walk, current, trail, wanted):
    layer = ScanpathLayer(walk(5), current, trail=trail)
    assert "".join(".PCU"[state] for state in states(layer)) == wanted


@given(st.integers(1, 3000), st.integers(-1, 3000))
def test_of_a_long_scanpath_those_around_the_current_fixation_are_drawn(count, current):
    from gazelab.data.gaze import Scanpath

    current = min(current, count)
    x = np.arange(float(count))
    path = Scanpath("p", "s", x, x, x, x + 1, np.zeros(count, np.int8))
    shown = np.flatnonzero(states(ScanpathLayer(path, current)) != State.HIDDEN)
    near = drawn(count, current)
    assert shown.tolist() == list(near)
    assert near.start <= max(current - 150, 0)
    assert near.stop >= min(current + 150, count)
    assert len(near) <= 450


@pytest.mark.parametrize("trail", ["first", "last", "last 0", "last x", "last -1"])
def test_an_unknown_trail_is_refused(walk, trail):
    with pytest.raises(ValueError, match="trail"):
        states(ScanpathLayer(walk(5), 1, trail=trail))


def test_lines_follow_the_state_of_the_fixation_they_lead_to(walk):
    placed = place(ScanpathLayer(walk(5), 2), VIEW)
    assert placed.saccades(State.PAST).tolist() == [0, 1]
    assert placed.saccades(State.UPCOMING).tolist() == [2, 3]


def test_a_fixation_without_position_is_not_drawn_and_breaks_the_line(walk):
    path = walk(5)
    x = path.x_px.copy()
    x[2] = np.nan
    exclusion = np.array([0, 0, Exclusion.NO_POSITION, 0, 0], np.int8)
    layer = ScanpathLayer(replace(path, x_px=x, exclusion=exclusion))
    assert place(layer, VIEW).saccades(State.PAST).tolist() == [0, 3]
    frame(scene_of(layer))


def test_one_fixation_and_none_can_be_drawn(walk):
    empty = frame(scene_of(ScanpathLayer(walk(0))))
    assert (frame(scene_of()) == empty).all()
    assert (frame(scene_of(ScanpathLayer(walk(1), 0))) != empty).any()


def test_past_current_upcoming_and_excluded_look_different(walk, stimulus):
    path = walk(
        1,
        x_px=np.array([200.0]),
        y_px=np.array([150.0]),
        duration_ms=np.array([600.0]),
        exclusion=np.zeros(1, np.int8),
    )
    excluded = replace(path, exclusion=np.array([Exclusion.NO_DURATION], np.int8))
    layers = {
        "past": ScanpathLayer(path, None, show_numbers=False),
        "current": ScanpathLayer(path, 0, show_numbers=False),
        "upcoming": ScanpathLayer(path, -1, show_numbers=False),
        "excluded": ScanpathLayer(excluded, None, show_numbers=False),
    }
    seen = {
        name: frame(scene_of(layer, image=stimulus))[110:190, 160:240]
        for name, layer in layers.items()
    }
    names = list(seen)
    for number, name in enumerate(names):
        for other in names[number + 1 :]:
            assert (np.abs(seen[name] - seen[other]).max(axis=2) > 40).sum() > 200, (name, other)
    blue = [QColor(BLUE).blue(), QColor(BLUE).green(), QColor(BLUE).red()]
    assert seen["past"][40, 40].tolist() == blue  # filled solid
    assert seen["upcoming"][40, 40].tolist() != blue  # hollow


@pytest.mark.parametrize("grey", [0, 60, 128, 200, 255])
def test_marks_stand_out_from_any_background(walk, grey):
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(grey, grey, grey))
    for current in (None, -1):
        seen = frame(scene_of(ScanpathLayer(walk(2), current), image=image))
        assert (np.abs(seen - grey).max(axis=2) > 60).sum() > 100


@pytest.mark.parametrize(("colour", "tone"), [("#f0e442", DARK), ("#0072b2", LIGHT)])
def test_numbers_contrast_with_their_circle(colour, tone):
    assert ink(colour) is tone


def test_marks_lie_on_their_pixel_at_every_scale(walk, stimulus):
    path = walk(
        1,
        x_px=np.array([123.4]),
        y_px=np.array([77.7]),
        duration_ms=np.array([500.0]),
        exclusion=np.zeros(1, np.int8),
    )
    layer = ScanpathLayer(path, None, show_numbers=False)
    for dpr in (1.0, 1.25, 2.0, 3.0):
        view = fitted(SIZE, (500, 400))
        stage, bare = Stage(dpr), Stage(dpr)
        seen = pixels(stage.frame(scene_of(layer, image=stimulus), view, 500, 400))
        empty = pixels(bare.frame(scene_of(image=stimulus), view, 500, 400))
        rows, columns = np.nonzero((seen != empty).any(axis=2))
        x, y = view.to_screen(123.4, 77.7)
        assert columns.mean() + 0.5 == pytest.approx(x * dpr, abs=0.51)
        assert rows.mean() + 0.5 == pytest.approx(y * dpr, abs=0.51)


def test_stepping_gives_the_same_picture_as_painting_anew(walk, stimulus):
    paths = (walk(40, "a", 1), walk(30, "b", 2))
    stage = Stage(1.0)
    # forward, back, a jump, the end, and a pause on the way
    for first, second in ((0, 0), (1, 1), (2, 1), (8, 5), (7, 5), (6, 4), (39, 29), (3, 2), (0, 0)):
        layers = (
            ScanpathLayer(paths[0], first, BLUE, "A"),
            ScanpathLayer(paths[1], second, "#e69f00", "B"),
        )
        scene = scene_of(*layers, image=stimulus)
        stepped, anew = frame(scene, stage), frame(scene)
        # lines may cross in another order; nothing else may differ
        assert ((stepped != anew).any(axis=2)).mean() < 0.02
    single = Stage(1.0)
    for current in (*range(0, 40, 3), 38, 37, *range(36, -1, -4)):
        scene = scene_of(ScanpathLayer(paths[0], current, BLUE), image=stimulus)
        assert (frame(scene, single) == frame(scene)).all()


def test_the_label_of_an_excluded_fixation_begins_inside_the_pane(walk, monkeypatch):
    corners = []
    monkeypatch.setattr(marks, "paint_plate", lambda _, corner, *__: corners.append(corner.x()))
    x, excluded = np.array([200.0]), np.array([Exclusion.BY_RULE], np.int8)
    path = walk(1, x_px=x, exclusion=excluded)
    frame(scene_of(ScanpathLayer(path, 0, show_numbers=False)), size=(260, 200))
    assert corners == [0.0]


def test_long_scanpaths_step_back_beyond_what_is_kept(walk):
    path, stage = walk(400), Stage(1.0)
    for current in (399, 398, 120, 119, 300):
        scene = scene_of(ScanpathLayer(path, current))
        assert (frame(scene, stage) == frame(scene)).all()


def test_a_changed_look_is_painted_anew(walk):
    path, stage = walk(10), Stage(1.0)
    looks = [
        {},
        {"colour": "#e69f00"},
        {"letter": "Q"},
        {"show_numbers": False},
        {"show_saccades": False},
        {"trail": "past"},
        {"trail": "last 3"},
    ]
    for look in looks:
        scene = scene_of(ScanpathLayer(path, 5, **look))
        assert (frame(scene, stage) == frame(scene)).all(), look


def test_vectors_and_sprites_give_the_same_picture(walk, stimulus):
    scene = scene_of(ScanpathLayer(walk(12), 6, letter="A"), image=stimulus)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_scene(painter, scene, VIEW, QRectF(0, 0, *SIZE))
    painter.end()
    difference = np.abs(pixels(image) - frame(scene)).max(axis=2)
    assert (difference > 100).mean() < 0.02  # marks are moved by less than a pixel


@given(st.integers(1, 300), st.floats(1, 20))
def test_dashes_lie_on_their_line_and_are_few(n, dash):
    rng = np.random.default_rng(n)
    start, stop = rng.uniform(0, 2000, (2, n, 2))
    begin, end = _dashes(start, stop, dash)
    assert len(begin) <= 1500 + n
    length = np.hypot(*(stop - start).T)
    drawn = np.hypot(*(end - begin).T).sum()
    assert 0.4 * length.sum() < drawn < length.sum() + 1e-6


@given(st.integers(0, 11))
def test_a_click_finds_the_fixation_under_it(index):
    from gazelab.data.gaze import Scanpath

    k = np.arange(12.0)
    path = Scanpath(
        "p", "s", 30 * k + 20, 20 * k + 20, 200 * k, np.full(12, 200.0), np.zeros(12, np.int8)
    )
    layers = (ScanpathLayer(path, 5),)
    x, y = VIEW.to_screen(path.x_px[index] + 3, path.y_px[index] - 2)
    assert fixation_near(layers, VIEW, x, y) == (path.key, index)
    assert fixation_near(layers, VIEW, 390, 5) is None
    assert fixation_near((), VIEW, x, y) is None


def test_fixations_that_are_not_drawn_cannot_be_clicked(walk):
    path = walk(5)
    hidden = (ScanpathLayer(path, 0, trail="past"),)
    hit = fixation_near(hidden, VIEW, path.x_px[4], path.y_px[4])
    assert hit is None or hit[1] == 0
