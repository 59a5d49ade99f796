"""What a trained classifier says of pictures, step by step, and how easily it is fooled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gazelab.errors import ModelError
from gazelab.nets.backbones import PIXEL_STD
from gazelab.nets.card import ModelCard
from gazelab.nets.catalog import architecture
from gazelab.nets.robustness import fooled
from gazelab.nets.training.attended import Labelled
from gazelab.nets.training.guided import attend
from gazelab.nets.training.trained_net import TrainedNet, readable
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
        part = readable(pictures[start : start + _BATCH], card)
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
    """A network that names classes at each step, or once."""

    def __init__(self, card: ModelCard) -> None:
        self.trained = TrainedNet(card)
        self.attends = architecture(card.architecture).learns == "attended classes"

    def batch(self, shown: Sequence[tuple[np.ndarray, Labelled]]) -> tuple[Tensor, ...]:
        """Return pixels, classes and human density of fitted pictures."""
        pixels, known = zip(*shown, strict=True)
        pixels, human = self.trained.batch(pixels, [item.gaze for item in known])
        return pixels, torch.tensor([item.label for item in known], device=pixels.device), human

    def answer(self, batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Return the class named at each step, and the attention if there is any."""
        with torch.inference_mode():
            if not self.attends:
                return (self.trained.net(batch[0])[0].argmax(-1)[:, None],)
            scores, attention = attend(self.trained.net, batch[0], batch[2])
            return scores.argmax(-1), attention

    def fooled(self, batch: tuple[Tensor, ...]) -> Tensor:
        """Return whether the class of the last step changes under attack."""
        pixels, classes, human = batch
        if not len(pixels):
            return torch.zeros(len(EPSILONS), 0, dtype=torch.bool)

        def classify(x: Tensor) -> Tensor:
            if not self.attends:
                scores: Tensor = self.trained.net(x)[0]
                return scores
            return attend(self.trained.net, x, human)[0][:, -1]

        epsilons = [epsilon / PIXEL_STD for epsilon in EPSILONS]
        return fooled(classify, pixels, classes, epsilons).cpu()
