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

from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.gathered import Gathered
from gazelab.io.mat import is_mat, load_variable, variable_names
from gazelab.io.reading import Reading
from gazelab.task import Step, Task

VARIABLE = "etData"
_CLASS = re.compile(r"etData_(.+)", re.IGNORECASE)
_MOST_FIXATIONS = 5_000_000
_SOME_FIXATIONS = 10_000
_LAYOUT = "In the POET layout `etData` has `filename`, `dimensions` and `fixations`."
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
    images = [prefix + name for name in values["images"]]
    names = {"x": "pos x", "y": "pos y", "onset": "time 1", "duration": "time 2 - time 1"}
    gathered = Gathered(path, "poet", names, coordinates="normalised")
    gathered.counts["scanpaths without fixations"] = values["empty"]
    for k, (x, y, start, end) in enumerate(arrays["fixations"].tolist()):
        if k % _SOME_FIXATIONS == 0:
            yield Step(k, len(arrays["fixations"]), f"reading {path.name}")
        if start != start:
            gathered.reject("no onset")
            continue
        gathered.read()
        key = (str(arrays["viewer"][k]), images[arrays["image"][k]], "1")
        gathered.add(key, {"x": x, "y": y, "onset": start, "duration": end - start})
    return gathered.reading(_NOTES)


def parse(path: Path) -> Parsed:
    """Parse the file with scipy; runs in the child process.

    Returns {"images", "empty": scanpaths without fixations} and the arrays fixations (n, 4:
    x and y as fractions of the picture, start and end in ms), image (from 0) and viewer (from
    1), (n,) int64. Raises ReadError.
    """
    images: list[str] = []
    parts: list[np.ndarray] = []
    owners: list[tuple[int, int, int]] = []
    total = 0
    for number, cell in enumerate(_load(path).reshape(-1)):
        rows, columns = _size(_field(cell, "dimensions", number, path), number, path)
        images.append(str(np.asarray(_field(cell, "filename", number, path)).reshape(-1)[0]))
        for viewer, one in enumerate(_field(cell, "fixations", number, path).reshape(-1), 1):
            fixations = _both_eyes(_field(one, "imgCoord", number, path), number, path)
            parts.append(fixations / (columns, rows, 1.0, 1.0))
            owners.append((len(fixations), number, viewer))
            total += len(fixations)
        if total > _MOST_FIXATIONS:
            raise ReadError(f"More than {_MOST_FIXATIONS:,} fixations.", path)
    lengths, image, viewer_of = np.array(owners, np.int64).reshape(-1, 3).T
    return {"images": images, "empty": int((lengths == 0).sum())}, {
        "fixations": np.concatenate([np.empty((0, 4)), *parts]),
        "image": np.repeat(image, lengths),
        "viewer": np.repeat(viewer_of, lengths),
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


def _both_eyes(coordinates: Any, number: int, path: Path) -> np.ndarray:
    """Return (n, 4): the mean of both eyes, or the one that is there; NaN where none is."""
    eyes = []
    for name in ("fixL", "fixR"):
        eye = _field(coordinates, name, number, path)
        eyes.append(np.hstack([_pairs(eye, part, number, path) for part in ("pos", "time")]))
    if eyes[0].shape != eyes[1].shape:
        raise ReadError(f"Picture {number + 1}: the eyes differ in length.", path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NaN in both eyes stays NaN
        return np.nanmean(np.stack(eyes), axis=0)


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
