"""What there is to learn: where people look, or which class a picture shows."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets import losses
from gazelab.nets.objectives import objective, penalty
from gazelab.nets.sam import GRID_STRIDE
from gazelab.nets.training.config import AugmentTable, LossTable
from gazelab.nets.training.data import (
    Fixations,
    View,
    as_input,
    random_view,
    recoloured,
    softened,
    targets,
)

_VALIDATION_BATCH = 10
_FEWEST_FIXATIONS = 5

Batch = tuple[Tensor, ...]
"""The input pictures first, then what the loss needs."""


class Problem(Protocol):
    """What the training loop needs to know.

    names : of the training pictures. n_validation : how many pictures validate. Tensors lie
    in the processor's memory, but for the batch given to `loss`, which lies where the network
    does.
    """

    names: Sequence[str]
    n_validation: int

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return training pictures, changed at random, with their targets.

        It is called for each picture by itself, with a generator for that picture and step, so
        that the result does not depend on how a batch is divided.
        """

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of each picture, (n,)."""

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Return the numbers of an epoch; `loss` is the one to make small."""


class SaliencyProblem:
    """Predict where people look. Densities are rebuilt after each change of the picture."""

    def __init__(
        self,
        names: Sequence[str],
        pictures: Sequence[tuple[np.ndarray, Fixations]],
        validation: Sequence[tuple[np.ndarray, Fixations]],
        size: tuple[int, int],
        loss: LossTable,
        augment: AugmentTable,
    ) -> None:
        self.names = names
        self.n_validation = len(validation)
        self._pictures = pictures
        self._size = size
        self._grid = size[0] // GRID_STRIDE, size[1] // GRID_STRIDE
        self._weights = losses.Weights(loss.kl, loss.cc, loss.nss, loss.steps, loss.apart)
        self._objective = objective(loss.name, self._weights)
        self._widths, self._parts = loss.widths, loss.parts
        self._augment = augment
        self._validation = [
            self._stack([self._shown(pixels, fixations, View()) for pixels, fixations in part])
            for part in parts(validation)
        ]

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return pixels (n, 3, h, w), density and counts (n, steps, rows, columns)."""
        return self._stack([self._drawn(index, rng) for index in indices])

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of each picture, (n,)."""
        pixels, density, counts = batch
        return self._objective(net(pixels)[0], density, counts) + penalty(net)

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Return loss, KL, CC, NSS and bits of the last step, and NSS of the first step.

        All are against the human density of the last step. Steps that share out the viewing
        are each measured against their own part, and the numbers are the means over steps.
        """
        rows = []
        for pixels, density, counts in self._validation:
            log_density = net(pixels)[0]
            if not self._parts:
                density, counts = density[:, -1:], counts[:, -1:]
            each = (
                losses.kl_divergence(log_density, density),
                losses.correlation(log_density, density),
                losses.scanpath_saliency(log_density, counts),
                losses.log_likelihood(log_density, counts),
            )
            rows.append(torch.stack(each, -1))
        of_steps = torch.cat(rows).double().mean(0)  # (steps, 4)
        kl, cc, nss, bits = (of_steps.mean(0) if self._parts else of_steps[-1]).tolist()
        weights, first = self._weights, float(of_steps[0, 2])
        loss = weights.kl * kl + weights.cc * (1 - cc) - weights.nss * nss
        return {"loss": loss, "kl": kl, "cc": cc, "nss": nss, "bits": bits, "nss_step_1": first}

    def _drawn(
        self, index: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        pixels, fixations = self._pictures[index]
        view = random_view(rng, self._augment)
        if len(view.moved(fixations).x_px) < _FEWEST_FIXATIONS:
            view = View(mirrored=view.mirrored)
        shown, density, counts = self._shown(pixels, fixations, view)
        shown = softened(recoloured(shown, rng, self._augment), rng, self._augment)
        return shown, density, counts

    def _shown(
        self, pixels: np.ndarray, fixations: Fixations, view: View
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        moved = view.moved(fixations)
        density, counts = targets(moved, self._grid, self._widths, self._parts)
        return view.cut(pixels, self._size), density, counts

    @staticmethod
    def _stack(shown: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Batch:
        pixels, density, counts = zip(*shown, strict=True)
        return (
            as_input(pixels),
            torch.from_numpy(np.stack(density)),
            torch.from_numpy(np.stack(counts)),
        )


class ClassProblem:
    """Name the class of a picture."""

    def __init__(
        self,
        names: Sequence[str],
        pictures: Sequence[tuple[np.ndarray, int]],
        validation: Sequence[tuple[np.ndarray, int]],
        size: tuple[int, int],
        smoothing: float,
        augment: AugmentTable,
    ) -> None:
        self.names = names
        self.n_validation = len(validation)
        self._pictures = pictures
        self._validation = parts(validation)
        self._size = size
        self._smoothing = smoothing
        self._augment = augment

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return pixels (n, 3, h, w) and classes (n,)."""
        pixels, classes = [], []
        for index in indices:
            picture, label = self._pictures[index]
            shown = random_view(rng, self._augment).cut(picture, self._size)
            pixels.append(recoloured(shown, rng, self._augment))
            classes.append(label)
        return as_input(pixels), torch.tensor(classes)

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        """Return the cross-entropy of each picture, (n,)."""
        logits = net(batch[0])[0].float()
        return F.cross_entropy(logits, batch[1], reduction="none", label_smoothing=self._smoothing)

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Return cross-entropy and accuracy."""
        losses_, right = [], []
        for part in self._validation:
            pixels = as_input([View().cut(picture, self._size) for picture, _ in part])
            classes = torch.tensor([label for _, label in part])
            logits = net(pixels)[0].float()
            losses_.append(F.cross_entropy(logits, classes, reduction="none"))
            right.append(logits.argmax(1) == classes)
        accuracy = float(torch.cat(right).double().mean())
        return {"loss": float(torch.cat(losses_).double().mean()), "accuracy": accuracy}


def parts(items: Sequence[Any]) -> list[Sequence[Any]]:
    """Return validation items in batches."""
    starts = range(0, len(items), _VALIDATION_BATCH)
    return [items[start : start + _VALIDATION_BATCH] for start in starts]
