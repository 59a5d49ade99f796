"""Convolutions of wide layers by fewer multiplications, for inference on a processor.

Winograd's minimal filtering: Lavin & Gray (2016), Fast Algorithms for Convolutional Neural
Networks, CVPR. Tiles of 6 x 6 inputs take 36 products for 4 x 4 outputs of a 3x3 kernel instead
of 144, and for 2 x 2 outputs of a 5x5 kernel instead of 100. A kernel dilated by d is a plain one
on each of d x d interleaved grids. The result is that of the convolution up to rounding.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

_SIDE = 6
_POINTS = (0, 1, -1, 0.5, -2)
"""Where the polynomials are evaluated, beside infinity; these keep rounding small."""

_FEWEST_CHANNELS = 256


def quicken(net: nn.Module) -> None:
    """Put the quicker form in place of each convolution of `net` for which it pays."""
    for module in list(net.modules()):
        for name, child in module.named_children():
            if type(child) is nn.Conv2d and _pays(child):
                setattr(module, name, WinogradConv2d(child))


def _pays(conv: nn.Conv2d) -> bool:
    (kernel, same), (dilation, _) = conv.kernel_size, conv.dilation
    return (
        kernel == same
        and kernel in (3, 5)
        and conv.stride == (1, 1)
        and conv.groups == 1
        and conv.dilation == (dilation, dilation)
        and conv.padding == (kernel // 2 * dilation,) * 2
        and conv.padding_mode == "zeros"
        and min(conv.in_channels, conv.out_channels) >= _FEWEST_CHANNELS
    )


class WinogradConv2d(nn.Module):
    """What a convolution of stride 1 that keeps the size does, with its weights transformed."""

    _weight: Tensor
    _of_input: Tensor
    _of_output: Tensor

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.kernel, self.dilation = conv.kernel_size[0], conv.dilation[0]
        inputs, outputs, kernel = _transforms(self.kernel)
        weight = kernel @ conv.weight.detach().reshape(-1, self.kernel**2).T
        shape = -1, conv.out_channels, conv.in_channels
        self.register_buffer("_weight", weight.view(shape), persistent=False)
        self.register_buffer("_of_input", inputs, persistent=False)
        self.register_buffer("_of_output", outputs, persistent=False)
        self.bias = conv.bias

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, outputs, h, w); one picture at a time, to keep memory flat."""
        pictures = torch.split(x.permute(0, 2, 3, 1), 1)
        y = torch.cat([self._filtered(picture) for picture in pictures])
        return (y if self.bias is None else y + self.bias).permute(0, 3, 1, 2)

    def _filtered(self, x: Tensor) -> Tensor:
        """(1, h, w, inputs) -> (1, h, w, outputs)."""
        _, h, w, c = x.shape
        d, out = self.dilation, _SIDE + 1 - self.kernel
        down, across = -(-h // (d * out)), -(-w // (d * out))
        before = self.kernel // 2 * d
        below, right = d * out * down - h + before, d * out * across - w + before
        x = F.pad(x, (0, 0, before, right, before, below)).contiguous()
        row, column = x.stride(1), x.stride(2)
        tiles = x.as_strided(
            (_SIDE, _SIDE, down, d, across, d, c),
            (d * row, d * column, out * d * row, row, out * d * column, column, 1),
        )
        seen = self._of_input @ tiles.reshape(_SIDE**2, -1)
        y = torch.bmm(seen.view(_SIDE**2, -1, c), self._weight.mT).flatten(1)
        y = (self._of_output @ y).view(out, out, down, d, across, d, -1)
        y = y.permute(2, 0, 3, 4, 1, 5, 6).reshape(1, down * out * d, across * out * d, -1)
        return y[:, :h, :w]


def _transforms(kernel: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return what transforms flattened tiles of the input, of products, and the kernel.

    Toom and Cook: polynomials are multiplied by their values at points, the last at infinity,
    and correlation is the transpose of that.
    """
    points = np.array(_POINTS)
    apart = points[:, None] - points + np.eye(_SIDE - 1)
    scale = np.append(apart.prod(1), 1.0)[:, None]
    inputs = np.linalg.inv(_values(points, _SIDE)).T * scale
    outputs, of_kernel = _values(points, _SIDE + 1 - kernel).T, _values(points, kernel) / scale
    return _on_both_axes(inputs), _on_both_axes(outputs), _on_both_axes(of_kernel)


def _on_both_axes(transform: np.ndarray) -> Tensor:
    return torch.from_numpy(np.kron(transform, transform)).float()


def _values(points: np.ndarray, terms: int) -> np.ndarray:
    """Return what takes the coefficients of a polynomial to its values at the points."""
    at_infinity = np.eye(terms)[-1:]
    return np.concatenate([points[:, None] ** np.arange(terms), at_infinity])
