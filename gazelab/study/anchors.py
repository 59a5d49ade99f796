"""Measure on OSIE what was measured on it before, by the same protocol."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gazelab.errors import ReadError
from gazelab.gaze.density import density
from gazelab.metrics.agreement import Observers
from gazelab.metrics.anchors import (
    BY_NUMBER,
    GRID,
    NUMBERS,
    OF_GAZE,
    OF_METRICS,
    SIGMA_PX,
    Anchor,
    Median,
    Sample,
    anchors,
    name_of,
    numbered,
)
from gazelab.metrics.baselines import Fixations, Pool, leave_one_out
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Metric, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.resample import cells_of, to_grid
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.viewings import Viewing, pool_of, viewings_of
from gazelab.task import Step, Task

_RECORDINGS = "fixations.mat"
_PICTURES = "stimuli"


def osie_anchors(folder: Path) -> Task[tuple[Anchor, ...]]:
    """Return the anchors as found on the recordings and pictures of OSIE in `folder`.

    Raises ReadError for a folder without them.
    """
    if not (folder / _RECORDINGS).is_file() or not (folder / _PICTURES).is_dir():
        raise ReadError(
            f"{folder} is not a copy of OSIE.",
            f"It has to hold {_RECORDINGS}, and the pictures in {_PICTURES}.",
        )
    source = Source(folder / _RECORDINGS)
    plan = ImportPlan((source,), folder, images=folder / _PICTURES)
    added = yield from import_files(plan, Project())
    return (yield from anchors_of(Project().with_addition(added)))


def anchors_of(project: Project) -> Task[tuple[Anchor, ...]]:
    """Return the anchors as found on the stimuli of a project that have fixations in use."""
    viewings = viewings_of(project, by_duration=False)
    seen = {id_: viewing for id_, viewing in viewings.items() if viewing.used.any()}
    pool = pool_of(viewings)
    values: dict[str, list[float]] = defaultdict(list)
    numbers: dict[str, list[tuple[np.ndarray, np.ndarray]]] = defaultdict(list)
    for done, (id_, viewing) in enumerate(seen.items()):
        yield Step(done, len(seen), id_)
        image = _Image(viewing, pool)
        for of, value in image.metrics():
            values[of].append(value)
        for of, found in image.by_number().items():
            numbers[of].append(found)
    samples: dict[str, Sample | Median] = {of: Sample.of_values(v) for of, v in values.items()}
    for of, each in numbers.items():
        totals, counts = (np.array(part) for part in zip(*each, strict=True))
        for place, number in enumerate(NUMBERS):
            samples[numbered(of, number)] = Sample(totals[:, place], counts[:, place])
    return tuple(anchors(samples | _of_gaze(list(seen.values()))))


class _Image:
    """What is measured on one image."""

    def __init__(self, viewing: Viewing, pool: Pool) -> None:
        stimulus = viewing.stimulus
        bias = pool.centre_bias(stimulus.id)
        self._viewing = viewing
        self._shape = stimulus.shape
        self._viewers = viewing.by_viewer(np.ones(len(viewing.used), bool))
        self._bias = None if bias is None else to_grid(bias, GRID)
        self._others = pool.others(stimulus.id, GRID)
        points = viewing.points[viewing.used]
        self._density = density(points.x_px, points.y_px, self._shape, SIGMA_PX, grid=GRID)
        self._truth = Truth(GRID, self._cells(points), self._density, self._others, self._bias)

    def metrics(self) -> Iterator[tuple[str, float]]:
        """Yield the name and value of each anchor that is a metric."""
        observers = Observers(self._viewers, self._shape, SIGMA_PX, GRID, self._others, self._bias)
        by_others = [*_metrics_of("others"), *_metrics_of("half")]
        (people,) = observers.evaluate(by_others, [self._viewers])
        alone = observers.one_by_one(_metrics_of("one human"))
        for source, metric in OF_METRICS:
            found = {"one human": alone, "others": people, "half": people}.get(source)
            value = found[metric][0] if found else self._value(source, metric)
            yield name_of(source, metric), value

    def by_number(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return for each fixation number the sum over viewers, and of how many values."""
        numbers = self._viewing.numbers
        sums = {of: (np.zeros(len(NUMBERS)), np.zeros(len(NUMBERS))) for of in BY_NUMBER}
        by_others, by_same, centre = sums.values()
        maps = leave_one_out(self._viewers, self._shape, SIGMA_PX, GRID)
        z = np.concatenate([np.empty(0), *self._z_scores(maps, self._viewers)])
        order = np.argsort(self._viewing.viewer[self._viewing.used], kind="stable")
        number_of_z = numbers[self._viewing.used][order]
        for place, number in enumerate(NUMBERS):
            _count(by_others, place, z[number_of_z == number])
            same = self._viewing.by_viewer(numbers == number)
            maps = leave_one_out(same, self._shape, SIGMA_PX, GRID)
            _count(by_same, place, np.concatenate([np.empty(0), *self._z_scores(maps, same)]))
            seen = self._viewing.points[self._viewing.used & (numbers == number)]
            height_px, width_px = self._shape
            distance_px = np.hypot(seen.x_px - width_px / 2, seen.y_px - height_px / 2)
            _count(centre, place, distance_px)
        return sums

    def _value(self, source: str, metric: str) -> float:
        map_ = self._density if source == "self" else self._bias
        if map_ is None:
            return np.nan
        value, _ = metric_of(metric).evaluate(Prediction(map_), self._truth)
        return value

    def _z_scores(
        self, maps: Iterable[np.ndarray], viewers: Sequence[Fixations]
    ) -> Iterator[np.ndarray]:
        """Yield for each viewer the map in standard deviations at that viewer's fixations.

        NaN where the map does not vary: nobody else has a fixation.
        """
        buffers = Buffers()
        for map_, viewer in zip(maps, viewers, strict=True):
            yield Prediction(map_, buffers).z_at(self._cells(viewer))

    def _cells(self, points: Fixations) -> np.ndarray:
        return cells_of(points.x_px, points.y_px, self._shape, GRID)


def _count(sums: tuple[np.ndarray, np.ndarray], place: int, values: np.ndarray) -> None:
    totals, counts = sums
    there = values[np.isfinite(values)]
    totals[place], counts[place] = there.sum(), len(there)


def _metrics_of(source: str) -> list[Metric]:
    return [metric_of(metric) for of, metric in OF_METRICS if of == source]


def _of_gaze(viewings: Sequence[Viewing]) -> dict[str, Sample | Median]:
    """Return what is about scanpaths alone."""
    lengths, durations_ms, amplitudes_px = [], [], []
    for viewing in viewings:
        paths = [path.without_excluded() for path in viewing.scanpaths]
        lengths.append((sum(map(len, paths)), len(paths)))
        durations_ms.append(np.concatenate([path.duration_ms for path in paths]))
        moves = [np.hypot(np.diff(path.x_px), np.diff(path.y_px)) for path in paths]
        amplitudes_px.append(np.concatenate(moves))
    totals, counts = np.array(lengths, np.float64).T
    samples = Sample(totals, counts), Median(durations_ms), Median(amplitudes_px)
    return dict(zip(OF_GAZE, samples, strict=True))
