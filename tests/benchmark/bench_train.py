"""What a training step costs beside the network itself, and how many epochs an hour that makes.

Run from the root of the project:
    python tests/benchmark/bench_train.py [THREADS [DEVICE [CONFIG [--profile]]]]
It needs the recordings and pictures that the configuration names, by default that of sam-s.
All is told at the size of the configuration and at 240 x 320, for which epochs have a goal.
The backbone is also measured of plain layers: with the gradients of torch for all of them.
The parts are measured in turn and the best of each counts, since other programs may be running;
with one thread on a processor it is its time on the processor that counts.
"""

import contextlib
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `gazelab train` does
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import msgspec
import torch
from torch import Tensor, nn

from gazelab.nets import backbones
from gazelab.nets.quick_grad import padded
from gazelab.nets.training.config import TrainConfig, read_config
from gazelab.nets.training.data import load_pictures
from gazelab.nets.training.device import carried, half_precision
from gazelab.nets.training.loop import Trainer
from gazelab.nets.training.problems import Problem
from gazelab.nets.training.registry import PROBLEMS
from gazelab.nets.training.session import _prepared
from gazelab.study.lessons import lesson_of
from gazelab.task import finish

PICTURES, VALIDATION = 560, 100
"""In an epoch, for which epochs an hour are told."""

SOME, SOME_VALIDATION = 64, 10
ROUNDS = 6

GOAL_SIZE = 240, 320
MOST_OF_BACKBONE, MOST_DATA_PERCENT, FEWEST_EPOCHS = 1.3, 5.0, 100


@contextlib.contextmanager
def plain_layers() -> Iterator[None]:
    """Let the backbone be of plain layers of torch."""

    def halving(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return nn.functional.conv2d(padded(x), weight, bias, stride=2, groups=len(weight))

    def relu6(x: Tensor) -> Tensor:
        return nn.functional.relu6(x, inplace=True)

    with mock.patch.multiple(backbones, halving=halving, relu6=relu6):
        yield


def material(config: TrainConfig, base: Path) -> tuple[Problem, nn.Module]:
    """Return the problem on some of the pictures, and the network before its first step."""
    whole = finish(lesson_of(config, base)).material
    some = replace(whole, train=whole.train[:SOME], validation=whole.validation[:SOME_VALIDATION])
    files = [path for path, _ in (*some.train, *some.validation)]
    pictures = finish(load_pictures(files, config.input.size)).pictures
    problem = PROBLEMS[some.learns[0]](config, some.examples(pictures))
    start = config.start.backbone
    imagenet = (base / start).resolve() if start else None
    return problem, _prepared(config, problem, some.classes, imagenet)


def clock_s() -> float:
    alone = torch.get_num_threads() == 1 and not torch.cuda.is_available()
    return time.process_time() if alone else time.perf_counter()


def best_ms(*works: Callable[[], object]) -> list[float]:
    """Return the least time of each work, all measured in turn."""
    times_s = [float("inf")] * len(works)
    for work in works:
        work()
    for _ in range(ROUNDS):
        for number, work in enumerate(works):
            start = clock_s()
            work()
            times_s[number] = min(times_s[number], clock_s() - start)
    return [1000 * time_s for time_s in times_s]


class Parts:
    """The parts of a step, each to be run by itself."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.batch = carried(trainer._prepare(0), trainer.device)
        self.task = trainer.run()
        self.number = 0

    def step(self) -> None:
        next(self.task)

    def data(self) -> None:
        self.number += 1
        self.trainer._prepare(self.number)

    def network(self) -> None:
        net = self.trainer.net
        net.zero_grad()
        with half_precision(self.trainer.device, self.trainer.table.half):
            losses = self.trainer.problem.loss(net, self.batch)
        torch.autograd.backward(losses.mean())
        float(losses[0].detach())  # waits for the device

    def backbone(self) -> None:
        net = self.trainer.net.backbone
        net.zero_grad()
        with half_precision(self.trainer.device, self.trainer.table.half):
            features = net(self.batch[0])
        total = sum(part.float().mean() for part in features)
        torch.autograd.backward(total)
        float(total.detach())

    def plain_backbone(self) -> None:
        with plain_layers():
            self.backbone()

    def validate(self) -> None:
        self.trainer._validate()

    def save(self) -> None:
        self.trainer._saved = -1, 0.0
        self.trainer._save()


def tell(parts: Parts, batch: int, at_goal_size: bool) -> None:
    step, data, network, backbone, plain = best_ms(
        parts.step, parts.data, parts.network, parts.backbone, parts.plain_backbone
    )
    validate, save = best_ms(parts.validate, parts.save)
    of_backbone, of_plain, share = step / backbone, step / plain, 100 * data / step
    print(f"a step of {batch} pictures: {step:.0f} ms, {1000 * batch / step:.1f} pictures/s")
    print(f"  network forward, loss and backward: {network:.0f} ms; step is {step / network:.2f}x")
    print(f"  its backbone alone: {backbone:.0f} ms; step is {of_backbone:.2f}x", end="")
    print(goal(of_backbone <= MOST_OF_BACKBONE, f"at most {MOST_OF_BACKBONE}x"))
    print(f"  that of plain layers: {plain:.0f} ms; step is {of_plain:.2f}x", end="")
    print(goal(of_plain <= MOST_OF_BACKBONE, f"at most {MOST_OF_BACKBONE}x"))
    print(f"  data: {data:.1f} ms, {share:.1f} % of the step if in the same process", end="")
    print(goal(share <= MOST_DATA_PERCENT, f"at most {MOST_DATA_PERCENT:.0f} %"))
    print(f"validation of {SOME_VALIDATION} pictures {validate:.0f} ms, checkpoint {save:.0f} ms")
    training_s = PICTURES / batch * step / 1000
    rest_s = (validate * VALIDATION / SOME_VALIDATION + save) / 1000
    epochs = 3600 / training_s
    print(
        f"{PICTURES} pictures an epoch: {epochs:.0f} epochs an hour, "
        f"{3600 / (training_s + rest_s):.0f} with validation on {VALIDATION} and checkpoints",
        end=goal(epochs >= FEWEST_EPOCHS, f"at least {FEWEST_EPOCHS}") if at_goal_size else "",
    )
    print()


def goal(reached: bool, words: str) -> str:
    return f" (goal {words}: {'reached' if reached else 'MISSED'})"


def measure(config: TrainConfig, base: Path, device: str, profiled: bool) -> None:
    changes = {"epochs": 1000, "device": device, "save_every_s": 0}
    table = msgspec.structs.replace(config.train, **changes)
    problem, net = material(config, base)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(net, problem, table, Path(folder))
        threads = torch.get_num_threads()
        print(f"{config.model.title} at {config.input.size}, {trainer.device}, {threads} threads")
        parts = Parts(trainer)
        tell(parts, table.batch, config.input.size == GOAL_SIZE)
        if profiled:
            with cProfile.Profile() as profile:
                for _ in range(ROUNDS):
                    parts.step()
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
        parts.task.close()


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "--profile"]
    torch.set_num_threads(int(words[0]) if words else os.cpu_count() or 1)
    device = words[1] if len(words) > 1 else "auto"
    path = Path(words[2] if len(words) > 2 else "models/sam-s/train.toml").absolute()
    config = read_config(path)
    for size in dict.fromkeys([config.input.size, GOAL_SIZE]):
        sized = msgspec.structs.replace(config.input, size=size)
        made = msgspec.structs.replace(config, input=sized)
        measure(made, path.parent, device, "--profile" in sys.argv)


if __name__ == "__main__":
    main()
