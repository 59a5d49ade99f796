"""Lessons in naming classes, alone or guided by gaze, and how the classifier is measured."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gazelab.gaze.glimpses import entropy_bit, js_divergence_bit
from gazelab.nets.card import CardScore, ModelCard
from gazelab.nets.training.config import TrainConfig
from gazelab.report.tables import harmless
from gazelab.study.lesson import Lesson, Measured
from gazelab.study.train_data import Labelled, read_classes
from gazelab.study.watched import read_watched
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.answers import Answers

CONFUSION_FILE = "confusion.csv"


def class_lesson(config: TrainConfig, base: Path) -> Task[Lesson]:
    """Read the classes of a configuration, and the gaze that guides attention.

    base : folder from which paths count. Raises SettingsError, ReadError, ProjectError.
    """
    assert config.data.classes is not None
    split = read_classes(config.data.classes, base, config.train.seed)
    watched = yield from read_watched(
        config.guidance, base, [path for path, _ in (*split.train, *split.validation, *split.test)]
    )

    from gazelab.nets.training.attended import Labelled as Known
    from gazelab.nets.training.registry import Material

    def known(pictures: Labelled) -> list[tuple[Path, Known]]:
        return [(path, Known(label, watched.fixations(path))) for path, label in pictures]

    def measure(card: ModelCard) -> Task[Measured]:
        from gazelab.nets.training.answers import answers

        said = yield from answers(card, known(split.test))
        stacks = zip(said.pictures, said.attention, strict=True) if len(said.attention) else ()
        agreement, agreed = yield from watched.agreement(card, dict(stacks))
        return Measured(
            (*_accuracies(said), *_movement(said), *_fooling(said), *agreement),
            f"{len(split.names)} classes; trained on {len(split.train)} pictures, "
            f"{len(split.validation)} chose the epoch; measured once on {len(said.pictures)} "
            f"others. Fooling rate: share of {said.n_attacked} of these whose named class changes "
            f"under the fast gradient sign attack of that strength. {agreed}".strip(),
            {CONFUSION_FILE: confusion_text(said.labels, said.named[:, -1], split.names)},
        )

    material = Material(
        ("classes", "attended classes"),
        known(split.train),
        known(split.validation),
        len(split.names),
    )
    return Lesson(material, measure, split.names)


def _accuracies(said: "Answers") -> list[CardScore]:
    right = said.named == said.labels[:, None]
    of_classes = [right[said.labels == label, -1].mean() for label in np.unique(said.labels)]
    scores = [
        CardScore(metric="accuracy", value=round(float(right[:, -1].mean()), 4)),
        CardScore(metric="accuracy, mean of classes", value=round(float(np.mean(of_classes)), 4)),
    ]
    if right.shape[1] > 1:
        scores += [
            CardScore(metric="accuracy", value=round(float(share), 4), step=step)
            for step, share in enumerate(right.mean(0), 1)
        ]
    return scores


def _movement(said: "Answers") -> list[CardScore]:
    """Return the entropy of each step's attention, and its change from the step before."""
    scores, stacks = [], said.attention
    n_steps = said.named.shape[1] if len(stacks) else 0
    for step in range(n_steps):
        entropies = [entropy_bit(stack[step]) for stack in stacks]
        scores.append(_bits("entropy of attention", entropies, step + 1 if n_steps > 1 else 0))
    for step in range(1, n_steps):
        changes = [js_divergence_bit(stack[step - 1], stack[step]) for stack in stacks]
        scores.append(_bits("JS of attention", changes, step + 1))
    return scores


def _bits(metric: str, values: Sequence[float], step: int) -> CardScore:
    return CardScore(
        metric=metric, value=round(float(np.nanmean(values)), 4), unit="bit", step=step
    )


def _fooling(said: "Answers") -> list[CardScore]:
    from gazelab.nets.training.answers import EPSILONS

    return [
        CardScore(metric=f"fooling rate at {epsilon}/255", value=round(rate, 4))
        for epsilon, rate in zip(EPSILONS, said.fooling_rates, strict=True)
    ]


def confusion_text(labels: np.ndarray, named: np.ndarray, names: Sequence[str]) -> str:
    """Return a CSV table: a row for each true class, a column for each named one, counts."""
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (labels, named), 1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    safe = [harmless(name) for name in names]
    writer.writerow(["true class", *safe])
    writer.writerows([name, *row] for name, row in zip(safe, counts.tolist(), strict=True))
    return text.getvalue()
