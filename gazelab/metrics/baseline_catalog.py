"""Every baseline by name: what its scores stand for."""

from collections.abc import Iterable
from dataclasses import dataclass

from gazelab.data.scores import (
    CENTRE_BIAS,
    GOLD_STANDARD,
    GRID_CEILING,
    HUMAN_DENSITY,
    INTER_OBSERVER,
    ONE_HUMAN,
    UNIFORM,
)
from gazelab.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Baseline:
    """A source of scores that is no model.

    id : what `--baseline` takes. sources : what it is called in tables; the last name may have
    more behind it. definition : for the data dictionary. always : whether it needs no asking.
    """

    id: str
    sources: tuple[str, ...]
    definition: str
    citation: str
    always: bool = False

    def has(self, source: str) -> bool:
        """Whether a source is of this baseline."""
        return source in self.sources or source.startswith(f"{self.sources[-1]} ")


_KUMMERER = "Kümmerer et al. (2015), PNAS 112, 16054-16059"
_JUDD = "Judd et al. (2012), MIT-CSAIL-TR-2012-001"

CATALOG: tuple[Baseline, ...] = (
    Baseline(
        "centre-bias", (CENTRE_BIAS,),
        "The density of the fixations on all other stimuli, in proportion to their sizes, with "
        "0.1 % uniform.", _KUMMERER, always=True,
    ),
    Baseline(
        "inter-observer", (INTER_OBSERVER,),
        "The density of the other participants predicts each one left out, with the blur of the "
        "human density; for metrics of maps one half of them predicts the other.",
        _JUDD, always=True,
    ),
    Baseline(
        "uniform", (UNIFORM,),
        "The same value everywhere: what is known without looking at anything.", _KUMMERER,
    ),
    Baseline(
        "one-human", (ONE_HUMAN,),
        "The density of one participant predicts all others; mean over participants.", _JUDD,
    ),
    Baseline(
        "gold-standard", (GOLD_STANDARD,),
        "A mixture of the density of the other participants, the centre bias and a uniform "
        "density predicts each one left out. Width and weights are those with the highest "
        "log-likelihood of participants left out, over all stimuli, and stand in the note. A "
        "standard and no ceiling: a model can pass it. Undefined for metrics of maps.",
        _KUMMERER,
    ),
    Baseline(
        "grid-ceiling", (HUMAN_DENSITY, GRID_CEILING),
        "The human density of all participants, scored on the fixations it is made of; and the "
        "non-negative map on the grid of a model's maps that comes closest to it (least squares) "
        "once it is stretched to the stimulus as the model's are. What lies between the two is "
        "lost to resolution; neither is a prediction.",
        "Lai et al. (2021), IEEE Transactions on Multimedia 23, 2086-2099",
    ),
)  # fmt: skip
"""In the order in which tables have them."""

ON_REQUEST = tuple(baseline for baseline in CATALOG if not baseline.always)


def check_baselines(ids: Iterable[str]) -> None:
    """Raise SettingsError for an id that is not known."""
    known = [baseline.id for baseline in CATALOG]
    for id_ in ids:
        if id_ not in known:
            raise SettingsError(f"There is no baseline '{id_}'.", f"Known: {', '.join(known)}.")


def baseline_of(source: str) -> Baseline | None:
    """Return the baseline that a source of scores is of; None for other sources."""
    return next((baseline for baseline in CATALOG if baseline.has(source)), None)
