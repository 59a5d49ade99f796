"""Numbers between places of a buffer: what `float` makes of them, or not plain."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gazelab.io.spans import WIDEST, numbers_between

_PLAIN = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)", re.ASCII)


def laid_out(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return texts in a buffer with spare bytes around, and where they begin and end."""
    lengths = np.array([len(text) for text in texts])
    ends = np.cumsum(lengths + 1) - 1 + WIDEST
    data = b"\t" * WIDEST + "\t".join(texts).encode() + b"\t" * 8
    return np.frombuffer(data, np.uint8), ends - lengths, ends


def assert_as_float(texts: list[str], decimal: str = ".") -> None:
    values, plain = numbers_between(*laid_out(texts), decimal)
    for text, value, is_plain in zip(texts, values.tolist(), plain.tolist(), strict=True):
        match = _PLAIN.fullmatch(text.replace(decimal, "."))
        assert is_plain == (match is not None and len(match[2]) <= WIDEST), text
        if is_plain:
            expected = float(text.replace(decimal, "."))
            assert value == expected and np.signbit(value) == np.signbit(expected), text
        else:
            assert np.isnan(value), text


@given(st.lists(st.text("0123456789.-+", max_size=18), min_size=1, max_size=30))
def test_digits_signs_and_points_in_any_order(texts: list[str]) -> None:
    assert_as_float(texts)


@given(st.lists(st.text("0123456789./:,;<=> eE-\x00\x7f", max_size=18), min_size=1, max_size=30))
def test_other_characters_are_never_digits(texts: list[str]) -> None:
    assert_as_float(texts)


NUMBERS = st.one_of(
    st.decimals(-(10**6), 10**6, places=7).map(str),
    st.integers(-(10**15), 10**15).map(str),
    st.floats(-1e4, 1e4).map(repr),
).filter(lambda text: "E" not in text)


@given(st.lists(NUMBERS, min_size=1, max_size=50), st.sampled_from(".,"))
def test_numbers_are_those_of_float_to_the_last_bit(texts: list[str], decimal: str) -> None:
    assert_as_float([text.replace(".", decimal) for text in texts], decimal)


def test_nothing_at_all() -> None:
    nothing = np.zeros(0, np.int64)
    assert [len(part) for part in numbers_between(np.zeros(99, np.uint8), nothing, nothing)] == [
        0,
        0,
    ]


@given(st.lists(st.integers(-(10**9), 10**9).map(str), min_size=3, max_size=20))
def test_a_buffer_may_begin_with_a_number(texts: list[str]) -> None:
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    buffer = np.frombuffer("\t".join(texts).encode() + b"\t" * WIDEST, np.uint8)
    values, plain = numbers_between(buffer, starts[:-1], starts[1:] - 1)
    assert plain.all() and values.tolist() == [float(text) for text in texts]
