"""What a training configuration teaches: the data it names, and how the model is measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gazelab.data.attention import Attention
from gazelab.data.stimulus import Stimulus
from gazelab.nets.card import ModelCard, load_card
from gazelab.nets.training.config import TrainConfig
from gazelab.project.store import image_path
from gazelab.study import part_scores, train_scores
from gazelab.study.class_lessons import class_lesson
from gazelab.study.lesson import Lesson, Measured
from gazelab.study.mask_lessons import mask_lesson
from gazelab.study.train_data import GazeSplit, fixations_at, read_gaze
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations


def lesson_of(config: TrainConfig, base: Path) -> Task[Lesson]:
    """Read the data of a configuration.

    base : folder from which its paths count. Raises SettingsError, ReadError, ProjectError.
    """
    if config.data.classes is not None:
        return (yield from class_lesson(config, base))
    if config.data.masks is not None:
        return (yield from mask_lesson(config, base))
    compare = tuple((base / folder).resolve() for folder in config.data.compare)
    return _saliency((yield from read_gaze(config, base)), config.loss.sigma_px, compare)


def _saliency(split: GazeSplit, sigma_px: float, compare: Sequence[Path] = ()) -> Lesson:
    from gazelab.nets.training.registry import Material

    train = _with_fixations(split, split.train, sigma_px)
    validation = _with_fixations(split, split.validation, sigma_px)

    def measure(card: ModelCard) -> Task[Measured]:
        maps = yield from _maps(split, card)
        scores = yield from train_scores.saliency_scores(split, maps, sigma_px)
        protocol = train_scores.protocol(split, sigma_px)
        if card.parts:
            others = {}
            for other in map(load_card, compare):
                others[other.id] = yield from _maps(split, other)
            ids = [stimulus.id for stimulus in split.validation]
            seen = dict(zip(ids, (fixations for _, fixations in validation), strict=True))
            scores += yield from part_scores.part_scores(seen, maps, others)
            protocol += " " + part_scores.PROTOCOL
        return Measured(scores, protocol)

    return Lesson(Material(("saliency",), train, validation), measure)


def _maps(split: GazeSplit, card: ModelCard) -> Task[tuple[Attention, ...]]:
    from gazelab.nets.runtime import run_model

    images = [(stimulus, image_path(split.folder, stimulus)) for stimulus in split.validation]
    return (yield from run_model(card, images, "cpu")).attention


def _with_fixations(
    split: GazeSplit, stimuli: Sequence[Stimulus], sigma_px: float
) -> list[tuple[Path, "Fixations"]]:
    return [
        (image_path(split.folder, stimulus), fixations_at(split.project, stimulus, sigma_px))
        for stimulus in stimuli
    ]
