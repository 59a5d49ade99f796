"""Human density: where fixations lie close together, as a map.

The map is the plain sum of one Gaussian for each fixation, without truncation. A Gaussian is
separable, so the sum over n fixations is a product of two matrices of n rows: faster than
filtering a count map, and exact to the rounding of float32. Bands of the map leave out
fixations so far away that float32 has no number for what they add.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.gaze import Scanpath, Vector
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

Band: TypeAlias = tuple[slice, slice]

_BLOCK = 4096  # fixations in one product: keeps memory flat for the pool of a whole data set
# In sigma; farther away a Gaussian is below 1e-38. A shorter reach would be faster, but pixels
# far from all fixations would tie at 0: at 6 sigma that moves AUC by 1e-3 and KL by 1e-2.
_REACH = 13.25
_BAND = 4.0  # sigma; narrower bands leave out more fixations, and are more products
_FEW = 32  # fixations, for which bands do not pay


def density(
    x_px: Vector,
    y_px: Vector,
    shape: tuple[float, float],
    sigma_px: float,
    *,
    weights: Vector | None = None,
    grid: tuple[int, int] | None = None,
    out: Map | None = None,
) -> Map:
    """Sum a Gaussian of height 1 (or its weight) around each fixation.

    Parameters
    ----------
    x_px, y_px : (n,), finite. Points off the stimulus count with the part that reaches it.
    shape : (height_px, width_px) of the stimulus.
    sigma_px : standard deviation of the Gaussian, > 0.
    weights : (n,), such as durations; 1 each when None.
    grid : (rows, columns) covering the same stimulus; one cell a pixel when None.
    out : (rows, columns) float32, C-contiguous, overwritten and returned; for repeated calls.

    Returns
    -------
    (rows, columns) float32, not normalised: the values at the centres of the cells. All 0
    without fixations.
    """
    if not sigma_px > 0 or not np.isfinite(sigma_px):
        raise SettingsError(f"The blur must be wider than 0 px, not {sigma_px:g}.")
    rows, columns = grid or (int(shape[0]), int(shape[1]))
    result = np.empty((rows, columns), np.float32) if out is None else out
    if not len(x_px):
        result.fill(0)
        return result
    for start in range(0, len(x_px), _BLOCK):
        block = slice(start, start + _BLOCK)
        order = np.argsort(y_px[block])
        y, x = np.asarray(y_px[block])[order], np.asarray(x_px[block])[order]
        down = _profile(y, shape[0], rows, sigma_px)
        if weights is not None:
            down *= np.asarray(weights[block], np.float32)[order, None]
        across = _profile(x, shape[1], columns, sigma_px)
        for band, near in _bands(y, shape[0], rows, sigma_px):
            if start == 0:
                np.matmul(down[near, band].T, across[near], out=result[band])
            else:
                result[band] += down[near, band].T @ across[near]
    return result


def _bands(y_px: np.ndarray, height_px: float, rows: int, sigma_px: float) -> Iterator[Band]:
    """Yield bands of rows, each with the fixations that reach it, of those sorted by y."""
    number, reach_px = min(int(height_px // (_BAND * sigma_px)), rows), _REACH * sigma_px
    if len(y_px) < _FEW or height_px < 2 * reach_px:
        yield slice(None), slice(None)
        return
    edges = np.linspace(0, rows, number + 1).astype(int)
    edges_px = edges * (height_px / rows)
    first = np.searchsorted(y_px, edges_px[:-1] - reach_px)
    last = np.searchsorted(y_px, edges_px[1:] + reach_px)
    for top, bottom, start, stop in zip(edges, edges[1:], first, last, strict=False):
        yield slice(top, bottom), slice(start, stop)


def human_density(
    scanpaths: Sequence[Scanpath],
    stimulus: Stimulus,
    blur_px: float,
    by_duration: bool = False,
    grid: tuple[int, int] | None = None,
) -> Map:
    """Return the density of all fixations in use of these scanpaths on their stimulus.

    by_duration : weight each fixation by its duration in ms; one without weighs nothing.
    Returns (rows, columns) float32, by default on the stimulus's pixels; all 0 without
    fixations in use.
    """
    paths = [scanpath.without_excluded() for scanpath in scanpaths]
    nothing = np.empty(0)
    return density(
        np.concatenate([nothing, *(path.x_px for path in paths)]),
        np.concatenate([nothing, *(path.y_px for path in paths)]),
        stimulus.shape,
        blur_px,
        weights=np.nan_to_num(np.concatenate([nothing, *(p.duration_ms for p in paths)]))
        if by_duration
        else None,
        grid=grid,
    )


def _profile(at_px: Vector, length_px: float, cells: int, sigma_px: float) -> np.ndarray:
    """(n, cells) float32: the Gaussian around each position at the centres of the cells."""
    scale = np.sqrt(0.5) / sigma_px
    centres = (np.arange(cells) + 0.5) * (length_px / cells * scale)
    exponent = np.empty((len(at_px), cells), np.float32)
    # the difference in float64: in float32 it would lose the sub-pixel part on large stimuli;
    # written as float32, since pages of a large float64 array take longer than the arithmetic
    at = np.asarray(at_px, np.float64)[:, None] * scale
    np.subtract(at, centres, out=exponent, dtype=np.float64, casting="same_kind")
    np.square(exponent, out=exponent)
    np.negative(exponent, out=exponent)
    return np.exp(exponent, out=exponent)
