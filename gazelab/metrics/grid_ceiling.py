"""What a grid of few cells can hold of the density of people.

Maps of models have few cells and are stretched to the stimulus before they are scored. The
part of the human density that no such map can show is lost to any model of that grid,
however good. The grid ceiling is the human density put on that grid as well as it goes and
stretched back; it is scored like the map of a model, on the fixations the density is made
of. The human density itself, scored in the same way, is the ceiling of all grids: what lies
between the two is lost to resolution alone.

Both are no predictions, since they have seen the fixations they are scored on. Read the
difference between them, not how far a model lies below.
"""

from functools import lru_cache

import numpy as np

from gazelab.data.attention import Map
from gazelab.metrics.resample import to_grid

_ROUNDS = 200
_SETTLED = 1e-5


def closest_on_grid(density: Map, grid: tuple[int, int]) -> Map:
    """Return the map >= 0 on `grid` that comes closest to a density once it is stretched.

    Closest in least squares over the cells of `density`, stretched as `to_grid` does with the
    maps of models. density : (rows, columns), >= 0. Returns (rows, columns) of `grid`, float64.

    By projected gradients from the unconstrained solution. Averages over the cells of the grid
    would be blurred a second time by stretching, and a model could surpass them.
    """
    down, back_down = _stretching(grid[0], density.shape[0])
    across, back_across = _stretching(grid[1], density.shape[1])
    target = down.T @ density @ across
    gram_down, gram_across = down.T @ down, across.T @ across
    step = 1 / float(np.linalg.norm(gram_down, 2) * np.linalg.norm(gram_across, 2))
    found = np.maximum(back_down @ density @ back_across.T, 0)
    for _ in range(_ROUNDS):
        before = found
        found = np.maximum(before - step * (gram_down @ before @ gram_across - target), 0)
        if np.abs(found - before).max() <= _SETTLED * found.max():
            break
    return found


@lru_cache(maxsize=16)
def _stretching(cells: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (length, cells), which stretches a column of cells as `to_grid` does; its inverse."""
    stretch = to_grid(np.eye(cells), (length, cells))
    return stretch, np.linalg.pinv(stretch)
