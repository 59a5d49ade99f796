"""How easily a classifier is fooled by a change of the picture that nobody would notice.

The fast gradient sign method: Goodfellow, Shlens & Szegedy (2015), Explaining and Harnessing
Adversarial Examples, ICLR.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def fooled(
    classify: Callable[[Tensor], Tensor],
    pixels: Tensor,
    classes: Tensor,
    epsilons: Sequence[float],
    low: float = -1.0,
    high: float = 1.0,
) -> Tensor:
    """Return whether the class named for a picture changes, (len(epsilons), n) bool.

    classify : from pixels (n, 3, h, w) to scores (n, classes). classes : the true ones, (n,).
    epsilons : steps along the sign of the gradient of the cross-entropy, in units of the
    pixels, which stay in low...high.
    """
    with torch.enable_grad():
        given = pixels.detach().clone().requires_grad_()
        scores = classify(given)
        (gradient,) = torch.autograd.grad(F.cross_entropy(scores, classes, reduction="sum"), given)
    named = scores.argmax(1)
    changed = []
    with torch.no_grad():
        for epsilon in epsilons:
            attacked = (pixels + epsilon * gradient.sign()).clamp(low, high)
            changed.append(classify(attacked).argmax(1) != named)
    return torch.stack(changed)
