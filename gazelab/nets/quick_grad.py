"""Layers whose gradients torch computes slowly on a processor, with the same gradients quicker."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

_TOP = 6.0


def relu6(x: Tensor) -> Tensor:
    """Return x limited to 0...6, in place where no gradient is wanted.

    The gradient is read off the result, which the next layer keeps anyway; torch would keep the
    input too, and where it works in place a copy of it.
    """
    if x.requires_grad and torch.is_grad_enabled():
        return torch.as_tensor(_ReLU6.apply(x))
    return F.relu6(x, inplace=True)


class _ReLU6(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = F.relu6(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return torch.ops.aten.hardtanh_backward(grad, y, 0.0, _TOP)


def halving(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Convolve each channel by itself with kernel 3 and stride 2, looking right and down.

    x : (n, c, h, w), of which what lies past the right and lower edge is 0. weight :
    (c, 1, 3, 3). Returns (n, c, h / 2, w / 2), rounded up.
    """
    if x.dtype is torch.bfloat16 and x.device.type == "cpu" and torch.is_grad_enabled():
        as_x = weight.to(x.dtype), None if bias is None else bias.to(x.dtype)
        return torch.as_tensor(_Halving.apply(x, *as_x))
    return _halved(padded(x), weight, bias)


def padded(x: Tensor) -> Tensor:
    """Add zeros to the right and below: one is needed, even sizes train twice as fast."""
    return F.pad(x, (0, 2, 0, 2))


def _halved(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return F.conv2d(x, weight, bias, stride=2, groups=len(weight))


class _Halving(torch.autograd.Function):
    """In bfloat16 the gradient of the input is up to ten times as slow as it need be.

    It is the convolution, at stride 1, of the gradient spread out over twice the positions.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        wide = padded(x)
        ctx.save_for_backward(wide, weight)
        return _halved(wide, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        wide, weight = ctx.saved_tensors
        grad = grad.contiguous(memory_format=torch.channels_last)
        of_x, *of_rest = ctx.needs_input_grad
        rest = torch.ops.aten.convolution_backward(
            grad,
            wide,
            weight,
            [len(weight)],
            [2, 2],
            [0, 0],
            [1, 1],
            False,
            [0, 0],
            len(weight),
            [False, *of_rest],
        )
        return _of_input(grad, weight, wide) if of_x else None, *rest[1:]


def _of_input(grad: Tensor, weight: Tensor, wide: Tensor) -> Tensor:
    n, c, rows, columns = grad.shape
    spread = grad.new_zeros(n, 2 * rows, 2 * columns, c).permute(0, 3, 1, 2)
    spread[:, :, 1::2, 1::2] = grad
    x = F.conv2d(spread, weight.flip(2, 3), padding=1, groups=c)
    return x[:, :, : wide.shape[2] - 2, : wide.shape[3] - 2]
