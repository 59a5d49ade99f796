"""Small models and pictures for tests, made on the spot."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from gazelab.data.image import opencv
from gazelab.data.stimulus import Stimulus
from gazelab.nets.card import InputSpec, ModelCard, Option, WeightsFile, load_card, write_card
from gazelab.nets.catalog import architecture

OPTIONS: dict[str, Option] = {"channels": 16, "steps": 3, "priors": 4}


def tiny_model(
    folder: Path,
    name: str = "sam-s",
    classes: tuple[str, ...] = (),
    id_: str = "tiny",
    options: Mapping[str, Option] | None = None,
) -> ModelCard:
    """Write a small model with random weights into `folder` and return its card."""
    if options is None:
        options = OPTIONS if name.startswith("sam-") else {}
    return random_model(folder, name, options, classes, id_)


def random_model(
    folder: Path,
    name: str,
    options: Mapping[str, Option],
    classes: tuple[str, ...] = (),
    id_: str = "random",
) -> ModelCard:
    """Write a model with random weights into `folder` and return its card."""
    made = architecture(name)
    torch.manual_seed(3)
    net = made.build(options, len(classes))
    weights = safetensors.torch.save({k: v.contiguous() for k, v in net.state_dict().items()})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.safetensors").write_bytes(weights)
    card = ModelCard(
        schema=1,
        id=id_,
        title="Tiny",
        architecture=name,
        version="1",
        options=dict(options),
        weights=WeightsFile(
            file="weights.safetensors",
            sha256=hashlib.sha256(weights).hexdigest(),
            bytes=len(weights),
        ),
        parameters=sum(p.numel() for p in net.parameters()),
        input=InputSpec(rows=64, columns=96, fit=made.fit, mean=(127.5,) * 3, std=(127.5,) * 3),
        kinds=made.kinds,
        steps=made.steps(options),
        classes=classes,
        trained_on="nothing",
        licence="MIT",
        citation=made.citation,
    )
    write_card(card, folder)
    return load_card(folder)


def picture(path: Path, rows: int = 60, columns: int = 90, seed: int = 0) -> Stimulus:
    """Write a picture of coloured noise and return it as a stimulus."""
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    assert opencv().imwrite(str(path), pixels)
    return Stimulus(path.name, path.name, columns, rows, "")
