"""The training configuration: a TOML file in which an unknown key is an error."""

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gazelab.errors import SettingsError
from gazelab.nets.card import Option


class ModelTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is built. `options` go to the architecture, e.g. channels, steps, priors.

    notes : sentences for the card.
    """

    id: str
    title: str
    architecture: str
    version: str = "1"
    licence: str = ""
    notes: tuple[str, ...] = ()
    options: dict[str, Option] = {}


class RecordingsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Fixations in any format that can be imported, the folder of their pictures, and a split.

    split : a JSON file {"train": [stimulus, ...], "val": [stimulus, ...]}.
    """

    fixations: str
    images: str
    split: str


class ClassesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pictures of classes: one folder for each class, unless `pattern` or `labels` is given.

    pattern : a regular expression for file names in `folder`, whose group `class` is the
    class. labels : a CSV file with the columns `file` (counted from `folder`) and `class`.
    In a random order, the first `train_per_class` of each are for training; of these,
    `validation_per_class` choose the best epoch; the rest, or `test_per_class` of it where
    that is not 0, measures the accuracy once.
    """

    folder: str
    pattern: str = ""
    labels: str = ""
    train_per_class: int = 30
    validation_per_class: int = 3
    test_per_class: int = 0
    leave_out: tuple[str, ...] = ()


class MasksTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A folder of pictures and one of masks of the object that stands out, named alike.

    validation_share, test_share : of the pictures, in a random order; the rest is for training.
    """

    images: str
    masks: str
    validation_share: Annotated[float, Meta(gt=0, lt=1)] = 0.1
    test_share: Annotated[float, Meta(gt=0, lt=1)] = 0.1


class DataTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Exactly one of `project` (with stimulus lists), `recordings`, `classes` and `masks`.

    trained_on : the name of the data on the card. licence : theirs. train, validation : ids
    or patterns of the stimuli of a project. compare : folders of models whose scores stand
    beside those of a model trained in time.
    """

    trained_on: str
    licence: str = ""
    project: str = ""
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    recordings: RecordingsTable | None = None
    classes: ClassesTable | None = None
    masks: MasksTable | None = None
    compare: tuple[str, ...] = ()


class StartTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the backbone starts; empty for random weights.

    backbone : for MobileNetV2 the folder with its ImageNet arrays; for VGG-16 and ResNet-50 the
    folder of the downloaded model, or a file of torchvision's weights (.pth or .safetensors).
    """

    backbone: str = ""
    name: str = ""
    licence: str = ""


class InputTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Size of the pictures in pixels, (rows, columns).

    size : in training. run_size : of those that the trained model looks at, the same when left
    out. Somewhat more than in training is often better: Touvron, Vedaldi, Douze & Jégou (2019),
    Fixing the train-test resolution discrepancy, NeurIPS.
    """

    size: tuple[int, int] = (240, 320)
    run_size: tuple[int, int] | None = None


class LossTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Weights of the saliency loss: see `gazelab.nets.losses.Weights`.

    name : "density" trains on the weighted KL, CC and NSS; "mlnet" on the deviation of ML-Net.
    With either, the weighted KL, CC and NSS of the last step choose the best epoch.
    widths : of the human density of each step in multiples of `sigma_px`; more than 1 makes
    a step coarser, less than 1 sharper than the density it is measured against.
    parts : the first fixation of each step, from 1, e.g. [1, 3, 5, 8], to train the steps in
    time: each predicts its own part of the viewing. When empty all predict the whole.
    apart : weight of the term that tells the parts from each other.
    """

    name: Literal["density", "mlnet"] = "density"
    kl: float = 1.0
    cc: float = 0.5
    nss: float = 0.1
    steps: tuple[float, ...] = (0.1, 0.2, 0.4, 1.0)
    widths: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    sigma_px: float = 24.0
    parts: tuple[int, ...] = ()
    apart: float = 0.0


class GlimpsesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Terms of the loss of networks that look several times, beside naming the class.

    doubly_stochastic : weight of `attention_losses.doubly_stochastic`, that the glimpses
    together cover the picture. entropy : weight of each glimpse's entropy in nat.
    """

    doubly_stochastic: float = 0.2
    entropy: float = 0.1


class GuidanceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Gaze at the pictures of a classifier: exactly one of `project` and `fixations`.

    fixations : files in any format that can be imported, with the folder of their pictures.
    A picture is known by its path, else by its file name. sigma_px : of the human density, in
    pixels of the picture. weight : of KL of the human density from the attention; 0 where
    gaze is no supervision but the attention itself or its prior (see the architecture).
    by : "density" for all fixations and the mean of the steps, "steps" for the k-th fixations
    and step k, where they are on the picture.
    """

    project: str = ""
    fixations: tuple[str, ...] = ()
    images: str = ""
    sigma_px: float = 24.0
    weight: float = 0.0
    by: Literal["density", "steps"] = "density"


class AugmentTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Random changes of a training picture; the fixations move with it.

    crop_min : smallest part of each side that a crop keeps. aspect : largest change of the
    aspect ratio. colour : largest change of brightness, contrast and saturation. flip, grey :
    probabilities. soften : probability that the picture is blurred like an enlarged small one.
    """

    crop_min: float = 1.0
    aspect: float = 0.0
    flip: float = 0.5
    colour: float = 0.0
    grey: float = 0.0
    soften: float = 0.0


class TrainTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The optimisation.

    epochs : at most; `patience` epochs without a better validation loss end the run.
    batch : pictures of a step. accumulate : in how many parts a batch is computed, to save
    memory; the result is the same but for rounding and batch norms.
    optimiser : "adamw", "sgd" (Nesterov, with `momentum`) or "rmsprop". rate, backbone_rate :
    learning rates; the backbone's is usually lower. decay : of the weights of convolutions.
    schedule : of the rates after a warm-up of `warmup_steps`: "cosine" to 0, "step" (times
    `drop` every `drop_epochs`), "plateau" (times `drop` whenever `drop_epochs` brought no
    better validation loss) or "constant".
    average : how much of the averaged weights a step keeps; they are what is validated and
    kept. clip : largest norm of the gradient.
    half : convolutions in bfloat16, unless the processor is slow at it. device : "auto" takes a
    GPU when there is one. workers :
    processes that prepare batches ahead (on Linux); when left out, none on a processor and for
    a GPU one a core, at most 8. The result does not depend on it.
    save_every_steps, save_every_s : how often a checkpoint is written beside that of each
    epoch; 0 for never.
    """

    epochs: Annotated[int, Meta(ge=1, le=100_000)]
    batch: Annotated[int, Meta(ge=1, le=65_536)] = 8
    accumulate: Annotated[int, Meta(ge=1, le=65_536)] = 1
    optimiser: Literal["adamw", "sgd", "rmsprop"] = "adamw"
    rate: Annotated[float, Meta(ge=0, le=100)] = 1e-3
    backbone_rate: Annotated[float, Meta(ge=0, le=100)] = 2e-4
    momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.9
    decay: Annotated[float, Meta(ge=0, le=100)] = 0.01
    schedule: Literal["cosine", "step", "plateau", "constant"] = "cosine"
    warmup_steps: Annotated[int, Meta(ge=0)] = 50
    drop: Annotated[float, Meta(gt=0, le=1)] = 0.1
    drop_epochs: Annotated[int, Meta(ge=1)] = 10
    average: Annotated[float, Meta(ge=0, lt=1)] = 0.995
    clip: Annotated[float, Meta(gt=0)] = 5.0
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    patience: Annotated[int, Meta(ge=1)] = 8
    seed: Annotated[int, Meta(ge=0)] = 1
    half: bool = True
    device: Literal["auto", "cpu", "cuda"] = "auto"
    workers: Annotated[int, Meta(ge=0, le=64)] | None = None
    save_every_steps: Annotated[int, Meta(ge=0)] = 0
    save_every_s: Annotated[float, Meta(ge=0)] = 120.0


class OutputTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the model goes; empty for the folder of the user's own models.

    half : store the weights in 16 bit, at half the size.
    """

    folder: str = ""
    half: bool = False


class TrainConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole training configuration. Paths are relative to the file's folder."""

    model: ModelTable
    data: DataTable
    train: TrainTable
    start: StartTable = StartTable()
    input: InputTable = InputTable()
    loss: LossTable = LossTable()
    glimpses: GlimpsesTable = GlimpsesTable()
    guidance: GuidanceTable | None = None
    augment: AugmentTable = AugmentTable()
    output: OutputTable = OutputTable()


def read_config(path: Path) -> TrainConfig:
    """Read a training configuration.

    Raises SettingsError that names the file and the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: could not be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 text.") from error
    try:
        config = msgspec.convert(tomllib.loads(text), TrainConfig)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML ({error}).") from error
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"{path}: {_sentence(str(error))}",
            "The keys are described in the README of a bundled model.",
        ) from error
    _check(path, config)
    return config


def as_data(config: TrainConfig) -> dict[str, Any]:
    """Return the configuration as plain tables, for the card."""
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(config))
    return data


def _sentence(message: str) -> str:
    message = message.replace("Object contains unknown field", "there is no such key:")
    message = message.replace("Object missing required field", "a key is missing:")
    message = message.replace("Invalid enum value", "there is no choice")
    return message.replace(" - at `$.", " in `").rstrip(".") + "."


def _check(path: Path, config: TrainConfig) -> None:
    train, augment, classes, guidance = (
        config.train,
        config.augment,
        config.data.classes,
        config.guidance,
    )
    given = [
        bool(config.data.project),
        config.data.recordings is not None,
        config.data.classes is not None,
        config.data.masks is not None,
    ]
    problems = (
        (sum(given) != 1, "[data] needs exactly one of project, recordings, classes, masks"),
        (train.accumulate > train.batch, "[train] accumulate must not exceed batch"),
        (not 0 < augment.crop_min <= 1, "[augment] crop_min must lie in 0...1"),
        (len(config.loss.steps) != len(config.loss.widths), "[loss] steps and widths differ"),
        (_wrong_parts(config.loss), "[loss] parts needs a 1 and then rising numbers, one a step"),
        (bool(config.loss.apart and not config.loss.parts), "[loss] apart needs parts"),
        (
            classes is not None and bool(classes.pattern and classes.labels),
            "[data.classes] takes pattern or labels, not both",
        ),
        (
            guidance is not None and bool(guidance.project) == bool(guidance.fixations),
            "[guidance] needs exactly one of project and fixations",
        ),
        (
            guidance is not None and bool(guidance.fixations) != bool(guidance.images),
            "[guidance] fixations and images belong together",
        ),
        (_wrong_sides(config.input.size), "[input] size must be multiples of 16"),
        (_wrong_sides(config.input.run_size or ()), "[input] run_size must be multiples of 16"),
    )
    for wrong, sentence in problems:
        if wrong:
            raise SettingsError(f"{path}: {sentence}.")


def _wrong_sides(sides: tuple[int, ...]) -> bool:
    return any(side < 16 or side % 16 for side in sides)


def _wrong_parts(loss: LossTable) -> bool:
    parts = loss.parts
    if not parts:
        return False
    rising = all(before < after for before, after in pairwise(parts))
    return parts[0] != 1 or not rising or len(parts) != len(loss.steps)
