"""Human density: where fixations lie close together, as a map.

The map is the plain sum of one Gaussian for each fixation, without truncation. A Gaussian
is separable, so the sum over n fixations is a product of two matrices of n rows: faster
than filtering a count map, and exact to the rounding of float32.
"""

from collections.abc import Sequence

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.gaze import Scanpath, Vector
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

_BLOCK = 4096  # fixations in one product: keeps memory flat for the pool of a whole data set


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
        down = _profile(y_px[block], shape[0], rows, sigma_px)
        if weights is not None:
            down *= np.asarray(weights[block], np.float32)[:, None]
        across = _profile(x_px[block], shape[1], columns, sigma_px)
        if start == 0:
            np.matmul(down.T, across, out=result)
        else:
            result += down.T @ across
    return result


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
