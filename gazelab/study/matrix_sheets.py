"""Compare maps with what people did on one stimulus, fixation number by fixation number."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np

from gazelab.data.attention import Map
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import Found, Metric, evaluate_all
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.resample import to_grid
from gazelab.report.matrix import CHOICES, CUMULATIVE
from gazelab.study.viewings import Ground, Viewing

NO_FIXATION = "no fixation in use has this number"

CELL = np.dtype([("value", float), ("note", object)])
"""A value, and the reason where it is NaN."""


class Sheet(ABC):
    """Compares maps with the fixations on one stimulus, number by number.

    counts : (choices, K) how many fixations in use are meant. nothing : what is said of none.
    buffers : memory for the maps and for what people did.
    """

    nothing: str

    def __init__(
        self,
        ground: Ground,
        metrics: Sequence[Metric],
        counts: np.ndarray,
        buffers: tuple[Buffers, Buffers],
    ) -> None:
        self.counts = counts
        self._ground = ground
        self._metrics = metrics
        self._for_map, self._for_truth = buffers

    @abstractmethod
    def people(self) -> np.ndarray:
        """Return (choices, K, 2, metrics) for the other viewers, in the order of `PEOPLE`."""

    @abstractmethod
    def _truths(self) -> Iterator[Truth]:
        """Yield what is meant, row by row of each choice; each is valid until the next."""

    def step(self, map_: Map) -> np.ndarray:
        """Return (choices, K, metrics) for one map, structured: value, and why it is NaN."""
        prediction = Prediction(to_grid(map_, self._ground.grid), self._for_map)
        return self._table([evaluate_all(self._metrics, prediction, t) for t in self._truths()])

    def _table(self, found: Sequence[Found]) -> np.ndarray:
        cells = [[one[metric.id] for metric in self._metrics] for one in found]
        table = np.array(cells, CELL).reshape(*self.counts.shape, len(self._metrics))
        table[self.counts == 0] = math.nan, self.nothing
        return table


class FixationSheet(Sheet):
    """Each fixation number alone, and with those before it."""

    nothing = NO_FIXATION

    def __init__(
        self,
        ground: Ground,
        viewing: Viewing,
        metrics: Sequence[Metric],
        n_fixations: int,
        buffers: tuple[Buffers, Buffers],
    ) -> None:
        numbers, ks = viewing.numbers, range(1, n_fixations + 1)
        self._viewing = viewing
        self._blurred = any(metric.uses_density for metric in metrics)
        self._subsets = [
            numbers <= k if choice == CUMULATIVE else numbers == k for choice in CHOICES for k in ks
        ]
        counts = [int((which & viewing.used).sum()) for which in self._subsets]
        super().__init__(ground, metrics, np.array(counts).reshape(2, n_fixations), buffers)

    def people(self) -> np.ndarray:
        """Return what all fixations of the others reach, and those of the same number."""
        subsets = [self._viewing.by_viewer(which) for which in self._subsets]
        by_all = self._ground.observers().evaluate(self._metrics, subsets)
        by_same = [
            self._ground.observers(which).evaluate(self._metrics, [seen])[0]
            for which, seen in zip(self._subsets, subsets, strict=True)
        ]
        return np.stack([self._table(by_all), self._table(by_same)], 2)

    def _truths(self) -> Iterator[Truth]:
        for which in self._subsets:
            yield self._ground.truth(which, self._for_truth, blurred=self._blurred)
