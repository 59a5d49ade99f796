"""What saliency networks are trained on: human density and fixations, step by step.

Predicted log densities, human densities and counts of fixations all lie on the network's
grid as (n, steps, rows, columns); a human density sums to 1. The human side may have one
step where it is the same for all.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term counts: `kl` x KL + `cc` x (1 - CC) - `nss` x NSS, and each step.

    apart : of `confusion`, where the steps share out the viewing.
    """

    kl: float = 1.0
    cc: float = 0.5
    nss: float = 0.1
    steps: tuple[float, ...] = (0.1, 0.2, 0.4, 1.0)
    apart: float = 0.0


def kl_divergence(log_density: Tensor, human: Tensor) -> Tensor:
    """KL of the human density from the predicted one in nat, as (n, steps)."""
    terms = human * (torch.log(human.clamp_min(_TINY)) - log_density)
    return terms.sum((-2, -1))


def correlation(log_density: Tensor, human: Tensor) -> Tensor:
    """Pearson correlation of predicted and human density, as (n, steps)."""
    return _correlation(*_deviations(log_density), human)


def scanpath_saliency(log_density: Tensor, counts: Tensor) -> Tensor:
    """Normalised scanpath saliency of the predicted density, as (n, steps)."""
    return _scanpath_saliency(*_deviations(log_density), counts)


def log_likelihood(log_density: Tensor, counts: Tensor) -> Tensor:
    """Mean log2 of predicted density x number of cells at the fixations, as (n, steps).

    That is the information in bit over a uniform density.
    """
    cells = log_density.shape[-1] * log_density.shape[-2]
    bits = log_density / torch.log(torch.tensor(2.0)) + torch.log2(torch.tensor(float(cells)))
    return (bits * counts).sum((-2, -1)) / counts.sum((-2, -1)).clamp_min(1)


def confusion(log_density: Tensor, counts: Tensor) -> Tensor:
    """Return how poorly the steps tell whose fixation is whose, in nat, (n,).

    counts : fixations of the part of each step. A fixation at which every step predicts
    density p_t belongs to step s with probability p_s / sum of all p_t; this is the mean of the
    negative logarithm. log(steps) when all steps are alike; 0 without fixations.
    """
    whose = torch.log_softmax(log_density, 1)
    total = counts.sum((1, 2, 3)).clamp_min(1)
    return -(whose * counts).sum((1, 2, 3)) / total


def saliency_loss(log_density: Tensor, human: Tensor, counts: Tensor, weights: Weights) -> Tensor:
    """Return the loss of each picture, (n,), averaged over the steps by their weights."""
    deviations = _deviations(log_density)  # what the terms share is computed once
    each = (
        weights.kl * kl_divergence(log_density, human)
        + weights.cc * (1 - _correlation(*deviations, human))
        - weights.nss * _scanpath_saliency(*deviations, counts)
    )
    of_step = torch.tensor(weights.steps, dtype=each.dtype, device=each.device)
    of_picture = (each * (of_step / of_step.sum())).sum(1)
    if not weights.apart:
        return of_picture
    return of_picture + weights.apart * confusion(log_density, counts)


def _deviations(log_density: Tensor) -> tuple[Tensor, Tensor]:
    """Return how far the density lies from its mean in each cell, and the sum of squares."""
    p = log_density.exp()
    deviation = p - p.mean((-2, -1), keepdim=True)
    return deviation, deviation.square().sum((-2, -1))


def _correlation(deviation: Tensor, squares: Tensor, human: Tensor) -> Tensor:
    of_human = human - human.mean((-2, -1), keepdim=True)
    product = (deviation * of_human).sum((-2, -1))
    return product / (squares * of_human.square().sum((-2, -1))).clamp_min(_TINY**2).sqrt()


def _scanpath_saliency(deviation: Tensor, squares: Tensor, counts: Tensor) -> Tensor:
    cells = deviation.shape[-1] * deviation.shape[-2]
    width = (squares / cells).clamp_min(_TINY**2).sqrt()
    total = counts.sum((-2, -1)).clamp_min(1)
    return (deviation * counts).sum((-2, -1)) / (width * total)
