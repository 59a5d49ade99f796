"""From a file of torchvision's weights to a model of this program: safetensors and a card."""

import hashlib
from pathlib import Path

import safetensors.torch
import torch

from gazelab import storage
from gazelab.errors import ModelError
from gazelab.nets.card import SCHEMA, CardScore, Download, ModelCard, WeightsFile
from gazelab.nets.catalog import architecture
from gazelab.nets.classifier import layers_of
from gazelab.nets.pretrained import INPUT, LICENCE, TERMS, Pretrained
from gazelab.nets.torchvision_nets import TorchvisionNet

WEIGHTS_FILE = "weights.safetensors"


def convert(wanted: Pretrained, path: Path) -> tuple[ModelCard, bytes]:
    """Return the card and the weights of a file that was downloaded and is the right one.

    Raises ModelError when the file does not hold the weights of the network.
    """
    made = architecture(wanted.architecture)
    names = _classes(wanted)
    net = made.build({}, len(names))
    assert isinstance(net, TorchvisionNet) and made.classifier is not None
    try:
        net.net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # a file can be wrong in any way
        raise ModelError(
            f"{path}: this file does not hold the weights of {wanted.title} ({error})."
        ) from error
    weights = safetensors.torch.save({k: v.contiguous() for k, v in net.state_dict().items()})
    card = ModelCard(
        schema=SCHEMA,
        id=wanted.id,
        title=wanted.title,
        architecture=made.name,
        version=wanted.weights.rpartition(".")[2],
        options={},
        weights=WeightsFile(
            file=WEIGHTS_FILE, sha256=hashlib.sha256(weights).hexdigest(), bytes=len(weights)
        ),
        parameters=sum(parameter.numel() for parameter in net.parameters()),
        input=INPUT,
        kinds=made.kinds,
        steps=1,
        classes=names,
        layers=layers_of(made.classifier(net), INPUT.rows, INPUT.columns),
        trained_on="ImageNet-1K (Russakovsky et al., 2015, International Journal of Computer "
        "Vision 115, 211-252)",
        data_licence="non-commercial research and education",
        scores=(CardScore(metric="accuracy", value=wanted.accuracy),),
        protocol="As torchvision states it: on the validation set of ImageNet-1K, on the middle "
        "224 x 224 pixels of pictures scaled to 256. GazeLab shows the network whole pictures.",
        licence=LICENCE,
        citation=made.citation,
        notes=(
            TERMS,
            "What it shows is what it used to name a class. It was not trained on gaze and does "
            "not predict it.",
        ),
        downloaded=Download(
            url=wanted.url, sha256=storage.sha256_of(path), bytes=path.stat().st_size
        ),
    )
    return card, weights


def _classes(wanted: Pretrained) -> tuple[str, ...]:
    import torchvision

    group, _, entry = wanted.weights.partition(".")
    return tuple(getattr(torchvision.models, group)[entry].meta["categories"])
