"""Fixations, saccades and blinks in a `_physioevents.tsv.gz` of BIDS.

Each row has an onset, as a value of a column of the samples or as the number of a row, and a
duration. Positions of fixations are not stored, unless in columns of their own.
"""

import math
from pathlib import Path

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.errors import ReadError
from gazelab.io.bids_gaze import MS, TIME, Gaze, X, Y, columns_of, read_gaze, unit_ms, unit_of
from gazelab.io.bids_names import Name, Sidecar, nearest, sidecar
from gazelab.io.bids_shown import Shown
from gazelab.io.bids_table import number_of, texts
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows
from gazelab.io.medians import median_places
from gazelab.task import finish

KIND, SOURCE = "trial_type", "source"
AMPLITUDE, PEAK = "amplitude_deg", "peak_velocity_deg_s"
_KINDS = ("saccade", "blink", "microsaccade")
_ROUNDING_MS = 1e-6
_FROM_SAMPLES = "The positions of fixations are the medians of the samples during them."
_IN_SECONDS = "No sidecar says in what durations of events are told; seconds are taken."


def take_found(draft: Draft, gaze: Gaze, eye: Gaze, shown: Shown) -> None:
    """Let a draft take what the tracker or a detector found in a run.

    gaze : the samples that were taken. eye : those of the eye to which the file belongs.
    Raises ReadError.
    """
    path = _events_of(eye)
    if path is None:
        return
    name = Name(eye.name.entities, "physioevents")
    meta = sidecar(eye.path, name)
    rows = texts(path, columns_of(meta, path))
    draft.counts["rows of events read"] += len(rows)
    table = _Table(draft, path, meta, eye, rows)
    onset_ms = table.onset_ms()
    trial = np.where(np.isfinite(onset_ms), shown.trial_of(onset_ms), -1)
    known = np.isfinite(onset_ms)
    draft.counts["rows rejected: no onset"] += int((~known).sum())
    draft.counts["events left out: outside of the trials"] += int((known & (trial < 0)).sum())
    kinds = np.array([row.get(KIND, "").casefold() for row in rows], object)
    _count_others(draft, rows, kinds)
    found = FoundRows(
        trial,
        onset_ms - shown.onset_ms[trial],
        table.duration_ms(),
        *_places(table, gaze, onset_ms, kinds == "fixation"),
        table.column(AMPLITUDE),
        table.column(PEAK),
    )
    for source in dict.fromkeys(row.get(SOURCE, "") for row in rows):
        of_source = np.array([row.get(SOURCE, "") == source for row in rows], bool)
        reader, draft.reader = draft.reader, source or draft.reader
        _take(draft, found, kinds, of_source & (trial >= 0))
        draft.reader = reader


def _events_of(eye: Gaze) -> Path | None:
    """Return the file of events of an eye, None when there is none."""
    path = nearest(eye.path, Name(eye.name.entities, "physioevents"), ".tsv.gz")
    return path if path is not None and path.parent == eye.path.absolute().parent else None


def _take(draft: Draft, found: FoundRows, kinds: Vector, rows: Vector) -> None:
    """Take rows by their kind."""
    for kind in ("fixation", *_KINDS):
        some = rows & (kinds == kind)
        if not some.any():
            continue
        if kind == "fixation":
            draft.take_fixations(_part(found, some))
        else:
            draft.take_events(kind, _part(found, some))


def _part(found: FoundRows, rows: Vector) -> FoundRows:
    columns = (found.x, found.y, found.amplitude_deg, found.peak_velocity_deg_s)
    return FoundRows(
        found.trial[rows],
        found.onset_ms[rows],
        found.duration_ms[rows],
        *(None if column is None else column[rows] for column in columns),
    )


def _count_others(draft: Draft, rows: list[dict[str, str]], kinds: Vector) -> None:
    """Count rows that are no fixation, saccade or blink."""
    for row, kind in zip(rows, kinds.tolist(), strict=True):
        if kind == "fixation" or kind in _KINDS:
            draft.counts["saccades with a blink in them"] += kind == "saccade" and row.get(
                "blink"
            ) in ("1", "1.0")
        else:
            draft.counts["messages" if row.get("message") else "events of another kind"] += 1


def _places(
    table: "_Table", gaze: Gaze, onset_ms: Vector, fixations: Vector
) -> tuple[Vector, Vector]:
    """Return where the fixations are: as told, else the medians of the samples."""
    x, y = table.column(X), table.column(Y)
    if x is not None and y is not None:
        return x, y
    x, y = np.full(len(onset_ms), np.nan), np.full(len(onset_ms), np.nan)
    timed = np.flatnonzero(fixations & np.isfinite(onset_ms))
    run_ms = gaze.run_ms
    if (np.diff(run_ms) < 0).any():
        raise ReadError("The time stamps do not ascend.", gaze.path)
    ends_ms = onset_ms[timed] + np.nan_to_num(table.duration_ms()[timed])
    starts = np.searchsorted(run_ms, onset_ms[timed] - _ROUNDING_MS)
    stops = np.maximum(np.searchsorted(run_ms, ends_ms - _ROUNDING_MS), starts)
    x[timed], y[timed] = median_places(gaze.x, gaze.y, starts.tolist(), stops.tolist())
    table.note(_FROM_SAMPLES)
    return x, y


class _Table:
    """The rows of events, and when they were in the clock of their eye's samples."""

    def __init__(
        self, draft: Draft, path: Path, meta: Sidecar, eye: Gaze, rows: list[dict[str, str]]
    ) -> None:
        self._draft, self._path, self._meta, self._eye = draft, path, meta, eye
        self._rows = rows
        told = meta.get("OnsetSource", TIME)
        self._source = told if isinstance(told, str) else TIME

    def note(self, note: str) -> None:
        """Add a note to the draft, once."""
        if note not in self._draft.notes:
            self._draft.notes.append(note)

    def column(self, name: str) -> Vector | None:
        """Return a column of numbers, (n,) float64, None when there is none of that name."""
        if not self._rows or name not in self._rows[0]:
            return None
        return np.array([number_of(row[name], name, self._path) for row in self._rows])

    def onset_ms(self) -> Vector:
        """Return the onsets from the start of the acquisition, (n,), NaN where unknown."""
        onset = self.column("onset")
        if onset is None:
            return np.full(len(self._rows), np.nan)
        eye = self._eye
        if self._source == TIME:
            unit = unit_of(eye.meta, TIME) or "s"
            onset_ms = onset * unit_ms(self._meta, "onset", unit if unit in MS else "s")
            return onset_ms - eye.stamp_ms[0] + eye.start_ms
        numbers = np.arange(len(eye.stamp_ms), dtype=np.float64)
        if self._source != "n/a":
            numbers = finish(read_gaze(eye.path, (self._source,))).extra.get(self._source, numbers)
        return _looked_up(onset, numbers, eye.run_ms)

    def duration_ms(self) -> Vector:
        """Return the durations, (n,), NaN where unknown; in the unit of the onsets."""
        duration = self.column("duration")
        if duration is None:
            return np.full(len(self._rows), math.nan)
        unit = unit_of(self._meta, "duration")
        if not unit and self._source == TIME:
            unit = unit_of(self._meta, "onset") or unit_of(self._eye.meta, TIME)
        if unit not in MS:
            self.note(_IN_SECONDS)
        return duration * MS.get(unit, MS["s"])


def _looked_up(values: Vector, column: Vector, run_ms: Vector) -> Vector:
    """Return the times at which a column has some values, NaN where it has not."""
    order = np.argsort(column, kind="stable")
    places = np.minimum(np.searchsorted(column[order], values), len(column) - 1)
    rows = order[places]
    return np.where(column[rows] == values, run_ms[rows], np.nan)
