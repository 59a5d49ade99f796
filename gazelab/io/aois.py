"""Areas of interest from a table: rectangles, or polygons corner by corner."""

import math
from pathlib import Path

import numpy as np

from gazelab.data.aoi import Aoi, rectangle
from gazelab.errors import ReadError, SettingsError
from gazelab.io.delimited import guess_layout, rows

_CORNER = ("stimulus", "aoi", "x", "y")
_RECTANGLE = (*_CORNER, "width", "height")
_HINT = "Columns: stimulus, aoi, x, y for each corner in order; with width, height a rectangle."


def read_aois(path: Path) -> tuple[Aoi, ...]:
    """Return the areas of a table, in order of first appearance.

    Positions are pixels of the stimulus from its top left corner. With columns `width` and
    `height` each row is a rectangle, else each row is a corner, in order around the area.

    Raises ReadError with the line.
    """
    if not path.exists():
        raise ReadError("There is no such file of areas.", path)
    layout = guess_layout(path)
    if layout is None or not layout.header_line:
        raise ReadError("This is no table with names of columns.", path, hint=_HINT)
    content = rows(path, layout)
    _, head = next(content)
    place = {name.casefold(): k for k, name in enumerate(head)}
    wanted = _RECTANGLE if {"width", "height"} & place.keys() else _CORNER
    lacking = [name for name in wanted if name not in place]
    if lacking:
        raise ReadError(f"There is no column {', '.join(lacking)}.", path, hint=_HINT)
    corners: dict[tuple[str, str], list[tuple[float, float]]] = {}
    line_of: dict[tuple[str, str], int] = {}
    for line, cells in content:
        if len(cells) < len(head):
            raise ReadError(f"{len(cells)} cells instead of {len(head)}.", path, line)
        key = _plain(cells[place["stimulus"]]), _plain(cells[place["aoi"]])
        numbers = [_number(cells[place[name]], path, line) for name in wanted[2:]]
        if len(numbers) > 2 and key in corners:
            raise ReadError(f"The area '{key[1]}' of {key[0]} is there twice.", path, line)
        corners.setdefault(key, []).extend(_corners(numbers, path, line))
        line_of.setdefault(key, line)
    return tuple(_area(*key, places, path, line_of[key]) for key, places in corners.items())


def _plain(cell: str) -> str:
    """Return a name without the apostrophe that our tables put before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@") else cell


def _area(
    stimulus: str, name: str, places: list[tuple[float, float]], path: Path, line: int
) -> Aoi:
    if not stimulus or not name:
        raise ReadError("An area needs a stimulus and a name.", path, line)
    try:
        return Aoi(stimulus, name, np.array(places))
    except SettingsError as error:
        raise ReadError(error.message, path, line, _HINT) from error


def _corners(numbers: list[float], path: Path, line: int) -> list[tuple[float, float]]:
    if len(numbers) == 2:
        return [(numbers[0], numbers[1])]
    x, y, width, height = numbers
    if not (width > 0 and height > 0):
        raise ReadError("The width and height of an area must be more than 0.", path, line)
    return [(left, top) for left, top in rectangle(x, y, width, height).tolist()]


def _number(cell: str, path: Path, line: int) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ReadError(f"'{cell}' is no number.", path, line)
    return number
