"""Gaze trace, detection and gaze samples in the window."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from gaze_samples import jumps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import HEIGHT_PX, WIDTH_PX, saved_study, stimulus

from gazelab.app.keys import FocusKeys
from gazelab.app.moves import Moves
from gazelab.app.panels import detection as detection_module
from gazelab.app.panels import trace as trace_module
from gazelab.app.window import MainWindow
from gazelab.data.gaze import Origin, Scanpath, exclusions
from gazelab.data.recording import Events, Recording
from gazelab.gaze.detect import DETECTORS
from gazelab.project import store
from gazelab.project.project import Project

K = Qt.Key
Open = Callable[..., MainWindow]


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    keys = FocusKeys()
    qapp.installEventFilter(keys)
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    yield window
    qapp.removeEventFilter(keys)
    window.close()


def tracked(item: Recording, fixations: int) -> Scanpath:
    """Return fixations as the tracker would give them, 330 ms apart."""
    onset = 330.0 * np.arange(fixations)
    x, y = np.resize([40.0, 120.0], fixations), np.resize([30.0, 90.0], fixations)
    duration = np.full(fixations, 300.0)
    excluded = exclusions(x, y, duration, WIDTH_PX, HEIGHT_PX)
    key = (item.participant, item.stimulus)
    return Scanpath(*key, x, y, onset, duration, excluded, item.trial, Origin("tracker"))


def project_of(tmp_path: Path, recordings: list[Recording], tracker: tuple[int, ...]) -> Project:
    """Return a study; `tracker` are the recordings that have the tracker's fixations."""
    picture = stimulus(tmp_path, "a.png", 0)
    paths = tuple(tracked(recordings[k], 6) for k in tracker)
    blink = Events("P1", "a.png", "blink", np.array([500.0]), np.array([90.0]))
    return Project(
        title="Samples",
        stimuli=MappingProxyType({"a.png": picture}),
        recordings=MappingProxyType({item.key: item for item in recordings}),
        scanpaths=paths,
        events=(replace(blink, origin=Origin("tracker")),),
    )


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Open:
    def open_study(*recordings: Recording, tracker: tuple[int, ...] = (0,)) -> MainWindow:
        folder = tmp_path / "samples.gazelab"
        store.save(project_of(tmp_path, list(recordings), tracker), folder)
        with qtbot.waitSignal(window.document.opened):
            window.commands.open_folder(folder)
        window.actions_by_id["trace"].trigger()
        qtbot.waitUntil(window.trace.isVisible)
        window.panes.human.setFocus()
        return window

    return open_study


def numbers(window: MainWindow, column: int) -> list[str]:
    return [cell.text() for cell in window.detection.findings.cells[column]]


def previewing(window: MainWindow) -> bool:
    return window.viewing.state.preview is not None


def test_without_samples_the_trace_says_what_to_import(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder, _ = saved_study(tmp_path)
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(folder)
    window.actions_by_id["trace"].trigger()
    qtbot.waitUntil(lambda: "Ctrl+I" in window.trace.message.text())
    assert not window.detection.preview.isEnabled()
    assert not window.detection.use.all.isEnabled()


def test_the_playhead_of_the_trace_follows_stepping(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"))
    qtbot.keyClick(window.panes.human, K.Key_Right)
    assert window.viewing.playhead.position_ms == 330.0
    assert "playhead at 0.330 s" in window.trace.view.accessibleDescription()
    window.transport.clock.seek(1000.0)
    assert "playhead at 1.000 s" in window.trace.view.accessibleDescription()


def test_a_click_on_the_trace_goes_to_the_fixation_there(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"))
    view = window.trace.view
    at = QPoint(round(view._layout.x_of(1100.0)), view.height() // 2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert window.viewing.state.fixation == 3
    assert window.transport.clock.position_ms == pytest.approx(1100.0, abs=10)


def test_its_keys_are_its_own_only_while_it_has_the_focus(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"))
    qtbot.keyClick(window.panes.human, K.Key_T)
    view = window.trace.view
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, K.Key_Plus)
    zoomed = view.camera.span
    assert zoomed.length_ms < view.camera.whole.length_ms
    assert window.panes.camera.is_fitted
    qtbot.keyClick(view, K.Key_Right)
    assert window.viewing.state.fixation == 0
    assert view.camera.span.start_ms > zoomed.start_ms


def test_a_participant_with_samples_only_is_listed_and_shown(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"), jumps("P2", "a.png"))
    panel = next(d.widget() for d in window.docks if d.objectName() == "participants")
    assert [panel.model.data(panel.model.index(k)) for k in range(2)] == [
        "P1    6 fixations",
        "P2    samples only",
    ]
    Moves(window.viewing).participant(+1)
    human, _ = window.panes.shown
    assert human.samples is not None
    assert human.scanpaths == ()
    assert "P2" in human.caption
    assert window.transport.clock.duration_ms == window.viewing.recording.t_ms[-1]  # type: ignore[union-attr]
    window.transport.clock.seek(100.0)
    assert window.panes.human.scene.samples.past == 101  # type: ignore[union-attr]


def test_each_trial_of_a_participant_can_lead(opened: Open) -> None:
    window = opened(
        jumps("P1", "a.png", trial="1"), jumps("P1", "a.png", 3, trial="2"), tracker=(0, 1)
    )
    panel = next(d.widget() for d in window.docks if d.objectName() == "participants")
    assert panel.model.names == ("P1, trial 1", "P1, trial 2")
    Moves(window.viewing).participant(+1)
    assert window.viewing.leader_key == ("P1", "a.png", "2")
    assert window.viewing.recording is not None
    assert len(window.viewing.recording) == 3 * 300 + 2 * 30
    Moves(window.viewing).participant(-1)
    assert window.viewing.leader_key == ("P1", "a.png", "1")


def test_gaze_samples_are_drawn_where_they_are_few_and_on_request(
    opened: Open, qtbot: QtBot
) -> None:
    window = opened(jumps("P1", "a.png"))
    assert window.panes.shown[0].samples is not None
    qtbot.keyClick(window.panes.human, K.Key_7)
    assert window.panes.shown[0].samples is None


def test_many_gaze_samples_are_not_drawn_unasked(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png", 40))
    assert window.panes.shown[0].samples is None
    qtbot.keyClick(window.panes.human, K.Key_7)
    assert window.panes.shown[0].samples is not None


def test_moving_a_slider_previews_what_would_be_found(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png", blink_after=3))
    assert numbers(window, 0) == ["–"] * 6
    assert numbers(window, 1)[:2] == ["6", "300 ms"]
    row = window.detection.form.rows["velocity_threshold_deg_s"]
    row.slider.setValue(row.slider.value() + 5)
    qtbot.waitUntil(lambda: previewing(window))
    assert row.value == 35.0
    assert numbers(window, 0)[0] == "6"
    assert numbers(window, 0)[3] == "1"
    human, machine = window.panes.shown
    assert (human.badge, machine.badge) == ("preview", "")
    assert "not in use" in human.caption
    assert window.viewing.leader is not None
    assert window.viewing.leader.origin.reader == "tracker"
    window.detection.preview.setChecked(False)
    assert window.panes.shown[0].badge == ""


def test_the_preview_goes_along_to_the_next_participant(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png", 6), jumps("P2", "a.png", 3))
    window.detection.preview.setChecked(True)
    qtbot.waitUntil(lambda: previewing(window))
    Moves(window.viewing).participant(+1)
    qtbot.waitUntil(lambda: numbers(window, 0)[0] == "3")
    assert window.viewing.state.preview.key[0] == "P2"  # type: ignore[union-attr]


def test_defaults_come_back_and_numbers_beyond_the_slider_are_taken(
    opened: Open, qtbot: QtBot
) -> None:
    window = opened(jumps("P1", "a.png"))
    row = window.detection.form.rows["velocity_threshold_deg_s"]
    row.number.setValue(400.0)
    assert row.slider.value() == row.slider.maximum()
    assert window.detection.form.settings.velocity_threshold_deg_s == 400.0  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: previewing(window))
    window.detection.defaults.click()
    assert window.detection.form.settings == DETECTORS[0].settings()


@pytest.mark.parametrize("row", range(len(DETECTORS)))
def test_every_detector_previews_with_sliders_of_its_own(
    opened: Open, qtbot: QtBot, row: int
) -> None:
    window = opened(jumps("P1", "a.png"))
    window.detection.detector.setCurrentIndex(row)
    window.detection.preview.setChecked(True)
    qtbot.waitUntil(lambda: previewing(window))
    assert window.viewing.state.preview.title == DETECTORS[row].title  # type: ignore[union-attr]
    names = [parameter.name for parameter in DETECTORS[row].parameters]
    assert list(window.detection.form.rows) == names
    assert window.detection.form.settings == DETECTORS[row].settings()


def test_using_it_for_all_trials_is_one_edit_that_can_be_undone(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"), jumps("P2", "a.png"))
    before = window.document.project
    with qtbot.waitSignal(window.jobs.finished):
        window.detection.use.all.click()
    assert {path.origin.reader for path in window.document.project.scanpaths} == {"i-vt"}
    assert len(window.document.project.scanpaths) == 2
    assert "12 fixations" in window.detection.use.said.text()
    window.document.undo_stack.undo()
    assert window.document.project is before


def test_using_it_for_one_participant_leaves_the_others(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"), jumps("P2", "a.png"), tracker=(0, 1))
    with qtbot.waitSignal(window.jobs.finished):
        window.detection.use.participant.click()
    readers = {path.participant: path.origin.reader for path in window.document.project.scanpaths}
    assert readers == {"P1": "i-vt", "P2": "tracker"}


def test_the_trackers_fixations_can_be_chosen_again(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"))
    with qtbot.waitSignal(window.jobs.finished):
        window.detection.use.trial.click()
    chosen = window.detection.use.in_use
    assert [chosen.itemData(k) for k in range(chosen.count())] == ["i-vt", "tracker"]
    assert numbers(window, 1)[0] == "6"  # the tracker's own stay beside
    chosen.activated.emit(1)
    assert [p.origin.reader for p in window.document.project.scanpaths] == ["tracker"]
    window.document.undo_stack.undo()
    assert [p.origin.reader for p in window.document.project.scanpaths] == ["i-vt"]


def test_an_unknown_scale_is_asked_for_in_the_panel(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png", px_per_deg=math.nan))
    panel = window.detection
    assert "degrees" in panel.scale_note.text()
    assert not panel.preview.isEnabled()
    panel.px_per_deg.setValue(10.0)
    assert panel.preview.isEnabled()
    panel.preview.setChecked(True)
    qtbot.waitUntil(lambda: previewing(window))
    window.document.undo_stack.undo()
    assert math.isnan(window.document.project.settings.px_per_deg)
    assert not previewing(window)


def test_long_recordings_are_prepared_and_searched_in_a_thread(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_module, "AT_ONCE", 100)
    monkeypatch.setattr(detection_module, "AT_ONCE", 100)
    window = opened(jumps("P1", "a.png"), jumps("P2", "a.png", 3))
    assert "1,950" in window.trace.message.text()
    qtbot.waitUntil(lambda: window.trace.view.camera.whole.length_ms == 1949)
    window.detection.preview.setChecked(True)
    qtbot.waitUntil(lambda: previewing(window))
    Moves(window.viewing).participant(+1)
    qtbot.waitUntil(lambda: window.trace.view.camera.whole.length_ms == 959)
    qtbot.waitUntil(lambda: numbers(window, 0)[0] == "3")


def test_clicking_a_previewed_fixation_goes_to_its_time(opened: Open, qtbot: QtBot) -> None:
    window = opened(jumps("P1", "a.png"))
    window.detection.preview.setChecked(True)
    qtbot.waitUntil(lambda: previewing(window))
    window.panes.human.fixation_clicked.emit(("P1", "a.png", "1"), 2)
    assert window.viewing.playhead.position_ms == pytest.approx(660.0, abs=20)
