"""`torchrun ... -m gazelab` does what `gazelab` does, in two processes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import picture
from tiny_training import gaze_study, write_config

from gazelab import paths
from gazelab.nets.card import find_card, verify
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study.run import run_model
from gazelab.task import finish

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no gloo over TCP there")


def _two(*words: str) -> dict[str, Any]:
    """Run a verb in two processes and return the JSON that one of them printed."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    done = subprocess.run(
        [*torchrun, "--nproc-per-node=2", "-m", "gazelab", *words, "--json"],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[str]:
    """Train a model with two processes and return its id."""
    config = write_config(gaze_study(tmp_path), epochs=2, id_="team-sam")
    found = _two("train", str(config))
    assert found["folder"] == str(paths.user_models() / "team-sam")
    yield found["model"]["id"]
    shutil.rmtree(paths.user_models() / "team-sam")


def test_two_processes_train_a_model_and_run_it(trained: str, tmp_path: Path) -> None:
    verify(find_card(trained))
    assert not list((paths.user_models() / trained / "checkpoints").iterdir())
    folder = tmp_path / "study.gazelab"
    sizes = {"a.png": (60, 90), "b.png": (60, 120), "c.png": (60, 90), "lost.png": (60, 90)}
    stimuli = [picture(folder / name, *size) for name, size in sizes.items()]
    store.save(Project(stimuli={stimulus.id: stimulus for stimulus in stimuli}), folder)
    (folder / "lost.png").unlink()

    found = _two("run", str(folder), "--model", trained, "--device", "cpu")
    assert found["stimuli"] == 3
    assert [left_out["stimulus"] for left_out in found["skipped"]] == ["lost.png"]
    project = store.load(folder)
    alone = finish(run_model(project, folder, trained, device="cpu", threads=1)).attention
    assert set(project.attention) == {attention.key for attention in alone}
    for attention in alone:
        np.testing.assert_array_equal(project.attention[attention.key].maps, attention.maps)
