"""Where a map attends, as one point with its spread: to set beside a fixation."""

from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.attention import Map


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One map in a few numbers, in pixels of the stimulus; all NaN where it is 0 everywhere.

    peak_x_px, peak_y_px : centre of the cell with the highest value, the first in reading
    order of several. mean_x_px, mean_y_px : expectation of the map as a density. major_px,
    minor_px : standard deviations along the axes of its dispersion ellipse. angle_deg : from
    the x axis to the major axis, clockwise as y points down, -90...90. entropy_bit : 0 for
    one cell, log2 of the number of cells for an even map.
    """

    peak_x_px: float
    peak_y_px: float
    mean_x_px: float
    mean_y_px: float
    major_px: float
    minor_px: float
    angle_deg: float
    entropy_bit: float


_NOWHERE = Glimpse(*(float("nan"),) * 8)


def glimpse(map_: Map, width_px: float, height_px: float) -> Glimpse:
    """Return where a map over a stimulus of this size attends; nowhere if that is not known.

    map_ : (rows, columns), finite, >= 0, not normalised. The spread of a single cell is that
    of its even surface, so that an ellipse never shrinks below the grid's resolution.
    """
    total = float(map_.sum(dtype=float))
    if not total > 0 or not np.isfinite([width_px, height_px]).all():
        return replace(_NOWHERE, entropy_bit=entropy_bit(map_))
    rows, columns = map_.shape
    cell_x, cell_y = width_px / columns, height_px / rows
    share = map_.astype(float) / total
    x, y = (np.arange(columns) + 0.5) * cell_x, (np.arange(rows) + 0.5) * cell_y
    over_x, over_y = share.sum(0), share.sum(1)
    mean_x, mean_y = float(over_x @ x), float(over_y @ y)
    from_x, from_y = x - mean_x, y - mean_y
    covariance = float(from_y @ share @ from_x)
    spread = np.array(
        [
            [over_x @ from_x**2 + cell_x**2 / 12, covariance],
            [covariance, over_y @ from_y**2 + cell_y**2 / 12],
        ]
    )
    variances, axes = np.linalg.eigh(spread)
    angle_deg = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
    row, column = np.unravel_index(int(map_.argmax()), map_.shape)
    return Glimpse(
        float(x[column]),
        float(y[row]),
        mean_x,
        mean_y,
        float(np.sqrt(variances[1])),
        float(np.sqrt(variances[0])),
        (angle_deg + 90) % 180 - 90,
        entropy_bit(map_),
    )


def entropy_bit(map_: Map) -> float:
    """Return the entropy of a map as a density, in bit; NaN where it is 0 everywhere."""
    total = float(map_.sum(dtype=float))
    if not total > 0:
        return float("nan")
    return _entropy(map_.astype(float) / total)


def js_divergence_bit(a: Map, b: Map) -> float:
    """Return the Jensen-Shannon divergence of two maps as densities, 0...1 bit.

    NaN when a map is 0 everywhere. (Lin 1991, IEEE Transactions on Information Theory 37,
    145-151)
    """
    totals = float(a.sum(dtype=float)), float(b.sum(dtype=float))
    if not min(totals) > 0:
        return float("nan")
    p, q = a.astype(float) / totals[0], b.astype(float) / totals[1]
    apart = _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2
    return min(1.0, max(0.0, apart))


def _entropy(share: np.ndarray) -> float:
    some = share[share > 0]
    return max(0.0, float(-(some @ np.log2(some))))
