"""Class activation mapping: which parts of a picture speak for the class a network names.

The true CAM of Zhou et al. (2016), Learning Deep Features for Discriminative Localization,
CVPR: features, their mean over positions, one linear layer. The map of class c is the
features weighted by row c of that layer, so mean(map) + bias is exactly the class's score.
"""

from torch import Tensor, nn

from gazelab.nets.backbones import MobileNetV2
from gazelab.nets.classifier import Classifier


class CamMobileNetV2(nn.Module):
    """MobileNetV2 on the stride-16 grid, global average, one linear layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = MobileNetV2(output_stride=16, head=True)
        self.drop = nn.Dropout(0.2)
        self.linear = nn.Linear(1280, classes)
        nn.init.normal_(self.linear.weight, std=0.01)
        nn.init.zeros_(self.linear.bias)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) pixels in -1...1 -> logits (n, classes), features (n, 1280, h/16, w/16)."""
        features = self.backbone(pixels)[-1]
        return self.linear(self.drop(features.mean((2, 3)))), features

    def classifier(self) -> Classifier:
        """Return the network opened at the ends of its stages."""
        layers = self.backbone.layers()
        return Classifier(self, layers, lambda pixels: self(pixels)[0], self.linear)
