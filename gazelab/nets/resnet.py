"""ResNet-50 without its classifier, its batch norms folded into the convolutions.

He, Zhang, Ren & Sun (2016), Deep Residual Learning for Image Recognition, CVPR; the stride of
a block lies in its 3x3 convolution, as in the weights of torchvision.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.errors import ModelError
from gazelab.nets.imagenet import as_imagenet, copied

CHANNELS = 2048
"""Of the last features."""

_STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
"""Inner channels, blocks, and stride of the first block of each stage."""

_WIDENING = 4
_NORM_EPS = 1e-5


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions, added to the input or its projection."""

    def __init__(self, inputs: int, inner: int, stride: int, dilation: int) -> None:
        super().__init__()
        outputs = _WIDENING * inner
        self.narrow = nn.Conv2d(inputs, inner, 1)
        self.filter = nn.Conv2d(inner, inner, 3, stride, padding=dilation, dilation=dilation)
        self.widen = nn.Conv2d(inner, outputs, 1)
        same = stride == 1 and inputs == outputs
        self.project = None if same else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, 4 inner, h / stride, w / stride)."""
        y = F.relu(self.narrow(x), inplace=True)
        y = self.widen(F.relu(self.filter(y), inplace=True))
        return F.relu(y + (x if self.project is None else self.project(x)), inplace=True)


class ResNet50(nn.Module):
    """The convolutions of ResNet-50.

    dilated : keeps the last two stages on the stride-8 grid; all their 3x3 convolutions are
    dilated by 2 and 4 instead.
    """

    def __init__(self, dilated: bool = False) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 7, 2, padding=3)
        self.stages = nn.ModuleList()
        inputs = 64
        for number, (inner, depth, stride) in enumerate(_STAGES):
            dilation = 2 ** (number - 1) if dilated and number > 1 else 1
            stage = nn.Sequential()
            for block in range(depth):
                first_stride = stride if block == 0 and dilation == 1 else 1
                stage.append(Bottleneck(inputs, inner, first_stride, dilation))
                inputs = _WIDENING * inner
            self.stages.append(stage)
        self._start_at_random()

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, 3, h, w) pixels in -1...1 -> (n, 2048, h / 32, w / 32), or h / 8 when dilated."""
        x = F.relu(self.stem(as_imagenet(pixels)), inplace=True)
        x = F.max_pool2d(x, 3, stride=2, padding=1)
        for stage in self.stages:
            x = stage(x)
        return x

    def convolutions(self) -> dict[str, nn.Conv2d]:
        """Return the convolutions by their names in torchvision, and those of their norms."""
        found = {"conv1 bn1": self.stem}
        for number, stage in enumerate(self.stages, 1):
            assert isinstance(stage, nn.Sequential)
            for position, block in enumerate(stage):
                assert isinstance(block, Bottleneck)
                at = f"layer{number}.{position}"
                for k, conv in enumerate((block.narrow, block.filter, block.widen), 1):
                    found[f"{at}.conv{k} {at}.bn{k}"] = conv
                if block.project is not None:
                    found[f"{at}.downsample.0 {at}.downsample.1"] = block.project
        return found

    def load_torchvision(self, state: Mapping[str, Tensor]) -> None:
        """Start from the state of torchvision's resnet50. Raises ModelError if it does not fit."""
        convs = self.convolutions()
        try:
            pairs = [_folded(state, *names.split()) for names in convs]
        except KeyError as error:
            raise ModelError("The weights to start from do not fit ResNet-50.") from error
        copied(list(convs.values()), pairs, "ResNet-50")

    def _start_at_random(self) -> None:
        """Keep the variance of the features about even through the stages without norms."""
        for conv in self.convolutions().values():
            nn.init.kaiming_normal_(conv.weight, mode="fan_in", nonlinearity="relu")
            assert conv.bias is not None
            nn.init.zeros_(conv.bias)
        for stage in self.stages:
            assert isinstance(stage, nn.Sequential)
            for block in stage:
                assert isinstance(block, Bottleneck)
                spread = math.sqrt(2 / block.widen.in_channels) / len(stage)
                nn.init.normal_(block.widen.weight, std=spread)


def _folded(state: Mapping[str, Tensor], conv: str, norm: str) -> tuple[Tensor, Tensor]:
    """Return weight and bias of a convolution with the batch norm after it."""
    variance = state[f"{norm}.running_var"]
    scale = state[f"{norm}.weight"] / torch.sqrt(variance + _NORM_EPS)
    weight = state[f"{conv}.weight"] * scale[:, None, None, None]
    return weight, state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
