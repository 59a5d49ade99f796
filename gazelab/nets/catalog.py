"""The architectures this program can build, by the names that cards and configurations use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets import torchvision_nets
from gazelab.nets.attention_baselines import AttentionClassifier, needs_gaze
from gazelab.nets.cam import CamMobileNetV2
from gazelab.nets.classifier import Classifier
from gazelab.nets.explain import Maps, explained, usual_method
from gazelab.nets.looks import looked
from gazelab.nets.mlnet import MlNet
from gazelab.nets.salient_objects import LAYERS as SALIENT_OBJECT_LAYERS
from gazelab.nets.salient_objects import SalientObjectNet
from gazelab.nets.sam import STEPS as SAM_STEPS
from gazelab.nets.sam import SamS
from gazelab.nets.sam_paper import sam_resnet, sam_vgg
from gazelab.nets.soft_attention import STEPS as GLIMPSES
from gazelab.nets.soft_attention import GlimpseNet

_NAMED = 3
"""How many of the most probable classes a step names."""

_LEAST = 0.01

Explain: TypeAlias = Callable[[nn.Module, Tensor, Sequence[str]], list[tuple[Maps, ...]]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of network.

    learns : what it is trained to predict. kinds : of the maps it gives. fit : how pictures
    are scaled, as in `InputSpec.fit`. steps : number of timesteps for given options. build :
    from options of the card and the number of classes. explain : from a network, pixels
    (n, 3, h, w) and class names to the maps of each picture. needs_gaze : whether
    training with these options needs gaze at the pictures. classifier : opens a network that
    names classes for attention methods; None for others.
    """

    name: str
    learns: Literal["saliency", "classes", "attended classes", "masks"]
    kinds: tuple[str, ...]
    fit: Literal["stretch", "area"]
    citation: str
    steps: Callable[[Mapping[str, Any]], int]
    build: Callable[[Mapping[str, Any], int], nn.Module]
    explain: Explain
    needs_gaze: Callable[[Mapping[str, Any]], bool] = lambda _options: False
    classifier: Callable[[nn.Module], Classifier] | None = None


def architecture(name: str) -> Architecture:
    """Return the architecture of this name; raises ModelError that names those there are."""
    for known in ARCHITECTURES:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in ARCHITECTURES)
    raise ModelError(f"There is no architecture '{name}'.", f"Architectures: {names}.")


def _build_sam(options: Mapping[str, Any], _classes: int) -> nn.Module:
    return SamS(**options)


def _explain_sam(net: nn.Module, pixels: Tensor, _names: Sequence[str]) -> list[tuple[Maps, ...]]:
    density, attention = looked(net, pixels)
    pairs = zip(_array(density), _array(attention), strict=True)
    return [(Maps("saliency", density), Maps("attention", attended)) for density, attended in pairs]


def _explain_mlnet(net: nn.Module, pixels: Tensor, _names: Sequence[str]) -> list[tuple[Maps, ...]]:
    return [(Maps("saliency", density),) for density in _array(net(pixels)[0].exp())]


def _build_cam(options: Mapping[str, Any], classes: int) -> nn.Module:
    return CamMobileNetV2(classes, **options)


def _open(net: nn.Module) -> Classifier:
    assert isinstance(net, CamMobileNetV2 | GlimpseNet | AttentionClassifier)
    return net.classifier()


def explaining(opened: Callable[[nn.Module], Classifier]) -> Explain:
    """Return what a classifier shows unless a method is chosen: `usual_method`."""

    def explain(net: nn.Module, pixels: Tensor, names: Sequence[str]) -> list[tuple[Maps, ...]]:
        classifier = opened(net)
        return [(m,) for m in explained(classifier, pixels, names, usual_method(classifier))]

    return explain


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()


def _build_baseline(options: Mapping[str, Any], classes: int) -> nn.Module:
    return AttentionClassifier(classes, **options)


def _build_masks(options: Mapping[str, Any], _classes: int) -> nn.Module:
    return SalientObjectNet(**options)


def _explain_masks(net: nn.Module, pixels: Tensor, _names: Sequence[str]) -> list[tuple[Maps, ...]]:
    scores, attention = net(pixels)
    pairs = zip(_array(torch.sigmoid(scores)), _array(attention), strict=True)
    note = "the object that stands out, not where people look"
    return [(Maps("saliency", masks, note), Maps("attention", maps)) for masks, maps in pairs]


def _build_glimpses(options: Mapping[str, Any], classes: int) -> nn.Module:
    return GlimpseNet(classes, **options)


def _explain_glimpses(
    net: nn.Module, pixels: Tensor, names: Sequence[str]
) -> list[tuple[Maps, ...]]:
    scores, attention = net(pixels)
    probabilities = torch.softmax(scores.float(), -1)
    return [
        (Maps("attention", maps, step_notes=_most_probable(of_steps, names)),)
        for maps, of_steps in zip(_array(attention), probabilities.cpu(), strict=True)
    ]


def _most_probable(probabilities: Tensor, names: Sequence[str]) -> tuple[str, ...]:
    """Return the most probable classes of each step in words, from (steps, classes).

    All but the first have a probability of at least 0.01.
    """
    shares, classes = probabilities.topk(min(_NAMED, probabilities.shape[-1]))
    return tuple(
        ", ".join(
            f"{names[k]} {share:.2f}"
            for k, share in zip(ks, of_step, strict=True)
            if k == ks[0] or share >= _LEAST
        )
        for ks, of_step in zip(classes.tolist(), shares.tolist(), strict=True)
    )


def _sam_steps(options: Mapping[str, Any]) -> int:
    return int(options.get("steps", SAM_STEPS))


_SAM_CITATION = (
    "Cornia, Baraldi, Serra & Cucchiara (2018), Predicting Human Eye Fixations via an "
    "LSTM-based Saliency Attentive Model, IEEE Transactions on Image Processing 27(10), "
    "5142-5154; backbone: "
)
_LAI = (
    "Lai, Khan, Nie, Sun, Shen & Shao (2021), Understanding More About Human and Machine "
    "Attention in Deep Neural Networks, IEEE Transactions on Multimedia 23"
)

ARCHITECTURES = (
    Architecture(
        "sam-s",
        "saliency",
        ("saliency", "attention"),
        "area",
        _SAM_CITATION + "Sandler et al. (2018), MobileNetV2, CVPR",
        _sam_steps,
        _build_sam,
        _explain_sam,
    ),
    Architecture(
        "sam-vgg",
        "saliency",
        ("saliency", "attention"),
        "area",
        _SAM_CITATION + "Simonyan & Zisserman (2015), Very Deep Convolutional Networks for "
        "Large-Scale Image Recognition, ICLR",
        _sam_steps,
        lambda options, _classes: sam_vgg(**options),
        _explain_sam,
    ),
    Architecture(
        "sam-resnet",
        "saliency",
        ("saliency", "attention"),
        "area",
        _SAM_CITATION + "He, Zhang, Ren & Sun (2016), Deep Residual Learning for Image "
        "Recognition, CVPR",
        _sam_steps,
        lambda options, _classes: sam_resnet(**options),
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
        explaining(_open),
        classifier=_open,
    ),
    Architecture(
        "mlnet",
        "saliency",
        ("saliency",),
        "area",
        "Cornia, Baraldi, Serra & Cucchiara (2016), A Deep Multi-Level Network for Saliency "
        "Prediction, ICPR; backbone: Simonyan & Zisserman (2015), Very Deep Convolutional "
        "Networks for Large-Scale Image Recognition, ICLR, or Sandler et al. (2018), "
        "MobileNetV2, CVPR",
        lambda _options: 1,
        lambda options, _classes: MlNet(**options),
        _explain_mlnet,
    ),
    Architecture(
        "glimpsenet",
        "attended classes",
        ("attention",),
        "stretch",
        "Xu et al. (2015), Show, Attend and Tell: Neural Image Caption Generation with Visual "
        "Attention, ICML; Sharma, Kiros & Salakhutdinov (2015), Action Recognition using Visual "
        "Attention, arXiv:1511.04119; backbone: Sandler et al. (2018), MobileNetV2, CVPR",
        lambda options: options.get("steps", GLIMPSES),
        _build_glimpses,
        _explain_glimpses,
        needs_gaze=lambda options: bool(options.get("prior")),
        classifier=_open,
    ),
    Architecture(
        "attention-classifier",
        "attended classes",
        ("attention",),
        "stretch",
        _LAI,
        lambda _options: 1,
        _build_baseline,
        _explain_glimpses,
        needs_gaze=needs_gaze,
        classifier=_open,
    ),
    Architecture(
        "salient-object-net",
        "masks",
        ("saliency", "attention"),
        "stretch",
        _LAI,
        lambda _options: SALIENT_OBJECT_LAYERS,
        _build_masks,
        _explain_masks,
        needs_gaze=needs_gaze,
    ),
    *(
        Architecture(
            f"torchvision-{name.replace('_', '-')}",
            "classes",
            ("attention",),
            "area",
            citation,
            lambda _options: 1,
            torchvision_nets.builder(name),
            explaining(torchvision_nets.opened),
            classifier=torchvision_nets.opened,
        )
        for name, citation in torchvision_nets.CITATIONS.items()
    ),
)
