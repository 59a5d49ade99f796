"""What the baselines among scores stand for, and what was chosen for them."""

from collections.abc import Iterable

from gazelab.data.scores import GOLD_STANDARD, Score
from gazelab.metrics.baseline_catalog import Baseline, baseline_of


def baselines_in(scores: Iterable[Score]) -> dict[str, Baseline]:
    """Return the sources that are baselines, in their order, and what they are."""
    sources = dict.fromkeys(score.source for score in scores if not score.kind)
    found = ((source, baseline_of(source)) for source in sources)
    return {source: baseline for source, baseline in found if baseline is not None}


_CHOSEN = "sigma "  # as `GoldStandard.told` begins


def gold_standard_told(scores: Iterable[Score]) -> str:
    """Return width and weights of the KDE gold standard, on what and how they were chosen.

    As its scores have it first in their notes, also undefined ones, such as NSS of a mixture
    that is uniform; "" where none was chosen.
    """
    notes = (score.note for score in scores if score.source == GOLD_STANDARD)
    return next((note.partition("; ")[0] for note in notes if note.startswith(_CHOSEN)), "")
