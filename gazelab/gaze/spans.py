"""Stretches of samples as pairs of indices, and sums and extremes over them."""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Stretches of samples in order, without overlap.

    start, stop : (n,) int; samples start, ..., stop - 1 belong to the stretch.
    """

    start: Vector
    stop: Vector

    def __len__(self) -> int:
        return len(self.start)

    @property
    def lengths(self) -> Vector:
        """(n,) int: samples in each stretch."""
        return self.stop - self.start

    def where(self, keep: Vector) -> "Spans":
        """Return the stretches at which `keep`, (n,) bool, holds, or those with these indices."""
        return Spans(self.start[keep], self.stop[keep])

    def mask(self, n: int) -> Vector:
        """Return (n,) bool: the samples that lie in a stretch."""
        edges = np.zeros(n + 1, np.int8)
        edges[self.start] += 1
        # the stop of one stretch may be the start of the next: there the two cancel out
        edges[self.stop] -= 1
        return np.cumsum(edges[:-1], dtype=np.int8).view(bool)


NOTHING = Spans(np.empty(0, np.intp), np.empty(0, np.intp))


def runs(mask: Vector, breaks: Vector | None = None) -> Spans:
    """Return the longest stretches on which `mask`, (n,) bool, holds.

    breaks : ascending indices of samples that do not continue what was before them.
    """
    if not len(mask):
        return NOTHING
    edges = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    edges = np.concatenate([[0] if mask[0] else [], edges, [len(mask)] if mask[-1] else []])
    edges = edges.astype(np.intp)
    start, stop = edges[::2], edges[1::2]
    if breaks is not None and len(breaks):
        inside = breaks[(breaks > 0) & (breaks < len(mask))]
        inside = inside[mask[inside] & mask[inside - 1]]
        start, stop = np.union1d(start, inside), np.union1d(stop, inside)
    return Spans(start, stop)


def reduced(operation: np.ufunc, values: Vector, spans: Spans) -> Vector:
    """Reduce (samples,) values over each stretch; `operation` such as `np.add`. (n,).

    Stretches must not be empty.
    """
    if not len(spans):
        return np.empty(0)
    # every second stretch is what lies between two of ours; an empty one gives a value unused
    edges = np.stack([spans.start, spans.stop], axis=1).ravel()
    return operation.reduceat(values[: edges[-1]], edges[:-1])[::2]
