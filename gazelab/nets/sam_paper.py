"""SAM-VGG and SAM-ResNet: the Saliency Attentive Model in the size of the paper.

Cornia, Baraldi, Serra & Cucchiara (2018), Predicting Human Eye Fixations via an LSTM-based
Saliency Attentive Model, IEEE TIP 27(10): dilated VGG-16 or ResNet-50 on the stride-8 grid,
512 channels, four steps of attention, two layers of 16 learned Gaussians, two 5x5
convolutions dilated by 4. Deviations, each with its reason:

- The features are weighted by attention x number of positions. A softmax over n positions
  averages 1/n, and without the factor the input of the gates all but vanishes.
- The Gaussians are kept in the ranges of the paper by a sigmoid instead of clipping. Clipping
  has no gradient outside the range; as the paper draws them, six in ten of the vertical widths
  start there and never learn. Here they start within.
- The weights of the energy of attention are drawn small instead of 0, which would leave the
  convolutions before them without gradient at first.
- The map is made positive by softplus instead of ReLU, so that no position is lost to learning
  and log-likelihoods are finite, and it is a density over positions on the stride-4 grid
  (the paper: stretched to 480 x 640, and blurred by 7 px before it is scored). KL, CC and NSS
  do not depend on the scale. Fixations in the same cell count each; in the paper once.
- Each step is read out by the same head. To supervise the last alone, as in the paper, give
  the others no weight.
- Pictures keep their aspect ratio without borders (the paper: 240 x 320 with black borders);
  4:3 pictures are the same in both.
- The strides of ResNet-50 lie in its 3x3 convolutions, and its batch norms are folded into
  the convolutions: for batches of few pictures they had best stay as ImageNet left them.

Parameters: SAM-VGG has the 51,835,841 of the paper's code. Of the 70,146,561 of SAM-ResNet
106,240 are missing here: four for each of the 26,560 channels of the folded batch norms
(scale, shift, and the mean and variance, which that count contains).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.readout import as_log_density
from gazelab.nets.resnet import CHANNELS as RESNET_CHANNELS
from gazelab.nets.resnet import ResNet50
from gazelab.nets.sam import STEPS, AttentiveConvLSTM, GaussianPriors, Ranges
from gazelab.nets.vgg import CHANNELS as VGG_CHANNELS
from gazelab.nets.vgg import Vgg16


class PaperPriors(GaussianPriors):
    """Learned Gaussians whose centres and widths have the ranges of the paper."""

    CENTRE = (0.25, 0.75), (0.35, 0.65)
    WIDTH = (0.1, 0.9), (0.2, 0.8)
    _FIRST_CENTRE = (0.3, 0.7), (0.36, 0.64)
    _FIRST_WIDTH = (0.11, 0.3), (0.21, 0.3)

    def __init__(self, number: int) -> None:
        super().__init__(number)
        with torch.no_grad():
            self.centre.copy_(_drawn(number, self._FIRST_CENTRE, self.CENTRE))
            self.width.copy_(_drawn(number, self._FIRST_WIDTH, self.WIDTH))


def _drawn(number: int, first: Ranges, ranges: Ranges) -> Tensor:
    """Draw evenly from `first`, as what the sigmoid turns into that."""
    (low, high), (lowest, highest) = torch.tensor(first).T, torch.tensor(ranges).T
    value = low + (high - low) * torch.rand(number, 2)
    return torch.logit((value - lowest) / (highest - lowest))


class Sam(nn.Module):
    """Saliency and attention for each of `steps` timesteps.

    features : channels of the backbone's last features, which are reduced to `channels` where
    they differ.
    """

    def __init__(
        self, backbone: nn.Module, features: int, channels: int, steps: int, priors: int
    ) -> None:
        super().__init__()
        self.steps = steps
        self.backbone = backbone
        self.reduce = None
        if features != channels:
            self.reduce = nn.Conv2d(features, channels, 3, padding=1)
        self.lstm = AttentiveConvLSTM(channels, state_bias=True)
        self.priors_1 = PaperPriors(priors)
        self.priors_2 = PaperPriors(priors)
        self.wide_1 = nn.Conv2d(channels + priors, channels, 5, padding=8, dilation=4)
        self.wide_2 = nn.Conv2d(channels + priors, channels, 5, padding=8, dilation=4)
        self.readout = nn.Conv2d(channels, 1, 1)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, rows, columns) pixels in -1...1 -> log density and attention of each step.

        Log density is (n, steps, rows / 4, columns / 4), attention (n, steps, rows / 8,
        columns / 8); both sum to 1 over positions (after exp) and are float32.
        """
        x = self.backbone(pixels)
        if isinstance(x, tuple):
            x = x[-1]
        if self.reduce is not None:
            x = F.relu(self.reduce(x))
        states, attention = self.lstm(x, self.steps)
        return as_log_density(self._read(states.flatten(0, 1)).view_as(attention)), attention

    def _read(self, states: Tensor) -> Tensor:
        y = states
        for priors, wide in ((self.priors_1, self.wide_1), (self.priors_2, self.wide_2)):
            maps = priors(*y.shape[-2:]).to(y.dtype).expand(len(y), -1, -1, -1)
            y = F.relu(wide(torch.cat([y, maps], 1)))
        return F.softplus(self.readout(y).float())


def sam_vgg(channels: int = VGG_CHANNELS, steps: int = STEPS, priors: int = 16) -> Sam:
    """Return SAM-VGG: pool4 with stride 1, the last three convolutions dilated by 2."""
    return Sam(Vgg16(fine=True, dilation=2), VGG_CHANNELS, channels, steps, priors)


def sam_resnet(channels: int = 512, steps: int = STEPS, priors: int = 16) -> Sam:
    """Return SAM-ResNet: stages 4 and 5 with stride 1, dilated by 2 and 4."""
    return Sam(ResNet50(dilated=True), RESNET_CHANNELS, channels, steps, priors)
