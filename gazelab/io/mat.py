"""MATLAB files: the names of their variables without the parser that may crash, and one of them.

Layout as in "MAT-File Format", The MathWorks: a 128-byte head, then elements, each a type,
a length and that many bytes. A variable is an element of type matrix, often compressed;
its third part is its name.
"""

import contextlib
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.mat73 import HEAD, load_73, names_in_73

_HEAD_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_START_BYTES = 1024


def is_mat(path: Path) -> bool:
    """Whether a file begins as MATLAB files do (versions 5 to 7.3)."""
    try:
        with open(path, "rb") as file:
            return file.read(7) == b"MATLAB "
    except OSError:
        return False


def names_in(path: Path) -> tuple[str, ...]:
    """Return the names of the variables in a file; none when it is no MATLAB file to be read."""
    try:
        return variable_names(path) if is_mat(path) else ()
    except ReadError:
        return ()


def load_variable(path: Path, name: str) -> Any:
    """Return one variable of a MATLAB file, None when it has none of that name.

    Only in a child process: damaged files crash the parser. Raises ReadError.
    """
    with _damage_told(path):
        return _loaded(path, name)


def load_plain(path: Path, name: str) -> Any:
    """Return one variable with structs as dicts and cells as arrays of objects, None if absent.

    What has one element is that element. Only in a child process, as `load_variable`.
    """
    with _damage_told(path):
        return _plain(_loaded(path, name))


def _loaded(path: Path, name: str) -> Any:
    with open(path, "rb") as file:
        if file.read(len(HEAD)) == HEAD:
            return load_73(path, name)
    import scipy.io

    return scipy.io.loadmat(path, variable_names=[name]).get(name)


def _plain(value: Any) -> Any:
    if isinstance(value, np.void):
        return {name: _plain(value[name]) for name in value.dtype.names or ()}
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.names is not None or value.dtype == object:
        plain = np.empty(value.size, object)
        for place, element in enumerate(value.reshape(-1)):
            plain[place] = _plain(element)
        value = plain.reshape(value.shape)
    if not value.size:
        return value.reshape(-1)
    return value.reshape(-1)[0] if value.size == 1 else np.squeeze(value)


@contextlib.contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Turn whatever the parser raises into a ReadError."""
    try:
        yield
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError("The file needs too much memory.", path) from error
    except Exception as error:  # the parser raises whatever a damaged byte leads it to
        raise ReadError(
            "The file is damaged or cut short.", path, hint="Copy or export it again."
        ) from error


def as_matrix(value: Any, columns: int) -> np.ndarray | None:
    """Return a matrix of numbers as (n, columns) float64, None when it is none."""
    matrix = np.asarray(value)
    if matrix.size == 0:
        return np.zeros((0, columns))
    if matrix.ndim == 1:  # a single row
        matrix = matrix[None]
    if matrix.ndim != 2 or matrix.shape[1] != columns or matrix.dtype.kind not in "uif":
        return None
    return matrix.astype(np.float64)


def as_number(value: Any) -> float:
    """Return a number; NaN for anything else."""
    number = np.asarray(value)
    return float(number) if number.ndim == 0 and number.dtype.kind in "uif" else math.nan


def variable_names(path: Path) -> tuple[str, ...]:
    """Return the names of the variables in a MATLAB file, as far as it is undamaged.

    Raises ReadError: it cannot be read, or is HDF5 of a newer kind than MATLAB writes.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(HEAD):
                return tuple(names_in_73(file, path))
            return tuple(_names(file, ">" if head[126:128] == b"MI" else "<"))
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error


def _names(file: BinaryIO, order: str) -> Iterator[str]:
    at = _HEAD_BYTES
    while len(tag := file.read(8)) == 8:
        kind, size = struct.unpack(f"{order}II", tag)
        start = file.read(min(size, _START_BYTES))
        try:
            if kind == _COMPRESSED:
                start = zlib.decompressobj().decompress(start, _START_BYTES)
                kind, start = struct.unpack(f"{order}I", start[:4])[0], start[8:]
            if kind == _MATRIX and (name := _name(start, order)):
                yield name
        except (zlib.error, struct.error, UnicodeDecodeError):
            pass  # a damaged variable; the next may be whole
        at += 8 + size
        file.seek(at)


def _name(matrix: bytes, order: str) -> str:
    """Return the third part of a matrix, after its flags and its dimensions."""
    for _ in range(2):
        matrix = matrix[_part(matrix, order)[1] :]
    return _part(matrix, order)[0].decode("ascii")


def _part(data: bytes, order: str) -> tuple[bytes, int]:
    """Return the first part of `data` and where the next one begins."""
    kind, size = struct.unpack(f"{order}II", data[:8])
    if kind >> 16:  # short form: up to four bytes, in the place of the length
        return data[4 : 4 + (kind >> 16)], 8
    return data[8 : 8 + size], 8 + (size + 7) // 8 * 8
