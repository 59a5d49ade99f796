"""A training run from configuration to weights: build, start from ImageNet, fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError, SettingsError
from gazelab.nets.catalog import Architecture, architecture
from gazelab.nets.start import load_start
from gazelab.nets.team import ALONE, Team
from gazelab.nets.training.attended import AttendedProblem
from gazelab.nets.training.config import ModelTable, TrainConfig
from gazelab.nets.training.data import load_pictures
from gazelab.nets.training.loop import Fit, Trainer
from gazelab.nets.training.optimisation import Row
from gazelab.nets.training.problems import Problem
from gazelab.nets.training.registry import PROBLEMS, Material
from gazelab.task import Task


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


def fit(
    config: TrainConfig,
    material: Material,
    folders: Paths,
    resume: bool = False,
    team: Team = ALONE,
) -> Task[Trained]:
    """Train a network on the material, each process of the team on its share.

    Raises ModelError, SettingsError.
    """
    learns = _checked(config, material.learns)
    files = [path for path, _ in (*material.train, *material.validation)]
    loaded = yield from load_pictures(files, config.input.size)
    problem = PROBLEMS[learns](config, material.examples(loaded.pictures))
    _check_number(config, problem)
    net = _prepared(config, problem, material.classes, folders.backbone)
    trainer = Trainer(net, problem, config.train, folders.checkpoints, team)
    found = yield from trainer.run(resume)
    weights = _bytes_of(found, config.output.half)
    return Trained(weights, _count(net), found.best, found.log, loaded.skipped)


def _check_number(config: TrainConfig, problem: Problem) -> None:
    if len(problem.names) < config.train.batch or not problem.n_validation:
        raise ModelError(
            f"Of the pictures, {len(problem.names)} for training and {problem.n_validation} for "
            f"validation can be read; at least {config.train.batch} (one batch) and 1 are needed."
        )


def _prepared(
    config: TrainConfig, problem: Problem, classes: int, imagenet: Path | None
) -> nn.Module:
    """Return the network as it is before the first step."""
    torch.manual_seed(config.train.seed)
    net = _built(config.model, classes)
    if imagenet is not None:
        load_start(net, imagenet)
    if isinstance(problem, AttendedProblem):
        problem.prepare(net)
    return net.to(memory_format=torch.channels_last)


def _checked(config: TrainConfig, learnable: Sequence[str]) -> str:
    """Return what the architecture learns, which the data must be for."""
    made = architecture(config.model.architecture)
    if made.learns not in learnable:
        raise SettingsError(
            f"The architecture {made.name} learns {made.learns}, "
            f"but [data] is for {' or '.join(learnable)}."
        )
    _check_guidance(config, made)
    steps = made.steps(config.model.options)
    if made.learns == "saliency" and steps != len(config.loss.steps):
        raise SettingsError(
            f"The network has {steps} steps, but [loss] steps has {len(config.loss.steps)} weights."
        )
    return made.learns


def _check_guidance(config: TrainConfig, made: Architecture) -> None:
    guidance, options = config.guidance, config.model.options
    if guidance is None and made.needs_gaze(options):
        raise SettingsError(
            f"The architecture {made.name} with these options needs gaze at the pictures.",
            "Name it in [guidance].",
        )
    if guidance is None:
        return
    if made.learns not in ("attended classes", "masks"):
        raise SettingsError(
            f"The architecture {made.name} has no attention that [guidance] could guide.",
            "Leave it out, or choose an architecture that attends, such as glimpsenet.",
        )
    if options.get("attention") == "supervised" and not guidance.weight:
        raise SettingsError(
            "Supervised attention needs a weight above 0 in [guidance].", "Such as weight = 0.1."
        )


def _built(model: ModelTable, classes: int) -> nn.Module:
    try:
        return architecture(model.architecture).build(model.options, classes)
    except (TypeError, ValueError) as error:
        raise ModelError(f"[model.options] do not fit the architecture: {error}.") from error


def _bytes_of(fit: Fit, half: bool) -> bytes:
    tensors = {name: _halved(t) if half else t for name, t in fit.weights.items()}
    return safetensors.torch.save({name: t.contiguous() for name, t in tensors.items()})


def _halved(tensor: Tensor) -> Tensor:
    """Return a tensor in 16 bit, but as it is where that would not hold its values."""
    halved = tensor.half() if tensor.is_floating_point() else tensor
    return halved if bool(torch.isfinite(halved).all()) else tensor


def _count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())
