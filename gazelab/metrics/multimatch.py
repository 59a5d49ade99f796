"""MultiMatch: two scanpaths as saccade vectors, aligned, and compared in five ways.

Jarodzka, Holmqvist & Nystroem (2010), ETRA, 211-218; Dewhurst et al. (2012), Behavior Research
Methods 44, 1079-1100.
"""

from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.gaze import Scanpath
from gazelab.metrics.pair import Pair

DIMENSIONS = ("shape", "direction", "length", "position", "duration")
_LEAST_FIXATIONS = 3


@dataclass(frozen=True, slots=True)
class Grouping:
    """When saccades are taken as one: the next turns less than `turn_deg`, or it is short.

    A pair is only joined across a fixation shorter than `duration_ms`. amplitude_px : what is
    short.
    """

    turn_deg: float
    duration_ms: float
    amplitude_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Saccades:
    """The k saccades of a scanpath.

    start, vector : (k, 2) px. duration_ms : (k + 1,) of the fixation before each, and the last.
    """

    start: np.ndarray
    vector: np.ndarray
    duration_ms: np.ndarray

    @classmethod
    def of(cls, scanpath: Scanpath) -> "Saccades":
        """Return the steps from each fixation of a scanpath to the next."""
        places = np.column_stack([scanpath.x_px, scanpath.y_px])
        return cls(places[:-1], np.diff(places, axis=0), scanpath.duration_ms)

    def __len__(self) -> int:
        return len(self.start)


def multimatch(pair: Pair, grouping: Grouping | None = None) -> np.ndarray:
    """Return (5,) similarities, 0...1, in the order of `DIMENSIONS`.

    grouping : whether and how scanpaths are made simpler first. All NaN for fewer than three
    fixations; the duration is NaN where there are none. A scanpath that grouping leaves
    with one saccade is compared by it.
    """
    if pair.fewest < _LEAST_FIXATIONS:
        return np.full(len(DIMENSIONS), np.nan)
    a, b = Saccades.of(pair.a), Saccades.of(pair.b)
    if grouping is not None:
        a, b = simplified(a, grouping), simplified(b, grouping)
    i, j = _aligned(a.vector, b.vector)
    u, v = a.vector[i], b.vector[j]
    turn = np.abs(np.arctan2(u[:, 1], u[:, 0]) - np.arctan2(v[:, 1], v[:, 0]))
    durations = a.duration_ms[i], b.duration_ms[j]
    apart = (
        _length(u - v) / (2 * pair.diagonal_px),
        np.minimum(turn, 2 * np.pi - turn) / np.pi,
        np.abs(_length(u) - _length(v)) / pair.diagonal_px,
        _length(a.start[i] - b.start[j]) / pair.diagonal_px,
        np.abs(durations[0] - durations[1]) / np.maximum(*durations),
    )
    return 1 - np.median(apart, axis=1)


def simplified(saccades: Saccades, grouping: Grouping) -> Saccades:
    """Join saccades until nothing changes."""
    while True:
        fewer = _without_short(_without_turns(saccades, grouping), grouping)
        if len(fewer) == len(saccades):
            return fewer
        saccades = fewer


def _without_turns(saccades: Saccades, grouping: Grouping) -> Saccades:
    """Join each saccade with the next where that goes on in nearly the same direction."""
    vectors, brief = saccades.vector, saccades.duration_ms < grouping.duration_ms
    u, v = vectors[:-1], vectors[1:]
    turn_deg = np.degrees(np.abs(np.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(1))))
    joins = (turn_deg < grouping.turn_deg) & brief[1:-1]
    return _joined(saccades, _first_of_pairs(joins))


def _without_short(saccades: Saccades, grouping: Grouping) -> Saccades:
    """Join each short saccade with the next, the last with the one before it.

    Where the one before it is a pair already, its first saccade is forgotten: the published
    toolbox does so, and numbers are compared with those of the toolbox.
    """
    short = _length(saccades.vector) < grouping.amplitude_px
    brief = saccades.duration_ms < grouping.duration_ms
    joins = short & (brief[:-1] | brief[1:])
    pairs = _first_of_pairs(joins[:-1])
    vectors = saccades.vector.copy()
    if joins[-1] and len(pairs) and not pairs[-1]:
        if pairs[-2:-1].any():
            vectors[-3] = 0
        pairs[-1] = True
    return _joined(replace(saccades, vector=vectors), pairs)


def _first_of_pairs(joins: np.ndarray) -> np.ndarray:
    """Return `joins` without those whose first saccade is the second of a pair already."""
    pairs = np.zeros(len(joins), bool)
    for k, join in enumerate(joins):
        pairs[k] = join and not (k and pairs[k - 1])
    return pairs


def _joined(saccades: Saccades, with_next: np.ndarray) -> Saccades:
    """Add to each saccade of which that is said the next one; (k - 1,) bool."""
    keep = np.concatenate([[True], ~with_next])
    vectors = np.add.reduceat(saccades.vector, np.flatnonzero(keep), axis=0)
    durations = saccades.duration_ms[np.concatenate([keep, [True]])]
    return Saccades(saccades.start[keep], vectors, durations)


def _aligned(u: np.ndarray, v: np.ndarray) -> tuple[list[int], list[int]]:
    """Return which saccades stand beside one another on the cheapest way through both.

    Each step goes on in one or in both, and costs the length of the difference of the vectors
    it comes to. Of ways that cost the same, the one that goes on in both.
    """
    difference = u[:, None] - v
    costs = np.hypot(difference[..., 0], difference[..., 1]).tolist()
    for j in range(1, len(v)):
        costs[0][j] += costs[0][j - 1]
    for i in range(1, len(u)):
        above, row = costs[i - 1], costs[i]
        row[0] += above[0]
        for j in range(1, len(v)):
            row[j] += min(above[j - 1], above[j], row[j - 1])
    return _way_back(costs)


def _way_back(costs: list[list[float]]) -> tuple[list[int], list[int]]:
    i, j = len(costs) - 1, len(costs[0]) - 1
    way = [(i, j)]
    while i or j:
        before = [(p, q) for p, q in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if p >= 0 <= q]
        i, j = min(before, key=lambda at: costs[at[0]][at[1]])
        way.append((i, j))
    of_a, of_b = zip(*reversed(way), strict=True)
    return list(of_a), list(of_b)


def _length(vectors: np.ndarray) -> np.ndarray:
    lengths: np.ndarray = np.hypot(vectors[:, 0], vectors[:, 1])
    return lengths
