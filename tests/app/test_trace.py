"""The trace: what its columns hold, and how it follows keys, mouse and replay."""

import hypothesis.strategies as st
import numpy as np
import pytest
from gaze_samples import jumps
from hypothesis import given
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazelab.app import style
from gazelab.app.trace.bands import BLINK, FIXATION, SACCADE, Bands, bands_of
from gazelab.app.trace.columns import Columns, fitted
from gazelab.app.trace.legend import TraceLegend
from gazelab.app.trace.look import Look
from gazelab.app.trace.series import Series, series_of, shown_range
from gazelab.app.trace.span import LEAST_MS, Span
from gazelab.app.trace.view import TraceView
from gazelab.data.recording import Events, Recording
from gazelab.gaze.detect import detect
from gazelab.gaze.ivt import IvtSettings

K = Qt.Key


def recording(x_px: np.ndarray, t_ms: np.ndarray | None = None) -> Recording:
    times = np.arange(len(x_px), dtype=float) if t_ms is None else t_ms
    return Recording("P1", "a.png", times, x_px, x_px)


def lane(series: Series, name: str):
    return next(item for item in series.lanes if item.name == name)


@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.sampled_from([50, 3000, 20_000]))
def test_no_sample_is_lost_among_columns(seed: int, width: int, samples: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(0, 1, samples)
    values[random.random(samples) < 0.1] = np.nan
    series = series_of(recording(values), 30.0)
    low, high = Columns.of(series, Span(-0.5, samples - 0.5), width).extremes(series.lanes[0])
    assert np.nanmin(low) == np.nanmin(values)
    assert np.nanmax(high) == np.nanmax(values)
    assert (low[np.isfinite(low)] <= high[np.isfinite(low)]).all()


@pytest.mark.parametrize("width", [100, 1500])
def test_a_blink_stays_a_gap_at_every_zoom(width: int) -> None:
    values = np.zeros(20_000)
    values[8000:12_000] = np.nan
    series = series_of(recording(values), 30.0)
    for span in (Span(0, 19_999), Span(7000, 13_000), Span(7990, 8010), Span(7999.5, 12_000.5)):
        low, _ = Columns.of(series, span, width).extremes(series.lanes[0])
        middle = span.start_ms + (np.arange(width) + 0.5) * span.length_ms / width
        step = span.length_ms / width
        lost = (middle - step > 8000) & (middle + step < 11_999)
        assert np.isnan(low[lost]).all()
        assert np.isfinite(low[(middle + step < 7999) | (middle - step > 12_000)]).all()


def test_no_line_crosses_missing_time() -> None:
    times = np.concatenate((np.arange(100.0), np.arange(500.0, 600.0)))
    series = series_of(recording(np.arange(200.0), times), 30.0)
    low, _ = Columns.of(series, Span(0, 599), 599).extremes(series.lanes[0])
    assert np.isnan(low[101:498]).all()
    assert np.isfinite(low[:99]).all()
    assert np.isfinite(low[501:]).all()


def test_columns_beside_each_other_meet_where_the_line_goes_on() -> None:
    steps = np.repeat([0.0, 100.0], 5000)
    series = series_of(recording(steps), 30.0)
    low, high = Columns.of(series, Span(0, 9999), 50).extremes(series.lanes[0])
    assert (low[1:] <= high[:-1]).all()
    assert (high[1:] >= low[:-1]).all()


def test_velocity_is_named_by_what_is_known_and_the_pupil_by_its_unit() -> None:
    item = jumps("P1", "a.png")
    assert lane(series_of(item, 10.0), "velocity").unit == "deg/s"
    unknown = lane(series_of(item, float("nan")), "velocity")
    assert unknown.unit == "px/s"
    known = lane(series_of(item, 10.0), "velocity").values
    assert np.allclose(unknown.values, 10.0 * known, equal_nan=True)
    assert lane(series_of(item, 10.0), "pupil").unit == "mm"
    assert [one.name for one in series_of(recording(np.zeros(9)), 1.0).lanes] == [
        "x",
        "y",
        "velocity",
    ]


def test_a_recording_without_any_position_has_a_range_all_the_same() -> None:
    assert shown_range(np.full(5, np.nan)) == (0.0, 1.0)
    low, high = shown_range(np.full(5, 3.0))
    assert low < 3.0 < high


SPANS = st.tuples(st.floats(0, 900), st.floats(1, 1000)).map(lambda p: Span(p[0], p[0] + p[1]))


@given(SPANS, st.floats(0.01, 100), st.floats(-2000, 3000))
def test_zoomed_and_panned_spans_stay_inside(span: Span, factor: float, at_ms: float) -> None:
    whole = Span(0.0, 1000.0)
    for result in (
        span.inside(whole),
        span.inside(whole).zoomed(factor, at_ms, whole),
        span.inside(whole).panned(at_ms, whole),
        span.inside(whole).showing(min(max(at_ms, 0), 1000), whole),
    ):
        assert -1e-6 <= result.start_ms < result.stop_ms <= 1000 + 1e-6


def test_zooming_keeps_the_time_under_the_cursor_and_ends_at_some_samples() -> None:
    whole = Span(0.0, 1000.0)
    zoomed = whole.zoomed(0.5, 250.0, whole)
    assert zoomed.share_of(250.0) == pytest.approx(0.25)
    for _ in range(30):
        zoomed = zoomed.zoomed(0.5, 250.0, whole)
    assert zoomed.length_ms == LEAST_MS


def test_bands_tell_which_times_they_hold() -> None:
    bands = Bands(
        FIXATION,
        np.array([10.0, 100.0]),
        np.array([50.0, 200.0]),
        np.ones(2, bool),
        np.array([1, 2]),
    )
    assert bands.at(np.array([9.0, 10.0, 50.0, 150.0, 200.0])).tolist() == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert list(bands.touching(60.0, 90.0)) == []
    assert list(bands.touching(40.0, 120.0)) == [0, 1]


def test_events_of_all_kinds_become_bands() -> None:
    def events(kind: str, onset: float) -> Events:
        return Events("P1", "a.png", kind, np.array([onset]), np.array([20.0]))

    bands = bands_of(None, [events("saccade", 50), events("microsaccade", 10), events("blink", 70)])
    starts = {item.kind: item.start_ms.tolist() for item in bands}
    assert starts == {SACCADE: [10.0, 50.0], BLINK: [70.0]}


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> TraceView:
    style.apply_theme(qapp, "light")
    view = TraceView()
    qtbot.addWidget(view)
    view.resize(900, 300)
    item = jumps("P1", "a.png", 20, blink_after=4)
    found = detect(item, IvtSettings())
    view.show_series(series_of(item, 10.0))
    view.show_bands(bands_of(found.scanpath, found.events), {"velocity": 30.0})
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_keys_zoom_and_pan_about_the_playhead(view: TraceView, qtbot: QtBot) -> None:
    whole = view.camera.span
    view.set_playhead(1000.0, 3)
    qtbot.keyClick(view, K.Key_Plus)
    assert view.camera.span.length_ms == pytest.approx(whole.length_ms / 1.25)
    assert view.camera.span.share_of(1000.0) == pytest.approx(whole.share_of(1000.0))
    before = view.camera.span
    qtbot.keyClick(view, K.Key_Right)
    assert view.camera.span.start_ms > before.start_ms
    qtbot.keyClick(view, K.Key_End)
    assert view.camera.span.stop_ms == whole.stop_ms
    qtbot.keyClick(view, K.Key_F)
    assert view.camera.span == whole


def test_a_click_chooses_a_time_and_a_drag_pans(view: TraceView, qtbot: QtBot) -> None:
    plot = view._layout.plot
    middle = QPoint(round(plot.center().x()), 100)
    with qtbot.waitSignal(view.sought) as sought:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle)
    assert sought.args == [pytest.approx(view.camera.span.middle_ms, abs=10)]
    view.zoom(0.25)
    before = view.camera.span
    with qtbot.assertNotEmitted(view.sought):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.mouseMove(view, middle - QPoint(30, 0))
        qtbot.mouseMove(view, middle - QPoint(60, 0))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle - QPoint(60, 0))
    assert view.camera.span.start_ms > before.start_ms


def wheel(view: TraceView, keys: Qt.KeyboardModifier) -> None:
    at = QPointF(view._layout.plot.center().x(), 100.0)
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_ctrl_and_the_wheel_zoom_the_wheel_alone_pans(view: TraceView) -> None:
    whole = view.camera.span
    wheel(view, Qt.KeyboardModifier.ControlModifier)
    zoomed = view.camera.span
    assert zoomed.length_ms < whole.length_ms
    wheel(view, Qt.KeyboardModifier.NoModifier)
    assert view.camera.span.length_ms == pytest.approx(zoomed.length_ms)
    assert view.camera.span.start_ms < zoomed.start_ms


def test_the_page_turns_with_the_playhead_unless_told_not_to(view: TraceView) -> None:
    view.zoom(0.1)
    view.set_playhead(5000.0, 10)
    assert view.camera.span.holds(5000.0)
    view.follow = False
    view.set_playhead(500.0, 1)
    assert not view.camera.span.holds(500.0)


def shades(view: TraceView, time_ms: float) -> set[str]:
    """Return the colours of a column of the first lane."""
    image, layout = view.grab().toImage(), view._layout
    x = round(layout.x_of(time_ms) * view.devicePixelRatioF())
    box = layout.lanes[0]
    rows = range(round(box.top()) + 1, round(box.bottom()) - 1)
    return {image.pixelColor(x, row).name() for row in rows}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_events_are_told_apart_without_colour(
    view: TraceView, qapp: QApplication, theme: str
) -> None:
    style.apply_theme(qapp, theme)
    look = Look.of(view.palette())
    view.camera.show(Span(1200.0, 1900.0))
    assert look.tints[FIXATION] in shades(view, 1250.0)
    fixation = shades(view, 1250.0)
    blink = set.union(*(shades(view, t) for t in range(1590, 1640, 2)))
    assert {look.tints[BLINK], look.hatches[BLINK]} <= blink
    assert look.hatches[BLINK] not in fixation
    assert look.curves["x"] not in shades(view, 1700.0 - 70)  # a gap, not a line
    assert look.curves["x"] in fixation
    style.apply_theme(qapp, "light")


def test_few_samples_are_drawn_as_lines_and_none_at_all_is_no_obstacle(
    view: TraceView, qtbot: QtBot
) -> None:
    view.camera.show(Span(300.0, 320.0))
    assert not view.grab().isNull()
    view.show_series(series_of(recording(np.empty(0)), 10.0))
    assert not view.grab().isNull()
    view.show_series(None)
    background = view.palette().color(QPalette.ColorRole.Window)
    assert view.grab().toImage().pixelColor(450, 150) == background


def test_the_legend_names_every_kind(qtbot: QtBot) -> None:
    legend = TraceLegend()
    qtbot.addWidget(legend)
    for word in ("fixation", "saccade", "blink"):
        assert word in legend.accessibleName()
    legend.resize(legend.sizeHint())
    image = legend.grab().toImage()
    colours = {image.pixelColor(x, 8).name() for x in range(image.width())}
    look = Look.of(legend.palette())
    assert set(look.tints.values()) | set(look.hatches.values()) <= colours


def test_heights_follow_what_is_on_display_if_wished(view: TraceView) -> None:
    item = jumps("P1", "a.png")
    whole = series_of(item, 10.0)
    stay = fitted(whole, Span(20.0, 280.0))
    assert lane(stay, "x").high - lane(stay, "x").low < 1.0
    assert lane(whole, "x").high - lane(whole, "x").low > 80.0
    assert lane(stay, "velocity").low == 0.0
    view.camera.show(Span(20.0, 280.0))
    before = view.grab().toImage()
    view.fit_heights(True)
    assert view.grab().toImage() != before
