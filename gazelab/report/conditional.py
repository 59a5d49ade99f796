"""Scores of single fixations given those before them: values, means, and tables of both."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import TrialKey
from gazelab.metrics.bootstrap import mean_interval
from gazelab.metrics.catalog import metric_of
from gazelab.report.gaze_tables import PARTICIPANT, STIMULUS, TRIAL
from gazelab.report.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ConditionalScores:
    """One metric of one source at the n fixations in use on one stimulus.

    keys : of the trials. trial : (n,) index into `keys`. fixation : (n,) its number in the
    scanpath, from 1. step : (n,) the step beside it, from 1; 0 where there is none.
    value : (n,), NaN where undefined. note : (n,) str, why.
    n_excluded : fixations on the stimulus that are not in use.
    """

    source: str
    kind: str
    metric: str
    alignment: str
    stimulus: str
    keys: tuple[TrialKey, ...]
    trial: np.ndarray
    fixation: np.ndarray
    step: np.ndarray
    value: np.ndarray
    note: np.ndarray
    n_excluded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalSummary:
    """One metric of one source over all stimuli.

    fixation : the number that is meant, from 1; 0 for all. mean : over stimuli of the means over
    fixations. low, high : its 95 % bootstrap interval over stimuli. n_undefined, n_excluded :
    fixations without a value, and those not in use.
    """

    source: str
    kind: str
    metric: str
    variant: str
    unit: str
    direction: str
    alignment: str
    fixation: int
    mean: float
    low: float
    high: float
    n_stimuli: int
    n_fixations: int
    n_undefined: int
    n_excluded: int


def summarise_conditional(
    scores: Iterable[ConditionalScores], n_fixations: int
) -> tuple[ConditionalSummary, ...]:
    """Return for each source and metric the mean of all fixations, and of the first numbers."""
    groups: dict[tuple[str, str, str], list[ConditionalScores]] = {}
    for one in scores:
        groups.setdefault((one.source, one.kind, one.metric), []).append(one)
    return tuple(
        _summary(group, number) for group in groups.values() for number in range(n_fixations + 1)
    )


def _summary(group: Sequence[ConditionalScores], number: int) -> ConditionalSummary:
    first, metric = group[0], metric_of(group[0].metric)
    meant = [(one.fixation == number) | (number == 0) for one in group]
    values = [one.value[which] for one, which in zip(group, meant, strict=True)]
    defined = [each[np.isfinite(each)] for each in values]
    means = np.array([each.mean() for each in defined if len(each)])
    low, high = mean_interval(means)
    n_defined = sum(map(len, defined))
    return ConditionalSummary(
        source=first.source,
        kind=first.kind,
        metric=metric.id,
        variant=metric.variant,
        unit=metric.unit,
        direction=metric.direction,
        alignment=first.alignment,
        fixation=number,
        mean=float(means.mean()) if len(means) else math.nan,
        low=low,
        high=high,
        n_stimuli=len(means),
        n_fixations=n_defined,
        n_undefined=sum(map(len, values)) - n_defined,
        n_excluded=0 if number else sum(one.n_excluded for one in group),
    )


_SOURCE = (
    Column("source", "text", "", "Id of the model or set of maps."),
    Column("kind", "text", "", "Kind of its maps: saliency, attention or evidence."),
    Column("metric", "text", "", "Name of the metric; see `metrics`."),
    Column("variant", "text", "", "Which of the published definitions."),
)
_ALIGNMENT = Column("alignment", "text", "", "Which step stands beside a fixation.")
_UNIT = Column("unit", "text", "", "Unit of the value; 1 is a plain number.")
VALUE_COLUMNS = (
    PARTICIPANT,
    STIMULUS,
    TRIAL,
    Column("fixation", "integer", "", "The number of the fixation in its scanpath, from 1."),
    *_SOURCE,
    _ALIGNMENT,
    Column("step", "integer", "", "The step whose map predicts it, from 1; 0 for none."),
    Column("value", "number", "see `unit`", "NA where undefined, `note` says why."),
    _UNIT,
    Column("note", "text", "", "Why a value is undefined."),
)
SUMMARY_COLUMNS = (
    *_SOURCE,
    _ALIGNMENT,
    Column("fixation", "integer", "", "Which number in the scanpath, from 1; 0 for all."),
    Column("mean", "number", "see `unit`", "Mean over pictures of the means over fixations."),
    Column("low", "number", "see `unit`", "Its 95 % bootstrap interval over pictures."),
    Column("high", "number", "see `unit`", "The upper end of the interval."),
    _UNIT,
    Column("direction", "text", "", "Whether higher or lower is better."),
    Column("n_stimuli", "integer", "", "Pictures that have such fixations with a value."),
    Column("n_fixations", "integer", "", "Fixations of all viewers that entered."),
    Column("n_undefined", "integer", "", "Those without a value; `conditional.csv` says why."),
    Column("n_excluded", "integer", "", "Those not in use, where all numbers are meant."),
)


def conditional_tables(
    scores: Sequence[ConditionalScores], summaries: Iterable[ConditionalSummary]
) -> tuple[Table, ...]:
    """Return the tables of the values at every fixation, and of their means."""
    return (
        Table(
            "conditional.csv",
            "One fixation, predicted by the step beside it, in a row.",
            VALUE_COLUMNS,
            (row for one in scores for row in _rows(one)),
        ),
        Table(
            "conditional_summary.csv",
            "The same over all pictures.",
            SUMMARY_COLUMNS,
            ([getattr(one, column.name) for column in SUMMARY_COLUMNS] for one in summaries),
        ),
    )


def _rows(one: ConditionalScores) -> Iterator[Sequence[Cell]]:
    metric = metric_of(one.metric)
    about = (one.source, one.kind, metric.id, metric.variant, one.alignment)
    for k, trial in enumerate(one.trial.tolist()):
        place = (int(one.step[k]), float(one.value[k]), metric.unit, str(one.note[k]))
        yield *one.keys[trial], int(one.fixation[k]), *about, *place
