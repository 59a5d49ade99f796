"""Score the maps of every source, and what people themselves reach, against fixations."""

import copy
import fnmatch
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.alignment import ALIGNMENTS, Steps, number_of
from gazelab.data.attention import EVIDENCE, KINDS, OF_PEOPLE, Attention, names_of_parts
from gazelab.data.geometry import Blur
from gazelab.data.scores import BASELINES, CENTRE_BIAS, INTER_OBSERVER, Score
from gazelab.errors import SettingsError
from gazelab.metrics.agreement import NONE_BESIDE
from gazelab.metrics.baseline_catalog import check_baselines
from gazelab.metrics.baselines import Pool
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.catalog import METRICS, Found, Metric, evaluate_all, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.resample import to_grid
from gazelab.project.project import Project
from gazelab.study.ceilings import Ceilings, choose_ceilings
from gazelab.study.entry import NO_BLUR, SAME_FIXATIONS, Entry
from gazelab.study.relative import with_bases, with_relative
from gazelab.study.viewings import Ground, Viewing, pool_of, viewings_of
from gazelab.task import Step, Task

_SIGN_NOTES = {EVIDENCE: "positive part of the map"}

Origin = tuple[str, str]
"""Source and kind of a row; the kind is "" for baselines."""

Wanted = Mapping[Origin, tuple[str, ...]]
"""The rows to compute on one stimulus: of which origins, by the metrics of which ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePlan:
    """What to score, and how.

    models : sources, or patterns such as "cam*"; all in the project when None.
    metrics : ids from `gazelab.metrics.catalog`.
    blur : of the human density. weight_by_duration : weight its fixations by duration.
    by_step : also score each timestep, against all fixations and against those beside it.
    alignment : which fixations stand beside a step, see `gazelab.data.alignment`.
    baselines : also score the centre bias of the other stimuli and the other participants.
    ceilings : ids of further baselines from `gazelab.metrics.baseline_catalog`; those that
        metrics are set in relation to come with `baselines` by themselves.
    kinds : of maps; when None the saliency of a source, else its attention, else its evidence.
    """

    blur: Blur
    models: tuple[str, ...] | None = None
    metrics: tuple[str, ...] = tuple(metric.id for metric in METRICS)
    by_step: bool = False
    alignment: str = "index"
    weight_by_duration: bool = False
    baselines: bool = True
    ceilings: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None


def score(project: Project, plan: ScorePlan) -> Task[tuple[Score, ...]]:
    """Score every chosen source on every stimulus that has maps or fixations.

    Rows have `step` 0 for the final map. With `by_step`, sources with several timesteps also
    have rows for each: `fixations` "all" compares the step with everything people did,
    "aligned" only with the fixations beside it; the baselines then have "aligned" rows too.
    Values that are undefined are NaN with the reason in `note`.

    Raises SettingsError before the first step for a plan that cannot be carried out.
    """
    scorer = Scorer(project, plan)
    ceilings = yield from scorer.ceilings()
    rows: list[Score] = []
    for done, stimulus in enumerate(scorer.stimuli):
        yield Step(done, len(scorer.stimuli), stimulus)
        rows.extend(scorer.rows(stimulus))
        rows.extend(ceilings.rows(scorer.viewings[stimulus], scorer.maps(stimulus)))
    return with_relative(rows, plan.metrics)


class Scorer:
    """Scores one stimulus after the other, by a plan; what they share is made once.

    stimuli : ids of those that have maps to score, or fixations.
    """

    def __init__(self, project: Project, plan: ScorePlan) -> None:
        """Check the plan. Raises SettingsError for one that cannot be carried out."""
        _check(project, plan)
        self.plan = plan
        self._project = project
        self.metrics = with_bases(plan.metrics)
        self.viewings = viewings_of(project, by_duration=plan.weight_by_duration)
        chosen = chosen_maps(project, plan.models, plan.kinds)
        self._maps = {id_: [project.attention[key] for key in chosen[id_]] for id_ in chosen}
        self.stimuli = [
            id_ for id_ in project.stimuli if len(self.viewings[id_].used) or id_ in chosen
        ]
        self._desk = _Desk(plan, (), pool_of(self.viewings), *(Buffers() for _ in range(4)))

    def beside(self) -> "Scorer":
        """Return a scorer for another thread: the same, with memory of its own."""
        other = copy.copy(self)
        other._desk = _Desk(self.plan, (), self._desk.pool, *(Buffers() for _ in range(4)))
        return other

    def ceilings(self) -> Task[Ceilings]:
        """Return what scores the baselines on request, which take the whole project."""
        pool, maps = self._desk.pool, {id_: self.maps(id_) for id_ in self._project.stimuli}
        return choose_ceilings(self._project, self.plan, self.viewings, pool, maps)

    def maps(self, stimulus: str) -> Sequence[Attention]:
        """Return the maps that are scored on a stimulus."""
        return self._maps.get(stimulus, ())

    def all_of(self, stimulus: str) -> Wanted:
        """Return every row there is to compute on a stimulus."""
        origins = [(attention.source, attention.kind) for attention in self.maps(stimulus)]
        origins += [(source, "") for source in BASELINES if self.plan.baselines]
        return dict.fromkeys(origins, self.metrics)

    def rows(self, stimulus: str, wanted: Wanted | None = None) -> list[Score]:
        """Return the rows of one stimulus in their order, all unless some are `wanted`."""
        together: dict[tuple[str, ...], list[Origin]] = {}
        for origin, metrics in (self.all_of(stimulus) if wanted is None else wanted).items():
            together.setdefault(metrics, []).append(origin)
        rows: list[Score] = []
        for metrics, origins in together.items():
            desk = replace(self._desk, metrics=tuple(map(metric_of, metrics)))
            rows += _Sheet(desk, self.viewings[stimulus], origins).rows(self.maps(stimulus))
        return self.in_order(stimulus, rows)

    def in_order(self, stimulus: str, rows: Sequence[Score]) -> list[Score]:
        """Return rows of one stimulus by source, alignment, step (the final map last), metric."""
        place = {origin: number for number, origin in enumerate(self.all_of(stimulus))}
        metric = {id_: number for number, id_ in enumerate(self.metrics)}

        def key(row: Score) -> tuple[float | str, ...]:
            step = row.step or math.inf
            return place[row.source, row.kind], row.alignment, step, metric[row.metric]

        return sorted(rows, key=key)


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """What the sheets of all stimuli share: the plan, other stimuli, and memory."""

    plan: ScorePlan
    metrics: tuple[Metric, ...]
    pool: Pool
    for_map: Buffers
    for_bias: Buffers
    for_all: Buffers
    for_aligned: Buffers


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Which fixations of a stimulus count: all (step 0), or those beside a step (from 1).

    alignment : how they were told, as in `Score.alignment`.
    """

    step: int
    which: np.ndarray
    note: str = ""
    alignment: str = ""

    @property
    def name(self) -> str:
        return "aligned" if self.step else "all"


class _Sheet:
    """Makes the rows of some origins on one stimulus."""

    def __init__(self, desk: _Desk, viewing: Viewing, origins: Collection[Origin]) -> None:
        self._desk = desk
        self._origins = origins
        self._plan = desk.plan
        self._viewing = viewing
        self._ground = Ground(viewing, desk.pool, desk.plan.blur.sigma_px)
        self._everything = _Part(0, np.ones(len(viewing.used), bool))

    def rows(self, maps: Sequence[Attention]) -> Iterator[Score]:
        """Yield the rows of sources and baselines; `maps` are all, also those not wanted."""
        everything = self._everything
        truth = self._truth(everything, self._desk.for_all)
        bias = None
        if self._is_wanted(CENTRE_BIAS) and self._ground.bias is not None:
            bias = Prediction(self._ground.bias, self._desk.for_bias)
        moving = [a for a in maps if self._plan.by_step and len(a.maps) > 1]
        wanted = [a for a in maps if self._is_wanted(a.source, a.kind)]
        for attention in wanted:
            if attention not in moving or attention.parts:
                found = self._compare(self._prediction(attention.final), truth, everything)
                yield from self._scores(found, everything, attention.source, attention.kind)
        yield from self._bias_rows(bias, truth, everything)
        parts = [everything]
        for steps in sorted({attention.beside for attention in moving}, key=_few_first):
            sources = [attention for attention in wanted if attention in moving]
            sources = [attention for attention in sources if attention.beside == steps]
            for part in self._parts(steps):
                aligned = self._truth(part, self._desk.for_aligned)
                for attention in sources:
                    yield from self._step_rows(attention, part, truth, aligned)
                if part.step > parts[-1].step or part.note:
                    parts.append(part)
                    yield from self._bias_rows(bias, aligned, part)
        yield from self._observer_rows(parts)

    def _parts(self, steps: Steps) -> Iterator[_Part]:
        """Yield for each timestep the fixations beside it."""
        beside = self._viewing.beside(steps, self._plan.alignment)
        alignment = self._plan.alignment
        notes = [""] * number_of(steps)
        if not isinstance(steps, int):
            names = names_of_parts(steps)
            notes, alignment = [f"fixations {name}" for name in names], f"parts {', '.join(names)}"
        elif alignment == "time":
            notes, alignment = [f"of {steps} steps"] * steps, f"time, {steps} steps"
        for step, note in enumerate(notes):
            yield _Part(step + 1, beside == step, note, alignment)

    def _step_rows(
        self, attention: Attention, part: _Part, truth: Truth, aligned: Truth
    ) -> Iterator[Score]:
        """Yield the rows of one timestep; the last step of the whole viewing is the final map."""
        prediction = self._prediction(attention.positive[part.step - 1])
        found = self._compare(prediction, truth, self._everything)
        rows = list(self._scores(found, self._everything, attention.source, attention.kind))
        yield from (replace(row, step=part.step) for row in rows)
        if part.step == attention.beside:
            yield from rows
        found = self._compare(prediction, aligned, part)
        yield from self._scores(found, part, attention.source, attention.kind)

    def _is_wanted(self, source: str, kind: str = "") -> bool:
        return (source, kind) in self._origins

    def _bias_rows(self, bias: Prediction | None, truth: Truth, part: _Part) -> Iterator[Score]:
        if not self._is_wanted(CENTRE_BIAS):
            return
        if bias is None:
            found = {m.id: (math.nan, "no fixations on other stimuli") for m in self._desk.metrics}
        else:
            found = self._compare(bias, truth, part)
        yield from self._scores(found, part, CENTRE_BIAS, "")

    def _observer_rows(self, parts: Sequence[_Part]) -> Iterator[Score]:
        if not self._is_wanted(INTER_OBSERVER):
            return
        observers = self._ground.observers()
        subsets = [self._viewing.by_viewer(part.which) for part in parts]
        for part, found in zip(parts, observers.evaluate(self._desk.metrics, subsets), strict=True):
            yield from self._scores(found, part, INTER_OBSERVER, "", self._ground.observers_grid)

    def _prediction(self, map_: np.ndarray) -> Prediction:
        return Prediction(to_grid(map_, self._ground.grid), self._desk.for_map)

    def _truth(self, part: _Part, buffers: Buffers) -> Truth:
        blurred = any(metric.uses_density for metric in self._desk.metrics)
        return self._ground.truth(part.which, buffers, blurred=blurred)

    def _compare(self, prediction: Prediction, truth: Truth, part: _Part) -> Found:
        if part.step and not len(truth.cells):
            return {metric.id: (math.nan, NONE_BESIDE) for metric in self._desk.metrics}
        return evaluate_all(self._desk.metrics, prediction, truth)

    def _scores(
        self,
        found: Found,
        part: _Part,
        source: str,
        kind: str,
        grid: tuple[int, int] | None = None,
    ) -> Iterator[Score]:
        of_people = SAME_FIXATIONS if source.startswith(OF_PEOPLE) else ""
        entry = Entry(
            stimulus=self._viewing.stimulus.id,
            source=source,
            kind=kind,
            step=part.step,
            fixations=part.name,
            used=self._viewing.used[part.which],
            blur=self._plan.blur,
            own_blur=self._plan.blur if source == INTER_OBSERVER else NO_BLUR,
            alignment=part.alignment,
            grid=grid or self._ground.grid,
            notes=(_SIGN_NOTES.get(kind, ""), of_people, part.note),
        )
        return entry.scores(self._desk.metrics, found)


def _check(project: Project, plan: ScorePlan) -> None:
    if plan.alignment not in ALIGNMENTS:
        raise SettingsError(
            f"There is no alignment '{plan.alignment}'.", f"Known: {', '.join(ALIGNMENTS)}."
        )
    if not set(plan.kinds or ()) <= set(KINDS):
        raise SettingsError(f"A kind of map is one of {', '.join(KINDS)}.")
    check_blur(plan.blur)
    check_baselines(plan.ceilings)
    check_sources(project, plan.models)
    if not plan.metrics or not (project.attention or plan.baselines or plan.ceilings):
        raise SettingsError("There is nothing to score.", "Run a model, or include the baselines.")
    check_fixations(project)


def check_blur(blur: Blur) -> None:
    """Raise SettingsError for a blur that is not known in pixels."""
    if not 0 < blur.sigma_px < math.inf:
        raise SettingsError(
            "The blur in pixels is not known.",
            "Give it in pixels, or give the pixels per degree of visual angle.",
        )


def check_fixations(project: Project) -> None:
    """Raise SettingsError for a project without fixations in use."""
    if not any(scanpath.used.any() for scanpath in project.scanpaths):
        raise SettingsError("The project has no fixations in use to score against.")


def check_sources(project: Project, models: Sequence[str] | None) -> None:
    """Raise SettingsError for a name or pattern that no source of the project fits."""
    known = sorted({source for _, source, _ in project.attention})
    for model in models or ():
        if not any(is_meant(source, (model,)) for source in known):
            raise SettingsError(
                f"The project has no maps of '{model}'.",
                f"It has: {', '.join(known)}." if known else "Run a model first.",
            )


def chosen_maps(
    project: Project, models: Sequence[str] | None, kinds: Sequence[str] | None = None
) -> dict[str, list[tuple[str, str, str]]]:
    """Return for each stimulus the keys of the maps to score, chosen as in `ScorePlan`."""
    there: dict[tuple[str, str], list[str]] = {}
    for stimulus, source, kind in project.attention:
        if stimulus in project.stimuli and is_meant(source, models):
            there.setdefault((stimulus, source), []).append(kind)
    chosen: dict[str, list[tuple[str, str, str]]] = {}
    for (stimulus, source), found in there.items():
        wanted = kinds or tuple(kind for kind in KINDS if kind in found)[:1]
        keys = [(stimulus, source, kind) for kind in wanted if kind in found]
        chosen.setdefault(stimulus, []).extend(keys)
    return chosen


def is_meant(source: str, models: Sequence[str] | None) -> bool:
    """Whether a source is one of those named; a name is that of a source, or a pattern."""
    if models is None or source in models:
        return True
    return any(fnmatch.fnmatchcase(source, pattern) for pattern in models)


def _few_first(steps: Steps) -> tuple[int, Steps]:
    """Order steps that are counted before those that are parts of the viewing."""
    return (0, (steps,)) if isinstance(steps, int) else (1, steps)
