"""MobileNetV2 with its batch norms folded into the convolutions, and its ImageNet start.

Sandler et al. (2018), MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.errors import ModelError
from gazelab.nets.quick_grad import halving, padded, relu6

PIXEL_MEAN, PIXEL_STD = 127.5, 127.5
"""The network expects RGB pixels x / 127.5 - 1."""

IMAGENET_FILE = "mobilenet_v2_1.0_224_quant.npz"

_STAGES = (
    # expansion, channels, blocks, stride of the first block
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_FIRST_CHANNELS, _HEAD_CHANNELS = 32, 1280


class Conv(nn.Module):
    """A convolution with bias, and ReLU6 unless `linear`.

    With stride 2 only the right and lower edges are padded, as the ImageNet weights expect.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        linear: bool = False,
    ) -> None:
        super().__init__()
        self.strided = stride == 2
        self.dilation = dilation
        self.linear = linear
        padding = 0 if self.strided else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride), h and w even."""
        x = self._convolved(x)
        return x if self.linear else relu6(x)

    def _convolved(self, x: Tensor) -> Tensor:
        conv = self.conv
        if self.strided and conv.groups > 1 and type(conv) is nn.Conv2d:
            return halving(x, conv.weight, conv.bias)
        if self.dilation == 2:
            return self._dilated(x)
        y: Tensor = conv(padded(x) if self.strided else x)
        return y

    def _dilated(self, x: Tensor) -> Tensor:
        """Convolve each of the four interleaved grids by itself: the same as dilation 2.

        On processors it is several times faster than a dilated depthwise convolution.
        """
        n, c, h, w = x.shape
        x = F.pad(x, (0, w % 2, 0, h % 2))
        rows, columns = x.shape[2] // 2, x.shape[3] // 2
        x = x.view(n, c, rows, 2, columns, 2).permute(3, 5, 0, 1, 2, 4)
        x = self.conv(x.reshape(4 * n, c, rows, columns))
        x = x.view(2, 2, n, c, rows, columns).permute(2, 3, 4, 0, 5, 1)
        return x.reshape(n, c, 2 * rows, 2 * columns)[:, :, :h, :w]


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; added to the input where the shapes allow.

    drop_path : how often, in training, a picture skips what would be added.
    """

    drop_path = 0.0

    def __init__(
        self, inputs: int, outputs: int, expansion: int, stride: int, dilation: int
    ) -> None:
        super().__init__()
        wide = inputs * expansion
        layers = [Conv(inputs, wide)] if expansion > 1 else []
        layers.append(Conv(wide, wide, 3, stride, dilation, groups=wide))
        layers.append(Conv(wide, outputs, linear=True))
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride)."""
        y: Tensor = self.layers(x) if torch.is_grad_enabled() else self._inferred(x)
        if not self.residual:
            return y
        if self.training and self.drop_path:
            kept = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.drop_path
            y = y * (kept / (1 - self.drop_path)).to(y.dtype)
        return x + y

    def _inferred(self, x: Tensor) -> Tensor:
        """Do the same as the layers; what must be padded is padded while it is narrow."""
        *expand, filter_, project = self.layers
        assert isinstance(filter_, Conv)
        if not (expand and filter_.strided):
            return self.layers(x)
        rows, columns = x.shape[-2:]
        wide = expand[0](padded(x))
        wide[:, :, rows:] = 0
        wide[:, :, :, columns:] = 0
        return project(F.relu6(filter_.conv(wide), inplace=True))


class MobileNetV2(nn.Module):
    """MobileNetV2 1.0 without its classifier.

    output_stride : 32, or 16 to keep the last two stages on the finer grid by dilation.
    head : with the last 1x1 convolution to 1280 channels. stages : how many of the seven.
    """

    def __init__(self, output_stride: int = 16, head: bool = False, stages: int = 7) -> None:
        super().__init__()
        self.stem = Conv(3, _FIRST_CHANNELS, 3, stride=2)
        self.stages = nn.ModuleList()
        channels, reached, dilation = _FIRST_CHANNELS, 2, 1
        for expansion, outputs, blocks, stride in _STAGES[:stages]:
            first_dilation = dilation
            if stride == 2 and reached == output_stride:
                stride, dilation = 1, dilation * 2
            reached *= stride
            stage = nn.Sequential()
            for number in range(blocks):
                first = number == 0
                stage.append(
                    InvertedResidual(
                        channels,
                        outputs,
                        expansion,
                        stride if first else 1,
                        first_dilation if first else dilation,
                    )
                )
                channels = outputs
            self.stages.append(stage)
        self.head = Conv(channels, _HEAD_CHANNELS) if head else None

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return features at stride 8 (32 channels), 16 (96), and of the last layer."""
        x = self.stem(x)
        kept = []
        for (_, channels, _, _), stage in zip(_STAGES, self.stages, strict=False):
            x = stage(x)
            if channels in (32, 96):
                kept.append(x)
        return (*kept, x if self.head is None else self.head(x))

    def drop_paths(self, most: float) -> None:
        """Let blocks be skipped in training, the deeper the more often (Huang et al., 2016)."""
        blocks = [block for block in self.modules() if isinstance(block, InvertedResidual)]
        for number, block in enumerate(blocks):
            block.drop_path = most * number / (len(blocks) - 1)

    def layers(self) -> dict[str, nn.Module]:
        """Return the stages by name, and the head where there is one."""
        found: dict[str, nn.Module] = {
            f"stage {number}": stage for number, stage in enumerate(self.stages, 1)
        }
        return found if self.head is None else found | {"head": self.head}

    def convolutions(self) -> Iterator[nn.Conv2d]:
        """Return the convolutions in the order in which they run."""
        return (module for module in self.modules() if isinstance(module, nn.Conv2d))


def load_imagenet(net: MobileNetV2, folder: Path) -> None:
    """Start `net` from the ImageNet arrays in `folder`.

    The arrays are named by the order of execution and lie as (outputs, rows, columns,
    inputs). Raises ModelError when the file is missing or does not fit.
    """
    for conv, (weight, bias) in zip(net.convolutions(), _arrays(folder), strict=False):
        weight = weight.transpose((3, 0, 1, 2) if conv.groups > 1 else (0, 3, 1, 2))
        if weight.shape != tuple(conv.weight.shape):
            raise ModelError(f"{folder / IMAGENET_FILE}: the arrays do not fit MobileNetV2 1.0.")
        with torch.no_grad():
            conv.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
            assert conv.bias is not None
            conv.bias.copy_(torch.from_numpy(bias))


def _arrays(folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    path = folder / IMAGENET_FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            names = sorted(name[:-2] for name in file.files if name.endswith("_w"))
            return [(file[f"{name}_w"], file[f"{name}_b"]) for name in names]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"{path}: the weights to start from could not be read.",
            "Set [start] weights in the training configuration to the folder that holds them.",
        ) from error
