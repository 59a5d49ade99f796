"""How a trained saliency network looks at a picture: once, or twice, and the mean."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_MULTIPLE = 16
_MAX_ASPECT = 3.0


@dataclass(frozen=True, slots=True)
class Looks:
    """How a network looks at a picture outside of training; none of this changes its weights.

    mirrored, scale : of a second look, at the mirror image, at the picture scaled by 0 < scale
    <= 1, or both; without, there is none. It takes `scale` squared of the time of the first.
    blur_px : sigma of a Gaussian over the mean density, in pixels of the network's input, 0 for
    none. Raises ValueError.
    """

    mirrored: bool = False
    scale: float = 1.0
    blur_px: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.scale <= 1:
            raise ValueError(f"scale must lie in 0...1, not {self.scale}")
        if not 0 <= self.blur_px < math.inf:
            raise ValueError(f"blur_px must be 0 or more, not {self.blur_px}")


READING_OPTIONS = frozenset(Looks.__dataclass_fields__)
"""Options of an architecture that say how it looks, and change nothing in training."""


def looked(net: nn.Module, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Return density and attention of each step, each summing to 1 over positions.

    pixels : (n, 3, rows, columns) as the network takes them. The maps are the means over the
    looks that `net.looks` asks for, on the grids of the first; one look where it has none.
    """
    looks = getattr(net, "looks", Looks())
    density, attention = _seen(net, pixels, mirrored=False)
    if looks.mirrored or looks.scale < 1:
        again = _seen(net, _scaled(pixels, looks.scale), looks.mirrored)
        density, attention = _mean(density, again[0]), _mean(attention, again[1])
    if looks.blur_px:
        density = _blurred(density, looks.blur_px * density.shape[-2] / pixels.shape[-2])
    return density, attention


def _seen(net: nn.Module, pixels: Tensor, mirrored: bool) -> tuple[Tensor, Tensor]:
    log_density, attention = net(pixels.flip(-1) if mirrored else pixels)
    maps = log_density.exp(), attention
    return (maps[0].flip(-1), maps[1].flip(-1)) if mirrored else maps


def _scaled(pixels: Tensor, scale: float) -> Tensor:
    if scale == 1:
        return pixels
    rows, columns = pixels.shape[-2:]
    size = input_shape(rows, columns, round(rows * columns * scale**2))
    small = F.interpolate(pixels, size=size, mode="bilinear", antialias=True)
    return small.contiguous(memory_format=torch.channels_last)


def _mean(maps: Tensor, others: Tensor) -> Tensor:
    """Return the mean of two maps that each sum to 1 over positions, on the grid of the first."""
    if others.shape != maps.shape:
        size = maps.shape[-2:]
        others = F.interpolate(others, size=size, mode="bilinear", align_corners=False)
        others = others / others.sum((-2, -1), keepdim=True)
    return (maps + others) / 2


def _blurred(density: Tensor, sigma: float) -> Tensor:
    """Spread density by a Gaussian, sigma in cells; none leaves the picture."""
    down, across = (_spread(size, sigma).to(density) for size in density.shape[-2:])
    return down @ density @ across.mT


def _spread(size: int, sigma: float) -> Tensor:
    """Return (size, size): how much of each column's cell goes to each row's; columns sum to 1."""
    cells = torch.arange(size, dtype=torch.float64)
    weight = torch.exp(-(((cells[:, None] - cells) / sigma) ** 2) / 2)
    return weight / weight.sum(0)


def input_shape(rows: int, columns: int, area: int) -> tuple[int, int]:
    """Return the (rows, columns) to which a picture is scaled, about `area` pixels in all.

    The aspect ratio is kept up to rounding to multiples of 16, so that maps cover exactly
    the stimulus; pictures longer than 3:1 are squeezed to 3:1.
    """
    aspect = min(max(columns / rows, 1 / _MAX_ASPECT), _MAX_ASPECT)
    high = math.sqrt(area / aspect)
    return _rounded(high), _rounded(high * aspect)


def _rounded(length: float) -> int:
    return max(_MULTIPLE * round(length / _MULTIPLE), _MULTIPLE)
