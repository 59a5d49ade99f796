"""How well people predict one another: the level a model can be expected to reach."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gazelab.gaze.density import density
from gazelab.metrics.baselines import Fixations, leave_one_out, pooled
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Found, Metric, evaluate_all
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.gold_standard import GoldStandard
from gazelab.metrics.resample import Cells, cells_of, to_grid

TOO_FEW = "fewer than two participants with fixations in use"
NONE_BESIDE = "no fixation in use stands beside this step"
FOR_FIXATIONS = "chosen to predict fixations; for metrics of maps see inter-observer"
_BY_OTHERS = "mean over {n} participants, each predicted by the others"
_BY_HALF = "half of the participants predicted by the other half, mean of both ways"
_BY_ONE = "mean over {n} participants, each of whom predicts the others"

Fold = tuple[np.ndarray, Sequence[int]]
"""A map that predicts, and the numbers of the viewers whom it predicts."""


class Observers:
    """The viewers of one stimulus, each compared with the rest.

    Metrics of fixations leave one viewer out: the density of all others is scored at the
    fixations of that viewer, and the values are averaged over viewers. Metrics of maps
    compare halves: the density of every second viewer with that of the rest, both ways; one
    viewer alone makes a density too sparse to be the measure of a map.

    Parameters
    ----------
    viewers : the fixations of each viewer who has any.
    shape : (height_px, width_px). sigma_px : blur. grid : (rows, columns) computed on.
    others, baseline : as for `Truth`; `others` on `grid`, `baseline` on any grid.
    """

    def __init__(
        self,
        viewers: Sequence[Fixations],
        shape: tuple[int, int],
        sigma_px: float,
        grid: tuple[int, int],
        others: Cells | None = None,
        baseline: np.ndarray | None = None,
    ) -> None:
        self._viewers = viewers
        self._shape = shape
        self._sigma_px = sigma_px
        self._grid = grid
        self._others_cells = others
        # float64 once: its sum is taken for each viewer
        self._baseline = None if baseline is None else to_grid(baseline, grid).astype(np.float64)

    def evaluate(
        self,
        metrics: Sequence[Metric],
        subsets: Sequence[Sequence[Fixations]],
        gold: GoldStandard | None = None,
    ) -> list[dict[str, tuple[float, str]]]:
        """Return for each subset metric id -> (value, note).

        subsets : for each a list that holds for each viewer the fixations to be predicted
            (none where the viewer has no part in it); always by all fixations of the others.
        gold : predict by its mixture, not by the density alone. It was chosen for fixations
            and has a width of its own: metrics of maps, which compare densities of one blur,
            are then undefined.
        """
        if len(self._viewers) < 2:
            return [{metric.id: (np.nan, TOO_FEW) for metric in metrics} for _ in subsets]
        of_points = [metric for metric in metrics if not metric.uses_density]
        of_maps = [metric for metric in metrics if metric.uses_density]
        one_out = self._mean_over(self._others(gold), of_points, subsets, _BY_OTHERS)
        halves = self._mean_over(() if gold else self._halves(), of_maps, subsets, _BY_HALF)
        if gold:
            halves = [{metric.id: (np.nan, FOR_FIXATIONS) for metric in of_maps}] * len(subsets)
        return [one | half for one, half in zip(one_out, halves, strict=True)]

    def one_by_one(self, metrics: Sequence[Metric]) -> dict[str, tuple[float, str]]:
        """Return metric id -> (value, note) of single viewers, each of whom predicts the others.

        Metrics of maps compare with the density of the others.
        """
        if len(self._viewers) < 2:
            return {metric.id: (np.nan, TOO_FEW) for metric in metrics}
        numbers = range(len(self._viewers))
        single = (
            (self._density(viewer), [other for other in numbers if other != own])
            for own, viewer in enumerate(self._viewers)
        )
        (found,) = self._mean_over(single, metrics, [self._viewers], _BY_ONE)
        return found

    def _others(self, gold: GoldStandard | None) -> Iterator[Fold]:
        """Yield the density of all viewers but one, and this one."""
        sigma_px = gold.sigma_px if gold else self._sigma_px
        maps = leave_one_out(self._viewers, self._shape, sigma_px, self._grid)
        for viewer, map_ in enumerate(maps):
            yield gold.density(map_, self._baseline) if gold else map_, [viewer]

    def _halves(self) -> Iterator[Fold]:
        """Yield the density of every second viewer, and the rest."""
        numbers = range(len(self._viewers))
        for half in (0, 1):
            yield self._density(pooled(self._viewers[1 - half :: 2])), numbers[half::2]

    def _mean_over(
        self,
        folds: Iterable[Fold],
        metrics: Sequence[Metric],
        subsets: Sequence[Sequence[Fixations]],
        note: str,
    ) -> list[dict[str, tuple[float, str]]]:
        """Return for each subset the means over folds in which there is something to predict."""
        values: list[dict[str, list]] = [{m.id: [] for m in metrics} for _ in subsets]
        blurred = any(metric.uses_density for metric in metrics)
        for_map, for_truth = Buffers(), Buffers()
        for map_, predicted in folds if metrics else ():
            prediction = Prediction(map_, for_map)
            for subset, found in zip(subsets, values, strict=True):
                seen = pooled([subset[viewer] for viewer in predicted])
                if len(seen):
                    human = self._density(seen) if blurred else None
                    truth = self._truth(seen, human, for_truth)
                    for id_, value in evaluate_all(metrics, prediction, truth).items():
                        found[id_].append(value)
        return [{id_: _mean(of, note) for id_, of in found.items()} for found in values]

    def _density(self, seen: Fixations) -> np.ndarray:
        return density(
            seen.x_px, seen.y_px, self._shape, self._sigma_px, weights=seen.weight, grid=self._grid
        )

    def _truth(self, seen: Fixations, human: np.ndarray | None, buffers: Buffers) -> Truth:
        cells = cells_of(seen.x_px, seen.y_px, self._shape, self._grid)
        return Truth(self._grid, cells, human, self._others_cells, self._baseline, buffers)


def between_halves(metrics: Sequence[Metric], pairs: Iterable[tuple[Prediction, Truth]]) -> Found:
    """Return metric id -> (value, note): the mean over both ways of predicting a half.

    pairs : the map of one half of the viewers, and what the other half did; each is evaluated
        before the next is asked for.
    """
    found = [evaluate_all(metrics, *pair) for pair in pairs]
    return {metric.id: _mean([way[metric.id] for way in found], _BY_HALF) for metric in metrics}


def _mean(found: list[tuple[float, str]], note: str) -> tuple[float, str]:
    """Return the mean of the defined values with a note, or NaN with the first reason."""
    defined = [value for value, _ in found if value == value]
    if not defined:
        return np.nan, found[0][1] if found else NONE_BESIDE
    return float(np.mean(defined)), note.format(n=len(defined))
