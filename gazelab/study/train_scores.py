"""How good a trained model is: the numbers on its card."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.geometry import Blur
from gazelab.data.scores import Score
from gazelab.gaze.glimpses import js_divergence_bit
from gazelab.metrics.catalog import metric_of
from gazelab.nets.card import CardScore
from gazelab.project.project import Project
from gazelab.study.score import ScorePlan, score
from gazelab.study.train_data import GazeSplit
from gazelab.task import Task

METRICS = ("nss", "cc", "auc", "sauc", "kl", "sim", "ig")


def saliency_scores(
    split: GazeSplit, maps: Sequence[Attention], sigma_px: float
) -> Task[tuple[CardScore, ...]]:
    """Return means over the validation stimuli of the model, by step, and of the baselines.

    Only the validation stimuli are in play: the centre bias and the negatives of shuffled
    AUC come from the other validation stimuli.
    """
    ids = {stimulus.id for stimulus in split.validation}
    stimuli = MappingProxyType({id_: split.project.stimuli[id_] for id_ in sorted(ids)})
    scanpaths = tuple(path for path in split.project.scanpaths if path.stimulus in ids)
    project = replace(Project(), stimuli=stimuli, scanpaths=scanpaths).with_attention(maps)
    plan = ScorePlan(blur=Blur(sigma_px), metrics=METRICS, by_step=True, alignment="unlinked")
    rows = yield from score(project, plan)
    return (*_means(rows), *_changes(maps))


def protocol(split: GazeSplit, sigma_px: float) -> str:
    """Return in words how the scores were measured."""
    return (
        f"Means over the {len(split.validation)} validation stimuli, on the pixels of the "
        f"stimulus; human density with sigma {sigma_px:g} px; every fixation counts; s-AUC "
        "against all fixations on the other validation stimuli; IG over the centre bias of the "
        "other validation stimuli. The validation stimuli chose the epoch and the settings, but "
        "trained no weight. JS is the mean Jensen-Shannon divergence between the maps of a step "
        "and the step before."
    )


def _means(rows: Sequence[Score]) -> list[CardScore]:
    """Return the mean of each metric for the final map, each step and each baseline."""
    groups: dict[tuple[str, int, str], list[float]] = {}
    for row in rows:
        if row.fixations == "all":
            source = "" if row.kind else row.source
            groups.setdefault((source, row.step, row.metric), []).append(row.value)
    return [
        CardScore(
            metric=metric_of(metric).title,
            value=round(float(np.nanmean(values)), 4),
            unit=metric_of(metric).unit,
            step=step,
            source=source,
        )
        for (source, step, metric), values in sorted(groups.items())
    ]


def _changes(maps: Sequence[Attention]) -> list[CardScore]:
    """Return how much the maps change from step to step."""
    found: dict[tuple[str, int], list[float]] = {}
    for attention in maps:
        for step in range(1, len(attention.maps)):
            change = js_divergence_bit(attention.maps[step - 1], attention.maps[step])
            found.setdefault((attention.kind, step + 1), []).append(change)
    return [
        CardScore(metric=f"JS of {kind}", value=round(float(np.mean(v)), 5), unit="bit", step=step)
        for (kind, step), v in sorted(found.items())
    ]
