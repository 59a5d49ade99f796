"""The window as a researcher uses it: keys, menus, panels."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from studies import saved_study

from gazelab.app import preferences, scenes, style
from gazelab.app.actions import COMMANDS
from gazelab.app.keys import FocusKeys
from gazelab.app.moves import Moves
from gazelab.app.window import MainWindow
from gazelab.data.exclusion import ExclusionRule
from gazelab.project import store

Open = Callable[..., MainWindow]
K = Qt.Key


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


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Open:
    def open_study(**study: object) -> MainWindow:
        folder, _ = saved_study(tmp_path, **study)  # type: ignore[arg-type]
        with qtbot.waitSignal(window.document.opened):
            window.commands.open_folder(folder)
        return window

    return open_study


def test_before_a_project_is_open_only_what_is_possible_is_enabled(window: MainWindow) -> None:
    actions = window.actions_by_id
    assert actions["new"].isEnabled()
    assert actions["sample"].isEnabled()
    for command in COMMANDS:
        if command.needs:
            assert not actions[command.id].isEnabled(), command.id


def test_no_key_means_two_things() -> None:
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert sorted(set(keys)) == sorted(keys)


def test_arrows_step_both_panes_and_no_counterpart_is_drawn(opened: Open, qtbot: QtBot) -> None:
    window = opened(fixations=4, steps=2)
    for _ in range(2):
        qtbot.keyClick(window.panes.human, K.Key_Right)
    human, machine = window.panes.shown
    assert "fixation 3 of 4" in human.caption
    assert machine.message == "no counterpart"
    qtbot.keyClick(window.panes.human, K.Key_Left)
    human, machine = window.panes.shown
    assert "fixation 2 of 4" in human.caption
    assert "step 2 of 2" in machine.caption
    assert machine.message == ""


def test_the_density_leaves_out_what_is_excluded_as_soon_as_it_is(opened: Open) -> None:
    window = opened()
    before = window.panes.human.scene
    window.document.set_rules("Exclude", [ExclusionRule("P2", reason="test")])
    after = window.panes.human.scene
    assert before is not None and before.overlay is not None
    assert after is not None and after.overlay is not None
    assert after.overlay.map.sum() < 0.7 * before.overlay.map.sum()


def test_a_density_of_very_many_fixations_is_shown_when_it_is_ready(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened()
    monkeypatch.setattr(scenes, "_AT_ONCE", 0)
    window.viewing.show_stimulus("b.png")
    scene = window.panes.human.scene
    assert scene is not None and scene.overlay is None
    assert window.panes.shown[0].overlay is not None  # as it is exported
    window.viewing.show_stimulus("c.png")
    qtbot.waitUntil(lambda: window.panes.human.scene.overlay is not None)  # type: ignore[union-attr]


def test_numbers_at_the_cursor_follow_the_step(opened: Open, qtbot: QtBot) -> None:
    window = opened(fixations=3, steps=3)
    shown = [window.panes.numbers.text()]
    qtbot.keyClick(window.panes.human, K.Key_Right)
    shown.append(window.panes.numbers.text())
    assert all(text.startswith(f"At fixation {k + 1}: NSS ") for k, text in enumerate(shown))
    assert shown[0] != shown[1]


def test_both_panes_zoom_together(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    size = (float(window.panes.human.width()), float(window.panes.human.height()))
    before = window.panes.camera.view(*size).scale
    window.actions_by_id["zoom_in"].trigger()
    assert window.panes.camera.view(*size).scale > before
    qtbot.keyClick(window.panes.machine, K.Key_0)
    assert window.panes.camera.is_fitted


def test_digits_turn_layers_on_and_off(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    assert window.panes.shown[0].overlay is not None
    qtbot.keyClick(window.panes.human, K.Key_2)
    assert window.panes.shown[0].overlay is None
    qtbot.keyClick(window.panes.human, K.Key_1)
    assert window.panes.shown[0].scanpaths == ()
    qtbot.keyClick(window.panes.human, K.Key_3)
    assert window.panes.shown[1].overlay is None


def test_space_plays_but_not_while_a_list_has_the_focus(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    panel = next(d.widget() for d in window.docks if d.objectName() == "participants")
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.view.model().index(1, 0))
    for _ in range(2):
        qtbot.keyClick(panel.view, K.Key_Space)
        assert not window.transport.clock.playing
    qtbot.keyClick(window.panes.human, K.Key_Space)
    assert window.transport.clock.playing
    qtbot.keyClick(window.panes.human, K.Key_Space)
    assert not window.transport.clock.playing


def test_typing_in_the_search_field_filters_and_steps_nothing(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    panel = next(d.widget() for d in window.docks if d.objectName() == "stimuli")
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "b.")
    assert panel.view.model().rowCount() == 1
    assert window.viewing.state.fixation == 0


def test_ticking_participants_draws_several_with_the_leader_on_top(opened: Open) -> None:
    window = opened()
    panel = next(d.widget() for d in window.docks if d.objectName() == "participants")
    second = panel.model.index(1)
    panel.model.setData(second, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    layers = window.panes.shown[0].scanpaths
    assert [layer.scanpath.participant for layer in layers] == ["P2", "P1"]
    assert len({layer.colour for layer in layers}) == 2
    assert len({layer.letter for layer in layers}) == 2


def test_simulated_data_are_marked_in_both_panes(opened: Open) -> None:
    window = opened(simulated=True)
    assert [scene.badge for scene in window.panes.shown] == ["simulated", "simulated"]


def test_a_missing_picture_is_told_and_the_rest_goes_on(opened: Open, tmp_path: Path) -> None:
    window = opened()
    (tmp_path / "b.png").unlink()
    Moves(window.viewing).stimulus(+1)
    human, _ = window.panes.shown
    assert human.image is None
    assert "b.png" in human.message
    Moves(window.viewing).stimulus(+1)
    assert window.panes.shown[0].image is not None


def test_a_changed_setting_is_undone_with_the_view_following(opened: Open) -> None:
    window = opened()
    legend = window.panes.shown[0].overlay.legend  # type: ignore[union-attr]
    settings = window.document.project.settings
    window.document.set_settings(replace(settings, sigma_px=60.0))
    assert window.panes.shown[0].overlay.legend != legend  # type: ignore[union-attr]
    window.document.undo_stack.undo()
    assert window.panes.shown[0].overlay.legend == legend  # type: ignore[union-attr]


def test_a_damaged_project_is_one_sentence_and_the_open_one_stays(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = opened()
    damaged = tmp_path / "damaged.gazelab"
    damaged.mkdir()
    (damaged / "project.json").write_text('{"schema": 1, "stim')
    with qtbot.waitSignal(window.jobs.failed):
        window.commands.open_folder(damaged)
    box = window.findChild(QMessageBox)
    assert box is not None
    assert "project.json" in box.text()
    box.close()
    assert window.document.project.title == "Test study"


def test_a_static_map_stands_beside_every_fixation_and_names_no_step(
    opened: Open, qtbot: QtBot
) -> None:
    window = opened(fixations=3, steps=1)
    qtbot.keyClick(window.panes.human, K.Key_Right)
    _, machine = window.panes.shown
    assert machine.caption == "model saliency"
    assert machine.message == ""
    assert machine.overlay is not None


def test_an_empty_project_says_what_to_do(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    store.create(tmp_path / "empty.gazelab")
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(tmp_path / "empty.gazelab")
    assert all("Ctrl+I" in scene.message for scene in window.panes.shown)


def test_the_place_of_the_pointer_is_shown_on_the_stimulus_only(opened: Open) -> None:
    window = opened()
    window.panes.human.hovered.emit(12.0, 34.0)
    assert window.panes.where.text() == "x 12 px, y 34 px"
    window.panes.human.hovered.emit(math.nan, math.nan)
    assert window.panes.where.text() == ""


def test_closing_a_project_returns_to_the_start_page(opened: Open) -> None:
    window = opened()
    window.actions_by_id["close"].trigger()
    assert window.start_page.isVisible()
    assert not window.actions_by_id["run"].isEnabled()
    assert [path.name for path in preferences.recent_projects()] == ["study.gazelab"]


def test_light_and_dark_reach_the_whole_window(
    window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    style.apply_theme(qapp, "dark")
    qtbot.waitUntil(lambda: style.is_dark(window.transport.palette()))
    style.apply_theme(qapp, "light")
    qtbot.waitUntil(lambda: not style.is_dark(window.transport.palette()))


def test_a_layout_of_another_version_is_no_obstacle(qtbot: QtBot) -> None:
    preferences.remember_layout(b"nonsense", b"nonsense")  # type: ignore[arg-type]
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    assert window.isVisible()
    window.close()
