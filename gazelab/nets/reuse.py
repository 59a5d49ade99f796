"""The convolution of the same features under many weightings of their positions.

The convolution of features X weighted by a map A is the sum over the kernel's taps k of
A(p + k) (W_k X)(p + k), and W_k X does not depend on A. For an attentive LSTM that looks at X
under another A at every step it is computed once: exact, up to rounding. So is the part that
channels have in a convolution which are the same for several maps.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_FEWEST_CHANNELS = 64
_MOST_BYTES = 2**29


def reuse_pays(x: Tensor, times: int) -> bool:
    """Whether to reuse: on a processor, without gradients, for wide features and few pictures.

    Without matrix multiplication to save, or with more than fits the memory, it is slower.
    """
    if x.device.type != "cpu" or torch.is_grad_enabled() or torch.is_autocast_enabled("cpu"):
        return False
    seen_bytes = 9 * 4 * x.numel() * x.element_size()
    return times > 1 and x.shape[1] >= _FEWEST_CHANNELS and seen_bytes <= _MOST_BYTES


class WeightedConv2d(nn.Conv2d):
    """A convolution, kernel 3 and padding 1, of the same features times one map after another."""

    def of_features(self, x: Tensor, times: int) -> Callable[[Tensor], Tensor]:
        """Return what takes a map (n, 1, h, w) to the convolution of `x` * map, `times` times."""
        if reuse_pays(x, times):
            return _Reused(self, x)
        return lambda map_: self(x * map_)


class _Reused:
    """W_k X of every tap and position."""

    def __init__(self, conv: nn.Conv2d, x: Tensor) -> None:
        self._shape = x.shape[0], *x.shape[2:], conv.out_channels
        self._bias = conv.bias
        weight = conv.weight.permute(2, 3, 1, 0).flatten(0, 1)  # tap, input, output
        self._seen = torch.bmm(_taps(x), weight).transpose(0, 1)  # position, tap, output

    def __call__(self, map_: Tensor) -> Tensor:
        """(n, 1, h, w) -> (n, outputs, h, w)."""
        of_tap = _taps(map_).permute(1, 2, 0)
        y = torch.bmm(of_tap, self._seen)[:, 0]
        if self._bias is not None:
            y = y + self._bias
        return y.view(self._shape).permute(0, 3, 1, 2)


def _taps(x: Tensor) -> Tensor:
    """(n, c, h, w) -> (9, n h w, c): what each tap of the kernel sees at each position."""
    _, c, h, w = x.shape
    padded = F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)
    shifted = [padded[:, i : i + h, j : j + w] for i in range(3) for j in range(3)]
    return torch.stack(shifted).view(9, -1, c)


def convolved(conv: nn.Module, x: Tensor, same: Tensor) -> Tensor:
    """Return what a convolution makes of `x` with the channels `same` after its own.

    x : (n times, c, h, w). same : (n, d, h, w), each the same for `times` of `x` in a row. What
    it makes of these is computed once; anything but a plain convolution takes all together.
    """
    times = len(x) // len(same)
    if type(conv) is not nn.Conv2d:
        return torch.as_tensor(conv(torch.cat([x, same.repeat_interleave(times, 0)], 1)))
    own, shared = conv.weight[:, : x.shape[1]], conv.weight[:, x.shape[1] :]
    y = conv._conv_forward(x, own, None).permute(0, 2, 3, 1).unflatten(0, (len(same), times))
    of_same = conv._conv_forward(same, shared, conv.bias).permute(0, 2, 3, 1)
    return (y + of_same[:, None]).flatten(0, 1).permute(0, 3, 1, 2)
