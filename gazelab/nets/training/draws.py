"""Everything random in a run, as a function of the seed and the step.

Nothing is drawn one after the other: each picture of each step has a generator of its own.
So batches can be prepared ahead by several processes, divided over several computers, and
drawn anew after a run was stopped, and are the same each time.
"""

import functools
from collections.abc import Sequence

import numpy as np
import torch

from gazelab.nets.training.problems import Batch, Problem

_ORDER, _PICTURE, _NETWORK = range(3)


@functools.lru_cache(maxsize=4)
def order_of(seed: int, epoch: int, number: int) -> np.ndarray:
    """Return the order of `number` pictures in an epoch (0-based)."""
    return np.random.default_rng((seed, _ORDER, epoch)).permutation(number)


def indices_of(seed: int, step: int, number: int, batch: int) -> list[int]:
    """Return the pictures of a step (0-based) when `number` pictures make batches of `batch`.

    What does not fill a batch waits for the next epoch's order.
    """
    epoch, place = divmod(step, steps_per_epoch(number, batch))
    order = order_of(seed, epoch, number)
    return order[place * batch : (place + 1) * batch].tolist()


def steps_per_epoch(number: int, batch: int) -> int:
    """Return how many whole batches `number` pictures make, at least 1."""
    return max(number // batch, 1)


def drawn(problem: Problem, seed: int, step: int, indices: Sequence[int], first: int = 0) -> Batch:
    """Return the batch of a step, or the part of it that starts at place `first`."""
    each = [
        problem.batch([index], np.random.default_rng((seed, _PICTURE, step, first + place)))
        for place, index in enumerate(indices)
    ]
    return tuple(torch.cat(parts) for parts in zip(*each, strict=True))


def network_seed(seed: int, step: int, rank: int = 0) -> int:
    """Return the seed of what the network itself draws in a step, such as dropout."""
    state = np.random.SeedSequence((seed, _NETWORK, step, rank)).generate_state(1, np.uint64)
    return int(state[0]) >> 1
