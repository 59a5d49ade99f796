"""The samples of an EyeLink ASC file: time, and x, y and pupil of one eye or of both.

Lines of the same length have, nearly always, their tabs in the same columns. Such lines are
parsed together, and the few others one by one.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.io.digits import decimals_in, decimals_like, gathered
from gazelab.io.eyelink_lines import number

FARTHEST_PX = 32_000.0
"""The tracker writes -32768 or 1e8 for a position it does not have."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FLAGS_OF_BOTH = re.compile(rb"\s[.A-Z]{5}\s*$")
_PER_EYE = 3
_SHORTEST_LINE = 16
_MOST_LAYOUTS, _FEW, _LEAST = 8, 8, 8
_TAB, _SPACE, _DOT = b"\t ."


@dataclass(frozen=True, slots=True)
class Samples:
    """All samples of a file, in its order.

    time_ms : (n,) of the tracker's clock; NaN where the line is damaged.
    eyes : x, y and pupil, (n,) each, of the first eye of a line, then of the second, if any
        line has two. NaN = lost.
    """

    time_ms: Vector
    eyes: tuple[tuple[Vector, Vector, Vector], ...] = ()

    def __len__(self) -> int:
        return len(self.time_ms)


class SampleLines:
    """Parses lines of samples, chunk after chunk, into columns that grow."""

    def __init__(self, file_bytes: int) -> None:
        self._bytes = file_bytes
        self._columns: list[Vector] = []
        self._size = 0
        self._tailed: bool | None = None
        """Whether something follows what is read: else a line may have been cut in a number."""

    def add(self, data: np.ndarray, starts: Vector, ends: Vector, eyes: int) -> None:
        """Parse lines, each of so many eyes."""
        if not len(starts):
            return
        count = 1 + _PER_EYE * eyes
        if self._tailed is None:
            self._tailed = data[starts[0] : ends[0]].tobytes().count(b"\t") >= count
        self._make_room(count, len(starts), int(ends[0] - starts[0]))
        here = slice(self._size, self._size + len(starts))
        self._size = here.stop
        columns = [column[here] for column in self._columns]
        _parse(data, starts, ends, self._tailed, columns[:count])
        for column in columns[count:]:
            column[:] = np.nan
        for place, column in enumerate(columns[1:count]):
            is_pupil = place % _PER_EYE == 2
            lost = column == 0 if is_pupil else np.abs(column) >= FARTHEST_PX
            if lost.any():
                column[lost] = np.nan

    def finished(self) -> Samples:
        """Return all samples."""
        columns = [column[: self._size] for column in self._columns] or [np.zeros(0)]
        groups = (columns[place : place + _PER_EYE] for place in range(1, len(columns), _PER_EYE))
        return Samples(columns[0], tuple((x, y, pupil) for x, y, pupil in groups))

    def _make_room(self, count: int, more: int, line_bytes: int) -> None:
        """Make columns long enough for so many lines more, at best for all of the file.

        Memory that is not written to is not taken.
        """
        if self._columns:
            capacity = len(self._columns[0])
        else:
            capacity = self._bytes // max(line_bytes, _SHORTEST_LINE)
        needed = self._size + more
        capacity = capacity if capacity >= needed else max(needed, 2 * capacity)
        for place, column in enumerate(self._columns):
            if len(column) < capacity:
                longer = np.empty(capacity)
                longer[: self._size] = column[: self._size]
                self._columns[place] = longer
        while len(self._columns) < count:
            column = np.empty(capacity)
            column[: self._size] = np.nan
            self._columns.append(column)


def eyes_of(line: bytes) -> int:
    """Return of how many eyes a line of a sample is, by the flags at its end."""
    return 2 if _FLAGS_OF_BOTH.search(line) else 1


def forward(time_ms: Vector, rate_hz: float) -> tuple[Vector, np.ndarray]:
    """Return the times of samples of one trial, and (n,) bool: which go forward.

    Above 1000 Hz a tracker's clock may be written in whole ms, the same for several samples:
    they are set apart by the rate. Of times that run back, and of several samples at the
    same time, the fewest possible do not count as forward. NaN does not.
    """
    if not len(time_ms) or ((np.diff(time_ms) > 0).all() and not np.isnan(time_ms[0])):
        return time_ms, np.ones(len(time_ms), np.bool_)
    known = np.flatnonzero(~np.isnan(time_ms))
    times = time_ms[known]
    if rate_hz > 1000:
        times = _set_apart(times, round(rate_hz / 1000))
    keep = np.zeros(len(time_ms), np.bool_)
    keep[known[_longest_rise(times)]] = True
    result = time_ms.copy()
    result[known] = times
    return result, keep


def _set_apart(time_ms: Vector, per_ms: int) -> Vector:
    """Return times in whole ms, `per_ms` samples each, with the parts of a ms.

    A run of fewer is at the end of its ms when the run before is not of the ms before.
    """
    if not len(time_ms) or (time_ms % 1 != 0).any():
        return time_ms
    starts = np.flatnonzero(np.diff(time_ms, prepend=-np.inf))
    sizes = np.diff(starts, append=len(time_ms))
    stamps = time_ms[starts]
    late = np.diff(stamps, prepend=-np.inf) != 1
    late &= np.diff(stamps, append=np.inf) == 1
    shift = np.where(late, np.maximum(per_ms - sizes, 0), 0)
    place = np.arange(len(time_ms)) - np.repeat(starts - shift, sizes)
    return time_ms + np.minimum(place, per_ms - 1) / per_ms


def _longest_rise(values: Vector) -> Vector:
    """Return the places of a longest strictly ascending part of values, in their order.

    Fredman (1975), "On computing the length of longest increasing subsequences".
    """
    if (np.diff(values) > 0).all():
        return np.arange(len(values))
    tails: list[float] = []  # the least last value of a rise of each length
    places: list[int] = []
    before = np.full(len(values), -1)
    for place, value in enumerate(values.tolist()):
        at = bisect_left(tails, value)
        if at == len(tails):
            tails.append(value)
            places.append(place)
        else:
            tails[at], places[at] = value, place
        before[place] = places[at - 1] if at else -1
    rise = [places[-1]] if places else []
    while rise and before[rise[-1]] >= 0:
        rise.append(int(before[rise[-1]]))
    return np.array(rise[::-1], np.int64)


def _parse(
    data: np.ndarray, starts: Vector, ends: Vector, tailed: bool, columns: list[Vector]
) -> None:
    """Put the first numbers of lines into columns; the first is NaN where a line is damaged.

    Most lines are like one of the most common length; the others are grouped by length.
    """
    lengths = ends - starts
    common = int(np.bincount(lengths).argmax())
    left = _alike(data, starts, ends, tailed, columns, int(np.argmax(lengths == common)))
    singly: list[int] = []
    for length in np.flatnonzero(np.bincount(lengths[left])).tolist() if len(left) else ():
        rows = left[lengths[left] == length]
        for _ in range(_MOST_LAYOUTS):
            if len(rows) < _FEW:
                break
            line = data[starts[rows[0]] : ends[rows[0]]].tobytes()
            stops = _stops(line, len(columns), tailed)
            if stops is None:
                singly.append(int(rows[0]))
                rows = rows[1:]
                continue
            rows, odd = _together(data, starts, rows, line, stops, columns)
            singly += odd.tolist()
        singly += rows.tolist()
    for row in singly:
        line = data[starts[row] : ends[row]].tobytes()
        values = _singly(line, len(columns), tailed) or [np.nan] * len(columns)
        for column, value in zip(columns, values, strict=True):
            column[row] = value


def _alike(
    data: np.ndarray, starts: Vector, ends: Vector, tailed: bool, columns: list[Vector], model: int
) -> Vector:
    """Parse all lines like the line `model`; return the places of those that are otherwise."""
    line = data[starts[model] : ends[model]].tobytes()
    stops = _stops(line, len(columns), tailed)
    text = None if stops is None else _texts(data, starts, line, stops)
    if text is None or stops is None:
        return np.arange(len(starts))
    fits = np.ones(len(starts), np.bool_)
    for at in stops:
        if at < len(line):
            fits &= text[:, at] == line[at]
    for column, start, stop in zip(columns, _begins(stops), stops, strict=True):
        fits &= decimals_like(text, start, stop, model, column)
    return np.flatnonzero(~fits)


def _texts(data: np.ndarray, starts: Vector, line: bytes, stops: list[int]) -> np.ndarray | None:
    """Return the first columns of lines; None where the last line has not as many."""
    size = max(min(stops[-1] + 1, len(line)), _LEAST)
    return None if starts.max() > len(data) - size else gathered(data, starts, size)


def _begins(stops: list[int]) -> list[int]:
    return [0, *(at + 1 for at in stops[:-1])]


def _stops(line: bytes, count: int, tailed: bool) -> list[int] | None:
    """Return where the first numbers of a line end, None when they are not between tabs."""
    stops = [at for at, character in enumerate(line) if character == _TAB][:count]
    if len(stops) == count - 1 and not tailed:
        stops.append(len(line.rstrip(b"\r")))
    return stops if len(stops) == count else None


def _together(
    data: np.ndarray,
    starts: Vector,
    rows: Vector,
    line: bytes,
    stops: list[int],
    columns: list[Vector],
) -> tuple[Vector, Vector]:
    """Parse the lines `rows`, of which `line` is the first; put them into `columns`.

    Returns those whose numbers end elsewhere, and those that need a closer look.
    """
    text = _texts(data, starts[rows], line, stops)
    if text is None:
        return rows[:0], rows
    fits = np.ones(len(rows), np.bool_)
    for at in stops:
        if at < len(line):
            fits &= text[:, at] == line[at]
    others, rows, text = rows[~fits], rows[fits], text[fits]
    known = np.ones(len(rows), np.bool_)
    for column, start, stop in zip(columns, _begins(stops), stops, strict=True):
        column[rows], clear = _numbers(text, start, stop)
        known &= clear
    return others, rows[~known]


def _numbers(text: np.ndarray, start: int, stop: int) -> tuple[Vector, np.ndarray]:
    """Return the numbers in columns of texts, NaN for `.`, and which are one of these."""
    values, clear = decimals_in(text, start, stop)
    if not clear.all():
        odd = np.flatnonzero(~clear)
        left = text[odd, start:stop]
        dots = left == _DOT
        clear[odd] = (dots | (left == _SPACE)).all(axis=1) & (dots.sum(axis=1) == 1)
    return values, clear


def _singly(line: bytes, count: int, tailed: bool) -> list[float] | None:
    """Return the first numbers of a line, None when it is damaged."""
    words = line.split(b"\t") if b"\t" in line else line.split()
    if len(words) < count + tailed:
        return None
    texts = [word.decode("ascii", "replace").strip() for word in words[:count]]
    if not all(text == "." or _NUMBER.fullmatch(text) for text in texts):
        return None
    values = [number(text) for text in texts]
    return None if np.isnan(values[0]) else values
