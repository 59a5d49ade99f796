"""SAM-S: a compact Saliency Attentive Model that shows every step of its attention.

After Cornia et al. (2018), Predicting Human Eye Fixations via an LSTM-based Saliency
Attentive Model, IEEE TIP 27(10). Deviations, each with its reason:

- MobileNetV2 at its own strides instead of a dilated VGG or ResNet, and the recurrence on the
  stride-16 grid, for speed on ordinary computers. What the coarser features say of the whole
  picture is added everywhere, and the stride-8 features come back in before the readout.
- Blocks of the backbone and channels are dropped in training: a few hundred pictures are few.
- The features are weighted by attention x number of positions. A softmax over n positions
  averages 1/n, and without the factor the input of the gates all but vanishes.
- The parameters of the Gaussian priors are kept in range by a sigmoid. Clipping has no
  gradient outside the range, so that clipped priors never learn.
- Every step is read out by the same head and supervised, and the result is a density
  (log-softmax over positions), so that log-likelihoods are finite.
- Any aspect ratio is taken as it is (see `looks.input_shape`), without borders.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.looks import Looks
from gazelab.nets.reuse import WeightedConv2d, convolved

GRID_STRIDE = 4
"""One saliency value for each 4 x 4 input pixels."""

STEPS = 4
"""Timesteps unless the options say otherwise."""

Ranges = tuple[tuple[float, float], tuple[float, float]]
"""Lowest and highest value along x, and along y."""


class GaussianPriors(nn.Module):
    """Maps of learned Gaussians: where people look whatever the picture shows.

    Centres lie within 10 to 90 % of the picture's longer side, widths between 5 and 80 %.
    """

    CENTRE: Ranges = (0.1, 0.9), (0.1, 0.9)
    WIDTH: Ranges = (0.05, 0.8), (0.05, 0.8)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.empty(number, 2).uniform_(-1, 1))
        self.width = nn.Parameter(torch.empty(number, 2).uniform_(-2, 1))

    def forward(self, rows: int, columns: int) -> Tensor:
        """Return (1, number, rows, columns); each map has a peak of about 1."""
        centre, width = self.gaussians()
        x = _axis(columns, max(rows, columns), centre.device)
        y = _axis(rows, max(rows, columns), centre.device)
        along_x = torch.exp(-((x - centre[:, :1]) ** 2) / (2 * width[:, :1] ** 2))
        along_y = torch.exp(-((y - centre[:, 1:]) ** 2) / (2 * width[:, 1:] ** 2))
        return (along_y[:, :, None] * along_x[:, None, :])[None]

    def gaussians(self) -> tuple[Tensor, Tensor]:
        """Return centres and widths, (number, 2) each as (x, y), in units of the longer side."""
        return _within(self.CENTRE, self.centre), _within(self.WIDTH, self.width)


def _within(ranges: Ranges, raw: Tensor) -> Tensor:
    x, y = torch.sigmoid(raw.float()).unbind(1)
    (left, right), (top, bottom) = ranges
    return torch.stack([left + (right - left) * x, top + (bottom - top) * y], 1)


def _axis(cells: int, longest: int, device: torch.device) -> Tensor:
    """Cell centres in units of the longer side, the shorter one centred on 0.5."""
    return (torch.arange(cells, device=device) + 0.5 - cells / 2) / longest + 0.5


class AttentiveConvLSTM(nn.Module):
    """A convolutional LSTM that looks at the same features at every step through attention.

    state_bias : gives the convolutions of the state biases of their own, which add to those of
    the input: the paper counts both.
    """

    def __init__(self, channels: int, state_bias: bool = False) -> None:
        super().__init__()
        self.attend_state = nn.Conv2d(channels, channels, 3, padding=1, bias=state_bias)
        self.attend_input = nn.Conv2d(channels, channels, 3, padding=1)
        self.attend = nn.Conv2d(channels, 1, 3, padding=1, bias=False)
        self.gates_input = WeightedConv2d(channels, 4 * channels, 3, padding=1)
        self.gates_state = nn.Conv2d(channels, 4 * channels, 3, padding=1, bias=state_bias)
        nn.init.normal_(self.attend.weight, std=0.02)
        nn.init.orthogonal_(self.gates_state.weight)
        nn.init.xavier_uniform_(self.gates_input.weight)
        with torch.no_grad():
            assert self.gates_input.bias is not None
            self.gates_input.bias.zero_()
            self.gates_input.bias[channels : 2 * channels] = 1.0  # remember at first

    def forward(self, x: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """(n, c, h, w) -> states (n, steps, c, h, w) and attention (n, steps, h, w).

        Each attention map sums to 1.
        """
        n, _, h, w = x.shape
        seen = self.attend_input(x)
        gates_of = self._gates(x, steps)
        state, memory = None, torch.zeros_like(x).permute(0, 2, 3, 1)
        states, maps = [], []
        for _ in range(steps):
            energy = seen + _of_state(self.attend_state, state, x)
            logits = self.attend(torch.tanh(energy)).flatten(1).float()
            attention = torch.softmax(logits, 1).view(n, 1, h, w)
            gates = gates_of((attention * (h * w)).to(x.dtype), state)
            (admit, keep, show), new = _parts(gates)
            memory = keep * memory + admit * new
            states.append(show * torch.tanh(memory))
            state = states[-1].permute(0, 3, 1, 2)
            maps.append(attention[:, 0])
        return torch.stack(states, 1).permute(0, 1, 4, 2, 3), torch.stack(maps, 1)

    def _gates(self, x: Tensor, steps: int) -> Callable[[Tensor, Tensor | None], Tensor]:
        """Return what takes attention and the state before to the gates.

        For training both convolutions are one; at the first step there is no state.
        """
        weighted = self.gates_input.of_features(x, steps)
        if not torch.is_grad_enabled() or type(self.gates_state) is not nn.Conv2d:
            return lambda map_, state: weighted(map_) + _of_state(self.gates_state, state, x)
        weight = torch.cat([self.gates_input.weight, self.gates_state.weight], 1)
        assert self.gates_input.bias is not None
        bias = self.gates_input.bias
        if self.gates_state.bias is not None:
            bias = bias + self.gates_state.bias

        def gates(map_: Tensor, state: Tensor | None) -> Tensor:
            if state is None:
                return weighted(map_) + _of_state(self.gates_state, state, x)
            both = torch.cat([x * map_, state.to(x.dtype)], 1)
            return F.conv2d(both, weight, bias, padding=1)

        return gates


def _parts(gates: Tensor) -> tuple[Tensor, Tensor]:
    """Return three gates, (3, n, h, w, c), and what is new; each lies in one piece of memory."""
    n, channels, h, w = gates.shape
    parts = gates.permute(0, 2, 3, 1).reshape(n, h, w, 4, channels // 4).movedim(3, 0)
    each, new = torch.split(parts.contiguous().float(), [3, 1])
    return torch.sigmoid(each), torch.tanh(new[0])


def _of_state(conv: nn.Conv2d, state: Tensor | None, like: Tensor) -> Tensor:
    """Return what a convolution makes of a state, which is 0 everywhere at first."""
    if state is not None:
        y: Tensor = conv(state)
        return y
    if conv.bias is None:
        return like.new_zeros(1)
    return conv.bias.to(like.dtype)[:, None, None]


class SamS(nn.Module):
    """Saliency and attention for each of `steps` timesteps.

    looking : how it looks outside of training, as in `Looks`.
    """

    DROP_PATH, DROP_FEATURES, DROP_READOUT = 0.15, 0.3, 0.15

    def __init__(
        self, channels: int = 64, steps: int = STEPS, priors: int = 16, **looking: Any
    ) -> None:
        super().__init__()
        self.steps = steps
        self.looks = Looks(**looking)
        self.backbone = MobileNetV2(output_stride=32)
        self.backbone.drop_paths(self.DROP_PATH)
        self.reduce = nn.Conv2d(96 + 320, channels, 1)
        self.reduce_norm = nn.GroupNorm(8, channels)
        self.whole = nn.Linear(96 + 320, channels)
        self.skip = nn.Conv2d(32, channels // 2, 1)
        self.skip_norm = nn.GroupNorm(8, channels // 2)
        self.drop_features = nn.Dropout2d(self.DROP_FEATURES)
        self.lstm = AttentiveConvLSTM(channels)
        self.priors_1 = GaussianPriors(priors)
        self.priors_2 = GaussianPriors(priors)
        self.wide_1 = nn.Conv2d(channels + priors, channels, 5, padding=4, dilation=2)
        self.wide_2 = nn.Conv2d(channels + priors, channels, 5, padding=4, dilation=2)
        self.drop_readout = nn.Dropout2d(self.DROP_READOUT)
        self.fine = nn.Conv2d(channels + channels // 2, channels // 2, 3, padding=1)
        self.readout = nn.Conv2d(channels // 2, 1, 1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, rows, columns) pixels in -1...1 -> log density and attention of each step.

        Log density is (n, steps, rows / 4, columns / 4), attention (n, steps, rows / 16,
        columns / 16); both sum to 1 over positions (after exp) and are float32.
        """
        fine, middle, coarse = self.backbone(pixels)
        skip = _normed(self.skip_norm, self.skip(fine))
        x = self.drop_features(self._reduced(middle, coarse))
        states, attention = self.lstm(x, self.steps)
        logits = self._read(states.flatten(0, 1), skip)
        n, (rows, columns) = len(pixels), logits.shape[-2:]
        log_density = F.log_softmax(logits.float().view(n, self.steps, -1), -1)
        return log_density.view(n, self.steps, rows, columns), attention

    def _reduced(self, middle: Tensor, coarse: Tensor) -> Tensor:
        """Reduce the channels of both, and add what their mean over the picture says.

        Both are linear, so that the channels are reduced before the coarse ones are enlarged.
        """
        weight = torch.cat([self.reduce.weight, self.whole.weight[:, :, None, None]])
        of_middle, of_coarse = torch.split(weight, [middle.shape[1], coarse.shape[1]], 1)
        y = F.conv2d(middle, of_middle)
        y = y + _enlarged(F.conv2d(coarse, of_coarse), y.shape[-2:])
        each, whole = y.chunk(2, 1)
        assert self.reduce.bias is not None
        bias = (self.reduce.bias + self.whole.bias).to(y.dtype)[:, None, None]
        return _normed(self.reduce_norm, each + (whole.mean((2, 3), keepdim=True) + bias))

    def _read(self, states: Tensor, skip: Tensor) -> Tensor:
        rows, columns = states.shape[-2:]
        y = states
        for priors, wide in ((self.priors_1, self.wide_1), (self.priors_2, self.wide_2)):
            y = F.relu(convolved(wide, y, priors(rows, columns).to(y.dtype)))
        y = _enlarged(self.drop_readout(y), skip.shape[-2:])
        y = F.relu(convolved(self.fine, y, skip.to(y.dtype)))
        logits = self.readout(y).float()
        return _enlarged(logits, (2 * skip.shape[-2], 2 * skip.shape[-1]))


def _normed(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """Return the positive part of a norm, in its own precision: in bfloat16 it is slower."""
    return F.relu(norm(x.to(norm.weight.dtype))).to(x.dtype)


def _enlarged(x: Tensor, size: tuple[int, ...]) -> Tensor:
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)
