"""Small networks that name classes, for tests of attention methods."""

import torch
from torch import Tensor, nn

from gazelab.nets.classifier import Classifier

CLASSES = ("cat", "dog", "bird")


class TinyNet(nn.Module):
    """Two layers with batch norm; then an average and a linear layer, or a hidden layer.

    averaged : whether the second layer's average goes straight into the classes.
    """

    def __init__(self, averaged: bool = True) -> None:
        super().__init__()
        self.early = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU(True))
        self.late = nn.Sequential(nn.Conv2d(4, 6, 3, 2, 1), nn.BatchNorm2d(6), nn.ReLU(True))
        self.averaged = averaged
        self.hidden = nn.Linear(6, 5)
        self.drop = nn.Dropout(0.5)
        self.linear = nn.Linear(6 if averaged else 5, len(CLASSES))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) -> logits (n, classes), features (n, 6, h / 4, w / 4)."""
        features = self.late(self.early(pixels))
        pooled = features.mean((2, 3)) if self.averaged else features.amax((2, 3))
        if not self.averaged:
            pooled = torch.tanh(self.hidden(pooled))
        return self.linear(self.drop(pooled)), features


def tiny_classifier(seed: int = 0, *, averaged: bool = True) -> Classifier:
    """Return an opened network with random weights, in training mode as it was made."""
    torch.manual_seed(seed)
    net = TinyNet(averaged)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 2)
    layers: dict[str, nn.Module] = {"early": net.early, "late": net.late}
    linear = net.linear if averaged else None
    return Classifier(net, layers, lambda pixels: net(pixels)[0], linear)


def noise(n: int = 2, rows: int = 20, columns: int = 28, seed: int = 1) -> Tensor:
    """Return pictures of noise, (n, 3, rows, columns)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((n, 3, rows, columns), generator=generator) * 2 - 1
