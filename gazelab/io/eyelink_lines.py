"""The lines of an EyeLink ASC file: where its samples are, and all other lines.

Almost all lines of a recording are samples, so they are told apart by their first byte,
many at a time, and never become Python strings.
"""

import gzip
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.images import head_of

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 20
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

    data : (size,) uint8, whole lines. starts, ends : (n,) where the lines of samples are in it.
    lines : all others, without their ends, each with the number of samples before it here.
    position : bytes of the file read so far, for progress.
    """

    data: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    lines: list[tuple[int, bytes]]
    position: int


def number(text: str | bytes) -> float:
    """Return a number of the file, NaN for `.` and anything else that is none."""
    return numbers([text.encode() if isinstance(text, str) else text])[0]


def numbers(words: list[bytes]) -> list[float]:
    """Return the numbers in words, as `number`."""
    try:
        values = [float(word) for word in words]
    except ValueError:
        return [math.nan] if len(words) == 1 else [numbers([word])[0] for word in words]
    if math.isfinite(sum(values)) and b"_" not in b"".join(words):
        return values
    return [
        value if math.isfinite(value) and b"_" not in word else math.nan
        for value, word in zip(values, words, strict=True)
    ]


def sniff_lines(path: Path) -> bool:
    """Whether a file, compressed with gzip or not, begins like an EyeLink ASC file."""
    if not path.is_file():
        return False
    try:
        with _opened(path) as (file, _):
            return _SIGNATURE.search(file.read(_HEAD_BYTES).removeprefix(_BOM)) is not None
    except _DAMAGED:
        return False


def chunks(path: Path) -> Iterator[Chunk]:
    """Yield a file in parts of whole lines. Raises ReadError when it is damaged.

    The data of a part hold until the next one is asked for.
    """
    buffer = bytearray(_LONGEST_LINE + _CHUNK_BYTES)
    room = memoryview(buffer)
    rest = 0
    try:
        with _opened(path) as (file, raw):
            if file.read(len(_BOM)) != _BOM:
                file.seek(0)
            while size := cast("RawIOBase", file).readinto(room[rest : rest + _CHUNK_BYTES]):
                size += rest
                cut = buffer.rfind(b"\n", 0, size) + 1
                rest = size - cut
                if rest > _LONGEST_LINE:
                    raise ReadError("A line is too long for an EyeLink ASC file.", path)
                yield _chunk(buffer, cut, raw.tell())
                room[:rest] = bytes(room[cut:size])
            yield _chunk(buffer, rest, raw.tell())
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


def _chunk(buffer: bytearray, size: int, position: int) -> Chunk:
    values = np.frombuffer(buffer, np.uint8)[:size]
    ends = np.flatnonzero(values == ord("\n"))
    if size and values[-1] != ord("\n"):
        ends = np.append(ends, size)
    starts = np.zeros_like(ends)
    np.add(ends[:-1], 1, out=starts[1:])
    first = values[np.minimum(starts, max(size - 1, 0))]
    first -= ord("0")
    is_sample = first <= 9
    others = np.flatnonzero(~is_sample)
    before = others - np.arange(len(others))
    places = zip(before.tolist(), starts[others].tolist(), ends[others].tolist(), strict=True)
    text = memoryview(buffer)
    lines = [(at, line) for at, start, end in places if (line := bytes(text[start:end]).strip())]
    return Chunk(values, starts[is_sample], ends[is_sample], lines, position)
