"""Networks trained on ImageNet that can be downloaded: what, from where, how large, on what terms.

Nothing is downloaded by importing this, and torch is not imported.
"""

from dataclasses import dataclass

from gazelab.errors import SettingsError
from gazelab.nets.card import InputSpec, ModelCard, cards

LICENCE = "BSD-3-Clause"
TERMS = (
    "The weights are published with torchvision under the licence BSD-3-Clause. They were trained "
    "on ImageNet, whose terms allow non-commercial research and education."
)
INPUT = InputSpec(
    rows=224,
    columns=224,
    fit="area",
    mean=(123.675, 116.28, 103.53),
    std=(58.395, 57.12, 57.375),
)
"""How all of them take pictures: the whole picture, about as large as the crops in training."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """One network that can be downloaded.

    id : of the model it becomes. architecture : in `gazelab.nets.catalog`. weights : the entry of
    torchvision that names its classes. sha256_start : the first digits of the file's SHA-256,
    which are in its name. megabytes : about. accuracy : top-1 on ImageNet's validation set, as
    torchvision states it.
    """

    id: str
    title: str
    architecture: str
    weights: str
    url: str
    sha256_start: str
    megabytes: float
    accuracy: float

    @property
    def file(self) -> str:
        """The name of the file on the server."""
        return self.url.rpartition("/")[2]

    @property
    def most_bytes(self) -> int:
        """More than this the file cannot have."""
        return round(self.megabytes * 1_010_000)


_FROM = "https://download.pytorch.org/models/"

PRETRAINED: tuple[Pretrained, ...] = (
    Pretrained(
        "alexnet", "AlexNet, ImageNet", "torchvision-alexnet", "AlexNet_Weights.IMAGENET1K_V1",
        f"{_FROM}alexnet-owt-7be5be79.pth", "7be5be79", 244.4, 0.56522,
    ),
    Pretrained(
        "vgg16", "VGG-16, ImageNet", "torchvision-vgg16", "VGG16_Weights.IMAGENET1K_V1",
        f"{_FROM}vgg16-397923af.pth", "397923af", 553.4, 0.71592,
    ),
    Pretrained(
        "resnet50", "ResNet-50, ImageNet", "torchvision-resnet50",
        "ResNet50_Weights.IMAGENET1K_V1",
        f"{_FROM}resnet50-0676ba61.pth", "0676ba61", 102.5, 0.7613,
    ),
    Pretrained(
        "mobilenet-v2", "MobileNetV2, ImageNet", "torchvision-mobilenet-v2",
        "MobileNet_V2_Weights.IMAGENET1K_V1",
        f"{_FROM}mobilenet_v2-b0353104.pth", "b0353104", 14.2, 0.71878,
    ),
)  # fmt: skip


def pretrained(id_: str) -> Pretrained:
    """Return the network of this id; raises SettingsError that names those there are."""
    for known in PRETRAINED:
        if known.id == id_:
            return known
    ids = ", ".join(known.id for known in PRETRAINED)
    raise SettingsError(f"There is no model '{id_}' to download.", f"There are: {ids}.")


def installed(wanted: Pretrained) -> ModelCard | None:
    """Return the card of a network that was downloaded before."""
    return next((card for card in cards() if card.id == wanted.id), None)
