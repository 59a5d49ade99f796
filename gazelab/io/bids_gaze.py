"""One run of a BIDS eye tracking recording: the samples of an eye, and what they count."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import Vector
from gazelab.data.geometry import Screen
from gazelab.errors import ReadError, SettingsError
from gazelab.io.bids_names import Name, Sidecar, sidecar
from gazelab.io.bids_table import numbers
from gazelab.task import Task

TIME, X, Y, PUPIL = "timestamp", "x_coordinate", "y_coordinate", "pupil_size"
CONTRACT = "CoordinateContract"
"""Key of a sidecar in which GazeLab says what positions count, where BIDS has no word for it."""

EYES = {"left": "left", "right": "right", "cyclopean": "mean"}
MS = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ns": 1e-6}
_CLOCKS = {1000.0: "s", 1.0: "ms", 1e-3: "us", 1e-6: "ns"}
_UNITS = {
    "pixel": ("screen px", 1.0),
    "px": ("screen px", 1.0),
    "deg": ("screen deg", 1.0),
    "degree": ("screen deg", 1.0),
    "rad": ("screen deg", 180 / math.pi),
    "mm": ("screen mm", 1.0),
    "cm": ("screen mm", 10.0),
    "m": ("screen mm", 1000.0),
    "normalized": ("screen fraction", 1.0),
    "normalised": ("screen fraction", 1.0),
    "fraction": ("screen fraction", 1.0),
}
_NOT_ON_SCREEN = ("eye-in-head", "gaze-in-world")


@dataclass(frozen=True, slots=True, eq=False)
class Gaze:
    """The samples of one eye in one file.

    name : what the name of the file says. meta : its sidecar.
    stamp_ms : (n,) float64, of the source's clock. x, y : (n,), in the units of the contract.
    extra : other columns of numbers by name, as far as they were asked for.
    """

    path: Path
    name: Name
    meta: Sidecar
    stamp_ms: Vector
    x: Vector
    y: Vector
    pupil: Vector | None
    extra: dict[str, Vector]
    rows: int

    @property
    def eye(self) -> str:
        """Which eye: "left", "right", "mean", or "" when it is not said."""
        return EYES.get(str(self.meta.get("RecordedEye")), "")

    @property
    def start_ms(self) -> float:
        """When the first sample was, from the start of the acquisition."""
        return number_in(self.meta, "StartTime", 0.0) * 1000

    @property
    def run_ms(self) -> Vector:
        """(n,): times of the samples from the start of the acquisition."""
        return self.stamp_ms - self.stamp_ms[0] + self.start_ms

    @property
    def seen(self) -> int:
        """How many samples have a position."""
        return int((np.isfinite(self.x) & np.isfinite(self.y)).sum())


def is_gaze(path: Path) -> bool:
    """Whether the sidecars of a physiological recording say that it is of an eye tracker."""
    meta = sidecar(path, Name.of(path))
    columns = meta.get("Columns")
    named = isinstance(columns, list) and X in columns and Y in columns
    return meta.get("PhysioType") == "eyetrack" or (named and "PhysioType" not in meta)


def read_gaze(path: Path, extra: Sequence[str] = ()) -> Task[Gaze]:
    """Read the samples in a file. `extra` : further columns to read, if the file has them.

    Raises ReadError when file or sidecars are damaged, or lack what is required.
    """
    name = Name.of(path)
    meta = sidecar(path, name)
    columns = columns_of(meta, path)
    lacking = [column for column in (TIME, X, Y) if column not in columns]
    if lacking:
        raise ReadError(
            f"The sidecar names no column {', '.join(lacking)}.", path, hint="It is `Columns`."
        )
    wanted = [TIME, X, Y, *(column for column in (PUPIL, *extra) if column in columns)]
    values = yield from numbers(path, columns, wanted)
    table = dict(zip(wanted, values, strict=True))
    timed = np.isfinite(table[TIME])
    table = {column: values[timed] for column, values in table.items()}
    scale = _unit(meta, X)[1], _unit(meta, Y)[1]
    lost = ~np.isfinite(table[X]) | ~np.isfinite(table[Y])
    return Gaze(
        path,
        name,
        meta,
        table[TIME] * unit_ms(meta, TIME, "s"),
        np.where(lost, np.nan, table[X] * scale[0]),
        np.where(lost, np.nan, table[Y] * scale[1]),
        table.get(PUPIL),
        {column: table[column] for column in extra if column in table},
        len(timed),
    )


def columns_of(meta: Sidecar, path: Path) -> list[str]:
    """Return the names of the columns. Raises ReadError when the sidecars do not give them."""
    columns = meta.get("Columns")
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise ReadError(
            "The sidecars do not name the columns.", path, hint="Is the .json file beside it?"
        )
    if len(set(columns)) != len(columns):
        raise ReadError("Two columns have the same name in the sidecar.", path)
    return columns


def unit_of(meta: Sidecar, column: str) -> str:
    """Return the unit of a column, "" when the sidecars do not give it."""
    described = meta.get(column)
    unit = described.get("Units") if isinstance(described, dict) else None
    return unit.strip() if isinstance(unit, str) else ""


def unit_ms(meta: Sidecar, column: str, otherwise: str) -> float:
    """Return the ms in a unit of a column of times."""
    return MS.get(unit_of(meta, column), MS[otherwise])


def number_in(meta: Sidecar, key: str, otherwise: float = math.nan) -> float:
    """Return a number of a sidecar, `otherwise` when there is none."""
    value: Any = meta.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return otherwise


def contract_of(gaze: Gaze, shown: Sidecar) -> Contract | None:
    """Return what positions and times mean; None when positions are not on a screen.

    shown : `StimulusPresentation` of the run. Raises ReadError.
    """
    system = gaze.meta.get("SampleCoordinateSystem")
    if system in _NOT_ON_SCREEN:
        return None
    unit = unit_of(gaze.meta, X)
    positions = _unit(gaze.meta, X)[0]
    reasons = [f"Positions are {positions}: the sidecar says {unit or 'no unit'!r} and {system!r}."]
    origin, said = _origin(shown)
    contract = Contract(
        positions,
        origin,
        screen=screen_of(shown),
        clock=_CLOCKS[unit_ms(gaze.meta, TIME, "s")],
        reasons=(*reasons, *said),
    )
    told = gaze.meta.get(CONTRACT)
    if not isinstance(told, dict):
        return contract
    try:
        fields = {key: told[key] for key in ("positions", "origin", "base") if key in told}
        reason = f"The sidecar says so in {CONTRACT}."
        return replace(contract, **fields, reasons=(reason,))
    except (SettingsError, TypeError) as error:
        raise ReadError(f"{CONTRACT} of the sidecar is not known.", gaze.path) from error


def _unit(meta: Sidecar, column: str) -> tuple[str, float]:
    """Return what a column of positions counts, and the factor to that unit."""
    unit = unit_of(meta, column).casefold()
    return _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"), _UNITS["pixel"])


def _origin(shown: Sidecar) -> tuple[str, list[str]]:
    """Return where positions are 0, and why."""
    told = shown.get("ScreenOrigin")
    words = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    place = "-".join(word.casefold() for word in words if isinstance(word, str))
    for origin, names in (
        ("top-left", ("top-left",)),
        ("bottom-left", ("bottom-left",)),
        ("centre", ("center-center", "centre-centre", "center", "centre")),
    ):
        if place in names:
            return origin, [f"The sidecar says that the origin is {place}."]
    if place:
        return "top-left", [f"The origin {place} is not known; top-left is taken."]
    return "top-left", ["The sidecars do not say where the origin is; top-left is taken."]


def screen_of(shown: Sidecar) -> Screen:
    """Return the screen that the sidecar of the events describes."""
    width_px, height_px = _pair(shown.get("ScreenResolution"))
    width_m, height_m = _pair(shown.get("ScreenSize"))
    distance_m = number_in(shown, "ScreenDistance")
    distance_m = distance_m if distance_m > 0 else math.nan
    return Screen(width_px, height_px, width_m * 1000, height_m * 1000, distance_m * 1000)


def _pair(value: Any) -> tuple[float, float]:
    """Return two positive numbers, NaN where there are none."""
    if isinstance(value, list) and len(value) == 2:
        first, second = (number_in({"": one}, "") for one in value)
        if first > 0 and second > 0:
            return first, second
    return math.nan, math.nan
