"""The losses a saliency network can be trained with, by the names that configurations use."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from gazelab.nets import losses

Objective = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From log density, human density and counts, as in `losses`, to the loss of each picture."""

_ABOVE_ONE = 1.1


@runtime_checkable
class Penalised(Protocol):
    """A network that adds a term of its own to whatever it is trained on."""

    def penalty(self) -> Tensor:
        """Return a number."""


def objective(name: str, weights: losses.Weights) -> Objective:
    """Return the loss that a configuration names, see `LossTable.name`."""
    if name == "mlnet":
        return partial(mlnet_loss, steps=weights.steps)
    return partial(losses.saliency_loss, weights=weights)


def penalty(net: nn.Module) -> Tensor | float:
    """Return the term that a network adds to its loss, 0 for most."""
    return net.penalty() if isinstance(net, Penalised) else 0.0


def mlnet_loss(
    log_density: Tensor, human: Tensor, _counts: Tensor, steps: tuple[float, ...]
) -> Tensor:
    """Return how far maps lie from human density, each over its maximum, as (n,).

    mean((y / max(y) - g)^2 / (1.1 - g)): a deviation counts up to 11 times as much where people
    look most. After Cornia, Baraldi, Serra & Cucchiara (2016), A Deep Multi-Level Network for
    Saliency Prediction, ICPR.
    """
    y = (log_density - log_density.amax((-2, -1), keepdim=True)).exp()
    g = human / human.amax((-2, -1), keepdim=True)
    each = ((y - g).square() / (_ABOVE_ONE - g)).mean((-2, -1))
    of_step = torch.tensor(steps, dtype=each.dtype, device=each.device)
    return (each * of_step).sum(1) / of_step.sum()
