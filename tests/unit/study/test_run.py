from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_models import picture, tiny_model

from gazelab.data.gaze import Scanpath
from gazelab.errors import ModelError, SettingsError
from gazelab.nets import card as card_module
from gazelab.nets.card import find_card
from gazelab.nets.steps import with_steps
from gazelab.project.project import Project
from gazelab.study.run import run_model
from gazelab.task import Step, finish


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for a project; the only model there is is "tiny"."""
    tiny_model(tmp_path / "models" / "tiny")
    monkeypatch.setattr(card_module.paths, "shipped", lambda name: tmp_path / name)
    monkeypatch.setattr(card_module.paths, "user_models", lambda: tmp_path / "none")
    return tmp_path


def _project(folder: Path, *names: str) -> Project:
    stimuli = [picture(folder / name) for name in names]
    return Project(stimuli={stimulus.id: stimulus for stimulus in stimuli})


def test_a_model_runs_over_the_whole_project(folder: Path) -> None:
    project = _project(folder, "a1.png", "a2.png", "b1.png")
    steps: list[Step] = []
    result = finish(run_model(project, folder, "tiny", device="cpu", threads=1), steps.append)
    found = project.with_attention(result.attention).attention
    assert {key[0] for key in found} == set(project.stimuli)
    assert steps[-1].done == steps[-1].total == 3


def test_a_pattern_chooses_stimuli(folder: Path) -> None:
    project = _project(folder, "a1.png", "a2.png", "b1.png")
    task = run_model(project, folder, "tiny", device="cpu", stimuli_glob="a*", threads=1)
    assert {attention.stimulus for attention in finish(task).attention} == {"a1.png", "a2.png"}


def test_a_missing_picture_is_left_out_and_named(folder: Path) -> None:
    project = _project(folder, "a1.png", "a2.png")
    (folder / "a1.png").unlink()
    result = finish(run_model(project, folder, "tiny", device="cpu", threads=1))
    ((name, reason),) = result.skipped
    assert name == "a1.png"
    assert "no such picture" in reason
    assert {attention.stimulus for attention in result.attention} == {"a2.png"}


def test_nothing_to_run_on_is_said_before_anything_starts(folder: Path) -> None:
    with pytest.raises(SettingsError, match="matches 'z"):
        next(run_model(_project(folder, "a1.png"), folder, "tiny", stimuli_glob="z*"))
    with pytest.raises(SettingsError, match="no stimuli"):
        next(run_model(Project(), folder, "tiny"))


def test_an_unknown_model_is_refused_with_those_there_are(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"'other'.*tiny"):
        next(run_model(_project(folder, "a1.png"), folder, "other"))


def test_more_glimpses_go_on_where_fewer_ended(folder: Path) -> None:
    tiny_model(folder / "models" / "g", "glimpsenet", ("a", "b"), "g", {"steps": 2, "hidden": 16})
    project = _project(folder, "a1.png")
    stacks = {}
    for steps in (0, 1, 4):
        card = with_steps(find_card("g"), steps)
        ((attention),) = finish(run_model(project, folder, card, device="cpu", threads=1)).attention
        assert len(attention.step_notes) == len(attention.maps)
        stacks[steps] = attention.maps
    assert [len(stacks[steps]) for steps in (0, 1, 4)] == [2, 1, 4]
    np.testing.assert_allclose(stacks[4][:2], stacks[0], rtol=1e-5)
    np.testing.assert_allclose(stacks[1], stacks[0][:1], rtol=1e-5)


def test_steps_that_cannot_be_had_are_refused(folder: Path) -> None:
    tiny_model(folder / "models" / "g", "glimpsenet", ("a", "b"), "g", {"hidden": 16})
    with pytest.raises(SettingsError, match=r"1\.\.\.12"):
        with_steps(find_card("g"), 13)
    with pytest.raises(SettingsError, match="always takes 3 steps"):
        with_steps(find_card("tiny"), 2)
    assert with_steps(find_card("tiny"), 3) == find_card("tiny")


def test_human_attention_is_the_gaze_of_the_project(folder: Path) -> None:
    tiny_model(
        folder / "models" / "h", "attention-classifier", ("a", "b"), "h", {"attention": "human"}
    )
    project = _project(folder, "a1.png", "a2.png")
    where = np.array([80.0, 85.0])  # of 90 px
    seen = Scanpath(
        "p", "a1.png", where, np.array([10.0, 12.0]), np.zeros(2), np.ones(2), np.zeros(2, np.uint8)
    )
    project = replace(project, scanpaths=(seen,))
    result = finish(run_model(project, folder, "h", device="cpu", threads=1))
    (attention,) = result.attention
    assert attention.stimulus == "a1.png"
    row, column = np.unravel_index(attention.maps[0].argmax(), attention.maps[0].shape)
    assert (row, column) == (0, attention.maps.shape[2] - 1)
    ((name, reason),) = result.skipped
    assert name == "a2.png" and "nobody looked" in reason
