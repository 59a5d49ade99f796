"""Two sources of scores compared over the same stimuli."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.scores import Score
from gazelab.errors import SettingsError
from gazelab.metrics.paired import PairedDifference, false_discovery, paired_difference
from gazelab.report.curves import source_name
from gazelab.report.summary import direction_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric of two sources: the first minus the second, over stimuli.

    found : means, difference, interval, p and effect sizes. corrected_p : for the number of
    differences that were asked for at once. n_left_out : stimuli where one is undefined.
    """

    first: str
    second: str
    metric: str
    variant: str
    unit: str
    direction: str
    found: PairedDifference
    corrected_p: float
    n_left_out: int


def differences(
    scores: Sequence[Score], pairs: Sequence[tuple[str, str]], metrics: Sequence[str] = ()
) -> tuple[Difference, ...]:
    """Compare pairs of sources by the scores of their final maps and all fixations.

    pairs : names of sources, with the kind of maps behind it where one has several, such as
    "sam-s saliency". metrics : ids; all that were scored if none is given.

    Raises SettingsError for a name or metric without scores.
    """
    final = [score for score in scores if not score.step and score.fixations == "all"]
    scored = list(dict.fromkeys(score.metric for score in final))
    for metric in metrics:
        if metric not in scored:
            raise SettingsError(
                f"The project has no scores of '{metric}'.",
                f"It has: {', '.join(scored)}." if scored else "`gazelab score` makes them.",
            )
    rows = [
        _difference(final, first, second, metric)
        for first, second in (_known(final, *pair) for pair in pairs)
        for metric in metrics or scored
    ]
    corrected = false_discovery(np.array([row.found.p for row in rows]))
    return tuple(replace(row, corrected_p=float(p)) for row, p in zip(rows, corrected, strict=True))


Source = tuple[str, str]
"""A source and the kind of its maps."""


def _known(scores: Sequence[Score], first: str, second: str) -> tuple[Source, Source]:
    a, b = _source(scores, first), _source(scores, second)
    if a == b:
        raise SettingsError(f"'{first}' is compared with itself.", "Name two sources.")
    return a, b


def _source(scores: Sequence[Score], name: str) -> Source:
    """Return the source that a name means."""
    known = list(dict.fromkeys((score.source, score.kind) for score in scores))
    meant = [one for one in known if name in (one[0], source_name(*one))]
    if len(meant) == 1:
        return meant[0]
    if meant:
        names = ", ".join(f"'{source_name(*one)}'" for one in meant)
        raise SettingsError(f"'{name}' has several kinds of maps.", f"Name one of {names}.")
    names = ", ".join(source_name(*one) for one in known)
    hint = f"It has: {names}." if known else "`gazelab score` makes them."
    raise SettingsError(f"The project has no scores of '{name}'.", hint)


def _difference(scores: Sequence[Score], first: Source, second: Source, metric: str) -> Difference:
    a, b = (
        {s.stimulus: s for s in scores if s.metric == metric and (s.source, s.kind) == source}
        for source in (first, second)
    )
    both = [stimulus for stimulus in a if stimulus in b]
    found = paired_difference(
        np.array([a[stimulus].value for stimulus in both]),
        np.array([b[stimulus].value for stimulus in both]),
    )
    one = next(score for score in scores if score.metric == metric)
    return Difference(
        first=source_name(*first),
        second=source_name(*second),
        metric=metric,
        variant=one.variant,
        unit=one.unit,
        direction=direction_of(metric),
        found=found,
        corrected_p=float("nan"),
        n_left_out=len(a.keys() | b.keys()) - found.n,
    )
