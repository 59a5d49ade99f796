"""What the command line prints: bars, tables, JSON."""

import io
import json
import math

import pytest

from gazelab.cli.output import Progress, bar_of, columns, one_line, print_json, print_lines
from gazelab.task import Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_no_bar_unless_on_a_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress(Step(1, 2, "reading"))
    progress.clear()
    assert stream.getvalue() == ""


def test_a_bar_is_drawn_over_itself_and_removed() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress(Step(1, 2, "reading"))
    progress(Step(2, 2, "too soon to be drawn"))
    assert stream.getvalue() == "\r[############............] 1/2 reading"
    progress.clear()
    line = stream.getvalue().split("\r")
    assert line[-1] == ""
    assert line[-2].strip() == ""
    assert len(line[-2]) == len(line[1])
    progress.clear()
    assert stream.getvalue().split("\r") == line


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Step(0, None, "starting"), "starting"),
        (Step(7, None, "rows\nread"), "7 rows read"),
        (Step(9, 3, ""), "[########################] 9/3 "),
        (Step(0, 0, "x"), "x"),
    ],
)
def test_bars(step: Step, line: str) -> None:
    assert bar_of(step) == line


def test_columns_are_aligned() -> None:
    lines = columns([["source", "NSS"], ["a", "1.25"], ["longer name", "-0.5"]], numbers_from=1)
    assert lines == [
        "source        NSS",
        "-----------------",
        "a            1.25",
        "longer name  -0.5",
    ]


def test_json_has_no_nan(capsys) -> None:
    print_json({"value": math.nan, "list": (1, math.inf, {"a": "ä"}), "none": None, "yes": True})
    text = capsys.readouterr().out
    assert "NaN" not in text
    assert json.loads(text) == {
        "value": None,
        "list": [1, None, {"a": "ä"}],
        "none": None,
        "yes": True,
    }


def test_a_terminal_without_the_letters_gets_question_marks(monkeypatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    print_lines(["café ↑"])
    stream.flush()
    assert stream.buffer.getvalue() == b"caf? ?\n"  # type: ignore[attr-defined]


def test_a_sentence_stays_on_one_line() -> None:
    assert one_line("a\n b\t c  d") == "a b c d"
