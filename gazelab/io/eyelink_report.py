"""Fixation reports of EyeLink Data Viewer: tables with one row for each fixation.

They are text even where the file is named .xls. Names of columns, units and the code for
"missing" are the same in all; which column names the picture is up to the experiment.
"""

import re
from dataclasses import replace
from itertools import islice
from pathlib import Path

from gazelab.errors import ReadError
from gazelab.io.delimited import column_names, rows
from gazelab.io.images import head_of
from gazelab.io.mapping import Mapping
from gazelab.io.reading import Reading
from gazelab.io.table import guess_mapping, read_table, sniff_table
from gazelab.task import Task

_KEY = b"CURRENT_FIX_X"
_HEAD_BYTES = 1 << 16
_SAMPLE_ROWS = 200
_IMAGE_FILE = re.compile(r".+\.(png|jpe?g|bmp|tiff?|webp|gif|pcx|tga)", re.IGNORECASE)
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
        time_unit="ms",
        duration_unit="ms",
        coordinates="px",
        y_axis="down",
        onset_from="stimulus",
        reasons=(_UNITS,),
    )
    column = _picture_column(path, mapping)
    if column is None:
        return mapping
    reason = f"The column {column} holds names of image files."
    return replace(mapping.with_columns(stimulus=column), reasons=(_UNITS, reason))


def read_report(path: Path, mapping: Mapping | None = None) -> Task[Reading]:
    """Read a fixation report, with the guessed mapping unless one is given.

    Raises ReadError as `read_table`, and when no column is known to name the picture.
    """
    if not sniff_report(path):
        raise ReadError("This is not a fixation report of EyeLink Data Viewer.", path)
    reading = yield from read_table(path, mapping or guess_report(path))
    scanpaths = tuple(
        replace(scanpath, origin=replace(scanpath.origin, reader="eyelink-report"))
        for scanpath in reading.scanpaths
    )
    return replace(reading, scanpaths=scanpaths, notes=(*_NOTES, *reading.notes))


def _picture_column(path: Path, mapping: Mapping) -> str | None:
    """Return the first column whose values are names of image files; None for none."""
    header, *sample = (row for _, row in islice(rows(path, mapping.layout), _SAMPLE_ROWS))
    for place, name in enumerate(column_names(header, len(header))):
        values = {row[place] for row in sample if len(row) > place}
        values = {value for value in values if value.casefold() not in mapping.missing}
        if values and all(map(_IMAGE_FILE.fullmatch, values)):
            return name
    return None
