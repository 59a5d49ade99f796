"""What a training configuration teaches: the data it names, and how the model is measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.stimulus import Stimulus
from gazelab.nets.card import CardScore, ModelCard
from gazelab.nets.training.config import TrainConfig
from gazelab.project.store import image_path
from gazelab.study import train_scores
from gazelab.study.train_data import ClassSplit, GazeSplit, read_classes, read_gaze
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations
    from gazelab.nets.training.registry import Material


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of a model, and in words how they were measured."""

    scores: tuple[CardScore, ...]
    protocol: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """Material for training, the names of its classes, and how to measure the result.

    measure : from the card of the model, whose weights are written, to its scores.
    """

    material: "Material"
    measure: Callable[[ModelCard], Task[Measured]]
    names: tuple[str, ...] = ()


def lesson_of(config: TrainConfig, base: Path) -> Task[Lesson]:
    """Read the data of a configuration.

    base : folder from which its paths count. Raises SettingsError, ReadError, ProjectError.
    """
    if config.data.classes is not None:
        return _classes(read_classes(config.data.classes, base, config.train.seed))
    return _saliency((yield from read_gaze(config, base)), config.loss.sigma_px)


def _saliency(split: GazeSplit, sigma_px: float) -> Lesson:
    from gazelab.nets.training.registry import Material

    def measure(card: ModelCard) -> Task[Measured]:
        from gazelab.nets.runtime import run_model

        images = [(stimulus, image_path(split.folder, stimulus)) for stimulus in split.validation]
        result = yield from run_model(card, images, "cpu")
        scores = yield from train_scores.saliency_scores(split, result.attention, sigma_px)
        return Measured(scores, train_scores.protocol(split, sigma_px))

    train = _with_fixations(split, split.train, sigma_px)
    validation = _with_fixations(split, split.validation, sigma_px)
    return Lesson(Material(("saliency",), train, validation), measure)


def _classes(split: ClassSplit) -> Lesson:
    from gazelab.nets.training.registry import Material

    def measure(card: ModelCard) -> Task[Measured]:
        from gazelab.nets.training.session import measure_accuracy

        over_pictures, over_classes = yield from measure_accuracy(card, split.test)
        scores = (
            CardScore(metric="accuracy", value=round(over_pictures, 4)),
            CardScore(metric="accuracy, mean of classes", value=round(over_classes, 4)),
        )
        protocol = (
            f"{len(split.names)} classes; trained on {len(split.train)} pictures, "
            f"{len(split.validation)} chose the epoch; measured once on the other "
            f"{len(split.test)} pictures."
        )
        return Measured(scores, protocol)

    material = Material(("classes",), split.train, split.validation, len(split.names))
    return Lesson(material, measure, split.names)


def _with_fixations(
    split: GazeSplit, stimuli: Sequence[Stimulus], sigma_px: float
) -> list[tuple[Path, "Fixations"]]:
    from gazelab.nets.training.data import Fixations

    pairs = []
    for stimulus in stimuli:
        seen = split.project.scanpaths_of(stimulus.id)
        x_px = np.concatenate([path.x_px[path.used] for path in seen])
        y_px = np.concatenate([path.y_px[path.used] for path in seen])
        number = np.concatenate([1 + np.flatnonzero(path.used) for path in seen])
        shape = float(stimulus.height_px), float(stimulus.width_px)
        fixations = Fixations(x_px, y_px, number, shape, sigma_px)
        pairs.append((image_path(split.folder, stimulus), fixations))
    return pairs
