"""Where people looked, in the unit of an export that is filled best."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from gazelab.data.geometry import Screen
from gazelab.io.export_table import ExportTable
from gazelab.io.eyes import MEAN_NOTE, SIDES, eye_of, mean_of_eyes, mean_pupil
from gazelab.io.preset import Header, Pair, Place, Preset
from gazelab.io.reading import NO_POSITION

_SIZE = re.compile(r"\s*(\d+)\s*[x\u00d7*]\s*(\d+)\s*")

XY = tuple[np.ndarray, np.ndarray]

_ENOUGH = 0.5
"""A place with this share of the positions of the fullest one is taken before it."""

_RECTANGLE = ("left", "top", "shown width", "shown height")
_OWN_SIZE = ("own width", "own height")
_OF_PICTURE = (*_RECTANGLE, *_OWN_SIZE)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Where people looked, row by row, in the unit of one place; NaN = not known.

    fixation, gaze : x and y, (n,) float64 each; None where no column has them.
    eye : whose gaze it is. pupil, pupil_unit : of that eye.
    rectangles : (4, n) left, top, width and height of the picture on the screen, where
        positions count from the corner of the screen; None elsewhere.
    lost : why samples have no position -> their number.
    """

    place: Place
    fixation: XY | None
    gaze: XY | None
    eye: str = ""
    pupil: np.ndarray | None = None
    pupil_unit: str = ""
    rectangles: np.ndarray | None = None
    lost: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()


class _Eyes:
    """The gaze samples of an export, of the eye that is wished for."""

    def __init__(self, table: ExportTable, rows: np.ndarray, eye: str) -> None:
        preset = table.preset
        self._table, self._rows = table, rows
        rule = preset.valid
        self._valid = {
            "gaze": table.valid(rule.both),
            "left": table.valid(rule.left),
            "right": table.valid(rule.right),
        }
        self.notes: list[str] = []
        self.sides = self._sides(eye)
        if len(self.sides) > 1:
            self.notes.append(MEAN_NOTE)

    @property
    def label(self) -> str:
        """Whose gaze it is, as in `Recording`."""
        if self.sides == ("gaze",):
            return self._table.preset.combined
        return eye_of(self.sides)

    def _sides(self, eye: str) -> tuple[str, ...]:
        """Return the columns that are taken: "gaze", or one or both eyes."""
        there = [side for side in ("gaze", *SIDES) if self._filled(side)]
        if eye in there:
            return (eye,)
        if eye in SIDES and there:
            self.notes.append(f"The export has no gaze of the {eye} eye alone.")
        return tuple(there) if there and "gaze" not in there else ("gaze",)

    def _filled(self, side: str) -> bool:
        valid = self.valid(side)
        rows = self._rows if valid is None else self._rows & valid
        for place in self._table.preset.places:
            found = self._table.pair(getattr(place, side))
            if found is not None and np.isfinite(found[0][rows]).any():
                return True
        return False

    def valid(self, side: str) -> np.ndarray | None:
        """Return (n,) bool: the rows in which the gaze of a side is valid; None if not told."""
        own = self._valid[side]
        if own is not None or side != "gaze":
            return own
        left, right = self._valid["left"], self._valid["right"]
        if left is None or right is None:
            return left if right is None else right
        return left | right

    def gaze(self, place: Place) -> XY | None:
        """Return positions in the unit of a place; None where no column has them."""
        sides = [self._side(place, side) for side in self.sides]
        found = [side for side in sides if side is not None]
        if not found:
            return None
        x, y = (mean_of_eyes([side[axis] for side in found]) for axis in (0, 1))
        return x, y

    def _side(self, place: Place, side: str) -> XY | None:
        found = self._table.pair(getattr(place, side))
        if found is None:
            return None
        valid = self.valid(side)
        lost = np.isnan(found[0] + found[1])
        if valid is not None:
            lost |= ~valid
        return np.where(lost, np.nan, found[0]), np.where(lost, np.nan, found[1])

    def all_valid(self) -> np.ndarray | None:
        """Return (n,) bool: the rows in which all sides are valid; None when it is not told."""
        rules = [rule for side in self.sides if (rule := self.valid(side)) is not None]
        return np.logical_and.reduce(rules) if rules else None

    def pupil(self) -> tuple[np.ndarray | None, str]:
        """Return the size of the pupil of the eye, or the mean of both, and its unit."""
        for pupil in self._table.preset.pupils:
            sides = {"left": (pupil.left, pupil.valid[0]), "right": (pupil.right, pupil.valid[1])}
            wanted = [self.label] if self.label in sides else SIDES
            found = {side: self._size(side, *sides[side]) for side in wanted}
            size = mean_pupil(found, of_combined=self.sides == ("gaze",))
            if size is not None and np.isfinite(size[self._rows]).any():
                return size, pupil.unit
        return None, ""

    def _size(self, side: str, name: str, flag: str) -> np.ndarray | None:
        size = self._table.one(name) if name else None
        if size is None:
            return None
        lost = ~(size > 0)
        valid, told = self._valid[side], self._table.one(flag) if flag else None
        if valid is not None:
            lost |= ~valid
        if told is not None:
            lost |= told != 1
        return np.where(lost, np.nan, size)


def look(table: ExportTable, fixed: np.ndarray, sampled: np.ndarray, eye: str) -> Sight | None:
    """Return where people looked; None where no column of the preset says it.

    fixed, sampled : (n,) bool, the rows of fixations and the gaze samples. eye : as in
    `ReadSettings`. The first place is taken whose positions are filled, of fixations as of
    samples: an export may have columns of a unit that it leaves empty.
    """
    eyes = _Eyes(table, sampled, eye)
    rectangles = _rectangles(table)
    sights = [
        Sight(
            place,
            table.pair(place.fixation),
            _filled_in(table, place, eyes, rectangles),
            rectangles=rectangles if place.told else None,
        )
        for place in table.preset.places
        if _usable(table, place, rectangles)
    ]
    chosen = _fullest(sights, fixed, sampled)
    if chosen is None:
        return None
    pupil, unit = eyes.pupil()
    return Sight(
        chosen.place,
        chosen.fixation,
        chosen.gaze,
        eyes.label if chosen.gaze is not None else "",
        pupil,
        unit,
        chosen.rectangles,
        _lost(table, chosen, eyes, sampled),
        tuple(eyes.notes),
    )


def narrowed(preset: Preset, header: Header, eye: str) -> Preset | None:
    """Return the preset with the first of its places that an export has; None where it takes more.

    Most exports fill that place, and then no other column needs to be read.
    """
    side = eye if eye in SIDES else "gaze"
    for place in preset.places:
        if not any(_there(header, pair) for pair in place.pairs):
            continue
        wanted = [place.fixation] if any(other.fixation[0] for other in preset.places) else []
        wanted += [getattr(place, side)] if preset.has_samples else []
        if place.told or place.sized or not all(_there(header, pair) for pair in wanted):
            return None
        columns = {role: n for role, n in preset.columns.items() if role not in _OF_PICTURE}
        return replace(preset, places=(place,), columns=MappingProxyType(columns))
    return None


def _there(header: Header, pair: Pair) -> bool:
    return all(name and header.whole(name) is not None for name in pair)


def suffices(sight: Sight | None, fixed: np.ndarray, sampled: np.ndarray) -> bool:
    """Whether the positions in one place are filled so well that no other can be better."""
    if sight is None or sight.lost[NO_POSITION] or sight.notes:
        return False
    found = ((sight.fixation, fixed), (sight.gaze, sampled))
    return all(_count(places, rows) >= _ENOUGH * rows.sum() for places, rows in found)


def _usable(table: ExportTable, place: Place, rectangles: np.ndarray | None) -> bool:
    if place.told and rectangles is None:
        return False
    if place.sized and not screen_of(table).has_size:
        return False
    return any(table.pair(pair) is not None for pair in place.pairs)


def _rectangles(table: ExportTable) -> np.ndarray | None:
    """Return where the picture was on the screen, (4, n), NaN where it had no size."""
    if not all(map(table.has, _RECTANGLE)):
        return None
    found = np.array([table.number(role) for role in _RECTANGLE])
    found[:, ~((found[2] > 0) & (found[3] > 0))] = np.nan
    given = np.isfinite(table.number("left"))
    return found if given.any() else None


def _filled_in(
    table: ExportTable, place: Place, eyes: _Eyes, rectangles: np.ndarray | None
) -> XY | None:
    """Return samples in the unit of a place; where they lack, from their place on the screen."""
    own = eyes.gaze(place)
    told = next((other for other in table.preset.places if other.told), None)
    if rectangles is None or told is None or place.told or place.positions.startswith("screen"):
        return own
    on_screen = eyes.gaze(told)
    if on_screen is None:
        return own
    filled = []
    for axis in (0, 1):
        values = (on_screen[axis] - rectangles[axis]) / rectangles[2 + axis]
        if place.positions == "stimulus px":
            values *= table.number(_OWN_SIZE[axis])
        filled.append(values if own is None else np.where(np.isnan(own[0]), values, own[axis]))
    return filled[0], filled[1]


def _fullest(sights: list[Sight], fixed: np.ndarray, sampled: np.ndarray) -> Sight | None:
    counts = np.array(
        [[_count(sight.fixation, fixed), _count(sight.gaze, sampled)] for sight in sights]
    ).reshape(-1, 2)
    if not len(sights):
        return None
    shares = counts / np.maximum(counts.max(axis=0), 1)
    wanted = counts.max(axis=0) > 0
    if not wanted.any():
        return sights[0]
    enough = (shares[:, wanted] >= _ENOUGH).all(axis=1)
    if not enough.any():  # fixations count more: samples can be left out
        enough = shares[:, 0 if wanted[0] else 1] >= _ENOUGH
    return sights[int(np.argmax(enough))]


def _count(places: Pair | XY | None, rows: np.ndarray) -> int:
    if places is None:
        return 0
    return int((np.isfinite(places[0]) & np.isfinite(places[1]) & rows).sum())


def _lost(table: ExportTable, sight: Sight, eyes: _Eyes, sampled: np.ndarray) -> Counter[str]:
    if sight.gaze is None:
        return Counter()
    lost = np.isnan(sight.gaze[0] + sight.gaze[1]) & sampled
    valid = eyes.all_valid()
    invalid = np.zeros_like(lost) if valid is None else lost & ~valid
    return Counter(
        {
            table.preset.valid.otherwise: int(invalid.sum()),
            NO_POSITION: int((lost & ~invalid).sum()),
        }
    )


def screen_of(table: ExportTable) -> Screen:
    """Return the size of the screen that the export tells first."""
    if table.has("resolution"):
        for word in table.text("resolution").words:
            if size := _SIZE.fullmatch(word):
                return Screen(float(size[1]), float(size[2]))
    width, height = (table.number(role) for role in ("width", "height"))
    known = np.flatnonzero((width > 0) & (height > 0))
    return Screen(float(width[known[0]]), float(height[known[0]])) if len(known) else Screen()
