"""The objects that a trained network segments, and the attention it had."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from gazelab.nets.card import ModelCard
from gazelab.nets.training.data import Fixations
from gazelab.nets.training.guided import attend
from gazelab.nets.training.trained_net import TrainedNet, readable
from gazelab.task import Step, Task

_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """One picture: the last mask, (rows, columns) 0...1, and attention, (layers, h, w)."""

    picture: Path
    mask: np.ndarray
    attention: np.ndarray


def segmented(
    card: ModelCard, pictures: Sequence[tuple[Path, Fixations | None]]
) -> Task[list[Segmented]]:
    """Segment pictures; one that cannot be read is left out."""
    trained = TrainedNet(card)
    found: list[Segmented] = []
    for start in range(0, len(pictures), _BATCH):
        yield Step(start, len(pictures), f"Measuring {card.title}")
        part = readable(pictures[start : start + _BATCH], card)
        if not part:
            continue
        paths, pixels, gaze = zip(*part, strict=True)
        with torch.inference_mode():
            scores, attention = attend(trained.net, *trained.batch(pixels, gaze))
        masks = torch.sigmoid(scores[:, -1].float()).cpu().numpy()
        found += map(Segmented, paths, masks, attention.cpu().numpy())
    return found
