"""Decimal numbers between places of a buffer, parsed eight characters at a time.

The characters of a number are taken as one integer of 64 bits, the last in the highest byte.
Then three multiplications join digits to pairs, pairs to fours and fours to eights (Lemire,
Muła 2018, "Parsing series of integers with SIMD"). Numbers of up to 16 characters take two
such integers. A whole number of up to 15 digits divided by a power of ten is rounded once, so
it is what `float` makes of the text (Clinger 1990).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

WIDEST = 16
"""Characters of the longest number that is parsed here."""

Words: TypeAlias = np.ndarray
"""(n,) uint64: the values of eight characters each, so that "0" is 0."""


def _every(byte: int) -> np.uint64:
    return np.uint64(int.from_bytes(bytes([byte] * 8), "little"))


_ONES, _TOPS, _ZEROS, _OVER_NINE = _every(1), _every(0x80), _every(0x30), _every(0x76)
_BYTE, _LAST, _FULL = np.uint64(8), np.uint64(56), np.uint64(255)
_KEPT = np.array([((1 << 64) - (1 << 8 * (8 - k))) if k else 0 for k in range(9)], np.uint64)
"""Masks of the last k characters."""

_WORD = 8
_MINUS, _PLUS = b"-+"
_POWERS = 10.0 ** np.arange(WIDEST + 1)
_SOME = 8
"""With fewer than this part of the numbers that are not whole, those are taken apart."""


def eights(padded: np.ndarray, ends: np.ndarray) -> Words:
    """Return the 8 bytes before places of a buffer of 8 or more, (...) uint64.

    Bytes before the buffer are 0.
    """
    windows = np.ndarray((len(padded) - 7,), "V8", padded.data, strides=(1,))
    begins = ends - 8
    near = begins < 0
    if not near.any():
        return windows[begins].view("<u8")
    shifts = (begins[near] * -8).view(np.uint64)
    begins[near] = 0
    found: Words = windows[begins].view("<u8")
    found[near] <<= shifts
    return found


def last(words: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the last `lengths` bytes of words of eight, zeros in place of the others."""
    kept: Words = _KEPT.take(lengths, mode="clip")
    kept &= words
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Texts between places of a buffer, in columns.

    padded : (size,) uint8, 8 or more. starts, ends : (k, n) int, ends exclusive.
    lasts : (k, n) the last eight characters of each text, zeros in place of those it lacks.
    new : (k, n) bool, False where the last eight characters and the length are those of the
        text before in the column.
    """

    padded: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    lasts: Words
    new: np.ndarray

    @classmethod
    def of(cls, padded: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> "Spans":
        """Return the texts between places of a buffer."""
        lengths = ends - starts
        lasts = last(eights(padded, ends), lengths)
        new = np.ones(starts.shape, np.bool_)
        np.not_equal(lasts[:, 1:], lasts[:, :-1], out=new[:, 1:])
        new[:, 1:] |= lengths[:, 1:] != lengths[:, :-1]
        return cls(padded, starts, ends, lasts, new)

    def __getitem__(self, columns: slice) -> "Spans":
        """Return some of the columns."""
        some = (part[columns] for part in (self.starts, self.ends, self.lasts, self.new))
        return Spans(self.padded, *some)


def numbers_between(
    padded: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    decimal: str = ".",
    found: Words | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers between places of a buffer, and which are plain decimals.

    padded : (size,) uint8. starts, ends : (n,) int, ends exclusive. found : (n,), their
    `eights`. It is quickest when all have up to 8 characters, or all more; and when none have a
    decimal sign, or most.
    Returns (n,) float64 and (n,) bool. What is no plain decimal (empty, a word, spaces, an
    exponent, more than 16 characters) is False and NaN; `float` may still know it. A buffer of
    fewer than 8 bytes has no number.
    """
    if not len(starts) or len(padded) < _WORD:
        return np.full(len(starts), np.nan), np.zeros(len(starts), np.bool_)
    lengths = ends - starts
    low = eights(padded, ends) if found is None else found
    high = eights(padded, ends - _WORD) if int(lengths.max()) > _WORD else None
    numbers, plain = _unsigned(low, high, lengths, decimal)
    odd = ~plain
    odd &= lengths > 0
    signed = np.flatnonzero(odd)
    if len(signed):
        first = padded[starts[signed]]
        signed = signed[(first == _MINUS) | (first == _PLUS)]
    if len(signed):
        negative = padded[starts[signed]] == _MINUS
        words = low[signed], None if high is None else high[signed]
        values, plain[signed] = _unsigned(*words, lengths[signed] - 1, decimal)
        np.negative(values, out=values, where=negative)
        numbers[signed] = values
    np.copyto(numbers, np.nan, where=~plain)
    return numbers, plain


def _unsigned(
    low: Words, high: Words | None, lengths: np.ndarray, decimal: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers without a sign, anything where they are none, and which are some.

    low, high : the last eight characters, and the eight before; None where none are as long.
    """
    low = last(low ^ _ZEROS, lengths)
    if high is not None:
        high = last(high ^ _ZEROS, lengths - _WORD)
        return _with_point(low, high, lengths, decimal)
    plain = _are_digits(low)
    plain &= lengths > 0
    others = np.flatnonzero((lengths > 0) > plain)
    if _SOME * len(others) > len(low):
        return _with_point(low, None, lengths, decimal)
    numbers = _joined(low).astype(np.float64)
    if len(others):
        some = _with_point(low[others], None, lengths[others], decimal)
        numbers[others], plain[others] = some
    return numbers, plain


def _with_point(
    low: Words, high: Words | None, lengths: np.ndarray, decimal: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers that may have a decimal sign, as `_unsigned`."""
    low, high, places = _without_point(low, high, ord(decimal) ^ 0x30)
    plain = _are_digits(low)
    plain &= (lengths > 0) if places is None else (lengths > (places >= 0))
    values = _joined(low)
    if high is not None:
        plain &= _are_digits(high) & (lengths <= WIDEST)
        values += _joined(high) * np.uint64(10**8)
    numbers = values.astype(np.float64)
    if places is not None:
        numbers /= _POWERS.take(places, mode="clip")
    return numbers, plain


def _without_point(
    low: Words, high: Words | None, sign: int
) -> tuple[Words, Words | None, np.ndarray | None]:
    """Return characters without the decimal sign, and how many places are behind it.

    The places are (n,) int, -1 without a sign; None when there is no sign at all.
    """
    low_bit = _found(low, sign)
    high_bit = None if high is None else _found(high, sign)
    in_low = low_bit.any()
    places: np.ndarray | None = None
    if high is not None and high_bit is not None:
        high_bit[low_bit > 0] = 0
        if high_bit.any():
            high, high_places = _closed(high, high_bit)
            places = np.where(high_places >= 0, high_places + 8, -1)
        if in_low:
            carried = np.where(low_bit > 0, high >> _LAST, np.uint64(0))
            high = np.where(low_bit > 0, high << _BYTE, high)
    if in_low:
        low, low_places = _closed(low, low_bit)
        places = low_places if places is None else np.maximum(places, low_places)
        if high is not None:
            low |= carried
    return low, high, places


def _closed(words: Words, bit: Words) -> tuple[Words, np.ndarray]:
    """Return words without one byte, those before it moved up, and how many are behind it.

    bit : the lowest bit of that byte; 0 where there is none, and the places are -1.
    """
    lost = bit == 0
    before = bit - ~lost
    behind = bit * _FULL
    behind |= before
    np.invert(behind, out=behind)
    places = (np.bitwise_count(behind) >> 3).astype(np.int64)
    np.copyto(places, -1, where=lost)
    before &= words
    before <<= _BYTE
    behind &= words
    behind |= before
    return behind, places


def _found(words: Words, byte: int) -> Words:
    """Return the lowest bit of the first byte that equals `byte`, 0 where none does."""
    other = words ^ _every(byte)
    zero = other - _ONES
    zero &= ~other
    zero &= _TOPS
    zero &= np.negative(zero)
    zero >>= np.uint64(7)
    return zero


def _are_digits(words: Words) -> np.ndarray:
    """Return (n,) bool: all eight characters are digits."""
    over = words + _OVER_NINE
    over |= words
    over &= _TOPS
    return over == 0


def _joined(words: Words) -> Words:
    """Return the numbers that eight digits make."""
    values = words * np.uint64(2561)
    values >>= _BYTE
    values &= np.uint64(0x00FF00FF00FF00FF)
    values *= np.uint64(6553601)
    values >>= np.uint64(16)
    values &= np.uint64(0x0000FFFF0000FFFF)
    values *= np.uint64(42949672960001)
    values >>= np.uint64(32)
    return values
