"""What a table probably means, judged by the names of its columns and by its numbers."""

import re
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gazelab.data.contract import CLOCKS, Contract
from gazelab.io.mapping import FIELDS, MS, Mapping, unit_in, unit_of, without_unit

_NAMES = {
    "participant": "participantname participant participantid recordingsessionlabel subject "
    "subjectname subjectid subj sub pid ppid ppt observer viewer user userid recordingid",
    "stimulus": "stimulus stimulusname stimulusid presentedstimulusname recordingmedianame "
    "medianame media image imagename imagefile imageid img picture scene stim stimfile filename "
    "file trialname item pagename",
    "trial": "trialindex trial trialid trialnumber trialno trialnr trialsequence",
    "x": "currentfixx fixationpointx fixationpositionx fixationx fixx xfix mappedfixationx fpogx "
    "normposx posx pixelx positionx xposition xpos meanx xmean avgx gazex gazepointx bpogx xgaze x",
    "y": "currentfixy fixationpointy fixationpositiony fixationy fixy yfix mappedfixationy fpogy "
    "normposy posy pixely positiony yposition ypos meany ymean avgy gazey gazepointy bpogy ygaze y",
    "onset": "currentfixstart fixationstart fixstart fixationonset onset eventstarttrialtime "
    "starttimestamp fpogs starttime tstart start begin recordingtimestamp timestamp time t",
    "end": "currentfixend fixationend fixend eventendtrialtime endtimestamp endtime tend end "
    "offset",
    "duration": "currentfixduration fixationduration fixduration fixdur eyemovementeventduration "
    "gazeeventduration eventduration durationms duration dur fpogd length",
    "order": "currentfixindex fixationindex fixindex fixationnumber fixationid fixid fpogid "
    "countintrial order index fixation seq number id",
    "pupil": "pupil pupildiameter pupilsize pupilarea pupildilation diameter ps",
    "validity": "validity gazevalidity valid isvalid status trackingstatus",
    "eye": "eye eyeused recordedeye whicheye",
}
_SIDES = {"left": ("left", "l"), "right": ("right", "r")}
_OF_AN_EYE = {
    "x": "x gazex gazepointx pixelx posx positionx por",
    "y": "y gazey gazepointy pixely posy positiony",
    "pupil": "pupil pupildiameter pupilsize pupilarea diameter ps",
    "validity": "validity gazevalidity valid gazepointvalidity",
}
_NOT_ALNUM = re.compile(r"[\W_]+")

_FRACTION_LIMITS = (-0.5, 1.5)
_FRACTION_SHARE = 0.95
_CENTRED_SHARE = 0.2
_TYPICAL_FIXATION_MS = 250.0
_SAMPLE_MS = (0.5, 50.0)
_TYPICAL_SAMPLE_MS = 4.0
_SMOOTH, _ENOUGH = 0.2, 50
_LATE_MS = 10_000.0
"""A first fixation later than this is hardly measured from the onset of the stimulus."""


def guess_columns(names: Sequence[str]) -> dict[str, str]:
    """Return field -> column for the columns whose names are known."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    found = {}
    for field_name in FIELDS:
        for known in _known(field_name):
            if known in plain:
                found[field_name] = plain.pop(known)
                break
    return found


def _known(field_name: str) -> list[str]:
    """Return the names that a field is known by, best first."""
    if field_name in _NAMES:
        return _NAMES[field_name].split()
    what, side = field_name.split("_")
    return [
        form
        for name in _OF_AN_EYE[what].split()
        for word in _SIDES[side]
        for form in _sided(name, word)
    ]


def _sided(name: str, side: str) -> tuple[str, ...]:
    """Return the ways to put the eye into a name, such as gazeleftx and leftgazex."""
    stem, axis = (name[:-1], name[-1]) if name[-1] in "xy" else (name, "")
    return tuple(dict.fromkeys((stem + axis + side, side + stem + axis, stem + side + axis)))


def _plain(name: str) -> str:
    return _NOT_ALNUM.sub("", without_unit(name).casefold())


def guess_units(mapping: Mapping, values: Mapped[str, np.ndarray]) -> Mapping:
    """Return the mapping with what a row is, and the units of time, guessed from a sample.

    values : field -> (n,) numbers, NaN where missing; "first onset" of each trial.
    """
    reasons = list(mapping.reasons)
    sampled = _sample_unit(mapping, values)
    if sampled is not None:
        unit, step_ms = sampled
        reasons.append(
            f"Rows seem to be gaze samples in {unit}: there are no durations, and from one to "
            f"the next it is {step_ms:g} ms ({1000 / step_ms:.0f} Hz)."
        )
        kept = {k: v for k, v in mapping.columns.items() if k != "order"}
        return replace(
            mapping, kind="samples", columns=kept, time_unit=unit, reasons=tuple(reasons)
        )
    duration, d_reason = _duration_unit(mapping, values)
    time, t_reason = _time_unit(mapping, values, MS[duration])
    reasons += [reason for reason in (d_reason, t_reason) if reason]
    return replace(mapping, duration_unit=duration, time_unit=time, reasons=tuple(reasons))


def _sample_unit(mapping: Mapping, values: Mapped[str, np.ndarray]) -> tuple[str, float] | None:
    """Return the unit of time and the interval if the rows are samples; None otherwise."""
    if {"duration", "end"} & mapping.columns.keys() or "onset" not in values:
        return None
    step = _median(np.diff(values["onset"]))
    named = unit_in(mapping.columns["onset"])
    if step is None or not _is_smooth(values):
        return None
    units = [named] if named else list(MS)
    intervals = {unit: step * MS[unit] for unit in units}
    low, high = _SAMPLE_MS
    plausible = [unit for unit in units if low <= intervals[unit] <= high]
    if not plausible:
        return None
    best = min(plausible, key=lambda unit: abs(np.log(intervals[unit] / _TYPICAL_SAMPLE_MS)))
    return best, intervals[best]


def _is_smooth(values: Mapped[str, np.ndarray]) -> bool:
    """Whether most steps between rows are short beside the whole spread of positions."""
    for name in ("x", "x_left", "x_right", "y", "y_left", "y_right"):
        places = values.get(name, np.empty(0))
        places = places[np.isfinite(places)]
        if len(places) < _ENOUGH:
            continue
        low, high = np.percentile(places, (2, 98))
        if np.median(abs(np.diff(places))) > _SMOOTH * (high - low) > 0:
            return False
    return True


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
    step = _median(np.diff(values.get("onset", np.empty(0))))
    if step is None:
        return "ms", ""
    duration = _median(values.get("duration", np.empty(0)))
    typical_ms = _TYPICAL_FIXATION_MS if duration is None else duration * ms_per_duration
    unit = min(MS, key=lambda name: abs(np.log(step * MS[name] / typical_ms)))
    return unit, f"Onsets seem to be in {unit}: from one to the next it is {step:g}."


_VALID_WORDS = (("valid", "invalid"), ("true", "false"), ("yes", "no"), ("good", "bad"))
_TOBII_CODES = {"0", "1", "2", "3", "4"}


def guess_validity(
    mapping: Mapping, cells: Mapped[str, Sequence[str]], values: Mapped[str, np.ndarray]
) -> Mapping:
    """Return the mapping with what the columns of validity say of a sample that counts.

    A column that says it in no known way is left out. cells : field -> texts of a sample.
    """
    names = [name for name in mapping.columns if name.startswith("validity")]
    if not names:
        return mapping
    found = {cell.casefold() for name in names for cell in cells[name]} - {*mapping.missing}
    valid: tuple[str, ...] = next((pair[:1] for pair in _VALID_WORDS if found <= {*pair}), ())
    if not valid and found <= {"0", "1"}:
        valid = ("1",) if _lost(cells, values, "1") <= _lost(cells, values, "0") else ("0",)
    elif not valid and found <= _TOBII_CODES:
        valid = ("0", "1")
    if not valid:
        kept = {name: column for name, column in mapping.columns.items() if name not in names}
        return replace(mapping, columns=kept)
    column = mapping.columns[names[0]]
    reason = f"Samples seem to count where {column} is {' or '.join(valid)}."
    return replace(mapping, valid=valid, reasons=(*mapping.reasons, reason))


def _lost(cells: Mapped[str, Sequence[str]], values: Mapped[str, np.ndarray], word: str) -> float:
    """Return the share of positions that are missing or 0 in the rows with a word."""
    shares = []
    for side in ("", "_left", "_right"):
        if f"validity{side}" in cells and f"x{side}" in values:
            x = values[f"x{side}"][[cell == word for cell in cells[f"validity{side}"]]]
            shares += [float(np.mean(np.isnan(x) | (x == 0)))] if len(x) else []
    return float(np.mean(shares)) if shares else 1.0


def guess_contract(
    mapping: Mapping, x: np.ndarray, y: np.ndarray, starts_ms: np.ndarray
) -> Contract:
    """Return what positions and times probably mean.

    x, y : (n,) as in the table, NaN where missing. starts_ms : (trials,) first times.
    """
    clock = mapping.time_unit if mapping.time_unit in CLOCKS else "ms"
    contract = Contract(clock=clock)
    reasons = []
    column = next((v for k, v in mapping.columns.items() if k.startswith("y")), "")
    contract, reason = _guess_positions(contract, column, x, y)
    reasons += [reason] if reason else []
    start_ms = np.median(starts_ms) if len(starts_ms) else 0.0
    if start_ms > _LATE_MS:
        contract = replace(contract, zero="first")
        reasons.append("Times seem to count from the start of the recording: they begin late.")
    return replace(contract, reasons=tuple(reasons))


def _guess_positions(
    contract: Contract, column: str, x: np.ndarray, y: np.ndarray
) -> tuple[Contract, str]:
    places = np.concatenate([x[np.isfinite(x)], y[np.isfinite(y)]])
    low, high = _FRACTION_LIMITS
    inside = (places >= low) & (places <= high)
    if unit_of(column) in ("deg", "dva", "mm"):
        unit = "mm" if unit_of(column) == "mm" else "deg"
        placed = replace(contract, positions=f"screen {unit}", origin="centre")
        return placed, f"Positions are in {unit}: the column says so."
    if places.size and inside.mean() >= _FRACTION_SHARE and (places % 1 != 0).any():
        reason = "Positions seem to be fractions of the picture: they lie between 0 and 1."
        if _plain(column) == "normposy":
            reason += " Pupil counts them from the lower edge."
            return replace(contract, positions="stimulus fraction", origin="bottom-left"), reason
        return replace(contract, positions="stimulus fraction"), reason
    with np.errstate(invalid="ignore"):
        left, above = (np.mean(values < 0) if len(values) else 0.0 for values in (x, y))
    if min(left, above) > _CENTRED_SHARE:
        reason = "Positions seem to count from the middle: many of x and of y are below 0."
        return replace(contract, origin="centre"), reason
    return contract, ""


def _median(values: np.ndarray) -> float | None:
    positive = values[np.isfinite(values) & (values > 0)]
    return float(np.median(positive)) if positive.size else None
