"""CSV files: numbers stay numbers, and no text runs in a spreadsheet."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.report.tables import Column, Table, csv_of, harmless

TRIGGERS = "=+-@\t\r＝＋－＠"


def parsed(*cells):
    columns = tuple(Column(f"c{k}", "text", "", "") for k in range(len(cells)))
    text = csv_of(Table("t.csv", "", columns, [cells]))
    return text, list(csv.reader(io.StringIO(text, newline="")))[1]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "a\n=1",
        "a\r\n=1",
        "a\r@x",
        "\ufeff=1",
        "=HYPERLINK(\"http://x\";\"y\")",
        "-1+cmd|' /C calc'!A0",
        "＝1",
        "a\u2028=1",
        "\n\n-5",
        "\v=1",
    ],
)  # fmt: skip
def test_a_formula_is_defused(text: str) -> None:
    _, (cell,) = parsed(text)
    for line in cell.split("\n"):
        assert not line.strip().startswith(tuple(TRIGGERS))


@given(st.text())
def test_no_text_at_all_can_start_a_formula(text: str) -> None:
    for line in harmless(text).split("\n"):
        assert line.strip(" \u00a0\ufeff\u200b")[:1] not in tuple(TRIGGERS)
        assert "\r" not in line


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])))
def test_harmless_texts_come_back_as_they_were(text: str) -> None:
    _, (cell, _) = parsed(text, "x")
    assert cell in (text, f"'{text}")
    if text[:1].isalnum():
        assert cell == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_bit_by_bit(number: float) -> None:
    _, (cell,) = parsed(number)
    assert float(cell) == number
    assert not cell.startswith("'")
    assert math.copysign(1, float(cell)) == math.copysign(1, number)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (math.nan, "NA"),
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
        (True, "TRUE"),
        (False, "FALSE"),
        (3, "3"),
        (-2.5, "-2.5"),
        ("", ""),
        ("a,b", "a,b"),
        ('a"b', 'a"b'),
        ("ä 中", "ä 中"),
    ],
)
def test_cells(cell, text: str) -> None:
    assert parsed(cell, "x")[1] == [text, "x"]


def test_lines_end_with_lf_alone() -> None:
    text, _ = parsed("a", 1.5)
    assert text == "c0,c1\na,1.5\n"
