"""The architectures this program can build, by the names that cards and configurations use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets import imagenet
from gazelab.nets.cam import CamMobileNetV2
from gazelab.nets.classifier import Classifier
from gazelab.nets.explain import Maps, explained, usual_method
from gazelab.nets.sam import STEPS as SAM_STEPS
from gazelab.nets.sam import SamS

Explain: TypeAlias = Callable[[nn.Module, Tensor, Sequence[str]], list[tuple[Maps, ...]]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of network.

    learns : what it is trained to predict. kinds : of the maps it gives. fit : how pictures
    are scaled, as in `InputSpec.fit`. steps : number of timesteps for given options. build :
    from options of the card and the number of classes. explain : from a network, pixels
    (n, 3, h, w) and class names to the maps of each picture. classifier : opens a network that
    names classes for attention methods; None for others.
    """

    name: str
    learns: Literal["saliency", "classes"]
    kinds: tuple[str, ...]
    fit: Literal["stretch", "area"]
    citation: str
    steps: Callable[[Mapping[str, int]], int]
    build: Callable[[Mapping[str, int], int], nn.Module]
    explain: Explain
    classifier: Callable[[nn.Module], Classifier] | None = None


def architecture(name: str) -> Architecture:
    """Return the architecture of this name; raises ModelError that names those there are."""
    for known in ARCHITECTURES:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in ARCHITECTURES)
    raise ModelError(f"There is no architecture '{name}'.", f"Architectures: {names}.")


def _build_sam(options: Mapping[str, int], _classes: int) -> nn.Module:
    return SamS(**options)


def _explain_sam(net: nn.Module, pixels: Tensor, _names: Sequence[str]) -> list[tuple[Maps, ...]]:
    log_density, attention = net(pixels)
    pairs = zip(_array(log_density.exp()), _array(attention), strict=True)
    return [(Maps("saliency", density), Maps("attention", attended)) for density, attended in pairs]


def _build_cam(options: Mapping[str, int], classes: int) -> nn.Module:
    return CamMobileNetV2(classes, **options)


def _open_cam(net: nn.Module) -> Classifier:
    assert isinstance(net, CamMobileNetV2)
    return net.classifier()


def explaining(opened: Callable[[nn.Module], Classifier]) -> Explain:
    """Return what a classifier shows unless a method is chosen: `usual_method`."""

    def explain(net: nn.Module, pixels: Tensor, names: Sequence[str]) -> list[tuple[Maps, ...]]:
        classifier = opened(net)
        return [(m,) for m in explained(classifier, pixels, names, usual_method(classifier))]

    return explain


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()


ARCHITECTURES = (
    Architecture(
        "sam-s",
        "saliency",
        ("saliency", "attention"),
        "area",
        "Cornia, Baraldi, Serra & Cucchiara (2018), Predicting Human Eye Fixations via an "
        "LSTM-based Saliency Attentive Model, IEEE Transactions on Image Processing 27(10), "
        "5142-5154; backbone: Sandler et al. (2018), MobileNetV2, CVPR",
        lambda options: options.get("steps", SAM_STEPS),
        _build_sam,
        _explain_sam,
    ),
    Architecture(
        "cam-mobilenet-v2",
        "classes",
        ("attention",),
        "stretch",
        "Zhou, Khosla, Lapedriza, Oliva & Torralba (2016), Learning Deep Features for "
        "Discriminative Localization, CVPR; backbone: Sandler et al. (2018), MobileNetV2, CVPR",
        lambda _options: 1,
        _build_cam,
        explaining(_open_cam),
        _open_cam,
    ),
    *(
        Architecture(
            f"torchvision-{name.replace('_', '-')}",
            "classes",
            ("attention",),
            "area",
            citation,
            lambda _options: 1,
            imagenet.builder(name),
            explaining(imagenet.opened),
            imagenet.opened,
        )
        for name, citation in imagenet.CITATIONS.items()
    ),
)
