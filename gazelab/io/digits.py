"""Decimal numbers written as text, many at a time, equal to what `float` makes of them.

Texts of the same shape (the decimal sign and the end in the same columns) are parsed
together: pairs of digits become numbers below 100, pairs of these numbers below 10,000, and
so on; eight digits at once where they can be had as one 64-bit word (Lemire 2022, "Quickly
parsing eight digits"), else column by column. A whole number of up to 15 digits divided by
a power of ten of up to 22 is rounded once, so the quotient is the nearest float64 (Clinger
1990, "How to read floating point numbers accurately").
"""

import numpy as np

_MOST = 10**15
_MOST_PLACES = 22
"""Powers of ten up to this one are float64 numbers without rounding."""

_COLUMNS = 16
_WIDEST = 64
_JOINS = ((np.uint8, 10), (np.uint16, 100), (np.uint32, 10_000), (np.uint64, 10**8))
_SPACE, _PLUS, _MINUS, _ZERO = b" +-0"
_WORD = 8
_ALL = (1 << 64) - 1
_ONES = 0x0101010101010101
_PAIRS = (
    (10 << 8 | 1, 8, 0x00FF00FF00FF00FF),
    (100 << 16 | 1, 16, 0x0000FFFF0000FFFF),
    (10_000 << 32 | 1, 32, 0x00000000FFFFFFFF),
)
"""Factor, shift and mask that join two neighbours into one number."""


def decimals(text: np.ndarray, decimal: bytes = b".") -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in texts padded with spaces, and which texts are plain decimals.

    text : (n, width) uint8, one text a row; fastest when `text.T` is contiguous.
    Returns (n,) float64 and (n,) bool. A text that is no plain decimal (empty, a word, an
    exponent, more than 15 digits) is False and NaN; `float` may still know it.
    """
    values = np.full(len(text), np.nan)
    plain = np.zeros(len(text), np.bool_)
    if not text.size or text.shape[1] > _WIDEST:
        return values, plain
    columns = np.ascontiguousarray(text.T)
    rows = np.arange(0)
    while len(columns.T):
        point, end = _shape(columns[:, 0].tobytes(), decimal)
        fits = _of_shape(columns, point, end, decimal[0])
        if not len(rows):
            if fits.all():
                return _parsed(columns, point, end)
            rows = np.arange(len(text))
        values[rows[fits]], plain[rows[fits]] = _parsed(columns[:, fits], point, end)
        rows, columns = rows[~fits], columns[:, ~fits]
    return values, plain


def decimals_in(
    rows: np.ndarray, start: int, stop: int, decimal: bytes = b"."
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in columns of rows, and which are plain decimals, as `decimals`.

    rows : (n, at least 8) uint8, contiguous. start, stop : first column, and the one behind
        the last. Fastest for up to 16 columns with the last digit in the last of them.
    """
    values = np.full(len(rows), np.nan)
    plain = decimals_like(rows, start, stop, 0, values, decimal)
    if not plain.all():
        odd = np.flatnonzero(~plain)
        values[odd], plain[odd] = decimals(rows[odd, start:stop], decimal)
    return values, plain


def decimals_like(
    rows: np.ndarray,
    start: int,
    stop: int,
    model: int,
    values: np.ndarray,
    decimal: bytes = b".",
) -> np.ndarray:
    """Put numbers in columns of rows that are written like the one in the row `model` in values.

    That is: without a sign before them, and with as many places. Else as `decimals_in`.
    Returns (n,) bool: which are so; the other values have no meaning.
    """
    width = stop - start
    text = rows[model : model + 1, start:stop].tobytes()
    point, end = _shape(text, decimal)
    places = max(width - point - 1, 0)
    blanks = point if places else point - 1  # columns that may be spaces
    if not 0 < width <= 2 * _WORD or end < width or width == point + 1 == 1:
        return np.zeros(len(rows), np.bool_)
    split = max(width - _WORD, 0)
    begun = text[:split].strip() != b""
    within = 0 if begun else blanks - split
    number, wrong = _whole(_word_at(rows, stop), width - split, point - split, within, decimal)
    if begun:
        first, more = _whole(_word_at(rows, start + split), split, point, blanks, decimal)
        number += first * np.uint64(10 ** (_WORD - (split <= point < width)))
        wrong |= more
    elif split:
        wrong |= (rows[:, start : start + split] != _SPACE).any(axis=1)
    plain = wrong == 0
    if width >= _COLUMNS:
        plain &= number < _MOST
    np.copyto(values, number.view(np.int64))
    if places:
        values /= 10.0**places
    return plain


def gathered(buffer: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    """Return (n, size) uint8: so many bytes of a contiguous buffer from each start.

    Raises IndexError when there are not so many.
    """
    if size > len(buffer):
        if len(starts):
            raise IndexError("The buffer is too short.")
        return np.zeros((0, size), np.uint8)
    windows = np.ndarray((len(buffer) - size + 1,), f"V{size}", buffer, strides=(1,))
    return windows[starts].view(np.uint8).reshape(len(starts), size)


def _word_at(rows: np.ndarray, stop: int) -> np.ndarray:
    """Return the eight columns before `stop` as (n,) uint64, the last the most significant."""
    start = max(stop - _WORD, 0)
    words = np.ndarray((len(rows),), "<u8", rows, start, (rows.shape[1],)).astype(np.uint64)
    if stop < _WORD:
        words <<= np.uint64(8 * (_WORD - stop))
    return words


def _whole(
    words: np.ndarray, width: int, point: int, blanks: int, decimal: bytes
) -> tuple[np.ndarray, np.ndarray]:
    """Return the whole numbers in the last `width` bytes of words, without the decimal sign.

    point : the byte of the decimal sign, from the first; beyond them for none.
    blanks : the first bytes that may be spaces. Words are overwritten.
    Returns (n,) uint64 each: the numbers, and what is not 0 where a word is otherwise.
    """
    low = 8 * (_WORD - width)
    field = _ALL << low & _ALL
    at = low + 8 * point
    of_point = 0xFF << at if 0 <= point < width else 0
    sign = decimal[0] << at if of_point else 0
    words &= np.uint64(field)
    words ^= np.uint64(0x30 * _ONES & field & ~of_point | sign)  # digits are 0 to 9 now
    wrong: np.ndarray | None = None
    if blanks > 0:
        allowed = (1 << low + 8 * min(blanks, width)) - (1 << low)
        blank = words & np.uint64(0x10 * _ONES & allowed)
        words ^= blank
        blank *= np.uint64(0xFF)
        blank >>= np.uint64(4)  # all bits of these bytes
        wrong = words & blank  # a space leaves no bit
        run = blank + np.uint64(1 << low)
        run &= blank  # spaces come before digits
        wrong |= run
    other = words + np.uint64(0x06 * _ONES & field & ~of_point)
    other |= words
    other &= np.uint64(0xF0 * _ONES & field | of_point)
    if wrong is not None:
        other |= wrong
    wrong = other
    if of_point:
        before = words & np.uint64((1 << at) - 1)
        words ^= before
        before <<= np.uint64(8)
        words |= before
    for factor, shift, mask in _PAIRS:
        words *= np.uint64(factor)
        words >>= np.uint64(shift)
        words &= np.uint64(mask)
    return words, wrong


def _shape(text: bytes, decimal: bytes) -> tuple[int, int]:
    """Return where the decimal sign of a text is, its end when there is none, and its end."""
    end = len(text.rstrip(b" "))
    point = text.find(decimal, 0, end)
    return (point if point >= 0 else end), end


def _of_shape(columns: np.ndarray, point: int, end: int, sign: int) -> np.ndarray:
    """Return (n,) bool: the texts with the decimal sign and the end in these columns."""
    fits = (columns[end:] == _SPACE).all(axis=0)
    if end > 0:
        fits &= columns[end - 1] != _SPACE
    if point < end:
        fits &= columns[point] == sign
    else:
        fits &= (columns[:end] != sign).all(axis=0)
    return fits


def _parsed(columns: np.ndarray, point: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in columns of one shape, and which texts are plain decimals."""
    places = max(end - point - 1, 0)
    whole = columns[:point]
    digits = np.empty((point + places, columns.shape[1]), np.uint8)
    np.subtract(whole, _ZERO, out=digits[:point])
    np.subtract(columns[point + 1 : end], _ZERO, out=digits[point:])
    plain = np.full(columns.shape[1], len(digits) > 0 and places <= _MOST_PLACES)
    negative = np.zeros(0, np.bool_)
    wrong = digits > 9
    for k in np.flatnonzero(wrong.any(axis=1)).tolist():
        digits[k][wrong[k]] = 0
        if k >= point or k == len(digits) - 1:
            plain &= ~wrong[k]
            continue
        before = (whole[k] == _SPACE) | (whole[k] == _PLUS) | (whole[k] == _MINUS)
        plain &= ~wrong[k] | (before & (whole[k - 1] == _SPACE if k else True))
        minus = whole[k] == _MINUS
        negative = minus | negative if len(negative) else minus
    if not plain.any():
        return np.full(len(plain), np.nan), plain
    if len(digits) > _COLUMNS:
        plain &= ~digits[:-_COLUMNS].any(axis=0)
    number = _joined(digits[-_COLUMNS:])
    if len(digits) >= _COLUMNS:
        plain &= number < _MOST
    values = number.astype(np.float64)
    if places:
        values /= 10.0 ** min(places, _MOST_PLACES)
    if len(negative):
        np.negative(values, out=values, where=negative)
    values[~plain] = np.nan
    return values, plain


def _joined(digits: np.ndarray) -> np.ndarray:
    """Return the whole numbers of columns of digits, (columns, n) uint8, most significant first."""
    for dtype, factor in _JOINS:
        if len(digits) == 1:
            break
        odd = len(digits) % 2
        joined = np.empty(((len(digits) + 1) // 2, digits.shape[1]), dtype)
        joined[:odd] = digits[:odd]
        np.multiply(digits[odd::2], dtype(factor), out=joined[odd:], dtype=dtype)
        joined[odd:] += digits[odd + 1 :: 2]
        digits = joined
    return digits[0]
