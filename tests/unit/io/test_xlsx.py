"""Excel workbooks: a sheet is a table like any other; what is unsafe or locked is refused."""

import datetime
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutants

from gazelab.errors import ReadError
from gazelab.io.columns import read_columns
from gazelab.io.delimited import Layout, guess_layout
from gazelab.io.table import guess_mapping, preview, read_table, sniff_table
from gazelab.io.xlsx import is_workbook, sheet_names, sheet_rows
from gazelab.task import finish

HEADER = ["participant", "stimulus", "time", "x", "y"]
ROWS = [["Änne", "bild 1.png", 4 * k, 100 + k / 8, -k / 16 if k % 5 else None] for k in range(40)]


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def gaze(tmp_path: Path) -> Path:
    """A workbook whose name says nothing, with notes before the table."""
    notes = [["Made by"], ["someone", "some day"]]
    return workbook(tmp_path / "gaze.dat", ("Notes", notes), ("Gaze", [*notes, HEADER, *ROWS]))


def test_a_sheet_is_read_like_a_text(gaze: Path) -> None:
    assert is_workbook(gaze) and sniff_table(gaze)
    assert sheet_names(gaze) == ("Notes", "Gaze")
    assert guess_layout(gaze) == Layout("utf-8", ",", 3, "Gaze")
    mapping = guess_mapping(gaze)
    assert (mapping.sheet, mapping.kind, mapping.lacking) == ("Gaze", "samples", ())
    (recording,) = finish(read_table(gaze)).recordings
    assert recording.key == ("Änne", "bild 1.png", "1")
    assert recording.x_px.tolist() == [row[3] for row in ROWS]
    missing = [float("nan") if row[4] is None else row[4] for row in ROWS]
    np.testing.assert_array_equal(recording.y_px, missing)
    shown = preview(gaze)
    assert shown.problem == "" and shown.lines == 43
    assert shown.rows[0][:3] == ("Änne", "bild 1.png", "0")


def test_a_cell_that_is_no_number_stops_with_row_and_column(tmp_path: Path) -> None:
    rows = [*ROWS, ["Änne", "bild 1.png", 200, "here", 1]]
    path = workbook(tmp_path / "g.xlsx", ("Gaze", [HEADER, *rows]))
    with pytest.raises(ReadError, match=r"line 42: 'here' in column 'x' is not a number"):
        finish(read_table(path))
    with pytest.raises(ReadError, match=r"no sheet Other\. The sheets are: Gaze"):
        finish(read_table(path, replace(guess_mapping(path), sheet="Other")))


def test_numbers_written_as_text_may_have_a_decimal_comma(tmp_path: Path) -> None:
    rows = [["a", k, f"{k},5"] for k in range(9)]
    path = workbook(tmp_path / "g.xlsx", ("S", [["word", "n", "x"], *rows]))
    layout = Layout("utf-8", ",", 1, "S")
    found = finish(read_columns(path, layout, ["word"], ["x"], ["n"], ""))
    assert found.numbers("x").tolist() == [k + 0.5 for k in range(9)]
    assert found.integers("n")[0].tolist() == list(range(9))
    with pytest.raises(ReadError, match="line 2: '0,5' in column 'x' is not a number"):
        finish(read_columns(path, layout, numbers=["x"]))


VALUES = st.floats(-1e300, 1e300) | st.integers(-(10**15), 10**15)


@given(values=st.lists(VALUES, min_size=1, max_size=20))
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_numbers_stay_what_they_are(tmp_path: Path, values: list[float]) -> None:
    path = workbook(tmp_path / "n.xlsx", ("S", [["x", "y"], *([v, 1] for v in values)]))
    written = [row[0] for row in openpyxl.load_workbook(path)["S"].iter_rows(2, values_only=True)]
    found = finish(read_columns(path, Layout("utf-8", ",", 1, "S"), numbers=["x"]))
    assert found.numbers("x").tolist() == [float(value) for value in written]


def test_other_kinds_of_cells_are_text(tmp_path: Path) -> None:
    row = [datetime.datetime(2024, 5, 1, 12, 30), datetime.time(1, 2), True, " a b "]
    path = workbook(tmp_path / "k.xlsx", ("S", [["a", "b", "c", "d"], row]))
    found = dict(sheet_rows(path, "S"))
    assert found[2] == ["2024-05-01T12:30:00", "01:02:00", "true", "a b"]


def with_cell(tmp_path: Path, cell: str) -> Path:
    """Return a workbook in which the cell B3 is written so."""
    table = workbook(tmp_path / "plain.xlsx", ("S", [["a", "b"], ["x", 1], ["y", 777], ["z", 2]]))
    with zipfile.ZipFile(table) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    before, rest = sheet.split('<c r="B3"')
    sheet = before + cell + rest.partition("</c>")[2]
    return packed(table, tmp_path / "f.xlsx", "xl/worksheets/sheet1.xml", sheet.encode())


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B3"><f>1+1</f></c>',
        '<c r="B3"><f>1+1</f><v></v></c>',
        '<c r="B3" s="1"><f>1+1</f><v/></c>',
        '<c r="B3"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_that_was_never_calculated_is_no_empty_cell(tmp_path: Path, cell: str) -> None:
    path = with_cell(tmp_path, cell)
    with pytest.raises(ReadError, match=r"line 3: The formula in cell B3 was never calculated"):
        list(sheet_rows(path, "S"))


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ('<c r="B3"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B3" t="str"><f>A1&amp;"!"</f><v>a!</v></c>', "a!"),
        ('<c r="B3" t="str"><f>IF(A1="",1,"")</f><v></v></c>', ""),
        ('<c r="B3" s="0"/><c r="C3"><f t="shared" si="0"/><v>5</v></c>', ""),
    ],
)
def test_the_result_of_a_formula_is_read(tmp_path: Path, cell: str, result: str) -> None:
    assert dict(sheet_rows(with_cell(tmp_path, cell), "S"))[3][1] == result


def test_formulas_are_looked_for_in_the_whole_sheet(tmp_path: Path) -> None:
    rows = [[f"word {k} of a long table", k] for k in range(30_000)]
    path = workbook(tmp_path / "l.xlsx", ("S", [["a", "b"], *rows, ["last", "=1+1"]]))
    with pytest.raises(ReadError, match=r"line 30002: The formula in cell B30002"):
        list(sheet_rows(path, "S"))


def test_old_and_locked_workbooks_are_named(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ReadError, match=r"\.xls.*password.*Save it as \.xlsx"):
        guess_mapping(path)


def test_other_archives_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x,y\n1,2\n")
    assert not is_workbook(path) and not sniff_table(path)


def packed(source: Path, target: Path, name: str, data: bytes) -> Path:
    """Copy a workbook with one part replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return target


def test_a_bomb_is_refused_before_it_is_unpacked(gaze: Path, tmp_path: Path) -> None:
    path = packed(gaze, tmp_path / "bomb.xlsx", "xl/worksheets/sheet9.xml", b" " * (64 << 20))
    with pytest.raises(ReadError, match=r"too large: \d+ MB once unpacked"):
        finish(read_table(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(gaze: Path, tmp_path: Path, encoding: str) -> None:
    entity = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    data = entity.encode(encoding)
    path = packed(gaze, tmp_path / "e.xlsx", "xl/worksheets/sheet2.xml", data)
    with pytest.raises(ReadError, match="declares entities"):
        finish(read_table(path))


def test_damaged_workbooks_are_read_or_refused(gaze: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.xlsx"
    for what, data in mutants(gaze.read_bytes(), seed=3, count=120):
        path.write_bytes(data)
        try:
            reading = finish(read_table(path))
        except ReadError as error:
            assert str(path) in str(error), what
            continue
        assert sum(map(len, reading.recordings)) == len(ROWS), what
