"""The only module that writes files.

Every write goes to a temporary file beside the target, is flushed to the disk, and
replaces the target in one step; so a crash or a full disk leaves the old file whole.
"""

import contextlib
import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import msgspec
import numpy as np

from gazelab.errors import WriteError

TEMPORARY_SUFFIX = ".tmp"
"""Of files that a write did not finish; after a crash they may stay and mean nothing."""

Buffer: TypeAlias = bytes | memoryview
"""Bytes; `array.data` of a C-contiguous array."""

_CHUNK_BYTES = 1 << 20
_NAME_DIGITS = 32
_MOST_FOLDERS = 10_000


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends without an error.

    Raises WriteError; `path` is then as it was before.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise WriteError(
            f"{path}: could not be written ({error.strerror or error}).",
            "Check the free space and the permissions of the folder.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def growing(path: Path, keep: int) -> Iterator[BinaryIO]:
    """Open a file that grows over several tries, behind its first `keep` bytes.

    What it holds means nothing until it has been checked. Raises WriteError; what has been
    written stays.
    """
    try:
        with open(path, "ab") as file:
            file.truncate(keep)
            yield file
    except OSError as error:
        raise WriteError(
            f"{path}: could not be written ({error.strerror or error}).",
            "Check the free space and the permissions of the folder.",
        ) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, all or nothing."""
    with replacing(path) as file:
        file.write(data)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with the line ends it has, all or nothing."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, all or nothing."""
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def write_named_by_content(folder: Path, stem: str, suffix: str, *pieces: Buffer) -> str:
    """Write the joined pieces once under a name made of `stem` and their SHA-256; return it.

    A file of that name and size already there holds the same bytes and is left alone.
    """
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    name = f"{stem}-{digest.hexdigest()[:_NAME_DIGITS]}{suffix}"
    if not _has_size(folder / name, sum(memoryview(piece).nbytes for piece in pieces)):
        make_folder(folder)
        with replacing(folder / name) as file:
            for piece in pieces:
                file.write(piece)
    return name


def is_named_by_content(path: Path) -> bool:
    """Whether the name of a file written by `write_named_by_content` fits its bytes."""
    return path.stem.rpartition("-")[2] == sha256_of(path)[:_NAME_DIGITS]


def array_bytes(array: np.ndarray) -> bytes:
    """Return the bytes of a .npy file holding `array`."""
    return array_header(array.shape, array.dtype) + array.tobytes()


def array_header(shape: tuple[int, ...], dtype: np.dtype) -> bytes:
    """Return the head of a .npy file; the elements follow it in C order."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer,
        {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape},
    )
    return buffer.getvalue()


def remove(path: Path) -> None:
    """Remove a file that nothing refers to any more; one that is in use stays."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the temporary files that a killed write left in a folder nobody writes to now."""
    for path in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        remove(path)


def make_folder(path: Path) -> Path:
    """Make a folder and its parents unless they are there; return it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _folder_error(path, error) from error
    return path


def fresh_folder(path: Path) -> Path:
    """Make a new folder `path`, or `path-2`, `path-3` ... if that exists; return it."""
    make_folder(path.parent)
    for number in range(1, _MOST_FOLDERS):
        candidate = path if number == 1 else path.with_name(f"{path.name}-{number}")
        try:
            candidate.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise _folder_error(candidate, error) from error
        return candidate
    raise WriteError(f"{path}: no free name for a new folder.", "Choose another place.")


@contextlib.contextmanager
def removed_on_failure(folder: Path) -> Iterator[Path]:
    """Remove a folder that was made for this block, and all in it, unless the block ends well."""
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _folder_error(path: Path, error: OSError) -> WriteError:
    return WriteError(
        f"{path}: the folder could not be made ({error.strerror or error}).",
        "Choose another place, or check the permissions.",
    )


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder to flush it
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
