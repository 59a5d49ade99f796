"""What a trained classifier says of pictures, step by step, and how easily it is fooled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gazelab.data.image import read_rgb, resized
from gazelab.errors import ModelError, ReadError
from gazelab.nets.backbones import PIXEL_STD
from gazelab.nets.card import ModelCard
from gazelab.nets.catalog import architecture
from gazelab.nets.robustness import fooled
from gazelab.nets.runtime import build, choose_device
from gazelab.nets.training.attended import Labelled, attend, human_maps
from gazelab.nets.training.data import View, as_input
from gazelab.task import Step, Task

EPSILONS = (1, 2, 4, 8, 16)
"""Strengths of the attack, in parts of 255."""

_BATCH = 16
_ATTACKED = 200


@dataclass(frozen=True, slots=True)
class Answers:
    """What a classifier said of the n pictures that could be read.

    labels : (n,) the true classes. named : (n, steps) the classes with the highest score.
    attention : (n, steps, rows, columns), or () for a network without attention over steps.
    fooling_rates : share of `n_attacked` pictures whose named class changes, by EPSILONS.
    """

    pictures: tuple[Path, ...]
    labels: np.ndarray
    named: np.ndarray
    attention: np.ndarray | tuple[()]
    fooling_rates: tuple[float, ...]
    n_attacked: int


def answers(card: ModelCard, pictures: Sequence[tuple[Path, Labelled]]) -> Task[Answers]:
    """Ask a classifier about pictures; the attack is on every k-th, at most 200 of them."""
    classifier = _Classifier(card)
    every = max(-(-len(pictures) // _ATTACKED), 1)
    paths: list[Path] = []
    rows: list[tuple[Tensor, ...]] = []
    changed = [torch.zeros(len(EPSILONS), 0, dtype=torch.bool)]
    for start in range(0, len(pictures), _BATCH):
        yield Step(start, len(pictures), f"Measuring {card.title}")
        part = _readable(pictures[start : start + _BATCH], card)
        if not part:
            continue
        batch = classifier.batch([shown[1:] for shown in part])
        rows.append((batch[1], *classifier.answer(batch)))
        chosen = [k for k, shown in enumerate(part) if (len(paths) + k) % every == 0]
        changed.append(classifier.fooled(tuple(t[chosen] for t in batch)))
        paths += [path for path, *_ in part]
    if not rows:
        raise ModelError("None of the pictures to measure on can be read.")
    labels, named, *attention = (
        torch.cat(column).cpu().numpy() for column in zip(*rows, strict=True)
    )
    attacked = torch.cat(changed, 1)
    rates = tuple(attacked.double().mean(1).tolist())
    maps = attention[0] if attention else ()
    return Answers(tuple(paths), labels, named, maps, rates, attacked.shape[1])


class _Classifier:
    """A network with its weights, on a GPU where there is one."""

    def __init__(self, card: ModelCard) -> None:
        self.device = choose_device("auto")
        self.net = build(card).to(self.device).to(memory_format=torch.channels_last)
        self.size = card.input.rows, card.input.columns
        self.attends = architecture(card.architecture).learns == "attended classes"

    def batch(self, shown: Sequence[tuple[np.ndarray, Labelled]]) -> tuple[Tensor, ...]:
        """Return pixels, classes and human density of fitted pictures."""
        pixels, known = zip(*shown, strict=True)
        human = np.stack([human_maps(item, View(), 1, self.size)[0] for item in known])
        labels = torch.tensor([item.label for item in known])
        tensors = as_input(pixels), labels, torch.from_numpy(human)
        return tuple(tensor.to(self.device) for tensor in tensors)

    def answer(self, batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Return the class named at each step, and the attention if there is any."""
        with torch.inference_mode():
            if not self.attends:
                return (self.net(batch[0])[0].argmax(-1)[:, None],)
            scores, attention = attend(self.net, batch[0], batch[2])
            return scores.argmax(-1), attention

    def fooled(self, batch: tuple[Tensor, ...]) -> Tensor:
        """Return whether the class of the last step changes under attack."""
        pixels, classes, human = batch
        if not len(pixels):
            return torch.zeros(len(EPSILONS), 0, dtype=torch.bool)

        def classify(x: Tensor) -> Tensor:
            if not self.attends:
                scores: Tensor = self.net(x)[0]
                return scores
            return attend(self.net, x, human)[0][:, -1]

        epsilons = [epsilon / PIXEL_STD for epsilon in EPSILONS]
        return fooled(classify, pixels, classes, epsilons).cpu()


def _readable(
    pictures: Sequence[tuple[Path, Labelled]], card: ModelCard
) -> list[tuple[Path, np.ndarray, Labelled]]:
    found = []
    for path, known in pictures:
        try:
            pixels = read_rgb(path)
        except ReadError:
            continue
        found.append((path, resized(pixels, card.input.rows, card.input.columns), known))
    return found
