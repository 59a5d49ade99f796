"""Numbers parsed many at a time: the same to the last bit as `float` gives, or left to it."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.io.digits import decimals, decimals_in

PLAIN = re.compile(r" *[+-]?(\d+\.?\d*|\.\d+) *", re.ASCII)
NUMBERS = st.one_of(
    st.from_regex(r"[+-]?[0-9]{0,9}\.?[0-9]{0,6}", fullmatch=True),
    st.integers(-(10**15) + 1, 10**15 - 1).map(str),
    st.floats(-1e6, 1e6).map(lambda value: f"{value:.1f}"),
    st.floats(-10, 10).map(lambda value: f"{value:.9f}"),
)
TEXTS = st.one_of(NUMBERS, st.text("0123456789+-. eENan\t,", max_size=24))
ROWS = st.lists(st.tuples(TEXTS, st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


def as_rows(texts: list[str]) -> np.ndarray:
    width = max(map(len, texts))
    data = "".join(text.ljust(width) for text in texts).encode()
    return np.frombuffer(data, np.uint8).reshape(len(texts), width)


def assert_like_float(texts: list[str], values: np.ndarray, plain: np.ndarray) -> None:
    """Plain decimals of up to 15 digits must be taken, and nothing else may be."""
    for text, value, taken in zip(texts, values.tolist(), plain.tolist(), strict=True):
        digits = re.sub(r"\D", "", text).lstrip("0")
        places = len(text.strip().partition(".")[2])
        is_plain = bool(PLAIN.fullmatch(text)) and len(digits) <= 15 and places <= 22
        assert taken is is_plain, text
        if taken:
            assert (value, math.copysign(1, value)) == (
                float(text),
                math.copysign(1, float(text)),
            ), text
        else:
            assert math.isnan(value), text


@given(ROWS)
def test_rows_are_parsed_as_float_does(rows: list[tuple[str, int, int]]) -> None:
    texts = [" " * before + text + " " * after for text, before, after in rows]
    assert_like_float(texts, *decimals(as_rows(texts)))


@given(st.lists(st.floats(-1e5, 1e5).map(lambda value: f"{value:9.3f}"), min_size=2))
def test_columns_may_be_contiguous_and_the_sign_a_comma(texts: list[str]) -> None:
    rows = as_rows([text.replace(".", ",") for text in texts])
    values, plain = decimals(np.ascontiguousarray(rows.T).T, b",")
    assert plain.all()
    assert values.tolist() == [float(text) for text in texts]


def test_spaces_within_a_wide_number_are_seen() -> None:
    texts = ["  123   12345", "  12300012345", "        12345", "     1  12345"]
    for order in (texts, texts[::-1]):
        _values, plain = decimals_in(as_rows(order), 0, 13)
        assert plain.tolist() == [False, True, True, False]


@pytest.mark.parametrize("text", ["", " ", ".", "-", "-.", "1 2", "- 1", "--1", "1-", "1e3", "nan"])
def test_what_is_no_plain_decimal_is_left_out(text: str) -> None:
    values, plain = decimals(as_rows([text, "12.5", "-7"]))
    assert plain.tolist() == [False, True, True]
    assert np.isnan(values[0])
    assert values[1:].tolist() == [12.5, -7.0]


def test_nothing_and_very_wide_texts() -> None:
    assert [len(part) for part in decimals(np.zeros((0, 5), np.uint8))] == [0, 0]
    assert [len(part) for part in decimals(np.zeros((2, 0), np.uint8))] == [2, 2]
    assert not decimals(as_rows(["1".rjust(100)]))[1].any()
    assert decimals(as_rows(["12".rjust(40), "0" * 39 + "7"]))[0].tolist() == [12.0, 7.0]


@given(st.lists(TEXTS, min_size=1, max_size=30), st.integers(1, 20), st.integers(0, 12))
def test_columns_of_rows_are_parsed_as_float_does(
    texts: list[str], width: int, before: int
) -> None:
    texts = [text[-width:].rjust(width) for text in texts]
    rows = as_rows(["7" * before + text + "3.5 and more" for text in texts])
    assert_like_float(texts, *decimals_in(rows, before, before + width))


@given(
    st.data(), st.sampled_from(["{:7.1f}", "{:.1f}", "{:.0f}", "{:13.3f}", "{:+.2f}", "{:09.1f}"])
)
def test_numbers_of_one_format_with_damaged_bytes(data: st.DataObject, form: str) -> None:
    numbers = data.draw(st.lists(st.floats(-3000, 99999), min_size=1, max_size=20))
    rows = as_rows([form.format(number).rjust(13) for number in numbers]).copy()
    for _ in range(data.draw(st.integers(0, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        value = data.draw(st.sampled_from(b" .-+09e\t(") | st.integers(0, 127))
        rows[row, data.draw(st.integers(0, 12))] = value
    texts = [row.tobytes().decode() for row in rows]
    assert_like_float(texts, *decimals_in(rows, 0, 13))
    assert_like_float(texts, *decimals(rows))
