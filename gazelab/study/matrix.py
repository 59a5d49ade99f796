"""Compare every step of a source with every fixation number, and people with one another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.gaze.gradient import FixationGradient, check_scale
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Metric, metric_of
from gazelab.project.project import Project
from gazelab.report.gradient import GradientUsed
from gazelab.report.matrix import MatrixSummary, StepMatrix, matrix_tables
from gazelab.study.gradient_sheet import Gradients, GradientSheet, gradient_used
from gazelab.study.matrix_sheets import CELL, FixationSheet, Sheet
from gazelab.study.score import (
    check_blur,
    check_fixations,
    check_sources,
    chosen_maps,
)
from gazelab.study.viewings import Ground, pool_of, viewings_of
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

NO_STEP = "the source has fewer steps for this picture"
_FIXATIONS_OF_ONE_MAP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPlan:
    """Which steps to compare with which fixations, and how.

    models : sources, or patterns such as "cam*"; all in the project when None.
    metrics : ids from `gazelab.metrics.catalog`. blur : of the human density.
    n_fixations : how many there are from the first; when None as many as a source has steps,
        and ten for a single map and for steps that are about parts of the viewing.
    weight_by_duration : weight the fixations of the density by duration.
    gradient : compare with the attention gradient after each fixation, by metrics of maps,
        not with fixations and their density; blur and weight_by_duration then play no part.
    """

    blur: Blur
    models: tuple[str, ...] | None = None
    metrics: tuple[str, ...] = ("nss",)
    n_fixations: int | None = None
    weight_by_duration: bool = False
    gradient: FixationGradient | None = None


def step_matrices(project: Project, plan: MatrixPlan) -> Task[tuple[StepMatrix, ...]]:
    """Return a matrix for each chosen source and metric, over the stimuli people fixated.

    The number of a fixation is its place in its scanpath; one that is excluded keeps its
    number and takes no part. The map of a source is chosen as in `ScorePlan`.

    Raises SettingsError before the first step for a plan that cannot be carried out.
    """
    _check(project, plan)
    metrics = tuple(map(metric_of, dict.fromkeys(plan.metrics)))
    viewings = viewings_of(project, by_duration=plan.weight_by_duration)
    stacks = {
        stimulus: [project.attention[key] for key in keys]
        for stimulus, keys in chosen_maps(project, plan.models).items()
        if viewings[stimulus].used.any()
    }
    if not stacks:
        raise SettingsError(
            "No picture has both maps and fixations in use.", "Run a model on the pictures first."
        )
    drafts = _drafts(stacks, plan)
    pool, buffers = pool_of(viewings), (Buffers(), Buffers())
    most = max(draft.n_fixations for draft in drafts.values())
    blur = plan.blur if plan.gradient is None else Blur(math.nan)
    used = gradient_used(project, plan.gradient, stacks)
    for done, (stimulus, here) in enumerate(stacks.items()):
        yield Step(done, len(stacks), stimulus)
        ground, viewing = Ground(viewings[stimulus], pool, plan.blur.sigma_px), viewings[stimulus]
        sheet: Sheet
        if plan.gradient is None:
            sheet = FixationSheet(ground, viewing, metrics, most, buffers)
        else:
            gradients = Gradients.of(viewing, plan.gradient, project.settings.px_per_deg, most)
            sheet = GradientSheet(ground, viewing, metrics, gradients, buffers)
        people = sheet.people()
        for attention in here:
            drafts[_source(attention)].add(stimulus, sheet, attention, people)
    return tuple(
        draft.matrix(metric, place, blur, used)
        for draft in drafts.values()
        for place, metric in enumerate(metrics)
    )


def write_matrices(
    matrices: Sequence[StepMatrix], summaries: Sequence[MatrixSummary], outdir: Path
) -> Task[Path]:
    """Write all values, their means and a data dictionary, as `write_tables` does."""
    tables = matrix_tables(matrices, summaries)
    return write_tables(tables, (matrix.metric for matrix in matrices), outdir)


class _Draft:
    """Collects what is found for one source, stimulus by stimulus."""

    def __init__(self, stacks: Sequence[Attention], n_fixations: int | None) -> None:
        self._longest = max(stacks, key=lambda attention: len(attention.maps))
        counted = len(self._longest.maps) > 1 and not self._longest.parts
        default = len(self._longest.maps) if counted else _FIXATIONS_OF_ONE_MAP
        self.n_fixations = n_fixations or default
        self._stimuli: list[str] = []
        self._cells: list[np.ndarray] = []
        self._counts: list[np.ndarray] = []

    def add(self, stimulus: str, sheet: Sheet, attention: Attention, people: np.ndarray) -> None:
        steps = [sheet.step(map_) for map_ in attention.positive]
        nothing = np.full_like(people[:, :, 0], np.array((math.nan, NO_STEP), CELL))
        steps += [nothing] * (len(self._longest.maps) - len(steps))
        self._stimuli.append(stimulus)
        cells = np.concatenate([np.stack(steps, 2), people], 2)
        self._cells.append(cells[:, : self.n_fixations])
        self._counts.append(sheet.counts[:, : self.n_fixations])

    def matrix(self, metric: Metric, place: int, blur: Blur, gradient: GradientUsed) -> StepMatrix:
        cells = np.stack(self._cells)[..., place]
        return StepMatrix(
            source=self._longest.source,
            kind=self._longest.kind,
            metric=metric.id,
            blur=blur,
            gradient=gradient,
            steps=self._longest.beside,
            stimuli=tuple(self._stimuli),
            values=cells["value"],
            notes=cells["note"],
            n_fixations=np.stack(self._counts),
        )


_Source = tuple[str, str, tuple[int, ...]]


def _source(attention: Attention) -> _Source:
    """Return what the stacks of one matrix have in common."""
    return attention.source, attention.kind, attention.parts


def _drafts(stacks: dict[str, list[Attention]], plan: MatrixPlan) -> dict[_Source, _Draft]:
    by_source: dict[_Source, list[Attention]] = {}
    for here in stacks.values():
        for attention in here:
            by_source.setdefault(_source(attention), []).append(attention)
    return {key: _Draft(of, plan.n_fixations) for key, of in by_source.items()}


def _check(project: Project, plan: MatrixPlan) -> None:
    if not plan.metrics:
        raise SettingsError("There is nothing to score.", "Name a metric.")
    for metric in map(metric_of, plan.metrics):
        if metric.of:
            raise SettingsError(
                f"'{metric.id}' is for final maps and all fixations, not for single steps.",
                f"Take '{metric.of}', and read it beside the inter-observer column.",
            )
        if plan.gradient is not None and not metric.uses_density:
            raise SettingsError(
                f"'{metric.id}' is for fixations, and the attention gradient is a map.",
                "Take a metric of maps: cc, sim, kl or js.",
            )
    if plan.n_fixations is not None and plan.n_fixations < 1:
        raise SettingsError("It takes at least one fixation.")
    if plan.gradient is None:
        check_blur(plan.blur)
    else:
        check_scale(project.settings.px_per_deg)
    check_sources(project, plan.models)
    check_fixations(project)
