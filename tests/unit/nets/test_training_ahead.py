"""Batches prepared by child processes are those that this process would have prepared."""

import multiprocessing
import os
import signal
import sys

import pytest
import torch

from gazelab.nets.training import ahead
from gazelab.nets.training.ahead import batches
from gazelab.nets.training.problems import Batch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux")


def _prepare(step: int) -> Batch:
    pixels = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).view(2, 3, 4, 5) + step
    labels = torch.tensor([step, -step])
    return pixels.contiguous(memory_format=torch.channels_last), labels, labels > 3


def _equal(a: Batch, b: Batch) -> bool:
    return all(torch.equal(x, y) and x.dtype == y.dtype for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("steps", [range(5, 5), range(7, 8), range(3, 30)])
def test_every_step_gets_its_batch_in_order(workers: int, steps: range) -> None:
    number = 0
    for step, batch in zip(steps, batches(_prepare, steps, workers), strict=True):
        assert _equal(batch, _prepare(step))
        number += 1
    assert number == len(steps)


def test_the_layout_of_pictures_is_kept() -> None:
    for pixels, *_ in batches(_prepare, range(6), 2):
        assert pixels.is_contiguous(memory_format=torch.channels_last)


def test_the_children_do_the_work_and_end_with_the_batches() -> None:
    found = batches(lambda _: (torch.tensor([os.getpid()]),), range(20), 2)
    pids = [int(batch[0]) for batch in found]
    assert pids[0] == os.getpid()
    assert len(set(pids[1:]) - {os.getpid()}) == 2
    assert not multiprocessing.active_children()


def test_closing_early_ends_the_children() -> None:
    found = batches(_prepare, range(100), 2)
    next(found)
    next(found)
    assert len(multiprocessing.active_children()) == 2
    found.close()
    assert not multiprocessing.active_children()


def test_a_killed_child_is_replaced_by_this_process() -> None:
    found = batches(_prepare, range(40), 2)
    got = [next(found) for _ in range(3)]
    victim = multiprocessing.active_children()[0]
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    for step, batch in enumerate(found, start=len(got)):
        assert _equal(batch, _prepare(step))


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_WAIT_S", 0.3)
    ours = os.getpid()

    def prepare(step: int) -> Batch:
        if step == 4 and os.getpid() != ours:
            signal.pause()
        return _prepare(step)

    got = list(batches(prepare, range(12), 2))
    assert all(_equal(batch, _prepare(step)) for step, batch in enumerate(got[-1:], start=11))
    assert len(got) == 12


def test_a_failure_in_a_child_is_met_here() -> None:
    def prepare(step: int) -> Batch:
        if step == 9:
            raise ValueError("picture nine")
        return _prepare(step)

    found = batches(prepare, range(20), 2)
    for _ in range(9):
        next(found)
    with pytest.raises(ValueError, match="picture nine"):
        next(found)
    assert not multiprocessing.active_children()


def test_a_batch_larger_than_the_first_is_prepared_here() -> None:
    def prepare(step: int) -> Batch:
        return (torch.full((3 if step == 5 else 1, 5000), float(step)),)

    sizes = [len(batch[0]) for batch in batches(prepare, range(8), 2)]
    assert sizes == [1, 1, 1, 1, 1, 3, 1, 1]
