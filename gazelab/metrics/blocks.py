"""Passes over whole maps, block by block.

A map in float64 does not fit the cache of a processor core, so each of several steps over it
would wait for memory. A block does: it is fetched once, and all steps are done there.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gazelab.data.image import opencv
from gazelab.metrics.buffers import Buffers

EPSILON = float(np.finfo(np.float64).eps)
"""2.22e-16: what the published code adds before a logarithm."""
_BLOCK = 1 << 15  # two arrays of float64 take half of a cache of 1 MB


class Shares(NamedTuple):
    """A density that is not computed yet: (flat - lowest) / total, with flat (pixels,)."""

    flat: np.ndarray
    lowest: float
    total: float


class Sums(NamedTuple):
    """What two densities p and q have in common: sums over all pixels.

    product : of p q. apart : of |p - q|. divergence : of q log(e + q / (p + e)) in nats, with
    e = EPSILON.
    """

    product: float
    apart: float
    divergence: float


def blocks(size: int) -> Iterator[slice]:
    """Yield the blocks of an array of this size, in order."""
    for start in range(0, size, _BLOCK):
        yield slice(start, min(start + _BLOCK, size))


def common_sums(map_: Shares, human: Shares, buffers: Buffers) -> Sums:
    """Return what the map as p and the human density as q, with a `lowest` of 0, share."""
    cv2 = opencv()
    memory = buffers.get("block of p", _BLOCK), buffers.get("block of q", _BLOCK)
    # q is left at the scale of the human density, which saves a step, and p brought to it
    mass, scale, tiny = human.total, human.total / map_.total, EPSILON * human.total
    product = apart = divergence = 0.0
    for block in blocks(map_.flat.size):
        p, q = (each[: block.stop - block.start] for each in memory)
        np.copyto(q, human.flat[block])
        np.copyto(p, map_.flat[block])
        if map_.lowest:
            p -= map_.lowest
        p *= scale
        product += float(p @ q)
        apart += cv2.norm(p[None], q[None], cv2.NORM_L1)
        p += tiny
        np.divide(q, p, out=p)
        p += EPSILON
        divergence += float(q @ cv2.log(p[None], p[None])[0])
    return Sums(product / mass / mass, apart / mass, divergence / mass)
