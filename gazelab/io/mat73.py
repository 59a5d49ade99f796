"""MATLAB 7.3 files: HDF5 behind a head of 512 bytes.

Each variable is a data set, or a group for a struct, and an attribute says its class. Matrices
are turned, since MATLAB counts rows first; cells, and the fields of arrays of structs, refer
to what lies in the group `#refs#`. The names of variables are found without the parser, which
damaged files crash: "HDF5 File Format Specification Version 3.0", III.A-D.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.hdf5 import found, is_inside

HEAD = b"MATLAB 7.3"
_HEAD_BYTES = 512
_MAGIC = b"\x89HDF\r\n\x1a\n"
_SUPERBLOCK_BYTES = 100
_WORDS = b"\x08\x08"
"""Offsets and lengths of 8 bytes."""

_NAME = re.compile(rb"[A-Za-z]\w*", re.ASCII)
_LONGEST_NAME = 64
_MOST_ENTRIES = 100_000
_EMPTY = {b"cell": object, b"char": "U1"}
_NEWER = "Save it again in MATLAB with the option -v7."


def names_in_73(file: BinaryIO, path: Path) -> Iterator[str]:
    """Yield the names of the variables, as far as the file is undamaged.

    Raises ReadError when HDF5 is of a newer kind than MATLAB writes.
    """
    file.seek(_HEAD_BYTES)
    head = file.read(_SUPERBLOCK_BYTES).ljust(_SUPERBLOCK_BYTES, b"\0")
    shift = 4 if head[8] == 1 else 0
    base, cached, tree, heap = struct.unpack_from("<24xQ40xI4xQQ", head, shift)
    if head[:8] != _MAGIC or head[8] > 1 or head[13:15] != _WORDS or cached != 1:
        raise ReadError("The variables in this MATLAB 7.3 file cannot be told.", path, hint=_NEWER)
    nodes, seen = [tree], 0
    try:
        (names_at,) = _taken(file, base + heap, "<24xQ")
        while nodes and seen < _MOST_ENTRIES:
            at = base + nodes.pop(0)
            kind, number = _taken(file, at, "<4s2xH")
            seen += 1 + number
            if kind == b"TREE":
                nodes += _taken(file, at, "<24x" + "8xQ" * number)
            elif kind == b"SNOD":
                places = _taken(file, at, "<8x" + "Q32x" * number)
                yield from filter(None, (_name(file, base + names_at + p) for p in places))
    except (struct.error, OverflowError, OSError):
        return  # what is behind the damage cannot be told


def _taken(file: BinaryIO, at: int, layout: str) -> tuple[Any, ...]:
    file.seek(at)
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _name(file: BinaryIO, at: int) -> str:
    """Return a name, "" for what is none of a variable."""
    file.seek(at)
    name = file.read(_LONGEST_NAME).partition(b"\0")[0]
    return name.decode() if _NAME.fullmatch(name) else ""


def load_73(path: Path, name: str) -> Any:
    """Return one variable as `scipy.io.loadmat` does, None when the file has none of that name.

    Structs are structured arrays, cells arrays of objects, and texts arrays of them. Only in a
    child process; raises whatever a damaged byte leads to.
    """
    import h5py

    with h5py.File(path, "r") as file:
        item = found(file, name)
        return None if item is None else _value(file, item)


def _value(file: Any, item: Any) -> Any:
    import h5py

    if isinstance(item, h5py.Group):
        return _struct(file, item)
    if not is_inside(item):
        raise ValueError(f"{item.name} is no table in the file")
    kind = item.attrs["MATLAB_class"]
    values = item[...].T
    if values.dtype == np.uint64 and item.attrs.get("MATLAB_empty", 0):
        return np.zeros((0, 0), _EMPTY.get(kind, np.float64))
    if kind == b"cell":
        return _referred(file, values)
    if kind == b"char":
        return np.array(["".join(map(chr, row)) for row in np.atleast_2d(values).tolist()])
    if values.dtype.kind not in "uif":
        what = f"What is of the class {kind.decode()} can only be opened in MATLAB."
        raise ReadError(what, Path(file.filename), hint=_NEWER)
    return values


def _struct(file: Any, group: Any) -> np.ndarray:
    """Return one struct as an array of one, or an array of structs."""
    fields = {name: found(group, name) for name in group}
    columns: dict[str, np.ndarray] = {}
    array = _is_of_array(next(iter(fields.values()), None))
    for name, item in fields.items():
        if array and is_inside(item):
            columns[name] = _referred(file, item[...].T)
        else:
            columns[name] = np.empty((1, 1), object)
            columns[name][0, 0] = _value(file, item)
    shape = next(iter(columns.values())).shape if columns else (1, 1)
    structs = np.empty(shape, [(name, object) for name in columns])
    for name, column in columns.items():
        structs[name] = column
    return structs


def _is_of_array(item: Any) -> bool:
    """Whether this is a field of an array of structs: references that are no cell."""
    import h5py

    refers = isinstance(item, h5py.Dataset) and h5py.check_ref_dtype(item.dtype) is not None
    return refers and "MATLAB_class" not in item.attrs


def _referred(file: Any, references: np.ndarray) -> np.ndarray:
    """Return what references refer to."""
    values = np.empty(references.shape, object)
    for place, reference in np.ndenumerate(references):
        values[place] = _value(file, file[reference])
    return values
