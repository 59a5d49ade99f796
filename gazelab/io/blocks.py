"""A text file as blocks of whole lines, so that a table of any size is read piece by piece."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gazelab.errors import ReadError

BLOCK_BYTES = 1 << 21
LONGEST_LINE = 1 << 20
"""A longer line is none of a table."""

PADDING = bytes(64)
"""Behind the lines of a block, so that a few bytes can be taken at any place of a line."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_NO_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_PLAIN = ("utf-8", "utf-8-sig", "cp1252")


@dataclass(frozen=True, slots=True)
class Block:
    r"""Whole lines of a file.

    padded : the lines with their ends (\n, \r\n or \r; the last of a file may have none),
        then `PADDING`; in UTF-8, or in cp1252 where the file is.
    done : bytes of the file read up to here.
    """

    padded: bytes
    done: int

    @property
    def size(self) -> int:
        """Bytes of the lines."""
        return len(self.padded) - len(PADDING)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        ends = len(_LINE_END.findall(self.padded))
        return ends + (self.padded[self.size - 1] not in b"\r\n")


def opened(path: Path) -> BinaryIO:
    """Open a file to read its bytes. Raises ReadError."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def block_encoding(encoding: str) -> str:
    """Return in what encoding the blocks of a file come."""
    return "cp1252" if encoding == "cp1252" else "utf-8"


def blocks(path: Path, encoding: str, skip: int = 0) -> Iterator[Block]:
    """Yield the lines of a file after the first `skip`, in blocks of about 2 MB.

    Raises ReadError with the line: a line is too long for a table, or a byte is none of a
    text in this encoding; and when the file cannot be read.
    """
    rest, done = b"", 0
    for text, done in _texts(path, encoding):
        cut = _cut(text)
        if not cut:
            rest += text
            if len(rest) > LONGEST_LINE:
                raise too_long(path, _line_at(path, encoding, done))
            continue
        lines, rest = b"".join((rest, memoryview(text)[:cut], PADDING)), text[cut:]
        lines, skip = _skipped(lines, skip)
        if len(lines) > len(PADDING):
            yield Block(lines, done)
    lines, _ = _skipped(rest + PADDING, skip)
    if len(lines) > len(PADDING):
        yield Block(lines, done)


def lines_of(source: Iterable[Block], encoding: str, path: Path, first: int) -> Iterator[str]:
    """Yield the lines of blocks with their ends. Raises ReadError, as `blocks`.

    first : the number of the first line.
    """
    number = first
    for block in source:
        text = block.padded[: block.size].decode(block_encoding(encoding))
        for line in io.StringIO(text, newline=""):
            if len(line) > LONGEST_LINE:
                raise too_long(path, number)
            yield line
            number += 1


def too_long(path: Path, line: int) -> ReadError:
    """Return the error for a line that is too long."""
    return ReadError("The line is too long for a table.", path, line, "Is it a text file?")


def _texts(path: Path, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Yield the text piece by piece, proved to be one, and the bytes of the file read."""
    decoder = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))()
    done, read = 0, b""
    with opened(path) as file:
        try:
            while True:
                read = file.read(BLOCK_BYTES)
                text = _text(read, encoding, decoder)
                if not done and encoding == "utf-8-sig":
                    text = text.removeprefix(codecs.BOM_UTF8)
                done += len(read)
                if text:
                    yield text, done
                if not read:
                    return
        except UnicodeDecodeError as error:
            begun = done - (len(error.object) - len(read))  # the decoder kept half a character
            raise ReadError(
                f"The text is not {encoding}.",
                path,
                _line_at(path, encoding, begun + error.start),
                "Choose another encoding.",
            ) from error
        except OSError as error:
            raise _unreadable(path, error) from error


def _text(read: bytes, encoding: str, decoder: codecs.IncrementalDecoder) -> bytes:
    """Return bytes of a file in the encoding of its blocks. Raises UnicodeDecodeError."""
    if encoding not in _PLAIN:
        return decoder.decode(read, final=not read).encode()
    if encoding == "cp1252":
        wrong = None if read.isascii() else _NO_CP1252.search(read)
        if wrong is not None:
            raise UnicodeDecodeError(encoding, read, wrong.start(), wrong.end(), "undefined")
    elif decoder.getstate()[0] or not read.isascii():
        decoder.decode(read, final=not read)
    return read


def _cut(text: bytes) -> int:
    r"""Return where the last line ends; a \r at the very end may be half an end."""
    last = text.rfind(b"\n")
    return max(last, text.rfind(b"\r", last + 1, len(text) - 1)) + 1


def _skipped(lines: bytes, skip: int) -> tuple[bytes, int]:
    """Return the lines without the first `skip`, and how many are still to be skipped."""
    if not skip:
        return lines, 0
    end = 0
    for found in _LINE_END.finditer(lines):
        skip, end = skip - 1, found.end()
        if not skip:
            return lines[end:], 0
    return PADDING, skip


def _line_at(path: Path, encoding: str, place: int) -> int:
    """Return the number of the line in which a byte of a file lies."""
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("replace"), translate=True
    )
    line = 1
    with opened(path) as file:
        while place > 0 and (read := file.read(min(place, BLOCK_BYTES))):
            line += decoder.decode(read).count("\n")
            place -= len(read)
    return line


def _unreadable(path: Path, error: OSError) -> ReadError:
    return ReadError(f"Could not be read ({error.strerror or error}).", path)
