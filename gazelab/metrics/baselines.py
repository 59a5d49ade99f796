"""Maps that come from people and not from a model: what any score is measured against."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.gaze import Vector
from gazelab.gaze.density import density
from gazelab.metrics.resample import Cells, cells_of

_SIDE = 256
"""The centre bias is estimated on _SIDE x _SIDE cells over the stimulus: it is smooth."""
UNIFORM_SHARE = 1e-3
_GRIDS_KEPT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Fixations:
    """Fixations in use on one stimulus, as points.

    x_px, y_px, weight : (n,) float64; weight 1 each, or the durations.
    """

    x_px: Vector
    y_px: Vector
    weight: Vector

    def __len__(self) -> int:
        return len(self.x_px)

    def __getitem__(self, keep: np.ndarray) -> "Fixations":
        return Fixations(self.x_px[keep], self.y_px[keep], self.weight[keep])


class Pool:
    """The fixations of all stimuli at relative positions, to leave out one stimulus each time.

    Parameters
    ----------
    fixations : stimulus id -> fixations in use on it.
    shapes : stimulus id -> (height_px, width_px).
    """

    def __init__(
        self, fixations: Mapping[str, Fixations], shapes: Mapping[str, tuple[int, int]]
    ) -> None:
        self._number = {stimulus: k for k, stimulus in enumerate(fixations)}
        lengths = [len(points) for points in fixations.values()]
        self._owner = np.repeat(np.arange(len(lengths)), lengths)
        nothing = np.empty(0)
        self._x = np.concatenate(
            [nothing, *(points.x_px / shapes[s][1] for s, points in fixations.items())]
        )
        self._y = np.concatenate(
            [nothing, *(points.y_px / shapes[s][0] for s, points in fixations.items())]
        )
        self._lock = threading.Lock()  # of what is made on first use, by any thread
        self._total: Map | None = None
        self._sorted: dict[tuple[int, int], tuple[Cells, np.ndarray]] = {}

    def others(self, stimulus: str, grid: tuple[int, int]) -> Cells:
        """Return where the fixations of all other stimuli fall on `grid`, ascending.

        They are moved in proportion to the sizes of the stimuli. (m,), one for each fixation.
        """
        with self._lock:
            cells, owner = self._ordered(grid)
        others: Cells = cells[owner != self._number.get(stimulus, -1)]
        return others

    def centre_bias(self, stimulus: str) -> Map | None:
        """Return the centre bias for one stimulus from the fixations of all others.

        A Gaussian sum at relative positions whose width follows Scott's rule for the whole
        pool, mixed with 0.1 % uniform. (256, 256) float32 over the stimulus, sum 1; None when
        no other stimulus has fixations. (Scott 1992; Kümmerer et al. 2015)
        """
        own = self._owner == self._number.get(stimulus, -1)
        if own.all():
            return None
        with self._lock:
            if self._total is None:
                self._total = self._density(np.ones(len(self._x), bool))
        others = np.maximum(self._total - self._density(own), 0)
        others *= (1 - UNIFORM_SHARE) / others.sum(dtype=np.float64)
        bias: Map = others + np.float32(UNIFORM_SHARE / others.size)
        return bias

    def _ordered(self, grid: tuple[int, int]) -> tuple[Cells, np.ndarray]:
        if grid not in self._sorted:
            cells = cells_of(self._x, self._y, (1.0, 1.0), grid)
            order = np.argsort(cells, kind="stable")
            if len(self._sorted) >= _GRIDS_KEPT:
                self._sorted.pop(next(iter(self._sorted)))
            self._sorted[grid] = cells[order], self._owner[order]
        return self._sorted[grid]

    def _density(self, which: np.ndarray) -> Map:
        # in units of the spread of each axis, so that one width serves both
        x_spread, y_spread = (max(float(axis.std()), 1e-3) for axis in (self._x, self._y))
        return density(
            self._x[which] / x_spread,
            self._y[which] / y_spread,
            (1 / y_spread, 1 / x_spread),
            max(len(self._x), 2) ** (-1 / 6),
            grid=(_SIDE, _SIDE),
        )


def leave_one_out(
    viewers: Sequence[Fixations], shape: tuple[int, int], sigma_px: float, grid: tuple[int, int]
) -> Iterator[Map]:
    """Yield for each viewer the density of all the others, (rows, columns) float32 on `grid`."""
    own = [density(v.x_px, v.y_px, shape, sigma_px, weights=v.weight, grid=grid) for v in viewers]
    # sums from both ends: total minus own would leave rounding noise where only own is large
    after = [np.zeros(grid, np.float32)]
    for one in reversed(own[1:]):
        after.append(after[-1] + one)
    before = np.zeros(grid, np.float32)
    for one in own:
        yield before + after.pop()
        before += one


def pooled(parts: Sequence[Fixations]) -> Fixations:
    """Return all fixations of several viewers as one."""
    nothing = np.empty(0)
    return Fixations(
        np.concatenate([nothing, *(part.x_px for part in parts)]),
        np.concatenate([nothing, *(part.y_px for part in parts)]),
        np.concatenate([nothing, *(part.weight for part in parts)]),
    )
