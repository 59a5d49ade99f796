"""The training loop: averaged weights, early stopping, and exact continuation."""

import contextlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from gazelab import storage
from gazelab.errors import ModelError, SettingsError
from gazelab.nets.runtime import choose_device
from gazelab.nets.team import ALONE, Team
from gazelab.nets.training import checkpoint, draws
from gazelab.nets.training.ahead import batches, default_workers
from gazelab.nets.training.checkpoint import Checkpoint
from gazelab.nets.training.config import TrainTable
from gazelab.nets.training.device import FromOutside, carried, half_precision, tuned
from gazelab.nets.training.gradient import Gradient, name_of_not_finite
from gazelab.nets.training.optimisation import (
    Average,
    Row,
    State,
    load_optimiser,
    make_optimiser,
    optimiser_state,
    rate_factor,
    set_rates,
)
from gazelab.nets.training.problems import Batch, Problem
from gazelab.task import Step, Task

_UNDO = "Undo the change of the configuration, or start the training anew."


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
    GPU is said in `gazelab.nets.training.device`. In a team each process takes its share of
    every batch; the first one validates and writes.
    """

    def __init__(
        self,
        net: nn.Module,
        problem: Problem,
        table: TrainTable,
        folder: Path,
        team: Team = ALONE,
    ) -> None:
        if table.batch < team.size:
            raise SettingsError(f"A batch of {table.batch} cannot be shared by {team.size}.")
        self.device = choose_device(table.device)
        self.net = net.to(self.device)
        self.problem = problem
        self.table = table
        self.folder = folder
        self.team = team
        self.gradient = Gradient(net, problem, table.half, table.accumulate)
        self.optimiser = make_optimiser(net, table)
        self.average = Average(net, table.average)
        self.best: State = {}
        self.log: list[Row] = []
        self.step = 0
        self.steps_per_epoch = draws.steps_per_epoch(len(problem.names), table.batch)
        self._loss_sum = 0.0
        self._best_file = ""
        self._saved = 0, time.monotonic()

    def run(self, resume: bool = False) -> Task[Fit]:
        """Train to the last epoch, or until validation no longer improves.

        Without `resume` the checkpoints of an earlier run are dropped. Closing the task leaves
        a checkpoint of the step that was reached.

        Raises ModelError when a number stops being finite, naming it.
        """
        if resume:
            self._restore(checkpoint.load(self.folder))
        elif self.team.leads:
            checkpoint.clear(self.folder)
        if self.team.leads:
            storage.remove_unfinished(self.folder)
        self.team.copy_first(list(self.net.state_dict().values()))
        steps = range(self.step, self.table.epochs * self.steps_per_epoch)
        workers = self.table.workers
        if workers is None:
            workers = default_workers(self.device)
        prepared = batches(self._prepare, steps, workers, self.device.type == "cuda")
        with tuned(self.device), contextlib.closing(prepared):
            try:
                while len(self.log) < self.table.epochs and self._patient():
                    yield from self._epoch(prepared)
            except GeneratorExit:  # it comes from a `yield`, so between steps
                self._save()
                raise
        best = {name: tensor.cpu() for name, tensor in self.best.items()}
        return Fit(best, self._best_row(), tuple(self.log))

    def _epoch(self, prepared: Iterator[Batch]) -> Task[None]:
        """Train from the step that was reached to the end of its epoch, and validate."""
        total = self.table.epochs * self.steps_per_epoch
        for number in range(self.step % self.steps_per_epoch, self.steps_per_epoch):
            self._loss_sum += self._train_step(next(prepared))
            note = f"epoch {len(self.log) + 1}, loss {self._loss_sum / (number + 1):.3f}"
            if self.gradient.parts > 1:
                note += f", each batch in {self.gradient.parts} parts"
            if number + 1 < self.steps_per_epoch:
                self._save_now_and_then()
                yield Step(self.step, total, note)
        row = self._validated()
        self.log.append(row)
        self._loss_sum = 0.0
        if self._best_row() is row:
            self.best = {name: tensor.clone() for name, tensor in self.average.state.items()}
            if self.team.leads:
                self._best_file = checkpoint.save_best(self.folder, self.step, self.best)
        self._save()
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in row.items())
        yield Step(self.step, total, numbers)

    def _fixed(self) -> dict[str, int | str]:
        """Return what must not change while a run is stopped."""
        return {
            "seed": self.table.seed,
            "batch": self.table.batch,
            "optimiser": self.table.optimiser,
            "number of pictures": len(self.problem.names),
        }

    def _indices(self, step: int) -> list[int]:
        number = len(self.problem.names)
        return draws.indices_of(self.table.seed, step, number, self.table.batch)

    def _prepare(self, step: int) -> Batch:
        indices = self._indices(step)
        share = self.team.share(len(indices))
        return draws.drawn(self.problem, self.table.seed, step, indices[share], share.start)

    def _train_step(self, batch: Batch) -> float:
        self.net.train()
        set_rates(self.optimiser, self._rate())
        batch = carried(batch, self.device)
        seed = draws.network_seed(self.table.seed, self.step, self.team.rank)
        indices = self._indices(self.step)
        losses = self.gradient.add(batch, len(indices), seed)
        loss = losses.sum() / len(indices)
        parameters = [p for p in self.net.parameters() if p.grad is not None]
        gradients = [p.grad for p in parameters if p.grad is not None]
        self.team.add_up([*gradients, loss])
        norm = nn.utils.get_total_norm(gradients)
        mean, size = torch.stack((loss, norm)).tolist()  # the one wait for the device in a step
        if not (math.isfinite(mean) and math.isfinite(size)):
            names = [self.problem.names[i] for i in indices[self.team.share(len(indices))]]
            found = self.team.said(name_of_not_finite(self.net, batch, losses, names))
            raise self._stopped(_cause(found))
        nn.utils.clip_grads_with_norm_(parameters, self.table.clip, norm)
        self.optimiser.step()
        self.step += 1
        self.average.update(self.net, self.step)
        return float(mean)

    def _rate(self) -> float:
        return rate_factor(self.table, self.step, self.steps_per_epoch, self.log)

    def _validated(self) -> Row:
        """Return the numbers of the epoch that just ended; the first process measures them."""
        found = self.team.told(json.dumps(self._validate() if self.team.leads else {}))
        row = {"epoch": len(self.log) + 1.0, "train_loss": self._loss_sum / self.steps_per_epoch}
        row |= {f"val_{name}": value for name, value in json.loads(found).items()}
        if not math.isfinite(row["val_loss"]):
            raise self._stopped("the validation loss")
        return row

    def _validate(self) -> Row:
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

    def _stopped(self, what: str) -> ModelError:
        return ModelError(
            f"Training stopped at step {self.step + 1}: {what} is not a finite number.",
            "The last checkpoint is whole. Lower the learning rate and continue from it.",
        )

    def _save_now_and_then(self) -> None:
        step, then_s = self._saved
        steps, seconds = self.table.save_every_steps, self.table.save_every_s
        often = 0 < steps <= self.step - step
        if often or 0 < seconds <= time.monotonic() - then_s:
            self._save()

    def _save(self) -> None:
        if not self.team.leads or self._saved[0] == self.step:
            return
        parts = {
            "net": self.net.state_dict(),
            "average": self.average.state,
            "optimiser": optimiser_state(self.optimiser),
        }
        tensors = {f"{part}/{n}": t for part, state in parts.items() for n, t in state.items()}
        values = {
            "fixed": self._fixed(),
            "step": self.step,
            "log": self.log,
            "loss_sum": self._loss_sum,
            "parts": self.gradient.parts,
        }
        checkpoint.save(self.folder, self.step, Checkpoint(tensors, values, self._best_file))
        self._saved = self.step, time.monotonic()

    def _restore(self, state: Checkpoint) -> None:
        try:
            self.net.load_state_dict(_part(state, "net"))
        except RuntimeError as error:
            raise ModelError(
                f"{self.folder}: the checkpoint is of another network.", _UNDO
            ) from error
        values = state.values
        for name, value in self._fixed().items():
            if values["fixed"][name] != value:
                raise ModelError(
                    f"{self.folder}: the {name} was {values['fixed'][name]} and is {value} now.",
                    _UNDO,
                )
        self.average.load(_part(state, "average"))
        load_optimiser(self.optimiser, _part(state, "optimiser"))
        self.best, self._best_file = state.best or {}, state.best_file
        self.step, self.log = int(values["step"]), list(values["log"])
        self._loss_sum = float(values["loss_sum"])
        self.gradient.parts = max(int(values["parts"]), self.table.accumulate)
        self._saved = self.step, time.monotonic()


def _cause(found: list[str]) -> str:
    """Return which of what the processes found is the cause: gradients are common to all."""
    gradients_last = sorted(filter(None, found), key=lambda what: what.startswith("the gradient"))
    return next(iter(gradients_last), "the norm of the gradient")


def _part(state: Checkpoint, part: str) -> State:
    start = f"{part}/"
    return {n.removeprefix(start): t for n, t in state.tensors.items() if n.startswith(start)}
