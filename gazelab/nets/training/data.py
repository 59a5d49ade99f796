"""Training data in memory, and random changes in which fixations move with the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gazelab.data.image import opencv, read_rgb, resized
from gazelab.errors import ReadError
from gazelab.gaze.density import density
from gazelab.nets.backbones import PIXEL_MEAN, PIXEL_STD
from gazelab.nets.training.config import AugmentTable
from gazelab.task import Step, Task

_ROOM = 1.25
"""Pictures are kept this much larger than the input, so that crops stay sharp."""

_SMALLEST = 0.25
"""Size of the smallest picture that a softened one looks like."""

_GREY = np.array([0.299, 0.587, 0.114])
"""The share of red, green and blue in brightness (ITU-R BT.601)."""


@dataclass(frozen=True, slots=True, eq=False)
class Fixations:
    """Fixations on one training picture, or on the part of it that is shown.

    x_px, y_px : (n,). number : (n,), which fixation of its scanpath each is, from 1.
    shape : (height, width) of the part in pixels of the whole picture. sigma_px : width of the
    human density.
    """

    x_px: np.ndarray
    y_px: np.ndarray
    number: np.ndarray
    shape: tuple[float, float]
    sigma_px: float

    def only(self, which: np.ndarray) -> "Fixations":
        """Return some of the fixations, as an index or a mask (n,) chooses them."""
        chosen = self.x_px[which], self.y_px[which], self.number[which]
        return Fixations(*chosen, self.shape, self.sigma_px)

    def part(self, parts: Sequence[int], step: int) -> "Fixations":
        """Return those of a step whose first fixation is `parts[step]`; all without parts."""
        if not parts:
            return self
        return self.only(np.searchsorted(parts, self.number, side="right") == step + 1)


@dataclass(frozen=True, slots=True)
class View:
    """The part of a picture that is shown: a box in parts of its sides, maybe mirrored."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0
    mirrored: bool = False

    def moved(self, fixations: Fixations) -> Fixations:
        """Return the fixations as they lie in this view; those outside are dropped."""
        whole_height, whole_width = fixations.shape
        height, width = self.height * whole_height, self.width * whole_width
        x = fixations.x_px - self.left * whole_width
        y = fixations.y_px - self.top * whole_height
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        if self.mirrored:
            x = np.minimum(width - x, np.nextafter(width, 0))
        moved = Fixations(x, y, fixations.number, (height, width), fixations.sigma_px)
        return moved.only(inside)

    def cut(self, pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Return this part of the picture, scaled to `size` (rows, columns)."""
        rows, columns = pixels.shape[:2]
        top, left = round(self.top * rows), round(self.left * columns)
        bottom = max(round((self.top + self.height) * rows), top + 1)
        right = max(round((self.left + self.width) * columns), left + 1)
        part = resized(pixels[top:bottom, left:right], *size)
        return np.asarray(opencv().flip(part, 1)) if self.mirrored else part


def random_view(rng: np.random.Generator, table: AugmentTable) -> View:
    """Draw a crop of random scale, aspect and place, maybe mirrored."""
    scale = rng.uniform(table.crop_min, 1)
    stretch = np.exp(rng.uniform(-table.aspect, table.aspect) / 2)
    width, height = min(scale * stretch, 1.0), min(scale / stretch, 1.0)
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return View(left, top, width, height, bool(rng.random() < table.flip))


def recoloured(pixels: np.ndarray, rng: np.random.Generator, table: AugmentTable) -> np.ndarray:
    """Change brightness, contrast and saturation at random, or take the colour away."""
    low, high = 1 - table.colour, 1 + table.colour
    brightness, contrast, saturation = rng.uniform(low, high, 3)
    if rng.random() < table.grey:
        saturation = 0.0
    sums = np.array(opencv().sumElems(pixels)[:3])  # exact, and ten times as fast as numpy
    grey = _GREY @ (sums / (pixels.shape[0] * pixels.shape[1]))
    mixed = contrast * (saturation * np.eye(3) + (1 - saturation) * _GREY)
    shift = grey * (brightness - contrast)
    # one product for each pixel; it saturates at 0 and 255
    return np.asarray(opencv().transform(pixels, np.column_stack([mixed, [shift] * 3])))


def softened(pixels: np.ndarray, rng: np.random.Generator, table: AugmentTable) -> np.ndarray:
    """Blur some pictures as if they were small ones, of down to a quarter of the size."""
    if not table.soften or rng.random() >= table.soften:
        return pixels
    rows, columns = pixels.shape[:2]
    factor = _SMALLEST ** rng.random()
    small = resized(pixels, max(round(rows * factor), 1), max(round(columns * factor), 1))
    return resized(small, rows, columns)


def targets(
    fixations: Fixations,
    grid: tuple[int, int],
    widths: Sequence[float],
    parts: Sequence[int] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Return human density (sums to 1) and fixations in each cell, (steps, *grid) each.

    widths : of the density of each step, in multiples of `sigma_px`. A step that is to be
    coarser has no counts, since they would pull it to the finest prediction.
    parts : the first fixation of each step, from 1, when the steps share out the viewing; a
    step without fixations is 0 everywhere. When empty each step has all fixations.
    """
    wanted = [(width, step if parts else 0) for step, width in enumerate(widths)]
    made = {key: _target(fixations.part(parts, key[1]), grid, key[0]) for key in set(wanted)}
    each = [made[key] for key in wanted]  # without parts, steps of one width are the same
    return np.stack([human for human, _ in each]), np.stack([counts for _, counts in each])


def _target(seen: Fixations, grid: tuple[int, int], width: float) -> tuple[np.ndarray, np.ndarray]:
    human = density(seen.x_px, seen.y_px, seen.shape, seen.sigma_px * width, grid=grid)
    counts = np.zeros(grid, np.float32)
    if width <= 1:
        rows = (seen.y_px * (grid[0] / seen.shape[0])).astype(int).clip(0, grid[0] - 1)
        columns = (seen.x_px * (grid[1] / seen.shape[1])).astype(int).clip(0, grid[1] - 1)
        np.add.at(counts, (rows, columns), 1)
    total = human.sum()
    return human / total if total > 0 else human, counts


def as_input(pictures: Sequence[np.ndarray]) -> Tensor:
    """Stack (rows, columns, 3) uint8 pictures into (n, 3, rows, columns) float in -1...1."""
    stack = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    x = (stack.float() - PIXEL_MEAN) / PIXEL_STD
    return x.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Pictures in memory, and the files that could not be read with the reason."""

    pictures: dict[Path, np.ndarray]
    skipped: tuple[tuple[Path, str], ...]


def load_pictures(paths: Sequence[Path], size: tuple[int, int]) -> Task[Loaded]:
    """Read pictures, scaled to somewhat more than `size`; unreadable ones are skipped."""
    pictures, skipped = {}, []
    for number, path in enumerate(paths):
        if number % 25 == 0:
            yield Step(number, len(paths), "Reading pictures")
        try:
            pixels = read_rgb(path)
        except ReadError as error:
            skipped.append((path, str(error)))
            continue
        factor = max(_ROOM * size[0] / pixels.shape[0], _ROOM * size[1] / pixels.shape[1])
        if factor < 1:
            rows, columns = (max(round(side * factor), 1) for side in pixels.shape[:2])
            pixels = resized(pixels, rows, columns)
        pictures[path] = pixels
    return Loaded(pictures, tuple(skipped))
