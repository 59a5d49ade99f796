"""The pages of the analyses: made when looked at, computed when asked, told when stale."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from studies import saved_study, scanpath

from gazelab.app.panels.analyses import PAGES
from gazelab.app.panels.page import Page
from gazelab.app.window import MainWindow
from gazelab.cli.command import main
from gazelab.data.aoi import Aoi, rectangle
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.project import store
from gazelab.study.score import ScorePlan, score
from gazelab.task import Step, finish

Open = Callable[..., MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """Return what opens a study in a window."""
    window = MainWindow()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()

    def open_study(**study: object) -> MainWindow:
        folder, _ = saved_study(tmp_path, **study)  # type: ignore[arg-type]
        return open_folder(folder)

    def open_folder(folder: Path) -> MainWindow:
        with qtbot.waitSignal(window.document.opened):
            window.commands.open_folder(folder)
        return window

    yield open_study
    window.document.undo_stack.clear()
    window.close()


def score_all(window: MainWindow) -> None:
    """Compare the model of the study with people."""
    plan = ScorePlan(blur=Blur(8.0), metrics=("nss", "kl"))
    window.document.set_scores(finish(score(window.document.project, plan)))


def computed(window: MainWindow, qtbot: QtBot, name: str = "scanpaths") -> Page:
    window.actions_by_id[f"page_{name}"].trigger()
    page = window.pages.page(name)
    page.compute_button.click()
    qtbot.waitUntil(lambda: page.asked is not None and page.isVisible())
    return page


def test_no_page_is_made_before_it_is_looked_at(opened: Open) -> None:
    window = opened()
    assert not window.pages.findChildren(Page)
    window.actions_by_id["page_scanpaths"].trigger()
    assert [page.name for page in window.pages.findChildren(Page)] == ["similarity"]


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_every_page_has_a_command_that_brings_it_forward(
    opened: Open, qtbot: QtBot, name: str
) -> None:
    window = opened()
    area = Aoi("a.png", "area", rectangle(9, 9, 50, 50))
    window.document.edit("Area", window.document.project.with_aois([area]))
    score_all(window)
    window.actions_by_id[f"page_{name}"].trigger()
    page = window.pages.page(name)
    qtbot.waitUntil(page.isVisible)
    qtbot.waitUntil(page.compute_button.hasFocus)


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_without_gaze_a_page_says_what_to_do(opened: Open, qtbot: QtBot, name: str) -> None:
    window = opened()
    project = replace(window.document.project, scanpaths=(), attention={})
    window.document.edit("Empty", project)
    window.actions_by_id[f"page_{name}"].trigger()
    page = window.pages.page(name)
    assert "(Ctrl+" in page.message.text()
    qtbot.waitUntil(page.message.isVisible)
    assert not page.compute_button.isEnabled()
    assert not page.save_button.isEnabled()


def test_a_result_is_stale_until_the_project_is_as_it_was(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    page = computed(window, qtbot)
    assert not page.notice.isVisible()
    window.document.set_rules("Exclude", [ExclusionRule("P2", reason="test")])
    assert page.notice.text() == "▲ The project has changed since: compute again."
    assert not page.save_button.isEnabled()
    window.document.undo_stack.undo()
    assert not page.notice.isVisible()
    assert page.save_button.isEnabled()


def test_a_result_whose_fixations_are_gone_says_what_is_missing(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    page = computed(window, qtbot)
    window.document.edit("Empty", window.document.project.with_scanpaths([]))
    assert page.notice.text() == "▲ No fixations yet: import recordings (Ctrl+I)."
    assert page.body.isVisible()
    assert not page.compute_button.isEnabled()


def test_other_settings_make_it_stale_too(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    page = computed(window, qtbot)
    window.viewing.show_stimulus("b.png")
    assert page.notice.text() == "▲ Other settings are chosen now: compute again."
    window.viewing.show_stimulus("a.png")
    assert not page.notice.isVisible()


def test_an_error_is_a_sentence_on_the_page(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Iterator[Step]:
        raise SettingsError("Nothing fits.", "Try another.")
        yield Step(0)

    window = opened()
    window.actions_by_id["page_scanpaths"].trigger()
    page = window.pages.page("scanpaths")
    monkeypatch.setattr(page, "task", refuse)
    with qtbot.waitSignal(window.jobs.failed):
        page.compute()
    window.findChild(QMessageBox).close()
    assert page.notice.text() == "Nothing fits. Try another."
    assert page.compute_button.text() == "Com&pute"


def test_what_waits_can_be_cancelled(
    opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened()
    window.actions_by_id["page_scanpaths"].trigger()
    page = window.pages.page("scanpaths")

    def endless(_: object) -> Iterator[Step]:
        while True:
            yield Step(0)

    window.jobs.start("Other work", endless(None), print)
    page.compute()
    assert page.compute_button.text() == "Cance&l"
    window.actions_by_id["cancel"].trigger()
    assert page.compute_button.text() == "Com&pute"
    qtbot.waitUntil(lambda: not window.jobs.busy)
    monkeypatch.setattr(page, "task", endless)
    page.compute()
    page.compute_button.click()
    qtbot.waitUntil(lambda: page.compute_button.text() == "Com&pute")
    qtbot.waitUntil(page.message.isVisible)


def test_another_project_starts_with_an_empty_page(
    opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    window = opened()
    page = computed(window, qtbot)
    with qtbot.waitSignal(window.document.opened):
        window.commands.open_folder(tmp_path / "study.gazelab")
    assert page.asked is None
    assert page.message.text() == "Not computed yet: press Compute."


def test_simulated_data_are_called_so(opened: Open, qtbot: QtBot) -> None:
    page = computed(opened(simulated=True), qtbot)
    assert page.caption.text().startswith("Simulated data. ")


def test_the_tables_are_those_of_the_command(
    opened: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened()
    window.actions_by_id["page_scanpaths"].trigger()
    page = window.pages.page("scanpaths")
    page.scope.setCurrentIndex(1)  # type: ignore[attr-defined]
    computed(window, qtbot)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.save_button.click()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    window.findChild(QMessageBox).close()
    window.document.flush()
    command = tmp_path / "command"
    assert (
        main(["similarity", str(window.document.folder), "--cluster", "--out", str(command)]) == 0
    )
    written = tmp_path / "study-similarity"
    files = sorted(path.name for path in command.iterdir())
    assert files == sorted(path.name for path in written.iterdir())
    for name in files:
        assert (written / name).read_bytes() == (command / name).read_bytes()


def test_one_scanpath_alone_has_nobody_to_compare_with(opened: Open) -> None:
    window = opened(steps=0)
    project = window.document.project
    window.document.edit("One", project.with_scanpaths([scanpath("P1", "a.png", 4)]))
    window.actions_by_id["page_scanpaths"].trigger()
    assert "nobody to compare with" in window.pages.page("scanpaths").message.text()


def test_the_saved_study_is_still_whole(opened: Open, qtbot: QtBot) -> None:
    window = opened()
    computed(window, qtbot)
    assert store.load(window.document.folder).scores == ()
