"""The document merges what arrives, undoes it, and keeps the folder up to date."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from studies import attention, saved_study, scanpath

from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.project import store
from gazelab.project.project import Addition
from gazelab.task import Step, Task


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.fixture
def document(jobs: Jobs, tmp_path: Path) -> Iterator[Document]:
    document = Document(jobs)
    folder, project = saved_study(tmp_path, steps=0)
    document.open(folder, project)
    yield document
    document.close()


def test_each_edit_says_what_changed_and_can_be_undone_and_redone(document: Document) -> None:
    told: list[frozenset[str]] = []
    document.changed.connect(told.append)
    before = document.project
    document.add_attention([attention("a.png", 4)])
    after = document.project
    assert told == [frozenset({"attention", "scores"})] or told == [frozenset({"attention"})]
    document.undo_stack.undo()
    assert document.project is before
    document.undo_stack.redo()
    assert document.project is after
    assert document.undo_stack.undoText() == "Run model"


def test_a_late_result_joins_the_project_as_it_is_then(document: Document) -> None:
    maps = [attention("a.png", 4)]  # made from the project as it was
    document.add_imported(Addition(scanpaths=(scanpath("P3", "a.png", 2),)))
    document.add_attention(maps)
    assert "P3" in document.project.participants
    assert ("a.png", "model", "saliency") in document.project.attention


def test_changes_reach_the_folder_by_themselves(qtbot: QtBot, document: Document) -> None:
    settings = replace(document.project.settings, sigma_px=31.0)
    with qtbot.waitSignal(document.saved, check_params_cb=lambda saved: saved, timeout=10_000):
        document.set_settings(settings)
    assert document.folder is not None
    assert store.load(document.folder).settings.sigma_px == 31.0


def test_closing_writes_what_was_still_waiting(document: Document) -> None:
    folder = document.folder
    assert folder is not None
    document.set_settings(replace(document.project.settings, sigma_px=17.0))
    document.close()
    assert not document.is_open
    assert document.project.stimuli == {}
    assert store.load(folder).settings.sigma_px == 17.0


@pytest.mark.parametrize("leave", ["close", "open"])
def test_what_was_still_computed_for_a_project_reaches_no_other(
    document: Document, jobs: Jobs, qtbot: QtBot, leave: str
) -> None:
    def endless() -> Task[None]:
        while True:
            yield Step(0)

    job = jobs.start("Run", endless(), lambda _: document.add_attention([attention("a.png", 2)]))
    waiting = jobs.start("Compare", endless(), lambda _: pytest.fail("its project is gone"))
    assert document.folder is not None
    if leave == "close":
        document.close()
    else:
        document.open(document.folder, document.project)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert job.cancel.is_set()
    assert waiting.thread is None
    assert not document.project.attention


def test_a_setting_that_stays_the_same_is_no_edit(document: Document) -> None:
    document.set_settings(document.project.settings)
    assert not document.undo_stack.canUndo()
