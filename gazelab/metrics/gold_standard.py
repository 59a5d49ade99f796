"""The KDE gold standard: how well people can be predicted from one another by a density.

One viewer's fixations on a stimulus are predicted by a mixture of a kernel density estimate
(KDE) of all other viewers' fixations on it, the centre bias of the other stimuli, and a
uniform density. Its width and weights are chosen so that viewers who were left out are
predicted best, which is why it is a standard and no ceiling: a model may know more than a
Gaussian of one width around the fixations of a few viewers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.gaze import Vector
from gazelab.metrics.baselines import Fixations
from gazelab.task import Step, Task

_COARSE_STIMULI = 64
"""So many stimuli, spread evenly, say in which octave the best width lies."""
_COARSE = 1 / 512 * 2.0 ** np.arange(8)
"""Widths to begin with, in diagonals of the stimulus: 2 px to 256 px where that is 1,024 px."""
_FINE = 2.0 ** (np.arange(-2, 3) / 4)
_BLOCK = 1024  # fixations at a time: keeps memory in bounds where one stimulus has thousands
_GAP_BIT = 1e-7
"""The likelihood of the weights found is no further below the highest there is."""
_ROUNDS = 1000  # of steps that each gain; 42 were the most in a hundred thousand random cases


@dataclass(frozen=True, slots=True)
class GoldStandard:
    """A mixture chosen for a set of stimuli.

    sigma_px : width of the Gaussian around the fixations of other viewers.
    centre_bias, uniform : weights, 0 to 1; the rest is that of the KDE.
    n_stimuli, n_viewers, n_fixations : what it was chosen on.
    """

    sigma_px: float
    centre_bias: float
    uniform: float
    n_stimuli: int
    n_viewers: int
    n_fixations: int

    def density(self, of_others: Map, centre_bias: Map | None) -> Map:
        """Return the mixture on the grid of `of_others`, the density of the other viewers.

        Both maps are >= 0 at any scale and on one grid. The sum is 1; less where there is no
        centre bias, or nobody else fixated anything.
        """
        weight = max(1 - self.centre_bias - self.uniform, 0.0)  # they are rounded
        mixture = np.full(of_others.shape, self.uniform / of_others.size)
        parts = [(of_others, weight)]
        if centre_bias is not None:
            parts.append((centre_bias, self.centre_bias))
        for map_, share in parts:
            total = float(map_.sum(dtype=np.float64))
            if total > 0:
                mixture += map_ * (share / total)
        return mixture

    def told(self, px_per_deg: float) -> str:
        """Return what was chosen, on what and how, in words without a semicolon."""
        deg = self.sigma_px / px_per_deg
        degrees = "" if math.isnan(deg) else f" ({deg:.3g} deg)"
        return (
            f"sigma {self.sigma_px:g} px{degrees}, {self.centre_bias:.3g} centre bias, "
            f"{self.uniform:.3g} uniform: highest log-likelihood of participants left out one at "
            f"a time, {self.n_stimuli:,} stimuli, {self.n_viewers:,} participants, "
            f"{self.n_fixations:,} fixations"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Viewers:
    """The fixations of at least two viewers on one stimulus.

    points : n fixations. viewer : (n,) names of who made them. shape : (height_px, width_px).
    centre_bias : (n,) its density at the fixations, for each square pixel; 0 without one.
    """

    points: Fixations
    viewer: np.ndarray
    shape: tuple[int, int]
    centre_bias: np.ndarray

    @property
    def counted(self) -> np.ndarray:
        """(n,) how much each fixation counts, as scores are averaged: every viewer alike."""
        _, who, number = np.unique(self.viewer, return_inverse=True, return_counts=True)
        counted: np.ndarray = 1 / (len(number) * number[who])
        return counted


def choose_gold_standard(stimuli: Sequence[Viewers]) -> Task[GoldStandard | None]:
    """Choose width and weights by the log-likelihood of viewers who are left out.

    Each viewer's fixations are predicted by all others' on the stimulus; the mean over
    fixations, viewers and stimuli, in this order, is made as high as it can be. The width is
    the vertex of a parabola through the best of widths a quarter of an octave apart, to three
    digits; the weights for each width are exact. None without stimuli.

    The parameters are chosen on the viewers they are judged by. They are three numbers for
    all stimuli, so this flatters them little: by 0.0001 bit on the 500 photographs of OSIE.
    (Kümmerer et al. 2015, PNAS 112)
    """
    if not stimuli:
        return None
    diagonal_px = float(np.mean([math.hypot(*one.shape) for one in stimuli]))
    few = stimuli[:: math.ceil(len(stimuli) / _COARSE_STIMULI)]
    sigmas_px = diagonal_px * _COARSE
    sigma_px = float(sigmas_px[np.argmax((yield from _gains(few, sigmas_px)))])
    bounds = sigmas_px[0], sigmas_px[-1]
    for _ in range(2 * len(_COARSE)):  # few stimuli may have misled by an octave
        sigmas_px = np.clip(sigma_px * _FINE, *bounds)
        gains = yield from _gains(stimuli, sigmas_px)
        best = int(np.argmax(gains))
        sigma_px = float(sigmas_px[best])
        if 0 < best < len(_FINE) - 1:
            sigma_px *= 2 ** (_vertex(*gains[best - 1 : best + 2]) / 4)
            break
        if sigma_px in bounds:
            break
    sigma_px = float(f"{sigma_px:.3g}")
    (parts,) = yield from _parts(stimuli, np.array([sigma_px]))
    weights, _ = best_weights(parts, _counted(stimuli))
    return GoldStandard(
        sigma_px,
        float(f"{weights[1]:.3g}"),
        float(f"{weights[2]:.3g}"),
        len(stimuli),
        len(set().union(*(one.viewer.tolist() for one in stimuli))),
        sum(len(one.points) for one in stimuli),
    )


def density_of_others(viewers: Viewers, sigmas_px: Vector) -> np.ndarray:
    """Return at each fixation the KDE of the fixations of all other viewers.

    (sigmas, n) for each square pixel. Each KDE is cut off at the edges of the stimulus and
    then has a mass of 1 on it; 0 where the others' fixations weigh nothing.
    """
    from scipy.special import ndtr  # the program starts without scipy

    points, (height_px, width_px) = viewers.points, viewers.shape
    x, y, weight = points.x_px, points.y_px, points.weight
    _, who = np.unique(viewers.viewer, return_inverse=True)
    found = np.zeros((len(sigmas_px), len(x)))
    for start in range(0, len(x), _BLOCK):
        block = slice(start, start + _BLOCK)
        squared = np.subtract.outer(x[block], x) ** 2 + np.subtract.outer(y[block], y) ** 2
        squared[who[block, None] == who] = np.inf
        kernel = np.empty_like(squared)
        for sigma_px, density in zip(sigmas_px, found, strict=True):
            np.multiply(squared, -0.5 / sigma_px**2, out=kernel)
            np.matmul(np.exp(kernel, out=kernel), weight, out=density[block])
    for sigma_px, density in zip(sigmas_px, found, strict=True):
        across = ndtr((width_px - x) / sigma_px) - ndtr(-x / sigma_px)
        down = ndtr((height_px - y) / sigma_px) - ndtr(-y / sigma_px)
        mass = _of_others(weight * across * down, who) * (2 * np.pi * sigma_px**2)
        np.divide(density, mass, out=density, where=mass > 0)
    return found


def _of_others(mass: np.ndarray, who: np.ndarray) -> np.ndarray:
    """Return for each fixation the sum over the fixations of the other viewers."""
    each = np.bincount(who, mass)
    before = np.cumsum(each) - each
    # from both ends: total minus own would leave rounding noise where only own is large
    after = np.cumsum(each[::-1])[::-1] - each
    of_others: np.ndarray = (before + after)[who]
    return of_others


def best_weights(parts: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weights of the mixture under which fixations are likeliest, and how likely.

    parts : (components, n) densities at the fixations, not all 0 at any. counted : (n,), sum 1.
    Returns (components,) weights with sum 1, some of them 0 where that is best; and the mean
    log2 density, which no other weights raise by more than 1e-7 bit. (Kim et al. 2020, Journal
    of Computational and Graphical Statistics 29; the bound: Lindsay 1983, Annals of Statistics 11)
    """
    highest = parts.max(axis=0)
    parts = parts / highest  # nothing below is then too small to be divided by
    weights = np.full(len(parts), 1 / len(parts))
    for _ in range(_ROUNDS):
        ratios = parts / (weights @ parts)
        # other weights v gain mean(log(v @ ratios)) <= log(mean(v @ ratios)), Jensen, and this
        # is at most the log of the largest mean ratio: so much is missing, at most
        if math.log2((ratios @ counted).max()) <= _GAP_BIT:
            break
        # log(r) is nearly 1/2 - (2 - r)^2 / 2 around r = 1
        change = _lowest_on_simplex(((ratios - 2) * counted) @ (ratios - 2).T) - weights
        # at least half of the way, and no density falls by more than half: log(1 + x) is above
        # x - x^2 down to x = -1/2, so that every step raises the likelihood
        weights = weights + change * (0.5 / max(0.5, -(change @ ratios).min()))
    return weights, float(counted @ (np.log2(weights @ parts) + np.log2(highest)))


def _lowest_on_simplex(form: np.ndarray) -> np.ndarray:
    """Return the weights w >= 0 with sum 1 and the least w @ form @ w.

    form : (k, k) positive semidefinite. By least-index pivoting, which ends since no set of
    weights in use comes twice where the form is definite. (Murty 1974, Opsearch 11)
    """
    system = form + 1  # its solution for 1, >= 0, is the one wanted but for its sum
    system[np.diag_indices_from(system)] *= 1 + 1e-13  # definite, even if components are alike
    used, found = np.ones(len(form), bool), np.zeros(len(form))
    for _ in range(2 ** len(form)):
        found[:] = 0
        found[used] = np.linalg.solve(system[np.ix_(used, used)], np.ones(used.sum()))
        wrong = np.where(used, found < 0, system @ found < 1 - 1e-9)  # far above rounding noise
        if not wrong.any():
            break
        used[wrong.argmax()] ^= True
    lowest: np.ndarray = np.maximum(found, 0)
    return lowest / lowest.sum()


def _gains(stimuli: Sequence[Viewers], sigmas_px: Vector) -> Task[list[float]]:
    """Return for each width how likely left out viewers are with the best weights for it."""
    every = yield from _parts(stimuli, sigmas_px)
    counted = _counted(stimuli)
    return [best_weights(parts, counted)[1] for parts in every]


def _parts(stimuli: Sequence[Viewers], sigmas_px: Vector) -> Task[list[np.ndarray]]:
    """Return for each width (KDE, centre bias, uniform) at all fixations, (3, n) each."""
    kernels = []
    for number, one in enumerate(stimuli):
        yield Step(number, len(stimuli), "KDE gold standard")
        kernels.append(density_of_others(one, sigmas_px))
    bias = np.concatenate([one.centre_bias for one in stimuli])
    uniform = np.concatenate([np.full(len(s.points), 1 / math.prod(s.shape)) for s in stimuli])
    return [np.stack([kernel, bias, uniform]) for kernel in np.concatenate(kernels, axis=1)]


def _counted(stimuli: Sequence[Viewers]) -> np.ndarray:
    return np.concatenate([one.counted for one in stimuli]) / len(stimuli)


def _vertex(left: float, middle: float, right: float) -> float:
    """Return where the parabola through three values, 1 apart, is highest, -1/2 to 1/2."""
    bend = left - 2 * middle + right
    return (left - right) / (2 * bend) if bend < 0 else 0.0
