"""The lines of an EyeLink ASC file: samples counted in bulk, the others handed on.

Almost all lines of a recording are samples, so they are told apart by their first byte,
many at a time, and never become Python strings.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.images import head_of

_EDF_MAGIC = b"SR_RESEARCH"
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 22
_LONGEST_LINE = 1 << 16
_DAMAGED = (OSError, EOFError, zlib.error)
_SIGNATURE = re.compile(
    rb"^(\*\* CONVERTED FROM .*edfapi"
    rb"|START[ \t]+\d+(\.\d)?[ \t]+(LEFT|RIGHT)\b"
    rb"|[ES]FIX[ \t]+[LR][ \t]+\d"
    rb"|MSG[ \t]+\d+(\.\d)?[ \t]+(-?\d+[ \t]+)?(!CAL|!MODE|!V|TRIALID|RECCFG|DISPLAY_COORDS)\b)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file.

    samples : the number of lines that are samples. lines : all others, without their ends.
    position : bytes of the file read so far, for progress.
    """

    samples: int
    lines: list[bytes]
    position: int


def sniff_lines(path: Path) -> bool:
    """Whether a file, compressed with gzip or not, begins like an EyeLink ASC file.

    Raises ReadError for a binary EyeLink file (EDF), since nothing else would read it.
    """
    if not path.is_file():
        return False
    if head_of(path, len(_EDF_MAGIC)) == _EDF_MAGIC:
        raise ReadError(
            "This is an EyeLink EDF file, which is binary and cannot be read.",
            path,
            hint="Convert it to text with edf2asc and import the .asc file.",
        )
    try:
        with _opened(path) as (file, _):
            return _SIGNATURE.search(file.read(_HEAD_BYTES).removeprefix(_BOM)) is not None
    except _DAMAGED:
        return False


def chunks(path: Path) -> Iterator[Chunk]:
    """Yield a file in parts of whole lines. Raises ReadError when it is damaged."""
    rest = b""
    try:
        with _opened(path) as (file, raw):
            while data := file.read(_CHUNK_BYTES):
                data = (rest + data).removeprefix(_BOM)
                cut = data.rfind(b"\n") + 1
                rest = data[cut:]
                if len(rest) > _LONGEST_LINE:
                    raise ReadError("A line is too long for an EyeLink ASC file.", path)
                yield _chunk(data[:cut], raw.tell())
            yield _chunk(rest, raw.tell())
    except _DAMAGED as error:
        reason = getattr(error, "strerror", None) or "it is damaged or cut short"
        raise ReadError(f"Could not be read ({reason}).", path) from error


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO | gzip.GzipFile, BinaryIO]]:
    """Open a file; also return the file on disk, which differs when it is compressed."""
    with open(path, "rb") as raw:
        if head_of(path, len(_GZIP_MAGIC)) == _GZIP_MAGIC:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield unpacked, raw
        else:
            yield raw, raw


def _chunk(data: bytes, position: int) -> Chunk:
    values = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(values == ord("\n"))
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    first = values[np.minimum(starts, max(len(values) - 1, 0))]
    is_sample = (first >= ord("0")) & (first <= ord("9"))
    others = zip(starts[~is_sample].tolist(), ends[~is_sample].tolist(), strict=True)
    lines = [line for start, end in others if (line := data[start:end].strip(b"\r"))]
    return Chunk(int(is_sample.sum()), lines, position)
