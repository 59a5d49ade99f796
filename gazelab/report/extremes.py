"""The pictures on which a source agrees best, and worst, with people."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gazelab.data.scores import Score
from gazelab.errors import SettingsError
from gazelab.report.curves import source_name
from gazelab.report.summary import direction_of

BEST, WORST = "best", "worst"


@dataclass(frozen=True, slots=True)
class Extremes:
    """The best and the worst of one source by one metric, each from the outermost on.

    n, n_undefined : pictures where the metric is defined, and where not.
    """

    source: str
    metric: str
    variant: str
    unit: str
    best: tuple[Score, ...]
    worst: tuple[Score, ...]
    n: int
    n_undefined: int


def extremes(scores: Iterable[Score], source: str, metric: str, number: int) -> Extremes:
    """Return the `number` best and worst scores; no picture is in both.

    source : its name, with the kind of its maps behind it where it has several. Where there are
    fewer than twice `number`, each has half of them. Raises SettingsError where there are none.
    """
    named = [score for score in scores if source in (score.source, _name(score))]
    mine = [score for score in named if score.metric == metric]
    if len({_name(score) for score in mine}) > 1:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(map(_name, mine)))
        raise SettingsError(f"'{source}' has several kinds of maps.", f"Name one of {names}.")
    if not mine:
        what = f"of '{source}' by '{metric}'" if named else f"of '{source}'"
        raise SettingsError(f"The project has no scores {what}.", "`gazelab score` makes them.")
    higher = direction_of(metric) != "lower"
    defined = [score for score in mine if not math.isnan(score.value)]
    ranked = sorted(defined, key=lambda score: score.value, reverse=higher)
    number = min(number, len(ranked) // 2)
    best = tuple(ranked[:number])
    worst = tuple(reversed(ranked[len(ranked) - number :]))
    left = len(mine) - len(defined)
    one = mine[0]
    return Extremes(_name(one), metric, one.variant, one.unit, best, worst, len(defined), left)


def _name(score: Score) -> str:
    return source_name(score.source, score.kind)
