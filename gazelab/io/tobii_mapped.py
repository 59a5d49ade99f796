"""Tobii Pro Lab exports, of a screen or of glasses.

The gaze of glasses is on the video of the scene; where Pro Lab has mapped it to snapshots,
still pictures of the scene, each snapshot has columns of its own, with its name in brackets,
which are filled while the gaze is on it (Tobii Pro Lab User's Manual, "Data export").
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.io.draft import Draft, together
from gazelab.io.export_rows import NOT_MAPPED, ExportRows
from gazelab.io.export_table import export_header
from gazelab.io.exports import drafted, looked, read_export
from gazelab.io.preset import Pair, Place, Preset, find_header
from gazelab.io.presets import TOBII_PRO_LAB
from gazelab.io.reading import ROWS_READ, ROWS_REJECTED, Reading, ReadSettings
from gazelab.task import Task

_GAZE = ("Mapped gaze data", "Mapped gaze point", "Mapped gaze")
_OF_SNAPSHOTS = " | ".join(f"{name} X" for name in ("Mapped fixation", *_GAZE))
_SNAPSHOT = re.compile(
    r"mapped (?:fixation|gaze(?: data| point)?) x\s*\[(?P<name>.+)\]", re.IGNORECASE
)
_ROLES = ("participant", "recording", "sensor", "time", "sample", "accuracy", "precision")
_SCENE = (
    "The gaze on the video of the scene is not read, as Pro Lab has mapped it to the snapshots {}."
)
_NOTES = (
    "A snapshot begins with the first sample that is mapped to it; a fixation on it lasts as long "
    "as its samples.",
)


def read_pro_lab(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read an export: of glasses what is mapped to snapshots, if anything is.

    Raises ReadError, as `read_export`.
    """
    names = _snapshots(path)
    drafts, why = [], []
    for name in names:
        rows, sight = yield from looked(_mapped_to(name), path, settings.eye)
        drafts.append(drafted(rows, sight, settings))
        why.append(rows.why())
    if not any(draft.keys for draft in drafts):
        return (yield from read_export(TOBII_PRO_LAB, path, settings))
    draft = together(path, drafts)
    draft.notes.append(_SCENE.format(", ".join(names)))
    _count_once(draft, why, rows)
    return draft.reading()


def _snapshots(path: Path) -> tuple[str, ...]:
    """Return the names of the snapshots that have columns of positions. Raises ReadError."""
    if find_header(path, (_OF_SNAPSHOTS,)) is None:
        return ()
    _, header = export_header(TOBII_PRO_LAB, path)
    found = (_SNAPSHOT.fullmatch(name) for name in header.names)
    return tuple(dict.fromkeys(match["name"] for match in found if match))


def _mapped_to(name: str) -> Preset:
    """Return how to read what is mapped to one snapshot."""
    kind, gaze = f"Mapped eye movement type [{name}]", _pair(_GAZE, name)
    fixation = _pair(("Mapped fixation",), name)
    columns = {role: TOBII_PRO_LAB.columns[role] for role in _ROLES}
    columns |= {"event": kind, "mapped": " | ".join((kind, fixation[0], gaze[0]))}
    index = f"Mapped eye movement type index [{name}] | Mapped eye movement index [{name}]"
    note = "Positions are pixels of the snapshot to which Pro Lab mapped them."
    return replace(
        TOBII_PRO_LAB,
        columns=MappingProxyType(columns),
        index=MappingProxyType(dict.fromkeys(("fixation", "saccade"), index)),
        places=(Place("stimulus px", fixation, gaze, note=note),),
        stimulus=name,
        rows_last=True,
        notes=_NOTES,
    )


def _pair(names: Sequence[str], snapshot: str) -> Pair:
    x, y = (" | ".join(f"{name} {axis} [{snapshot}]" for name in names) for axis in "XY")
    return x, y


def _count_once(draft: Draft, why: Sequence[np.ndarray], rows: ExportRows) -> None:
    """Count each row of the export once, and why it is of no snapshot."""
    for name in [name for name in draft.counts if name.startswith((ROWS_READ, ROWS_REJECTED))]:
        del draft.counts[name]
    reason, used = why[0], np.zeros(len(why[0]), np.intp)
    for other in why:
        reason = np.where((reason == NOT_MAPPED) | (other == ""), other, reason)
        used += other == ""
    rejected = Counter(reason[reason != ""].tolist())
    draft.counts[ROWS_READ] = len(reason) - rejected.total()
    draft.counts["rows mapped to several snapshots"] = int((used > 1).sum())
    for name, number in rejected.items():
        draft.reject(name, number)
    if rows.table.empty_rows:
        draft.reject("empty", rows.table.empty_rows)
