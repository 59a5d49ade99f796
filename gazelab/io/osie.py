"""The layout of the OSIE data set: `fixations.mat` with one cell for each picture.

Each cell is a struct {img, subjects}; `subjects` is a cell with one struct for each
viewer: `fix_x`, `fix_y` (1-based pixels) and `fix_duration` (ms). There are no onset
times. Published by Xu, Jiang, Wang, Kankanhalli & Zhao (2014), Journal of Vision 14(1):28.
"""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gazelab.data.gaze import Origin, Scanpath, onsets_from_durations
from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.mat import is_mat, load_variable, variable_names
from gazelab.io.reading import ROWS_READ, Reading
from gazelab.task import Step, Task

VARIABLE = "fixations"
PX_PER_DEG = 24.0
"""Pixels in one degree of visual angle in the OSIE recordings."""

_MOST_FIXATIONS = 5_000_000
_SOME_SCANPATHS = 1000
_LAYOUT = "In the OSIE layout each cell of `fixations` has `img` and `subjects`."
_NOTES = (
    "The file counts pixels from 1; GazeLab counts from 0, so 1 was subtracted from x and y.",
    "The file has no onset times: onsets are synthesised as the running sum of the durations, "
    "without the saccades between them, so true onsets are later.",
    f"{PX_PER_DEG:g} pixels in one degree of visual angle, as in the OSIE recordings.",
)


def sniff_osie(path: Path) -> bool:
    """Whether a file is a MATLAB file with a variable named `fixations`."""
    return path.is_file() and is_mat(path) and VARIABLE in variable_names(path)


def read_osie(path: Path) -> Task[Reading]:
    """Read a `fixations.mat`. Viewers are named by their place: "01", "02", ...

    Raises ReadError when the file is damaged or laid out differently.
    """
    names = variable_names(path) if is_mat(path) else ()
    if VARIABLE not in names:
        found = ", ".join(names) or "none that can be read"
        raise ReadError(f"No variable `{VARIABLE}` in the file; it holds {found}.", path)
    values, arrays = yield from parse_in_child("osie", path)
    images: list[str] = values["images"]
    x_px, y_px = arrays["x"] - 1, arrays["y"] - 1
    duration_ms = arrays["duration"]
    origin = Origin("osie", path.name, synthetic_onsets=True, notes=_NOTES)
    ends = np.cumsum(arrays["length"])
    digits = max(2, len(str(int(arrays["viewer"].max(initial=0)))))
    scanpaths = []
    for k, end in enumerate(ends.tolist()):
        if k % _SOME_SCANPATHS == 0:
            yield Step(k, len(ends), f"reading {path.name}")
        part = slice(end - int(arrays["length"][k]), end)
        scanpaths.append(
            Scanpath(
                participant=f"{arrays['viewer'][k]:0{digits}d}",
                stimulus=images[arrays["image"][k]],
                x_px=x_px[part],
                y_px=y_px[part],
                onset_ms=onsets_from_durations(duration_ms[part]),
                duration_ms=duration_ms[part],
                exclusion=np.zeros(end - part.start, np.int8),
                origin=origin,
            )
        )
    counts = MappingProxyType(
        {
            ROWS_READ: len(x_px),
            "fixations in the file": len(x_px),
            "stimuli named": len(images),
        }
    )
    return Reading(scanpaths=tuple(scanpaths), px_per_deg=PX_PER_DEG, counts=counts, notes=_NOTES)


def parse(path: Path) -> Parsed:
    """Parse the file with scipy; runs in the child process.

    Returns {"images"} and the arrays x, y, duration (one value for each fixation, float64),
    length, image, viewer (one value for each scanpath, int64; image from 0, viewer from 1).
    Raises ReadError.
    """
    cells = _load(path)
    images: list[str] = []
    columns: dict[str, list[np.ndarray]] = {"x": [], "y": [], "duration": []}
    rows: list[tuple[int, int, int]] = []
    total = 0
    for number, cell in enumerate(cells.reshape(-1)):
        images.append(_text(_field(cell, "img", number, path)))
        for viewer, subject in _subjects(_field(cell, "subjects", number, path)):
            parts = [
                np.asarray(_field(subject, name, number, path), np.float64).reshape(-1)
                for name in ("fix_x", "fix_y", "fix_duration")
            ]
            sizes = {len(part) for part in parts}
            if len(sizes) != 1:
                raise ReadError(
                    f"Picture {images[-1]}, viewer {viewer}: x, y and duration differ in length.",
                    path,
                )
            for column, part in zip(columns.values(), parts, strict=True):
                column.append(part)
            rows.append((len(parts[0]), number, viewer))
            total += len(parts[0])
            if total > _MOST_FIXATIONS:
                raise ReadError(f"More than {_MOST_FIXATIONS:,} fixations.", path)
    arrays = {name: np.concatenate([np.empty(0), *parts]) for name, parts in columns.items()}
    table = np.array(rows, np.int64).reshape(-1, 3).T
    return {"images": images}, arrays | dict(zip(("length", "image", "viewer"), table, strict=True))


def _load(path: Path) -> np.ndarray:
    cells = load_variable(path, VARIABLE)
    if not isinstance(cells, np.ndarray) or cells.dtype != object:
        raise ReadError(f"`{VARIABLE}` is not a cell array.", path, hint=_LAYOUT)
    return cells


def _field(value: Any, name: str, number: int, path: Path) -> Any:
    """Return a field of a MATLAB struct, which scipy gives as a structured array."""
    names = getattr(getattr(value, "dtype", None), "names", None) or ()
    if name not in names or value.size != 1:
        raise ReadError(f"Cell {number + 1} of `{VARIABLE}` has no `{name}`.", path, hint=_LAYOUT)
    return value[name].item()


def _subjects(value: Any) -> Iterator[tuple[int, Any]]:
    cells = value.reshape(-1)
    for index in range(cells.size):
        yield index + 1, cells[index] if cells.dtype == object else cells[index : index + 1]


def _text(value: Any) -> str:
    return str(np.asarray(value).reshape(-1)[0]) if np.size(value) else ""
