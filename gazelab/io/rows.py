"""The rows of a table by trial, and what they hold: fixations, or gaze samples."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Recording
from gazelab.errors import ReadError
from gazelab.io.draft import Draft
from gazelab.io.eyes import MEAN_NOTE
from gazelab.io.groups import FoundRows, SampleRows, changes, numbered
from gazelab.io.guesses import guess_contract
from gazelab.io.mapping import Mapping
from gazelab.io.reading import ROWS_READ, ROWS_REJECTED, Reading, ReadSettings
from gazelab.io.untimed import untimed

_RESTART_MS = 100.0
_Item = TypeVar("_Item", Scanpath, Recording)


@dataclass(eq=False)
class Rows:
    """The rows of a table.

    keys : participant, stimulus and trial of each trial.
    trial : (n,) int, which of the keys a row belongs to; -1 for a row that is left out.
    values : field -> (n,) float64, NaN for a missing value; times in ms. There are x and y;
        of fixations a duration and perhaps onset and order, of samples an onset.
    read : rows in the table. rejected : why rows are left out -> how many.
    clock_ms : time of the table's clock when its onsets are 0.
    """

    path: Path
    mapping: Mapping
    keys: list[TrialKey]
    trial: np.ndarray
    values: dict[str, np.ndarray]
    read: int
    rejected: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    eye: str = ""
    clock_ms: float = 0.0

    def reject(self, lost: np.ndarray, reason: str) -> None:
        """Leave out rows. `lost` : (n,) bool; rows left out before do not count again."""
        lost = lost & (self.trial >= 0)
        number = int(np.count_nonzero(lost))
        if number:
            self.rejected[reason] += number
            self.trial = np.where(lost, -1, self.trial)


def reading_of(
    rows: Rows, settings: ReadSettings = ReadSettings(), *, simulated: bool = False
) -> Reading:
    """Return what the rows hold.

    Raises ReadError when no row can be used, or when the rows are hardly fixations, because
    they overlap in time.
    """
    if not (rows.trial >= 0).any():
        reasons = "; ".join(f"{why}: {number}" for why, number in rows.rejected.items())
        hint = reasons and f"Rows with {reasons}."
        raise ReadError("The table has no row that can be used.", rows.path, hint=hint)
    columns = ", ".join(f"{k} = {v}" for k, v in rows.mapping.columns.items())
    draft = Draft(rows.path, "table", _contract(rows), rows.keys, notes=[f"Columns: {columns}."])
    if simulated:
        draft.notes.append("The table says that its data are simulated.")
    draft.counts[ROWS_READ] = rows.read
    for reason, number in rows.rejected.items():
        draft.counts[f"{ROWS_REJECTED}: {reason}"] = number
    draft.counts += rows.counts
    if rows.mapping.of_samples:
        _take_samples(draft, rows, settings)
    else:
        _take_fixations(draft, rows)
    if simulated:
        draft.scanpaths = tuple(map(_simulated, draft.scanpaths))
        draft.recordings = tuple(map(_simulated, draft.recordings))
    if rows.mapping.of_samples and not settings.samples:
        return Reading(contract=draft.contract, counts=draft.counts, notes=tuple(draft.notes))
    return draft.reading()


def _simulated(item: _Item) -> _Item:
    return replace(item, origin=replace(item.origin, simulated=True))


def _contract(rows: Rows) -> Contract:
    there = rows.trial >= 0
    starts_ms = np.full(len(rows.keys), np.inf)
    if "onset" in rows.values:
        np.minimum.at(starts_ms, rows.trial[there], rows.values["onset"][there])
    starts_ms = starts_ms[np.isfinite(starts_ms)] + rows.clock_ms
    x, y = rows.values["x"][there], rows.values["y"][there]
    return guess_contract(rows.mapping, x, y, starts_ms)


def _take_samples(draft: Draft, rows: Rows, settings: ReadSettings) -> None:
    values = rows.values
    draft.notes += [MEAN_NOTE] * (rows.eye == "mean")
    if "trial" not in rows.mapping.columns:
        _split_at_restarts(draft, rows)
    samples = SampleRows(
        rows.trial,
        values["onset"],
        values["x"],
        values["y"],
        values.get("pupil"),
        rate_hz=rows.mapping.rate_hz,
        eye=rows.eye,
        clock_ms=rows.clock_ms,
    )
    draft.take_samples(samples, settings)


def _split_at_restarts(draft: Draft, rows: Rows) -> None:
    """Begin another trial where the time of a trial jumps back."""
    kept = np.flatnonzero(rows.trial >= 0)
    onset_ms, trial = rows.values["onset"][kept], rows.trial[kept]
    restarts = (np.diff(onset_ms, prepend=np.inf) < -_RESTART_MS) & ~changes(trial)
    if not restarts.any():
        return
    number, firsts = numbered(trial, np.cumsum(restarts))
    counted = Counter[int]()
    keys = []
    for code in trial[firsts].tolist():
        counted[code] += 1
        keys.append((*rows.keys[code][:2], str(counted[code])))
    rows.trial[kept] = number
    draft.keys = rows.keys = keys
    draft.counts["trials begun where the time jumps back"] += int(restarts.sum())


def _take_fixations(draft: Draft, rows: Rows) -> None:
    values, trial = rows.values, rows.trial
    if "onset" in values:
        found = FoundRows(trial, values["onset"], values["duration"], values["x"], values["y"])
        draft.take_fixations(found)
        return
    order = np.arange(len(trial))
    if "order" in values:
        order = np.argsort(values["order"], kind="stable")
    x, y, duration_ms = (values[name][order] for name in ("x", "y", "duration"))
    untimed(draft, trial[order], x, y, duration_ms)
