"""How well people predict one another: the level a model can be expected to reach."""

from collections.abc import Sequence

import numpy as np

from gazelab.gaze.density import density
from gazelab.metrics.baselines import Fixations, leave_one_out, pooled
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Metric
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.resample import Cells, cells_of, to_grid

TOO_FEW = "fewer than two participants with fixations in use"
NONE_BESIDE = "no fixation in use stands beside this step"


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
        self._others = others
        # float64 once: its sum is taken for each viewer
        self._baseline = None if baseline is None else to_grid(baseline, grid).astype(np.float64)

    def evaluate(
        self, metrics: Sequence[Metric], subsets: Sequence[Sequence[Fixations]]
    ) -> list[dict[str, tuple[float, str]]]:
        """Return for each subset metric id -> (value, note).

        subsets : for each a list that holds for each viewer the fixations to be predicted
            (none where the viewer has no part in it); always by all fixations of the others.
        """
        if len(self._viewers) < 2:
            return [{metric.id: (np.nan, TOO_FEW) for metric in metrics} for _ in subsets]
        of_points = [metric for metric in metrics if not metric.uses_density]
        of_maps = [metric for metric in metrics if metric.uses_density]
        one_out = self._leave_one_out(of_points, subsets) if of_points else [{} for _ in subsets]
        halves = self._halves(of_maps, subsets) if of_maps else [{} for _ in subsets]
        return [one | half for one, half in zip(one_out, halves, strict=True)]

    def _leave_one_out(
        self, metrics: Sequence[Metric], subsets: Sequence[Sequence[Fixations]]
    ) -> list[dict[str, tuple[float, str]]]:
        values: list[dict[str, list]] = [{m.id: [] for m in metrics} for _ in subsets]
        buffers = Buffers()
        maps = leave_one_out(self._viewers, self._shape, self._sigma_px, self._grid)
        for viewer, map_ in enumerate(maps):
            prediction = Prediction(map_, buffers)
            for subset, found in zip(subsets, values, strict=True):
                if len(subset[viewer]):
                    truth = self._truth(subset[viewer])
                    for metric in metrics:
                        found[metric.id].append(metric.evaluate(prediction, truth))
        note = "mean over {n} participants, each predicted by the others"
        return [{id_: _mean(of, note) for id_, of in found.items()} for found in values]

    def _halves(
        self, metrics: Sequence[Metric], subsets: Sequence[Sequence[Fixations]]
    ) -> list[dict[str, tuple[float, str]]]:
        values: list[dict[str, list]] = [{m.id: [] for m in metrics} for _ in subsets]
        for half in (0, 1):
            map_ = self._density(pooled(self._viewers[1 - half :: 2]))
            prediction = Prediction(map_)
            for subset, found in zip(subsets, values, strict=True):
                seen = pooled(subset[half::2])
                if len(seen):
                    truth = self._truth(seen, self._density(seen))
                    for metric in metrics:
                        found[metric.id].append(metric.evaluate(prediction, truth))
        note = "half of the participants predicted by the other half, mean of both ways"
        return [{id_: _mean(of, note) for id_, of in found.items()} for found in values]

    def _density(self, seen: Fixations) -> np.ndarray:
        return density(
            seen.x_px, seen.y_px, self._shape, self._sigma_px, weights=seen.weight, grid=self._grid
        )

    def _truth(self, seen: Fixations, human: np.ndarray | None = None) -> Truth:
        cells = cells_of(seen.x_px, seen.y_px, self._shape, self._grid)
        return Truth(self._grid, cells, human, self._others, self._baseline)


def _mean(found: list[tuple[float, str]], note: str) -> tuple[float, str]:
    """Return the mean of the defined values with a note, or NaN with the first reason."""
    defined = [value for value, _ in found if value == value]
    if not defined:
        return np.nan, found[0][1] if found else NONE_BESIDE
    return float(np.mean(defined)), note.format(n=len(defined))
