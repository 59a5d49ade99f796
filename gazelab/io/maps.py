"""A folder of ready-made saliency maps, one file for each stimulus."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.image import MAX_PIXELS, read_grey
from gazelab.errors import ReadError
from gazelab.io.images import files_below, head_of, image_files
from gazelab.io.reading import Reading
from gazelab.task import Step, Task

_NPY = b"\x93NUMPY"
_FEW = 3
_MOST_BYTES = 4 << 30


def sniff_maps(path: Path) -> bool:
    """Whether a folder holds arrays, or pictures of which the first few are grey."""
    if not path.is_dir():
        return False
    files = list(islice(_map_files(path), _FEW))
    try:
        return bool(files) and all(read_map(file).size for file in files)
    except ReadError:
        return False


def read_maps(folder: Path) -> Task[Reading]:
    """Read a folder of maps: grey pictures, or .npy arrays of (rows, columns).

    The source is the name of the folder. The stimulus of a map is the name of its file, to
    be matched to a picture by its stem. A map that cannot be read is counted and named.
    Raises ReadError when no map is left, or when they do not fit into memory.
    """
    files = list(_map_files(folder))
    maps: list[Attention] = []
    notes, size = [], 0
    for number, path in enumerate(files):
        yield Step(number, len(files), "reading maps")
        try:
            values = read_map(path)
        except ReadError as error:
            notes.append(str(error))
            continue
        size += values.nbytes
        if size > _MOST_BYTES:
            raise ReadError(
                f"The maps need more than {_MOST_BYTES >> 30} GB of memory.",
                folder,
                hint="Scale them down, or import them in parts.",
            )
        name = path.relative_to(folder).as_posix()
        maps.append(Attention(name, folder.absolute().name, "saliency", values[np.newaxis], ("1",)))
    if not maps:
        hint = notes[0] if notes else "Maps are grey pictures or .npy arrays."
        raise ReadError("No map in this folder can be read.", folder, hint=hint)
    counts = {"maps that cannot be read": len(notes)} if notes else {}
    return Reading(attention=tuple(maps), counts=MappingProxyType(counts), notes=tuple(notes))


def read_map(path: Path) -> np.ndarray:
    """Return one map as (rows, columns) float32, finite and >= 0, with the values stored.

    Raises ReadError.
    """
    values = _read_npy(path) if head_of(path, len(_NPY)) == _NPY else read_grey(path)
    values = values.astype(np.float32)
    if not np.isfinite(values).all() or values.min() < 0:
        raise ReadError("A map must be finite and nowhere negative.", path)
    return values


def _map_files(folder: Path) -> Iterator[Path]:
    arrays = [path for path in files_below(folder) if head_of(path, len(_NPY)) == _NPY]
    yield from arrays or image_files(folder)


def _read_npy(path: Path) -> np.ndarray:
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ReadError("The array is damaged or holds no numbers.", path) from error
    if values.ndim != 2 or values.dtype.kind not in "fiub" or not 0 < values.size <= MAX_PIXELS:
        raise ReadError(
            f"A map is a table of numbers (rows, columns); this array has the shape "
            f"{values.shape} and holds {values.dtype}.",
            path,
        )
    return values
