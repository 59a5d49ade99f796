"""From one grid to another: maps are resampled, points are scaled.

Fixations stay points until they are counted on a grid; an image of fixations is never
resized, since that would move, merge or split them.
"""

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.gaze import Vector
from gazelab.data.image import opencv

Cells = np.ndarray
"""(n,) intp: flat indices into a grid of (rows, columns), row by row."""


def to_grid(map_: Map, grid: tuple[int, int]) -> Map:
    """Resample a map that covers the stimulus to `grid` = (rows, columns).

    Bilinear between the centres of the cells, constant beyond the outermost ones. A map that
    is on the grid already is returned as it is; float64 stays, all else becomes float32.
    """
    floats = map_ if map_.dtype in (np.float32, np.float64) else map_.astype(np.float32)
    if floats.shape == grid:
        return floats
    cv2 = opencv()
    return cv2.resize(
        np.ascontiguousarray(floats), (grid[1], grid[0]), interpolation=cv2.INTER_LINEAR
    )


def cells_of(
    x_px: Vector, y_px: Vector, shape: tuple[float, float], grid: tuple[int, int]
) -> Cells:
    """Return the cell of `grid` in which each point of a stimulus of `shape` lies.

    x_px, y_px : (n,), 0 <= x < width and 0 <= y < height as for fixations in use.
    """
    rows = np.floor(np.asarray(y_px, np.float64) * (grid[0] / shape[0])).astype(np.intp)
    columns = np.floor(np.asarray(x_px, np.float64) * (grid[1] / shape[1])).astype(np.intp)
    # scaling may round a point just inside the edge up to the edge itself
    np.clip(rows, 0, grid[0] - 1, out=rows)
    np.clip(columns, 0, grid[1] - 1, out=columns)
    cells: Cells = rows * grid[1] + columns
    return cells
