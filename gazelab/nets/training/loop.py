"""The training loop: AdamW with averaged weights, early stopping, and exact continuation."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.training import checkpoint
from gazelab.nets.training.checkpoint import Checkpoint
from gazelab.nets.training.config import TrainTable
from gazelab.nets.training.problems import Batch, Problem
from gazelab.task import Step, Task

Row = dict[str, float]
"""The numbers of one epoch."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The averaged weights of the best epoch, and the log of all epochs."""

    weights: dict[str, Tensor]
    best: Row
    log: tuple[Row, ...]


class Trainer:
    """One run: the network, its optimiser, and how far it is.

    The same configuration and seed give the same weights on one processor and version; a run
    continued from a checkpoint gives the same as one that was never stopped.
    """

    def __init__(self, net: nn.Module, problem: Problem, table: TrainTable, folder: Path) -> None:
        self.net = net
        self.problem = problem
        self.table = table
        self.folder = folder
        self.rng = np.random.default_rng(table.seed)
        self.optimiser = torch.optim.AdamW(_groups(net, table), lr=0.0)
        self.average = {name: t.detach().clone() for name, t in net.state_dict().items()}
        self.best: dict[str, Tensor] = {}
        self.log: list[Row] = []
        self.step = 0

    @property
    def steps_per_epoch(self) -> int:
        """Steps in an epoch; what does not fill a batch waits for the next epoch's order."""
        return max(len(self.problem.names) // self.table.batch, 1)

    def run(self, resume: bool = False) -> Task[Fit]:
        """Train to the last epoch, or until validation no longer improves.

        Without `resume` the checkpoints of an earlier run are dropped.

        Raises ModelError when a number stops being finite, naming it.
        """
        if resume:
            self._restore(checkpoint.load(self.folder))
        else:
            checkpoint.clear(self.folder)
        total = self.table.epochs * self.steps_per_epoch
        while len(self.log) < self.table.epochs and self._patient():
            yield from self._epoch(total)
        return Fit(self.best, self._best_row(), tuple(self.log))

    def _epoch(self, total: int) -> Task[None]:
        order = self.rng.permutation(len(self.problem.names))
        sum_ = 0.0
        for number in range(self.steps_per_epoch):
            size = self.table.batch
            sum_ += self._train_step(order[number * size : (number + 1) * size].tolist())
            note = f"epoch {len(self.log) + 1}, loss {sum_ / (number + 1):.3f}"
            yield Step(self.step, total, note)
        row = {"epoch": len(self.log) + 1.0, "train_loss": sum_ / self.steps_per_epoch}
        row |= {f"val_{name}": value for name, value in self._validate().items()}
        if not math.isfinite(row["val_loss"]):
            raise self._stopped("the validation loss")
        self.log.append(row)
        if self._best_row() is row:
            self.best = {name: tensor.clone() for name, tensor in self.average.items()}
        checkpoint.save(self.folder, self.step, self._state())
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
        yield Step(self.step, total, numbers)

    def _train_step(self, indices: list[int]) -> float:
        self.net.train()
        for group in self.optimiser.param_groups:
            group["lr"] = group["rate"] * self._schedule()
        batch = self.problem.batch(indices, self.rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.table.half):
            each = self.problem.loss(self.net, batch)
        self._check_loss(each, batch, indices)
        self.optimiser.zero_grad()
        torch.autograd.backward(each.mean())
        self._check_gradients()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.table.clip)
        self.optimiser.step()
        self.step += 1
        self._average()
        return float(each.detach().mean())

    def _schedule(self) -> float:
        """Return the part of the learning rate in force: linear warm-up, cosine decay."""
        warm = min((self.step + 1) / max(self.table.warmup_steps, 1), 1.0)
        total = self.table.epochs * self.steps_per_epoch
        return warm * 0.5 * (1 + math.cos(math.pi * self.step / total))

    def _average(self) -> None:
        keep = min(self.table.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, tensor in self.net.state_dict().items():
                if tensor.is_floating_point():
                    self.average[name].lerp_(tensor, 1 - keep)
                else:
                    self.average[name].copy_(tensor)

    def _validate(self) -> dict[str, float]:
        own = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        self.net.load_state_dict(self.average)
        self.net.eval()
        try:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self.table.half):
                return self.problem.validate(self.net)
        finally:
            self.net.load_state_dict(own)

    def _best_row(self) -> Row:
        return min(self.log, key=lambda row: row["val_loss"])

    def _patient(self) -> bool:
        if not self.log:
            return True
        return len(self.log) - self._best_row()["epoch"] < self.table.patience

    def _check_loss(self, each: Tensor, batch: Batch, indices: list[int]) -> None:
        bad = ~torch.isfinite(each)
        if not bad.any():
            return
        name = self.problem.names[indices[int(bad.nonzero()[0])]]
        for number, tensor in enumerate(batch):
            if not torch.isfinite(tensor).all():
                raise self._stopped(f"input {number} of the batch with {name}")
        for parameter, tensor in self.net.named_parameters():
            if not torch.isfinite(tensor).all():
                raise self._stopped(f"the parameter {parameter}")
        raise self._stopped(f"the loss of {name}")

    def _check_gradients(self) -> None:
        for name, parameter in self.net.named_parameters():
            if parameter.grad is not None and not torch.isfinite(parameter.grad).all():
                raise self._stopped(f"the gradient of {name}")

    def _stopped(self, what: str) -> ModelError:
        return ModelError(
            f"Training stopped at step {self.step + 1}: {what} is not a finite number.",
            "The last checkpoint is whole. Lower the learning rate and continue from it.",
        )

    def _state(self) -> Checkpoint:
        tensors = {"torch_rng": torch.get_rng_state()}
        parts = {"net": self.net.state_dict(), "average": self.average, "best": self.best}
        for part, state in parts.items():
            tensors |= {f"{part}/{name}": tensor.clone() for name, tensor in state.items()}
        for number, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser/{number}/{name}": t.clone() for name, t in state.items()}
        values = {"step": self.step, "log": self.log, "rng": self.rng.bit_generator.state}
        return Checkpoint(tensors, values)

    def _restore(self, state: Checkpoint) -> None:
        try:
            self.net.load_state_dict(_part(state, "net"))
        except RuntimeError as error:
            raise ModelError(
                f"{self.folder}: the checkpoint is of another network.",
                "Undo the change of the configuration, or start the training anew.",
            ) from error
        self.average, self.best = _part(state, "average"), _part(state, "best")
        slots: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _part(state, "optimiser").items():
            number, slot = name.split("/")
            slots.setdefault(int(number), {})[slot] = tensor
        self.optimiser.load_state_dict(self.optimiser.state_dict() | {"state": slots})
        self.step, self.log = int(state.values["step"]), list(state.values["log"])
        self.rng.bit_generator.state = state.values["rng"]
        torch.set_rng_state(state.tensors["torch_rng"])


def _part(state: Checkpoint, part: str) -> dict[str, Tensor]:
    start = f"{part}/"
    return {n.removeprefix(start): t for n, t in state.tensors.items() if n.startswith(start)}


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
