"""How weights change: groups of parameters, the optimiser, the learning rate, the average."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from gazelab.nets.training.config import TrainTable

State: TypeAlias = dict[str, Tensor]
"""Weights and buffers by name."""

Row: TypeAlias = dict[str, float]
"""The numbers of one epoch."""

_RMSPROP_KEEP = 0.9
"""Of the running mean of squares, as in the paper of SAM."""


def make_optimiser(net: nn.Module, table: TrainTable) -> torch.optim.Optimizer:
    """Return the optimiser of a network; its rates are set at every step.

    Decay is apart from the gradient in AdamW, and added to it in the others.
    """
    groups = _groups(net, table)
    if table.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, fused=True)
    if table.optimiser == "sgd":
        nesterov = table.momentum > 0
        return torch.optim.SGD(
            groups, lr=0.0, momentum=table.momentum, nesterov=nesterov, fused=True
        )
    return torch.optim.RMSprop(groups, lr=0.0, alpha=_RMSPROP_KEEP)


def rate_factor(table: TrainTable, step: int, steps_per_epoch: int, log: Sequence[Row]) -> float:
    """Return the part of the learning rates in force at a step (0-based).

    A linear warm-up, times the schedule: "cosine" falls to 0 at the last epoch, "step" is
    multiplied by `drop` every `drop_epochs`, "plateau" whenever so many epochs brought no
    better validation loss, "constant" stays.
    """
    warm = min((step + 1) / max(table.warmup_steps, 1), 1.0)
    if table.schedule == "cosine":
        return warm * 0.5 * (1 + math.cos(math.pi * step / (table.epochs * steps_per_epoch)))
    if table.schedule == "step":
        return warm * table.drop ** (step // steps_per_epoch // table.drop_epochs)
    if table.schedule == "plateau":
        return warm * table.drop ** _plateaus(log, table.drop_epochs)
    return warm


def set_rates(optimiser: torch.optim.Optimizer, factor: float) -> None:
    """Set the learning rate of each group to its share."""
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * factor


def optimiser_state(optimiser: torch.optim.Optimizer) -> State:
    """Return what the optimiser remembers, each tensor named `parameter/slot`."""
    slots = optimiser.state_dict()["state"]
    return {
        f"{number}/{slot}": value
        for number, state in slots.items()
        for slot, value in state.items()
        if isinstance(value, Tensor)
    }


def load_optimiser(optimiser: torch.optim.Optimizer, state: State) -> None:
    """Take over what `optimiser_state` returned.

    Each tensor gets the layout of its parameter: fused optimisers rely on it.
    """
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    slots: dict[int, State] = {}
    for name, tensor in state.items():
        number, slot = name.split("/")
        like = parameters[int(number)]
        if tensor.shape == like.shape:
            tensor = torch.empty_like(like, requires_grad=False).copy_(tensor)
        slots.setdefault(int(number), {})[slot] = tensor
    optimiser.load_state_dict(optimiser.state_dict() | {"state": slots})


class Average:
    """Exponentially weighted average of a network's weights; counts are taken as they are."""

    def __init__(self, net: nn.Module, keep: float) -> None:
        self.keep = keep
        self.state: State = {name: t.detach().clone() for name, t in net.state_dict().items()}

    def update(self, net: nn.Module, step: int) -> None:
        """Take in the weights after `step` steps; early on they count for more."""
        keep = min(self.keep, (1 + step) / (10 + step))
        ours, theirs = [], []
        with torch.no_grad():
            for name, tensor in net.state_dict().items():
                if tensor.is_floating_point():
                    ours.append(self.state[name])
                    theirs.append(tensor)
                else:
                    self.state[name].copy_(tensor)
            torch._foreach_lerp_(ours, theirs, 1 - keep)

    def load(self, state: State) -> None:
        """Take over saved averages."""
        for name, tensor in self.state.items():
            tensor.copy_(state[name])


def _plateaus(log: Sequence[Row], epochs: int) -> int:
    """Return how often `epochs` epochs in a row were no better than the best before them."""
    best, waited, found = math.inf, 0, 0
    for row in log:
        if row["val_loss"] < best:
            best, waited = row["val_loss"], 0
            continue
        waited += 1
        if waited == epochs:
            found, waited = found + 1, 0
    return found


def _groups(net: nn.Module, table: TrainTable) -> list[dict[str, Any]]:
    """Return parameters by rate and decay: biases and priors are not decayed."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in net.named_parameters():
        rate = table.backbone_rate if name.startswith("backbone.") else table.rate
        decay = table.decay if parameter.ndim == 4 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": parameters, "rate": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    ]
