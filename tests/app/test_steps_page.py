"""The page of steps: a matrix, its diagonal beside what people reach, and where cells lead."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from studies import attention, saved_study, scanpath
from windows import opened

from gazelab.app.panels.steps import StepsPage
from gazelab.app.window import MainWindow
from gazelab.cli.command import main
from gazelab.project import store
from gazelab.report.matrix import PEOPLE

K = Qt.Key


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """Return the window with three viewers on two pictures and a model of three steps."""
    folder, project = saved_study(tmp_path)
    paths = [scanpath(who, name, 5) for name in ("a.png", "b.png") for who in ("P1", "P2", "P3")]
    maps = [attention(name, 3, "stepper") for name in ("a.png", "b.png")]
    store.save(project.with_scanpaths(paths).with_attention(maps), folder)
    window = opened(qtbot, folder)
    yield window
    window.document.undo_stack.clear()
    window.close()


def computed(window: MainWindow, qtbot: QtBot) -> StepsPage:
    window.actions_by_id["page_steps"].trigger()
    page = window.pages.page("steps")
    assert isinstance(page, StepsPage)
    page.source.setCurrentText("stepper")
    page.compute()
    qtbot.waitUntil(lambda: page.asked is not None and page.curve.is_drawn)
    return page


def test_every_step_stands_against_every_fixation_with_people_beside(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    grid = page.map.grid
    assert grid is not None
    assert list(grid.rows) == ["fixation 1", "fixation 2", "fixation 3"]
    assert list(grid.columns) == ["step 1", "step 2", "step 3", "others", "same"]
    cells = {(c.fixation, c.step, c.predicted_by): c for c in page.found.summaries[:15]}
    for (fixation, step, by), cell in cells.items():
        column = 3 + PEOPLE.index(by) if by in PEOPLE else step - 1
        assert grid.values[fixation - 1, column] == cell.mean
        text = f"{cell.mean:z.2f}"
        assert grid.texts[fixation - 1][column] == (f"[{text}]" if step == fixation else text)
    told = page.caption.text()
    assert told.startswith("NSS [sd] (stepper saliency): population standard deviation")
    assert "Mean over 2 images, 30 fixations in use" in told
    assert "0 excluded; human density:" in told


def test_the_choice_of_fixations_changes_the_numbers_without_computing_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    alone = page.map.grid.values  # type: ignore[union-attr]
    page.fixations.setCurrentIndex(1)
    cumulative = page.map.grid.values  # type: ignore[union-attr]
    assert (cumulative[0] == alone[0]).all()
    assert (cumulative[1:, 3:] != alone[1:, 3:]).all()
    assert not page.notice.text()
    page.by.setCurrentIndex(1)
    assert "Other settings are chosen now" in page.notice.text()


def test_a_cell_says_its_value_and_leads_to_its_fixation_and_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    page.map.setFocus()
    qtbot.keyClick(page.map, K.Key_Down)
    qtbot.keyClick(page.map, K.Key_Right)
    (cell,) = (c for c in page.found.summaries[:15] if (c.fixation, c.step) == (2, 2))
    said = page.value.text()
    assert said.startswith(f"fixation 2 alone, step 2: NSS {cell.mean:.3f} sd ({cell.low:.3f} …")
    assert said.endswith(
        "2 images, 6 fixations (population standard deviation, every fixation counts)"
    )
    assert page.map.accessibleDescription() == said
    qtbot.keyClick(page.map, K.Key_Return)
    state = window.viewing.state
    assert (state.source, state.fixation, state.step) == ("stepper", 1, 1)
    page.map.point_at(2, 0)
    qtbot.keyClick(page.map, K.Key_Return)
    assert window.viewing.state.fixation == 2
    assert page.value.text().endswith(
        "Shown is step 3, linked to the fixation: unlink them to see others."
    )
    place = page.map.placed().cell(2, 4).center().toPoint()
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert window.viewing.state.fixation == 2
    assert page.value.text().startswith("fixation 3 alone, the same fixations of the others: ")


def test_the_curve_tells_the_diagonal_and_people_with_intervals(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    lines = page.curve.accessibleDescription().splitlines()
    diagonal = [c for c in page.found.summaries[:15] if c.aligned]
    values = ", ".join(f"{cell.fixation} {cell.mean:.3f}" for cell in diagonal)
    assert lines[0] == f"step beside the fixation: {values}"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "all fixations of the others",
        "the same fixations of the others",
    ]


@pytest.mark.parametrize("parts", [(), (1, 2, 3)])
def test_the_tables_are_those_of_the_command(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: tuple[int, ...],
) -> None:
    other = replace(attention("b.png", 3, "stepper"), parts=parts)
    window.document.add_attention([other])
    window.document.flush()
    page = computed(window, qtbot)
    assert ("On 1 more, steps are about other parts" in page.caption.text()) == bool(parts)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    folder = window.document.folder
    assert folder is not None
    with qtbot.waitSignal(window.jobs.finished):
        page.save_button.click()
    words = ["score", str(folder), "--matrix", "stepper", "--out", str(tmp_path / "told")]
    sigma_px = window.document.project.settings.blur.sigma_px
    assert main([*words, "--sigma-px", str(sigma_px)]) == 0
    for name in ("matrix.csv", "matrix_summary.csv"):
        saved = (tmp_path / f"{folder.stem}-steps" / name).read_bytes()
        assert saved == (tmp_path / "told" / name).read_bytes()


def test_the_source_that_is_shown_is_chosen_first(window: MainWindow) -> None:
    shown = window.viewing.state.source
    window.actions_by_id["page_steps"].trigger()
    page = window.pages.page("steps")
    assert isinstance(page, StepsPage)
    assert page.source.currentText() == shown


def gradient_chosen(window: MainWindow, px_per_deg: float = 10.0) -> StepsPage:
    """Return the page with the attention gradient in its rows, not computed yet."""
    settings = replace(window.document.project.settings, px_per_deg=px_per_deg)
    window.document.set_settings(settings)
    window.document.flush()
    window.actions_by_id["page_steps"].trigger()
    page = window.pages.page("steps")
    assert isinstance(page, StepsPage)
    page.source.setCurrentText("stepper")
    page.fixations.setCurrentIndex(page.fixations.findData("gradient"))
    return page


def test_the_gradient_after_each_fixation_stands_against_every_step(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = gradient_chosen(window)
    assert page.by.currentText() == "CC"
    assert page.gradient.isVisibleTo(page)
    page.gradient.kernel.setCurrentIndex(page.gradient.kernel.findData("spotlight"))
    page.gradient.width_deg.setValue(1.5)
    page.gradient.rho.setValue(0.25)
    page.compute()
    qtbot.waitUntil(lambda: page.asked is not None and page.curve.is_drawn)
    grid = page.map.grid
    assert grid is not None
    assert list(grid.rows) == ["after 1", "after 2", "after 3"]
    assert list(grid.columns) == ["step 1", "step 2", "step 3", "others", "same"]
    told = page.caption.text()
    assert "in place of the density, higher is better. Mean over 2 images, 30 fixations" in told
    assert "spotlight of 1.5°, 10 px per degree, 0.25 of it left one fixation" in told
    assert "50 % of the kernel within 1.06°" in told
    page.map.point_at(1, 0)
    assert page.value.text().startswith("gradient after fixation 2, step 1: CC ")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QMessageBox, "exec", lambda _: 0)
    folder = window.document.folder
    assert folder is not None
    with qtbot.waitSignal(window.jobs.finished):
        page.save_button.click()
    words = ["score", str(folder), "--matrix", "stepper", "--out", str(tmp_path / "told")]
    assert main([*words, "--gradient", "spotlight", "--width-deg", "1.5", "--rho", "0.25"]) == 0
    for name in ("matrix.csv", "matrix_summary.csv"):
        saved = (tmp_path / f"{folder.stem}-steps" / name).read_bytes()
        assert saved == (tmp_path / "told" / name).read_bytes()


def test_another_kernel_has_its_own_width_and_asks_to_compute_again(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = gradient_chosen(window)
    page.compute()
    qtbot.waitUntil(lambda: page.asked is not None and page.curve.is_drawn)
    assert not page.notice.text()
    page.gradient.kernel.setCurrentIndex(page.gradient.kernel.findData("acuity"))
    assert page.gradient.width_deg.value() == 2.3
    assert "Other settings are chosen now" in page.notice.text()


def test_what_was_computed_stays_while_other_fixations_are_chosen(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = computed(window, qtbot)
    before = page.map.grid.values  # type: ignore[union-attr]
    page.fixations.setCurrentIndex(page.fixations.findData("gradient"))
    assert (page.map.grid.values == before).all()  # type: ignore[union-attr]
    assert {page.by.itemText(k) for k in range(page.by.count())}.isdisjoint({"NSS", "AUC", "IG"})
    page.fixations.setCurrentIndex(0)
    assert not page.gradient.isVisibleTo(page)
    assert page.by.findText("NSS") >= 0


def test_a_gradient_needs_the_pixels_of_a_degree(window: MainWindow, qtbot: QtBot) -> None:
    page = gradient_chosen(window, px_per_deg=float("nan"))
    assert page.message.text().startswith("Not known how many pixels are one degree")
    assert not page.compute_button.isEnabled()
