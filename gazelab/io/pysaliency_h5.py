"""Scanpaths in HDF5 as pysaliency writes them: ScanpathFixations, and the older FixationTrains.

Both hold matrices with a row for each scanpath, as wide as the longest: x and y in pixels of
the picture, times in s; and the number of the picture and the viewer of each. The names of the
pictures are in a second file, FileStimuli. Kümmerer, Wallis & Bethge, github.com/matthias-k.
"""

import mmap
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import TrialKey
from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows, changes
from gazelab.io.hdf5 import found, is_inside
from gazelab.io.reading import ROWS_READ, Reading
from gazelab.io.untimed import untimed
from gazelab.task import Task

_MAGIC = b"\x89HDF\r\n\x1a\n"
_TRAINS, _SCANPATHS = "FixationTrains", "ScanpathFixations"
_PICTURES = "FileStimuli"
_NAMED = (b"FixationTrains", b"Fixations", b"Stimuli")
_MOST_PICTURES = 1_000_000
_NO_NAMES = (
    "The names of the pictures are in another file of pysaliency, which is not beside this one: "
    "they are numbered here, from 0, as there."
)
_REASONS = ("Positions are pixels of the picture, times seconds, as pysaliency writes them.",)


def sniff_pysaliency(path: Path) -> bool:
    """Whether a file is HDF5 and names a type of pysaliency."""
    try:
        if not path.is_file() or path.stat().st_size < len(_MAGIC):
            return False
        with open(path, "rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return any(content.find(name) >= 0 for name in _NAMED)
    except OSError:
        return False


def read_pysaliency(path: Path) -> Task[Reading]:
    """Read all scanpaths. The trial counts the viewings of a picture by the same viewer.

    Raises ReadError when the file is damaged, or holds something else than scanpaths.
    """
    values, arrays = yield from parse_in_child("pysaliency_h5", path)
    draft = Draft(path, "pysaliency", Contract(clock="s", reasons=_REASONS))
    draft.keys = _keys(values, arrays)
    if not values["pictures"]:
        draft.notes.append(_NO_NAMES)
    x, y = arrays["x"], arrays["y"]
    there = np.isfinite(x) & np.isfinite(y)
    draft.counts[ROWS_READ] += len(x)
    draft.counts["rows rejected: no position"] += int((~there).sum())
    duration_ms = arrays["duration"] * 1000
    has_durations = bool(np.isfinite(duration_ms).any())
    trial, onset_s = arrays["trial"], arrays["onset"]
    if _are_numbers(onset_s, trial):
        some = duration_ms[there] if has_durations else None
        untimed(draft, trial[there], x[there], y[there], some)
        return draft.reading()
    draft.counts["rows rejected: no onset"] += int((there & ~np.isfinite(onset_s)).sum())
    there &= np.isfinite(onset_s)
    if not has_durations:
        draft.notes.append("The file has no durations of fixations.")
    columns = (onset_s * 1000, duration_ms, x, y)
    draft.take_fixations(FoundRows(trial[there], *(column[there] for column in columns)))
    return draft.reading()


def _keys(values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> list[TrialKey]:
    """Return participant, picture and number of the viewing of each scanpath."""
    pictures: list[str] = values["pictures"]
    keys = []
    seen: Counter[tuple[str, int]] = Counter()
    for viewer, number in zip(values["viewers"], arrays["picture"].tolist(), strict=True):
        seen[viewer, number] += 1
        name = pictures[number] if 0 <= number < len(pictures) else f"picture {number}"
        keys.append((viewer, name, str(seen[viewer, number])))
    return keys


def _are_numbers(onset_s: np.ndarray, trial: np.ndarray) -> bool:
    """Whether the times of each scanpath are but 0, 1, 2 ... or 1, 2, 3 ..., or none at all."""
    known = onset_s[np.isfinite(onset_s)]
    if not len(known):
        return True
    first = np.flatnonzero(changes(trial))
    steps = np.diff(onset_s)[np.diff(trial) == 0]
    return bool(np.isin(onset_s[first], (0, 1)).all() and (steps == 1).all())


def parse(path: Path) -> Parsed:
    """Parse the file with h5py; runs in the child process.

    Returns {"pictures": names, [] when they are not known, "viewers": of each scanpath} and
    the arrays picture (scanpaths,) int64, trial (n,) int64, and x, y, onset, duration (n,)
    float64 in pixels and s, NaN where unknown. Raises ReadError.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            values, arrays = _scanpaths(file, path)
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # the parser raises whatever a damaged byte leads it to
        raise ReadError(
            "The file is damaged or cut short.", path, hint="Copy or export it again."
        ) from error
    return {**values, "pictures": _pictures(path)}, arrays


def _scanpaths(file: Any, path: Path) -> Parsed:
    kind = _text(file.attrs.get("type", ""))
    if kind not in (_TRAINS, _SCANPATHS):
        raise ReadError(
            f"The file holds {kind or 'something'} of pysaliency, and no scanpaths.",
            path,
            hint=f"Files of {_SCANPATHS} and {_TRAINS} are read.",
        )
    old = kind == _TRAINS
    group = file if old else _member(file, "scanpaths", path)
    prefix = "train_" if old else ""
    x, y = (_matrix(group, prefix + name, path) for name in ("xs", "ys"))
    picture = _values(group, "train_ns" if old else "n", path).astype(np.int64)
    lengths = _lengths(group, prefix, x, path)
    extra = found(group, "scanpath_fixation_attributes" if old else "fixation_attributes")
    onset = found(group, "train_ts") if old else found(extra, "ts")
    duration = found(extra, "durations")
    whose = found(group, "scanpath_attributes")
    subjects = found(group, "train_subjects") if old else found(whose, "subject")
    viewers = [] if subjects is None else [_text(value) for value in subjects[...].tolist()]
    if not len(x) == len(y) == len(picture) == len(lengths) or x.shape != y.shape:
        raise ReadError("The scanpaths of the file differ in number.", path)
    filled = np.arange(x.shape[1]) < lengths[:, None]
    columns = {"x": x[filled], "y": y[filled]}
    for name, data in (("onset", onset), ("duration", duration)):
        matrix = np.full(x.shape, np.nan) if data is None else _checked(data, path)
        if matrix.shape != x.shape:
            raise ReadError(f"The {name}s of the file are not as many as x and y.", path)
        columns[name] = matrix[filled].astype(np.float64)
    trial = np.repeat(np.arange(len(x)), lengths)
    viewers = viewers if len(viewers) == len(x) else ["1"] * len(x)
    return {"viewers": viewers}, {"picture": picture, "trial": trial, **columns}


def _member(group: Any, name: str, path: Path) -> Any:
    member = found(group, name)
    if member is None:
        raise ReadError(f"The file has no `{name}`.", path)
    return member


def _matrix(group: Any, name: str, path: Path) -> np.ndarray:
    values = _values(group, name, path)
    if values.ndim != 2:
        raise ReadError(f"`{name}` is not a matrix.", path)
    return values.astype(np.float64)


def _values(group: Any, name: str, path: Path) -> np.ndarray:
    return _checked(_member(group, name, path), path)


def _checked(data: Any, path: Path) -> np.ndarray:
    """Return the numbers of a data set that lies in this file. Raises ReadError."""
    if not is_inside(data):
        raise ReadError("A part of the file is no table in it, or too large.", path)
    if data.dtype.kind not in "uif":
        raise ReadError(f"`{data.name}` is no table of numbers.", path)
    return np.asarray(data[...])


def _lengths(group: Any, prefix: str, x: np.ndarray, path: Path) -> np.ndarray:
    """Return the fixations in each scanpath: as told, else up to the last with a position."""
    for name in (f"{prefix}lengths", f"{prefix}length"):
        if found(group, name) is not None:
            lengths = _values(group, name, path).astype(np.int64)
            if ((lengths < 0) | (lengths > x.shape[1])).any():
                raise ReadError("The lengths of scanpaths do not fit their places.", path)
            return lengths
    numbered = np.arange(1, x.shape[1] + 1) * np.isfinite(x)
    return numbered.max(axis=1, initial=0)


def _pictures(path: Path) -> list[str]:
    """Return the names in the file of pictures beside this one; none where there is no such."""
    import h5py

    if "fixations" not in path.name:
        return []
    beside = path.with_name(path.name.replace("fixations", "stimuli"))
    if not beside.is_file():
        return []
    try:
        with h5py.File(beside, "r") as file:
            if (
                _text(file.attrs.get("type", "")) != _PICTURES
                or file["filenames"].size > _MOST_PICTURES
            ):
                return []
            names = [_text(name).replace("\\", "/") for name in file["filenames"][...].tolist()]
    except Exception as error:  # as in `parse`
        raise ReadError(
            f"{beside.name}, with the names of the pictures, is damaged.", path
        ) from error
    return _without_folder(names)


def _without_folder(names: list[str]) -> list[str]:
    """Return names without the folders that all of them begin with."""
    parts = [name.split("/") for name in names]
    while len({part[0] for part in parts}) == 1 and all(len(part) > 1 for part in parts):
        parts = [part[1:] for part in parts]
    return ["/".join(part) for part in parts]


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
