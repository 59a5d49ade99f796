"""Where the eyes rested in stretches of samples, for sources that tell only when."""

from collections.abc import Iterable

import numpy as np

from gazelab.data.gaze import Vector


def median_places(
    x: Vector, y: Vector, starts: Iterable[int], stops: Iterable[int]
) -> tuple[Vector, Vector]:
    """Return the median x and y of each stretch of samples, (n,) float64 each.

    x, y : (samples,) float64, NaN = lost. starts, stops : (n,) int, stops exclusive. Lost
    samples do not count; NaN where a stretch has no other.
    """
    there = np.isfinite(x) & np.isfinite(y)
    places = [
        (np.median(x[part][kept]), np.median(y[part][kept])) if kept.any() else (np.nan, np.nan)
        for part in map(slice, starts, stops)
        for kept in [there[part]]
    ]
    found = np.array(places, np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
