"""A map asked for its value at single points, as fast as a window redraws."""

import math
from typing import NamedTuple

import numpy as np

from gazelab.data.attention import Map
from gazelab.metrics.comparison import Prediction
from gazelab.metrics.ranks import Ranking
from gazelab.metrics.resample import cells_of, to_grid


class Probe(NamedTuple):
    """A map at one point.

    nss : z-score of the value there; NaN for a constant map. auc : share of pixels below it,
    ties counted half. Both NaN off the stimulus. Their means over fixations are NSS and AUC.
    """

    nss: float
    auc: float


class MapProbe:
    """A map resampled to its stimulus once, then asked at any number of points.

    Parameters
    ----------
    map_ : (rows, columns) on any grid that covers the stimulus, finite.
    shape : (height_px, width_px) of the stimulus.
    """

    def __init__(self, map_: Map, shape: tuple[int, int]) -> None:
        prediction = Prediction(to_grid(map_, shape))
        self._shape = shape
        self._values = prediction.flat
        self._ranking = Ranking(prediction.flat)
        self._mean = float(prediction.flat.mean(dtype=np.float64))
        self._sd = math.sqrt(prediction.variance) if prediction.varies else math.nan

    def at(self, x_px: float, y_px: float) -> Probe:
        """Return what the map says of one point of the stimulus, such as a fixation."""
        height_px, width_px = self._shape
        if not (0 <= x_px < width_px and 0 <= y_px < height_px):
            return Probe(math.nan, math.nan)
        cell = cells_of(np.array([x_px]), np.array([y_px]), self._shape, self._shape)
        value = self._values[cell]
        share = self._ranking.shares_below(value)
        return Probe((float(value[0]) - self._mean) / self._sd, float(share[0]))
