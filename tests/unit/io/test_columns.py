"""Columns of a table: by arrays or row by row the same, or one sentence with line and column."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazelab.errors import ReadError
from gazelab.io import blocks, columns
from gazelab.io.columns import Columns, read_columns
from gazelab.io.delimited import Layout
from gazelab.task import finish

NAMES = ("time", "word", "x", "y", "stamp")
CELLS = {
    "time": st.integers(0, 10**10).map(str) | st.sampled_from(["", "n/a", " 7 ", "1e3"]),
    "word": st.sampled_from(["P1", "P1", "P1", "Änne", "", "NaN", " P1", "a,b", 'say "x"', "日本"])
    | st.text(max_size=20),
    "x": st.floats(-1e4, 1e4).map(repr) | st.sampled_from(["", ".", "-1", "12,5", ".5", "5.", "x"]),
    "y": st.decimals(-999, 999, places=3).map(str) | st.sampled_from(["-", "NA", "  ", "-0.0"]),
    "stamp": st.integers(-(2**63), 2**63 - 1).map(str)
    | st.sampled_from(["", "5.0", "5.5", "1e20"]),
}
PLAIN = {
    "time": st.integers(0, 10**10).map(str),
    "word": st.sampled_from(["P1", "P2", "Änne", "", "NaN"]),
    "x": st.decimals(-9999, 9999, places=2).map(str) | st.just(""),
    "y": st.decimals(-999, 999, places=3).map(str),
    "stamp": st.integers(-(2**63), 2**63 - 1).map(str),
}


def rows_of(cells: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[list[list[str]]]:
    return st.lists(st.tuples(*cells.values()).map(list), min_size=1, max_size=30)


def text_of(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(NAMES)
    writer.writerows(rows)
    return buffer.getvalue()


def read(path: Path, layout: Layout, decimal: str = "") -> Columns | str:
    """Return the columns, or the sentence that says why not."""
    try:
        return finish(
            read_columns(path, layout, ["word"], ["time", "x", "y"], ["stamp"], decimal, MISSING)
        )
    except ReadError as error:
        return str(error)


MISSING = (*columns.MISSING, "-1")


def assert_same(found: Columns | str, expected: Columns | str) -> None:
    if isinstance(found, str) or isinstance(expected, str):
        assert found == expected
        return
    assert found.lines.tolist() == expected.lines.tolist()
    assert found.empty_rows == expected.empty_rows
    assert found.text("word").texts() == expected.text("word").texts()
    assert found.text("word").words == expected.text("word").words
    for name in ("time", "x", "y"):
        assert found.numbers(name).tobytes() == expected.numbers(name).tobytes()
    for ours, theirs in zip(found.integers("stamp"), expected.integers("stamp"), strict=True):
        assert ours.tolist() == theirs.tolist()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("columns") / "table.txt"


def compare(path: Path, text: str, encoding: str, delimiter: str, decimal: str) -> None:
    path.write_bytes(text.encode(encoding, "replace"))
    layout = Layout(encoding, delimiter, 1)
    by_arrays = read(path, layout, decimal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "grid_of", lambda *_: None)
        row_by_row = read(path, layout, decimal)
    assert_same(by_arrays, row_by_row)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", 97)
        assert_same(read(path, layout, decimal), row_by_row)


ENCODINGS = st.sampled_from(
    ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be", "utf-32", "utf-32-le"]
)
WRITTEN = {
    "encoding": ENCODINGS,
    "delimiter": st.sampled_from(list("\t;,| ")),
    "end": st.sampled_from(["\n", "\r\n", "\r"]),
    "decimal": st.sampled_from([".", ",", ""]),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
}


@given(rows=rows_of(CELLS), **WRITTEN)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_any_cells_are_read_alike(
    table: Path,
    rows: list[list[str]],
    encoding: str,
    delimiter: str,
    end: str,
    decimal: str,
    quoting: int,
) -> None:
    compare(table, text_of(rows, delimiter, end, quoting), encoding, delimiter, decimal)


@given(
    rows=st.lists(st.tuples(*CELLS.values()).map(list), min_size=1, max_size=4),
    times=st.lists(st.integers(1, 20), min_size=4, max_size=4),
    **WRITTEN,
)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_rows_that_come_again_and_again_are_read_alike(
    table: Path,
    rows: list[list[str]],
    times: list[int],
    encoding: str,
    delimiter: str,
    end: str,
    decimal: str,
    quoting: int,
) -> None:
    again = [row for row, number in zip(rows, times, strict=False) for _ in range(number)]
    compare(table, text_of(again, delimiter, end, quoting), encoding, delimiter, decimal)


@given(rows=rows_of(PLAIN), cut=st.integers(0, 60), **WRITTEN)
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_plain_tables_are_read_alike_and_as_written(
    table: Path,
    rows: list[list[str]],
    cut: int,
    encoding: str,
    delimiter: str,
    end: str,
    decimal: str,
    quoting: int,
) -> None:
    sign = decimal or "."
    written = [[cell.replace(".", sign) for cell in row] for row in rows]
    if delimiter in (sign, " "):
        quoting = csv.QUOTE_ALL
    text = text_of(written, delimiter, end, quoting)
    compare(table, text[: len(text) - cut] if cut < 20 else text, encoding, delimiter, decimal)
    compare(table, text, encoding, delimiter, decimal)
    found = read(table, Layout(encoding, delimiter, 1), decimal)
    assert isinstance(found, Columns)
    expected = [float(row[2] or "nan") for row in rows]
    np.testing.assert_array_equal(
        found.numbers("x"), [math.nan if value == -1 else value for value in expected]
    )
    stamps, there = found.integers("stamp")
    assert stamps[there].tolist() == [int(row[4]) for row in rows if row[4] != "-1"]


@given(data=st.text(alphabet='ab,\n\r"; 1.\t\x00é', max_size=120), delimiter=st.sampled_from(",\t"))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_text_is_read_alike(table: Path, data: str, delimiter: str) -> None:
    head = delimiter.join(NAMES) + "\n" + delimiter.join(["1", "P", "2", "3", "4"]) + "\n"
    compare(table, head + data, "utf-8", delimiter, "")


LAYOUT = Layout("utf-8", "\t", 1)


def test_columns_by_name_and_place_and_the_same_one_twice(table: Path) -> None:
    table.write_bytes(b"a\tb\ta\r\n1\t2\t3\r\n4\t5\t6\r\n")
    found = finish(read_columns(table, LAYOUT, ["a", 1], ["a", "a (2)"], [0]))
    assert found.text("a").texts() == ["1", "4"] == found.text(0).texts()
    assert found.numbers("a").tolist() == [1, 4]
    assert found.numbers(2).tolist() == [3, 6]
    assert found.integers("a")[0].tolist() == [1, 4]
    assert found.names == ("a", "b", "a (2)")
    assert found.lines.tolist() == [2, 3]
    with pytest.raises(ReadError, match=r"no column named c, 7\. The columns are: a, b, a \(2\)"):
        finish(read_columns(table, LAYOUT, ["c", 7]))


def test_codes_say_which_rows_have_a_word(table: Path) -> None:
    words = ["x", "", "y", "x", "NA"] * 300
    table.write_text("w\tn\n" + "".join(f"{word}\t1\n" for word in words))
    found = finish(read_columns(table, LAYOUT, ["w"])).text("w")
    assert found.words == ("x", "", "y")
    assert found.is_word("x").tolist() == [word == "x" for word in words]
    assert found.is_word("").sum() == 600
    assert not found.is_word("z").any()


def test_long_texts_and_many_words_are_kept(table: Path) -> None:
    words = [f"{'long ' * (k % 90)}{k}" for k in range(2000)]
    table.write_text("w\tn\n" + "".join(f"{word}\t1\n" for word in words))
    assert finish(read_columns(table, LAYOUT, ["w"])).text("w").texts() == words


@pytest.mark.parametrize("word", ["n/a", "-1", "-1.000", "-1e0"])
def test_a_number_as_a_code_stands_for_every_way_to_write_it(table: Path, word: str) -> None:
    table.write_text(f"x\ty\n1\t2\n{word}\t3\n")
    found = finish(read_columns(table, LAYOUT, numbers=["x"], missing=MISSING))
    np.testing.assert_array_equal(found.numbers("x"), [1, np.nan])


def test_whichever_decimal_sign_comes_first_holds_for_the_file(table: Path) -> None:
    table.write_text("x\ty\n1\t.\n2,5\t-\n3,5\t4\n")
    found = finish(read_columns(table, LAYOUT, numbers=["x", "y"], decimal=""))
    assert found.numbers("x").tolist() == [1, 2.5, 3.5]
    table.write_text("x\ty\n1\t.\n2,5\t-\n3\t4.5\n")
    with pytest.raises(ReadError, match=r"line 4: '4\.5' in column 'y' has another decimal sign"):
        finish(read_columns(table, LAYOUT, numbers=["x", "y"], decimal=""))


def test_what_is_no_whole_number_stops(table: Path) -> None:
    for cell in ("1.5", "9223372036854775808", "1e30"):
        table.write_text(f"x\ty\n1\t2\n{cell}\t3\n")
        with pytest.raises(ReadError, match=rf"line 3: '{cell}' in column 'x' is not a whole"):
            finish(read_columns(table, LAYOUT, integers=["x"]))


def test_rows_may_leave_out_cells_that_are_empty_at_their_end(table: Path) -> None:
    table.write_text("x\ty\tz\n1\t\n\t\t\n2\t3\t4\n5\t\t\n")
    found = finish(read_columns(table, LAYOUT, numbers=["x", "y", "z"]))
    assert found.numbers("x").tolist() == [1, 2, 5]
    assert (found.short_rows, found.empty_rows, found.lines.tolist()) == (1, 1, [2, 4, 5])
    table.write_text("x\ty\tz\n1\t2\t3\n1\t")  # the file may be cut there
    with pytest.raises(ReadError, match="line 3: The row has 2 cells instead of 3"):
        finish(read_columns(table, LAYOUT, numbers=["x"]))


def test_progress_goes_from_the_first_block_to_the_whole_file(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write_text("x\ty\n" + "1\t2\n" * 5000)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    steps = list(read_columns(table, LAYOUT, numbers=["x"]))
    done = [step.done for step in steps]
    assert done == sorted(done) and len(done) > 3
    assert {step.total for step in steps} == {table.stat().st_size} == {done[-1]}


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="Could not be read"):
        finish(read_columns(tmp_path / "none.tsv", LAYOUT, ["x"]))


def test_a_line_longer_than_a_block_is_read(tmp_path: Path) -> None:
    rows = [["1", "w" * 300, "2.5", "3.5", "4"], ["2", "P1", "2.5", "3.5", "5"]]
    compare(tmp_path / "t.csv", text_of(rows, ",", "\n", csv.QUOTE_MINIMAL), "utf-8", ",", ".")
