"""Train a model from a configuration file, measure it, and write its folder."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gazelab import paths, storage
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.nets.card import (
    SCHEMA,
    CardScore,
    InputSpec,
    ModelCard,
    Origin,
    WeightsFile,
    cards,
    write_card,
)
from gazelab.nets.training.config import TrainConfig, as_data, read_config
from gazelab.nets.training.readme import model_readme
from gazelab.project.store import image_path
from gazelab.study import train_scores
from gazelab.study.train_data import ClassSplit, GazeSplit, read_classes, read_gaze
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations
    from gazelab.nets.training.session import Paths, Trained

WEIGHTS_FILE, README_FILE, LOG_FILE, CONFIG_FILE = (
    "weights.safetensors",
    "README.md",
    "log.csv",
    "train.toml",
)
CHECKPOINTS_FOLDER = "checkpoints"


@dataclass(frozen=True, slots=True)
class TrainResult:
    """The card of the new model, its folder, and pictures left out with the reason."""

    card: ModelCard
    folder: Path
    skipped: tuple[tuple[Path, str], ...]


def train(config_path: Path, resume: bool = False) -> Task[TrainResult]:
    """Train, measure and write a model: card, weights, README, log and configuration.

    Paths in the configuration count from its folder. Without [output] the model goes to the
    folder of the user's own models. A run that was stopped continues with `resume` from its
    last epoch, with the same result as if it had not been stopped; without `resume` it starts
    anew. The checkpoints are removed when the model is there.

    Raises SettingsError, ReadError or ModelError; a model that was there stays whole.
    """
    config = read_config(config_path)
    base = config_path.absolute().parent
    folder = _output_folder(config, base)

    from gazelab.nets.training import checkpoint
    from gazelab.nets.training.session import Paths

    start = config.start.backbone
    folders = Paths((base / start).resolve() if start else None, folder / CHECKPOINTS_FOLDER)
    storage.make_folder(folder)
    if config.data.classes is not None:
        classes = read_classes(config.data.classes, base, config.train.seed)
        trained, card = yield from _train_classes(config, classes, folders, resume, folder)
    else:
        gaze = yield from read_gaze(config, base)
        trained, card = yield from _train_saliency(config, gaze, folders, resume, folder)
    write_card(card, folder)
    storage.write_text(folder / README_FILE, model_readme(card))
    storage.write_text(folder / LOG_FILE, _log_text(trained.log))
    storage.write_bytes(folder / CONFIG_FILE, config_path.read_bytes())
    checkpoint.clear(folders.checkpoints)
    return TrainResult(card, folder, trained.skipped)


def _output_folder(config: TrainConfig, base: Path) -> Path:
    if config.output.folder:
        return (base / config.output.folder).resolve()
    bundled = {card.id for card in cards((paths.shipped("models"),))}
    if config.model.id in bundled:
        raise SettingsError(
            f"The model id '{config.model.id}' is that of a bundled model.",
            "Choose another id in [model], or name a folder in [output].",
        )
    return paths.user_models() / config.model.id


def _train_saliency(
    config: TrainConfig, split: GazeSplit, folders: "Paths", resume: bool, folder: Path
) -> Task[tuple["Trained", ModelCard]]:
    from gazelab.nets.runtime import run_model
    from gazelab.nets.training.session import fit_saliency

    sigma_px = config.loss.sigma_px
    trained = yield from fit_saliency(
        config,
        _with_fixations(split, split.train, sigma_px),
        _with_fixations(split, split.validation, sigma_px),
        folders,
        resume,
    )
    card = _write_weights(config, trained, (), folder)
    images = [(stimulus, image_path(split.folder, stimulus)) for stimulus in split.validation]
    result = yield from run_model(card, images, "cpu")
    scores = yield from train_scores.saliency_scores(split, result.attention, sigma_px)
    return trained, _with_scores(card, scores, train_scores.protocol(split, sigma_px))


def _train_classes(
    config: TrainConfig, split: ClassSplit, folders: "Paths", resume: bool, folder: Path
) -> Task[tuple["Trained", ModelCard]]:
    from gazelab.nets.training.session import fit_classes, measure_accuracy

    trained = yield from fit_classes(config, split.train, split.validation, folders, resume)
    card = _write_weights(config, trained, split.names, folder)
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
    return trained, _with_scores(card, scores, protocol)


def _with_fixations(
    split: GazeSplit, stimuli: Sequence[Stimulus], sigma_px: float
) -> list[tuple[Path, "Fixations"]]:
    from gazelab.nets.training.data import Fixations

    pairs = []
    for stimulus in stimuli:
        seen = [path.without_excluded() for path in split.project.scanpaths_of(stimulus.id)]
        x_px = np.concatenate([path.x_px for path in seen])
        y_px = np.concatenate([path.y_px for path in seen])
        shape = float(stimulus.height_px), float(stimulus.width_px)
        fixations = Fixations(x_px, y_px, shape, sigma_px)
        pairs.append((image_path(split.folder, stimulus), fixations))
    return pairs


def _write_weights(
    config: TrainConfig, trained: "Trained", classes: tuple[str, ...], folder: Path
) -> ModelCard:
    """Write the weights with a card that has no scores yet, so that they can be measured."""
    from gazelab.nets.backbones import PIXEL_MEAN, PIXEL_STD
    from gazelab.nets.catalog import architecture
    from gazelab.nets.explainer import card_layers

    storage.write_bytes(folder / WEIGHTS_FILE, trained.weights)
    made = architecture(config.model.architecture)
    rows, columns = config.input.size
    start = config.start
    card = ModelCard(
        schema=SCHEMA,
        id=config.model.id,
        title=config.model.title,
        architecture=made.name,
        version=config.model.version,
        options=config.model.options,
        weights=WeightsFile(
            file=WEIGHTS_FILE,
            sha256=hashlib.sha256(trained.weights).hexdigest(),
            bytes=len(trained.weights),
        ),
        parameters=trained.parameters,
        input=InputSpec(
            rows=rows, columns=columns, fit=made.fit, mean=(PIXEL_MEAN,) * 3, std=(PIXEL_STD,) * 3
        ),
        kinds=made.kinds,
        steps=made.steps(config.model.options),
        classes=classes,
        trained_on=config.data.trained_on,
        data_licence=config.data.licence,
        licence=config.model.licence,
        citation=made.citation,
        started_from=(Origin(name=start.name, licence=start.licence),) if start.backbone else (),
        notes=config.model.notes,
        config=as_data(config),
        folder=str(folder),
    )
    card = msgspec.structs.replace(card, layers=card_layers(card))
    write_card(card, folder)
    return card


def _with_scores(card: ModelCard, scores: Sequence[CardScore], protocol: str) -> ModelCard:
    return msgspec.structs.replace(card, scores=tuple(scores), protocol=protocol)


def _log_text(log: Sequence[dict[str, float]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(log[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"{value:.6g}" for name, value in row.items()} for row in log)
    return text.getvalue()
