"""How alike every two participants are, with each source beside, and who clusters with whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.metrics.clustering import Clustering, clustered
from gazelab.metrics.similarities import Similarity
from gazelab.report.similarity import Likeness, by_participants, mean_of_defined
from gazelab.report.tables import Cell, Column, Table

NO_DIRECTION = "neither end of the measure means more alike"
TOO_FEW = "fewer than two participants with a defined similarity"


@dataclass(frozen=True, slots=True, eq=False)
class LikenessMatrix:
    """Means over pictures: rows are n participants, columns they again and then m sources.

    sources : (source, kind). mean, chance : (n, n + m, measures); NaN where nothing is defined,
    and for a participant with themselves. n_pairs : (n, n + m, measures) of pairs of scanpaths
    that are defined.
    """

    participants: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    mean: np.ndarray
    chance: np.ndarray
    n_pairs: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Who clusters with whom by one measure.

    participants : those in the tree, by their numbers in it. left_out : those without a defined
    similarity to all others. tree : None where `reason` says why there is none.
    """

    measure: Similarity
    participants: tuple[str, ...]
    left_out: tuple[str, ...]
    tree: Clustering | None
    reason: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The participants in the order of the tree."""
        return () if self.tree is None else tuple(self.participants[k] for k in self.tree.order)


def likeness_matrix(found: Sequence[Likeness], n_measures: int) -> LikenessMatrix:
    """Return the matrix of all pairs; participants are in the order of their names."""
    groups = by_participants(found)
    people = {name for kind, first, second in groups for name in (second, *[first] * (not kind))}
    participants = tuple(sorted(people))
    sources = tuple(dict.fromkeys((first, kind) for kind, first, _ in groups if kind))
    row = {name: k for k, name in enumerate(participants)}
    column = {source: len(participants) + k for k, source in enumerate(sources)}
    shape = (len(participants), len(participants) + len(sources), n_measures)
    mean, chance, n_pairs = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, int)
    for (kind, first, second), pairs in groups.items():
        values = np.array([pair.values for pair in pairs])
        cells = [(row[second], column[first, kind] if kind else row[first])]
        if not kind:
            cells.append((row[first], row[second]))
        for cell in cells:
            mean[cell] = mean_of_defined(values)
            chance[cell] = mean_of_defined(np.array([pair.chance for pair in pairs]))
            n_pairs[cell] = np.isfinite(values).sum(axis=0)
    return LikenessMatrix(participants, sources, mean, chance, n_pairs)


def clusters(
    matrix: LikenessMatrix, measures: Sequence[Similarity], linkage: str
) -> tuple[Clusters, ...]:
    """Return the clusters of the participants by each measure of the matrix."""
    return tuple(clusters_by(matrix, measure, k, linkage) for k, measure in enumerate(measures))


def clusters_by(matrix: LikenessMatrix, measure: Similarity, place: int, linkage: str) -> Clusters:
    """Return the clusters by the measure at a place of the matrix.

    Distances are the measure itself where lower is more alike, else its upper end minus the
    measure. Who lacks most similarities is left out until all are defined.
    """
    n = len(matrix.participants)
    if not measure.direction:
        return Clusters(measure, (), matrix.participants, None, NO_DIRECTION)
    apart = matrix.mean[:, :n, place]
    if measure.direction == "higher":
        apart = measure.range[1] - apart
    kept = _all_defined(apart)
    names = tuple(matrix.participants[k] for k in kept)
    left_out = tuple(name for name in matrix.participants if name not in names)
    if len(kept) < 2:
        return Clusters(measure, (), matrix.participants, None, TOO_FEW)
    return Clusters(measure, names, left_out, clustered(apart[np.ix_(kept, kept)], linkage))


def _all_defined(apart: np.ndarray) -> list[int]:
    kept = list(range(len(apart)))
    while kept:
        missing = np.isnan(apart[np.ix_(kept, kept)]).sum(axis=0)
        if missing.max() <= 1:  # the diagonal
            break
        del kept[int(missing.argmax())]
    return kept


_MEASURE = Column("measure", "text", "", "Name of the measure; see `metrics`.")
_VARIANT = Column("variant", "text", "", "Which of the published definitions.")
_LINKAGE = Column("linkage", "text", "", "How far clusters are apart: average, complete, single.")
ORDER_COLUMNS = (
    _MEASURE,
    _VARIANT,
    _LINKAGE,
    Column("cophenetic", "number", "1", "Correlation of distances and heights in the tree."),
    Column("place", "integer", "", "Place in the order of the tree, from 1; 0 for left out."),
    Column("participant", "text", "", "Who stands there; empty where there is no tree."),
    Column("note", "text", "", "Why there is no tree, or why somebody is left out."),
)
MERGE_COLUMNS = (
    _MEASURE,
    _LINKAGE,
    Column("merge", "integer", "", "Number of the cluster made, from 1."),
    Column("first", "text", "", "A participant, or #k: the cluster of merge k."),
    Column("second", "text", "", "The other one."),
    Column("height", "number", "see `unit`", "How far apart the two are."),
    Column("unit", "text", "", "Unit of the height; 1 is a plain number."),
    Column("n_participants", "integer", "", "How many participants the cluster made has."),
)


def cluster_tables(found: Sequence[Clusters]) -> tuple[Table, ...]:
    """Return the tables of the order of participants and of the merges of the trees."""
    return (
        Table(
            "similarity_order.csv",
            "Participants in the order of the hierarchical clustering by each measure.",
            ORDER_COLUMNS,
            (row for one in found for row in _order_rows(one)),
        ),
        Table(
            "similarity_merges.csv",
            "The merges of that clustering, from the nearest to the farthest.",
            MERGE_COLUMNS,
            (row for one in found for row in _merge_rows(one)),
        ),
    )


def _order_rows(one: Clusters) -> Iterator[Sequence[Cell]]:
    if one.tree is None:
        yield one.measure.id, one.measure.variant, "", np.nan, 0, "", one.reason
        return
    what = (one.measure.id, one.measure.variant, one.tree.linkage, one.tree.cophenetic)
    for place, name in enumerate(one.order, 1):
        yield *what, place, name, ""
    for name in one.left_out:
        yield *what, 0, name, "not compared with all others"


def _merge_rows(one: Clusters) -> Iterator[Sequence[Cell]]:
    if one.tree is None:
        return
    names = [*one.participants, *(f"#{k}" for k in range(1, len(one.participants)))]
    for k, (first, second, height, size) in enumerate(one.tree.merges.tolist(), 1):
        pair = (names[int(first)], names[int(second)])
        yield one.measure.id, one.tree.linkage, k, *pair, height, one.measure.unit, int(size)
