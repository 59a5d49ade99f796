"""A network that names classes, opened at its layers so that attention methods can look in.

Whatever is changed on a network to look into it is put back, also after an error: hooks, the
training flag of every module, the gradient mode.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gazelab.nets.card import LayerSpec


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network and where to look into it.

    layers : by name, from the picture to the end; each runs once in a pass and gives
    (n, channels, rows, columns). logits : from pixels (n, 3, h, w) to (n, classes). linear :
    the layer behind the average over positions of the last of `layers`, where there is one.
    """

    net: nn.Module
    layers: dict[str, nn.Module]
    logits: Callable[[Tensor], Tensor]
    linear: nn.Linear | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One pass: features (n, channels, rows, columns) of a layer, and logits (n, classes)."""

    features: Tensor
    logits: Tensor


@contextlib.contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Switch every module of a network to evaluation, and back to what it was."""
    switched = [module for module in net.modules() if module.training]
    for module in switched:
        module.training = False
    try:
        yield
    finally:
        for module in switched:
            module.training = True


@contextlib.contextmanager
def looking(
    classifier: Classifier, layer: str, pixels: Tensor, *, gradients: bool = False
) -> Iterator[Seen]:
    """Run a classifier and give the features of a layer.

    gradients : record how the logits depend on the features, so that `torch.autograd.grad` can
    be asked inside the block. Nothing before the layer is recorded, which makes the pass hardly
    dearer than one without.
    """
    kept: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor | None:
        if not gradients:
            kept.append(output)
            return None
        torch.set_grad_enabled(True)  # from here on; the block that ends with the pass undoes it
        kept.append(output.detach().requires_grad_())
        return kept[-1]

    with evaluating(classifier.net), torch.inference_mode(not gradients):
        with torch.no_grad():
            hook = classifier.layers[layer].register_forward_hook(keep)
            try:
                logits = classifier.logits(pixels)
            finally:
                hook.remove()
        with torch.set_grad_enabled(gradients):
            yield Seen(kept[-1], logits)


def layers_of(classifier: Classifier, rows: int, columns: int) -> tuple[LayerSpec, ...]:
    """Return the layers with the sizes of their maps for a picture of (rows, columns)."""
    found = []
    last = next(reversed(classifier.layers))
    device = next(classifier.net.parameters()).device
    pixels = torch.zeros(1, 3, rows, columns, device=device)
    for name in classifier.layers:
        with looking(classifier, name, pixels) as seen:
            channels, high, wide = seen.features.shape[1:]
        averaged = name == last and classifier.linear is not None
        found.append(
            LayerSpec(name=name, rows=high, columns=wide, channels=channels, averaged=averaged)
        )
    return tuple(found)
