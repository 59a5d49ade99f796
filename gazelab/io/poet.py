"""The layout of the POET data set: `etData_<class>.mat` with one struct for each picture.

`etData` has `filename`, `dimensions` and for each viewer `fixations.imgCoord` with `fixL` and
`fixR`, each with `pos` (x, y in pixels of the original picture) and `time` (start and end in
ms). Published by Papadopoulos, Clarke, Keller & Ferrari (2014), ECCV, "Training object class
detectors from eye tracking data".
"""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows
from gazelab.io.mat import is_mat, load_variable, variable_names
from gazelab.io.reading import ROWS_READ, Reading
from gazelab.task import Task

VARIABLE = "etData"
_CLASS = re.compile(r"etData_(.+)", re.IGNORECASE)
_MOST_FIXATIONS = 5_000_000
_LAYOUT = "In the POET layout `etData` has `filename`, `dimensions` and `fixations`."
_REASONS = ("Positions are fractions of the picture: those of the file divided by its size there.",)
_NOTES = (
    "Positions and times are means of both eyes, or those of one where the other has none.",
    "Positions were divided by the size that the file gives for the picture, so pictures of "
    "another size fit as well.",
)


def sniff_poet(path: Path) -> bool:
    """Whether a file is a MATLAB file with a variable named `etData`."""
    return path.is_file() and is_mat(path) and VARIABLE in variable_names(path)


def read_poet(path: Path) -> Task[Reading]:
    """Read one class. Viewers are named by their place: "1", "2", ...

    Pictures are named as in the data set, `<class>_<filename>`; the class is in the name of
    the file. Raises ReadError when the file is damaged or laid out differently.
    """
    values, arrays = yield from parse_in_child("poet", path)
    match = _CLASS.fullmatch(path.stem)
    prefix = f"{match[1]}_" if match else ""
    keys = [(str(viewer), prefix + name, "1") for name, viewer in values["viewings"]]
    draft = Draft(path, "poet", Contract("stimulus fraction", reasons=_REASONS), keys)
    draft.notes += _NOTES
    draft.counts["scanpaths without fixations"] += values["empty"]
    x, y, start_ms, end_ms = arrays["fixations"].T
    timed = np.isfinite(start_ms)
    draft.counts[ROWS_READ] += len(x)
    draft.counts["rows rejected: no onset"] += int((~timed).sum())
    trial = np.where(timed, arrays["trial"], -1)
    draft.take_fixations(FoundRows(trial, start_ms, end_ms - start_ms, x, y))
    return draft.reading()


def parse(path: Path) -> Parsed:
    """Parse the file with scipy; runs in the child process.

    Returns {"viewings": (picture, viewer from 1) each, "empty": those without fixations} and
    the arrays fixations (n, 4: x and y as fractions of the picture, start and end in ms) and
    trial (n,) int64, which of the viewings. Raises ReadError.
    """
    viewings: list[tuple[str, int]] = []
    parts: list[np.ndarray] = [np.empty((2, 0, 4))]
    sizes: list[tuple[float, float, float, float]] = []
    total = 0
    for number, cell in enumerate(_load(path).reshape(-1)):
        rows, columns = _size(_field(cell, "dimensions", number, path), number, path)
        name = str(np.asarray(_field(cell, "filename", number, path)).reshape(-1)[0])
        for viewer, one in enumerate(_field(cell, "fixations", number, path).reshape(-1), 1):
            parts.append(_both_eyes(_field(one, "imgCoord", number, path), number, path))
            viewings.append((name, viewer))
            sizes.append((columns, rows, 1.0, 1.0))
            total += parts[-1].shape[1]
        if total > _MOST_FIXATIONS:
            raise ReadError(f"More than {_MOST_FIXATIONS:,} fixations.", path)
    lengths = np.array([part.shape[1] for part in parts[1:]], np.int64)
    trial = np.repeat(np.arange(len(lengths)), lengths)
    fixations = _mean(np.concatenate(parts, axis=1)) / np.array(sizes).reshape(-1, 4)[trial]
    return {"viewings": viewings, "empty": int((lengths == 0).sum())}, {
        "fixations": fixations,
        "trial": trial,
    }


def _load(path: Path) -> np.ndarray:
    cells = load_variable(path, VARIABLE)
    if not isinstance(cells, np.ndarray) or not cells.dtype.names:
        raise ReadError(f"`{VARIABLE}` is not an array of structs.", path, hint=_LAYOUT)
    return cells


def _field(value: Any, name: str, number: int, path: Path) -> Any:
    """Return a field of a struct; scipy gives an element of an array, or an array of one."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    names = getattr(getattr(value, "dtype", None), "names", None) or ()
    if not isinstance(value, np.void) or name not in names or np.size(value[name]) == 0:
        raise ReadError(f"Picture {number + 1} has no `{name}`.", path, hint=_LAYOUT)
    return value[name]


def _size(dimensions: Any, number: int, path: Path) -> tuple[float, float]:
    values = np.asarray(dimensions).reshape(-1)
    if values.dtype.kind not in "uif" or len(values) < 2 or not (values[:2] > 0).all():
        raise ReadError(f"Picture {number + 1} has no size.", path, hint=_LAYOUT)
    return float(values[0]), float(values[1])


def _mean(eyes: np.ndarray) -> np.ndarray:
    """Return (n, 4): the mean of both eyes, or the one that is there; NaN where none is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NaN in both eyes stays NaN
        return np.asarray(np.nanmean(eyes, axis=0))


def _both_eyes(coordinates: Any, number: int, path: Path) -> np.ndarray:
    """Return (2, n, 4): x, y, start and end of each eye."""
    parts = [
        _pairs(eye, name, number, path)
        for eye in (_field(coordinates, side, number, path) for side in ("fixL", "fixR"))
        for name in ("pos", "time")
    ]
    size = len(parts[0])
    if any(len(part) != size for part in parts):
        raise ReadError(f"Picture {number + 1}: the eyes differ in length.", path)
    eyes = np.empty((2, size, 4))
    eyes[0, :, :2], eyes[0, :, 2:], eyes[1, :, :2], eyes[1, :, 2:] = parts
    return eyes


def _pairs(eye: Any, name: str, number: int, path: Path) -> np.ndarray:
    value = eye.reshape(-1)[0] if isinstance(eye, np.ndarray) and eye.size == 1 else eye
    names = getattr(getattr(value, "dtype", None), "names", None) or ()
    if name not in names:
        raise ReadError(f"Picture {number + 1} has no `{name}`.", path, hint=_LAYOUT)
    pairs = np.asarray(value[name])
    if pairs.size == 0:
        return np.empty((0, 2))
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "uif":
        raise ReadError(f"Picture {number + 1}: `{name}` has not two columns.", path)
    return pairs.astype(np.float64)
