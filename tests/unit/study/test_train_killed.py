"""A training run that is killed at any moment and resumed ends in the same weights."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the runs are forked")


def _killed(what: str, folder: Path, seed: int, number: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, TESTS / "killed_training.py", what, folder, str(seed), str(number)],
        capture_output=True,
        text=True,
        timeout=1700,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (TESTS.parent, TESTS)))},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _check(found: dict[str, Any], number: int) -> None:
    whole, trials = found["whole"], found["trials"]
    assert len(trials) == number
    for trial in trials:
        assert trial["killed"]
        assert trial["resumed"]["made"] == whole["made"], trial["at"]
        assert not trial["resumed"]["left_over"], trial["at"]


def test_a_killed_run_continues_as_if_it_had_not_been(tmp_path: Path) -> None:
    found = _killed("loop", tmp_path, seed=1, number=4)
    _check(found, 4)
    assert any(0 < trial["resumed"]["resumed_from"] for trial in found["trials"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("what", ["loop", "model"])
def test_twenty_runs_killed_at_random_end_in_the_same_weights(tmp_path: Path, what: str) -> None:
    found = _killed(what, tmp_path, seed=11, number=20)
    _check(found, 20)
    assert {"batch", "half written", "flush", "rename"} == {t["at"] for t in found["trials"]}
    assert len({trial["resumed"]["resumed_from"] for trial in found["trials"]}) > 2
