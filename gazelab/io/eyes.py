"""Which of two eyes the positions of a table are taken from, and which of them count."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gazelab.io.columns import Columns
from gazelab.io.mapping import Mapping

SIDES = ("left", "right")
_SIDE_WORDS = {
    "left": ("l", "left", "le", "left eye", "links"),
    "right": ("r", "right", "re", "right eye", "rechts"),
}


@dataclass(eq=False)
class Gaze:
    """Positions of one eye, or of both: (n,) float64, NaN where lost."""

    x: np.ndarray
    y: np.ndarray
    pupil: np.ndarray | None

    def lose(self, lost: np.ndarray) -> None:
        """Mark rows, (n,) bool, as lost."""
        self.x = np.where(lost, np.nan, self.x)
        self.y = np.where(lost, np.nan, self.y)
        if self.pupil is not None:
            self.pupil = np.where(lost, np.nan, self.pupil)

    @property
    def there(self) -> np.ndarray:
        """(n,) bool: the rows with a position."""
        return np.isfinite(self.x) & np.isfinite(self.y)


def gaze_of(columns: Columns, mapping: Mapping, eye: str) -> tuple[Gaze, str, dict[str, int]]:
    """Return positions, of which eye they are ("" if that is not said), and what was lost why.

    eye : "left", "right" or "mean" where the table has columns for both; "" for those of no
        eye if there are such, else the mean of both eyes, or the one that is there.
    """
    counts: dict[str, int] = {}
    sides = [side for side in SIDES if {f"x_{side}", f"y_{side}"} <= mapping.columns.keys()]
    if {"x", "y"} <= mapping.columns.keys() and not (eye and sides):
        return _one(columns, mapping, "", counts), "", counts
    if eye in sides or len(sides) == 1:
        side = eye if eye in sides else sides[0]
        return _one(columns, mapping, f"_{side}", counts), side, counts
    left, right = (_one(columns, mapping, f"_{side}", counts) for side in SIDES)
    return _mean(left, right), "mean", counts


def other_eye(texts: Collection[str], eye: str) -> set[str]:
    """Return the texts that name the other eye than `eye`, left or right."""
    other = SIDES[1 - SIDES.index(eye)]
    return {text for text in texts if text.casefold() in _SIDE_WORDS[other]}


def sides_named(texts: Collection[str]) -> list[str]:
    """Return the eyes that texts name."""
    found = {text.casefold() for text in texts}
    return [side for side in SIDES if found & set(_SIDE_WORDS[side])]


def _one(columns: Columns, mapping: Mapping, side: str, counts: dict[str, int]) -> Gaze:
    """Return the gaze in the columns of one eye, without what is marked as invalid."""
    at = mapping.columns
    x, y = columns.numbers(at[f"x{side}"]), columns.numbers(at[f"y{side}"])
    name = next((name for name in (f"pupil{side}", "pupil") if name in at), None)
    pupil = columns.numbers(at[name]) if name else None
    if pupil is not None:
        with np.errstate(invalid="ignore"):
            pupil = np.where(pupil > 0, pupil, np.nan)
    gaze = Gaze(x, y, pupil)
    if mapping.zero_is_missing:
        zero = (x == 0) & (y == 0)
        _count(counts, "positions of 0, 0 taken as missing", zero & gaze.there)
        gaze.lose(zero)
    name = next((name for name in (f"validity{side}", "validity") if name in at), None)
    if name and mapping.valid:
        said = columns.text(at[name])
        valid = [code for code, word in enumerate(said.words) if word.casefold() in mapping.valid]
        invalid = ~np.isin(said.codes, valid)
        _count(counts, "positions that the table calls invalid", invalid & gaze.there)
        gaze.lose(invalid)
    return gaze


def _count(counts: dict[str, int], name: str, lost: np.ndarray) -> None:
    counts[name] = counts.get(name, 0) + int(np.count_nonzero(lost))


def _mean(left: Gaze, right: Gaze) -> Gaze:
    """Return the mean of both eyes; where one is lost, the other."""
    x, y = (
        _between(one, other, left.there, right.there)
        for one, other in ((left.x, right.x), (left.y, right.y))
    )
    if left.pupil is None or right.pupil is None or left.pupil is right.pupil:
        return Gaze(x, y, left.pupil if right.pupil is None else right.pupil)
    there = np.isfinite(left.pupil), np.isfinite(right.pupil)
    return Gaze(x, y, _between(left.pupil, right.pupil, *there))


def _between(
    left: np.ndarray, right: np.ndarray, left_there: np.ndarray, right_there: np.ndarray
) -> np.ndarray:
    mean = (left + right) / 2
    return np.where(left_there & right_there, mean, np.where(left_there, left, right))
