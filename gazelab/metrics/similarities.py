"""Every measure of how alike two scanpaths are, with what a reader of its number must know."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gazelab.errors import SettingsError
from gazelab.metrics import distances, sequences
from gazelab.metrics.multimatch import DIMENSIONS, Grouping, multimatch
from gazelab.metrics.pair import Pair
from gazelab.metrics.recurrence import Recurrence, cross_recurrence

_NEEDS: dict[str, tuple[Callable[[Pair], bool], str]] = {
    "fixations": (lambda pair: pair.fewest > 0, "no fixations in use"),
    "two fixations": (lambda pair: pair.fewest > 1, "fewer than two fixations"),
    "three fixations": (lambda pair: pair.fewest > 2, "fewer than three fixations"),
    "clusters": (lambda pair: pair.clusters is not None, "no fixations of people to cluster"),
    "durations": (lambda pair: pair.timed, "fixations without durations"),
}
"""What a measure may need of both scanpaths: a check, and the reason to give when it fails."""


@dataclass(frozen=True, slots=True)
class Family:
    """Measures that come out of one computation: as many values as there are measures.

    undefined : the reason to give for a NaN although what is needed is there.
    """

    needs: tuple[str, ...]
    compute: Callable[[Pair], Sequence[float] | np.ndarray]
    undefined: str = "undefined for these scanpaths"


@dataclass(frozen=True, slots=True)
class Similarity:
    """One measure of two scanpaths; the fields are those of `gazelab.metrics.catalog.Metric`.

    direction : "" where neither end means more alike. family, place : which computation gives
    the value, and where in its result. needs : besides what the family needs.
    """

    id: str
    title: str
    variant: str
    unit: str
    range: tuple[float, float]
    direction: str
    citation: str
    definition: str
    family: Family
    place: int = 0
    needs: tuple[str, ...] = ()


def _one(needs: str, measure: Callable[[Pair], float]) -> Family:
    return Family((needs,), lambda pair: (measure(pair),))


def _grouped(pair: Pair) -> Sequence[float]:
    return multimatch(pair, Grouping(45.0, 300.0, pair.diagonal_px / 10)).tolist()


def _recurrence(pair: Pair) -> Sequence[float]:
    found: Recurrence = cross_recurrence(pair)
    return found.rec, found.determinism, found.laminarity, found.corm


_INF = math.inf
_DEWHURST = "Dewhurst et al. (2012), Behavior Research Methods 44, 1079-1100"
_CRISTINO = "Cristino et al. (2010), Behavior Research Methods 42, 692-700"
_BRANDT = "Brandt & Stark (1997), Journal of Cognitive Neuroscience 9, 27-38"
_YANG = "Yang et al. (2020), CVPR, 190-199"
_SAKOE = "Sakoe & Chiba (1978), IEEE Transactions on ASSP 26, 43-49"
_EITER = "Eiter & Mannila (1994), TU Wien, CD-TR 94/64"
_HUTTENLOCHER = "Huttenlocher et al. (1993), IEEE TPAMI 15, 850-863"
_MATHOT = "Mathôt et al. (2012), Journal of Eye Movement Research 5(1):4"
_WANG = "Wang et al. (2011), CVPR, 441-448"
_ZANCA = "Zanca et al. (2018), arXiv:1802.02534"
_ANDERSON = "Anderson et al. (2015), Behavior Research Methods 47, 1377-1392"

_ASKS = {
    "shape": "difference of saccade vectors / twice the diagonal",
    "direction": "angle between saccades / 180 deg",
    "length": "difference of saccade amplitudes / the diagonal",
    "position": "distance of saccade starts / the diagonal",
    "duration": "difference of the durations of fixations / the longer one",
}


def _multimatch(family: Family, suffix: str, variant: str) -> tuple[Similarity, ...]:
    return tuple(
        Similarity(
            f"multimatch-{name}{suffix}", f"MultiMatch {name}", variant, "1",
            (0.0, 1.0), "higher", _DEWHURST,
            f"1 - median of the {_ASKS[name]}, over saccades aligned by their vectors.",
            family, place, ("durations",) if name == "duration" or suffix else (),
        )
        for place, name in enumerate(DIMENSIONS)
    )  # fmt: skip


_RECURRENCE = Family(("two fixations",), _recurrence, "the scanpaths have no place in common")
_RADIUS = "radius 1/20 of the diagonal, cut to the same length"
_CLUSTERS = "mean shift, best of 7 bandwidths"
_LINES = f"{_RADIUS}, lines of 2"

SIMILARITIES: tuple[Similarity, ...] = (
    *_multimatch(Family(("three fixations",), multimatch), "", "not grouped"),
    *_multimatch(
        Family(("three fixations",), _grouped), "-grouped",
        "grouped: 45 deg, 300 ms, 1/10 of the diagonal",
    ),
    Similarity(
        "scanmatch", "ScanMatch", "16 x 12 bins, threshold 3.5, gap 0, no durations", "1",
        (0.0, 1.0), "higher", _CRISTINO,
        "Best alignment of two strings of bins, where d bins apart earn 3.5 - d, as a share of "
        "the most there could be.", _one("fixations", sequences.scanmatch),
    ),
    Similarity(
        "scanmatch-duration", "ScanMatch (durations)",
        "16 x 12 bins, threshold 3.5, gap 0, bins of 50 ms", "1",
        (0.0, 1.0), "higher", _CRISTINO,
        "ScanMatch in which a fixation is repeated for each 50 ms of its duration.",
        _one("fixations", partial(sequences.scanmatch, bin_ms=50.0)), needs=("durations",),
    ),
    Similarity(
        "string-edit", "String edit", "5 x 5 grid, Levenshtein", "edits",
        (0.0, _INF), "lower", _BRANDT,
        "Number of cells to be replaced, added or taken out to make one string of the other.",
        _one("fixations", sequences.string_edit),
    ),
    Similarity(
        "string-edit-similarity", "String edit (share)", "5 x 5 grid, Levenshtein", "1",
        (0.0, 1.0), "higher", _BRANDT,
        "1 - edits / length of the longer string.",
        _one("fixations", sequences.string_edit_similarity),
    ),
    Similarity(
        "sequence-score", "Sequence score", "5 x 5 grid instead of clusters, gap 0", "1",
        (0.0, 1.0), "higher", _YANG,
        "Cells that both strings have in the same order, as a share of the longer one.",
        _one("fixations", sequences.sequence_score),
    ),
    Similarity(
        "sequence-score-clusters", "Sequence score (clusters)", f"{_CLUSTERS}, gap 0", "1",
        (0.0, 1.0), "higher", _YANG,
        "Clusters that both strings have in the same order, as a share of the longer one. The "
        "clusters are those of all fixations of people on the stimulus.",
        _one("fixations", sequences.sequence_score_of_clusters), needs=("clusters",),
    ),
    Similarity(
        "sequence-score-clusters-duration", "Sequence score (clusters, durations)",
        f"{_CLUSTERS}, gap 0, bins of 50 ms", "1", (0.0, 1.0), "higher", _YANG,
        "The same with a fixation repeated for each whole 50 ms of its duration.",
        _one("fixations", partial(sequences.sequence_score_of_clusters, bin_ms=50.0)),
        needs=("clusters", "durations"),
    ),
    Similarity(
        "dtw", "DTW", "sum of distances", "px", (0.0, _INF), "lower", _SAKOE,
        "Least sum of distances between fixations when both scanpaths are walked through.",
        _one("fixations", distances.dtw),
    ),
    Similarity(
        "frechet", "Fréchet", "discrete", "px", (0.0, _INF), "lower", _EITER,
        "Least largest distance between fixations when both scanpaths are walked through.",
        _one("fixations", distances.frechet),
    ),
    Similarity(
        "hausdorff", "Hausdorff", "both ways", "px", (0.0, _INF), "lower", _HUTTENLOCHER,
        "Largest distance of a fixation of either to the nearest one of the other.",
        _one("fixations", distances.hausdorff),
    ),
    Similarity(
        "eyenalysis", "Eyenalysis", "squared distances", "px²", (0.0, _INF), "lower", _MATHOT,
        "Sum of squared distances to the nearest fixation of the other, both ways, divided by "
        "the number of fixations of the longer scanpath.",
        _one("fixations", distances.eyenalysis),
    ),
    Similarity(
        "eyenalysis-linear", "Eyenalysis (linear)", "distances", "px",
        (0.0, _INF), "lower", _MATHOT,
        "Eyenalysis with distances that are not squared.",
        _one("fixations", partial(distances.eyenalysis, power=1.0)),
    ),
    Similarity(
        "tde", "TDE", "k = 3, mean of both ways", "px", (0.0, _INF), "lower", _WANG,
        "Mean distance of stretches of three fixations to the nearest stretch of the other.",
        _one(
            "three fixations",
            partial(distances.both_ways, measure=distances.time_delay_embedding),
        ),
    ),
    Similarity(
        "stde", "STDE", "k = 1 to the shorter length, mean of both ways", "1",
        (0.0, 1.0), "higher", _ZANCA,
        "Mean over k of exp(-TDE of k / longer side of the stimulus).",
        _one(
            "fixations",
            partial(distances.both_ways, measure=distances.scaled_time_delay_embedding),
        ),
    ),
    Similarity(
        "recurrence", "REC", _RADIUS, "%", (0.0, 100.0), "higher", _ANDERSON,
        "Pairs of fixations at the same place, of all pairs.", _RECURRENCE, 0,
    ),
    Similarity(
        "determinism", "DET", _LINES, "%", (0.0, 100.0), "higher", _ANDERSON,
        "Recurrent pairs in runs that both made in the same order.", _RECURRENCE, 1,
    ),
    Similarity(
        "laminarity", "LAM", _LINES, "%", (0.0, 100.0), "", _ANDERSON,
        "Recurrent pairs in runs in which one stayed where the other was once.", _RECURRENCE, 2,
    ),
    Similarity(
        "corm", "CORM", _RADIUS, "%", (-100.0, 100.0), "", _ANDERSON,
        "How far recurrent pairs lie from the diagonal; above 0 where the second scanpath "
        "comes to the same places later.", _RECURRENCE, 3,
    ),
)  # fmt: skip
"""The measures of scanpath similarity, in the order in which they are told."""

_BY_ID = {similarity.id: similarity for similarity in SIMILARITIES}


def similarity_of(measure_id: str) -> Similarity:
    """Return the measure of this id; raises SettingsError with the known ids."""
    if measure_id not in _BY_ID:
        raise SettingsError(f"There is no measure '{measure_id}'.", f"Known: {', '.join(_BY_ID)}.")
    return _BY_ID[measure_id]


def similar(pair: Pair, measures: Sequence[Similarity]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the values of two scanpaths (len(measures),), and for each why it is NaN or "".

    What several measures share is computed once.
    """
    found: dict[int, Sequence[float] | np.ndarray] = {}
    values, reasons = np.full(len(measures), np.nan), []
    for k, measure in enumerate(measures):
        reason = _lacking(pair, (*measure.family.needs, *measure.needs))
        if not reason:
            if id(measure.family) not in found:
                found[id(measure.family)] = measure.family.compute(pair)
            values[k] = found[id(measure.family)][measure.place]
            reason = measure.family.undefined if math.isnan(values[k]) else ""
        reasons.append(reason)
    return values, tuple(reasons)


def _lacking(pair: Pair, needs: Sequence[str]) -> str:
    for need in needs:
        there, reason = _NEEDS[need]
        if not there(pair):
            return reason
    return ""
