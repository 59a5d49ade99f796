"""The layout of the CAT2000 data set.

`allFixData.mat` holds a MATLAB object that only MATLAB can open; saved by it as `pictures` (a
cell of names) and `viewings` (for each picture a cell of structs {name, data}) it is read. Such
a name is `<category>-<number>-<viewer>.eye`, `data` has x and y, counted from 1. The maps in
FIXATIONLOCS have no order and no viewers. Published with Borji & Itti (2015), arXiv:1505.03581.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.draft import Draft
from gazelab.io.mat import as_matrix, load_plain, names_in
from gazelab.io.reading import ROWS_READ, Reading
from gazelab.io.untimed import untimed
from gazelab.task import Task

_OBJECT = "MCOS"
_MAP = "fixLocs"
_CONVERTED = {"pictures", "viewings"}
_NAME = re.compile(r"(?P<category>.+)-(?P<number>[^-]+)-(?P<viewer>[^-.]+)(\..*)?")
_MOST_FIXATIONS = 5_000_000
_CONVERT = (
    "In MATLAB: load allFixData; pictures = keys(allData); viewings = values(allData); "
    "save('cat2000.mat', 'pictures', 'viewings', '-v7')"
)
_LAYOUT = "Expected are `pictures` and `viewings`, with one cell of viewings for each picture."
_REASONS = ("Positions are pixels of the picture, counted from 1, as in this data set.",)


def sniff_cat2000(path: Path) -> bool:
    """Whether a file, or the first in a folder of such, is one of CAT2000."""
    file = _first(path)
    return file is not None and bool(_kinds(file))


def read_cat2000(path: Path) -> Task[Reading]:
    """Read the fixations of all viewers, in their order; there are no times.

    Raises ReadError: what the file holds cannot be read without MATLAB, or has no order, or
    the file is damaged or laid out differently.
    """
    file = _first(path)
    kinds = _kinds(file) if file else set()
    if _OBJECT in kinds:
        raise ReadError("Only MATLAB can open the object in this file.", path, hint=_CONVERT)
    if _MAP in kinds:
        raise ReadError(
            "Maps of fixations do not say who looked where in which order.",
            path,
            hint="Take allFixData.mat of the same data set.",
        )
    values, arrays = yield from parse_in_child("cat2000", path)
    contract = Contract(base=1, reasons=_REASONS)
    draft = Draft(path, "cat2000", contract, list(map(_key, values["names"])))
    trial, (x, y) = arrays["trial"], arrays["places"].T
    draft.counts[ROWS_READ] += len(x)
    same = np.zeros(len(x), np.bool_)
    same[1:] = (x[1:] == x[:-1]) & (y[1:] == y[:-1]) & (trial[1:] == trial[:-1])
    lost = ~np.isfinite(x) | ~np.isfinite(y)
    draft.counts["rows rejected: the same place as the row before"] += int((same & ~lost).sum())
    draft.counts["rows rejected: no position"] += int(lost.sum())
    keep = ~(same | lost)
    untimed(draft, trial[keep], x[keep], y[keep])
    return draft.reading()


def _first(path: Path) -> Path | None:
    """Return the file, or a first one in a folder: directly, or in one of its folders."""
    if path.is_file():
        return path
    found = (next(path.glob(pattern), None) for pattern in ("*.mat", "*/*.mat"))
    return next(filter(None, found), None)


def _kinds(file: Path) -> set[str]:
    """Return which variables of the data set a file has."""
    names = set(names_in(file))
    return names & {_OBJECT, _MAP} or (_CONVERTED if names >= _CONVERTED else set())


def _key(name: str) -> tuple[str, str, str]:
    match = _NAME.fullmatch(name)
    if match is None:
        return name, name, "1"
    return match["viewer"], f"{match['category']}/{match['number']}.jpg", "1"


def parse(path: Path) -> Parsed:
    """Parse a converted file with scipy; runs in the child process.

    Returns {"names": of the viewings} and the arrays places (n, 2) float64 and trial (n,)
    int64. Raises ReadError.
    """
    groups: Any = load_plain(path, "viewings")
    names: list[str] = []
    parts, total = [], 0
    for entry in _entries(groups):
        data = as_matrix(entry.get("data"), 2) if isinstance(entry, dict) else None
        if data is None or not isinstance(entry.get("name"), str):
            where = f"Viewing {len(names) + 1}"
            raise ReadError(f"{where} has no `name`, or no x and y.", path, hint=_LAYOUT)
        names.append(entry["name"])
        parts.append(data)
        total += len(data)
        if total > _MOST_FIXATIONS:
            raise ReadError(f"More than {_MOST_FIXATIONS:,} fixations.", path)
    lengths = [len(part) for part in parts]
    places = np.concatenate([np.zeros((0, 2)), *parts])
    return {"names": names}, {"places": places, "trial": np.repeat(np.arange(len(names)), lengths)}


def _entries(groups: Any) -> Iterator[Any]:
    """Yield the viewings of all pictures, in whichever way cells of one element came."""
    if isinstance(groups, list | np.ndarray) and np.ndim(groups):
        for group in groups:
            yield from _entries(group)
    elif isinstance(groups, np.ndarray):
        yield groups.item()
    elif groups is not None:
        yield groups
