"""The texts in a column of a table, most of which come again and again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.io.spans import Spans, eights, last

_MOST_PIECES = 32
_FEW_RUNS = 200
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: products with it spread well over 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Texts of a column: `words[codes[k]]` is that of row k.

    codes : (n,) int32. words : distinct, in order of first appearance; "" for a missing one.
    """

    codes: np.ndarray
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def is_word(self, word: str) -> np.ndarray:
        """Return (n,) bool: the rows with this text."""
        if word not in self.words:
            return np.zeros(len(self), np.bool_)
        return self.codes == self.words.index(word)

    def texts(self) -> list[str]:
        """Return the text of each row."""
        return [self.words[code] for code in self.codes.tolist()]


class Words:
    """The distinct texts of one column, as they are found.

    missing : texts that mean nothing, in lower case.
    """

    def __init__(self, encoding: str, missing: Collection[str] = ()) -> None:
        self._encoding = encoding
        self._missing = frozenset(missing)
        self._codes: dict[str, int] = {}
        self._by_bytes: dict[bytes, int] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """The distinct texts so far."""
        return tuple(self._codes)

    def code(self, cell: str) -> int:
        """Return the code of a text; spaces around it count for nothing."""
        word = cell.strip()
        if word.casefold() in self._missing:
            word = ""
        return self._codes.setdefault(word, len(self._codes))

    def codes_at(self, padded: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return the codes of the texts between places of a buffer, as (n,) int32.

        padded : (size,) uint8, at least 8 longer than the last end.
        """
        return codes_of([self], Spans.of(padded, starts[None], ends[None]))[0]

    def codes_of_runs(
        self, data: memoryview, starts: np.ndarray, ends: np.ndarray, pieces: list[np.ndarray]
    ) -> np.ndarray:
        """Return the codes of texts, (n,) int32, of which each distinct one is looked up once.

        pieces : the texts, 8 bytes in each, zeros behind their ends.
        """
        if len(starts) < _FEW_RUNS:
            return self.one_by_one(data, starts, ends)
        mixed = (ends - starts).astype(np.uint64)
        for piece in pieces:
            mixed = (mixed ^ piece) * _ODD
            mixed ^= mixed >> np.uint64(29)
        _, firsts, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        same = ends - starts == (ends - starts)[firsts][inverse]
        for piece in pieces:
            same &= piece == piece[firsts][inverse]
        if not same.all():  # two texts with one sum, which chance hardly ever does
            return self.one_by_one(data, starts, ends)
        order = np.argsort(firsts)
        codes = np.empty(len(firsts), np.int32)
        codes[order] = self.one_by_one(data, starts[firsts[order]], ends[firsts[order]])
        return codes[inverse]

    def one_by_one(self, data: memoryview, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return the codes of texts, (n,) int32, each looked up."""
        known, codes = self._by_bytes, []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            cell = bytes(data[start:end])
            code = known.get(cell)
            if code is None:
                code = known[cell] = self.code(cell.decode(self._encoding))
            codes.append(code)
        return np.array(codes, np.int32)


def codes_of(columns: Sequence[Words], spans: Spans) -> list[np.ndarray]:
    """Return the codes of the texts of columns, (n,) int32 each.

    The buffer is at least 8 longer than the last end. Equal texts one after another are looked
    up once, so a column that hardly changes costs hardly anything.
    """
    if not spans.starts.size:
        return [np.zeros(spans.starts.shape[1], np.int32) for _ in columns]
    return [_coded(words, spans, k) for k, words in enumerate(columns)]


def _coded(words: Words, spans: Spans, column: int) -> np.ndarray:
    """Return the codes of the texts of one column, each run of equal texts looked up once."""
    padded, starts, ends = spans.padded, spans.starts[column], spans.ends[column]
    lengths = ends - starts
    widest = int(lengths.max())
    if widest > 8 * _MOST_PIECES:
        return words.one_by_one(padded.data, starts, ends)
    pieces, new = [spans.lasts[column]], spans.new[column].copy()
    for behind in range(8, widest, 8):
        piece = last(eights(padded, ends - behind), lengths - behind)
        new[1:] |= piece[1:] != piece[:-1]
        pieces.append(piece)
    runs = np.flatnonzero(new)
    found = [piece[runs] for piece in pieces]
    codes = words.codes_of_runs(padded.data, starts[runs], ends[runs], found)
    return np.repeat(codes, np.diff(runs, append=len(new)))
