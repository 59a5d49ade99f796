"""The layout of the MIT1003 data set: `DATA/<observer>/<picture>.mat`, gaze samples at 240 Hz.

Each file has one variable, named like the picture, whose `DATA(1).eyeData` has a row for each
sample: x and y in pixels of the picture. There are no times and no fixations. Published with
Judd, Ehinger, Durand & Torralba (2009), ICCV, "Learning to predict where humans look".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.draft import Draft
from gazelab.io.groups import SampleRows
from gazelab.io.mat import load_plain, names_in
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.task import Step, Task

RATE_HZ = 240.0
_LONGEST_NAME = 63
_MOST_SAMPLES = 50_000_000
_CHILD_S = 600.0
_SUFFIX = ".jpeg"
_LAYOUT = "In the MIT1003 layout `DATA(1).eyeData` has x and y in its first two columns."
_REASONS = (
    "Positions are pixels of the picture, as in this data set.",
    "There are no times: samples are taken to follow one another at 240 Hz from the onset of "
    "the picture.",
)
_NOTE = (
    "The data set has gaze samples only: detect fixations in them. It is usual to leave out the "
    "first fixation, which was there before the picture."
)


def sniff_mit1003(path: Path) -> bool:
    """Whether a folder (DATA, or of one observer), or a file of it, has the layout of MIT1003."""
    return next(_viewings(path), None) is not None


def read_mit1003(path: Path, settings: ReadSettings) -> Task[Reading]:
    """Read the samples of all observers below a folder, or of one file.

    Raises ReadError when a file is damaged or laid out differently.
    """
    observers = list(dict.fromkeys(file.parent for file in _viewings(path)))
    draft = Draft(path, "mit1003", Contract(clock="s", reasons=_REASONS), notes=[_NOTE])
    for number, folder in enumerate(observers):
        yield Step(number, len(observers), f"reading {folder.name}")
        source = path if path.is_file() else folder
        values, arrays = yield from parse_in_child("mit1003", source, _CHILD_S)
        draft.keys = [(folder.name, name + _SUFFIX, "1") for name in values["pictures"]]
        _take(draft, arrays["gaze"], arrays["length"], settings)
    if not observers:
        raise ReadError("There is no recording of MIT1003.", path, hint=_LAYOUT)
    return draft.reading()


def _take(draft: Draft, gaze: np.ndarray, lengths: np.ndarray, settings: ReadSettings) -> None:
    x, y = gaze.T
    lost = ~np.isfinite(x) | ~np.isfinite(y) | ((x <= 0) & (y <= 0))
    draft.counts[ROWS_READ] += len(gaze)
    number = np.arange(len(gaze)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    samples = SampleRows(
        np.repeat(np.arange(len(lengths)), lengths),
        number * (1000 / RATE_HZ),
        np.where(lost, np.nan, x),
        np.where(lost, np.nan, y),
        rate_hz=RATE_HZ,
    )
    draft.take_samples(samples, settings)


def _viewings(path: Path) -> Iterator[Path]:
    """Yield files of the layout: itself, of this folder, of those in it, of those in DATA."""
    if path.is_file():
        files: Iterator[Path] = iter([path])
    elif path.is_dir():
        files = (file for folder in _folders(path) for file in sorted(folder.glob("*.mat"))[:1])
    else:
        return
    for file in files:
        if names_in(file) == (file.stem[:_LONGEST_NAME],):
            yield file


def _folders(path: Path) -> Iterator[Path]:
    yield path
    for parent in (path, path / "DATA"):
        if parent.is_dir():
            yield from sorted(folder for folder in parent.iterdir() if folder.is_dir())


def parse(path: Path) -> Parsed:
    """Parse one file, or all of one observer, with scipy; runs in the child process.

    Returns {"pictures": their names} and the arrays gaze (n, 2) float64 and length, of each
    picture's samples, int64. Raises ReadError.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.mat"))
    parts = []
    total = 0
    for file in files:
        parts.append(_gaze(file))
        total += len(parts[-1])
        if total > _MOST_SAMPLES:
            raise ReadError(f"More than {_MOST_SAMPLES:,} samples.", path)
    lengths = np.array([len(part) for part in parts], np.int64)
    gaze = np.concatenate([np.zeros((0, 2)), *parts])
    return {"pictures": [file.stem for file in files]}, {"gaze": gaze, "length": lengths}


def _gaze(file: Path) -> np.ndarray:
    content: Any = load_plain(file, file.stem[:_LONGEST_NAME])
    data = content.get("DATA") if isinstance(content, dict) else None
    first = data[0] if isinstance(data, list | np.ndarray) and len(data) else data
    if not isinstance(first, dict) or "eyeData" not in first:
        raise ReadError(f"{file.name} has no `DATA(1).eyeData`.", file, hint=_LAYOUT)
    gaze = np.asarray(first["eyeData"])
    if gaze.size == 0:
        return np.zeros((0, 2))
    gaze = np.atleast_2d(gaze)
    if gaze.ndim != 2 or gaze.shape[1] < 2 or gaze.dtype.kind not in "uif":
        raise ReadError(f"`eyeData` of {file.name} has no x and y.", file, hint=_LAYOUT)
    return gaze[:, :2].astype(np.float64)
