"""The formulas of the attention methods: features and gradients of a layer to maps.

Features F and gradients g = d logit / d F are (n, channels, rows, columns), maps are
(n, rows, columns) and signed: whoever wants what speaks for the class takes the positive part.
Papers: `gazelab.nets.methods`.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from gazelab.nets.classifier import Classifier

_TINY = 1e-7
_MASKS = 16
"""Masked pictures that Score-CAM runs at once."""


def cam(features: Tensor, weight: Tensor) -> Tensor:
    """Return sum_k w_k F_k for the weights (n, channels) of one class for each picture."""
    return torch.einsum("nchw,nc->nhw", features, weight)


def grad_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return sum_k w_k F_k with w_k the mean of the channel's gradients."""
    return cam(features, gradients.mean((2, 3)))


def grad_cam_plus(features: Tensor, gradients: Tensor) -> Tensor:
    """Return sum_k w_k F_k with w_k = sum of a * ReLU(g), a = g^2 / (2 g^2 + sum(F_k) g^3).

    Where g > 0 that is a = 1 / (2 + sum(F_k) g), as it stands here: nothing is added to the
    denominator, whatever the scale of the gradients. The method is made for features that are
    nowhere negative; a sum(F_k) below 0, which could make the denominator 0, counts as 0.
    """
    total = features.sum((2, 3), keepdim=True).clamp_min(0)
    rising = gradients.clamp_min(0)
    return cam(features, (rising / (2 + total * rising)).sum((2, 3)))


def hires_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return sum_k g_k F_k, position by position."""
    return (gradients * features).sum(1)


def layer_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return sum_k ReLU(g_k) F_k, position by position."""
    return hires_cam(features, gradients.clamp_min(0))


def x_grad_cam(features: Tensor, gradients: Tensor) -> Tensor:
    """Return sum_k w_k F_k with w_k = sum(g_k F_k) / sum(F_k).

    A channel whose sum is next to nothing against its absolute values has no such average: it
    counts as 0.
    """
    total = features.sum((2, 3))
    defined = total.abs() > _TINY * features.abs().sum((2, 3))
    weight = (gradients * features).sum((2, 3)) / total.where(defined, torch.ones_like(total))
    return cam(features, weight.where(defined, torch.zeros_like(weight)))


def eigen_cam(features: Tensor) -> Tensor:
    """Return the features projected onto their first right singular vector.

    Features are the matrix (positions, channels), not centred. The sign of a singular vector
    is arbitrary: here the sum of the map is not negative.
    """
    n, _, rows, columns = features.shape
    matrix = features.flatten(2).transpose(1, 2).double()
    left, sizes, _ = torch.linalg.svd(matrix, full_matrices=False)
    first = left[:, :, 0] * sizes[:, :1]
    sign = torch.where(first.sum(1, keepdim=True) < 0, -1.0, 1.0)
    return (first * sign).to(features.dtype).view(n, rows, columns)


def activation(features: Tensor) -> Tensor:
    """Return sum_k F_k^2."""
    return features.square().sum(1)


def score_cam(classifier: Classifier, pixels: Tensor, features: Tensor, classes: Tensor) -> Tensor:
    """Return sum_k w_k F_k with w = softmax over channels of the class's logit.

    The logit is that of the picture times the channel's map, enlarged and scaled to 0...1; the
    logit of a blank picture, which the paper takes off, drops out of the softmax. A channel
    that is constant masks nothing and is left out.
    """
    maps = [
        _score_cam(classifier, picture, channels, int(class_))
        for picture, channels, class_ in zip(pixels, features, classes, strict=True)
    ]
    return torch.stack(maps)


def _score_cam(classifier: Classifier, picture: Tensor, channels: Tensor, class_: int) -> Tensor:
    lowest, highest = channels.flatten(1).aminmax(dim=1)
    varied = channels[highest > lowest]
    if not len(varied):
        return torch.zeros_like(channels[0])
    scores = []
    for some in torch.split(varied, _MASKS):
        masks = F.interpolate(some[:, None], picture.shape[1:], mode="bilinear")
        low, high = masks.flatten(1).aminmax(dim=1)
        scale = (high - low).clamp_min(torch.finfo(masks.dtype).tiny)
        masks = (masks - low[:, None, None, None]) / scale[:, None, None, None]
        scores.append(classifier.logits(picture[None] * masks)[:, class_])
    return cam(varied[None], torch.softmax(torch.cat(scores), 0)[None])[0]


OF_GRADIENTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "grad-cam": grad_cam,
    "grad-cam++": grad_cam_plus,
    "hires-cam": hires_cam,
    "layer-cam": layer_cam,
    "xgrad-cam": x_grad_cam,
}
"""Id of a method -> map from features and gradients."""

OF_FEATURES: dict[str, Callable[[Tensor], Tensor]] = {
    "eigen-cam": eigen_cam,
    "activation": activation,
}
"""Id of a method -> map from features alone."""
