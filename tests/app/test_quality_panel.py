"""The data quality panel: what it shows, marks, sorts, copies, and where its rows lead."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot
from studies import saved_study
from windows import opened

from gazelab.app import preferences
from gazelab.app.dialogs import exclusions as exclusions_module
from gazelab.app.dialogs.exclusions import RuleDialog
from gazelab.app.dialogs.limits import LimitsDialog
from gazelab.app.panels.quality import QualityPanel
from gazelab.app.panels.quality_model import QualityModel
from gazelab.app.window import MainWindow
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.recording import Recording
from gazelab.project import store
from gazelab.report.quality import LIMITS, Limit, QualityRow

DESCENDING = Qt.SortOrder.DescendingOrder


def recording(participant: str, stimulus: str, lost: int) -> Recording:
    times = np.arange(200.0) * 4
    places = np.where(times < 4 * lost, np.nan, 60.0)
    return Recording(participant, stimulus, times, places, places, rate_hz=250.0, px_per_deg=20.0)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window with three pictures, two participants and four recordings."""
    folder, project = saved_study(tmp_path, steps=0)
    items = [
        recording("P1", "a.png", 0),
        recording("P2", "a.png", 30),
        recording("P1", "b.png", 120),
        recording("P3", "c.png", 10),
    ]
    recordings = MappingProxyType({item.key: item for item in items})
    store.save(replace(project, recordings=recordings), folder)
    window = opened(qtbot, folder)
    dock = next(dock for dock in window.docks if dock.objectName() == "quality")
    dock.raise_()
    qtbot.waitUntil(lambda: window.quality.model.rowCount() == 7)
    yield window
    window.document.undo_stack.clear()
    window.close()


def cell(panel: QualityPanel, row: int, name: str) -> str:
    return str(panel.model.index(row, panel.model.column(name)).data())


def texts(panel: QualityPanel, name: str) -> list[str]:
    return [cell(panel, row, name) for row in range(panel.model.rowCount())]


def test_every_trial_has_a_row_with_or_without_samples(window: MainWindow) -> None:
    panel = window.quality
    rows = {
        (cell(panel, k, "participant"), cell(panel, k, "stimulus")): k
        for k in range(panel.model.rowCount())
    }
    assert len(rows) == 7
    assert cell(panel, rows["P2", "a.png"], "loss_percent") == "▲ 15.0"
    assert cell(panel, rows["P1", "b.png"], "loss_percent") == "■ 60.0"
    assert cell(panel, rows["P2", "b.png"], "loss_percent") == "NA"
    assert cell(panel, rows["P3", "c.png"], "n_fixations") == "0"
    assert cell(panel, rows["P1", "a.png"], "effective_rate_hz") == "250"
    assert panel.hint.text() == "● 5 good  ▲ 1 doubtful  ■ 1 poor"


def test_it_is_not_measured_while_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.quality
    dock = next(dock for dock in window.docks if dock.objectName() == "compare")
    dock.raise_()
    before = panel.found
    window.document.set_rules("Exclude", [ExclusionRule("P1")])
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert panel.found is before
    quality = next(dock for dock in window.docks if dock.objectName() == "quality")
    quality.raise_()
    qtbot.waitUntil(lambda: panel.found is not before)
    assert "all fixations of participant P1" in panel.sentence.toPlainText()


def test_by_participant_and_the_order_stays_with_its_column(window: MainWindow) -> None:
    panel = window.quality
    panel.table.sortByColumn(panel.model.column("loss_percent"), DESCENDING)
    assert texts(panel, "loss_percent")[:4] == ["■ 60.0", "▲ 15.0", "5.0", "0.0"]
    assert texts(panel, "loss_percent")[4:] == ["NA"] * 3
    panel.scope.setCurrentIndex(1)
    assert texts(panel, "participant") == ["P1", "P2", "P3"]
    assert texts(panel, "n_trials") == ["3", "3", "1"]
    assert texts(panel, "loss_percent") == ["■ 30.0", "▲ 15.0", "5.0"]


def test_a_row_shows_its_trial(window: MainWindow) -> None:
    panel = window.quality
    wanted = list(zip(texts(panel, "participant"), texts(panel, "stimulus"), strict=True))
    panel.table.selectRow(wanted.index(("P2", "b.png")))
    assert window.viewing.state.stimulus == "b.png"
    assert window.viewing.leader_key == ("P2", "b.png", "1")
    panel.table.selectRow(wanted.index(("P3", "c.png")))  # samples without fixations
    assert window.viewing.leader_key == ("P3", "c.png", "1")
    panel.scope.setCurrentIndex(1)
    panel.table.selectRow(texts(panel, "participant").index("P1"))
    assert window.viewing.leader_key == ("P1", "c.png", "1")


def test_a_participant_who_did_not_see_this_stimulus_is_shown_elsewhere(
    window: MainWindow,
) -> None:
    panel = window.quality
    window.viewing.show_stimulus("a.png")
    panel.scope.setCurrentIndex(1)
    panel.table.selectRow(texts(panel, "participant").index("P3"))
    assert window.viewing.leader_key == ("P3", "c.png", "1")


def test_the_sentence_can_be_copied(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.quality.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text == window.quality.sentence.toPlainText()
    assert "Gaze was recorded at 250 Hz" in text
    assert "None of the 33 fixations was excluded." in text


def test_chosen_rows_are_excluded_as_one_edit(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.quality
    assert not panel.exclude.isEnabled()
    panel.table.selectAll()
    asked: list[RuleDialog] = []

    def accept(dialog: RuleDialog) -> int:
        dialog.reason.setText("lost too much")
        asked.append(dialog)
        return 1

    monkeypatch.setattr(exclusions_module.RuleDialog, "exec", accept)
    panel.scope.setCurrentIndex(1)
    panel.table.selectRow(texts(panel, "participant").index("P2"))
    before = window.document.project
    qtbot.mouseClick(panel.exclude, Qt.MouseButton.LeftButton)
    (rule,) = window.document.project.rules
    assert (rule.participant, rule.stimulus, rule.what) == ("P2", "", "all")
    assert (rule.reason, bool(rule.since)) == ("lost too much", True)
    assert window.document.undo_stack.undoText() == "Exclude"
    qtbot.waitUntil(lambda: cell(panel, 1, "excluded_percent") == "■ 100.0")
    assert panel.chosen() == (("P2", "", ""),)  # still chosen
    window.document.undo_stack.undo()
    assert window.document.project is before
    qtbot.waitUntil(lambda: cell(panel, 1, "excluded_percent") == "0.0")


def test_other_limits_mark_other_values_and_are_remembered(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.quality
    strict = tuple(replace(one, doubtful=1.0, poor=4.0) for one in LIMITS)
    monkeypatch.setattr(LimitsDialog, "ask", lambda *_: strict)
    panel.limits_button.click()
    assert panel.hint.text() == "● 4 good  ▲ 0 doubtful  ■ 3 poor"
    assert preferences.quality_limits() == strict
    monkeypatch.setattr(LimitsDialog, "ask", lambda *_: None)
    panel.limits_button.click()
    assert panel.limits == strict


def test_closing_the_project_empties_the_panel(window: MainWindow) -> None:
    panel = window.quality
    window.document.close()
    assert panel.model.rowCount() == 0
    assert panel.sentence.toPlainText() == ""
    assert not panel.copy.isEnabled()


def test_measuring_stops_with_the_window(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.quality
    window.document.set_rules("Exclude", [ExclusionRule("P1")])
    job = panel._job
    assert job is not None
    panel.stop()
    qtbot.waitUntil(lambda: not window.jobs.busy)
    assert job.cancel.is_set()
    panel.refresh()  # what was stopped is measured when it is wanted again
    qtbot.waitUntil(lambda: "participant P1" in panel.sentence.toPlainText())


def test_the_limits_dialog_gives_what_is_in_it(qtbot: QtBot) -> None:
    dialog = LimitsDialog(None, LIMITS)
    qtbot.addWidget(dialog)
    assert dialog.limits == LIMITS
    dialog.boxes["loss_percent"][0].setValue(3.5)
    assert dialog.limits[0] == Limit("loss_percent", 3.5, 25.0)
    dialog.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).click()
    assert dialog.limits == LIMITS


@pytest.mark.parametrize("stored", ["nonsense", "-3", "nan"])
def test_limits_that_make_no_sense_are_those_of_the_beginning(stored: str) -> None:
    preferences._settings().setValue("limits/loss_percent/doubtful", stored)
    assert preferences.quality_limits() == LIMITS


def row(participant: str, loss: float) -> QualityRow:
    values: dict[str, object] = dict.fromkeys(QualityRow.__slots__, math.nan)
    named = {"participant": participant, "stimulus": "a.png", "trial": "1", "off_of": "samples"}
    counts = {"n_trials": 1, "n_samples": 9, "n_missing": 0, "n_fixations": 0, "n_excluded": 0}
    return QualityRow(**(values | named | counts | {"loss_percent": loss}))  # type: ignore[arg-type]


def model(*rows: QualityRow) -> QualityModel:
    found = QualityModel()
    found.show_rows(rows, LIMITS, by_trial=True)
    return found


def test_numbers_in_names_are_sorted_as_numbers(qapp: QApplication) -> None:
    rows = model(row("P10", 1), row("P9", 2), row("p1", 3))
    rows.sort(rows.column("participant"))
    assert [rows.row(k).participant for k in range(3)] == ["p1", "P9", "P10"]
    rows.sort(-1)
    assert [rows.row(k).participant for k in range(3)] == ["P10", "P9", "p1"]


def test_what_is_unknown_comes_last_from_the_highest_down(qapp: QApplication) -> None:
    rows = model(row("P1", math.nan), row("P2", 1.0), row("P3", 5.0))
    rows.sort(rows.column("loss_percent"), DESCENDING)
    assert [rows.row(k).participant for k in range(3)] == ["P3", "P2", "P1"]


def test_a_row_stays_chosen_when_the_order_changes(window: MainWindow) -> None:
    panel = window.quality
    panel.table.selectRow(2)
    chosen = panel.chosen()
    for name in ("loss_percent", "participant", "grade"):
        panel.table.sortByColumn(panel.model.column(name), DESCENDING)
        assert panel.chosen() == chosen


def test_a_mark_is_more_than_a_colour_and_its_tip_names_the_limit(qapp: QApplication) -> None:
    rows = model(row("P1", 12.0), row("P2", math.nan))
    grade = rows.index(0, rows.column("grade"))
    assert grade.data() == "▲ 1"
    assert grade.data(Qt.ItemDataRole.ToolTipRole) == "▲ Loss [%]: 12, over 10"
    assert grade.data(Qt.ItemDataRole.ForegroundRole) is not None
    unknown = rows.index(1, rows.column("grade"))
    assert unknown.data() == "–"
    assert unknown.data(Qt.ItemDataRole.ToolTipRole) == "No value is beyond a limit."
