"""A model in a child process: same maps, told progress, and no crash gets out."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_models import picture, tiny_model

from gazelab.errors import ModelError
from gazelab.nets.methods import MethodChoice
from gazelab.paths import user_models
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study import child_task
from gazelab.study.apart import RunRequest, run_model_apart
from gazelab.study.run import run_model
from gazelab.task import Step, finish


@pytest.fixture(scope="module")
def project_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tiny_model(user_models() / "tiny")
    folder = tmp_path_factory.mktemp("apart") / "study.gazelab"
    stimuli = {
        name: picture(folder / name, seed=seed) for seed, name in enumerate(("a.png", "b.png"))
    }
    store.save(Project(stimuli=stimuli), folder)
    return folder


def test_the_child_gives_the_same_maps_and_tells_its_progress(project_folder: Path) -> None:
    here = finish(run_model(store.load(project_folder), project_folder, "tiny", threads=1))
    steps: list[Step] = []
    outcome = finish(run_model_apart(RunRequest(str(project_folder), "tiny")), steps.append)
    assert outcome.device == "cpu"
    assert outcome.skipped == ()
    there = {attention.key: attention for attention in outcome.attention}
    assert set(there) == {attention.key for attention in here.attention}
    for attention in here.attention:
        np.testing.assert_allclose(there[attention.key].maps, attention.maps, rtol=1e-5, atol=1e-7)
    assert any(step.total == 2 for step in steps)


def test_only_the_wanted_stimuli_are_looked_at(project_folder: Path) -> None:
    request = RunRequest(str(project_folder), "tiny", stimuli=("b.png",))
    outcome = finish(run_model_apart(request))
    assert {attention.stimulus for attention in outcome.attention} == {"b.png"}


def test_the_child_applies_the_methods_asked_for(project_folder: Path) -> None:
    methods = (MethodChoice("grad-cam", "dalmatian", "stage 6", signed=True),)
    request = RunRequest(str(project_folder), "cam", stimuli=("b.png",), methods=methods)
    (attention,) = finish(run_model_apart(request)).attention
    assert attention.source == "cam: Grad-CAM, class dalmatian, layer stage 6"
    assert attention.kind == "evidence"
    assert attention.explanation is not None
    assert attention.explanation.class_name == "dalmatian"


def test_the_childs_sentence_arrives(project_folder: Path) -> None:
    with pytest.raises(ModelError, match="no-such-model"):
        finish(run_model_apart(RunRequest(str(project_folder), "no-such-model")))


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize(
    "death", [f"os.kill(os.getpid(), {int(signal.SIGSEGV)})", "os._exit(3)", "raise RuntimeError"]
)
def test_a_crash_is_a_sentence(
    death: str, project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        child_task, "command", lambda *_: [sys.executable, "-c", f"import os\n{death}"]
    )
    with pytest.raises(ModelError, match=r"The model stopped with code .*The project is unchanged"):
        finish(run_model_apart(RunRequest(str(project_folder), "tiny")))


def test_closing_the_task_ends_a_silent_child(
    project_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    code = (
        f"import os, pathlib, signal\npathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n"
        "signal.pause()"
    )
    monkeypatch.setattr(child_task, "command", lambda *_: [sys.executable, "-c", code])
    task = run_model_apart(RunRequest(str(project_folder), "tiny"))
    while not (note.is_file() and note.read_text()):
        next(task)
    task.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
