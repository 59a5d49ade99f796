"""Compare maps with the attention gradient of people on one stimulus, after each fixation."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.attention import Map
from gazelab.gaze.gradient import (
    FixationGradient,
    gradient_maps,
    grid_for,
    joined_weights,
    weights_by_fixation,
)
from gazelab.metrics.agreement import TOO_FEW, between_halves
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Found, Metric
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.resample import cells_of, to_grid
from gazelab.project.project import Project
from gazelab.report.gradient import GradientUsed
from gazelab.study.matrix_sheets import Sheet
from gazelab.study.viewings import Ground, Viewing

NONE_SO_FAR = "no scanpath is so long, or no fixation so far is in use"
CELLS = (400, 512)
"""The fewest and the most cells along the longer side on which a gradient is compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The attention gradient on one stimulus after each of K fixations, summed over viewings.

    weights : (K, n) of the fixations; those of a viewing that ends before are 0.
    maps : (K, rows, columns) of all viewers. halves : (2, K + 1, rows, columns), of every
    second viewer and of the rest; the last maps hold all of their fixations alike.
    """

    weights: np.ndarray
    maps: np.ndarray
    halves: np.ndarray

    @classmethod
    def of(
        cls, viewing: Viewing, gradient: FixationGradient, px_per_deg: float, n_fixations: int
    ) -> "Gradients":
        """Make the gradient of the fixations in use."""
        paths, used, shape = viewing.scanpaths, viewing.used, viewing.stimulus.shape
        after = (weights_by_fixation(path, gradient.rho) for path in paths)
        weights = joined_weights(after, n_fixations)
        of_half = np.concatenate([weights, used[None]]) * _halves(viewing)[:, None]
        maps = gradient_maps(
            viewing.points.x_px[used],
            viewing.points.y_px[used],
            np.concatenate([weights, *of_half])[:, used],
            shape,
            gradient.kernel,
            px_per_deg,
            grid_for(shape, gradient.kernel.width_deg * px_per_deg, CELLS),
        )
        halves = maps[n_fixations:].reshape(2, n_fixations + 1, *maps.shape[1:])
        return cls(weights, maps[:n_fixations], halves)


def _halves(viewing: Viewing) -> np.ndarray:
    """Return (2, n) bool: the fixations of every second viewer with any in use, and the rest."""
    viewers = np.unique(viewing.viewer[viewing.used])
    return np.array([np.isin(viewing.viewer, viewers[half::2]) for half in (0, 1)])


class GradientSheet(Sheet):
    """The attention gradient after each fixation, of the viewings that go so far."""

    nothing = NONE_SO_FAR

    def __init__(
        self,
        ground: Ground,
        viewing: Viewing,
        metrics: Sequence[Metric],
        gradients: Gradients,
        buffers: tuple[Buffers, Buffers],
    ) -> None:
        super().__init__(ground, metrics, (gradients.weights > 0).sum(1)[None], buffers)
        self._viewing = viewing
        self._gradients = gradients

    def people(self) -> np.ndarray:
        """Return how halves of the viewers agree: with all fixations, and after as many."""
        rows = range(self.counts.size)
        by_all = [self._between_halves(after, -1) for after in rows]
        by_same = [self._between_halves(after, after) for after in rows]
        return np.stack([self._table(by_all), self._table(by_same)], 2)

    def _truths(self) -> Iterator[Truth]:
        points, grid = self._viewing.points, self._ground.grid
        for weights, map_ in zip(self._gradients.weights, self._gradients.maps, strict=True):
            seen = points[weights > 0]
            cells = cells_of(seen.x_px, seen.y_px, self._viewing.stimulus.shape, grid)
            yield Truth(grid, cells, to_grid(map_, grid), buffers=self._for_truth)

    def _between_halves(self, after: int, by: int) -> Found:
        halves = self._gradients.halves
        if not halves[:, -1].any((1, 2)).all():
            return {metric.id: (np.nan, TOO_FEW) for metric in self._metrics}
        pairs = (
            (Prediction(other[by], self._for_map), self._of_half(one[after]))
            for one, other in (halves, halves[::-1])
        )
        return between_halves(self._metrics, pairs)

    def _of_half(self, map_: Map) -> Truth:
        return Truth(map_.shape, np.empty(0, np.intp), map_, buffers=self._for_truth)


def gradient_used(
    project: Project, gradient: FixationGradient | None, stimuli: Iterable[str]
) -> GradientUsed:
    """Return what is told of a gradient on these stimuli; of the largest counts the range."""
    if gradient is None:
        return GradientUsed()
    longest_px = max(math.hypot(*project.stimuli[stimulus].shape) for stimulus in stimuli)
    return GradientUsed.of(gradient, project.settings.px_per_deg, longest_px)
