"""Fixation and step move together as the alignment says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from studies import attention, saved_study

from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.moves import Moves
from gazelab.app.viewing import Viewing


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    jobs = Jobs()
    document = Document(jobs)
    yield document
    document.close()  # writes what autosave was still waiting for
    jobs.close()


def viewing_of(
    document: Document, tmp_path: Path, fixations: int, steps: int, alignment: str
) -> Viewing:
    viewing = Viewing(document, document)
    folder, project = saved_study(tmp_path, fixations=fixations, steps=steps)
    settings = replace(project.settings, alignment=alignment)
    document.open(folder, project.with_settings(settings))
    return viewing


def walk(viewing: Viewing, steps: int) -> list[tuple[int | None, int | None]]:
    seen = []
    for _ in range(steps):
        seen.append((viewing.shown_fixation, viewing.shown_step))
        Moves(viewing).fixation(+1)
    return seen


def test_by_index_fixation_k_stands_beside_step_k_until_one_runs_out(
    document: Document, tmp_path: Path
) -> None:
    viewing = viewing_of(document, tmp_path, 5, 3, "index")
    assert walk(viewing, 6) == [(0, 0), (1, 1), (2, 2), (3, None), (4, None), (4, None)]


def test_by_index_more_steps_than_fixations_go_on_without_a_fixation(
    document: Document, tmp_path: Path
) -> None:
    viewing = viewing_of(document, tmp_path, 2, 4, "index")
    assert walk(viewing, 4) == [(0, 0), (1, 1), (None, 2), (None, 3)]


def test_by_time_equal_shares_of_the_viewing_belong_to_each_step(
    document: Document, tmp_path: Path
) -> None:
    viewing = viewing_of(document, tmp_path, 6, 3, "time")
    assert [step for _, step in walk(viewing, 6)] == [0, 0, 1, 1, 2, 2]


def test_unlinked_sides_move_by_themselves(document: Document, tmp_path: Path) -> None:
    viewing = viewing_of(document, tmp_path, 4, 3, "unlinked")
    Moves(viewing).fixation(+2)
    assert (viewing.shown_fixation, viewing.shown_step) == (2, 0)
    Moves(viewing).step(+1)
    assert (viewing.shown_fixation, viewing.shown_step) == (2, 1)
    Moves(viewing).step(+9)
    assert viewing.shown_step == 2


def test_moving_the_step_takes_a_linked_fixation_along(document: Document, tmp_path: Path) -> None:
    viewing = viewing_of(document, tmp_path, 6, 3, "time")
    Moves(viewing).step(+1)
    assert (viewing.shown_fixation, viewing.shown_step) == (2, 1)


def test_a_static_map_stands_beside_every_fixation(document: Document, tmp_path: Path) -> None:
    viewing = viewing_of(document, tmp_path, 3, 1, "index")
    assert walk(viewing, 3) == [(0, 0), (1, 0), (2, 0)]


def test_stimuli_and_participants_stop_at_the_ends(document: Document, tmp_path: Path) -> None:
    viewing = viewing_of(document, tmp_path, 3, 1, "index")
    Moves(viewing).stimulus(-1)
    assert viewing.state.stimulus == "a.png"
    Moves(viewing).fixation(2)
    Moves(viewing).stimulus(+5)
    assert (viewing.state.stimulus, viewing.state.fixation) == ("c.png", 0)
    Moves(viewing).participant(+1)
    assert viewing.state.participants == ("P2",)


def test_undoing_a_run_leaves_a_view_that_is_possible(document: Document, tmp_path: Path) -> None:
    viewing = viewing_of(document, tmp_path, 3, 0, "index")
    document.add_attention([attention("a.png", 2)])
    assert viewing.attention is not None
    document.undo_stack.undo()
    assert viewing.attention is None
    assert viewing.shown_step is None


def test_a_project_opens_on_a_stimulus_that_someone_looked_at(
    document: Document, tmp_path: Path
) -> None:
    viewing = Viewing(document, document)
    folder, project = saved_study(tmp_path, fixations=3, steps=1)
    seen = [path for path in project.scanpaths if path.stimulus != "a.png"]
    document.open(folder, project.with_scanpaths(seen))
    assert viewing.state.stimulus == "b.png"
