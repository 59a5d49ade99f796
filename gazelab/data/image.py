"""The one place where pictures are decoded, so that every part sees the same pixels.

Pixels are taken as stored: the EXIF orientation is ignored, as stimulus-presentation
programs do, because fixations refer to what was on the screen.
"""

import functools
import importlib
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.errors import ReadError

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")
MAX_PIXELS = 100_000_000
"""Larger pictures are refused before they are decoded: a tiny file may claim any size."""

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_HEAD_BYTES = 1 << 16
_GREY_TOLERANCE = 4
"""Largest difference between the channels of a grey picture that went through JPEG."""

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"


@functools.cache
def opencv() -> Any:
    """Import and return `cv2`, undoing what its import does to Qt.

    OpenCV points Qt at its own plugins; a window of this program would then not open.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))
    before = {name: os.environ.get(name) for name in _QT_VARIABLES}
    cv2 = importlib.import_module("cv2")
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    return cv2


def read_rgb(path: Path) -> np.ndarray:
    """Return the picture as (rows, columns, 3) uint8 in the order red, green, blue.

    Grey pictures get three equal channels, transparency is dropped, deeper pixels are
    scaled to 8 bits. Raises ReadError: missing, empty, damaged, cut short or too large.
    """
    cv2 = opencv()
    pixels = _decoded(path, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


def read_grey(path: Path) -> np.ndarray:
    """Return a grey picture as (rows, columns) in the depth it is stored in.

    Raises ReadError: as `read_rgb`, and when the picture has colours.
    """
    pixels = _decoded(path, opencv().IMREAD_UNCHANGED)
    if pixels.ndim == 2:
        return pixels
    colours = pixels[..., :3].astype(np.int64)
    if np.ptp(colours, axis=2).max() > _GREY_TOLERANCE:
        raise ReadError("The picture has colours; grey values are needed.", path)
    return pixels[..., 1]


def _decoded(path: Path, flags: int) -> np.ndarray:
    cv2 = opencv()
    data = _bytes_of(path)
    size = _size_in_header(data)
    if size is not None:
        _check_size(path, *size)
    if not _is_complete(data):
        raise ReadError("The picture is cut short.", path, hint="Copy the file again.")
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise ReadError("The picture could not be decoded.", path) from error
    if pixels is None:
        raise ReadError(
            "This is not a picture that can be read, or it is damaged.",
            path,
            hint="PNG, JPEG, BMP, TIFF and WebP are read.",
        )
    return pixels


def image_size(path: Path) -> tuple[int, int]:
    """Return (rows, columns) of a picture, from its header alone where that is possible.

    Raises ReadError.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from error
    size = _size_in_header(head)
    if size is None:  # a long JPEG header, or a format whose header is not parsed here
        size = _size_in_header(_bytes_of(path)) or read_rgb(path).shape[:2]
    _check_size(path, *size)
    return size[0], size[1]


def resized(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return a picture or map scaled to (rows, columns): by area down, bilinear up."""
    if pixels.shape[:2] == (rows, columns):
        return pixels
    cv2 = opencv()
    smaller = rows * columns < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(pixels, (columns, rows), interpolation=method)


def _bytes_of(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not data:
        raise ReadError("The file is empty.", path)
    return data


def _unreadable(path: Path, error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError("There is no such picture.", path)
    return ReadError(f"The picture could not be read ({error.strerror or error}).", path)


def _check_size(path: Path, rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise ReadError("The picture has no pixels.", path)
    if rows * columns > MAX_PIXELS:
        raise ReadError(
            f"The picture claims {columns} x {rows} pixels, more than the "
            f"{MAX_PIXELS // 1_000_000} million that are read.",
            path,
            hint="Scale it down first.",
        )


def _size_in_header(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        columns, rows = struct.unpack(">II", head[16:24])
        return rows, columns
    if head.startswith(b"BM") and len(head) >= 26 and head[14] >= 40:
        columns, rows = struct.unpack("<ii", head[18:26])
        return abs(rows), columns
    if head.startswith(b"\xff\xd8"):
        return _jpeg_size(head)
    return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    for marker, start in _jpeg_segments(head):
        if marker in _JPEG_SIZES and start + 9 <= len(head):
            rows, columns = struct.unpack(">HH", head[start + 5 : start + 9])
            return rows, columns
    return None


def _jpeg_segments(data: bytes) -> list[tuple[int, int]]:
    """Return (marker, offset of the marker's code) of the segments before the pixels."""
    segments, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        segments.append((marker, at))
        if marker == _JPEG_SCAN:
            break
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return segments


def _is_complete(data: bytes) -> bool:
    """Whether the end is there: decoders fill a cut picture with grey and say nothing."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-4096:]
    if data.startswith(b"\xff\xd8"):
        scans = [start for marker, start in _jpeg_segments(data) if marker == _JPEG_SCAN]
        return not scans or data.find(_JPEG_END, scans[0]) >= 0
    return True
