"""Model cards: what a model is, what it was trained on, how good it is, and its hash.

A model is a folder with `card.json`, a weights file and a README for people. This module
does not import torch, so that models can be listed in no time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from gazelab import paths, storage
from gazelab.errors import ModelError

CARD_FILE = "card.json"
SCHEMA = 1

Option: TypeAlias = int | float | bool | str
"""The value of one option of an architecture."""


class WeightsFile(msgspec.Struct, frozen=True, kw_only=True):
    """The weights: a safetensors file beside the card, with its SHA-256 and size."""

    file: str
    sha256: str
    bytes: int


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How a picture becomes the network's input.

    RGB pixels 0...255 become (pixel - mean) / std. rows, columns : of the training pictures.
    fit : "stretch" scales every picture to exactly these; "area" keeps the aspect ratio and
    the number of pixels, so that the map covers the whole picture and nothing else.
    """

    rows: int
    columns: int
    fit: Literal["stretch", "area"]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class CardScore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured value.

    step : 1-based timestep, 0 for the final map or none. source : empty for the model
    itself, else what it is compared with, such as "centre bias". fixations : numbers of those
    that count, empty for all. low, high : 95 % interval of the value.
    """

    metric: str
    value: float
    unit: str = ""
    step: int = 0
    source: str = ""
    fixations: str = ""
    low: float | None = None
    high: float | None = None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Weights that training started from."""

    name: str
    licence: str


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """The file from which a model was made, as it was downloaded."""

    url: str
    sha256: str
    bytes: int


class LayerSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A layer of a classifier at which attention methods can look.

    rows, columns : of its maps for a picture of the size in `InputSpec`. averaged : whether its
    mean over positions goes straight into one linear layer, so that there is a true CAM.
    """

    name: str
    rows: int
    columns: int
    channels: int
    averaged: bool = False


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a model; `folder` is where it lies and is not in the file.

    architecture : a name in `gazelab.nets.catalog`. kinds : as in `Attention.kind`.
    steps : timesteps of each stack of maps. parts : as in `Attention.parts`.
    classes : names in the order of the outputs, empty for models that name none.
    layers : of a classifier, from the picture to the end. protocol : how the scores were
    measured. config : the training configuration. downloaded : of a model that somebody else
    trained.
    """

    schema: int
    id: str
    title: str
    architecture: str
    version: str
    options: dict[str, Option]
    weights: WeightsFile
    parameters: int
    input: InputSpec
    kinds: tuple[str, ...]
    steps: int
    parts: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    layers: tuple[LayerSpec, ...] = ()
    trained_on: str
    data_licence: str = ""
    scores: tuple[CardScore, ...] = ()
    protocol: str = ""
    licence: str
    citation: str
    started_from: tuple[Origin, ...] = ()
    notes: tuple[str, ...] = ()
    config: dict[str, Any] = {}
    downloaded: Download | None = None
    folder: str = ""

    @property
    def weights_path(self) -> Path:
        """Where the weights lie."""
        return Path(self.folder) / self.weights.file


def load_card(folder: Path) -> ModelCard:
    """Read the card of the model in `folder`.

    Raises ModelError: missing, damaged, or from a newer GazeLab.
    """
    path = folder / CARD_FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path}: the model's card could not be read ({error.strerror or error})."
        ) from error
    _check_schema(path, data)
    try:
        card = msgspec.json.decode(data, type=ModelCard)
    except msgspec.DecodeError as error:
        raise ModelError(f"{path}: this is not a model card ({error}).") from error
    if Path(card.weights.file).name != card.weights.file:
        raise ModelError(f"{path}: the weights must lie beside the card.")
    return msgspec.structs.replace(card, folder=str(folder))


def write_card(card: ModelCard, folder: Path) -> None:
    """Write a card into a model's folder."""
    data: dict[str, Any] = msgspec.to_builtins(card)
    del data["folder"]
    if card.downloaded is None:
        del data["downloaded"]
    storage.write_json(folder / CARD_FILE, data)


def cards(folders: Sequence[Path] | None = None) -> tuple[ModelCard, ...]:
    """Return the cards of all usable models, the bundled ones first.

    folders : each holds model folders; the bundled and the user's own when None. Of two
    models with the same id the first counts. Damaged cards are left out: see `problems`.
    """
    return tuple(found for found in _scan(folders) if isinstance(found, ModelCard))


def problems(folders: Sequence[Path] | None = None) -> tuple[ModelError, ...]:
    """Return why models that are there cannot be used."""
    return tuple(found for found in _scan(folders) if isinstance(found, ModelError))


def find_card(model_id: str, folders: Sequence[Path] | None = None) -> ModelCard:
    """Return the card of a model; raises ModelError that names the ids there are."""
    known = {card.id: card for card in cards(folders)}
    if model_id not in known:
        ids = ", ".join(known) or "none"
        raise ModelError(f"There is no model '{model_id}'.", f"Models: {ids}.")
    return known[model_id]


def verify(card: ModelCard) -> None:
    """Check the weights against the card; raises ModelError that names both hashes."""
    try:
        found = storage.sha256_of(card.weights_path)
    except OSError as error:
        raise ModelError(
            f"{card.weights_path}: the weights could not be read ({error.strerror or error})."
        ) from error
    if found != card.weights.sha256:
        raise ModelError(
            f"{card.weights_path}: these are not the weights of the card: "
            f"SHA-256 is {found}, the card says {card.weights.sha256}.",
            "Install the model again.",
        )


def _scan(folders: Sequence[Path] | None) -> Iterator[ModelCard | ModelError]:
    if folders is None:
        folders = (paths.shipped("models"), paths.user_models())
    taken: dict[str, str] = {}
    for path in (found for folder in folders for found in sorted(folder.glob(f"*/{CARD_FILE}"))):
        try:
            card = load_card(path.parent)
        except ModelError as error:
            yield error
            continue
        if card.id in taken:
            yield ModelError(f"{path}: the model id '{card.id}' is taken by {taken[card.id]}.")
            continue
        taken[card.id] = card.folder
        yield card


def _check_schema(path: Path, data: bytes) -> None:
    """Say "newer" before saying "damaged": a newer card may have other fields."""
    try:
        schema = msgspec.json.decode(data, type=_SchemaOnly).schema
    except msgspec.DecodeError as error:
        raise ModelError(f"{path}: this is not a model card ({error}).") from error
    if schema > SCHEMA:
        raise ModelError(f"{path}: the card is from a newer GazeLab.", "Update GazeLab.")


class _SchemaOnly(msgspec.Struct):
    schema: int
