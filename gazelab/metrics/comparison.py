"""The two sides of a comparison: a map that predicts, and what people did.

Every metric is a function `metric(prediction, truth) -> float`. What several metrics need
of one side is computed on first use and kept there, so one prediction can be compared with
several truths, and the other way round, at little cost.
"""

from functools import cached_property

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.image import opencv
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.ranks import Ranking
from gazelab.metrics.resample import Cells

EPSILON = float(np.finfo(np.float64).eps)
"""2.22e-16: what the published code adds before a logarithm."""


class Prediction:
    """A map under test, on the grid on which it is compared.

    Parameters
    ----------
    map_ : (rows, columns), finite; scale and offset as the source gave them.
    buffers : memory to work in. A prediction is valid until the next one is made with the
        same buffers.
    """

    def __init__(self, map_: Map, buffers: Buffers | None = None) -> None:
        if map_.dtype not in (np.float32, np.float64):
            map_ = map_.astype(np.float64)
        self.flat: np.ndarray = np.ascontiguousarray(map_).reshape(-1)
        self.buffers = buffers or Buffers()
        self._others: tuple[Cells, Ranking] | None = None

    @cached_property
    def lowest(self) -> float:
        """The smallest value."""
        return float(self.flat.min())

    @cached_property
    def highest(self) -> float:
        """The largest value."""
        return float(self.flat.max())

    @property
    def varies(self) -> bool:
        """Whether the map has more than one value, and a spread that can be computed."""
        return self.highest > self.lowest and self.variance > 0

    @cached_property
    def _sum(self) -> float:
        return float(self.flat.sum(dtype=np.float64))

    @property
    def total(self) -> float:
        """The sum of the map, lifted to a minimum of 0 if it has negative values."""
        return self._sum - self.flat.size * min(self.lowest, 0.0)

    @cached_property
    def centred(self) -> np.ndarray:
        """(pixels,) float64: the map minus its mean."""
        out = self.buffers.get("centred", self.flat.size)
        return np.subtract(self.flat, self._sum / self.flat.size, out=out, dtype=np.float64)

    @cached_property
    def variance(self) -> float:
        """The population variance."""
        return float(self.centred @ self.centred) / self.flat.size

    @cached_property
    def probability(self) -> np.ndarray:
        """(pixels,) float64: the map divided by its sum, lifted to 0 if it is negative."""
        out = self.buffers.get("probability", self.flat.size)
        if self.lowest < 0:
            np.subtract(self.flat, self.lowest, out=out, dtype=np.float64)
            return np.divide(out, self.total, out=out)
        return np.divide(self.flat, self.total, out=out, dtype=np.float64)

    @cached_property
    def log_probability(self) -> np.ndarray:
        """(pixels,) float64: natural logarithm of the probability plus EPSILON."""
        out = self.buffers.get("log probability", self.flat.size)
        return natural_log(np.add(self.probability, EPSILON, out=out))

    @cached_property
    def ranking(self) -> Ranking:
        """Ranks among all pixels."""
        return Ranking(self.flat, self.buffers, "all pixels")

    def ranking_at(self, cells: Cells) -> Ranking:
        """Return the ranks among the values at these cells; kept for the last cells asked."""
        if self._others is None or self._others[0] is not cells:
            values = np.take(self.flat, cells)
            self._others = cells, Ranking(values, self.buffers, "other fixations")
        return self._others[1]


class Truth:
    """What people did on one stimulus, on the grid on which maps are compared with it.

    Parameters
    ----------
    grid : (rows, columns).
    cells : (n,) flat indices of the fixations; several in one pixel all count.
    density : (rows, columns) blurred fixations, >= 0, at any scale.
    others : (m,) flat indices of the fixations on other stimuli, for shuffled AUC.
    baseline : (rows, columns) >= 0, at any scale: what information gain is measured over.
    buffers : memory to work in, as for `Prediction` but not the same.
    """

    def __init__(
        self,
        grid: tuple[int, int],
        cells: Cells,
        density: Map | None = None,
        others: Cells | None = None,
        baseline: Map | None = None,
        buffers: Buffers | None = None,
    ) -> None:
        self.grid = grid
        self.cells = cells
        self.density = density
        self.others = others
        self.baseline = baseline
        self.buffers = buffers or Buffers()

    @cached_property
    def distinct(self) -> Cells:
        """The fixated cells, each once."""
        return np.unique(self.cells)

    @cached_property
    def mass(self) -> float:
        """The sum of the density; 0 without one."""
        return 0.0 if self.density is None else float(self.density.sum(dtype=np.float64))

    @property
    def varies(self) -> bool:
        """Whether there is a density and it has more than one value."""
        return self.density is not None and bool(self.density.max() > self.density.min())

    @cached_property
    def probability(self) -> np.ndarray:
        """(pixels,) float64: the density divided by its sum."""
        assert self.density is not None
        out = self.buffers.get("probability", self.density.size)
        return np.divide(self.density.reshape(-1), self.mass, out=out, dtype=np.float64)

    @cached_property
    def variance(self) -> float:
        """The population variance of the probability."""
        q = self.probability
        centred = np.subtract(q, 1.0 / q.size, out=self.buffers.get("work", q.size))
        return float(centred @ centred) / q.size

    @cached_property
    def negentropy(self) -> float:
        """Sum of q log q over all pixels, in nats."""
        q = self.probability
        out = self.buffers.get("work", q.size)
        return float(q @ natural_log(np.maximum(q, 1e-300, out=out)))

    @cached_property
    def baseline_probability(self) -> np.ndarray:
        """(n,) float64: the baseline divided by its sum, at the fixations."""
        assert self.baseline is not None
        values = self.baseline.reshape(-1)
        at: np.ndarray = values[self.cells] / values.sum(dtype=np.float64)
        return at


def natural_log(values: np.ndarray) -> np.ndarray:
    """Replace (n,) float64 values above 0 by their natural logarithm, and return them.

    As exact as that of numpy, which takes three times as long on most processors.
    """
    opencv().log(values[None], values[None])
    return values
