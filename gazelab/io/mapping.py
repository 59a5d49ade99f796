"""Which column of a table means what: guessed, shown to the user, and changed by them."""

import re
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from gazelab.errors import SettingsError
from gazelab.io.delimited import DELIMITERS, ENCODINGS, Layout

MS = {"s": 1e3, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
"""Milliseconds in one unit of time."""

MISSING = ("", ".", "-", "na", "n/a", "nan", "null", "none")
"""Codes of a missing value, in lower case."""

TEXT_FIELDS = ("participant", "stimulus", "trial")
NUMBER_FIELDS = ("x", "y", "onset", "end", "duration", "order")
FIELDS = TEXT_FIELDS + NUMBER_FIELDS
CHOICES: Mapped[str, tuple[object, ...]] = MappingProxyType(
    {
        "encoding": ENCODINGS,
        "delimiter": tuple(DELIMITERS),
        "decimal": (".", ","),
        "time_unit": tuple(MS),
        "duration_unit": tuple(MS),
        "base": (0, 1),
        "coordinates": ("px", "normalised"),
        "y_axis": ("down", "up"),
        "onset_from": ("stimulus", "recording"),
    }
)
"""What each setting may be."""

_NAMES = {
    "participant": "participantname participant participantid recordingsessionlabel subject "
    "subjectname subjectid subj sub pid ppid ppt observer viewer user userid recordingid",
    "stimulus": "stimulus stimulusname stimulusid presentedstimulusname recordingmedianame "
    "medianame media image imagename imagefile imageid img picture scene stim stimfile filename "
    "file trialname item pagename",
    "trial": "trialindex trial trialid trialnumber trialno trialnr trialsequence",
    "x": "currentfixx fixationpointx fixationpositionx fixationx fixx xfix mappedfixationx fpogx "
    "normposx posx positionx xposition xpos meanx xmean avgx gazex gazepointx x",
    "y": "currentfixy fixationpointy fixationpositiony fixationy fixy yfix mappedfixationy fpogy "
    "normposy posy positiony yposition ypos meany ymean avgy gazey gazepointy y",
    "onset": "currentfixstart fixationstart fixstart fixationonset onset eventstarttrialtime "
    "starttimestamp fpogs starttime tstart start begin recordingtimestamp timestamp time t",
    "end": "currentfixend fixationend fixend eventendtrialtime endtimestamp endtime tend end "
    "offset",
    "duration": "currentfixduration fixationduration fixduration fixdur eyemovementeventduration "
    "gazeeventduration eventduration durationms duration dur fpogd length",
    "order": "currentfixindex fixationindex fixindex fixationnumber fixationid fixid fpogid "
    "countintrial order index fixation seq number id",
}
_UNIT = re.compile(
    r"\s*[\[(]([^\])]*)[\])]\s*$|[\s_.-](ms|msec|s|sec|us|ns|px|pix|pixels?|norm)$", re.IGNORECASE
)
_UNITS = {"msec": "ms", "sec": "s", "seconds": "s", "µs": "us", "μs": "us"}
_NOT_ALNUM = re.compile(r"[\W_]+")

_FRACTION_LIMITS = (-0.5, 1.5)
_FRACTION_SHARE = 0.95
_TYPICAL_FIXATION_MS = 250.0
LATE_MS = 10_000.0
"""A first fixation later than this is hardly measured from the onset of the stimulus."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read a table of fixations.

    columns : field (one of FIELDS) -> name of the column.
    participant, stimulus : what to take where there is no such column.
    time_unit, duration_unit : of onset and end, and of duration.
    base : the number of the first pixel; 1 for MATLAB.
    coordinates : "px", or "normalised" (fractions of the picture's width and height).
    y_axis : "down" from the upper edge, or "up" from the lower.
    onset_from : onsets count from the onset of the "stimulus", or from the start of the
        "recording"; then the first fixation of each scanpath is put at 0.
    missing : codes of a missing value, in lower case.
    reasons : why the guess is as it is, one sentence each.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    header_line: int = 1
    columns: Mapped[str, str] = field(default_factory=lambda: MappingProxyType({}))
    participant: str = ""
    stimulus: str = ""
    time_unit: str = "ms"
    duration_unit: str = "ms"
    base: int = 0
    coordinates: str = "px"
    y_axis: str = "down"
    onset_from: str = "stimulus"
    missing: tuple[str, ...] = MISSING
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
        return Layout(self.encoding, self.delimiter, self.header_line)

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
            "x": "x" in has,
            "y": "y" in has,
            "duration (or onset and end)": "duration" in has or {"onset", "end"} <= has.keys(),
        }
        return tuple(name for name, met in needs.items() if not met)


def guess_columns(names: tuple[str, ...]) -> dict[str, str]:
    """Return field -> column for the columns whose names are known."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    found = {}
    for field_name in FIELDS:
        for known in _NAMES[field_name].split():
            if known in plain:
                found[field_name] = plain.pop(known)
                break
    return found


def _plain(name: str) -> str:
    return _NOT_ALNUM.sub("", _UNIT.sub("", name).casefold())


def unit_in(name: str) -> str | None:
    """Return the unit of time in the name of a column, such as "onset [ms]"; None for none."""
    match = _UNIT.search(name)
    unit = (match[1] or match[2] or "").strip().casefold() if match else ""
    unit = _UNITS.get(unit, unit)
    return unit if unit in MS else None


def guess_units(mapping: Mapping, values: Mapped[str, np.ndarray]) -> Mapping:
    """Return the mapping with units and coordinates guessed from a sample.

    values : field -> (n,) numbers, NaN where missing; "first onset" of each scanpath.
    """
    mapping, reasons = _guess_coordinates(mapping, values), list(mapping.reasons)
    duration, d_reason = _duration_unit(mapping, values)
    time, t_reason = _time_unit(mapping, values, MS[duration])
    reasons += [reason for reason in (d_reason, t_reason) if reason]
    mapping = replace(mapping, duration_unit=duration, time_unit=time)
    first = _median(values.get("first onset", np.empty(0)))
    if first is not None and first * MS[time] > LATE_MS:
        mapping = replace(mapping, onset_from="recording")
        reasons.append("Times seem to count from the start of the recording: they begin late.")
    if mapping.coordinates == "normalised":
        reasons.append("Positions seem to be fractions of the picture: they lie between 0 and 1.")
    return replace(mapping, reasons=tuple(reasons))


def _guess_coordinates(mapping: Mapping, values: Mapped[str, np.ndarray]) -> Mapping:
    places = np.concatenate([values.get("x", np.empty(0)), values.get("y", np.empty(0))])
    places = places[np.isfinite(places)]
    low, high = _FRACTION_LIMITS
    inside = (places >= low) & (places <= high)
    if places.size and inside.mean() >= _FRACTION_SHARE and (places % 1 != 0).any():
        up = _plain(mapping.columns.get("y", "")) == "normposy"  # Pupil counts from below
        return replace(mapping, coordinates="normalised", y_axis="up" if up else "down")
    return mapping


def _duration_unit(mapping: Mapping, values: Mapped[str, np.ndarray]) -> tuple[str, str]:
    unit = unit_in(mapping.columns.get("duration", ""))
    if unit is not None:
        return unit, f"Durations are in {unit}: the column says so."
    median = _median(values.get("duration", np.empty(0)))
    if median is None:
        return "ms", ""
    unit = min(MS, key=lambda name: abs(np.log(median * MS[name] / _TYPICAL_FIXATION_MS)))
    return unit, f"Durations seem to be in {unit}: their median is {median:g}."


def _time_unit(
    mapping: Mapping, values: Mapped[str, np.ndarray], ms_per_duration: float
) -> tuple[str, str]:
    unit = unit_in(mapping.columns.get("onset", ""))
    if unit is not None:
        return unit, f"Onsets are in {unit}: the column says so."
    steps = np.diff(values.get("onset", np.empty(0)))
    step = _median(steps)
    if step is None:
        return "ms", ""
    duration = _median(values.get("duration", np.empty(0)))
    typical_ms = _TYPICAL_FIXATION_MS if duration is None else duration * ms_per_duration
    unit = min(MS, key=lambda name: abs(np.log(step * MS[name] / typical_ms)))
    return unit, f"Onsets seem to be in {unit}: from one to the next it is {step:g}."


def _median(values: np.ndarray) -> float | None:
    positive = values[np.isfinite(values) & (values > 0)]
    return float(np.median(positive)) if positive.size else None
