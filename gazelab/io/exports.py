"""Samples, fixations, saccades and blinks in the text exports of eye trackers' own programs.

What the columns of each program are called is in its preset; the rows are taken together by
participant, recording, stimulus and number of the event, whole columns at a time.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import TrialKey
from gazelab.data.geometry import Placement
from gazelab.io.draft import Draft
from gazelab.io.export_places import XY, Sight, look, narrowed, screen_of, suffices
from gazelab.io.export_rows import ExportRows, Group
from gazelab.io.export_table import export_header, read_export_table
from gazelab.io.groups import FoundRows, SampleRows, firsts_of, numbered, rows_where, typical_ms
from gazelab.io.mapping import MS
from gazelab.io.presentations import Presentations
from gazelab.io.preset import Preset, find_header
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import Task

_CENTRED = (
    "Positions are pixels of the screen: each picture is taken to have been shown in the middle "
    "of the screen, in its own size."
)


def sniff_export(preset: Preset, path: Path) -> bool:
    """Whether a file has the columns of a preset."""
    return path.is_file() and find_header(path, preset.signature, preset.absent) is not None


def read_export(
    preset: Preset, path: Path, settings: ReadSettings = ReadSettings()
) -> Task[Reading]:
    """Read an export as a preset says.

    Every row is counted: as a sample or one of an event, or as rejected with the reason.
    Raises ReadError with the line: a needed column is absent, a cell is not a number, a row
    is too short, or a fixation's number comes back after others.
    """
    draft = yield from draft_export(preset, path, settings)
    return draft.reading()


def draft_export(preset: Preset, path: Path, settings: ReadSettings) -> Task[Draft]:
    """Return what is in an export, as `read_export`, to be joined with other files."""
    rows, sight = yield from looked(preset, path, settings.eye)
    return drafted(rows, sight, settings)


def drafted(rows: ExportRows, sight: Sight | None, settings: ReadSettings) -> Draft:
    """Return what is in the rows of an export. Raises ReadError."""
    table = rows.table
    draft = Draft(table.path, table.preset.id, keys=rows.shown.keys, base_ns=table.base_ns)
    groups = rows.groups()
    rows.count(draft, groups)
    _describe(draft, rows, sight)
    if sight is not None and sight.gaze is not None:
        draft.take_samples(_samples(rows, sight, sight.gaze), settings, sight.lost)
    for kind, group in groups.items():
        _take(draft, rows, kind, group, sight)
    _take_flagged_blinks(draft, rows)
    return draft


def looked(preset: Preset, path: Path, eye: str) -> Task[tuple[ExportRows, Sight | None]]:
    """Read the rows of an export, and where people looked. Raises ReadError."""
    layout, header = export_header(preset, path)
    few = narrowed(preset, header, eye)
    if few is not None:
        rows = ExportRows((yield from read_export_table(few, path, layout, header)))
        sight = look(rows.table, rows.fixed, rows.sampled, eye)
        if suffices(sight, rows.fixed, rows.sampled):
            return rows, sight
    rows = ExportRows((yield from read_export_table(preset, path, layout, header)))
    return rows, look(rows.table, rows.fixed, rows.sampled, eye)


def _describe(draft: Draft, rows: ExportRows, sight: Sight | None) -> None:
    """Say in what unit positions and times are, and what is assumed."""
    preset = rows.table.preset
    place = sight.place if sight else preset.places[0]
    reasons = [*preset.notes, *([place.note] if place.note else [])]
    if place.placed == "centred":
        reasons.append(_CENTRED)
    draft.contract = Contract(
        place.positions,
        preset.origin,
        screen=screen_of(rows.table),
        placed=place.placed,
        clock=rows.table.unit,
        zero="first" if preset.onset_from == "recording" else "stimulus",
        reasons=tuple(reasons),
    )
    draft.notes += reasons
    if sight is not None:
        draft.notes += sight.notes
        if sight.rectangles is not None:
            draft.placements = _placements(sight.rectangles, rows.shown)
    if rows.lacking:
        names = ", ".join(name.replace(" | ", " or ") for name in rows.lacking)
        draft.notes.append(f"The export has no column {names}: its fixations are not read.")


def _samples(rows: ExportRows, sight: Sight, gaze: XY) -> SampleRows:
    table, shown = rows.table, rows.shown
    at = rows_where(rows.sampled)
    x, y = _in_place(rows, sight, gaze, at)
    since_ms = np.zeros(len(shown.keys))
    since_ms[shown.trial[at]] = shown.since_ms[at]
    return SampleRows(
        shown.trial[at],
        rows.times_ms[at] - shown.since_ms[at],
        x,
        y,
        None if sight.pupil is None else sight.pupil[at],
        sight.pupil_unit,
        eye=sight.eye,
        clock_ms=since_ms + table.base_ns * MS["ns"],
        accuracy_deg=table.number("accuracy")[at] if table.has("accuracy") else None,
        precision_deg=table.number("precision")[at] if table.has("precision") else None,
    )


def _in_place(rows: ExportRows, sight: Sight, places: XY, at: np.ndarray | slice) -> XY:
    """Return x and y in some rows; of a picture that moved, as if it had not."""
    x, y = places[0][at], places[1][at]
    lost = np.isnan(x + y)
    if lost.any():
        x, y = np.where(lost, np.nan, x), np.where(lost, np.nan, y)
    if sight.rectangles is None:
        return x, y
    now = sight.rectangles[:, at]
    then = _first_rectangles(sight.rectangles, rows.shown)[:, rows.shown.trial[at]]
    if np.array_equal(now, then):
        return x, y
    return (
        (x - now[0]) / now[2] * then[2] + then[0],
        (y - now[1]) / now[3] * then[3] + then[1],
    )


def _take(draft: Draft, rows: ExportRows, kind: str, group: Group, sight: Sight | None) -> None:
    """Put the events of one kind into the draft. Raises ReadError."""
    table, shown, stands = rows.table, rows.shown, group.stands
    onset_ms = group.onset_ms - shown.since_ms[stands]
    found = FoundRows(shown.trial[stands], onset_ms, _durations_ms(rows, group))
    if kind == "fixation":
        x, y = _fixated(draft, rows, group, sight)
        draft.take_fixations(replace(found, x=x, y=y))
        draft.counts["fixations on two stimuli"] += len(stands) - group.numbered
        return
    amplitude_deg, velocity = table.number("amplitude")[stands], table.number("velocity")[stands]
    draft.take_events(
        kind, replace(found, amplitude_deg=amplitude_deg, peak_velocity_deg_s=velocity)
    )


def _durations_ms(rows: ExportRows, group: Group) -> np.ndarray:
    """Return how long the events of one kind last."""
    table = rows.table
    if table.has("duration"):
        return table.times_ms("duration")[group.stands]
    if table.has("end"):
        return table.times_ms("end")[group.stands] - group.onset_ms
    return _last_ms(rows, group.rows, group.ids, len(group.stands)) - group.onset_ms


def _last_ms(rows: ExportRows, at: np.ndarray, ids: np.ndarray, size: int) -> np.ndarray:
    """Return when the last of the rows `at` of each event ends, (size,) on the clock."""
    end_ms = np.full(size, -np.inf)
    np.maximum.at(end_ms, ids, rows.times_ms[at])
    return end_ms + typical_ms(rows.times_ms[rows.good])


def _fixated(draft: Draft, rows: ExportRows, group: Group, sight: Sight | None) -> XY:
    """Return x and y of fixations from the positions in their rows."""
    size = len(group.stands)
    x, y = np.full(size, np.nan), np.full(size, np.nan)
    if sight is None or sight.fixation is None:
        draft.notes.append("The fixations have no position in the unit of the samples.")
        return x, y
    if rows.table.preset.stands == "last":
        return _in_place(rows, sight, sight.fixation, group.stands)
    there = np.isfinite(sight.fixation[0][group.rows] + sight.fixation[1][group.rows])
    at, ids = group.rows[there], group.ids[there]
    at_x, at_y = _in_place(rows, sight, sight.fixation, at)
    first = firsts_of(ids, size)
    found = np.flatnonzero(first >= 0)
    if rows.table.preset.stands == "mean":
        counts = np.bincount(ids, minlength=size)[found]
        x[found] = np.bincount(ids, at_x, size)[found] / counts
        y[found] = np.bincount(ids, at_y, size)[found] / counts
        return x, y
    x[found], y[found] = at_x[first[found]], at_y[first[found]]
    moved = np.unique(ids[(at_x != x[ids]) | (at_y != y[ids])])
    draft.counts["fixations that move on the stimulus"] = len(moved)
    return x, y


def _take_flagged_blinks(draft: Draft, rows: ExportRows) -> None:
    """Put blinks into the draft that a number in each of their rows tells."""
    if not rows.table.has("blink"):
        return
    flags = rows.table.number("blink")
    at = np.flatnonzero((flags > 0) & rows.good)
    if not len(at):
        return
    ids, first = numbered(rows.shown.trial[at], flags[at])
    end_ms = _last_ms(rows, at, ids, len(first))
    begun = at[first]
    onset_ms = rows.times_ms[begun]
    trial, since_ms = rows.shown.trial[begun], rows.shown.since_ms[begun]
    draft.take_events("blink", FoundRows(trial, onset_ms - since_ms, end_ms - onset_ms))


def _first_rectangles(rectangles: np.ndarray, shown: Presentations) -> np.ndarray:
    """Return where the picture was at the beginning of each trial, (4, trials), else NaN."""
    at = np.flatnonzero((shown.trial >= 0) & np.isfinite(rectangles).all(axis=0))
    found = np.full((4, len(shown.keys)), np.nan)
    trials, first = np.unique(shown.trial[at], return_index=True)
    found[:, trials] = rectangles[:, at[first]]
    return found


def _placements(rectangles: np.ndarray, shown: Presentations) -> Mapping[TrialKey, Placement]:
    """Return where the pictures were on the screen, for the trials of which it is told."""
    found = _first_rectangles(rectangles, shown).T.tolist()
    return {
        key: Placement(left, top, size_px=(width, height))
        for key, (left, top, width, height) in zip(shown.keys, found, strict=True)
        if width == width
    }
