"""The mean of a metric over stimuli, for each source and step."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gazelab.data.scores import Score
from gazelab.errors import SettingsError
from gazelab.metrics.catalog import metric_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one metric says of one source over all stimuli.

    mean, sd, median : over the stimuli where the metric is defined; sd with n - 1, NaN for
        fewer than two. n_stimuli, n_undefined : where it is defined, and where not.
    n_fixations, n_excluded : over all stimuli, those that entered and those that did not.
    direction : "higher" or "lower" is better, "" for a metric unknown here.
    The other fields are as in `Score`.
    """

    participant: str
    source: str
    kind: str
    step: int
    fixations: str
    metric: str
    variant: str
    unit: str
    direction: str
    mean: float
    sd: float
    median: float
    n_stimuli: int
    n_undefined: int
    n_fixations: int
    n_excluded: int
    sigma_px: float
    sigma_deg: float
    alignment: str


def summarise(scores: Iterable[Score]) -> tuple[Summary, ...]:
    """Return the summaries, models before baselines, final maps before single steps."""
    groups: dict[tuple[str | int, ...], list[Score]] = {}
    for score in scores:
        groups.setdefault(_key(score), []).append(score)
    found = [_summary(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda summary: (not summary.kind, summary.step > 0)))


def _key(score: Score) -> tuple[str | int, ...]:
    blur = f"{score.sigma_px:g} {score.sigma_deg:g}"
    source = score.participant, score.source, score.kind, score.step, score.fixations
    return (*source, score.metric, score.variant, score.alignment, blur)


def _summary(scores: list[Score]) -> Summary:
    values = np.array([score.value for score in scores], float)
    defined = values[~np.isnan(values)]
    first = scores[0]
    return Summary(
        participant=first.participant,
        source=first.source,
        kind=first.kind,
        step=first.step,
        fixations=first.fixations,
        metric=first.metric,
        variant=first.variant,
        unit=first.unit,
        direction=direction_of(first.metric),
        mean=float(defined.mean()) if len(defined) else math.nan,
        sd=float(defined.std(ddof=1)) if len(defined) > 1 else math.nan,
        median=float(np.median(defined)) if len(defined) else math.nan,
        n_stimuli=len(defined),
        n_undefined=len(values) - len(defined),
        n_fixations=sum(score.n_fixations for score in scores),
        n_excluded=sum(score.n_excluded for score in scores),
        sigma_px=first.sigma_px,
        sigma_deg=first.sigma_deg,
        alignment=first.alignment,
    )


def direction_of(metric: str) -> str:
    """Return "higher" or "lower" for what is better, "" for a metric that is not known."""
    try:
        return metric_of(metric).direction
    except SettingsError:
        return ""
