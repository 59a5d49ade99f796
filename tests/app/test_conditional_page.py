"""The page on single fixations: sources against fixation numbers, and where cells lead."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from studies import attention, saved_study, scanpath
from windows import opened

from gazelab.app.panels.conditional import ConditionalPage
from gazelab.app.window import MainWindow
from gazelab.cli.command import main
from gazelab.project import store

K = Qt.Key
OWN = "people: own gradient, gaussian 1 deg, rho 0.5"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window with three viewers on two pictures and two models."""
    folder, project = saved_study(tmp_path)
    names = ("a.png", "b.png")
    paths = [scanpath(who, name, 5) for name in names for who in ("P1", "P2", "P3")]
    maps = [attention(name, n, f"model {n}") for name in names for n in (1, 3)]
    project = project.with_settings(replace(project.settings, px_per_deg=10.0))
    store.save(project.with_scanpaths(paths).with_attention(maps), folder)
    window = opened(qtbot, folder)
    yield window
    window.document.undo_stack.clear()
    window.close()


def shown(window: MainWindow) -> ConditionalPage:
    window.actions_by_id["page_conditional"].trigger()
    page = window.pages.page("conditional")
    assert isinstance(page, ConditionalPage)
    return page


def computed(window: MainWindow, qtbot: QtBot) -> ConditionalPage:
    page = shown(window)
    page.compute()
    qtbot.waitUntil(lambda: page.asked is not None and page.curve.is_drawn)
    return page


def test_every_model_stands_against_the_numbers_of_fixations(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    grid = page.map.grid
    assert grid is not None
    assert {"model 1 saliency", "model 3 saliency"} < set(grid.rows)
    assert list(grid.columns) == [*map(str, range(1, 11)), "all"]
    at = list(grid.rows).index("model 1 saliency")
    means = {
        (one.source, one.fixation): one.mean
        for one in page.found.summaries if one.metric == "nss"
    }  # fmt: skip
    assert grid.texts[at][0] == ""
    for number in range(2, 6):
        assert grid.values[at][number - 1] == means["model 1", number]
    assert grid.values[at][10] == means["model 1", 0]
    told = page.caption.text()
    assert told.startswith("NSS [sd]: population standard deviation, every fixation counts, higher")
    assert "mean over 2 images of the means over fixations, no first ones, 0 excluded" in told
    lines = page.curve.accessibleDescription().splitlines()
    assert "compare them number by number, not by the mean of all" in told
    assert lines[at].startswith("model 1 saliency: 1 undefined, 2 ")


def test_another_metric_is_there_without_computing_again(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot)
    page.by.setCurrentIndex(page.by.findData("ig"))
    assert page.caption.text().startswith("IG [bit]: ")
    assert not page.notice.text()
    page.with_first.click()
    assert "Other settings are chosen now" in page.notice.text()


def test_a_cell_says_its_value_and_leads_to_its_fixation(window: MainWindow, qtbot: QtBot) -> None:
    page = computed(window, qtbot)
    page.source.setCurrentIndex(page.source.findData("model 3"))
    page.compute()
    qtbot.waitUntil(lambda: not page.notice.text() and len(page.map.grid.rows) == 1)
    page.map.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.map, K.Key_Right)
    said = page.value.text()
    assert said.startswith("fixation 3 by model 3 (index): NSS ")
    assert said.endswith("2 images, 6 fixations, 0 without a value")
    assert page.map.accessibleDescription() == said
    qtbot.keyClick(page.map, K.Key_Return)
    assert (window.viewing.state.source, window.viewing.state.fixation) == ("model 3", 2)
    page.map.point_at(0, 10)
    assert page.value.text().startswith("all fixations by model 3 (index): NSS ")
    qtbot.keyClick(page.map, K.Key_Return)
    assert window.viewing.state.fixation == 2


def test_the_gradient_of_the_fixations_before_stands_beside_and_the_tables_are_the_commands(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(window)
    assert not page.gradient.isVisibleTo(page)
    page.with_gradient.click()
    assert page.gradient.isVisibleTo(page)
    page = computed(window, qtbot)
    grid = page.map.grid
    assert grid is not None
    assert grid.rows[-1] == "own gradient"
    assert "gaussian of 1°, 10 px per degree, 0.5 of it left" in page.caption.text()
    page.map.point_at(len(grid.rows) - 1, 1)
    assert page.value.text().startswith(f"fixation 2 by {OWN} (after the fixation before): NSS ")
    before = window.viewing.state
    qtbot.keyClick(page.map, K.Key_Return)
    assert window.viewing.state.source == before.source
    assert window.viewing.state.fixation == 1
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    folder = window.document.folder
    assert folder is not None
    with qtbot.waitSignal(window.jobs.finished):
        page.save_button.click()
    sources = list(dict.fromkeys(source for _, source, _ in window.document.project.attention))
    words = ["score", str(folder), "--conditional", *sources, "--gradient", "gaussian"]
    assert main([*words, "--out", str(tmp_path / "told")]) == 0
    for name in ("conditional.csv", "conditional_summary.csv"):
        saved = (tmp_path / f"{folder.stem}-conditional" / name).read_bytes()
        assert saved == (tmp_path / "told" / name).read_bytes()


def test_a_gradient_needs_the_pixels_of_a_degree(window: MainWindow) -> None:
    settings = replace(window.document.project.settings, px_per_deg=float("nan"))
    window.document.set_settings(settings)
    window.document.flush()
    page = shown(window)
    assert page.compute_button.isEnabled()
    page.with_gradient.click()
    assert not page.compute_button.isEnabled()
    assert page.message.text().startswith("Not known how many pixels are one degree")
