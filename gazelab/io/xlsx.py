"""Sheets of Excel workbooks (.xlsx) as rows of cells, told by content.

A workbook is a zip archive of XML that strangers wrote: it is looked over before it is
parsed, so that a small file cannot fill the memory.
"""

import datetime
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gazelab.errors import ReadError
from gazelab.io.blocks import opened

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of .xls files, and of workbooks with a password."""

_CONTENT = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_MOST_BYTES = 2 << 30
_MOST_STRING_BYTES = 256 << 20
_MOST_RATIO = 200
_MOST_PARTS = 2000
_SMALL = 10 << 20
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError)
"""What `zipfile` raises for a damaged archive, or one with a password."""

_XML_HEAD = 1 << 16
_PIECE = 1 << 20
"""More than the longest cell, which has 32,767 characters of text and 8,192 of a formula."""

_FORMULA = re.compile(
    rb"<(?:\w+:)?c(\s[^>]*[^/>])?>\s*<(?:\w+:)?f[\s/>](?:(?!</?(?:\w+:)?c[\s/>]).)*</(?:\w+:)?c>",
    re.S,
)
_RESULT = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^>]*)?>[^<]|is[\s>])")
_REFERENCE = re.compile(rb"""\br=["']([A-Z]+)([0-9]+)["']""")
_OF_TEXT = re.compile(rb"""\bt=["']str["']""")


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook. Raises ReadError for an old or a locked one."""
    try:
        with open(path, "rb") as file:
            head = file.read(8)
    except OSError:
        return False
    if head == _OLE:
        raise ReadError(
            "This is an old Excel workbook (.xls), or one with a password.",
            path,
            hint="Save it as .xlsx without a password, or as CSV.",
        )
    if not head.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK in archive.namelist()
    except _BROKEN:
        return False


def sheet_names(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook. Raises ReadError."""
    with _opened(path) as workbook:
        return tuple(sheet.title for sheet in workbook.worksheets)


def sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the row, cells as text without surrounding spaces) of a sheet.

    Numbers are written so that they read back the same, with a decimal point; formulas are
    what they were last found to be. A row that is shorter than one before is filled up, and
    rows without cells are left out. Raises ReadError, with the row for a formula that was never
    calculated.
    """
    with _opened(path) as workbook:
        if sheet not in workbook.sheetnames:
            names = ", ".join(workbook.sheetnames)
            raise ReadError(f"There is no sheet {sheet}.", path, hint=f"The sheets are: {names}.")
        found = workbook[sheet]
        found.reset_dimensions()  # what a workbook says of its size may be wrong
        widest, wrong = 0, _not_calculated(path, found._worksheet_path)
        for number, row in enumerate(found.iter_rows(values_only=True), 1):
            if number in wrong:
                raise ReadError(
                    f"The formula in cell {wrong[number]} was never calculated.",
                    path,
                    number,
                    "Open the workbook in a spreadsheet program and save it, or save it as CSV.",
                )
            cells = [_text(value) for value in row]
            if any(cells):
                widest = max(widest, len(cells))
                yield number, cells + [""] * (widest - len(cells))


def _not_calculated(path: Path, part: str) -> dict[int, str]:
    """Return cells with a formula of which no result is stored, by row; the last of each row.

    An empty result is one where it is said to be a text.
    """
    found: dict[int, str] = {}
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as file:
        while read := file.read(_PIECE):
            rest = rest[-_PIECE:] + read
            end = rest.rfind(b"c>") + 2
            if end < 2:
                continue
            text, rest = rest[:end], rest[end:]
            if b"<f" not in text and b":f" not in text:
                continue
            for cell in _FORMULA.finditer(text):
                name = cell[1] or b""
                place = _REFERENCE.search(name)
                if place and not _OF_TEXT.search(name) and not _RESULT.search(cell[0]):
                    found[int(place[2])] = (place[1] + place[2]).decode()
    return found


def count_rows(path: Path, sheet: str) -> int:
    """Return the number of rows that a workbook says a sheet has. Raises ReadError."""
    with _opened(path) as workbook:
        return workbook[sheet].max_row or 0


@contextmanager
def _opened(path: Path) -> Iterator["Workbook"]:
    """Open a workbook that was looked over. Raises ReadError for whatever is wrong with it."""
    import openpyxl

    _look_over(path)
    file = opened(path)  # of a path, only some endings would be taken
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles, which are not read
            workbook = openpyxl.load_workbook(file, True, data_only=True, keep_links=False)
        try:
            yield workbook
        finally:
            workbook.close()
    except ReadError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part of a workbook leads to
        raise ReadError(
            f"The workbook is damaged ({type(error).__name__}).",
            path,
            hint="Open it in a spreadsheet program and save it again, or save it as CSV.",
        ) from error
    finally:
        file.close()


def _look_over(path: Path) -> None:
    """Raise ReadError for an archive that is too large once unpacked, or declares entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            packed = max(path.stat().st_size, 1)
            strings = [part for part in parts if part.filename.endswith("sharedStrings.xml")]
            if (
                len(parts) > _MOST_PARTS
                or size > _MOST_BYTES
                or (size > _SMALL and size > _MOST_RATIO * packed)
                or sum(part.file_size for part in strings) > _MOST_STRING_BYTES
            ):
                raise ReadError(
                    f"The workbook is too large: {size / 1e6:,.0f} MB once unpacked.",
                    path,
                    hint="Save its sheet as CSV.",
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        head = file.read(_XML_HEAD)
                    if b"<!" in head.replace(b"\0", b""):  # no workbook has such a thing
                        raise ReadError("The workbook declares entities.", path)
    except _BROKEN as error:
        raise ReadError("The workbook is damaged.", path, hint="Save it again.") from error


def _text(value: object) -> str:
    """Return a cell as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
