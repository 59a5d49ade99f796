"""The timeline: what stands beside what, and how it is scrubbed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPalette

from gazelab.app.canvas.timeline import Timeline
from gazelab.app.canvas.timepaint import Rows, Track, note_of, row_names, told_apart
from gazelab.app.canvas.timing import Band, fixation_at, step_bands, tick_step_ms
from gazelab.data.gaze import Origin


@pytest.fixture
def timeline(qtbot):
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.sizeHint().height())
    timeline.show()
    return timeline


def test_the_fixation_at_a_time_is_the_last_that_began(walk):
    path = walk(3, onset_ms=np.array([50.0, 200.0, 400.0]))
    assert [fixation_at(path, t) for t in (0, 49.9, 50, 199, 200, 399, 9999)] == [
        None,
        None,
        0,
        0,
        1,
        1,
        2,
    ]
    assert fixation_at(walk(0), 10) is None


@given(st.integers(1, 40), st.integers(0, 50))
def test_bands_say_for_each_fixation_or_step_when_it_stands(n, steps):
    from gazelab.data.gaze import Scanpath

    onset = np.arange(n) * 250.0
    path = Scanpath("p", "s", onset, onset, onset, np.full(n, 200.0), np.zeros(n, np.int8))
    index = step_bands(path, steps, "index")
    assert len(index) == (n if steps else 0)
    assert [band.step for band in index if band.step is not None] == list(range(min(n, steps)))
    time = step_bands(path, steps, "time")
    assert [band.step for band in time] == list(range(steps))
    if steps:
        assert time[0].start_ms == 0 and time[-1].stop_ms == pytest.approx(path.end_ms)
    assert step_bands(path, steps, "unlinked") == []


def test_of_many_fixations_in_one_pixel_one_is_drawn_and_one_that_is_excluded(walk):
    onset = np.array([0.0, 100, 200, 1000, 1100, 2000])
    duration = np.array([50.0, 50, 50, 50, 2500, np.nan])
    exclusion = np.array([0, 1, 0, 0, 0, 0], np.int8)
    path = walk(6, onset_ms=onset, duration_ms=duration, exclusion=exclusion)
    assert told_apart(path, 1000.0).tolist() == [0, 1, 3, 4, 5]
    assert told_apart(path, 1.0).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_fixation_before_the_onset_does_not_cover_the_name_of_its_row(qapp):
    rows = Rows.of(qapp.font(), 700, 1000.0, row_names())
    bar = rows.span(rows.bars, -300.0, 200.0)
    assert bar.left() == rows.bars.left()
    assert bar.right() == rows.x_of(200.0)


def test_fixations_without_a_step_have_a_band_that_says_so(walk):
    path = walk(2, onset_ms=np.array([0.0, 300.0]), duration_ms=np.array([250.0, 100.0]))
    assert step_bands(path, 1, "index") == [Band(0, 0, 250), Band(None, 300, 400)]


@given(st.floats(1, 1e7), st.integers(1, 30))
def test_ticks_are_round_and_not_too_many(duration_ms, most):
    step = tick_step_ms(duration_ms, most)
    assert duration_ms / step <= most * 1.01
    assert f"{step:e}"[0] in "125"


@given(st.floats(0, 1), st.integers(200, 3000))
def test_time_and_place_find_each_other(qapp, share, width):
    rows = Rows.of(qapp.font(), width, 4321.0, row_names())
    assert rows.ms_of(rows.x_of(4321.0 * share)) == pytest.approx(4321.0 * share, abs=1e-6)


def test_dragging_seeks_and_stays_on_the_timeline(timeline, walk, qtbot):
    path = walk(8)
    timeline.set_scanpath(path)
    sought = []
    timeline.sought.connect(sought.append)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(300, 40))
    qtbot.mouseMove(timeline, QPoint(400, 40))
    qtbot.mouseMove(timeline, QPoint(5000, 40))
    qtbot.mouseMove(timeline, QPoint(-10, 40))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(-10, 40))
    assert 0 < sought[0] < sought[1] < sought[2] == path.end_ms
    assert sought[3] == 0


def test_keys_go_from_fixation_to_fixation(timeline, walk, qtbot):
    path = walk(4)
    timeline.set_scanpath(path)
    timeline.sought.connect(timeline.set_position)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home)
    for key, index in zip(keys, (1, 2, 1, 3, 0), strict=True):
        qtbot.keyClick(timeline, key)
        assert timeline.position_ms == path.onset_ms[index]
        assert f"Fixation {index + 1} of 4" in timeline.accessibleDescription()


def test_the_note_says_what_is_assumed(walk):
    path = walk(3, origin=Origin("x", synthetic_onsets=True, simulated=True))
    path = replace(path, exclusion=np.array([0, 1, 0], np.int8))
    note = note_of(Track(path, "#56b4e9", 5, "index", path.end_ms))
    for words in ("onsets synthesised", "simulated", "1 excluded", "2 steps without a fixation"):
        assert words in note
    assert "not linked" in note_of(Track(path, "#56b4e9", 5, "unlinked", path.end_ms))
    assert "No fixations" in note_of(Track(None, "#56b4e9", 5, "index", 0))


def test_what_is_shown_changes_the_picture_and_repaints(timeline, walk):
    def seen():
        return timeline.grab().toImage()

    pictures = [seen()]
    path = walk(6)
    changes = (
        lambda: timeline.set_scanpath(path),
        lambda: timeline.set_steps(4, "index"),
        lambda: timeline.set_steps(4, "time"),
        lambda: timeline.set_position(float(path.onset_ms[3])),
        lambda: timeline.set_scanpath(path, "#e69f00"),
        lambda: timeline.set_scanpath(replace(path, exclusion=np.ones(6, np.int8))),
        lambda: timeline.resize(500, timeline.height()),
    )
    for change in changes:
        change()
        pictures.append(seen())
        assert pictures[-1] != pictures[-2]


def test_colours_follow_the_theme(timeline, walk):
    timeline.set_scanpath(walk(3))
    palette = QPalette(timeline.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor("#202020"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#eeeeee"))
    timeline.setPalette(palette)
    image = timeline.grab().toImage()
    assert QColor(image.pixel(4, timeline.height() - 4)) == QColor("#202020")


def test_no_text_is_cut_off_in_a_larger_font(timeline, walk):
    font = timeline.font()
    font.setPointSize(24)
    timeline.setFont(font)
    rows, line = timeline._rows, QFontMetricsF(font).height()
    assert timeline.sizeHint().height() >= rows.axis.bottom()
    for row in (rows.note, rows.bars, rows.steps, rows.axis):
        assert row.height() >= line
    for name in row_names():
        assert QFontMetricsF(font).horizontalAdvance(name) <= rows.bars.left() - 16 + 1e-6


@pytest.mark.parametrize("durations", [[np.nan, 100.0], [0.0, 0.0], [100.0, np.nan]])
def test_missing_durations_can_be_shown(timeline, walk, durations):
    path = walk(2, onset_ms=np.array([0.0, 0.0]), duration_ms=np.array(durations))
    for alignment in ("index", "time", "unlinked"):
        timeline.set_scanpath(path)
        timeline.set_steps(3, alignment)
        timeline.set_position(50)
        timeline.grab()
