"""The training loop: averaged weights, early stopping, and exact continuation."""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.runtime import choose_device
from gazelab.nets.training import checkpoint, draws
from gazelab.nets.training.ahead import batches, default_workers
from gazelab.nets.training.checkpoint import Checkpoint
from gazelab.nets.training.config import TrainTable
from gazelab.nets.training.device import FromOutside, carried, half_precision, tuned
from gazelab.nets.training.optimisation import (
    Average,
    State,
    load_optimiser,
    make_optimiser,
    optimiser_state,
    rate_factor,
    set_rates,
)
from gazelab.nets.training.problems import Batch, Problem
from gazelab.task import Step, Task

Row = dict[str, float]
"""The numbers of one epoch."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The averaged weights of the best epoch, and the log of all epochs."""

    weights: State
    best: Row
    log: tuple[Row, ...]


class Trainer:
    """One run: the network, its optimiser, and how far it is.

    The same configuration and seed give the same weights on one processor and version; a run
    continued from a checkpoint gives the same as one that was never stopped. What holds on a
    GPU is said in `gazelab.nets.training.device`.
    """

    def __init__(self, net: nn.Module, problem: Problem, table: TrainTable, folder: Path) -> None:
        self.device = choose_device(table.device)
        self.net = net.to(self.device)
        self.problem = problem
        self.table = table
        self.folder = folder
        self.optimiser = make_optimiser(net, table)
        self.average = Average(net, table.average)
        self.best: State = {}
        self.log: list[Row] = []
        self.step = 0
        self.steps_per_epoch = draws.steps_per_epoch(len(problem.names), table.batch)
        self.total = table.epochs * self.steps_per_epoch

    def run(self, resume: bool = False) -> Task[Fit]:
        """Train to the last epoch, or until validation no longer improves.

        Without `resume` the checkpoints of an earlier run are dropped.

        Raises ModelError when a number stops being finite, naming it.
        """
        if resume:
            self._restore(checkpoint.load(self.folder))
        else:
            checkpoint.clear(self.folder)
        steps = range(self.step, self.total)
        workers = self.table.workers
        if workers is None:
            workers = default_workers(self.device)
        prepared = batches(self._prepare, steps, workers, self.device.type == "cuda")
        with tuned(self.device), contextlib.closing(prepared):
            while len(self.log) < self.table.epochs and self._patient():
                yield from self._epoch(prepared)
        best = {name: tensor.cpu() for name, tensor in self.best.items()}
        return Fit(best, self._best_row(), tuple(self.log))

    def _epoch(self, prepared: Iterator[Batch]) -> Task[None]:
        sum_ = 0.0
        for number in range(self.steps_per_epoch):
            sum_ += self._train_step(next(prepared))
            note = f"epoch {len(self.log) + 1}, loss {sum_ / (number + 1):.3f}"
            yield Step(self.step, self.total, note)
        row = {"epoch": len(self.log) + 1.0, "train_loss": sum_ / self.steps_per_epoch}
        row |= {f"val_{name}": value for name, value in self._validate().items()}
        if not math.isfinite(row["val_loss"]):
            raise self._stopped("the validation loss")
        self.log.append(row)
        if self._best_row() is row:
            self.best = {name: tensor.clone() for name, tensor in self.average.state.items()}
        checkpoint.save(self.folder, self.step, self._state())
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
        yield Step(self.step, self.total, numbers)

    def _indices(self, step: int) -> list[int]:
        number = len(self.problem.names)
        return draws.indices_of(self.table.seed, step, number, self.table.batch)

    def _prepare(self, step: int) -> Batch:
        return draws.drawn(self.problem, self.table.seed, step, self._indices(step))

    def _train_step(self, batch: Batch) -> float:
        self.net.train()
        draws.seed_network(self.table.seed, self.step)
        set_rates(self.optimiser, rate_factor(self.table, self.step, self.total))
        batch = carried(batch, self.device)
        self.optimiser.zero_grad()
        with half_precision(self.device, self.table.half):
            each = self.problem.loss(self.net, batch)
        torch.autograd.backward(each.mean())
        parameters = [p for p in self.net.parameters() if p.grad is not None]
        norm = nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
        loss, size = torch.stack((each.detach().float().mean(), norm)).tolist()
        if not (math.isfinite(loss) and math.isfinite(size)):
            self._name_what_is_not_finite(each, batch)
        nn.utils.clip_grads_with_norm_(parameters, self.table.clip, norm)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.net, self.step)
        return float(loss)

    def _validate(self) -> dict[str, float]:
        own = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        self.net.load_state_dict(self.average.state)
        self.net.eval()
        on_cpu = self.device.type == "cpu"
        net = self.net if on_cpu else FromOutside(self.net, self.device)
        try:
            with torch.no_grad(), half_precision(self.device, self.table.half):
                return self.problem.validate(net)
        finally:
            self.net.load_state_dict(own)

    def _best_row(self) -> Row:
        return min(self.log, key=lambda row: row["val_loss"])

    def _patient(self) -> bool:
        if not self.log:
            return True
        return len(self.log) - self._best_row()["epoch"] < self.table.patience

    def _name_what_is_not_finite(self, each: Tensor, batch: Batch) -> NoReturn:
        bad = (~torch.isfinite(each)).nonzero()
        if len(bad):
            name = self.problem.names[self._indices(self.step)[int(bad[0])]]
            for number, tensor in enumerate(batch):
                if not torch.isfinite(tensor).all():
                    raise self._stopped(f"input {number} of the batch with {name}")
            for parameter, tensor in self.net.named_parameters():
                if not torch.isfinite(tensor).all():
                    raise self._stopped(f"the parameter {parameter}")
            raise self._stopped(f"the loss of {name}")
        for parameter, tensor in self.net.named_parameters():
            if tensor.grad is not None and not torch.isfinite(tensor.grad).all():
                raise self._stopped(f"the gradient of {parameter}")
        raise self._stopped("the norm of the gradient")

    def _stopped(self, what: str) -> ModelError:
        return ModelError(
            f"Training stopped at step {self.step + 1}: {what} is not a finite number.",
            "The last checkpoint is whole. Lower the learning rate and continue from it.",
        )

    def _state(self) -> Checkpoint:
        parts = {
            "net": self.net.state_dict(),
            "average": self.average.state,
            "best": self.best,
            "optimiser": optimiser_state(self.optimiser),
        }
        tensors = {
            f"{part}/{name}": t for part, state in parts.items() for name, t in state.items()
        }
        return Checkpoint(tensors, {"step": self.step, "log": self.log})

    def _restore(self, state: Checkpoint) -> None:
        try:
            self.net.load_state_dict(_part(state, "net"))
        except RuntimeError as error:
            raise ModelError(
                f"{self.folder}: the checkpoint is of another network.",
                "Undo the change of the configuration, or start the training anew.",
            ) from error
        self.average.load(_part(state, "average"))
        self.best = _part(state, "best")
        load_optimiser(self.optimiser, _part(state, "optimiser"))
        self.step, self.log = int(state.values["step"]), list(state.values["log"])


def _part(state: Checkpoint, part: str) -> State:
    start = f"{part}/"
    return {n.removeprefix(start): t for n, t in state.tensors.items() if n.startswith(start)}
