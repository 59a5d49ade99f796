"""Train a model from a configuration file, measure it, and write its folder."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gazelab import paths, storage
from gazelab.errors import SettingsError
from gazelab.nets.card import (
    SCHEMA,
    InputSpec,
    ModelCard,
    Origin,
    WeightsFile,
    cards,
    load_card,
    write_card,
)
from gazelab.nets.training.config import TrainConfig, as_data, read_config
from gazelab.nets.training.readme import model_readme
from gazelab.study.lesson import Lesson
from gazelab.study.lessons import lesson_of
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.session import Trained

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
    last checkpoint, with the same result as if it had not been stopped; without `resume` it
    starts anew. The checkpoints are removed when the model was measured. Of several processes
    that `torchrun` started the first one measures and writes, and all return when it has.

    Raises SettingsError, ReadError or ModelError; a model that was there stays whole.
    """
    config = read_config(config_path)
    base = config_path.absolute().parent
    folder = _output_folder(config, base)

    from gazelab.nets.team import joined
    from gazelab.nets.training import checkpoint
    from gazelab.nets.training.session import Paths, fit

    start = config.start.backbone
    folders = Paths((base / start).resolve() if start else None, folder / CHECKPOINTS_FOLDER)
    with joined() as team:
        if team.leads:
            storage.remove_unfinished(storage.make_folder(folder))
        lesson = yield from lesson_of(config, base)
        trained = yield from fit(config, lesson.material, folders, resume, team)
        if team.leads:
            card = _write_weights(config, trained, lesson.names, folder)
            storage.write_text(folder / LOG_FILE, _log_text(trained.log))
            storage.write_bytes(folder / CONFIG_FILE, config_path.read_bytes())
            yield from _measured(card, lesson, folder)
            checkpoint.clear(folders.checkpoints)
        team.said("")  # the others wait here for the first
    return TrainResult(load_card(folder), folder, trained.skipped)


def was_stopped(config_path: Path) -> bool:
    """Whether a run of this configuration was stopped and can be continued.

    Raises SettingsError.
    """
    folder = _output_folder(read_config(config_path), config_path.absolute().parent)
    return any((folder / CHECKPOINTS_FOLDER).glob("step-*.safetensors"))


def measure(config_path: Path) -> Task[TrainResult]:
    """Measure a model that was trained from this configuration, and write its card anew.

    What it is called, what is told of it, what it is compared with, and how it looks at pictures
    may have changed since. Raises SettingsError when anything else has, and ModelError when
    there is no model.
    """
    from gazelab.nets.explainer import card_layers

    config = read_config(config_path)
    base = config_path.absolute().parent
    folder = _output_folder(config, base)
    card = load_card(folder)
    if _trained_by(config) != _trained_by(msgspec.convert(card.config, TrainConfig)):
        raise SettingsError(
            f"{config_path}: the model in {folder} was trained with another configuration.",
            f"Train it again, or undo the change: {folder / CONFIG_FILE} is what it was.",
        )
    lesson = yield from lesson_of(config, base)
    told = {
        "title": config.model.title,
        "version": config.model.version,
        "notes": config.model.notes,
        "options": config.model.options,
        "input": _input_spec(config),
        "config": as_data(config),
    }
    card = msgspec.structs.replace(card, **told)
    card = msgspec.structs.replace(card, layers=card_layers(card))
    card = yield from _measured(card, lesson, folder)
    storage.write_bytes(folder / CONFIG_FILE, config_path.read_bytes())
    return TrainResult(card, folder, ())


def _trained_by(config: TrainConfig) -> TrainConfig:
    """Return what of a configuration the weights depend on."""
    from gazelab.nets.looks import READING_OPTIONS

    replace = msgspec.structs.replace
    options = {k: v for k, v in config.model.options.items() if k not in READING_OPTIONS}
    model = replace(config.model, title="", version="", notes=(), options=options)
    data, input_ = replace(config.data, compare=()), replace(config.input, run_size=None)
    return replace(config, model=model, data=data, input=input_)


def _measured(card: ModelCard, lesson: Lesson, folder: Path) -> Task[ModelCard]:
    """Write the card with its scores, the README, and what else measuring brings."""
    measured = yield from lesson.measure(card)
    card = msgspec.structs.replace(card, scores=measured.scores, protocol=measured.protocol)
    for name, text in measured.files.items():
        storage.write_text(folder / name, text)
    write_card(card, folder)
    storage.write_text(folder / README_FILE, model_readme(card))
    return card


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


def _write_weights(
    config: TrainConfig, trained: "Trained", classes: tuple[str, ...], folder: Path
) -> ModelCard:
    """Write the weights with a card that has no scores yet, so that they can be measured."""
    from gazelab.nets.catalog import architecture
    from gazelab.nets.explainer import card_layers

    storage.write_bytes(folder / WEIGHTS_FILE, trained.weights)
    made = architecture(config.model.architecture)
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
        input=_input_spec(config),
        kinds=made.kinds,
        steps=made.steps(config.model.options),
        parts=config.loss.parts,
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


def _input_spec(config: TrainConfig) -> InputSpec:
    """Return what the trained model takes."""
    from gazelab.nets.backbones import PIXEL_MEAN, PIXEL_STD
    from gazelab.nets.catalog import architecture

    rows, columns = config.input.run_size or config.input.size
    fit = architecture(config.model.architecture).fit
    mean, std = (PIXEL_MEAN,) * 3, (PIXEL_STD,) * 3
    return InputSpec(rows=rows, columns=columns, fit=fit, mean=mean, std=std)


def _log_text(log: Sequence[dict[str, float]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(log[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"{value:.6g}" for name, value in row.items()} for row in log)
    return text.getvalue()
