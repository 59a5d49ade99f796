"""How sure a mean is: intervals from drawing the same items again with replacement."""

import numpy as np

DRAWS = 10_000
_BLOCK = 1000


def mean_interval(
    values: np.ndarray, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the mean of (n,) values.

    Values that are NaN are left out. The same seed gives the same interval. NaN for fewer than
    two values. (Efron 1979, Annals of Statistics 7(1), 1-26)
    """
    return _between(_means(values, draws, np.random.default_rng(seed)), level)


def difference_interval(
    first: np.ndarray, second: np.ndarray, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """Return the same for the mean of (n,) values minus that of (m,) others, drawn apart."""
    rng = np.random.default_rng(seed)
    return _between(_means(first, draws, rng) - _means(second, draws, rng), level)


def _means(values: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the means of items drawn again, (draws,), NaN for fewer than two items."""
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return np.full(draws, np.nan)
    blocks = [rng.integers(0, len(finite), (_BLOCK, len(finite))) for _ in range(draws // _BLOCK)]
    return np.concatenate([finite[block].mean(1) for block in blocks])


def _between(means: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
