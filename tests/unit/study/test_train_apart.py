"""Training in a child process gives the same model, and stops at a checkpoint."""

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_training import gaze_study, write_config

from gazelab.errors import ModelError
from gazelab.nets.card import verify
from gazelab.study import child_task
from gazelab.study.train import train, was_stopped
from gazelab.study.train_apart import train_apart
from gazelab.task import Step, finish

OUTPUT = '[output]\nfolder = "model"'


def _config(folder: Path, epochs: int = 2) -> Path:
    folder.mkdir(exist_ok=True)
    return write_config(gaze_study(folder), epochs, OUTPUT)


def test_the_child_trains_the_same_model(tmp_path: Path) -> None:
    here = finish(train(_config(tmp_path / "here")))
    steps: list[Step] = []
    there = finish(train_apart(_config(tmp_path / "there")), steps.append)
    assert there.card.weights == here.card.weights
    verify(there.card)
    assert any("epoch 2, loss" in step.note for step in steps)


def test_closing_the_task_leaves_a_checkpoint_to_continue_from(tmp_path: Path) -> None:
    config = _config(tmp_path / "stopped", epochs=200)
    assert not was_stopped(config)
    task = train_apart(config)
    for step in task:
        if "epoch 3" in step.note:
            break
    task.close()
    assert was_stopped(config)
    resumed = train_apart(config, resume=True)
    first = next(step for step in resumed if step.note.startswith("epoch "))
    assert first.done > 4
    resumed.close()


def test_the_child_stops_when_its_parent_is_gone(tmp_path: Path) -> None:
    config = _config(tmp_path, epochs=200)
    words = child_task.command("gazelab.study.train_apart", (str(config), False))
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        words, stdin=pipe, stdout=pipe, text=True, env={"PYTHONPATH": str(Path.cwd())}
    )
    assert child.stdin is not None and child.stdout is not None
    while "epoch 2" not in child.stdout.readline():
        pass
    child.stdin.close()  # as the end of the parent does
    child.stdout.read()
    child.stdout.close()
    assert child.wait() == child_task.STOPPED
    assert was_stopped(config)


def test_the_childs_sentence_arrives(tmp_path: Path) -> None:
    config = _config(tmp_path)
    (tmp_path / "split.json").write_text("[]")
    with pytest.raises(ModelError, match="not a split"):
        finish(train_apart(config))


def test_a_crash_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = [sys.executable, "-c", "import os; os._exit(3)"]
    monkeypatch.setattr(child_task, "command", lambda *_: crash)
    with pytest.raises(ModelError, match=r"stopped with code 3.*to continue"):
        finish(train_apart(_config(tmp_path)))
