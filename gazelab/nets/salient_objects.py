"""Segment the object that stands out, through attention, to compare five ways to attend.

The network for salient object segmentation of Lai, Khan, Nie, Sun, Shen & Shao (2021),
Understanding More About Human and Machine Attention in Deep Neural Networks, IEEE Transactions
on Multimedia 23: an encoder and three decoder layers with attention before each, and a mask
predicted at each. Deviations, each with its reason:

- A mask is predicted from what its decoder layer makes of the attended features, not from
  these directly. Otherwise the last decoder layer would have nothing to learn from.
- The attention is as in `gazelab.nets.attention_baselines`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.attention_baselines import (
    AttentionModule,
    attended,
    attention_module,
)
from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.imagenet import as_imagenet
from gazelab.nets.resnet import CHANNELS as RESNET_CHANNELS
from gazelab.nets.resnet import ResNet50
from gazelab.nets.vgg import CHANNELS as VGG_CHANNELS
from gazelab.nets.vgg import Vgg16

LAYERS = 3
"""Decoder layers; each counts as a step."""

_CHANNELS = 128


@dataclass(frozen=True, slots=True)
class Encoder:
    """How features (n, channels, K, K) are had from pixels in -1...1."""

    build: Callable[[], nn.Module]
    features: Callable[[nn.Module, Tensor], Tensor]
    channels: int


class SalientObjectNet(nn.Module):
    """A mask and the attention of each decoder layer.

    attention : as for `AttentionClassifier`. backbone : a key of ENCODERS.
    """

    def __init__(self, attention: str = "softmax", backbone: str = "mobilenet-v2") -> None:
        super().__init__()
        if backbone not in ENCODERS:
            raise ValueError(f"backbone must be one of {', '.join(ENCODERS)}, not {backbone}")
        self.kind = attention
        self.encoder = ENCODERS[backbone]
        self.backbone = self.encoder.build()
        channels = [self.encoder.channels] + [_CHANNELS] * LAYERS
        self.attend = nn.ModuleList(
            attention_module(attention, inputs) or nn.Identity() for inputs in channels[:-1]
        )
        self.decode = nn.ModuleList(
            nn.Conv2d(inputs, _CHANNELS, 3, padding=1) for inputs in channels[:-1]
        )
        self.masks = nn.ModuleList(nn.Conv2d(_CHANNELS, 1, 1) for _ in range(LAYERS))

    @property
    def takes_gaze(self) -> bool:
        """Whether the attention is the human density, to be given to `forward`."""
        return self.kind == "human"

    def forward(self, pixels: Tensor, human: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> mask scores (n, 3, h, w), attention (n, 3, K, K).

        The object is where a score is above 0. human : as for `AttentionClassifier`.
        """
        x = self.encoder.features(self.backbone, pixels)
        masks, maps = [], []
        for module, decode, mask in zip(self.attend, self.decode, self.masks, strict=True):
            learned = module if isinstance(module, AttentionModule) else None
            attention, x = attended(self.kind, learned, x, human)
            x = F.relu(decode(x))
            masks.append(mask(x).float())
            maps.append(attention)
        scores = F.interpolate(
            torch.cat(masks, 1), pixels.shape[-2:], mode="bilinear", align_corners=False
        )
        return scores, torch.stack(maps, 1)


def _last(net: nn.Module, pixels: Tensor) -> Tensor:
    features: Tensor = net(pixels)[-1]
    return features


def _only(net: nn.Module, pixels: Tensor) -> Tensor:
    features: Tensor = net(pixels)
    return features


def _alexnet() -> nn.Module:
    from torchvision import models

    net: nn.Module = models.alexnet(weights=None)
    net.classifier = nn.Identity()
    return net


def _before_last_pool(net: nn.Module, pixels: Tensor) -> Tensor:
    features: Tensor = net.features[:-1](as_imagenet(pixels))  # type: ignore[index,operator]
    return features


ENCODERS = {
    "mobilenet-v2": Encoder(lambda: MobileNetV2(output_stride=8, stages=5), _last, 96),
    "alexnet": Encoder(_alexnet, _before_last_pool, 256),
    "vgg16": Encoder(lambda: Vgg16(fine=True, dilation=2), _last, VGG_CHANNELS),
    "resnet50": Encoder(lambda: ResNet50(dilated=True), _only, RESNET_CHANNELS),
}
"""All but AlexNet lie on the stride-8 grid. MobileNetV2 ends after its stage of 96 channels."""
