"""Hierarchical clustering of things of which it is known how far every two are apart."""

import math
from dataclasses import dataclass

import numpy as np

from gazelab.errors import SettingsError

LINKAGES = ("average", "complete", "single")
"""How far two clusters are apart: the mean, the largest or the least distance of their members."""


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """A tree of n things, and an order in which those that are near lie side by side.

    order : (n,) numbers of the things. merges : (n - 1, 4): the two clusters that become one,
    how far apart they are, and how many things the new one has; clusters 0 to n - 1 are the
    things, n + k is what merge k makes. cophenetic : correlation of the distances with the
    heights at which the tree joins every two; NaN for fewer than three things, or where all
    are equally far apart. (Sokal & Rohlf 1962, Taxon 11, 33-40)
    """

    linkage: str
    order: np.ndarray
    merges: np.ndarray
    cophenetic: float


def clustered(apart: np.ndarray, linkage: str = "average") -> Clustering:
    """Cluster n things by their distances (n, n), of which those below the diagonal are not read.

    The order is the one, of all that the tree allows, in which neighbours are least apart.
    Raises SettingsError for a linkage not in LINKAGES; ValueError for undefined distances.
    (Bar-Joseph et al. 2001, Bioinformatics 17, S22-S29)
    """
    if linkage not in LINKAGES:
        raise SettingsError(f"There is no linkage '{linkage}'.", f"Known: {', '.join(LINKAGES)}.")
    n = len(apart)
    if n < 2:
        return Clustering(linkage, np.arange(n), np.empty((0, 4)), math.nan)
    from scipy.cluster import hierarchy

    distances = np.ascontiguousarray(apart[np.triu_indices(n, 1)])
    if not np.isfinite(distances).all():
        raise ValueError("a distance is not defined")
    merges = hierarchy.linkage(distances, linkage, optimal_ordering=True)
    heights = hierarchy.cophenet(merges)
    return Clustering(
        linkage, hierarchy.leaves_list(merges), merges, _correlation(distances, heights)
    )


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if not np.ptp(a) or not np.ptp(b):
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / math.sqrt((a @ a) * (b @ b)))
