"""The page on areas: computed on request, stale after a change, and a way to each area."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from studies import HEIGHT_PX, WIDTH_PX, attention, saved_study

from gazelab.app.aois.page import AreasPage
from gazelab.app.window import MainWindow
from gazelab.data.aoi import Aoi, rectangle
from gazelab.data.exclusion import ExclusionRule

HALF = WIDTH_PX // 2
AOIS = (
    Aoi("a.png", "left", rectangle(0, 0, HALF, HEIGHT_PX)),
    Aoi("a.png", "right", rectangle(HALF, 0, HALF, HEIGHT_PX)),
    Aoi("b.png", "left", rectangle(0, 0, HALF, HEIGHT_PX)),
)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    folder, project = saved_study(tmp_path)
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.document.open(folder, project.with_aois(AOIS))
    yield window
    window.close()


def computed(window: MainWindow, qtbot: QtBot) -> AreasPage:
    window.actions_by_id["page_areas"].trigger()
    page = window.pages.page("areas")
    assert isinstance(page, AreasPage)
    page.compute_button.click()
    qtbot.waitUntil(lambda: page.asked is not None)
    return page


def texts(page: AreasPage, row: int) -> list[str]:
    model = page.results.model
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_without_areas_the_page_says_how_to_come_by_them(window: MainWindow, qtbot: QtBot) -> None:
    window.document.edit("none", window.document.project.with_aois(()))
    window.actions_by_id["page_areas"].trigger()
    page = window.pages.page("areas")
    qtbot.waitUntil(window.pages.tabs.tabBar().hasFocus)
    assert not page.compute_button.isEnabled()
    assert "No areas of interest yet" in page.message.text()


def test_people_and_models_are_shown_over_all_pictures_and_on_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    assert texts(page, 0)[:3] == ["left", "People", "4 trials"]
    assert texts(page, 1)[:3] == ["left", "model saliency", "2 pictures"]
    assert "4 trials of 2 participants on 2 pictures" in page.caption.text()
    page.results.scope.setCurrentIndex(1)
    assert texts(page, 0)[:3] == ["left", "People", "2 trials"]
    window.viewing.show_stimulus("b.png")
    assert page.results.model.rowCount() == 2
    page.results.kind.setCurrentIndex(2)
    assert "transitions in 2 trials" in page.caption.text()


def test_a_row_leads_to_its_area_and_its_participant(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot)
    window.viewing.show_stimulus("c.png")
    page.results.kind.setCurrentIndex(1)
    model = page.results.model
    row = next(k for k in range(model.rowCount()) if texts(page, k)[:2] == ["P2", "right"])
    page.results.table.setCurrentIndex(model.index(row, 0))
    assert (window.viewing.state.stimulus, window.viewing.state.area) == ("a.png", "right")
    assert window.viewing.leader_key == ("P2", "a.png", "1")
    marks = {area.name: area.chosen for area in window.panes.shown[0].areas}
    assert marks == {"left": False, "right": True}


def test_a_row_of_a_model_shows_its_maps(window: MainWindow, qtbot: QtBot) -> None:
    other = attention("b.png", 2, "other")
    window.document.edit("more", window.document.project.with_attention([other]))
    page = computed(window, qtbot)
    model = page.results.model
    row = next(k for k in range(model.rowCount()) if texts(page, k)[1] == "other saliency")
    page.results.table.setCurrentIndex(model.index(row, 0))
    assert window.viewing.state.source == "other"


def test_changes_of_areas_and_fixations_make_it_stale(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot)
    assert not page.notice.text()
    window.aois.edits.delete(["right"])
    assert "has changed" in page.notice.text()
    assert not page.save_button.isEnabled()
    window.document.undo_stack.undo()
    assert not page.notice.text()
    window.document.set_rules("Exclude", [ExclusionRule("P2")])
    assert "has changed" in page.notice.text()


def test_tables_are_saved_as_the_command_writes_them(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = computed(window, qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.save_button.click()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert box is not None
    box.close()
    with open(tmp_path / "study-areas" / "aoi_gaze.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(AOIS)
    assert (tmp_path / "study-areas" / "aois.csv").exists()
