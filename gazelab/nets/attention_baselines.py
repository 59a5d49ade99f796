"""Five ways to attend, in one classifier, to compare how much attention matters and to whom.

After Lai, Khan, Nie, Sun, Shen & Shao, Understanding More About Human and Machine Attention in
Deep Neural Networks, IEEE Transactions on Multimedia 23 (2021). Deviations, each with its reason:

- The softmax is over the scores of the positions. In the paper it follows a sigmoid, so that no
  position can have more than e times the weight of another; this form is the attention
  "softmax-literal".
- Attention that sums to 1 is multiplied by the number of positions before it weights the
  features. Otherwise it scales them down by that number.
- Where a picture has no gaze, "human" attention is even.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.errors import ModelError
from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.classifier import Classifier
from gazelab.nets.imagenet import as_imagenet

ATTENTIONS = ("activation", "softmax", "softmax-literal", "sigmoid", "supervised", "human")
"""activation : none, shown is the energy of the features. supervised : softmax, to be trained
towards the human density. human : the human density itself."""

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Body:
    """A network around its last pooling layer, where attention is put.

    features : from the network and pixels in -1...1 to (n, channels, rows, columns).
    head : from the network and weighted features to (n, outputs). layers : by name, from the
    picture to the features.
    """

    build: Callable[[], nn.Module]
    features: Callable[[nn.Module, Tensor], Tensor]
    head: Callable[[nn.Module, Tensor], Tensor]
    layers: Callable[[nn.Module], dict[str, nn.Module]]
    channels: int
    outputs: int


class AttentionModule(nn.Module):
    """Scores of the positions of features: convolution, ReLU, batch norm, convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.narrow = nn.Conv2d(channels, half, 3, padding=1)
        self.norm = nn.BatchNorm2d(half)
        self.score = nn.Conv2d(half, 1, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(n, channels, rows, columns) -> (n, rows, columns), any sign."""
        scores: Tensor = self.score(self.norm(F.relu(self.narrow(features))))
        return scores[:, 0].float()


class AttentionClassifier(nn.Module):
    """A classifier with attention before its last pooling layer.

    attention : one of ATTENTIONS. backbone : a key of BODIES.
    """

    def __init__(
        self, classes: int, attention: str = "softmax", backbone: str = "mobilenet-v2"
    ) -> None:
        super().__init__()
        if backbone not in BODIES:
            raise ValueError(f"backbone must be one of {', '.join(BODIES)}, not {backbone}")
        self.kind = attention
        self.body = BODIES[backbone]
        self.backbone = self.body.build()
        self.attend = attention_module(attention, self.body.channels)
        self.drop = nn.Dropout(0.2)
        self.classify = nn.Linear(self.body.outputs, classes)

    @property
    def takes_gaze(self) -> bool:
        """Whether the attention is the human density, to be given to `forward`."""
        return self.kind == "human"

    def classifier(self) -> Classifier:
        """Return the network opened at the layers before its attention.

        Raises ModelError for one that is given its attention.
        """
        if self.takes_gaze:
            raise ModelError(
                "This model looks where people did, so that attention methods say little of it.",
                "Run it without a method.",
            )
        layers = self.body.layers(self.backbone)
        return Classifier(self, layers, lambda pixels: self(pixels)[0][:, 0])

    def forward(self, pixels: Tensor, human: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> class scores (n, 1, classes), attention (n, 1, K, K).

        human : (n, 1, rows, columns), the human density of each picture, 0 where it is not
        known.
        """
        features = self.body.features(self.backbone, pixels)
        attention, features = attended(self.kind, self.attend, features, human)
        scores = self.classify(self.drop(self.body.head(self.backbone, features)))
        return scores[:, None], attention[:, None]


def attention_module(kind: str, channels: int) -> AttentionModule | None:
    """Return what this kind of attention learns; None for one that learns nothing.

    Raises ValueError for a kind that there is not.
    """
    if kind not in ATTENTIONS:
        raise ValueError(f"attention must be one of {', '.join(ATTENTIONS)}, not {kind}")
    return None if kind in ("activation", "human") else AttentionModule(channels)


def attended(
    kind: str, module: AttentionModule | None, features: Tensor, human: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return attention (n, K, K) float32 and the features (n, channels, K, K) it weights.

    Attention sums to 1, unless it is of sigmoids or energies. human : as for `forward` of
    `AttentionClassifier`.
    """
    attention = _attention(kind, module, features, human)
    if kind == "activation":
        return attention, features
    scale = 1 if kind == "sigmoid" else attention[0].numel()
    return attention, features * (attention * scale)[:, None].to(features.dtype)


def _attention(
    kind: str, module: AttentionModule | None, features: Tensor, human: Tensor | None
) -> Tensor:
    if kind == "activation":
        return features.float().square().sum(1)
    if module is None:
        return _human_attention(features, human)
    scores = module(features)
    if kind in ("sigmoid", "softmax-literal"):
        scores = torch.sigmoid(scores)
    if kind == "sigmoid":
        return scores
    return torch.softmax(scores.flatten(1), 1).view_as(scores)


def needs_gaze(options: Mapping[str, Any]) -> bool:
    """Return whether a classifier with these options is trained with gaze."""
    return options.get("attention") in ("supervised", "human")


def _human_attention(features: Tensor, human: Tensor | None) -> Tensor:
    n, _, rows, columns = features.shape
    even = torch.full((n, rows, columns), 1 / (rows * columns), device=features.device)
    if human is None:
        return even
    density = F.adaptive_avg_pool2d(human.float(), (rows, columns)).mean(1)
    total = density.sum((1, 2), keepdim=True)
    return torch.where(total > 0, density / total.clamp_min(_TINY), even)


def _mobilenet_features(net: nn.Module, pixels: Tensor) -> Tensor:
    features: Tensor = net(pixels)[-1]
    return features


def _mean(_net: nn.Module, features: Tensor) -> Tensor:
    return features.mean((2, 3))


def _torchvision(name: str) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        from torchvision import models

        net: nn.Module = getattr(models, name)(weights=None)
        if name == "resnet50":
            net.fc = nn.Identity()
        else:
            net.classifier = nn.Sequential(*list(net.classifier)[:-1])  # type: ignore[arg-type]
        return net

    return build


def _before_last_pool(net: nn.Module, pixels: Tensor) -> Tensor:
    features: Tensor = net.features[:-1](as_imagenet(pixels))  # type: ignore[index,operator]
    return features


def _from_last_pool(net: nn.Module, features: Tensor) -> Tensor:
    pooled = net.avgpool(net.features[-1](features))  # type: ignore[index,operator]
    outputs: Tensor = net.classifier(pooled.flatten(1))  # type: ignore[operator]
    return outputs


def _resnet_features(net: nn.Module, pixels: Tensor) -> Tensor:
    x = as_imagenet(pixels)
    for name, layer in net.named_children():
        if name == "avgpool":
            break
        x = layer(x)
    return x


def _mobilenet_layers(net: nn.Module) -> dict[str, nn.Module]:
    assert isinstance(net, MobileNetV2)
    return net.layers()


def _rectified(net: nn.Module) -> dict[str, nn.Module]:
    """Return what follows each convolution."""
    rectifiers = [m for m in net.features if isinstance(m, nn.ReLU)]  # type: ignore[union-attr]
    return {f"layer {number}": layer for number, layer in enumerate(rectifiers, 1)}


def _resnet_stages(net: nn.Module) -> dict[str, nn.Module]:
    return {f"stage {n}": layer for n, layer in enumerate(list(net.children())[4:8], 1)}


BODIES = {
    "mobilenet-v2": Body(
        lambda: MobileNetV2(output_stride=16, stages=5),
        _mobilenet_features,
        _mean,
        _mobilenet_layers,
        96,
        96,
    ),
    "alexnet": Body(
        _torchvision("alexnet"), _before_last_pool, _from_last_pool, _rectified, 256, 4096
    ),
    "vgg16": Body(_torchvision("vgg16"), _before_last_pool, _from_last_pool, _rectified, 512, 4096),
    "resnet50": Body(_torchvision("resnet50"), _resnet_features, _mean, _resnet_stages, 2048, 2048),
}
"""MobileNetV2 ends after its stage of 96 channels; the others are torchvision's."""
