"""Fixation reports of EyeLink Data Viewer: tables with one row for each fixation.

They are text even where the file is named .xls. Names of columns, units and the code for
"missing" are the same in all; which column names the picture is up to the experiment.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.delimited import Head
from gazelab.io.delimited import head_of as head_of_table
from gazelab.io.eyes import sides_named
from gazelab.io.images import head_of, is_named_as_image
from gazelab.io.mapping import Mapping
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.table import guess_mapping, read_table, sniff_table
from gazelab.task import Task

_KEY = b"CURRENT_FIX_X"
_HEAD_BYTES = 1 << 16
_SAMPLE_ROWS = 200
_UNITS = "Positions are pixels and times are milliseconds, as in every report of Data Viewer."
_NOTES = (
    "Fixations are those of an EyeLink Data Viewer report.",
    "A report has pixels of the screen and not the place of the picture on it: positions are "
    "taken as pixels of the picture.",
)


def sniff_report(path: Path) -> bool:
    """Whether a file is a table with the columns of a fixation report."""
    if not path.is_file():
        return False
    head = head_of(path, _HEAD_BYTES).replace(b"\0", b"").upper()
    return _KEY in head and sniff_table(path)


def guess_report(path: Path) -> Mapping:
    """Return how a fixation report is to be read.

    The column of the picture is the first whose values are names of image files, else the
    one with a usual name; it is lacking when there is neither. Raises ReadError when the
    file is no table.
    """
    guess = guess_mapping(path)
    mapping = replace(
        guess,
        kind="fixations",
        stimulus="",
        time_unit="ms",
        duration_unit="ms",
        reasons=(_UNITS,),
    )
    column = _picture_column(path, mapping)
    if column is None:
        return mapping
    reason = f"The column {column} holds names of image files."
    return replace(mapping.with_columns(stimulus=column), reasons=(_UNITS, reason))


def read_report(
    path: Path, mapping: Mapping | None = None, settings: ReadSettings = ReadSettings()
) -> Task[Reading]:
    """Read a fixation report, with the guessed mapping unless one is given.

    Of a report of both eyes the fixations of one are taken: the one wished for, else the one
    with more of the first fixations. Raises ReadError as `read_table`, and when no column is
    known to name the picture.
    """
    if not sniff_report(path):
        raise ReadError("This is not a fixation report of EyeLink Data Viewer.", path)
    mapping = mapping or settings.mapping or guess_report(path)
    if not settings.eye and (eye := _eye_of_most(path, mapping)):
        settings = replace(settings, eye=eye)
    reading = yield from read_table(path, mapping, settings)
    scanpaths = tuple(
        replace(scanpath, origin=replace(scanpath.origin, reader="eyelink-report"))
        for scanpath in reading.scanpaths
    )
    contract = Contract("stimulus px", reasons=(_UNITS,))
    notes = (*_NOTES, *_eye_notes(reading, settings.eye), *reading.notes)
    return replace(reading, scanpaths=scanpaths, contract=contract, notes=notes)


def _eye_notes(reading: Reading, eye: str) -> Iterator[str]:
    if others := reading.counts.get("rows rejected: of the other eye"):
        yield (
            f"The report has fixations of both eyes: those of the {eye or 'one'} eye are taken; "
            f"{others:,} of the other are left out."
        )


def _eye_of_most(path: Path, mapping: Mapping) -> str:
    """Return the eye of most of the first fixations; "" when they are not of both."""
    column = mapping.columns.get("eye")
    if column is None:
        return ""
    head = head_of_table(path, mapping.layout, _SAMPLE_ROWS)
    cells = _column(head, head.columns.index(column))
    said = Counter(side for cell in cells for side in sides_named([cell]))
    return max(sorted(said), key=lambda side: said[side]) if len(said) > 1 else ""


def _column(head: Head, place: int) -> list[str]:
    return [row[place] for _, row in head.sample if len(row) > place]


def _picture_column(path: Path, mapping: Mapping) -> str | None:
    """Return the first column whose values are names of image files; None for none."""
    head = head_of_table(path, mapping.layout, _SAMPLE_ROWS)
    for place, name in enumerate(head.columns):
        values = {v for v in _column(head, place) if v.casefold() not in mapping.missing}
        if values and all(map(is_named_as_image, values)):
            return name
    return None
