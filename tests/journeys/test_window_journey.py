"""The whole path by hand in the real window: import, step, run a model, compare, export."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gazelab.app import commands as commands_module
from gazelab.app.dialogs.compare import CompareDialog
from gazelab.app.dialogs.importing.dialog import ImportDialog
from gazelab.app.dialogs.run import RunChoice, RunDialog
from gazelab.app.window import MainWindow
from gazelab.nets.methods import MethodChoice
from gazelab.paths import shipped
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import finish

DEMO = shipped("resources") / "demo"
RUN_MS = 120_000


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield window
    window.close()


def close_message(window: MainWindow, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None, timeout=RUN_MS)
    box = window.findChild(QMessageBox)
    assert box is not None
    text = box.text()
    box.close()
    box.deleteLater()
    box.setParent(None)
    return text


@pytest.mark.skipif(
    not (shipped("models") / "sam-s" / "card.json").is_file(), reason="models/sam-s is not here"
)
def test_a_researcher_goes_the_whole_way(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "study.gazelab"
    store.create(folder)
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(folder)

    source = Source(DEMO / "fixations.csv")
    plan = ImportPlan((source,), folder, images=DEMO / "stimuli", px_per_deg=24.0)
    monkeypatch.setattr(ImportDialog, "ask", lambda *_: finish(import_files(plan, Project())))
    window.actions_by_id["import"].trigger()
    assert "scanpaths" in close_message(window, qtbot)
    assert window.actions_by_id["run"].isEnabled()

    monkeypatch.setattr(RunDialog, "ask", lambda *_: RunChoice("sam-s", "cpu", False))
    with qtbot.waitSignal(window.analyses.ran, timeout=RUN_MS) as ran:
        window.actions_by_id["run"].trigger()
    assert ran.args == ["sam-s", "cpu"]
    assert "cpu" in window.status.device.text()

    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window.panes.human, Qt.Key.Key_Right)
    human, machine = window.panes.shown
    assert "fixation 2" in human.caption
    assert "step 2 of 4" in machine.caption

    evidence = (MethodChoice("grad-cam", "lobster", "stage 6", signed=True),)
    choice = RunChoice("cam", "cpu", False, evidence)
    monkeypatch.setattr(RunDialog, "ask", lambda *_: choice)
    with qtbot.waitSignal(window.analyses.ran, timeout=RUN_MS):
        window.actions_by_id["run"].trigger()
    _, machine = window.panes.shown
    assert "cam: Grad-CAM, class lobster, layer stage 6 evidence" in machine.caption
    assert machine.overlay is not None and "orange" in machine.overlay.legend

    project = window.document.project
    monkeypatch.setattr(CompareDialog, "ask", lambda _, p: CompareDialog(None, p).plan)
    window.actions_by_id["compare"].trigger()
    qtbot.waitUntil(lambda: window.document.project.scores != (), timeout=RUN_MS)
    assert window.document.project is not project
    qtbot.waitUntil(lambda: window.compare.model.rowCount() == 4)  # and two baselines
    assert window.compare.model.columnCount() == 7
    qtbot.waitUntil(lambda: window.compare.curve.is_drawn)

    monkeypatch.setattr(
        commands_module.QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path)
    )
    window.actions_by_id["export"].trigger()
    assert "study-export" in close_message(window, qtbot)
    out = tmp_path / "study-export"
    assert {"view.png", "view.svg", "manifest.json"} <= {path.name for path in out.iterdir()}
    named = {file["name"] for file in json.loads((out / "manifest.json").read_text())["files"]}
    assert "view.svg" in named

    for _ in range(4):
        window.document.undo_stack.undo()
    assert window.document.project.stimuli == {}
