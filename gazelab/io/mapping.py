"""Which column of a table means what: guessed, shown to the user, and changed by them."""

import math
import re
from collections.abc import Callable
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from gazelab.errors import SettingsError
from gazelab.io.cells import MISSING
from gazelab.io.delimited import DELIMITERS, ENCODINGS, Layout

__all__ = ["CHOICES", "FIELDS", "MISSING", "MS", "Mapping", "contract_settings", "unit_in"]

MS = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
"""Milliseconds in one unit of time."""

KINDS = ("fixations", "samples")
SAMPLES = "samples"
"""As a unit of time: times are numbers of samples."""

TEXT_FIELDS = ("participant", "stimulus", "trial")
EYE_FIELDS = (
    *("x_left", "y_left", "pupil_left", "validity_left"),
    *("x_right", "y_right", "pupil_right", "validity_right"),
)
FIELDS = (
    *TEXT_FIELDS,
    *("x", "y", "onset", "end", "duration", "order"),
    *("pupil", "validity", "eye"),
    *EYE_FIELDS,
)
CODED_FIELDS = (*TEXT_FIELDS, "eye", "validity", "validity_left", "validity_right")
"""Fields that hold texts; the others hold numbers."""

NUMBER_FIELDS = tuple(name for name in FIELDS if name not in CODED_FIELDS)
CHOICES: Mapped[str, tuple[object, ...]] = MappingProxyType(
    {
        "encoding": ENCODINGS,
        "delimiter": tuple(DELIMITERS),
        "decimal": (".", ","),
        "kind": KINDS,
        "time_unit": (*MS, SAMPLES),
        "duration_unit": tuple(MS),
    }
)
"""What each setting may be."""

CONTRACT_WORDS: Mapped[str, tuple[str, Mapped[str, object]]] = MappingProxyType(
    {
        "coordinates": (
            "positions",
            MappingProxyType({"px": "stimulus px", "normalised": "stimulus fraction"}),
        ),
        "y_axis": ("origin", MappingProxyType({"down": "top-left", "up": "bottom-left"})),
        "onset_from": ("zero", MappingProxyType({"stimulus": "stimulus", "recording": "first"})),
        "base": ("base", MappingProxyType({"0": 0, "1": 1})),
    }
)
"""Setting of a table -> field of a `Contract`, and what each word means there."""

_UNIT = re.compile(
    r"\s*[\[(]([^\])]*)[\])]\s*$|[\s_.-](ms|msec|s|sec|us|ns|px|pix|pixels?|norm|deg|dva|mm)$",
    re.IGNORECASE,
)
_UNITS = {"msec": "ms", "sec": "s", "seconds": "s", "µs": "us", "μs": "us"}


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read a table of fixations, or of gaze samples.

    encoding, delimiter : of a text. sheet : of a workbook; "" for a text.
    kind : what a row is, "fixations" or "samples".
    columns : field (one of FIELDS) -> name of the column. The onset of a sample is its time;
        end, duration and order mean nothing there.
    participant, stimulus : what to take where there is no such column.
    time_unit, duration_unit : of onset and end, and of duration. "samples": times, or the
        numbers of the rows where there are none, count samples of `rate_hz`.
    missing : codes of a missing value, in lower case; a number stands for all ways to write it.
    zero_is_missing : a position of 0 in both x and y is a missing one.
    valid : what the columns of validity say of a sample that counts, in lower case.
    reasons : why the guess is as it is, one sentence each.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    header_line: int = 1
    sheet: str = ""
    kind: str = "fixations"
    columns: Mapped[str, str] = field(default_factory=lambda: MappingProxyType({}))
    participant: str = ""
    stimulus: str = ""
    time_unit: str = "ms"
    duration_unit: str = "ms"
    rate_hz: float = math.nan
    missing: tuple[str, ...] = MISSING
    zero_is_missing: bool = False
    valid: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                choices = ", ".join(repr(choice) for choice in allowed)
                raise SettingsError(
                    f"{name} cannot be {getattr(self, name)!r}.", f"It is one of {choices}."
                )
        for name in self.columns:
            if name not in FIELDS:
                raise SettingsError(
                    f"There is no field named {name}.", f"The fields are {', '.join(FIELDS)}."
                )

    @property
    def layout(self) -> Layout:
        """How the table is written."""
        return Layout(self.encoding, self.delimiter, self.header_line, self.sheet)

    @property
    def of_samples(self) -> bool:
        """Whether a row is a gaze sample."""
        return self.kind == "samples"

    def with_columns(self, **columns: str | None) -> "Mapping":
        """Return the mapping with other columns for some fields; None for no column."""
        merged: dict[str, str | None] = {**self.columns, **columns}
        kept = {name: column for name, column in merged.items() if column is not None}
        return replace(self, columns=MappingProxyType(kept))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is still needed before the table can be read, in words."""
        has = self.columns
        needs = {
            "participant": "participant" in has or bool(self.participant),
            "stimulus": "stimulus" in has or bool(self.stimulus),
            "x": bool({"x", "x_left", "x_right"} & has.keys()),
            "y": bool({"y", "y_left", "y_right"} & has.keys()),
        }
        if needs["x"] and needs["y"]:
            pairs = ({f"x{side}", f"y{side}"} for side in ("", "_left", "_right"))
            needs["x and y of the same eye"] = any(pair <= has.keys() for pair in pairs)
        if not self.of_samples:
            known = "duration" in has or {"onset", "end"} <= has.keys()
            needs["duration (or onset and end)"] = known
        elif self.time_unit == SAMPLES:
            needs["samples in a second (rate_hz)"] = self.rate_hz > 0
        else:
            needs["onset (the time of a sample)"] = "onset" in has
        return tuple(name for name, met in needs.items() if not met)


def contract_settings(settings: Mapped[str, str]) -> dict[str, object]:
    """Return the fields of a `Contract` that settings of a table mean; others are passed over.

    They are coordinates (px, normalised), y_axis (down, up), onset_from (stimulus, recording)
    and base (0, 1). Raises SettingsError for another value.
    """
    fields = {}
    for name, (field_name, words) in CONTRACT_WORDS.items():
        if name not in settings:
            continue
        if settings[name] not in words:
            raise SettingsError(
                f"{name} cannot be {settings[name]!r}.", f"It is one of {', '.join(words)}."
            )
        fields[field_name] = words[settings[name]]
    return fields


def mapping_settings(settings: Mapped[str, str]) -> dict[str, object]:
    """Return the fields of a `Mapping` that settings of a table mean, as written by people.

    missing and valid are lists with commas between. Those of `contract_settings` are passed
    over. Raises SettingsError for a setting that is not known.
    """
    fields: dict[str, object] = {}
    allowed = (*CHOICES, *_WRITTEN)
    for name, value in settings.items():
        if name in CONTRACT_WORDS:
            continue
        if name not in allowed:
            known = ", ".join((*allowed, *CONTRACT_WORDS))
            raise SettingsError(f"A table has no setting {name}.", f"Known: {known}.")
        try:
            fields[name] = _WRITTEN.get(name, str)(value)
        except ValueError as error:
            raise SettingsError(f"{name} cannot be {value!r}.") from error
    return fields


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip().casefold() for code in text.split(","))


def _yes(text: str) -> bool:
    if text.casefold() not in ("yes", "no"):
        raise ValueError(text)
    return text.casefold() == "yes"


_WRITTEN: Mapped[str, Callable[[str], object]] = MappingProxyType(
    {
        "participant": str,
        "stimulus": str,
        "sheet": str,
        "header_line": int,
        "rate_hz": float,
        "missing": lambda text: tuple(dict.fromkeys((*MISSING, *_codes(text)))),
        "valid": _codes,
        "zero_is_missing": _yes,
    }
)
"""Setting -> what makes its value of a text."""


def unit_of(name: str) -> str:
    """Return the unit in the name of a column, such as "px" in "x [px]"; "" for none."""
    match = _UNIT.search(name)
    unit = (match[1] or match[2] or "").strip().casefold() if match else ""
    return _UNITS.get(unit, unit)


def unit_in(name: str) -> str | None:
    """Return the unit of time in the name of a column, such as "onset [ms]"; None for none."""
    unit = unit_of(name)
    return unit if unit in MS else None


def without_unit(name: str) -> str:
    """Return the name of a column without its unit."""
    return _UNIT.sub("", name)
