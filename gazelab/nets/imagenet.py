"""What networks share that start from torchvision's ImageNet weights.

The weights are read from a file the user has: nothing is downloaded here, and torchvision
itself is not needed.
"""

from collections.abc import Sequence
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError

_WEIGHTS_FILE, _OF_DOWNLOADED = "weights.safetensors", "net."
"""In the folder of a downloaded model, and before the names of its weights."""

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def as_imagenet(pixels: Tensor) -> Tensor:
    """Turn RGB pixels in -1...1 into what torchvision's weights expect."""
    mean, std = pixels.new_tensor(_MEAN), pixels.new_tensor(_STD)
    scale, shift = 0.5 / std, (0.5 - mean) / std
    return pixels * scale[:, None, None] + shift[:, None, None]


def copied(convs: Sequence[nn.Conv2d], pairs: Sequence[tuple[Tensor, Tensor]], title: str) -> None:
    """Copy a weight and a bias into each convolution. Raises ModelError if they do not fit."""
    shapes = [tuple(weight.shape) for weight, _ in pairs]
    if shapes != [tuple(conv.weight.shape) for conv in convs]:
        raise ModelError(f"The weights to start from do not fit {title}.")
    with torch.no_grad():
        for conv, (weight, bias) in zip(convs, pairs, strict=True):
            assert conv.bias is not None
            conv.weight.copy_(weight)
            conv.bias.copy_(bias)


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the tensors of torchvision's weights by their names there.

    path : a .pth file, of which no code is run, a .safetensors file, or the folder of a model
    that was downloaded. Raises ModelError.
    """
    file = path / _WEIGHTS_FILE if path.is_dir() else path
    state: object
    try:
        if file.suffix == ".safetensors":
            state = safetensors.torch.load_file(file)
        else:
            state = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    except Exception as error:  # what a damaged file raises depends on where it is damaged
        raise ModelError(
            f"{file}: the weights to start from could not be read.",
            "Set [start] backbone in the training configuration to a .pth or .safetensors file, "
            "or to the folder of a downloaded model.",
        ) from error
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise ModelError(f"{file}: this is no file of weights.")
    return {name.removeprefix(_OF_DOWNLOADED): tensor for name, tensor in state.items()}
