"""Which of two eyes positions are taken from, and what their mean is.

A gaze point that the vendor made of both eyes is taken as it is. Else the mean of both eyes is
made here, and it is lost where one of them is: a mean that fell back on one eye would jump by
the distance between them, as in a saccade. An eye that is nowhere there takes no part.
"""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass

import numpy as np

from gazelab.io.columns import Columns
from gazelab.io.mapping import Mapping

SIDES = ("left", "right")
MEAN_NOTE = "Samples are the mean of both eyes, and lost where one of them is."
EVENTS_NOTE = "Fixations, saccades and blinks are those of the {} eye."
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

    eye : "left" or "right" where the table has columns for it, "mean" where it has them for
        both; else those of no eye if there are such, else the mean of both eyes.
    """
    counts: dict[str, int] = {}
    sides = [side for side in SIDES if {f"x_{side}", f"y_{side}"} <= mapping.columns.keys()]
    wished = [side for side in sides if eye in (side, "mean")]
    if {"x", "y"} <= mapping.columns.keys() and not (wished == [eye] or len(wished) == 2):
        return _one(columns, mapping, "", counts), "", counts
    sides = [eye] if eye in sides else sides
    found = {side: _one(columns, mapping, f"_{side}", counts) for side in sides}
    which = eye_of(eyes_seen({side: gaze.x for side, gaze in found.items()}))
    if which != "mean":
        return found[which], which, counts
    left, right = (found[side] for side in SIDES)
    _count(counts, "positions of which one eye is lost", left.there != right.there)
    return _mean(left, right), which, counts


def eyes_seen(sides: Mapped[str, np.ndarray]) -> list[str]:
    """Return the eyes that are there in some sample; all where none is.

    sides : eye -> (n,) float64 such as x or the pupil, NaN where lost.
    """
    return [side for side, values in sides.items() if np.isfinite(values).any()] or list(sides)


def eye_of(sides: Sequence[str]) -> str:
    """Return whose gaze it is that is taken of one or two eyes, as in `Recording`."""
    return sides[0] if len(sides) == 1 else "mean"


def mean_of_eyes(sides: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean of both eyes, (n,), NaN where one is lost; of one eye alone, that."""
    return sides[0] if len(sides) == 1 else (sides[0] + sides[1]) / 2


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
    there = left.there & right.there
    x, y = mean_of_eyes([left.x, right.x]), mean_of_eyes([left.y, right.y])
    pupil = mean_pupil({"left": left.pupil, "right": right.pupil})
    return Gaze(np.where(there, x, np.nan), np.where(there, y, np.nan), pupil)


def mean_pupil(
    sizes: Mapped[str, np.ndarray | None], *, of_combined: bool = False
) -> np.ndarray | None:
    """Return the mean size of the pupils, as `mean_of_eyes`; None where no eye has one.

    sizes : eye -> (n,), NaN where lost; None for an eye without.
    of_combined : beside a gaze point that the vendor made of both eyes. That is there where one
        eye is, and so is the pupil, of this eye: without it there would seem to be a blink.
    """
    known = {side: size for side, size in sizes.items() if size is not None}
    if not known:
        return None
    mean = mean_of_eyes([known[side] for side in eyes_seen(known)])
    for size in known.values() if of_combined else ():
        mean = np.where(np.isnan(mean), size, mean)
    return mean
