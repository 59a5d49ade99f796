"""The two sides of a comparison: a map that predicts, and what people did.

Every metric is a function `metric(prediction, truth) -> float`. What several metrics need
of one side is computed on first use and kept there, so one prediction can be compared with
several truths, and the other way round, at little cost.
"""

from functools import cached_property

import numpy as np

from gazelab.data.attention import Map
from gazelab.data.image import opencv
from gazelab.metrics.blocks import EPSILON, Shares, Sums, blocks, common_sums
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.ranks import Places, Ranking
from gazelab.metrics.resample import Cells

_LITTLE = 1e-3


class Prediction:
    """A map under test, on the grid on which it is compared.

    Parameters
    ----------
    map_ : (rows, columns), finite; scale and offset as the source gave them.
    buffers : memory to work in. A prediction is valid until the next one is made with the
        same buffers.
    """

    def __init__(self, map_: Map, buffers: Buffers | None = None) -> None:
        if map_.dtype not in (np.float32, np.float64):
            map_ = map_.astype(np.float64)
        self.flat: np.ndarray = np.ascontiguousarray(map_).reshape(-1)
        self.buffers = buffers or Buffers()
        self.ranking = Ranking(self.flat, self.buffers)
        self._placed: tuple[Cells, Places] | None = None
        self._summed: tuple[Truth, Sums] | None = None

    @property
    def lowest(self) -> float:
        """The smallest value."""
        return float(self.ranking.lowest)

    @property
    def highest(self) -> float:
        """The largest value."""
        return float(self.ranking.highest)

    @property
    def varies(self) -> bool:
        """Whether the map has more than one value, and a spread that can be computed."""
        return self.highest > self.lowest and self.variance > 0

    @cached_property
    def _sum(self) -> float:
        return sum_of(self.flat)

    @property
    def _lift(self) -> float:
        """What is subtracted so that no value is negative."""
        return min(self.lowest, 0.0)

    @property
    def total(self) -> float:
        """The sum of the map, lifted to a minimum of 0 if it has negative values."""
        return self._sum - self.flat.size * self._lift

    @cached_property
    def variance(self) -> float:
        """The population variance."""
        return variance_of(self.flat, self._sum)

    @property
    def shares(self) -> Shares:
        """The map as a density, to be computed."""
        return Shares(self.flat, self._lift, self.total)

    @cached_property
    def probability(self) -> np.ndarray:
        """(pixels,) float64: the map divided by its sum, lifted to 0 if it is negative."""
        return computed(self.shares, self.buffers)

    @cached_property
    def log_probability(self) -> np.ndarray:
        """(pixels,) float64: natural logarithm of the probability plus EPSILON."""
        out = self.buffers.get("log probability", self.flat.size)
        return natural_log(np.add(self.probability, EPSILON, out=out), out)

    def z_at(self, cells: Cells) -> np.ndarray:
        """Return the z-scores of the map at these cells, (n,) float64; NaN if it is constant."""
        deviation = np.sqrt(self.variance) if self.varies else np.nan
        values = self.flat[cells].astype(np.float64)
        z: np.ndarray = (values - self._sum / self.flat.size) / deviation
        return z

    def places(self, cells: Cells) -> Places:
        """Return where all pixels lie among the values at these cells; kept for the last ones."""
        if self._placed is None or self._placed[0] is not cells:
            self._placed = cells, self.ranking.places(self.flat[cells])
        return self._placed[1]

    def sum_up(self, truth: "Truth") -> None:
        """Compute all that `overlap` tells of this truth in one pass, which keeps nothing else.

        Quicker if all is wanted. Both sides need a sum above 0.
        """
        self._summed = truth, common_sums(self.shares, truth.shares, self.buffers)

    def overlap(self, truth: "Truth") -> "Sums | Overlap":
        """Return what the map and the human density have in common."""
        if self._summed is not None and self._summed[0] is truth:
            return self._summed[1]
        return Overlap(self, truth)


class Truth:
    """What people did on one stimulus, on the grid on which maps are compared with it.

    Parameters
    ----------
    grid : (rows, columns).
    cells : (n,) flat indices of the fixations; several in one pixel all count.
    density : (rows, columns) blurred fixations, >= 0, at any scale.
    others : (m,) flat indices of the fixations on other stimuli, for shuffled AUC.
    baseline : (rows, columns) >= 0, at any scale: what information gain is measured over.
    buffers : memory to work in, as for `Prediction` but not the same.
    """

    def __init__(
        self,
        grid: tuple[int, int],
        cells: Cells,
        density: Map | None = None,
        others: Cells | None = None,
        baseline: Map | None = None,
        buffers: Buffers | None = None,
    ) -> None:
        self.grid = grid
        self.cells = cells
        self.density = density
        self.others = others
        self.baseline = baseline
        self.buffers = buffers or Buffers()

    @cached_property
    def distinct(self) -> Cells:
        """The fixated cells, each once."""
        return np.unique(self.cells)

    @cached_property
    def mass(self) -> float:
        """The sum of the density; 0 without one."""
        return 0.0 if self.density is None else sum_of(self.density)

    @cached_property
    def varies(self) -> bool:
        """Whether the density has more than one value, and a spread that can be computed."""
        if self.density is None:
            return False
        flat = self.density.reshape(-1)
        # the first block tells, as a rule
        return any((flat[b] != flat[0]).any() for b in blocks(flat.size)) and self.variance > 0

    @property
    def shares(self) -> Shares:
        """The density divided by its sum, to be computed."""
        assert self.density is not None
        return Shares(self.density.reshape(-1), 0.0, self.mass)

    @cached_property
    def probability(self) -> np.ndarray:
        """(pixels,) float64: the density divided by its sum."""
        return computed(self.shares, self.buffers)

    @cached_property
    def variance(self) -> float:
        """The population variance of the density."""
        return variance_of(self.shares.flat, self.mass)

    @cached_property
    def negentropy(self) -> float:
        """Sum of q log q over all pixels, in nats."""
        assert self.density is not None
        q = self.probability
        work = self.buffers.get("work", q.size)
        # adding takes a sixth of the time of `maximum`
        above_0 = q if self.density.min() > 0 else np.add(q, 1e-300, out=work)
        return float(q @ natural_log(above_0, work))

    @cached_property
    def baseline_probability(self) -> np.ndarray:
        """(n,) float64: the baseline divided by its sum, at the fixations."""
        assert self.baseline is not None
        values = self.baseline.reshape(-1)
        at: np.ndarray = values[self.cells].astype(np.float64) / sum_of(values)
        return at


class Overlap:
    """The same as `Sums`, each computed when it is asked for.

    Uses what both sides keep for other comparisons. Both need a sum above 0.
    """

    def __init__(self, prediction: Prediction, truth: Truth) -> None:
        self._prediction = prediction
        self._truth = truth

    @property
    def product(self) -> float:
        """The sum of p q."""
        return float(self._prediction.probability @ self._truth.probability)

    @property
    def apart(self) -> float:
        """The sum of |p - q|."""
        p, q = self._prediction.probability, self._truth.probability
        return float(opencv().norm(p[None], q[None], opencv().NORM_L1))

    @property
    def divergence(self) -> float:
        """The sum of q log(e + q / (p + e)) in nats."""
        # log(e + q/(p+e)) = log q - log(p+e) + log(1 + e(p+e)/q), and the sum of q times the
        # last term lies between 0 and e: leaving it out makes each side's logarithm reusable
        q = self._truth.probability
        return self._truth.negentropy - float(q @ self._prediction.log_probability)


def sum_of(values: np.ndarray) -> float:
    """Return the sum of all values in float64.

    OpenCV takes a third of the time of numpy, which first converts float32. Not its
    `sumElems`, whose last digits depend on where in memory the values lie.
    """
    cv2 = opencv()
    return float(cv2.reduce(values.reshape(1, -1), 1, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[0, 0])


def variance_of(values: np.ndarray, total: float) -> float:
    """Return the population variance of (n,) values with this sum."""
    n, mean = values.size, total / values.size
    squares = float(opencv().norm(values[None], opencv().NORM_L2SQR)) / n
    if squares - mean * mean > _LITTLE * squares:
        return squares - mean * mean
    centred = values - np.float64(mean)  # the difference has lost digits: centre first
    return float(centred @ centred) / n


def covariance(prediction: Prediction, truth: Truth) -> float:
    """Return the population covariance of the two densities."""
    n = prediction.flat.size
    excess = n * prediction.overlap(truth).product - 1.0
    if abs(excess) < _LITTLE:  # the difference has lost digits: centre first, at another pass
        p, q = prediction.probability, truth.probability
        excess = n * float((p - p.mean()) @ q)
    return excess / n**2


def computed(shares: Shares, buffers: Buffers) -> np.ndarray:
    """Return the density in memory of the buffers, (pixels,) float64.

    Converted first: numpy would convert chunk by chunk between the steps, which takes longer.
    """
    out = buffers.get("probability", shares.flat.size)
    np.copyto(out, shares.flat)
    if shares.lowest:
        out -= shares.lowest
    out *= 1.0 / shares.total
    return out


def natural_log(values: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Return the natural logarithm of (n,) float64 values above 0 in `out`, maybe `values`.

    As exact as that of numpy, which takes two or three times as long.
    """
    opencv().log(values[None], out[None])
    return out
