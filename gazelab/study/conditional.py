"""Score single fixations by the map that stands beside each, given those before it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazelab.data.alignment import ALIGNMENTS
from gazelab.data.attention import OF_PEOPLE, Attention, Map
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.gradient import (
    FixationGradient,
    check_scale,
    gradient_maps,
    grid_for,
    weights_by_fixation,
)
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
from gazelab.study.gradient_sheet import CELLS
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
NOTHING_BEFORE = "no fixation in use before this one, or none of which anything is left"
FIRST = "the first fixation is where the trial began, and is left out"
AFTER_THE_ONE_BEFORE = "after the fixation before"
_BLOCK = 16  # maps that are held at a time
_SIGMA_PX = 1.0  # of a density that none of these metrics asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalPlan:
    """What to score, and how.

    models : sources, or patterns such as "cam*"; all in the project when None.
    metrics : of `CONDITIONAL`. alignment : which step stands beside a fixation; a single map
    stands beside all. with_first : score the first fixation too, which the trial began at.
    gradient : score it too: before each fixation, that of the fixations before in its scanpath.
    """

    models: tuple[str, ...] | None = None
    metrics: tuple[str, ...] = tuple(CONDITIONAL)
    alignment: str = "index"
    with_first: bool = False
    gradient: FixationGradient | None = None

    @property
    def own_gradient(self) -> str:
        """The name of the gradient as a source."""
        return f"{OF_PEOPLE}own gradient, {self.gradient}"


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
        sheet = _Sheet(viewings[stimulus], ground, plan, buffers)
        found += [one for attention in here for one in sheet.of_maps(attention)]
        if plan.gradient is not None:
            found += sheet.of_gradient(plan.gradient, project.settings.px_per_deg)
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


class _Sheet:
    """Scores the fixations on one stimulus, each by a map that stands beside it."""

    def __init__(
        self, viewing: Viewing, ground: Ground, plan: ConditionalPlan, buffers: Buffers
    ) -> None:
        self._viewing = viewing
        self._ground = ground
        self._plan = plan
        self._metrics = [metric_of(id_) for id_ in plan.metrics]
        self._buffers = buffers

    def of_maps(self, attention: Attention) -> Iterator[ConditionalScores]:
        """Yield the scores of a source, metric by metric."""
        steps, notes = _beside(attention, self._viewing, self._plan)
        beside = (
            (steps == step, attention.positive[step])
            for step in np.unique(steps[steps >= 0]).tolist()
        )
        alignment = self._plan.alignment if len(attention.maps) > 1 else "one map"
        about = (attention.source, attention.kind, alignment)
        return self._scores(about, steps, notes, beside)

    def of_gradient(
        self, gradient: FixationGradient, px_per_deg: float
    ) -> Iterator[ConditionalScores]:
        """Yield those of the gradient after the fixation before, in the same scanpath."""
        numbers = self._viewing.numbers
        notes = np.full(len(numbers), NOTHING_BEFORE, object)
        if not self._plan.with_first:
            notes[numbers == 1] = FIRST
        about = (self._plan.own_gradient, "attention", AFTER_THE_ONE_BEFORE)
        before = self._gradients_before(gradient, px_per_deg)
        return self._scores(about, numbers - 2, notes, before)

    def _gradients_before(
        self, gradient: FixationGradient, px_per_deg: float
    ) -> Iterator[tuple[np.ndarray, Map]]:
        """Yield which fixation, and the gradient of those before it, if there are any."""
        places, start = np.arange(len(self._viewing.used)), 0
        for path in self._viewing.scanpaths:
            after = _after_each(path, self._viewing.stimulus, gradient, px_per_deg)
            for place, map_ in enumerate(after, start + 1):
                if map_.any():
                    yield places == place, map_
            start += len(path)

    def _scores(
        self,
        about: tuple[str, str, str],
        steps: np.ndarray,
        notes: np.ndarray,
        predicted: Iterable[tuple[np.ndarray, Map]],
    ) -> Iterator[ConditionalScores]:
        """Yield the scores by pairs of which fixations, and the map that predicts them.

        about : source, kind and alignment. steps, notes : of each fixation, 0-based, and why it
        has no value if it has none.
        """
        viewing, used = self._viewing, self._viewing.used
        values = np.full((len(self._metrics), len(used)), math.nan)
        reasons = np.tile(notes, (len(self._metrics), 1))
        for meant, map_ in predicted:
            which = meant & used
            if which.any():
                prediction = Prediction(to_grid(map_, self._ground.grid), self._buffers)
                truth = self._ground.truth(which, self._buffers, blurred=False)
                for row, metric in enumerate(self._metrics):
                    values[row, which], reasons[row, which] = _at(metric, prediction, truth)
        trial = np.repeat(range(len(viewing.scanpaths)), [len(path) for path in viewing.scanpaths])
        source, kind, alignment = about
        for row, metric in enumerate(self._metrics):
            yield ConditionalScores(
                source=source,
                kind=kind,
                metric=metric.id,
                alignment=alignment,
                stimulus=viewing.stimulus.id,
                keys=tuple(path.key for path in viewing.scanpaths),
                trial=trial[used],
                fixation=viewing.numbers[used],
                step=steps[used] + 1,
                value=values[row, used],
                note=reasons[row, used],
                n_excluded=int((~used).sum()),
            )


def _after_each(
    path: Scanpath, stimulus: Stimulus, gradient: FixationGradient, px_per_deg: float
) -> Iterator[Map]:
    """Yield the gradient after each fixation of a scanpath but the last."""
    weights = weights_by_fixation(path, gradient.rho)[:-1]
    grid = grid_for(stimulus.shape, gradient.kernel.width_deg * px_per_deg, CELLS)
    for start in range(0, len(weights), _BLOCK):
        block = weights[start : start + _BLOCK]
        seen = block.any(0)
        yield from gradient_maps(
            path.x_px[seen],
            path.y_px[seen],
            block[:, seen],
            stimulus.shape,
            gradient.kernel,
            px_per_deg,
            grid,
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
    if plan.gradient is not None:
        check_scale(project.settings.px_per_deg)
    check_sources(project, plan.models)
    check_fixations(project)
