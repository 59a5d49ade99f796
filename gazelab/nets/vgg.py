"""VGG-16 without its classifier, plain or on a finer grid, and its ImageNet start.

Simonyan & Zisserman (2015), Very Deep Convolutional Networks for Large-Scale Image
Recognition, ICLR.
"""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.imagenet import as_imagenet, copied

CHANNELS = 512
"""Of the last features."""

_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of each stage."""


class Vgg16(nn.Module):
    """The 13 convolutions of VGG-16, up to the last; without its last pooling.

    fine : keeps the last stage on the stride-8 grid, by pooling there with stride 1.
    dilation : of the last stage.
    """

    def __init__(self, fine: bool = False, dilation: int = 1) -> None:
        super().__init__()
        self.fine = fine
        self.stages = nn.ModuleList()
        inputs = 3
        for number, (channels, depth) in enumerate(_STAGES):
            spread = dilation if number == len(_STAGES) - 1 else 1
            stage = nn.ModuleList()
            for _ in range(depth):
                stage.append(nn.Conv2d(inputs, channels, 3, padding=spread, dilation=spread))
                inputs = channels
            self.stages.append(stage)
        for conv in self.convolutions():
            nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
            assert conv.bias is not None
            nn.init.zeros_(conv.bias)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> features after pool3 and pool4, and of conv5_3.

        They have 256, 512 and 512 channels; the first lies on the stride-8 grid, the others
        on stride 16, or 8 when `fine`.
        """
        x = as_imagenet(pixels)
        pooled = []
        for number, stage in enumerate(self.stages):
            if number:
                x = self._pooled(x, number)
                pooled.append(x)
            assert isinstance(stage, nn.ModuleList)
            for conv in stage:
                x = F.relu(conv(x), inplace=True)
        return pooled[2], pooled[3], x

    def _pooled(self, x: Tensor, number: int) -> Tensor:
        if self.fine and number == len(_STAGES) - 1:
            return F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 2, stride=1)
        return F.max_pool2d(x, 2)

    def convolutions(self) -> list[nn.Conv2d]:
        """Return the convolutions in the order in which they run."""
        return [module for module in self.modules() if isinstance(module, nn.Conv2d)]

    def load_torchvision(self, state: Mapping[str, Tensor]) -> None:
        """Start from the state of torchvision's vgg16. Raises ModelError if it does not fit."""
        numbers = sorted(
            int(name.split(".")[1])
            for name in state
            if name.startswith("features.") and name.endswith(".weight")
        )
        named = [f"features.{number}" for number in numbers]
        pairs = [(state[f"{name}.weight"], state[f"{name}.bias"]) for name in named]
        copied(self.convolutions(), pairs, "VGG-16")
