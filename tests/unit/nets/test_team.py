"""Two processes that share the work come to what one process comes to."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from team_program import TABLES, trained

from gazelab.nets.team import ALONE, Team, joined

TESTS = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no gloo over TCP there")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("team")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    done = subprocess.run(
        [*torchrun, "--nproc-per-node=2", TESTS / "team_program.py", folder],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (TESTS.parent, TESTS)))},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]


def _close(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert a["weights"].keys() == b["weights"].keys()
    for name, values in a["weights"].items():
        other = torch.tensor(b["weights"][name])
        torch.testing.assert_close(torch.tensor(values), other, rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(a["log"], b["log"], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-4)


def test_the_work_is_shared_without_gap_or_overlap() -> None:
    for size in range(1, 6):
        for number in range(12):
            shares = [Team(rank, size).share(number) for rank in range(size)]
            taken = [place for share in shares for place in range(number)[share]]
            assert taken == list(range(number))
            lengths = [share.stop - share.start for share in shares]
            assert max(lengths) - min(lengths) <= 1


def test_without_torchrun_there_is_one_process_and_nothing_to_wait_for() -> None:
    with joined() as team:
        assert team == ALONE
    assert team.leads and team.said("x") == ["x"] and team.told("x") == "x"
    sums = [torch.ones(2)]
    team.add_up(sums)
    assert sums[0].tolist() == [1, 1]


def test_processes_add_up_and_hear_one_another(both: list[dict[str, Any]]) -> None:
    assert [found["size"] for found in both] == [2, 2]
    assert [found["share"] for found in both] == [[0, 2], [2, 5]]
    for found in both:
        assert found["sums"] == [[[3.0] * 3] * 2, 1.0]
        assert found["said"] == ["", "äää"]
        assert found["told"] == "from 0"


@pytest.mark.parametrize("name", TABLES)
def test_two_processes_train_the_same_weights_as_one(
    both: list[dict[str, Any]], tmp_path: Path, name: str
) -> None:
    alone = trained(name, tmp_path, ALONE)
    for found in both:
        weights = {key: tensor.tolist() for key, tensor in alone.weights.items()}
        _close(found["trained"][name], {"weights": weights, "log": list(alone.log)})


def test_all_processes_hold_the_same_weights(both: list[dict[str, Any]]) -> None:
    assert both[0]["trained"] == both[1]["trained"]


def test_a_stopped_run_of_two_continues_exactly(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found["resumed"] == found["trained"]["adamw"]


def test_what_one_process_meets_is_named_by_all(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert "the poison" in found["poisoned"]


def test_a_batch_smaller_than_the_team_is_refused(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert "cannot be shared by 2" in found["small"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_no_thread_of_the_team_outlives_it(both: list[dict[str, Any]]) -> None:
    for found in both:
        assert found["threads"]
        assert not [name for name in found["threads"] if "gloo" in name]
