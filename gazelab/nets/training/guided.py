"""People's gaze at training pictures, on the grid of a network, for attention to be guided by."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn
from torch.nn import functional as F

from gazelab.gaze.density import density
from gazelab.nets.training.data import Fixations, View

_TARGET_STRIDE = 8
"""Human density is made on this grid and pooled to that of the network."""


def human_maps(
    gaze: Fixations | None, view: View, steps: int, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the human density of each step in a view, and 1 where there is any gaze, else 0.

    steps : 1 for the density of all fixations, else step k has the k-th ones. size : (rows,
    columns) of the input. Densities are (steps, rows / 8, columns / 8) and sum to 1, or to 0
    where nobody looked.
    """
    grid = size[0] // _TARGET_STRIDE, size[1] // _TARGET_STRIDE
    maps, there = np.zeros((steps, *grid), np.float32), np.zeros(steps, np.float32)
    if gaze is None:
        return maps, there
    moved = view.moved(gaze)
    for step in range(steps):
        seen = moved.only(moved.number == step + 1) if steps > 1 else moved
        if len(seen.x_px):
            blurred = density(seen.x_px, seen.y_px, seen.shape, seen.sigma_px, grid=grid)
            maps[step] = blurred / blurred.sum()
            there[step] = 1
    return maps, there


def attend(net: nn.Module, pixels: Tensor, human: Tensor) -> tuple[Tensor, Tensor]:
    """Return scores and attention of each step; the network is given the gaze if it takes it."""
    result = net(pixels, human) if getattr(net, "takes_gaze", False) else net(pixels)
    scores, attention = result
    return scores, attention.float()


def pooled(human: Tensor, grid: Sequence[int]) -> Tensor:
    """Return densities on a coarser grid, each summing to 1 unless it is 0 everywhere."""
    coarse = F.adaptive_avg_pool2d(human, (grid[0], grid[1]))
    return coarse / coarse.sum((-2, -1), keepdim=True).clamp_min(1e-12)
