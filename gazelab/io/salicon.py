"""The layouts of the SALICON data set: mouse traces in place of gaze.

MATLAB, one file for each picture: `image` (its name), `resolution` (rows, columns) and `gaze`,
a struct for each viewer with `location` (x, y of the mouse), `timestamp` (ms) and `fixations`
(x, y). JSON: `images` (file_name, id) and `annotations` (image_id, worker_id, fixations as row
and column). All places count from 1. Published with Jiang, Huang, Duan & Zhao (2015), CVPR,
"SALICON: Saliency in context".
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
from gazelab.io.json_file import json_content
from gazelab.io.mat import as_matrix, is_mat, load_plain, names_in
from gazelab.io.preset import text_head
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.io.untimed import untimed
from gazelab.task import Step, Task

_VARIABLES = {"image", "resolution", "gaze"}
_SUFFIX = ".jpg"
_MOST = 20_000_000
_CHILD_S = 600.0
_SOME_ENTRIES = 10_000
_MOUSE = "Places are those of a mouse that people moved over a blurred picture, not of their eyes."
_STRANGERS = (
    "Viewers are numbered within each picture: the same number on two pictures is not the same "
    "person."
)
_REASON = "Positions are pixels of the picture, counted from 1, as in this data set."
_LAYOUT = "In the SALICON layout `gaze` has `location`, `timestamp` and `fixations`."
_JSON_LAYOUT = (
    "Expected are images (file_name, id) and annotations (image_id, worker_id, fixations)."
)


def sniff_salicon(path: Path) -> bool:
    """Whether a file, or the first in a folder, is of SALICON."""
    if path.is_dir():
        file = next(path.glob("*.mat"), None)
        return file is not None and sniff_salicon(file)
    if not path.is_file():
        return False
    if is_mat(path):
        return set(names_in(path)) >= _VARIABLES
    head = text_head(path).lstrip()
    return head.startswith("{") and "salicon" in head.casefold() and '"images"' in head


def read_salicon(path: Path, settings: ReadSettings) -> Task[Reading]:
    """Read a file, or all MATLAB files in a folder.

    Fixations have an order, but no times; the traces of the mouse, which MATLAB files have,
    become recordings. Raises ReadError when a file is damaged or laid out differently.
    """
    yield Step(0, None, f"reading {path.name}")
    draft = Draft(path, "salicon", Contract(base=1, reasons=(_REASON,)), notes=[_MOUSE])
    if path.is_file() and not is_mat(path):
        yield from _take_json(draft)
    else:
        yield from _take_mat(draft, settings)
    return draft.reading()


def _take_mat(draft: Draft, settings: ReadSettings) -> Task[None]:
    values, arrays = yield from parse_in_child("salicon", draft.path, _CHILD_S)
    draft.notes.append(_STRANGERS)
    draft.keys = [(str(viewer), name + _SUFFIX, "1") for name, viewer in values["viewings"]]
    places, trial = arrays["fixations"], arrays["fixation_trial"]
    draft.counts[ROWS_READ] += len(places) + len(arrays["samples"])
    _take_places(draft, trial, *places.T)
    t_ms, x, y = arrays["samples"].T
    lost = ~np.isfinite(t_ms)
    draft.counts["rows rejected: no time"] += int(lost.sum())
    trial = np.where(lost, -1, arrays["sample_trial"])
    if len(trial):
        draft.take_samples(SampleRows(trial, t_ms, x, y), settings)


def _take_places(draft: Draft, trial: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    there = np.isfinite(x) & np.isfinite(y)
    draft.counts["rows rejected: no position"] += int((~there).sum())
    untimed(draft, trial[there], x[there], y[there])


def _take_json(draft: Draft) -> Task[None]:
    content = _content(draft.path)
    images = {image["id"]: str(image["file_name"]) for image in content["images"]}
    keys: dict[tuple[str, str, str], int] = {}
    parts, owners = [], []
    for number, entry in enumerate(content["annotations"], 1):
        if number % _SOME_ENTRIES == 0:
            yield Step(number, len(content["annotations"]), f"reading {draft.path.name}")
        places = _places(entry, number, draft.path)
        if entry["image_id"] not in images:
            raise ReadError(f"Annotation {number} is of a picture not in `images`.", draft.path)
        key = (str(entry["worker_id"]), images[entry["image_id"]], "1")
        again = 1
        while key in keys:
            again += 1
            key = (*key[:2], str(again))
        keys[key] = len(keys)
        parts.append(places)
        owners.append(len(places))
    draft.keys = list(keys)
    y, x = np.concatenate([np.zeros((0, 2)), *parts]).T
    draft.counts[ROWS_READ] += len(x)
    _take_places(draft, np.repeat(np.arange(len(owners)), owners), x, y)


def _content(path: Path) -> dict[str, Any]:
    """Return a JSON file that has the two lists. Raises ReadError."""
    content = json_content(path)
    images = content.get("images") if isinstance(content, dict) else None
    entries = content.get("annotations") if isinstance(content, dict) else None
    if not (_all_have(images, "id", "file_name") and _all_have(entries, "image_id", "worker_id")):
        raise ReadError("This is not laid out as SALICON is.", path, hint=_JSON_LAYOUT)
    return {"images": images, "annotations": entries}


def _all_have(entries: Any, *names: str) -> bool:
    """Whether this is a list of objects with plain values of these names."""
    return isinstance(entries, list) and all(
        isinstance(entry, dict) and all(isinstance(entry.get(name), str | int) for name in names)
        for entry in entries
    )


def _places(entry: dict[str, Any], number: int, path: Path) -> np.ndarray:
    """Return rows and columns, (n, 2) float64. Raises ReadError."""
    try:
        places = np.array(entry.get("fixations"))
    except ValueError:  # rows of different lengths
        places = np.array("")
    matrix = as_matrix(places, 2) if places.ndim == 2 or places.size == 0 else None
    if matrix is None or entry.get("fixations") is None:
        where = f"Annotation {number}"
        raise ReadError(f"{where} has no `fixations` of rows and columns.", path, hint=_JSON_LAYOUT)
    return matrix


def parse(path: Path) -> Parsed:
    """Parse one file, or all in a folder, with scipy; runs in the child process.

    Returns {"viewings": (picture, viewer from 1) each} and the arrays fixations (n, 2: x, y),
    samples (m, 3: ms, x, y), fixation_trial (n,) and sample_trial (m,). Raises ReadError.
    """
    viewings: list[tuple[str, int]] = []
    parts: dict[str, list[np.ndarray]] = {"fixations": [], "samples": []}
    total = 0
    for file in [path] if path.is_file() else sorted(path.glob("*.mat")):
        for viewer, (fixations, samples) in enumerate(_viewers(file), 1):
            viewings.append((file.stem, viewer))
            parts["fixations"].append(fixations)
            parts["samples"].append(samples)
            total += len(fixations) + len(samples)
            if total > _MOST:
                hint = "Read the files of fewer pictures at a time."
                raise ReadError(f"More than {_MOST:,} places.", path, hint=hint)
    lengths = {name: [len(part) for part in some] for name, some in parts.items()}
    trials = np.arange(len(viewings))
    return {"viewings": viewings}, {
        "fixations": np.concatenate([np.zeros((0, 2)), *parts["fixations"]]),
        "samples": np.concatenate([np.zeros((0, 3)), *parts["samples"]]),
        "fixation_trial": np.repeat(trials, lengths["fixations"]),
        "sample_trial": np.repeat(trials, lengths["samples"]),
    }


def _viewers(file: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield fixations (n, 2) and samples (m, 3) of each viewer."""
    content: Any = load_plain(file, "gaze")
    entries = [content] if isinstance(content, dict) else content
    if not isinstance(entries, list | np.ndarray):
        raise ReadError(f"{file.name} has no `gaze`.", file, hint=_LAYOUT)
    for entry in entries:
        names = entry if isinstance(entry, dict) else {}
        fixations = as_matrix(names.get("fixations", "?"), 2)
        location = as_matrix(names.get("location", "?"), 2)
        stamps = np.asarray(names.get("timestamp", "?")).reshape(-1)
        sizes_fit = location is not None and len(location) == len(stamps)
        if fixations is None or location is None or not sizes_fit or stamps.dtype.kind not in "uif":
            raise ReadError(f"A viewer in {file.name} has no places.", file, hint=_LAYOUT)
        yield fixations, np.column_stack([stamps.astype(np.float64), location])
