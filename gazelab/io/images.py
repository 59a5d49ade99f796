"""A folder of pictures to stimuli."""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from types import MappingProxyType

from gazelab.data.image import image_size
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError
from gazelab.io.reading import Reading
from gazelab.storage import sha256_of
from gazelab.task import Step, Task

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\0", b"MM\0*")
_SOME_FILES = 20
_NAMED = re.compile(r"\.(png|jpe?g|bmp|tiff?|webp|gif|pcx|tga)", re.IGNORECASE)


def sniff_images(path: Path) -> bool:
    """Whether a folder holds a picture."""
    return path.is_dir() and next(image_files(path), None) is not None


def read_images(folder: Path) -> Task[Reading]:
    """Read a folder of pictures, with those in its subfolders, as stimuli.

    The id of a stimulus is its file name, with the subfolder before it where there is one.
    A picture that cannot be read is counted and named, and the others are taken. Raises
    ReadError when no picture is left.
    """
    files = list(image_files(folder))
    stimuli, notes = [], []
    for number, path in enumerate(files):
        if number % _SOME_FILES == 0:
            yield Step(number, len(files), "reading pictures")
        try:
            stimuli.append(read_stimulus(path, folder))
        except ReadError as error:
            notes.append(str(error))
    if not stimuli:
        hint = notes[0] if notes else "PNG, JPEG, BMP, TIFF and WebP are read."
        raise ReadError("No picture in this folder can be read.", folder, hint=hint)
    counts = {"pictures that cannot be read": len(notes)} if notes else {}
    return Reading(stimuli=tuple(stimuli), counts=MappingProxyType(counts), notes=tuple(notes))


def read_stimulus(path: Path, folder: Path) -> Stimulus:
    """Return a picture in a folder as a stimulus with an absolute path. Raises ReadError."""
    rows, columns = image_size(path)
    name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
    return Stimulus(name, path.absolute().as_posix(), columns, rows, sha256_of(path))


def image_files(folder: Path) -> Iterator[Path]:
    """Yield the pictures below a folder in order of their names, recognised by content."""
    for path in files_below(folder):
        head = head_of(path, 12)
        if head.startswith(_SIGNATURES) or (head[:4] == b"RIFF" and head[8:] == b"WEBP"):
            yield path


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in order; hidden ones and project folders are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not name.endswith(".gazelab")
        )
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def is_named_as_image(name: str) -> bool:
    """Whether a name ends as those of image files do, also of kinds that are not read."""
    return _NAMED.fullmatch(PureWindowsPath(name).suffix) is not None


def head_of(path: Path, size: int) -> bytes:
    """Return the first bytes of a file; none when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError:
        return b""
