"""A network with its weights, to be measured on pictures that may come with gaze."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from gazelab.data.image import read_rgb, resized
from gazelab.errors import ReadError
from gazelab.nets.card import ModelCard
from gazelab.nets.runtime import build, choose_device
from gazelab.nets.training.data import Fixations, View, as_input
from gazelab.nets.training.guided import human_maps

Known = TypeVar("Known")


class TrainedNet:
    """The network of a card, on a GPU where there is one."""

    def __init__(self, card: ModelCard) -> None:
        self.device = choose_device("auto")
        self.net = build(card).to(self.device).to(memory_format=torch.channels_last)
        self.size = card.input.rows, card.input.columns

    def batch(
        self, pictures: Sequence[np.ndarray], gaze: Sequence[Fixations | None]
    ) -> tuple[Tensor, Tensor]:
        """Return fitted pictures and the density of the gaze at them, where the network is."""
        human = np.stack([human_maps(item, View(), 1, self.size)[0] for item in gaze])
        return as_input(pictures).to(self.device), torch.from_numpy(human).to(self.device)


def readable(
    pictures: Sequence[tuple[Path, Known]], card: ModelCard
) -> list[tuple[Path, np.ndarray, Known]]:
    """Return the pictures that can be read, stretched to the network's input."""
    found = []
    for path, known in pictures:
        try:
            pixels = read_rgb(path)
        except ReadError:
            continue
        found.append((path, resized(pixels, card.input.rows, card.input.columns), known))
    return found
