"""Gazepoint exports: a file of all gaze samples, or one of fixations, with the same columns."""

from pathlib import Path

from gazelab.io.delimited import head_of
from gazelab.io.exports import read_export, sniff_export
from gazelab.io.preset import Header, find_header, layout_of
from gazelab.io.presets import GAZEPOINT, GAZEPOINT_FIXATIONS
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import Task

_SAMPLE_ROWS = 1000


def sniff_gazepoint(path: Path) -> bool:
    """Whether a file has the columns of a Gazepoint export."""
    return sniff_export(GAZEPOINT_FIXATIONS, path)


def read_gazepoint(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read the samples and fixations of one person.

    Both kinds of export have columns of samples; where no fixation has more than one row,
    the rows are fixations, and the sample in each is not read.
    Raises ReadError, as `read_export`.
    """
    preset = GAZEPOINT if _has_samples(path) else GAZEPOINT_FIXATIONS
    return read_export(preset, path, settings)


def _has_samples(path: Path) -> bool:
    """Whether some fixation among the first has several rows, or several rows have none."""
    found = find_header(path, GAZEPOINT.signature)
    if found is None:
        return False
    head = head_of(path, layout_of(path, found), _SAMPLE_ROWS)
    header = Header(head.columns)
    number, valid = header.find("FPOGID"), header.find("FPOGV")
    if number is None or valid is None:
        return False
    there = [cells for _, cells in head.sample if len(cells) > max(number, valid)]
    fixed = [cells[number] for cells in there if cells[valid] == "1"]
    return len(set(fixed)) < len(fixed) or len(fixed) < len(there) / 2
