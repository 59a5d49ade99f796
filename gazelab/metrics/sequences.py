"""Scanpaths as strings: each fixation is the cell of a grid in which it lies."""

import numpy as np

from gazelab.data.gaze import Scanpath
from gazelab.metrics.pair import Pair

SCANMATCH_BINS = (16, 12)
SCANMATCH_THRESHOLD = 3.5
_STRING_SIDE = 5


def scanmatch(pair: Pair, bin_ms: float = 0.0) -> float:
    """Return the ScanMatch score: the best alignment of two strings of 16 x 12 cells.

    Cells d bins apart that stand beside one another earn 3.5 - d, gaps cost nothing; divided
    by the most the longer string could earn. bin_ms : each fixation is repeated for each such
    time of its duration, rounded; 0 for once. NaN when a string is empty.
    (Cristino et al. 2010, Behavior Research Methods 42, 692-700)
    """
    a, b = (_cells(one, pair.shape, *SCANMATCH_BINS) for one in (pair.a, pair.b))
    if bin_ms:
        a, b = (
            _repeated(cells, np.rint(one.duration_ms / bin_ms))  # a half to the even number
            for cells, one in ((a, pair.a), (b, pair.b))
        )
    if not len(a) or not len(b):
        return np.nan
    apart = np.hypot(*(np.subtract.outer(a[:, axis], b[:, axis]) for axis in (0, 1)))
    return _most_earned(SCANMATCH_THRESHOLD - apart) / (SCANMATCH_THRESHOLD * max(len(a), len(b)))


def string_edit(pair: Pair) -> float:
    """Return how many cells of one string of 5 x 5 cells are changed to have the other.

    Replacing, adding and taking out count one each. NaN without fixations. (Levenshtein 1966;
    Brandt & Stark 1997, Journal of Cognitive Neuroscience 9, 27-38)
    """
    if not pair.fewest:
        return np.nan
    a, b = _labels(pair.a, pair.shape), _labels(pair.b, pair.shape)
    place = np.arange(len(b) + 1)
    row = place
    for k, label in enumerate(a):
        changed = np.minimum(row[1:] + 1, row[:-1] + (b != label))
        best = np.concatenate([[k + 1], changed])
        row = np.minimum.accumulate(best - place) + place
    return float(row[-1])


def string_edit_similarity(pair: Pair) -> float:
    """Return 1 - the edits divided by the length of the longer string."""
    return 1 - string_edit(pair) / pair.longest if pair.fewest else np.nan


def sequence_score(pair: Pair) -> float:
    """Return the share of the longer string of 5 x 5 cells that both have in the same order.

    The alignment earns 1 for each cell that is the same, gaps and others nothing; the cells
    are those of a grid, not clusters of fixations. NaN without fixations.
    (Needleman & Wunsch 1970; Yang et al. 2020, CVPR, 190-199)
    """
    if not pair.fewest:
        return np.nan
    same = np.equal.outer(_labels(pair.a, pair.shape), _labels(pair.b, pair.shape))
    return _most_earned(same.astype(np.float64)) / pair.longest


def sequence_score_of_clusters(pair: Pair, bin_ms: float = 0.0) -> float:
    """Return the sequence score of strings of clusters of fixations.

    The clusters are those of all people on the stimulus. bin_ms : each fixation is repeated for
    each whole such time of its duration; 0 for once. NaN without clusters, and when a string is
    empty. (Yang et al. 2020, CVPR, 190-199)
    """
    if pair.clusters is None:
        return np.nan
    a, b = (pair.clusters.labels(one) for one in (pair.a, pair.b))
    if bin_ms:
        a, b = (
            _repeated(labels, np.floor(one.duration_ms / bin_ms))
            for labels, one in ((a, pair.a), (b, pair.b))
        )
    if not len(a) or not len(b):
        return np.nan
    return _most_earned(np.equal.outer(a, b).astype(np.float64)) / max(len(a), len(b))


def _cells(scanpath: Scanpath, shape: tuple[float, float], columns: int, rows: int) -> np.ndarray:
    """Return (n, 2) the column and row in which each fixation lies."""
    column = np.floor(scanpath.x_px * columns / shape[1])
    row = np.floor(scanpath.y_px * rows / shape[0])
    return np.column_stack([np.clip(column, 0, columns - 1), np.clip(row, 0, rows - 1)])


def _labels(scanpath: Scanpath, shape: tuple[float, float]) -> np.ndarray:
    cells = _cells(scanpath, shape, _STRING_SIDE, _STRING_SIDE)
    labels: np.ndarray = cells[:, 1] * _STRING_SIDE + cells[:, 0]
    return labels


def _repeated(symbols: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.repeat(symbols, np.nan_to_num(times).astype(np.intp), axis=0)


def _most_earned(earned: np.ndarray) -> float:
    """Return the most that an alignment of two strings earns where gaps are free."""
    row = np.zeros(earned.shape[1] + 1)
    for gains in earned:
        row[1:] = np.maximum(row[1:], row[:-1] + gains)
        np.maximum.accumulate(row, out=row)
    return float(row[-1])
