"""Baselines on request: what is known without looking, and what people and grids allow."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.attention import Attention, Map
from gazelab.data.geometry import Blur
from gazelab.data.scores import (
    GOLD_STANDARD,
    GRID_CEILING,
    HUMAN_DENSITY,
    ONE_HUMAN,
    UNIFORM,
    Score,
)
from gazelab.metrics.agreement import TOO_FEW
from gazelab.metrics.baselines import Fixations, Pool
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Metric, evaluate_all, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.gold_standard import GoldStandard, Viewers, choose_gold_standard
from gazelab.metrics.grid_ceiling import closest_on_grid
from gazelab.metrics.resample import cells_of, to_grid
from gazelab.project.project import Project
from gazelab.report.curves import source_name
from gazelab.study.entry import SAME_FIXATIONS, Entry
from gazelab.study.relative import with_bases
from gazelab.study.viewings import Ground, Viewing
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.study.score import ScorePlan

Source = tuple[str, str]
"""A source and the kind of its maps."""


def choose_ceilings(
    project: Project,
    plan: "ScorePlan",
    viewings: Mapping[str, Viewing],
    pool: Pool,
    maps: Mapping[str, Sequence[Attention]],
) -> Task["Ceilings"]:
    """Return what scores the baselines of `plan.ceilings`, and those its metrics need.

    maps : stimulus -> those that are scored. The gold standard is chosen from the viewings of
    the whole project.
    """
    metrics = tuple(metric_of(id_) for id_ in with_bases(plan.metrics))
    wanted = set(plan.ceilings)
    if plan.baselines and any(metric.level == GOLD_STANDARD for metric in metrics):
        wanted.add("gold-standard")
    gold = None
    if "gold-standard" in wanted:
        viewers = []
        for number, viewing in enumerate(viewings.values()):
            yield Step(number, len(viewings), GOLD_STANDARD)
            viewers += viewers_on(viewing, pool)
        gold = yield from choose_gold_standard(viewers)
    shapes = {stimulus: viewing.stimulus.shape for stimulus, viewing in viewings.items()}
    every = (attention for of_stimulus in maps.values() for attention in of_stimulus)
    return Ceilings(
        wanted=frozenset(wanted),
        metrics=metrics,
        blur=plan.blur,
        pool=pool,
        gold=gold,
        px_per_deg=project.settings.px_per_deg,
        names=_names(every, shapes),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ceilings:
    """Scores baselines, one stimulus after the other, on all its fixations.

    gold : None where no stimulus has two viewers, or nobody asked. names : what the grid
    ceiling of the maps of a source is called.
    """

    wanted: frozenset[str]
    metrics: tuple[Metric, ...]
    blur: Blur
    pool: Pool
    gold: GoldStandard | None
    px_per_deg: float
    names: Mapping[Source, str]

    def rows(self, viewing: Viewing, maps: Sequence[Attention]) -> Iterator[Score]:
        """Yield the rows of one stimulus; `maps` are those that are scored on it."""
        if not self.wanted:
            return
        ground = Ground(viewing, self.pool, self.blur.sigma_px)
        everything = np.ones(len(viewing.used), bool)
        truth = ground.truth(everything, Buffers(), blurred=True)
        if "uniform" in self.wanted:
            entry = Entry.of(viewing, UNIFORM, ground.grid, self.blur)
            yield from self._compared(entry, np.ones(ground.grid, np.float32), truth)
        if self.wanted & {"one-human", "gold-standard"}:
            yield from self._of_people(viewing, ground, viewing.by_viewer(everything))
        if "grid-ceiling" in self.wanted:
            yield from self._of_grids(viewing, truth, maps)

    def _of_grids(
        self, viewing: Viewing, truth: Truth, maps: Sequence[Attention]
    ) -> Iterator[Score]:
        """Yield the rows of the human density, and of what the grids of the maps hold of it."""
        human = truth.density
        assert human is not None
        entry = Entry.of(viewing, HUMAN_DENSITY, truth.grid, self.blur)
        entry = replace(entry, own_blur=self.blur, notes=(SAME_FIXATIONS,))
        yield from self._compared(entry, human, truth)
        for name, grid in self._grids(maps).items():
            notes = f"human density on {grid[1]}x{grid[0]} cells", SAME_FIXATIONS
            stretched = to_grid(closest_on_grid(human, grid), truth.grid)
            yield from self._compared(replace(entry, source=name, notes=notes), stretched, truth)

    def _compared(self, entry: Entry, map_: Map, truth: Truth) -> Iterator[Score]:
        prediction = Prediction(map_)
        found = evaluate_all(self.metrics, prediction, truth)
        return entry.scores(self.metrics, found)

    def _grids(self, maps: Sequence[Attention]) -> dict[str, tuple[int, int]]:
        """Return the name of each grid ceiling on a stimulus and its grid, each once."""
        named = ((self.names.get((one.source, one.kind)), one.maps.shape[1:]) for one in maps)
        return {name: grid for name, grid in named if name}

    def _of_people(
        self, viewing: Viewing, ground: Ground, viewers: Sequence[Fixations]
    ) -> Iterator[Score]:
        """Yield the rows of viewers who predict one another."""
        observers = ground.observers()
        if "one-human" in self.wanted:
            entry = Entry.of(viewing, ONE_HUMAN, ground.observers_grid, self.blur)
            found = observers.one_by_one(self.metrics)
            yield from replace(entry, own_blur=self.blur).scores(self.metrics, found)
        if "gold-standard" in self.wanted:
            entry = Entry.of(viewing, GOLD_STANDARD, ground.observers_grid, self.blur)
            found = {metric.id: (math.nan, TOO_FEW) for metric in self.metrics}
            if self.gold is not None:
                (found,) = observers.evaluate(self.metrics, [viewers], self.gold)
                blur = Blur.from_px(self.gold.sigma_px, self.px_per_deg)
                entry = replace(entry, own_blur=blur, notes=(self.gold.told(self.px_per_deg),))
            yield from entry.scores(self.metrics, found)


def viewers_on(viewing: Viewing, pool: Pool) -> list[Viewers]:
    """Return the fixations in use on a stimulus, if two participants have any."""
    used, shape = viewing.used, viewing.stimulus.shape
    if len(np.unique(viewing.viewer[used])) < 2:
        return []
    points = viewing.points[used]
    bias = pool.centre_bias(viewing.stimulus.id)
    at_fixations = np.zeros(len(points))
    if bias is not None:
        cells = cells_of(points.x_px, points.y_px, shape, bias.shape)
        at_fixations = bias.reshape(-1)[cells] * (bias.size / math.prod(shape))
    names = np.array(list(dict.fromkeys(path.participant for path in viewing.scanpaths)))
    return [Viewers(points, names[viewing.viewer[used]], shape, at_fixations)]


def _names(maps: Iterable[Attention], shapes: Mapping[str, tuple[int, int]]) -> dict[Source, str]:
    """Return what the grid ceiling of each source is called: by its grid where it has one.

    None for sources whose maps all have as many cells as the stimulus has pixels: what they
    can show is the human density itself.
    """
    grids: dict[Source, set[tuple[int, int]]] = {}
    coarse = set()
    for one in maps:
        grid, shape = one.maps.shape[1:], shapes[one.stimulus]
        grids.setdefault((one.source, one.kind), set()).add(grid)
        if grid[0] < shape[0] or grid[1] < shape[1]:
            coarse.add((one.source, one.kind))
    names = {}
    for source in coarse:
        (rows, columns), *others = grids[source]
        which = f"of {source_name(*source)}" if others else f"{columns}x{rows}"
        names[source] = f"{GRID_CEILING} {which}"
    return names
