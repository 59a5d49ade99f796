"""Learn to segment the object that stands out, through attention alone or guided by gaze."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.nets.attention_losses import guidance
from gazelab.nets.training.config import TrainConfig
from gazelab.nets.training.data import Fixations, View, as_input, random_view, recoloured
from gazelab.nets.training.guided import attend, human_maps, pooled
from gazelab.nets.training.problems import Batch, parts


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """What is known of a picture: its object, (rows, columns) bool, and the gaze at it."""

    mask: np.ndarray
    gaze: Fixations | None = None


class MaskProblem:
    """Segment the object at every decoder layer.

    Networks return mask scores (n, layers, h, w) and attention (n, layers, rows, columns). One
    whose `takes_gaze` is true is also given the human density.
    """

    def __init__(
        self,
        names: Sequence[str],
        train: Sequence[tuple[np.ndarray, Masked]],
        validation: Sequence[tuple[np.ndarray, Masked]],
        config: TrainConfig,
    ) -> None:
        self.names = names
        self.n_validation = len(validation)
        self._train = train
        self._validation = parts(validation)
        self._size = config.input.size
        self._augment = config.augment
        self._guidance = 0.0 if config.guidance is None else config.guidance.weight

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        """Return pixels, masks (n, h, w), human density (n, 1, rows, columns), known (n, 1)."""
        shown = []
        for index in indices:
            picture, known = self._train[index]
            view = random_view(rng, self._augment)
            pixels, *others = self._shown(picture, known, view)
            shown.append((recoloured(pixels, rng, self._augment), *others))
        return _stacked(shown)

    def loss(self, net: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of each picture, (n,): the mean over layers, and the guidance."""
        pixels, masks, human, known = batch
        scores, attention = attend(net, pixels, human)
        loss = _cross_entropy(scores, masks).mean(1)
        if self._guidance:
            layers = attention.shape[1]
            density = pooled(human, attention.shape[-2:]).expand(-1, layers, -1, -1)
            loss = loss + self._guidance * guidance(attention, density, known.expand(-1, layers))
        return loss

    def validate(self, net: nn.Module) -> dict[str, float]:
        """Return cross-entropy over the layers, and that and mean absolute error of the last."""
        rows = []
        for part in self._validation:
            pixels, masks, human, _ = _stacked(
                [self._shown(picture, known, View()) for picture, known in part]
            )
            scores, _ = attend(net, pixels, human)
            each = _cross_entropy(scores, masks)
            error = (torch.sigmoid(scores[:, -1].float()) - masks).abs().mean((1, 2))
            rows.append(torch.stack([each.mean(1), each[:, -1], error], 1))
        loss, last, mae = torch.cat(rows).double().mean(0).tolist()
        return {"loss": loss, "loss_last": last, "mae": mae}

    def _shown(
        self, picture: np.ndarray, known: Masked, view: View
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        mask = np.repeat(known.mask[..., None] * np.uint8(255), 3, 2)
        object_ = view.cut(mask, self._size)[..., 0].astype(np.float32) / 255
        human = human_maps(known.gaze, view, 1, self._size)
        return view.cut(picture, self._size), object_, *human


def _cross_entropy(scores: Tensor, masks: Tensor) -> Tensor:
    """Return (n, layers), the mean over pixels."""
    target = masks[:, None].expand_as(scores)
    return F.binary_cross_entropy_with_logits(scores.float(), target, reduction="none").mean((2, 3))


def _stacked(shown: Sequence[tuple[np.ndarray, ...]]) -> Batch:
    pixels, *others = zip(*shown, strict=True)
    return (as_input(pixels), *(torch.from_numpy(np.stack(column)) for column in others))
