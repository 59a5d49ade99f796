"""Fixation reports of EyeLink Data Viewer."""

import csv
from pathlib import Path

import numpy as np
import pytest
from counted import counted

from gazelab.errors import ReadError
from gazelab.io.eyelink_report import guess_report, read_report, sniff_report
from gazelab.io.mapping import Mapping
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

HEADER = (
    "RECORDING_SESSION_LABEL",
    "TRIAL_INDEX",
    "CURRENT_FIX_INDEX",
    "CURRENT_FIX_START",
    "CURRENT_FIX_END",
    "CURRENT_FIX_DURATION",
    "CURRENT_FIX_X",
    "CURRENT_FIX_Y",
    "CURRENT_FIX_INTEREST_AREA_LABEL",
)
ROWS = (
    ("s1", "1", "1", "12", "211", "200", "512.5", "384.0", "."),
    ("s1", "1", "2", "240", "343", "104", ".", ".", "sky"),
    ("s1", "2", "1", "3", "1202", "1200", "100.0", "-4.5", "."),
    ("s2", "1", "1", "20", "119", "100", "80.0", "90.0", "sky"),
)


def write_report(path: Path, *columns: tuple[str, ...], encoding: str = "utf-8") -> Path:
    """Write a report with more columns: a name and one value for each row."""
    names, *values = zip(*columns, strict=True) if columns else ((), *[()] * len(ROWS))
    lines = [(*HEADER, *names)]
    lines += [(*row, *more) for row, more in zip(ROWS, values, strict=True)]
    text = "".join("\t".join(line) + "\r\n" for line in lines)
    path.write_bytes(text.encode(encoding))
    return path


PICTURES = ("IMG", "a.png", "a.png", "b.png", "a.png")


def read(path: Path, mapping: Mapping | None = None) -> Reading:
    return counted(finish(read_report(path, mapping)), "fixations")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_report_named_like_a_spreadsheet(encoding: str, tmp_path: Path) -> None:
    path = write_report(tmp_path / "fix.xls", PICTURES, encoding=encoding)
    assert sniff(path).id == "eyelink-report"
    reading = read(path)
    assert [scanpath.key for scanpath in reading.scanpaths] == [
        ("s1", "a.png", "1"),
        ("s1", "b.png", "2"),
        ("s2", "a.png", "1"),
    ]
    first = reading.scanpaths[0]
    np.testing.assert_array_equal(first.x_px, [512.5, np.nan])
    assert first.onset_ms.tolist() == [12, 240]
    assert first.duration_ms.tolist() == [200, 104]
    assert first.origin.reader == "eyelink-report"
    assert any("pixels of the screen" in note for note in reading.notes)


def test_the_column_of_the_picture_is_the_one_with_names_of_image_files(tmp_path: Path) -> None:
    names = ("stimulus", "x1", "x2", "x3", "x4")
    path = write_report(tmp_path / "fix.txt", names, ("t_", ".", "c d.JPG", "b.tif", "."))
    assert guess_report(path).columns["stimulus"] == "t_"
    assert guess_report(write_report(path, names)).columns["stimulus"] == "stimulus"


@pytest.mark.parametrize(
    ("eye", "x_px", "told"),
    [("", [512.5, 100, 80], "right"), ("right", [512.5, 100, 80], "right"), ("left", [90], "left")],
)
def test_of_a_report_of_both_eyes_one_is_taken(
    eye: str, x_px: list[float], told: str, tmp_path: Path
) -> None:
    eyes = ("EYE_USED", "RIGHT", "LEFT", "RIGHT", "RIGHT")
    path = write_report(tmp_path / "fix.txt", PICTURES, eyes)
    path.write_text(path.read_text().replace("343\t104\t.\t.", "343\t104\t90.0\t90.0"))
    reading = finish(read_report(path, settings=ReadSettings(eye=eye)))
    found = [x for scanpath in reading.scanpaths for x in scanpath.x_px.tolist()]
    assert found == x_px
    assert reading.counts["rows rejected: of the other eye"] == 4 - len(x_px)
    assert any(f"those of the {told} eye are taken" in note for note in reading.notes)


def test_a_report_without_a_known_picture_column_needs_one_named(tmp_path: Path) -> None:
    path = write_report(tmp_path / "fix.txt", ("condition", "c1", "c1", "c2", "c1"))
    with pytest.raises(ReadError, match=r"No usable column for stimulus.*condition"):
        read(path)
    mapping = guess_report(path).with_columns(stimulus="condition")
    assert [scanpath.stimulus for scanpath in read(path, mapping).scanpaths] == ["c1", "c2", "c1"]


def test_units_are_not_guessed(tmp_path: Path) -> None:
    """Long fixations, small numbers and late starts mislead the guess for other tables."""
    mapping = guess_report(write_report(tmp_path / "fix.txt", PICTURES))
    assert (mapping.kind, mapping.time_unit, mapping.duration_unit) == ("fixations", "ms", "ms")


def test_other_tables_are_not_taken_for_reports(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("participant,stimulus,x,y,duration\n1,a.png,2,3,200\n")
    assert not sniff_report(path)
    assert not sniff_report(tmp_path)
    with pytest.raises(ReadError, match="not a fixation report"):
        read(path)


def test_a_real_report(shared_data: Path) -> None:
    path = shared_data / "formats" / "eyelink_fixation_report" / "18sat_fixfinal.csv"
    assert sniff(path).id == "eyelink-report"
    reading = read(path)
    with open(path, newline="") as file:
        expected = list(csv.DictReader(file))
    assert reading.counts["rows read"] == sum(map(len, reading.scanpaths)) == len(expected)
    x_px = np.concatenate([scanpath.x_px for scanpath in reading.scanpaths])
    assert x_px.tolist() == [float(row["CURRENT_FIX_X"]) for row in expected]
    assert {scanpath.participant for scanpath in reading.scanpaths} == {"msd001"}
