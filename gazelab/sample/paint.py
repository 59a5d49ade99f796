"""A small painter: outlines, paints and a canvas, in stimulus pixels.

Everything is drawn at twice the final size and reduced, which smooths the edges. Colours
are written "#rrggbb". An *outline* is an (n, 2) array of corners; a *paint* gives a colour
for every pixel from its x and y.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from gazelab.data.image import opencv

cv2 = opencv()

WIDTH_PX = 800
HEIGHT_PX = 600
_SCALE = 2
_LIGHT = np.array([-0.48, -0.62, 0.62])

Outline: TypeAlias = np.ndarray
Paint: TypeAlias = Callable[[np.ndarray, np.ndarray], np.ndarray]


def rgb(colour: str) -> np.ndarray:
    """Return "#rrggbb" as (3,) float32 in 0 ... 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def rectangle(x: float, y: float, width: float, height: float) -> Outline:
    """Return the outline of a rectangle from its top-left corner and size."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def ellipse(x: float, y: float, rx: float, ry: float, angle_deg: float = 0.0) -> Outline:
    """Return the outline of an ellipse around (x, y), turned clockwise by an angle."""
    turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    along, across = rx * np.cos(turn), ry * np.sin(turn)
    return np.stack([x + along * cos - across * sin, y + along * sin + across * cos], 1)


def points(spec: str, x: float = 0.0, y: float = 0.0, size: float = 1.0, way: int = 1) -> Outline:
    """Return the corners written as "x,y x,y ...", scaled by `size` and moved to (x, y).

    way : -1 turns left and right around.
    """
    corners = np.array([pair.split(",") for pair in spec.split()], float)
    return corners * (way * size, size) + (x, y)


def curve(spec: str, x: float = 0.0, y: float = 0.0, size: float = 1.0, way: int = 1) -> Outline:
    """Return the smooth closed curve through `points` of the same arguments."""
    return smooth(points(spec, x, y, size, way))


def smooth(through: Sequence[tuple[float, float]] | Outline) -> Outline:
    """Return a closed Catmull-Rom curve through the points."""
    corners = np.asarray(through, float)
    before, after = np.roll(corners, 1, 0), np.roll(corners, -1, 0)
    beyond = np.roll(corners, -2, 0)
    t = np.linspace(0, 1, 12, endpoint=False)[:, None, None]
    line = 0.5 * (
        2 * corners
        + (after - before) * t
        + (2 * before - 5 * corners + 4 * after - beyond) * t**2
        + (3 * corners - before - 3 * after + beyond) * t**3
    )
    return line.transpose(1, 0, 2).reshape(-1, 2)


def flat(colour: str) -> Paint:
    """Return a paint of one colour."""
    value = rgb(colour)
    return lambda x, _y: np.broadcast_to(value, (*x.shape, 3))


def gradient(first: str, last: str, start: tuple[float, float], end: tuple[float, float]) -> Paint:
    """Return a paint that runs from one colour at `start` to another at `end`."""
    a, b = rgb(first), rgb(last)
    dx, dy = end[0] - start[0], end[1] - start[1]

    def paint(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        t = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
        return a + np.clip(t, 0, 1)[..., None] * (b - a)

    return paint


def upright(first: str, last: str, top: float, bottom: float) -> Paint:
    """Return a gradient from `top` down to `bottom`."""
    return gradient(first, last, (0, top), (0, bottom))


def radial(inner: str, outer: str, x0: float, y0: float, radius: float) -> Paint:
    """Return a paint that runs from one colour at a point to another at a radius."""
    a, b = rgb(inner), rgb(outer)
    return lambda x, y: a + np.clip(np.hypot(x - x0, y - y0) / radius, 0, 1)[..., None] * (b - a)


def ball(
    colour: str,
    x0: float,
    y0: float,
    rx: float,
    ry: float,
    gloss: float = 0.35,
    ambient: float = 0.36,
) -> Paint:
    """Return the shading of a ball lit from the upper left."""
    base = rgb(colour)

    def paint(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        u, v = (x - x0) / rx, (y - y0) / ry
        depth = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
        light = np.clip(u * _LIGHT[0] + v * _LIGHT[1] + depth * _LIGHT[2], 0, 1)[..., None]
        rim = 0.25 * gloss * (1 - depth[..., None]) ** 2
        return base * (ambient + (1.1 - ambient) * light) + gloss * light**18 + rim

    return paint


def column(colour: str, left: float, right: float, gloss: float = 0.12) -> Paint:
    """Return the shading of an upright cylinder lit from the left."""
    base = rgb(colour)

    def paint(x: np.ndarray, _y: np.ndarray) -> np.ndarray:
        u = np.clip(2 * (x - left) / (right - left) - 1, -1, 1)
        light = np.clip(-0.55 * u + 0.83 * np.sqrt(1 - u * u), 0, 1)[..., None]
        return base * (0.38 + 0.70 * light) + gloss * light**14

    return paint


class Canvas:
    """A picture in the making, float32 RGB at twice the final size."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._pixels: np.ndarray = np.ones((HEIGHT_PX * _SCALE, WIDTH_PX * _SCALE, 3), np.float32)
        self._noises: dict[tuple[float, float], np.ndarray] = {}

    def backdrop(
        self, paint: Paint, texture: float = 0.0, grain: tuple[float, float] = (6, 6)
    ) -> None:
        """Paint the whole picture."""
        self.paint(rectangle(-5, -5, WIDTH_PX + 10, HEIGHT_PX + 10), paint, texture, grain)

    def paint(
        self,
        outline: Outline,
        paint: Paint,
        texture: float = 0.0,
        grain: tuple[float, float] = (6, 6),
        *,
        opacity: float = 1.0,
        blur_px: float = 0.0,
    ) -> None:
        """Fill an outline.

        texture : strength of noise on the colour; grain : its size (across, down) in pixels.
        """
        corners = np.asarray(outline, float) * _SCALE
        if texture:
            paint = self._textured(paint, texture, grain)
        self._blend(corners, paint, opacity, blur_px * _SCALE)

    def stroke(
        self,
        line: Sequence[tuple[float, float]] | Outline,
        colour: str,
        width_px: float,
        *,
        opacity: float = 1.0,
        blur_px: float = 0.0,
    ) -> None:
        """Draw a line with round joints through the points."""
        corners = np.asarray(line, float) * _SCALE
        thickness = max(1, round(width_px * _SCALE))
        self._blend(corners, flat(colour), opacity, blur_px * _SCALE, thickness)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 0.45) -> None:
        """Darken a soft ellipse, where a thing stands or hangs."""
        self.paint(
            ellipse(x, y, rx, ry), flat("#140f14"), opacity=strength, blur_px=min(rx, ry) / 2
        )

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.5) -> None:
        """Add light around a point."""
        box = self._box(np.array([(x - radius, y - radius), (x + radius, y + radius)]) * _SCALE, 0)
        if box is None:
            return
        rows, columns = box
        grid_y, grid_x = _grid(rows, columns)
        fall = np.clip(1 - np.hypot(grid_x - x, grid_y - y) / radius, 0, 1)[..., None] ** 2
        part = self._pixels[rows, columns]
        part += (1 - part) * np.clip(fall * strength * rgb(colour) * 1.4, 0, 1)

    def text(
        self, words: str, x: float, y: float, height_px: float, colour: str, weight_px: float = 2.0
    ) -> None:
        """Write words centred on (x, y)."""
        font, thickness = cv2.FONT_HERSHEY_DUPLEX, max(1, round(weight_px * _SCALE))
        size = height_px * _SCALE / 22.0
        (wide, tall), _ = cv2.getTextSize(words, font, size, thickness)
        mask = np.zeros(self._pixels.shape[:2], np.uint8)
        place = (round(x * _SCALE - wide / 2), round(y * _SCALE + tall / 2))
        cv2.putText(mask, words, place, font, size, 255, thickness, cv2.LINE_AA)
        self._mix((slice(None), slice(None)), mask.astype(np.float32) / 255, rgb(colour))

    def soften(self, sigma_px: float) -> None:
        """Blur all that is there: a background out of focus."""
        self._pixels = cv2.GaussianBlur(self._pixels, (0, 0), sigma_px * _SCALE)

    def mirror_below(self, y: float, strength: float, ripple_px: float) -> None:
        """Reflect what lies above a water line into what lies below, with ripples."""
        line = round(y * _SCALE)
        below = self._pixels.shape[0] - line
        rows = np.arange(below)
        above = self._pixels[np.clip(line - 1 - rows, 0, None)]
        shift = ripple_px * _SCALE * np.sin(rows / 7.0 + 2 * np.sin(rows / 31.0)) * (rows / below)
        columns = np.arange(self._pixels.shape[1])[None] + shift[:, None] + 0.0 * rows[:, None]
        grid = np.broadcast_to(rows[:, None], columns.shape)
        mirrored = cv2.remap(
            above, columns.astype(np.float32), grid.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        fade = (strength * (1 - 0.6 * rows / below))[:, None, None].astype(np.float32)
        self._pixels[line:] += fade * (cv2.GaussianBlur(mirrored, (0, 0), 3) - self._pixels[line:])

    def finish(self) -> np.ndarray:
        """Return the picture as (600, 800, 3) uint8 RGB, with vignette and film grain."""
        small: np.ndarray = cv2.resize(
            self._pixels, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA
        )
        y, x = np.mgrid[-1 : 1 : HEIGHT_PX * 1j, -1 : 1 : WIDTH_PX * 1j]
        small *= (1 - 0.17 * np.clip(np.hypot(x, y) - 0.45, 0, 1))[..., None]
        small += 0.016 * (self._rng.random((HEIGHT_PX, WIDTH_PX, 1), np.float32) - 0.5)
        return np.clip(np.rint(small * 255), 0, 255).astype(np.uint8)

    def _blend(
        self, corners: np.ndarray, paint: Paint, opacity: float, blur: float, thickness: int = 0
    ) -> None:
        box = self._box(corners, 3 * blur + thickness + 3)
        if box is None:
            return
        rows, columns = box
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        line = [np.rint((corners - (columns.start, rows.start)) * 16).astype(np.int32)]
        if thickness:
            cv2.polylines(mask, line, False, 255, thickness, cv2.LINE_AA, 4)
        else:
            cv2.fillPoly(mask, line, 255, cv2.LINE_AA, 4)
        alpha: np.ndarray = mask.astype(np.float32) * (opacity / 255)
        if blur:
            alpha = cv2.GaussianBlur(alpha, (0, 0), blur)
        grid_y, grid_x = _grid(rows, columns)
        self._mix(box, alpha, paint(grid_x, grid_y))

    def _textured(self, paint: Paint, strength: float, grain: tuple[float, float]) -> Paint:
        noise = self._noise(grain)

        def textured(x: np.ndarray, y: np.ndarray) -> np.ndarray:
            rows, columns = (y[:, 0] * _SCALE).astype(int), (x[0] * _SCALE).astype(int)
            return paint(x, y) * (1 + strength * noise[np.ix_(rows, columns)][..., None])

        return textured

    def _mix(self, box: tuple[slice, slice], alpha: np.ndarray, colours: np.ndarray) -> None:
        part = self._pixels[box]
        part += alpha[..., None] * (np.clip(colours, 0, 1).astype(np.float32) - part)

    def _box(self, corners: np.ndarray, margin: float) -> tuple[slice, slice] | None:
        height, width = self._pixels.shape[:2]
        low = np.clip(np.floor(corners.min(0) - margin), 0, (width, height)).astype(int)
        high = np.clip(np.ceil(corners.max(0) + margin), 0, (width, height)).astype(int)
        if (high <= low).any():
            return None
        return slice(low[1], high[1]), slice(low[0], high[0])

    def _noise(self, grain: tuple[float, float]) -> np.ndarray:
        """Return noise of three octaves in about -1 ... 1, the same for the same grain."""
        if grain not in self._noises:
            height, width = self._pixels.shape[:2]
            total = np.zeros((height, width), np.float32)
            for octave in range(3):
                down = max(2, round(height * 2**octave / (grain[1] * _SCALE)))
                across = max(2, round(width * 2**octave / (grain[0] * _SCALE)))
                coarse = self._rng.random((min(down, height), min(across, width)), np.float32)
                fine: np.ndarray = cv2.resize(
                    coarse, (width, height), interpolation=cv2.INTER_CUBIC
                )
                total += (fine - 0.5) * (1.2 * 0.6**octave)
            self._noises[grain] = total
        return self._noises[grain]


def _grid(rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
    y = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5)[:, None] / _SCALE
    x = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5)[None] / _SCALE
    return np.broadcast_arrays(y, x)  # type: ignore[return-value]
