"""The page of differences: what is offered, what is shown, where a row leads, what is written."""

from pathlib import Path

import pytest
import scipy.stats  # noqa: F401  (its first import takes longer than a test waits)
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from test_analyses_panel import Open, computed, opened, score_all  # noqa: F401  (fixtures)

from gazelab.app.panels.differences import DifferencesPage
from gazelab.app.window import MainWindow
from gazelab.cli.command import main

ROW, COLUMN = Qt.ItemDataRole.DisplayRole, Qt.Orientation.Horizontal


def page_of(window: MainWindow) -> DifferencesPage:
    window.actions_by_id["page_differences"].trigger()
    page = window.pages.page("differences")
    assert isinstance(page, DifferencesPage)
    return page


def cell(page: DifferencesPage, row: int, title: str) -> str:
    model = page.model
    titles = [model.headerData(k, COLUMN) for k in range(model.columnCount())]
    return str(model.data(model.index(row, titles.index(title)), ROW))


def take_groups(window: MainWindow, qtbot: QtBot, table: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    window.actions_by_id["attributes"].trigger()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    window.findChild(QMessageBox).close()


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("participant,group\nP1,a\nP2,b\n", encoding="utf-8")
    return path


def test_two_sources_are_compared_and_a_row_goes_to_its_image(opened: Open, qtbot: QtBot) -> None:  # noqa: F811
    window = opened()
    score_all(window)
    page = page_of(window)
    offered = [page.first.itemText(k) for k in range(page.first.count())]
    assert offered == ["model saliency", "centre bias", "inter-observer"]
    assert page.second.findData("model saliency") < 0
    page.second.setCurrentText("centre bias")
    computed(window, qtbot, "differences")
    assert cell(page, 0, "Metric") == "nss ↑ [sd]"
    assert cell(page, 0, "Images") == "3"
    assert cell(page, 0, "Test") == "Wilcoxon signed-rank, two-sided"
    assert (
        "model saliency minus centre bias. q is p corrected for 2 comparisons"
        in page.caption.text()
    )
    page.images.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    shown = [page.images_model.row(k) for k in range(page.images_model.rowCount())]
    differences = [float(row.keys[3]) for row in shown]
    assert differences == sorted(differences, reverse=True)
    page.images.selectRow(2)
    assert window.viewing.state.stimulus == shown[2].of


def test_another_pair_or_test_makes_it_stale(opened: Open, qtbot: QtBot) -> None:  # noqa: F811
    window = opened()
    score_all(window)
    page = page_of(window)
    computed(window, qtbot, "differences")
    assert not page.notice.isVisible()
    page.test.setCurrentIndex(1)
    assert "Other settings" in page.notice.text()
    computed(window, qtbot, "differences")
    qtbot.waitUntil(lambda: not page.notice.isVisible())
    assert cell(page, 0, "Test") == "sign flips, two-sided, exact, all 8 arrangements"
    score_all(window)
    assert "The project has changed" in page.notice.text()


def test_attributes_are_taken_undone_and_shown_beside_names(
    opened: Open,  # noqa: F811
    qtbot: QtBot,
    groups: Path,
    monkeypatch,
) -> None:
    window = opened()
    take_groups(window, qtbot, groups, monkeypatch)
    known = window.document.project.participant_attributes
    assert known.of("P2") == {"group": "b"}
    dock = next(dock for dock in window.docks if dock.objectName() == "participants")
    model = dock.widget().model
    assert [model.data(model.index(k)) for k in range(2)] == [
        "P1    a, 5 fixations",
        "P2    b, 6 fixations",
    ]
    window.document.undo_stack.undo()
    assert window.document.project.participant_attributes.names == ()
    assert model.data(model.index(0)) == "P1    5 fixations"


def test_the_tables_are_those_of_the_command(
    opened: Open,  # noqa: F811
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch,
) -> None:
    window = opened()
    score_all(window)
    page = page_of(window)
    page.second.setCurrentText("centre bias")
    computed(window, qtbot, "differences")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.save_button.click()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    window.findChild(QMessageBox).close()
    window.document.flush()
    pair = ("--pair", "model saliency", "centre bias", "--out", str(tmp_path / "command"))
    assert main(["differences", str(window.document.folder), *pair]) == 0
    for file in (tmp_path / "command").iterdir():
        written = tmp_path / "study-differences" / file.name
        assert written.read_bytes() == file.read_bytes()
