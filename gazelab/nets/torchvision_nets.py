"""The classifiers of torchvision, opened for attention methods.

torchvision takes a second to import: it is, when one of its networks is built.
"""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from gazelab.nets.classifier import Classifier

CITATIONS = {
    "alexnet": "Krizhevsky (2014), One weird trick for parallelizing convolutional neural "
    "networks, arXiv:1404.5997",
    "vgg16": "Simonyan & Zisserman (2015), Very Deep Convolutional Networks for Large-Scale Image "
    "Recognition, ICLR",
    "resnet50": "He, Zhang, Ren & Sun (2016), Deep Residual Learning for Image Recognition, CVPR",
    "mobilenet_v2": "Sandler, Howard, Zhu, Zhmoginov & Chen (2018), MobileNetV2: Inverted "
    "Residuals and Linear Bottlenecks, CVPR",
}
"""Name in torchvision -> paper, as torchvision names it."""

_ALEXNET = {1: "conv1", 4: "conv2", 7: "conv3", 9: "conv4", 11: "conv5"}
_VGG16 = {3: "conv1_2", 8: "conv2_2", 15: "conv3_3", 22: "conv4_3", 29: "conv5_3"}
_MOBILENET = {
    1: "stage 1", 3: "stage 2", 6: "stage 3", 10: "stage 4", 13: "stage 5", 16: "stage 6",
    17: "stage 7", 18: "head",
}  # fmt: skip
_RESNET = {"layer1": "conv2_x", "layer2": "conv3_x", "layer3": "conv4_x", "layer4": "conv5_x"}
"""Places in the network -> names: those of the papers, each after its activation."""


class TorchvisionNet(nn.Module):
    """A network of torchvision by its name there, with random weights."""

    def __init__(self, name: str, classes: int) -> None:
        super().__init__()
        import torchvision

        # VGG's own way to start takes seconds, and weights are loaded over it
        slow = {"init_weights": False} if name == "vgg16" else {}
        self.name = name
        self.net: nn.Module = getattr(torchvision.models, name)(num_classes=classes, **slow)

    def forward(self, pixels: Tensor) -> tuple[Tensor]:
        """(n, 3, h, w) normalised pixels -> logits (n, classes)."""
        return (self.net(pixels),)

    def classifier(self) -> Classifier:
        """Return the network opened at its convolutional stages."""
        return Classifier(self, self._layers(), lambda pixels: self(pixels)[0], self._linear())

    def _layers(self) -> dict[str, nn.Module]:
        if self.name == "resnet50":
            return {name: getattr(self.net, place) for place, name in _RESNET.items()}
        places = {"alexnet": _ALEXNET, "vgg16": _VGG16, "mobilenet_v2": _MOBILENET}[self.name]
        features: Any = self.net.features
        return {name: features[place] for place, name in places.items()}

    def _linear(self) -> nn.Linear | None:
        """Return the layer behind the average over positions; AlexNet and VGG have none."""
        net: Any = self.net
        linear: nn.Linear | None = {
            "resnet50": lambda: net.fc,
            "mobilenet_v2": lambda: net.classifier[-1],
        }.get(self.name, lambda: None)()
        return linear


def builder(name: str) -> Callable[[Mapping[str, Any], int], nn.Module]:
    """Return what builds a network of torchvision from the options of a card; it has none."""

    def build(options: Mapping[str, Any], classes: int) -> nn.Module:
        return TorchvisionNet(name, classes, **options)

    return build


def opened(net: nn.Module) -> Classifier:
    """Return a network of torchvision opened for attention methods."""
    assert isinstance(net, TorchvisionNet)
    return net.classifier()
