"""Recordings and events as arrays in files named by their content, and back."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from gazelab.data.gaze import Origin
from gazelab.data.recording import Events, Recording
from gazelab.errors import ProjectError
from gazelab.project.arrays import ARRAYS, RESTORE, open_array, write_flat
from gazelab.project.entries import entry_of, value_of
from gazelab.project.schema import (
    EventsEntry,
    EventsGroup,
    OriginEntry,
    RecordingEntry,
    RecordingGroup,
)
from gazelab.project.written import WRITTEN

T = TypeVar("T", Recording, Events)
_FLOATS = np.dtype(np.float64)


def write_recordings(folder: Path, recordings: Iterable[Recording]) -> tuple[RecordingGroup, ...]:
    """Write recordings, one file for each origin; those written before stay as they are."""
    return tuple(
        RecordingGroup(
            write_flat(folder, "samples", [a for item in items for a in _channels(item)], _FLOATS),
            entry_of(OriginEntry, origin),
            tuple(_recording_entry(item) for item in items),
        )
        for origin, items in _by_origin(recordings).items()
    )


def read_recordings(folder: Path, group: RecordingGroup) -> list[Recording]:
    """Return the recordings of a group; samples stay on the disk until they are used."""
    origin = value_of(Origin, group.origin)
    sizes = [item.samples for item in group.items for _ in range(3 + item.has_pupil)]
    parts = _parts(folder, group.samples, sizes)
    WRITTEN.remember(parts, group.samples)
    rest = iter(parts)
    return [
        value_of(
            Recording,
            item,
            t_ms=next(rest),
            x_px=next(rest),
            y_px=next(rest),
            pupil=next(rest) if item.has_pupil else None,
            origin=origin,
        )
        for item in group.items
    ]


def write_events(folder: Path, events: Iterable[Events]) -> tuple[EventsGroup, ...]:
    """Write saccades and blinks, one file for each origin."""
    return tuple(
        EventsGroup(
            write_flat(folder, "events", [_event_rows(item) for item in items], _FLOATS),
            entry_of(OriginEntry, origin),
            tuple(
                EventsEntry(*item.trial_key, item.kind, len(item), item.amplitude_deg is not None)
                for item in items
            ),
        )
        for origin, items in _by_origin(events).items()
    )


def read_events(folder: Path, group: EventsGroup) -> list[Events]:
    """Return the events of a group."""
    origin = value_of(Origin, group.origin)
    parts = _parts(folder, group.events, [4 * item.number for item in group.items])
    return [
        _events_of(item, part.reshape(4, item.number), origin)
        for item, part in zip(group.items, parts, strict=True)
    ]


def _events_of(entry: EventsEntry, rows: np.ndarray, origin: Origin) -> Events:
    return value_of(
        Events,
        entry,
        onset_ms=rows[0],
        duration_ms=rows[1],
        amplitude_deg=rows[2] if entry.has_sizes else None,
        peak_velocity_deg_s=rows[3] if entry.has_sizes else None,
        origin=origin,
    )


def _by_origin(items: Iterable[T]) -> dict[Origin, list[T]]:
    groups: dict[Origin, list[T]] = {}
    for item in items:
        groups.setdefault(item.origin, []).append(item)
    return groups


def _channels(recording: Recording) -> list[np.ndarray]:
    channels = [recording.t_ms, recording.x_px, recording.y_px]
    return channels if recording.pupil is None else [*channels, recording.pupil]


def _recording_entry(recording: Recording) -> RecordingEntry:
    has_pupil = recording.pupil is not None
    return entry_of(RecordingEntry, recording, samples=len(recording), has_pupil=has_pupil)


def _event_rows(events: Events) -> np.ndarray:
    unknown = np.full(len(events), np.nan)
    amplitude_deg = unknown if events.amplitude_deg is None else events.amplitude_deg
    peak = unknown if events.peak_velocity_deg_s is None else events.peak_velocity_deg_s
    return np.array([events.onset_ms, events.duration_ms, amplitude_deg, peak], np.float64)


def _parts(folder: Path, name: str, sizes: Sequence[int]) -> list[np.ndarray]:
    """Return the parts of a flat array, which must have just these sizes."""
    flat = open_array(folder, name, lazily=sum(sizes) > 0)
    if flat.dtype != _FLOATS or flat.shape != (sum(sizes),):
        raise ProjectError(
            f"{folder / ARRAYS / name}: the array does not fit the list in the project file.",
            RESTORE,
        )
    return np.split(flat, np.cumsum(sizes)[:-1]) if sizes else []
