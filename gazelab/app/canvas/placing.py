"""Where the fixations of a scanpath stand on the screen, how large, and in which state."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from gazelab.app.canvas.camera import View
from gazelab.app.canvas.scene import ScanpathLayer
from gazelab.data.gaze import Exclusion

RADIUS_OF_1000_MS_PX = 24.0
"""Screen pixels, at every zoom: the AREA of a circle grows with its duration."""
LEAST_RADIUS_PX = 5.0
MOST_RADIUS_PX = 48.0
"""Reached at 43 ms and 4 s; outside of these the area stays as it is."""

_REACH_PX = 8.0
_BLOCK = 150  # fixations


class State(IntEnum):
    """How a fixation is drawn."""

    HIDDEN = 0
    PAST = 1
    CURRENT = 2
    UPCOMING = 3


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The fixations of one layer on the screen.

    x_px, y_px : (n,) float64, NaN without a position. radius_px : (n,) float64.
    state : (n,) int8 of `State`. excluded : (n,) bool.
    """

    layer: ScanpathLayer
    x_px: np.ndarray
    y_px: np.ndarray
    radius_px: np.ndarray
    state: np.ndarray
    excluded: np.ndarray

    def scaled(self, dpr: float) -> "Placed":
        """Return the same with `x_px` and `y_px` in device pixels."""
        return replace(self, x_px=self.x_px * dpr, y_px=self.y_px * dpr)

    def saccades(self, state: State) -> np.ndarray:
        """Return the k whose line from fixation k to k + 1 is drawn as PAST or UPCOMING."""
        if not self.layer.show_saccades or len(self.state) < 2:
            return np.empty(0, np.intp)
        shown = (self.state[:-1] != State.HIDDEN) & (self.state[1:] != State.HIDDEN)
        upcoming = self.state[1:] == State.UPCOMING
        return np.flatnonzero(shown & (upcoming == (state == State.UPCOMING)))


def radius_px(duration_ms: np.ndarray) -> np.ndarray:
    """Return the radius of the circle of each duration; the least one for NaN."""
    radius = RADIUS_OF_1000_MS_PX * np.sqrt(np.clip(np.nan_to_num(duration_ms), 0, None) / 1000)
    return np.clip(radius, LEAST_RADIUS_PX, MOST_RADIUS_PX)


def drawn(count: int, current: int) -> range:
    """Return which of so many fixations are drawn: at least 150 before and after the current.

    More could not be told apart, and painting thousands takes seconds. They change only
    with every 150th fixation, so that a step paints nothing anew.
    """
    block = max(current, 0) // _BLOCK
    return range(max((block - 1) * _BLOCK, 0), min((block + 2) * _BLOCK, count))


def states(layer: ScanpathLayer) -> np.ndarray:
    """Return the (n,) int8 `State` of each fixation. ValueError for an unknown trail."""
    scanpath, current = layer.scanpath, layer.current
    result = np.full(len(scanpath), State.PAST, np.int8)
    if current is not None:
        result[current + 1 :] = State.UPCOMING if layer.trail == "all" else State.HIDDEN
        result[: _first(layer.trail, current)] = State.HIDDEN
        result[max(current, 0) : current + 1] = State.CURRENT
        near = drawn(len(scanpath), current)
        result[: near.start] = result[near.stop :] = State.HIDDEN
    result[scanpath.exclusion == Exclusion.NO_POSITION] = State.HIDDEN
    return result


def place(layer: ScanpathLayer, view: View) -> Placed:
    """Return the fixations of a layer as a view shows them."""
    scanpath = layer.scanpath
    return Placed(
        layer,
        view.x_px + view.scale * scanpath.x_px,
        view.y_px + view.scale * scanpath.y_px,
        radius_px(scanpath.duration_ms),
        states(layer),
        ~scanpath.used,
    )


def fixation_near(
    layers: tuple[ScanpathLayer, ...], view: View, x_px: float, y_px: float
) -> tuple[tuple[str, str, str], int] | None:
    """Return (key of the scanpath, index) of the nearest mark under a point of the screen.

    A mark is hit inside its circle, or within 8 px of its middle.
    """
    best, nearest = None, 1.0
    for layer in layers:
        placed = place(layer, view)
        reach = np.maximum(placed.radius_px, _REACH_PX)
        share = np.hypot(placed.x_px - x_px, placed.y_px - y_px) / reach
        share[placed.state == State.HIDDEN] = np.inf
        if len(share) and np.nanmin(share) <= nearest:
            index = int(np.nanargmin(share))
            best, nearest = (layer.scanpath.key, index), float(share[index])
    return best


def _first(trail: str, current: int) -> int:
    """Return the first fixation that a trail shows."""
    if trail in ("all", "past"):
        return 0
    word, _, number = trail.partition(" ")
    if word != "last" or not number.isdigit() or int(number) < 1:
        raise ValueError(f"unknown trail {trail!r}")
    return max(current + 1 - int(number), 0)
