"""One recording in every way to write it: always the same arrays, or a line and a column."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gazelab.errors import ReadError
from gazelab.io.table import guess_mapping, read_table
from gazelab.task import finish

MARKS = {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\x00\x00",
    "utf-32-be": b"\x00\x00\xfe\xff",
}
ENCODINGS = [("ascii", False), ("cp1252", False), *itertools.product(MARKS, (False, True))]
"""Each with and without a mark; ASCII and cp1252 have none."""

WAYS = [
    (encoding, marked, delimiter, decimal, end)
    for (encoding, marked), delimiter, decimal, end in itertools.product(
        ENCODINGS, ",;\t|", ".,", ("\n", "\r\n", "\r")
    )
]

T_MS = np.arange(300) * 4.0
X_PX = np.round(400 + 90 * np.sin(np.arange(300) / 40), 2)
Y_PX = np.round(-3.25 + np.arange(300) / 8, 3)
PUPIL = np.round(3 + np.cos(np.arange(300) / 60), 4)
X_PX[40:60] = Y_PX[40:60] = PUPIL[40:60] = np.nan


def written(encoding: str, marked: bool, delimiter: str, decimal: str, end: str) -> bytes:
    """Return the recording as a table; numbers with a decimal comma between commas in quotes."""
    name = "Anne" if encoding == "ascii" else "Änne"

    def cell(value: float) -> str:
        text = "" if np.isnan(value) else repr(float(value)).replace(".", decimal)
        return f'"{text}"' if decimal == delimiter and text else text

    rows = zip(T_MS, X_PX, Y_PX, PUPIL, strict=True)
    lines = [delimiter.join(("participant", "stimulus", "time", "x", "y", "pupil"))]
    lines += [delimiter.join((name, "bild 1.png", *map(cell, row))) for row in rows]
    mark = MARKS.get(encoding, b"") if marked else b""
    return mark + (end.join(lines) + end).encode(encoding)


def assert_as_written(path: Path, way: tuple[str, bool, str, str, str]) -> None:
    path.write_bytes(written(*way))
    (recording,) = finish(read_table(path)).recordings
    name = "Anne" if way[0] == "ascii" else "Änne"
    assert recording.key == (name, "bild 1.png", "1"), way
    for found, expected in (
        (recording.t_ms, T_MS),
        (recording.x_px, X_PX),
        (recording.y_px, Y_PX),
        (recording.pupil, PUPIL),
    ):
        assert found is not None and found.tobytes() == expected.tobytes(), way


def assert_stops_at_another_sign(path: Path, way: tuple[str, bool, str, str, str]) -> None:
    """Write one x with the other decimal sign: its line and column are told."""
    encoding, marked, delimiter, decimal, end = way
    other = "," if decimal == "." else "."
    text = written(encoding, marked, delimiter, decimal, end)
    value = repr(float(X_PX[200]))
    here, there = (value.replace(".", sign) for sign in (decimal, other))
    if delimiter == ",":
        quoted = here if decimal == "." else f'"{here}"'
        here, there = quoted, f'"{there}"'
    here_bytes, end_bytes = here.encode(encoding), end.encode(encoding)
    before = text.count(end_bytes, 0, text.index(here_bytes))
    path.write_bytes(text.replace(here_bytes, there.encode(encoding), 1))
    with pytest.raises(ReadError, match=rf"line {before + 1}.*column 'x'"):
        finish(read_table(path, replace(guess_mapping(path), decimal=decimal)))


def test_288_ways_are_tried() -> None:
    assert len(set(WAYS)) == 288


@pytest.mark.parametrize("way", WAYS[::17], ids=repr)
def test_some_ways_of_writing_samples_give_the_same_arrays(
    tmp_path: Path, way: tuple[str, bool, str, str, str]
) -> None:
    assert_as_written(tmp_path / "t.txt", way)


@pytest.mark.slow
def test_every_way_of_writing_samples_gives_the_same_arrays(tmp_path: Path) -> None:
    for way in WAYS:
        assert_as_written(tmp_path / "t.txt", way)


@pytest.mark.parametrize("way", WAYS[::19], ids=repr)
def test_another_decimal_sign_in_one_cell_stops_with_line_and_column(
    tmp_path: Path, way: tuple[str, bool, str, str, str]
) -> None:
    assert_stops_at_another_sign(tmp_path / "t.txt", way)


@pytest.mark.slow
def test_another_decimal_sign_stops_with_line_and_column_in_every_way_of_writing(
    tmp_path: Path,
) -> None:
    for way in WAYS:
        assert_stops_at_another_sign(tmp_path / "t.txt", way)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_half_a_letter_at_the_end_stops_with_its_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(written(encoding, False, "\t", ".", "\n")[:-1])
    with pytest.raises(ReadError, match=f"line 301: The text is not {encoding}"):
        finish(read_table(path, guess_mapping(path)))


@pytest.mark.parametrize(("encoding", "wrong"), [("utf-8", b"\xff"), ("cp1252", b"\x81")])
def test_a_byte_that_is_no_text_stops_with_its_line(
    tmp_path: Path, encoding: str, wrong: bytes
) -> None:
    path = tmp_path / "t.txt"
    lines = written(encoding, False, "\t", ".", "\n").split(b"\n")
    path.write_bytes(b"\n".join(lines))
    mapping = guess_mapping(path)
    lines[123] = lines[123].replace(b"bild", b"b" + wrong + b"ld")
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ReadError, match=f"line 124: The text is not {encoding}"):
        finish(read_table(path, replace(mapping, encoding=encoding)))
