"""Compare every step of a source with every fixation number, and people with one another."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Found, Metric, evaluate_all, metric_of
from gazelab.metrics.comparison import Prediction
from gazelab.metrics.resample import to_grid
from gazelab.project.project import Project
from gazelab.report.matrix import (
    CHOICES,
    CUMULATIVE,
    MatrixSummary,
    StepMatrix,
    matrix_tables,
)
from gazelab.study.score import (
    check_blur,
    check_fixations,
    check_sources,
    chosen_maps,
)
from gazelab.study.viewings import Ground, Viewing, pool_of, viewings_of
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

NO_FIXATION = "no fixation in use has this number"
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
    """

    blur: Blur
    models: tuple[str, ...] | None = None
    metrics: tuple[str, ...] = ("nss",)
    n_fixations: int | None = None
    weight_by_duration: bool = False


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
    for done, (stimulus, here) in enumerate(stacks.items()):
        yield Step(done, len(stacks), stimulus)
        ground = Ground(viewings[stimulus], pool, plan.blur.sigma_px)
        sheet = _Sheet(ground, viewings[stimulus], metrics, most, buffers)
        people = sheet.people()
        for attention in here:
            drafts[_source(attention)].add(stimulus, sheet, attention, people)
    return tuple(
        draft.matrix(metric, place, plan.blur)
        for draft in drafts.values()
        for place, metric in enumerate(metrics)
    )


def write_matrices(
    matrices: Sequence[StepMatrix], summaries: Sequence[MatrixSummary], outdir: Path
) -> Task[Path]:
    """Write all values, their means and a data dictionary, as `write_tables` does."""
    tables = matrix_tables(matrices, summaries)
    return write_tables(tables, (matrix.metric for matrix in matrices), outdir)


class _Sheet:
    """Compares maps with the fixations on one stimulus, number by number.

    counts : (2, K) how many fixations in use are meant, alone and cumulative.
    """

    def __init__(
        self,
        ground: Ground,
        viewing: Viewing,
        metrics: Sequence[Metric],
        n_fixations: int,
        buffers: tuple[Buffers, Buffers],
    ) -> None:
        self._ground = ground
        self._viewing = viewing
        self._metrics = metrics
        self._for_map, self._for_truth = buffers
        self._blurred = any(metric.uses_density for metric in metrics)
        numbers, ks = viewing.numbers, range(1, n_fixations + 1)
        self._subsets = [
            numbers <= k if choice == CUMULATIVE else numbers == k for choice in CHOICES for k in ks
        ]
        counts = [int((which & viewing.used).sum()) for which in self._subsets]
        self.counts = np.array(counts).reshape(2, n_fixations)

    def step(self, map_: np.ndarray) -> np.ndarray:
        """Return (2, K, metrics) of (value, note) for one map, as `_table` does."""
        prediction = Prediction(to_grid(map_, self._ground.grid), self._for_map)
        return self._table(list(self._compared(prediction)))

    def people(self) -> np.ndarray:
        """Return (2, K, 2, metrics) for the other viewers, in the order of `PEOPLE`."""
        subsets = [self._viewing.by_viewer(which) for which in self._subsets]
        by_all = self._ground.observers().evaluate(self._metrics, subsets)
        by_same = [
            self._ground.observers(which).evaluate(self._metrics, [seen])[0]
            for which, seen in zip(self._subsets, subsets, strict=True)
        ]
        return np.stack([self._table(by_all), self._table(by_same)], 2)

    def _compared(self, prediction: Prediction) -> Iterator[Found]:
        for which in self._subsets:
            truth = self._ground.truth(which, self._for_truth, blurred=self._blurred)
            yield evaluate_all(self._metrics, prediction, truth)

    def _table(self, found: Sequence[Found]) -> np.ndarray:
        """Return (2, K, metrics) structured: value, and the reason where it is NaN."""
        cells = [[one[metric.id] for metric in self._metrics] for one in found]
        table = np.array(cells, _CELL).reshape(*self.counts.shape, len(self._metrics))
        table[self.counts == 0] = math.nan, NO_FIXATION
        return table


_CELL = np.dtype([("value", float), ("note", object)])


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

    def add(self, stimulus: str, sheet: _Sheet, attention: Attention, people: np.ndarray) -> None:
        steps = [sheet.step(map_) for map_ in attention.positive]
        nothing = np.full_like(people[:, :, 0], np.array((math.nan, NO_STEP), _CELL))
        steps += [nothing] * (len(self._longest.maps) - len(steps))
        self._stimuli.append(stimulus)
        cells = np.concatenate([np.stack(steps, 2), people], 2)
        self._cells.append(cells[:, : self.n_fixations])
        self._counts.append(sheet.counts[:, : self.n_fixations])

    def matrix(self, metric: Metric, place: int, blur: Blur) -> StepMatrix:
        cells = np.stack(self._cells)[..., place]
        return StepMatrix(
            source=self._longest.source,
            kind=self._longest.kind,
            metric=metric.id,
            blur=blur,
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
    if plan.n_fixations is not None and plan.n_fixations < 1:
        raise SettingsError("It takes at least one fixation.")
    check_blur(plan.blur)
    check_sources(project, plan.models)
    check_fixations(project)
