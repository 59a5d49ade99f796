"""Score what has changed since the last scoring."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np

from gazelab.data.scores import ComputedScores, Score
from gazelab.project.project import Project
from gazelab.study.fingerprints import Fingerprint, Fingerprints
from gazelab.study.relative import with_relative
from gazelab.study.score import Origin, ScorePlan, Scorer, Wanted
from gazelab.study.side_by_side import side_by_side
from gazelab.task import Step, Task

_Cell = tuple[str, Origin, str]
"""Stimulus, origin and metric: the rows that come and go together."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """Scores, what the next scoring may use, and on how many stimuli nothing had changed."""

    scores: tuple[Score, ...]
    computed: ComputedScores
    n_stimuli: int
    n_unchanged: int


def rescore(
    project: Project, plan: ScorePlan, *, fresh: bool = False, jobs: int = 1
) -> Task[Scoring]:
    """Score as `gazelab.study.score.score` does, but compute only what has changed.

    The rows are those that a full computation gives, in the same order; baselines on request
    are computed anew. fresh : use nothing of the last scoring. jobs : threads, which change
    nothing in the rows. Raises SettingsError before the first step for a plan that cannot be
    carried out.
    """
    scorer = Scorer(project, plan)
    known = {} if fresh else _known(project.computed)
    ceilings = yield from scorer.ceilings()
    prints = yield from _fingerprints(scorer)
    missing = {stimulus: _missing(here, known) for stimulus, here in prints.items()}
    todo = {stimulus: wanted for stimulus, wanted in missing.items() if wanted}
    computed = _by_cell((yield from _computed(scorer, todo, jobs)))
    rows: list[Score] = []
    kept_rows: list[Score] = []
    marks: list[Fingerprint] = []
    for done, (stimulus, here) in enumerate(prints.items()):
        yield Step(done, len(prints), stimulus)  # baselines on request take their time
        cells = [
            computed.get((stimulus, *cell)) or known.get(mark) or [] for cell, mark in here.items()
        ]
        ordered = scorer.in_order(stimulus, [row for cell in cells for row in cell])
        rows += ordered
        kept_rows += ordered
        rows += ceilings.rows(scorer.viewings[stimulus], scorer.maps(stimulus))
        marks += (here[(row.source, row.kind), row.metric] for row in ordered)
    kept = ComputedScores(tuple(kept_rows), np.array(marks, np.uint64).reshape(-1, 2))
    scores = with_relative(rows, plan.metrics)
    if scores == kept.rows:
        scores = kept.rows  # the same rows, and not only alike: they are stored once
    return Scoring(scores, kept, len(prints), len(prints) - len(todo))


def _fingerprints(scorer: Scorer) -> Task[dict[str, dict[tuple[Origin, str], Fingerprint]]]:
    yield Step(0, len(scorer.stimuli))
    fingerprints = Fingerprints(scorer)
    found = {}
    for stimulus in scorer.stimuli:
        yield Step(0, len(scorer.stimuli), stimulus)
        found[stimulus] = fingerprints.of(stimulus)
    return found


def _known(computed: ComputedScores) -> dict[Fingerprint, list[Score]]:
    known: dict[Fingerprint, list[Score]] = {}
    marks = computed.fingerprints.tolist()
    for row, (high, low) in zip(computed.rows, marks, strict=True):
        known.setdefault((high, low), []).append(row)
    return known


def _missing(here: dict[tuple[Origin, str], Fingerprint], known: Collection[Fingerprint]) -> Wanted:
    missing: dict[Origin, tuple[str, ...]] = {}
    for (origin, metric), fingerprint in here.items():
        if fingerprint not in known:
            missing[origin] = (*missing.get(origin, ()), metric)
    return missing


def _by_cell(rows: Iterable[Score]) -> dict[_Cell, list[Score]]:
    cells: dict[_Cell, list[Score]] = {}
    for row in rows:
        cells.setdefault((row.stimulus, (row.source, row.kind), row.metric), []).append(row)
    return cells


def _computed(scorer: Scorer, todo: dict[str, Wanted], jobs: int) -> Task[list[Score]]:
    def rows_by(one: Scorer) -> Callable[[str], list[Score]]:
        return lambda stimulus: one.rows(stimulus, todo[stimulus])

    work = [rows_by(one) for one in (scorer, *(scorer.beside() for _ in range(jobs - 1)))]
    found = yield from side_by_side(work, list(todo))
    return [row for rows in found for row in rows]
