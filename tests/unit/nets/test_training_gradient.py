import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.training.gradient import Gradient, is_out_of_memory
from gazelab.nets.training.problems import Batch

BATCH = torch.linspace(-1, 1, 8 * 6).view(8, 6), torch.linspace(0, 3, 8)


class Tight(nn.Module):
    """A network whose memory holds `room` pictures."""

    def __init__(self, room: int, error: type[Exception] = torch.OutOfMemoryError) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.layers = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 1))
        self.room = room
        self.error = error
        self.sizes: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.sizes.append(len(x))
        y: Tensor = self.layers(x)[:, 0]
        if len(x) > self.room:
            raise self.error("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return y


class Regression:
    names = ("a",) * 8
    n_validation = 1

    def batch(self, indices: object, rng: np.random.Generator) -> Batch:
        raise NotImplementedError

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        result: Tensor = (net(batch[0]) - batch[1]).square()
        return result

    def validate(self, net: nn.Module) -> dict[str, float]:
        raise NotImplementedError


def _gradient(room: int = 99, parts: int = 1) -> tuple[list[Tensor], Tensor, Gradient]:
    net = Tight(room)
    gradient = Gradient(net, Regression(), half=False, parts=parts)
    losses = gradient.add(BATCH, 8, seed=0)
    return [p.grad for p in net.parameters() if p.grad is not None], losses, gradient


@pytest.mark.parametrize("parts", [2, 3, 8, 50])
def test_the_gradient_of_parts_is_that_of_the_whole(parts: int) -> None:
    whole, losses, _ = _gradient()
    in_parts, each, _ = _gradient(parts=parts)
    torch.testing.assert_close(each, losses)
    for a, b in zip(whole, in_parts, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("room", "parts"), [(4, 2), (3, 4), (1, 8)])
def test_a_short_memory_halves_the_parts_until_they_fit(room: int, parts: int) -> None:
    whole, losses, _ = _gradient()
    halved, each, gradient = _gradient(room)
    assert gradient.parts == parts
    torch.testing.assert_close(each, losses)
    for a, b in zip(whole, halved, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


def test_what_did_not_fit_once_is_not_tried_again() -> None:
    net = Tight(2)
    gradient = Gradient(net, Regression(), half=False, parts=1)
    gradient.add(BATCH, 8, seed=0)
    assert net.sizes == [8, 4, 2, 2, 2, 2]
    gradient.add(BATCH, 8, seed=0)
    assert net.sizes[6:] == [2, 2, 2, 2]


def test_a_memory_too_small_for_one_picture_is_said() -> None:
    with pytest.raises(ModelError, match="single training picture"):
        _gradient(room=0)


def test_the_memory_of_the_computer_counts_too_but_no_other_error() -> None:
    net = Tight(4, RuntimeError)
    gradient = Gradient(net, Regression(), half=False, parts=1)
    gradient.add(BATCH, 8, seed=0)
    assert gradient.parts == 2
    assert is_out_of_memory(MemoryError())
    with pytest.raises(RuntimeError, match="shapes"):
        gradient.add((BATCH[0][:, :3], BATCH[1]), 8, seed=0)


def test_dropout_is_the_same_for_the_same_seed() -> None:
    net = nn.Sequential(nn.Dropout(0.5), Tight(99))
    gradient = Gradient(net, Regression(), half=False, parts=1)
    losses = [gradient.add(BATCH, 8, seed) for seed in (1, 2, 1)]
    assert torch.equal(losses[0], losses[2])
    assert not torch.equal(losses[0], losses[1])
