"""Scanpaths in JSON as COCO-Search18 and COCO-FreeView have them.

A list of objects with `name` (picture), `subject`, `X`, `Y` (pixels) and `T` (durations in
ms), often `task` and `condition`. Published by Chen, Yang, Ahn, Samaras, Hoai & Zelinsky
(2021), Scientific Reports 11: 8776.
"""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.gaze import TrialKey
from gazelab.errors import ReadError
from gazelab.io.draft import Draft
from gazelab.io.json_file import json_content
from gazelab.io.preset import text_head
from gazelab.io.reading import ROWS_READ, Reading
from gazelab.io.untimed import untimed
from gazelab.task import Step, Task

_KEYS = ("name", "subject", "X", "Y", "T")
_SOME_ENTRIES = 1000
_LAYOUT = "Expected is a list of objects with name, subject, X, Y and T."
_NOTE = (
    "Positions are pixels of the picture as it was shown; such data sets come with pictures of "
    "1680 x 1050 or 512 x 320 pixels, not of the size they have in COCO. T are durations in ms."
)


def sniff_coco_search(path: Path) -> bool:
    """Whether a file begins as a list of objects with the keys of a scanpath."""
    head = text_head(path) if path.is_file() else ""
    return head.lstrip().startswith("[") and all(f'"{key}"' in head for key in _KEYS)


def read_coco_search(path: Path) -> Task[Reading]:
    """Read all scanpaths. The trial is the task and the condition, where they are given.

    Raises ReadError with the place in the list: a key is absent, X, Y and T differ in length,
    or a value is not a number.
    """
    yield Step(0, None, f"reading {path.name}")
    entries = _entries(path)
    draft = Draft(path, "coco-search", notes=[_NOTE])
    seen, parts = Counter[TrialKey](), []
    keys: list[TrialKey] = []
    for number, entry in enumerate(entries, 1):
        if number % _SOME_ENTRIES == 0:
            yield Step(number, len(entries), f"reading {path.name}")
        key, columns = _checked(entry, number, path)
        seen[key] += 1
        again = f" {seen[key]}" if seen[key] > 1 else ""
        keys.append((*key[:2], key[2] + again))
        parts.append(np.array(columns, np.float64))
    lengths = [part.shape[1] for part in parts]
    draft.keys = keys
    draft.counts[ROWS_READ] += sum(lengths)
    draft.counts["scanpaths without fixations"] += lengths.count(0)
    x, y, duration_ms = np.concatenate([np.zeros((3, 0)), *parts], axis=1)
    untimed(draft, np.repeat(np.arange(len(lengths)), lengths), x, y, duration_ms)
    return draft.reading()


def _entries(path: Path) -> list[Any]:
    content = json_content(path)
    if not isinstance(content, list):
        raise ReadError("This is not a list of scanpaths.", path, hint=_LAYOUT)
    return content


def _checked(entry: Any, number: int, path: Path) -> tuple[tuple[str, str, str], list[list[float]]]:
    """Return (participant, stimulus, trial) and [X, Y, T]. Raises ReadError."""
    where = f"Scanpath {number} of the list"
    if not isinstance(entry, dict) or any(entry.get(key) in (None, "") for key in _KEYS):
        lacking = [key for key in _KEYS if not isinstance(entry, dict) or key not in entry]
        problem = f"has no {', '.join(lacking)}" if lacking else "has an empty name or value"
        raise ReadError(f"{where} {problem}.", path, hint=_LAYOUT)
    columns = [entry[key] for key in "XYT"]
    if not all(isinstance(column, list) for column in columns):
        raise ReadError(f"{where}: X, Y and T are not lists.", path, hint=_LAYOUT)
    if len({len(column) for column in columns}) != 1:
        raise ReadError(f"{where}: X, Y and T differ in length.", path)
    if not all(_is_number(value) for column in columns for value in column):
        raise ReadError(f"{where}: X, Y or T has a value that is not a number.", path)
    values = [[math.nan if v is None else float(v) for v in column] for column in columns]
    task = " ".join(str(entry[key]) for key in ("task", "condition") if entry.get(key))
    return (str(entry["subject"]), str(entry["name"]), task or "1"), values


def _is_number(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
