"""What was shown while each row of an export was recorded, and since when."""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import TrialKey
from gazelab.io.columns import Coded
from gazelab.io.export_table import ExportTable
from gazelab.io.groups import changes, numbered, ordinals, rows_where


@dataclass(frozen=True, slots=True, eq=False)
class Presentations:
    """The trial of each row.

    keys : of the trials. trial : (n,) int, -1 for none. since_ms : (n,) float64, when the
    stimulus of the row came on; 0 where times count from it already, or from the recording.
    recording : (n,) int, which recording of whom. shows : (n,) bool, a stimulus is named.
    calibration : (n,) bool, the stimulus is a calibration.
    """

    keys: tuple[TrialKey, ...]
    trial: np.ndarray
    since_ms: np.ndarray
    recording: np.ndarray
    shows: np.ndarray
    calibration: np.ndarray


def presentations(table: ExportTable, usable: np.ndarray, times_ms: np.ndarray) -> Presentations:
    """Return what was shown; usable : (n,) bool, the rows that count.

    A stimulus is shown until another is named in the same recording, or none, or until another
    trial begins. Where a
    recording names none at all, it is called as the preset says, or like the recording.
    """
    preset = table.preset
    participant, recorded = participants(table), table.text("recording")
    recording, _ = numbered(participant.codes, recorded.codes)
    stimulus, names = _stimuli(table, recording, recorded, usable)
    shows = np.array([name != "" for name in names], np.bool_)[stimulus]
    calibration = table.among("stimulus", preset.calibrations)
    order = _by_recording(recording, usable)
    told = table.text("trial")
    starts = _starts(recording[order], stimulus[order], told.codes[order])
    lengths = np.diff(starts, append=int(usable.sum()))
    begun = starts if isinstance(order, slice) else order[starts]
    since_ms = np.zeros(len(table))
    if preset.onset_from == "presentation":
        since_ms[order] = np.repeat(times_ms[begun], lengths)
    in_file = np.argsort(begun)
    pairs, _ = numbered(participant.codes[begun][in_file], stimulus[begun][in_file])
    turn = np.empty(len(begun), np.intp)
    turn[in_file] = ordinals(pairs)
    number = np.ones(len(table), np.intp)
    number[order] = np.repeat(turn, lengths)
    words: tuple[str, ...] = ()
    if table.has("trial"):
        number, words = told.codes, tuple(word or "1" for word in told.words)
    kept = usable & shows & ~calibration
    of = rows_where(kept)
    trial = np.full(len(table), -1, np.intp)
    trial[of], firsts = numbered(participant.codes[of], stimulus[of], number[of])
    keys = tuple(
        (
            participant.words[participant.codes[row]],
            names[stimulus[row]],
            words[number[row]] if words else str(number[row]),
        )
        for row in np.flatnonzero(kept)[firsts].tolist()
    )
    return Presentations(keys, trial, since_ms, recording, shows, calibration)


def _by_recording(recording: np.ndarray, usable: np.ndarray) -> np.ndarray | slice:
    """Return the usable rows, those of each recording together, in the order of the file."""
    if usable.all() and bool((recording[1:] >= recording[:-1]).all()):
        return slice(None)
    rows = np.flatnonzero(usable)
    return rows[np.argsort(recording[rows], kind="stable")]


def _starts(*columns: np.ndarray) -> np.ndarray:
    """Return where rows differ from the one before, the first included."""
    return np.flatnonzero(changes(*columns)) if len(columns[0]) else np.zeros(0, np.intp)


def participants(table: ExportTable) -> Coded:
    """Return who looked; from the path where no column says it."""
    if table.has("participant"):
        return table.text("participant")
    return Coded(np.zeros(len(table), np.int32), (table.preset.participant(table.path),))


def _stimuli(
    table: ExportTable, recording: np.ndarray, recorded: Coded, usable: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Return the stimulus of each row and the names of the stimuli, "" for none."""
    preset, told = table.preset, table.text("stimulus")
    names = list(told.words)
    codes = told.codes.astype(np.intp)
    nameless = usable & told.is_word("")
    if not nameless.any():
        return codes, names
    named = usable & ~table.among("stimulus", [*preset.calibrations, ""])
    nameless &= np.bincount(recording, named)[recording] == 0
    otherwise = preset.stimulus if isinstance(preset.stimulus, str) else preset.stimulus(table.path)
    if otherwise:
        codes[nameless] = len(names)
        names.append(otherwise)
    else:
        codes[nameless] = len(names) + recorded.codes[nameless]
        names += [word or table.path.stem for word in recorded.words]
    same: dict[str, int] = {}
    for code, name in enumerate(names):
        same.setdefault(name, code)
    return np.array([same[name] for name in names], np.intp)[codes], names
