"""Decimal numbers between places of a buffer, parsed eight characters at a time.

The characters of a number are taken as one integer of 64 bits, the last in the highest byte.
Then three multiplications join digits to pairs, pairs to fours and fours to eights (Lemire,
Muła 2018, "Parsing series of integers with SIMD"). Numbers of up to 16 characters take two
such integers. A whole number of up to 15 digits divided by a power of ten is rounded once, so
it is what `float` makes of the text (Clinger 1990).
"""

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

_MINUS, _PLUS = b"-+"
_POWERS = 10.0 ** np.arange(WIDEST + 1)


def tails(padded: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the 16 bytes before places of a buffer, (..., 2) uint64 for (...) places.

    Before places below 16 they are others.
    """
    windows = np.ndarray((len(padded) - WIDEST + 1,), f"V{WIDEST}", padded.data, strides=(1,))
    found = windows[np.maximum(ends.ravel() - WIDEST, 0)]
    return found.view("<u8").reshape(*ends.shape, 2)


def last(words: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the last `lengths` bytes of words of eight, zeros in place of the others."""
    return words & _KEPT.take(lengths, mode="clip")


def numbers_between(
    padded: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    decimal: str = ".",
    found: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers between places of a buffer, and which are plain decimals.

    padded : (size,) uint8. starts, ends : (n,) int, ends exclusive. found : their `tails`.
    Returns (n,) float64 and (n,) bool. What is no plain decimal (empty, a word, spaces, an
    exponent, more than 16 characters) is False and NaN, and so are numbers within the first
    16 bytes; `float` may still know them.
    """
    if not len(starts) or len(padded) < WIDEST:
        return np.full(len(starts), np.nan), np.zeros(len(starts), np.bool_)
    if found is None:
        found = tails(padded, ends)
    lengths = ends - starts
    numbers, plain = _unsigned(found, lengths, decimal)
    odd = np.flatnonzero(~plain)
    if len(odd):
        first = padded[starts[odd]]
        odd = odd[((first == _MINUS) | (first == _PLUS)) & (lengths[odd] > 0)]
    if len(odd):
        negative = padded[starts[odd]] == _MINUS
        values, plain[odd] = _unsigned(found[odd], lengths[odd] - 1, decimal)
        np.negative(values, out=values, where=negative)
        numbers[odd] = values
    if int(ends.min()) < WIDEST:
        plain &= ends >= WIDEST
    numbers[~plain] = np.nan
    return numbers, plain


def _unsigned(
    found: np.ndarray, lengths: np.ndarray, decimal: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers without a sign, anything where they are none, and which are some."""
    low = last(found[:, 1] ^ _ZEROS, lengths)
    high = last(found[:, 0] ^ _ZEROS, lengths - 8) if int(lengths.max()) > 8 else None
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
    there = bit != 0
    before = bit - there
    behind = ~(before | bit * _FULL)
    places = (np.bitwise_count(behind) >> 3).astype(np.int64)
    places[~there] = -1
    return (words & behind) | ((words & before) << _BYTE), places


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
