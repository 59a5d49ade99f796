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
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return np.nan, np.nan
    rng = np.random.default_rng(seed)
    blocks = [rng.integers(0, len(finite), (_BLOCK, len(finite))) for _ in range(draws // _BLOCK)]
    means = np.concatenate([finite[block].mean(1) for block in blocks])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
