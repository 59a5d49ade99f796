"""Scores in relation to what people reach: they take the rows of people and of models."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from gazelab.data.scores import Score
from gazelab.metrics.catalog import Metric, metric_of

_NO_MEAN = "people gain nothing over the centre bias by one another"
_AT_CHANCE = "people predict one another at chance or worse"


def with_bases(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of metrics and of those they are made from, each once."""
    wanted = list(dict.fromkeys(ids))
    return tuple(dict.fromkeys([*wanted, *(of for id_ in wanted if (of := metric_of(id_).of))]))


def with_relative(rows: Sequence[Score], ids: Iterable[str]) -> tuple[Score, ...]:
    """Return the rows of the metrics `ids`, those filled in that take several rows.

    Only where all fixations counted; elsewhere they stay NaN with their reason.
    """
    wanted = set(ids)
    relative = {id_: metric_of(id_) for id_ in wanted if metric_of(id_).of}
    if not relative:
        return tuple(row for row in rows if row.metric in wanted)
    bases = {metric.of for metric in relative.values()}
    whole = {_place(row): row for row in rows if row.metric in bases and row.fixations == "all"}
    people = {id_: _people(whole.values(), metric) for id_, metric in relative.items()}
    return tuple(
        _filled(row, relative[row.metric], whole, people[row.metric])
        if row.metric in relative and row.fixations == "all"
        else row
        for row in rows
        if row.metric in wanted
    )


def _place(row: Score, metric: str = "") -> tuple[str | int, ...]:
    return row.stimulus, row.source, row.kind, row.step, metric or row.metric


def _people(rows: Iterable[Score], metric: Metric) -> dict[str, Score]:
    """Return stimulus -> the row of what people reach."""
    return {
        row.stimulus: row for row in rows if (row.source, row.metric) == (metric.level, metric.of)
    }


def _filled(
    row: Score,
    metric: Metric,
    whole: dict[tuple[str | int, ...], Score],
    people: dict[str, Score],
) -> Score:
    base, reached = whole[_place(row, metric.of)], people.get(row.stimulus)
    if reached is None:
        return row
    if math.isnan(base.value):
        value, remark = math.nan, ""  # the note of the base says why
    elif metric.of == "auc":
        value, remark = _normalised(base.value, reached)
    else:
        value, remark = _explained(base.value, tuple(people.values()))
    note = "; ".join(filter(None, (base.note, remark)))
    return replace(
        row, value=value, note=note, sigma_px=reached.sigma_px, sigma_deg=reached.sigma_deg
    )


def _normalised(auc: float, people: Score) -> tuple[float, str]:
    """Return the value, and what it is relative to or why there is none."""
    if people.value > 0.5:
        value = 0.5 + 0.5 * (auc - 0.5) / (people.value - 0.5)
        return value, f"relative to AUC {people.value:.4f} of {people.source}"
    return math.nan, people.note if math.isnan(people.value) else _AT_CHANCE


def _explained(gain: float, people: Sequence[Score]) -> tuple[float, str]:
    """Return the value, and what it is relative to or why there is none."""
    defined = [row.value for row in people if not math.isnan(row.value)]
    if not defined:
        return math.nan, people[0].note.rpartition("; ")[2]
    mean = float(np.mean(defined))
    if not mean > 0:
        return math.nan, _NO_MEAN
    to = f"relative to mean IG {mean:.4f} bit of {people[0].source} on {len(defined):,} stimuli"
    return gain / mean, to
