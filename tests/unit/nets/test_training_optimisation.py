import math

import pytest
import torch
from torch import nn

from gazelab.nets.training.config import TrainTable
from gazelab.nets.training.optimisation import (
    Average,
    load_optimiser,
    make_optimiser,
    optimiser_state,
    rate_factor,
    set_rates,
)

OPTIMISERS = ("adamw", "sgd", "rmsprop")


def _log(*losses: float) -> list[dict[str, float]]:
    return [{"val_loss": loss} for loss in losses]


def _factors(table: TrainTable, losses: list[float]) -> list[float]:
    """Return the factor at the first step of each epoch of 10 steps."""
    return [
        rate_factor(table, 10 * epoch, 10, _log(*losses[:epoch])) for epoch in range(len(losses))
    ]


def test_the_warm_up_rises_in_equal_steps_to_the_whole_rate() -> None:
    table = TrainTable(epochs=9, warmup_steps=4, schedule="constant")
    found = [rate_factor(table, step, 10, []) for step in range(6)]
    assert found == [0.25, 0.5, 0.75, 1, 1, 1]


def test_cosine_falls_from_one_past_a_half_to_zero() -> None:
    table = TrainTable(epochs=4, warmup_steps=0)
    found = [rate_factor(table, step, 10, []) for step in (0, 20, 40)]
    assert found == pytest.approx([1, 0.5, 0])


def test_steps_drop_every_few_epochs() -> None:
    table = TrainTable(epochs=9, warmup_steps=0, schedule="step", drop=0.5, drop_epochs=2)
    assert _factors(table, [1.0] * 6) == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_a_plateau_drops_once_for_each_wait_in_vain() -> None:
    table = TrainTable(epochs=9, warmup_steps=0, schedule="plateau", drop=0.5, drop_epochs=2)
    losses = [3.0, 2.0, 2.0, 2.5, 1.0, 1.5, 1.0, 1.0, 1.0]
    # the waits in vain end with the 4th, the 7th and the 9th epoch
    assert _factors(table, losses) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]
    assert rate_factor(table, 90, 10, _log(*losses)) == 0.125


@pytest.mark.parametrize("schedule", ["cosine", "step", "plateau", "constant"])
def test_no_schedule_leaves_zero_to_one(schedule: str) -> None:
    table = TrainTable(epochs=5, schedule=schedule, drop_epochs=1)  # type: ignore[arg-type]
    log = _log(*[1.0] * 5)
    assert all(0 <= rate_factor(table, step, 10, log[: step // 10]) <= 1 for step in range(51))


def _net() -> nn.Module:
    torch.manual_seed(2)
    net = nn.ModuleDict({"backbone": nn.Conv2d(2, 8, 3), "head": nn.Conv2d(8, 1, 1)})
    return net.to(memory_format=torch.channels_last)


def _take_steps(net: nn.Module, optimiser: torch.optim.Optimizer, first: int, last: int) -> None:
    set_rates(optimiser, 1.0)
    for step in range(first, last):
        x = torch.rand(4, 2, 6, 6, generator=torch.Generator().manual_seed(step))
        net.zero_grad()
        torch.autograd.backward((net["head"](net["backbone"](x)) - 1).square().mean())
        optimiser.step()


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_what_an_optimiser_remembers_is_restored_exactly(name: str, momentum: float) -> None:
    table = TrainTable(epochs=1, optimiser=name, momentum=momentum)  # type: ignore[arg-type]
    whole = _net()
    _take_steps(whole, make_optimiser(whole, table), 0, 9)
    begun = _net()
    optimiser = make_optimiser(begun, table)
    _take_steps(begun, optimiser, 0, 4)
    # as a checkpoint holds it: no layout but the plain one
    state = {key: tensor.contiguous() for key, tensor in optimiser_state(optimiser).items()}
    fresh = make_optimiser(begun, table)
    load_optimiser(fresh, state)
    _take_steps(begun, fresh, 4, 9)
    for ours, theirs in zip(begun.parameters(), whole.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_backbone_learns_at_its_own_rate(name: str) -> None:
    table = TrainTable(epochs=1, optimiser=name, backbone_rate=0.0)  # type: ignore[arg-type]
    net = _net()
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    _take_steps(net, make_optimiser(net, table), 0, 3)
    after = net.state_dict()
    assert torch.equal(before["backbone.weight"], after["backbone.weight"])
    assert not torch.equal(before["head.weight"], after["head.weight"])


def test_the_average_follows_weights_and_takes_counts_as_they_are() -> None:
    net = nn.BatchNorm2d(1)
    average = Average(net, 0.9)
    nn.init.constant_(net.weight, 2.0)
    net.num_batches_tracked += 7
    average.update(net, 10_000)
    assert average.state["weight"].item() == pytest.approx(0.9 * 1 + 0.1 * 2)
    assert average.state["num_batches_tracked"].item() == 7


def test_early_steps_count_for_more_in_the_average() -> None:
    net = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(net.weight)
    average = Average(net, 0.9999)
    nn.init.ones_(net.weight)
    average.update(net, 1)
    assert average.state["weight"].item() == pytest.approx(1 - 2 / 11)
    assert math.isclose(average.keep, 0.9999)
