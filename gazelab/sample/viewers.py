"""Simulated viewers: scanpaths on the sample scenes, made up by a formula.

They are *not* data. They exist so that a program without data can show what it does.

Viewer v looks at a scene for 3 s; 24 px are one degree. Positions lie on a grid of 8 px. With
c a cell, f_1, f_2 ... the fixations so far and W the width of the picture, the next cell is
drawn with a probability proportional to

    P(c) = (e + sum_o w_vo exp(-r_o(c)^2 / 2))        objects o, r_o in radii of the object
         * exp(-|c - middle|^2 / 2 (0.32 W)^2)^(b / k)   centre bias, fades with fixation k
         * prod_j (1 - 0.85 * 0.5^(age_j / 2) exp(-|c - f_j|^2 / 2 (1.6 deg)^2))
                                                      inhibition of return, fades with age
         * (a / 2.6 deg) exp(1 - a / 2.6 deg)         prior on the saccade length a

where e = 0.012, b = 1.5, and w_vo = interest of o times exp(0.45 n), n standard normal,
is the taste of the viewer. The point is spread evenly over its cell. The viewer starts from
the middle at 0 ms; that fixation is not reported. The first reported one begins after a
latency of 190 ms times exp(0.2 n). Durations are log-normal with median 220 ms times a
factor of the viewer exp(0.12 n), sigma 0.38, and at least 60 ms; a saccade takes 21 ms +
2.2 ms per degree. The last fixation ends with the viewing; none begins in the last 60 ms.
One fixation in 60 goes to the surround of the picture, up to 90 px beyond an edge.

The random numbers are the plain 53-bit ones of numpy's PCG64, turned normal by the inverse
distribution function, so that the same seed gives the same table everywhere.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from gazelab.sample.paint import HEIGHT_PX, WIDTH_PX
from gazelab.sample.scene import Region, Scene

PX_PER_DEG = 24.0
VIEWING_MS = 3000.0
VIEWERS = tuple(f"viewer {number:02d}" for number in range(1, 13))

_CELL_PX = 8
_FLOOR = 0.012
_CENTRE_SHARE = 0.32
_CENTRE_STRENGTH = 1.5
_RETURN_DEG = 1.6
_SACCADE_DEG = 2.6
_SHORTEST_MS = 60.0
_SURROUND_PX = 90.0
_SURROUND_SHARE = 1 / 60


@dataclass(frozen=True, slots=True)
class Look:
    """One simulated fixation; it is off the picture where a coordinate is outside."""

    x_px: float
    y_px: float
    onset_ms: float
    duration_ms: float


class _Chance:
    """Random numbers of one viewer on one scene."""

    def __init__(self, *seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._normal = NormalDist()

    def even(self) -> float:
        return float(self._rng.random())

    def log_normal(self, median: float, sigma: float) -> float:
        return median * math.exp(sigma * self._normal.inv_cdf(max(self.even(), 1e-12)))

    def cell(self, weights: np.ndarray) -> int:
        total = np.cumsum(weights)
        return int(np.searchsorted(total, self.even() * total[-1], side="right"))


def scanpath(scene: Scene, scene_number: int, viewer_number: int, seed: int = 1) -> list[Look]:
    """Return what one viewer does on one scene; the same for the same numbers."""
    chance = _Chance(seed, scene_number, viewer_number)
    interest = _interest(scene.regions, chance)
    pace = _Chance(seed, viewer_number).log_normal(1.0, 0.12)
    x, y, seen = WIDTH_PX / 2, HEIGHT_PX / 2, [(WIDTH_PX / 2, HEIGHT_PX / 2)]
    looks: list[Look] = []
    onset_ms = chance.log_normal(190.0, 0.2)
    while onset_ms < VIEWING_MS - _SHORTEST_MS:
        target = _next(interest, seen, chance)
        if looks:
            onset_ms += 21 + 2.2 * math.dist((x, y), target) / PX_PER_DEG
        x, y = target
        duration_ms = max(_SHORTEST_MS, chance.log_normal(220.0 * pace, 0.38))
        duration_ms = min(duration_ms, VIEWING_MS - onset_ms)
        looks.append(Look(round(x, 1), round(y, 1), round(onset_ms), round(duration_ms)))
        seen.append(target)
        onset_ms += duration_ms
    return looks


def _interest(regions: tuple[Region, ...], chance: _Chance) -> np.ndarray:
    """Return (rows, columns): what the objects are worth to one viewer in each cell."""
    y, x = _grid()
    worth = np.full((HEIGHT_PX // _CELL_PX, WIDTH_PX // _CELL_PX), _FLOOR)
    for region in regions:
        radii = ((x - region.x_px) / region.rx_px) ** 2 + ((y - region.y_px) / region.ry_px) ** 2
        worth += chance.log_normal(region.interest, 0.45) * np.exp(-radii / 2)
    return worth


def _next(
    interest: np.ndarray, seen: list[tuple[float, float]], chance: _Chance
) -> tuple[float, float]:
    """Return where the eye goes next, given where it has been (the last one is now)."""
    if len(seen) > 1 and chance.even() < _SURROUND_SHARE:
        return _surround(chance)
    y, x = _grid()
    from_middle = (x - WIDTH_PX / 2) ** 2 + (y - HEIGHT_PX / 2) ** 2
    centred = np.exp(-from_middle / (2 * (_CENTRE_SHARE * WIDTH_PX) ** 2))
    weights = interest * centred ** (_CENTRE_STRENGTH / len(seen))
    for age, (seen_x, seen_y) in enumerate(reversed(seen)):
        near = ((x - seen_x) ** 2 + (y - seen_y) ** 2) / (2 * (_RETURN_DEG * PX_PER_DEG) ** 2)
        weights *= 1 - 0.85 * 0.5 ** (age / 2) * np.exp(-near)
    length = np.hypot(x - seen[-1][0], y - seen[-1][1]) / (PX_PER_DEG * _SACCADE_DEG)
    weights *= length * np.exp(1 - length)
    row, column = divmod(chance.cell(weights.ravel()), weights.shape[1])
    return (column + chance.even()) * _CELL_PX, (row + chance.even()) * _CELL_PX


def _surround(chance: _Chance) -> tuple[float, float]:
    """Return a place beside the picture, on any of its four sides."""
    beyond, along = _SURROUND_PX * (0.1 + 0.9 * chance.even()), chance.even()
    side = int(4 * chance.even())
    if side < 2:
        return (-beyond if side else WIDTH_PX + beyond), along * HEIGHT_PX
    return along * WIDTH_PX, (-beyond if side == 2 else HEIGHT_PX + beyond)


def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Return the middles of the cells as (rows, 1) and (1, columns) in pixels."""
    y = (np.arange(HEIGHT_PX // _CELL_PX) + 0.5)[:, None] * _CELL_PX
    x = (np.arange(WIDTH_PX // _CELL_PX) + 0.5)[None] * _CELL_PX
    return y, x
