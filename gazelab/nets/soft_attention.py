"""GlimpseNet: a classifier that looks at a picture several times, each time through attention.

Sequential soft attention after Xu et al. (2015), Show, Attend and Tell, ICML, and Sharma,
Kiros & Salakhutdinov (2015), Action Recognition using Visual Attention. Deviations, each with
its reason:

- The energies also see where was looked before (coverage), so that a step can turn elsewhere.
  Coverage is counted in multiples of an even share: as a plain sum over n positions it starts
  at 1/n, where its weights hardly matter.
- The inverse temperature is learned but never below 1, so that attention cannot flatten out.
- Every step names the class and is trained to, so that each of them means something.
- The features carry two coordinate channels, since position is all that sets cells of an even
  surface apart.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.classifier import Classifier
from gazelab.nets.steps import MOST_STEPS

STRIDE = 16
"""One attention value for each 16 x 16 input pixels."""

STEPS = 6
"""Glimpses unless the options say otherwise."""

_BACKBONE_CHANNELS = 320
_CHANNELS = 256
_TINY = 1e-12


class GlimpseNet(nn.Module):
    """Attention and class scores for each of `steps` glimpses.

    steps : may be changed at any time; the first t glimpses are the same for every number.
    hidden : units of the recurrent state. coverage : whether a glimpse knows where the ones
    before it were. prior : whether where people look in any picture (see `set_prior`) is
    added to the energies, with a learned weight.
    """

    prior: Tensor | None

    def __init__(
        self,
        classes: int,
        steps: int = STEPS,
        hidden: int = 256,
        coverage: bool = True,
        prior: bool = False,
    ) -> None:
        super().__init__()
        self.steps = checked_steps(steps)
        self.backbone = MobileNetV2(output_stride=STRIDE)
        self.reduce = nn.Conv2d(_BACKBONE_CHANNELS, _CHANNELS, 1)
        self.norm = nn.GroupNorm(8, _CHANNELS)
        seen = _CHANNELS + 2
        self.first_state = nn.Linear(seen, 2 * hidden)
        self.attend_features = nn.Conv2d(seen, hidden, 1)
        self.attend_state = nn.Linear(hidden, hidden, bias=False)
        self.attend = nn.Conv2d(hidden, 1, 1, bias=False)
        self.attend_coverage = nn.Conv2d(1, hidden, 1, bias=False) if coverage else None
        self.temperature = nn.Parameter(torch.tensor(-2.0))
        self.select = nn.Linear(hidden, seen)
        self.gates_input = nn.Linear(seen, 4 * hidden)
        self.gates_state = nn.Linear(hidden, 4 * hidden, bias=False)
        self.drop = nn.Dropout(0.3)
        self.widen = nn.Linear(hidden, hidden)
        self.classify = nn.Linear(hidden, classes)
        self.prior_weight = nn.Parameter(torch.tensor(1.0)) if prior else None
        self.register_buffer("prior", torch.ones(1, 1, STRIDE, STRIDE) if prior else None)
        nn.init.orthogonal_(self.gates_state.weight)
        with torch.no_grad():
            self.gates_input.bias[hidden : 2 * hidden] = 1.0  # remember at first

    @property
    def inverse_temperature(self) -> Tensor:
        """By what the energies are multiplied before the softmax, >= 1."""
        return 1 + F.softplus(self.temperature)

    def set_prior(self, density: Tensor) -> None:
        """Take (rows, columns), > 0, as the density of where people look in any picture."""
        assert self.prior is not None
        self.prior.copy_(F.adaptive_avg_pool2d(density[None, None], STRIDE))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> class scores and attention of each step.

        Scores are (n, steps, classes), attention (n, steps, h / 16, w / 16); each attention
        map sums to 1 and is float32.
        """
        features = F.relu(self.norm(self.reduce(self.backbone(pixels)[-1])))
        features = torch.cat([features, _coordinates(features)], 1)
        energies = self.attend_features(features)
        bias = self._prior_energy(*features.shape[-2:])
        state, memory = torch.tanh(self.first_state(features.mean((2, 3))).float()).chunk(2, 1)
        covered = torch.zeros_like(features[:, :1], dtype=torch.float32)
        scores, maps = [], []
        for _ in range(self.steps):
            attention = self._attention(energies, state, covered, bias)
            covered = covered + attention
            glimpse = (features.float() * attention).sum((2, 3))
            glimpse = torch.sigmoid(self.select(state).float()) * glimpse
            state, memory = self._remember(glimpse, state, memory)
            scores.append(self.classify(self.drop(F.relu(self.widen(state)))).float())
            maps.append(attention[:, 0])
        return torch.stack(scores, 1), torch.stack(maps, 1)

    def classifier(self) -> Classifier:
        """Return the network opened at the ends of its stages; it names what the last step does."""
        return Classifier(self, self.backbone.layers(), lambda pixels: self(pixels)[0][:, -1])

    def _attention(
        self, energies: Tensor, state: Tensor, covered: Tensor, bias: Tensor | float
    ) -> Tensor:
        """Return (n, 1, rows, columns) from the features' energies and the state (n, hidden)."""
        energies = energies + self.attend_state(state)[:, :, None, None]
        n, _, rows, columns = energies.shape
        if self.attend_coverage is not None:
            energies = energies + self.attend_coverage(covered * (rows * columns))
        logits = self.attend(torch.tanh(energies)).float() * self.inverse_temperature + bias
        return torch.softmax(logits.flatten(1), 1).view(n, 1, rows, columns)

    def _remember(self, glimpse: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        gates = (self.gates_input(glimpse) + self.gates_state(state)).float()
        admit, keep, show, new = gates.chunk(4, 1)
        memory = torch.sigmoid(keep) * memory + torch.sigmoid(admit) * torch.tanh(new)
        return torch.sigmoid(show) * torch.tanh(memory), memory

    def _prior_energy(self, rows: int, columns: int) -> Tensor | float:
        if self.prior is None or self.prior_weight is None:
            return 0.0
        prior = F.interpolate(self.prior, (rows, columns), mode="bilinear", align_corners=False)
        return self.prior_weight * torch.log(prior.clamp_min(_TINY))


def checked_steps(steps: int) -> int:
    """Return a number of glimpses; raises ValueError when it cannot be had."""
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"steps must lie in 1...{MOST_STEPS}, not {steps}")
    return steps


def _coordinates(features: Tensor) -> Tensor:
    """Return (n, 2, rows, columns): x and y of each cell, -1...1 from edge to edge."""
    n, _, rows, columns = features.shape
    x = (torch.arange(columns, device=features.device) + 0.5) / columns * 2 - 1
    y = (torch.arange(rows, device=features.device) + 0.5) / rows * 2 - 1
    pair = torch.stack([x.expand(rows, columns), y[:, None].expand(rows, columns)])
    return pair.to(features.dtype).expand(n, -1, -1, -1)
