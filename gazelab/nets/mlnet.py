"""ML-Net: saliency from features of several levels and a learned prior.

After Cornia, Baraldi, Serra & Cucchiara (2016), A Deep Multi-Level Network for Saliency
Prediction, ICPR. Deviations, each with its reason:

- The map is made positive by softplus instead of ReLU: where ReLU is 0 nothing is learned, and
  a map that is 0 everywhere has no maximum to divide by.
- The result is a density over positions on the stride-4 grid, so that it can be scored like
  any other; its loss divides by the maximum, for which the scale plays no part.
- Pictures keep their aspect ratio without borders, at whatever size the configuration says
  (the paper: 480 x 640 with borders); the prior of 6 x 8 values is stretched over the grid.
- MobileNetV2 may stand in for VGG-16, for computers without a GPU.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.readout import as_log_density
from gazelab.nets.vgg import Vgg16

_BACKBONES: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "vgg16": (lambda: Vgg16(fine=True), 256 + 512 + 512),
    "mobilenet-v2": (MobileNetV2, 32 + 96 + 320),
}
"""Each with the channels of its three levels together."""

_WIDE = 64
_PRIOR = (6, 8)


class MlNet(nn.Module):
    """Features of three levels -> 3x3 and 1x1 convolutions -> times the learned prior.

    backbone : "vgg16", whose last stage stays on the stride-8 grid as in the paper, or
    "mobilenet-v2". Raises ValueError for another.
    """

    def __init__(self, backbone: str = "vgg16") -> None:
        super().__init__()
        if backbone not in _BACKBONES:
            raise ValueError(f"there is no backbone '{backbone}' but {', '.join(_BACKBONES)}")
        build, channels = _BACKBONES[backbone]
        self.backbone = build()
        self.drop = nn.Dropout(0.5)
        self.mix = nn.Conv2d(channels, _WIDE, 3, padding=1)
        self.readout = nn.Conv2d(_WIDE, 1, 1)
        self.prior = nn.Parameter(torch.zeros(_PRIOR))

    def forward(self, pixels: Tensor) -> tuple[Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> log density (n, 1, h / 4, w / 4), float32.

        It sums to 1 over positions (after exp).
        """
        levels = self.backbone(pixels)
        size = levels[0].shape[-2:]
        x = torch.cat([_on_grid(level, size) for level in levels], 1)
        y = F.softplus(self.readout(F.relu(self.mix(self.drop(x)))).float())
        return (as_log_density(y * self._prior_on(size)),)

    def penalty(self) -> Tensor:
        """Return the mean square of the prior: without gain it stays even."""
        return self.prior.square().mean()

    def _prior_on(self, size: torch.Size) -> Tensor:
        """Return the factor of each position, 1 where nothing was learned."""
        prior = self.prior[None, None].float()
        return (1 + F.interpolate(prior, tuple(size), mode="bilinear")).clamp_min(0)


def _on_grid(features: Tensor, size: torch.Size) -> Tensor:
    if features.shape[-2:] == size:
        return features
    return F.interpolate(features, tuple(size), mode="bilinear")
