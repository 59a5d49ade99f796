"""Start the backbone of a network from ImageNet weights that lie on the disk."""

from pathlib import Path

from torch import nn

from gazelab.errors import ModelError
from gazelab.nets.backbones import MobileNetV2, load_imagenet
from gazelab.nets.imagenet import read_state
from gazelab.nets.resnet import ResNet50
from gazelab.nets.vgg import Vgg16


def load_start(net: nn.Module, path: Path) -> None:
    """Fill the backbone of `net` from a folder or file, as its kind needs.

    Networks of torchvision take their own files, whose last layer may be one too many.

    Raises ModelError: it cannot be read, it does not fit, or `net` has no such backbone.
    """
    backbone = getattr(net, "backbone", None)
    if isinstance(backbone, MobileNetV2):
        load_imagenet(backbone, path)
    elif isinstance(backbone, Vgg16 | ResNet50):
        backbone.load_torchvision(read_state(path))
    elif isinstance(backbone, nn.Module):
        state, own = read_state(path), backbone.state_dict()
        try:
            backbone.load_state_dict({name: state[name] for name in own})
        except (KeyError, RuntimeError) as error:
            raise ModelError(f"{path}: the weights do not fit the backbone.") from error
    else:
        raise ModelError("This architecture cannot start from ImageNet weights.")
