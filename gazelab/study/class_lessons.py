"""Lessons in naming classes, alone or guided by gaze, and how the classifier is measured."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.stimulus import Stimulus
from gazelab.gaze.glimpses import entropy_bits
from gazelab.nets.card import CardScore, ModelCard
from gazelab.nets.training.config import GuidanceTable, TrainConfig
from gazelab.study import train_scores
from gazelab.study.lesson import Lesson, Measured
from gazelab.study.train_data import (
    Gaze,
    GazeSplit,
    Labelled,
    fixations_at,
    read_classes,
    read_guidance,
)
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training import attended
    from gazelab.nets.training.answers import Answers
    from gazelab.nets.training.data import Fixations

CONFUSION_FILE = "confusion.csv"


def class_lesson(config: TrainConfig, base: Path) -> Task[Lesson]:
    """Read the classes of a configuration, and the gaze that guides attention.

    base : folder from which paths count. Raises SettingsError, ReadError, ProjectError.
    """
    assert config.data.classes is not None
    split = read_classes(config.data.classes, base, config.train.seed)
    gaze = None
    if config.guidance is not None:
        gaze = yield from read_guidance(config.guidance, base)

    from gazelab.nets.training.registry import Material

    watched = _Watched(gaze, config.guidance, (*split.train, *split.validation, *split.test))

    def measure(card: ModelCard) -> Task[Measured]:
        from gazelab.nets.training.answers import answers

        said = yield from answers(card, watched.labelled(split.test))
        agreement, protocol = yield from watched.agreement(card, said)
        return Measured(
            (*_accuracies(said), *_movement(said), *_fooling(said), *agreement),
            f"{len(split.names)} classes; trained on {len(split.train)} pictures, "
            f"{len(split.validation)} chose the epoch; measured once on {len(said.pictures)} "
            f"others. Fooling rate: share of {said.n_attacked} of these whose named class changes "
            f"under the fast gradient sign attack of that strength.{protocol}",
            {CONFUSION_FILE: confusion_text(said.labels, said.named[:, -1], split.names)},
        )

    material = Material(
        ("classes", "attended classes"),
        watched.labelled(split.train),
        watched.labelled(split.validation),
        len(split.names),
    )
    return Lesson(material, measure, split.names)


class _Watched:
    """Labelled pictures with the gaze at them, where there is any."""

    def __init__(self, gaze: Gaze | None, table: GuidanceTable | None, pictures: Labelled) -> None:
        self._gaze = gaze
        self._table = table
        self._stimuli: Mapping[Path, Stimulus] = (
            {} if gaze is None else gaze.stimuli_of([path for path, _ in pictures])
        )

    def labelled(self, pictures: Labelled) -> list[tuple[Path, "attended.Labelled"]]:
        """Return what the networks learn of pictures."""
        from gazelab.nets.training.attended import Labelled as Known

        return [(path, Known(label, self._fixations(path))) for path, label in pictures]

    def _fixations(self, path: Path) -> "Fixations | None":
        if self._gaze is None or self._table is None or path not in self._stimuli:
            return None
        return fixations_at(self._gaze.project, self._stimuli[path], self._table.sigma_px)

    def agreement(
        self, card: ModelCard, said: "Answers"
    ) -> Task[tuple[tuple[CardScore, ...], str]]:
        """Score the attention by the gaze at the pictures it was measured on."""
        watched = [path for path in said.pictures if path in self._stimuli]
        if self._gaze is None or self._table is None or not watched or not len(said.attention):
            return (), ""
        maps = [
            Attention(self._stimuli[path].id, card.id, "attention", stack, _steps(stack))
            for path, stack in zip(said.pictures, said.attention, strict=True)
            if path in self._stimuli
        ]
        stimuli = tuple(self._stimuli[path] for path in watched)
        split = GazeSplit(self._gaze.project, self._gaze.folder, (), stimuli)
        sigma_px = self._table.sigma_px
        scores = yield from train_scores.saliency_scores(split, maps, sigma_px)
        protocol = (
            f" Agreement with the gaze at {len(watched)} of them: human density with sigma "
            f"{sigma_px:g} px of the picture; every fixation counts; s-AUC against all fixations "
            "on the others; IG over the centre bias of the others."
        )
        return tuple(s for s in scores if not s.metric.startswith("JS")), protocol


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
        entropies = [entropy_bits(stack[step]) for stack in stacks]
        scores.append(_bits("entropy of attention", entropies, step + 1 if n_steps > 1 else 0))
    for step in range(1, n_steps):
        changes = [train_scores.js_divergence(stack[step - 1], stack[step]) for stack in stacks]
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
    writer.writerow(["true class", *names])
    writer.writerows([name, *row] for name, row in zip(names, counts.tolist(), strict=True))
    return text.getvalue()


def _steps(stack: np.ndarray) -> tuple[str, ...]:
    return tuple(str(step + 1) for step in range(len(stack)))
