"""Score single fixations by the map that stands beside each, given those before it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazelab.data.alignment import ALIGNMENTS
from gazelab.data.attention import Attention
from gazelab.errors import SettingsError
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Metric, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import auc_at, information_gain_at, nss_at
from gazelab.metrics.resample import to_grid
from gazelab.project.project import Project
from gazelab.report.conditional import (
    ConditionalScores,
    ConditionalSummary,
    conditional_tables,
)
from gazelab.study.score import check_fixations, check_sources, chosen_maps
from gazelab.study.viewings import Ground, Viewing, pool_of, viewings_of
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

CONDITIONAL: dict[str, Callable[[Prediction, Truth], np.ndarray]] = {
    "nss": nss_at,
    "auc": auc_at,
    "ig": information_gain_at,
}
"""Metric -> its value at each fixation."""

NO_STEP = "no step stands beside this fixation"
FIRST = "the first fixation is where the trial began, and is left out"
_SIGMA_PX = 1.0  # of a density that none of these metrics asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalPlan:
    """What to score, and how.

    models : sources, or patterns such as "cam*"; all in the project when None.
    metrics : of `CONDITIONAL`. alignment : which step stands beside a fixation; a single map
    stands beside all. with_first : score the first fixation too, which the trial began at.
    """

    models: tuple[str, ...] | None = None
    metrics: tuple[str, ...] = tuple(CONDITIONAL)
    alignment: str = "index"
    with_first: bool = False


def conditional_scores(
    project: Project, plan: ConditionalPlan
) -> Task[tuple[ConditionalScores, ...]]:
    """Return the value at each fixation in use of the map of the step beside it.

    The maps of a source are chosen as in `ScorePlan`. For a single map the mean is the plain
    score over the same fixations. Information gain is over the centre bias of the other
    stimuli, both mixed with 1 % uniform. (Kümmerer and Bethge 2021, arXiv 2102.12239)

    Raises SettingsError before the first step for a plan that cannot be carried out.
    """
    _check(project, plan)
    viewings = viewings_of(project, by_duration=False)
    pool, buffers = pool_of(viewings), Buffers()
    stacks = {
        stimulus: [project.attention[key] for key in keys]
        for stimulus, keys in chosen_maps(project, plan.models).items()
        if viewings[stimulus].used.any()
    }
    found: list[ConditionalScores] = []
    for done, (stimulus, here) in enumerate(stacks.items()):
        yield Step(done, len(stacks), stimulus)
        ground = Ground(viewings[stimulus], pool, _SIGMA_PX)
        for attention in here:
            found.extend(_scores_of(attention, viewings[stimulus], ground, plan, buffers))
    if not found:
        raise SettingsError(
            "No picture has both maps and fixations in use.", "Run a model on the pictures first."
        )
    return tuple(found)


def write_conditional(
    scores: Sequence[ConditionalScores], summaries: Sequence[ConditionalSummary], outdir: Path
) -> Task[Path]:
    """Write all values, their means and a data dictionary, as `write_tables` does."""
    metrics = dict.fromkeys(one.metric for one in scores)
    return write_tables(conditional_tables(scores, summaries), metrics, outdir)


def _scores_of(
    attention: Attention, viewing: Viewing, ground: Ground, plan: ConditionalPlan, buffers: Buffers
) -> Iterator[ConditionalScores]:
    steps, notes = _beside(attention, viewing, plan)
    metrics = [metric_of(id_) for id_ in plan.metrics]
    values = np.full((len(metrics), len(steps)), math.nan)
    reasons = np.tile(notes, (len(metrics), 1))
    for step in np.unique(steps[steps >= 0]).tolist():
        which = (steps == step) & viewing.used
        if which.any():
            prediction = Prediction(to_grid(attention.positive[step], ground.grid), buffers)
            truth = ground.truth(which, buffers, blurred=False)
            for row, metric in enumerate(metrics):
                values[row, which], reasons[row, which] = _at(metric, prediction, truth)
    used = viewing.used
    trial = np.repeat(range(len(viewing.scanpaths)), [len(path) for path in viewing.scanpaths])
    for row, metric in enumerate(metrics):
        yield ConditionalScores(
            source=attention.source,
            kind=attention.kind,
            metric=metric.id,
            alignment=plan.alignment if len(attention.maps) > 1 else "one map",
            stimulus=viewing.stimulus.id,
            keys=tuple(path.key for path in viewing.scanpaths),
            trial=trial[used],
            fixation=viewing.numbers[used],
            step=steps[used] + 1,
            value=values[row, used],
            note=reasons[row, used],
            n_excluded=int((~used).sum()),
        )


def _beside(
    attention: Attention, viewing: Viewing, plan: ConditionalPlan
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each fixation its 0-based step or -1, and then why."""
    if len(attention.maps) == 1:
        steps = np.zeros(len(viewing.used), np.intp)
    else:
        steps = viewing.beside(attention.beside, plan.alignment)
    notes = np.where(steps < 0, NO_STEP, "").astype(object)
    if not plan.with_first:
        first = viewing.numbers == 1
        steps[first], notes[first] = -1, FIRST
    return steps, notes


def _at(metric: Metric, prediction: Prediction, truth: Truth) -> tuple[np.ndarray | float, str]:
    """Return the values at the fixations, or NaN and why the metric is undefined."""
    value, remark = metric.evaluate(prediction, truth)
    if math.isnan(value):
        return math.nan, remark
    return CONDITIONAL[metric.id](prediction, truth), ""


def _check(project: Project, plan: ConditionalPlan) -> None:
    unknown = [metric for metric in plan.metrics if metric not in CONDITIONAL]
    if unknown or not plan.metrics:
        raise SettingsError(
            "Single fixations are scored by metrics that have a value at each.",
            f"They are: {', '.join(CONDITIONAL)}.",
        )
    if plan.alignment not in ALIGNMENTS:
        raise SettingsError(
            f"There is no alignment '{plan.alignment}'.", f"Known: {', '.join(ALIGNMENTS)}."
        )
    check_sources(project, plan.models)
    check_fixations(project)
