"""What attention is trained towards besides the task: spread, sharpness, and people.

Attention and human density lie on the network's grid as (n, steps, rows, columns).
"""

import torch
from torch import Tensor

_TINY = 1e-12


def doubly_stochastic(attention: Tensor) -> Tensor:
    """Return how unevenly the glimpses of a picture together cover it, (n,).

    The sum over the L positions of (T/L - sum over the T steps of attention)^2, which is 0
    where they cover it evenly. Xu et al. (2015) have 1 in place of T/L, which T glimpses can
    only reach when T is about L.
    """
    steps, cells = attention.shape[1], attention.shape[-2] * attention.shape[-1]
    return (steps / cells - attention.sum(1)).square().sum((-2, -1))


def entropy(attention: Tensor) -> Tensor:
    """Return the entropy of each step's attention in nat, (n, steps)."""
    return -(attention * torch.log(attention.clamp_min(_TINY))).sum((-2, -1))


def js_divergence(a: Tensor, b: Tensor) -> Tensor:
    """Return the Jensen-Shannon divergence of maps that sum to 1, in nat, (n, steps)."""
    return entropy((a + b) / 2) - (entropy(a) + entropy(b)) / 2


def guidance(attention: Tensor, human: Tensor, known: Tensor) -> Tensor:
    """Return KL of the human density from the attention in nat, averaged over the steps, (n,).

    human : sums to 1 at each step that is known. known : (n, steps), 1 where there is a human
    density and 0 where there is none; such steps count nothing.
    """
    share = attention / attention.sum((-2, -1), keepdim=True).clamp_min(_TINY)
    ratio = torch.log(human.clamp_min(_TINY)) - torch.log(share.clamp_min(_TINY))
    divergence = (human * ratio).sum((-2, -1))
    return (divergence * known).sum(1) / known.sum(1).clamp_min(1)
