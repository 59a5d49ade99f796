"""A training run from configuration to weights: build, start from ImageNet, fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor, nn

from gazelab.data.image import read_rgb
from gazelab.errors import ModelError, ReadError, SettingsError
from gazelab.nets.card import ModelCard
from gazelab.nets.catalog import architecture
from gazelab.nets.runtime import Model, choose_device
from gazelab.nets.start import load_start
from gazelab.nets.training.config import ModelTable, TrainConfig
from gazelab.nets.training.data import Fixations, Loaded, load_pictures
from gazelab.nets.training.loop import Fit, Row, Trainer
from gazelab.nets.training.problems import ClassProblem, Problem, SaliencyProblem
from gazelab.task import Step, Task

_SOME = 20


@dataclass(frozen=True, slots=True)
class Trained:
    """The result of a run.

    weights : bytes of a safetensors file. log : one row for each epoch. skipped : pictures
    that could not be read, with the reason.
    """

    weights: bytes
    parameters: int
    best: Row
    log: tuple[Row, ...]
    skipped: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """Of a run: what the backbone starts from (None for random weights), and checkpoints."""

    backbone: Path | None
    checkpoints: Path


def fit_saliency(
    config: TrainConfig,
    train: Sequence[tuple[Path, Fixations]],
    validation: Sequence[tuple[Path, Fixations]],
    folders: Paths,
    resume: bool = False,
) -> Task[Trained]:
    """Train a network to predict where people look. Raises ModelError, SettingsError."""
    _check_fit(config, "saliency")
    loaded = yield from load_pictures(
        [path for path, _ in (*train, *validation)], config.input.size
    )
    known = loaded.pictures
    problem = SaliencyProblem(
        [path.name for path, _ in train if path in known],
        [(known[path], fixations) for path, fixations in train if path in known],
        [(known[path], fixations) for path, fixations in validation if path in known],
        config.input.size,
        config.loss,
        config.augment,
    )
    return (yield from _fit(config, problem, 0, loaded, folders, resume))


def fit_classes(
    config: TrainConfig,
    train: Sequence[tuple[Path, int]],
    validation: Sequence[tuple[Path, int]],
    folders: Paths,
    resume: bool = False,
) -> Task[Trained]:
    """Train a network to name the class of a picture. Raises ModelError, SettingsError."""
    _check_fit(config, "classes")
    loaded = yield from load_pictures(
        [path for path, _ in (*train, *validation)], config.input.size
    )
    known = loaded.pictures
    problem = ClassProblem(
        [path.name for path, _ in train if path in known],
        [(known[path], label) for path, label in train if path in known],
        [(known[path], label) for path, label in validation if path in known],
        config.input.size,
        config.train.label_smoothing,
        config.augment,
    )
    classes = 1 + max(label for _, label in train)
    return (yield from _fit(config, problem, classes, loaded, folders, resume))


def measure_accuracy(
    card: ModelCard, pictures: Sequence[tuple[Path, int]]
) -> Task[tuple[float, float]]:
    """Return the accuracy over pictures, and the mean of the accuracies of the classes."""
    model = Model(card, choose_device("cpu"))
    right: dict[int, list[bool]] = {}
    for number, (path, label) in enumerate(pictures):
        if number % _SOME == 0:
            yield Step(number, len(pictures), "Measuring the accuracy")
        try:
            pixels = model.fitted(read_rgb(path))
        except ReadError:
            continue
        right.setdefault(label, []).append(model.predicted_class(pixels) == label)
    every = [hit for hits in right.values() for hit in hits]
    return float(np.mean(every)), float(np.mean([np.mean(hits) for hits in right.values()]))


def _fit(
    config: TrainConfig,
    problem: Problem,
    classes: int,
    loaded: Loaded,
    folders: Paths,
    resume: bool,
) -> Task[Trained]:
    if len(problem.names) < config.train.batch or not problem.n_validation:
        raise ModelError(
            f"Of the pictures, {len(problem.names)} for training and {problem.n_validation} for "
            f"validation can be read; at least {config.train.batch} (one batch) and 1 are needed."
        )
    torch.manual_seed(config.train.seed)
    net = _built(config.model, classes)
    if folders.backbone is not None:
        load_start(net, folders.backbone)
    net = net.to(memory_format=torch.channels_last)
    fit = yield from Trainer(net, problem, config.train, folders.checkpoints).run(resume)
    return Trained(_bytes_of(fit), _count(net), fit.best, fit.log, loaded.skipped)


def _check_fit(config: TrainConfig, learns: str) -> None:
    made = architecture(config.model.architecture)
    if made.learns != learns:
        raise SettingsError(
            f"The architecture {made.name} learns {made.learns}, but [data] is for {learns}."
        )
    steps = made.steps(config.model.options)
    if learns == "saliency" and steps != len(config.loss.steps):
        raise SettingsError(
            f"The network has {steps} steps, but [loss] steps has {len(config.loss.steps)} weights."
        )


def _built(model: ModelTable, classes: int) -> nn.Module:
    try:
        return architecture(model.architecture).build(model.options, classes)
    except TypeError as error:
        raise ModelError(f"[model.options] do not fit the architecture: {error}.") from error


def _bytes_of(fit: Fit) -> bytes:
    tensors: dict[str, Tensor] = {name: t.contiguous() for name, t in fit.weights.items()}
    return safetensors.torch.save(tensors)


def _count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())
