"""What the notes of many scores say of their mean."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gazelab.data.scores import Score
from gazelab.report.curves import source_name

_BETWEEN = "; "


@dataclass(frozen=True, slots=True)
class Remarks:
    """What notes say of the final scores of one source by one metric.

    common : what stands in the notes of all defined values. reasons : why values are undefined,
    and on how many stimuli, the most frequent first.
    """

    common: tuple[str, ...]
    reasons: Mapping[str, int]


def remarks(scores: Iterable[Score]) -> dict[tuple[str, str], Remarks]:
    """Return (name of the source, metric) -> what its notes say; final maps alone."""
    groups: dict[tuple[str, str], list[Score]] = {}
    for score in scores:
        if score.is_final:
            groups.setdefault((source_name(score.source, score.kind), score.metric), []).append(
                score
            )
    return {key: _of(group) for key, group in groups.items()}


def _of(scores: Iterable[Score]) -> Remarks:
    reasons: Counter[str] = Counter()
    common: dict[str, None] | None = None
    for score in scores:
        parts = score.note.split(_BETWEEN) if score.note else []
        if math.isnan(score.value):
            reasons.update(parts[-1:])  # what there is to say of a source stands before it
        else:
            common = dict.fromkeys(parts if common is None else (p for p in parts if p in common))
    return Remarks(tuple(common or ()), dict(reasons.most_common()))
