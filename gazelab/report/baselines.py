"""What the baselines among scores stand for, and what was chosen for them."""

import math
from collections.abc import Iterable

from gazelab.data.scores import GOLD_STANDARD, Score
from gazelab.metrics.baseline_catalog import Baseline, baseline_of


def baselines_in(scores: Iterable[Score]) -> dict[str, Baseline]:
    """Return the sources that are baselines, in their order, and what they are."""
    sources = dict.fromkeys(score.source for score in scores if not score.kind)
    found = ((source, baseline_of(source)) for source in sources)
    return {source: baseline for source, baseline in found if baseline is not None}


def gold_standard_told(scores: Iterable[Score]) -> str:
    """Return width and weights of the KDE gold standard, on what and how they were chosen.

    As its scores have it first in their notes; "" where it has no defined score.
    """
    of_gold = (s for s in scores if s.source == GOLD_STANDARD and not math.isnan(s.value))
    first = next(of_gold, None)
    return "" if first is None else first.note.partition("; ")[0]
