"""Compare scanpaths: of people with one another, and of people with the steps of models."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from pathlib import Path

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath
from gazelab.errors import SettingsError
from gazelab.gaze.glimpses import glimpse
from gazelab.metrics.meanshift import fixation_clusters
from gazelab.metrics.pair import Pair
from gazelab.metrics.similarities import SIMILARITIES, Similarity, similar, similarity_of
from gazelab.project.project import Project
from gazelab.report.likeness_matrix import Clusters, cluster_tables
from gazelab.report.similarity import Likeness, SimilaritySummary, similarity_tables
from gazelab.study.score import check_sources, is_meant
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

NO_CHANCE = "no scanpaths on other stimuli"
_PAIRS_A_STEP = 50
"""After so many pairs the task can be stopped: a hundred people make five thousand."""

_NOWHERE = ("", "", "")

Shapes = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityPlan:
    """What to compare: measures by id; sources or patterns, all with several steps when None.

    stimuli : on which scanpaths are compared, all when empty; chance comes from all others.
    seed : of the scanpaths that are drawn for the level of chance.
    """

    measures: tuple[str, ...] = tuple(measure.id for measure in SIMILARITIES)
    models: tuple[str, ...] | None = None
    stimuli: tuple[str, ...] = ()
    seed: int = 0

    @property
    def chosen(self) -> tuple[Similarity, ...]:
        """The measures, each once. Raises SettingsError for one that is not known."""
        return tuple(similarity_of(id_) for id_ in dict.fromkeys(self.measures))


def similarities(project: Project, plan: SimilarityPlan) -> Task[tuple[Likeness, ...]]:
    """Compare all scanpaths of different participants on each stimulus, and those of models.

    The scanpath of a model are the peaks of its steps, in order; steps that are 0 everywhere
    are left out. Beside each pair stands chance: the first with a scanpath from another
    stimulus, of a participant who is not the first, moved in proportion to the sizes.

    Raises SettingsError before the first step where there is nothing to compare.
    """
    measures = plan.chosen
    check_sources(project, plan.models)
    _check_stimuli(project, plan.stimuli)
    shapes = {id_: stimulus.shape for id_, stimulus in project.stimuli.items()}
    paths = [path.without_excluded() for path in project.scanpaths if path.stimulus in shapes]
    on: dict[str, list[Scanpath]] = {}
    for path in paths:
        if not plan.stimuli or path.stimulus in plan.stimuli:
            on.setdefault(path.stimulus, []).append(path)
    models = _models(project, plan, on)
    if not models and not any(map(_pairs_of_people, on.values())):
        raise SettingsError(
            "There are no two scanpaths to compare.",
            "It takes two participants on one stimulus, or a model with several steps.",
        )
    elsewhere = _Elsewhere(paths, plan.seed)
    clustering = any("clusters" in measure.needs for measure in measures)
    found: list[Likeness] = []
    for done, (stimulus, here) in enumerate(on.items()):
        elsewhere.begin(stimulus)
        clusters = fixation_clusters(here) if clustering else None
        people = ((a, b, "") for a, b in _pairs_of_people(here))
        machine = (
            (peaks, b, attention.kind)
            for attention in models.get(stimulus, ())
            for peaks in [step_peaks(attention, shapes[stimulus])]
            for b in here
        )
        for k, (a, b, kind) in enumerate(chain(people, machine)):
            if k % _PAIRS_A_STEP == 0:
                yield Step(done, len(on), stimulus)
            pair = Pair(a, b, shapes[stimulus], clusters)
            found.append(_likeness(pair, kind, measures, shapes, elsewhere))
    return tuple(found)


def write_similarities(
    found: Sequence[Likeness],
    measures: Sequence[Similarity],
    summaries: Sequence[SimilaritySummary],
    outdir: Path,
    clustered: Sequence[Clusters] = (),
) -> Task[Path]:
    """Write all pairs, their means, any clusters and a dictionary, as `write_tables` does."""
    tables = similarity_tables(found, measures, summaries)
    if clustered:
        tables += cluster_tables(clustered)
    return write_tables(tables, (measure.id for measure in measures), outdir)


def step_peaks(attention: Attention, shape: tuple[int, int]) -> Scanpath:
    """Return where the steps of a source are strongest, as a scanpath without durations."""
    glimpses = [glimpse(map_, shape[1], shape[0]) for map_ in attention.positive]
    places = [(g.peak_x_px, g.peak_y_px) for g in glimpses if g.peak_x_px == g.peak_x_px]
    x_px, y_px = np.array(places, float).reshape(-1, 2).T
    n = len(places)
    unknown = np.full(n, np.nan)
    number = np.arange(n, dtype=float)
    used = np.zeros(n, np.int8)
    return Scanpath(
        attention.source, attention.stimulus, x_px, y_px, number, unknown, used, trial=""
    )


class _Elsewhere:
    """Draws scanpaths from other stimuli."""

    def __init__(self, paths: Sequence[Scanpath], seed: int) -> None:
        self._paths = [path for path in paths if len(path)]
        self._stimulus = np.array([path.stimulus for path in self._paths], object)
        self._participant = np.array([path.participant for path in self._paths], object)
        self._seed = seed
        self.begin("")

    def begin(self, stimulus: str) -> None:
        """Start over for a stimulus: what is drawn for it depends on no other that is compared."""
        self._rng = np.random.default_rng([self._seed, *stimulus.encode()])

    def draw(self, stimulus: str, participant: str) -> Scanpath | None:
        """Return one that somebody else made on another stimulus; None where there is none."""
        others = (self._stimulus != stimulus) & (self._participant != participant)
        places = np.flatnonzero(others)
        return self._paths[self._rng.choice(places)] if len(places) else None


def _likeness(
    pair: Pair,
    kind: str,
    measures: Sequence[Similarity],
    shapes: Shapes,
    elsewhere: _Elsewhere,
) -> Likeness:
    a, b = pair.a, pair.b
    values, reasons = similar(pair, measures)
    chance, chance_reasons = np.full(len(measures), np.nan), (NO_CHANCE,) * len(measures)
    other = elsewhere.draw(b.stimulus, a.participant)
    if other is not None:
        moved = _moved(other, shapes[other.stimulus], shapes[b.stimulus])
        by_chance = Pair(a, moved, pair.shape, pair.clusters)
        chance, chance_reasons = similar(by_chance, measures)
    return Likeness(
        stimulus=b.stimulus,
        kind=kind,
        first=a.participant,
        first_trial=a.trial,
        second=b.participant,
        second_trial=b.trial,
        n_first=len(a),
        n_second=len(b),
        values=values,
        reasons=reasons,
        chance=chance,
        chance_reasons=chance_reasons,
        elsewhere=_NOWHERE if other is None else other.key,
    )


def _check_stimuli(project: Project, stimuli: Sequence[str]) -> None:
    unknown = [id_ for id_ in stimuli if id_ not in project.stimuli]
    if unknown:
        raise SettingsError(
            f"The project has no stimulus '{unknown[0]}'.", "Use the names of the project."
        )


def _moved(path: Scanpath, shape: tuple[int, int], onto: tuple[int, int]) -> Scanpath:
    y_px, x_px = path.y_px * (onto[0] / shape[0]), path.x_px * (onto[1] / shape[1])
    return replace(path, x_px=x_px, y_px=y_px)


def _pairs_of_people(paths: Sequence[Scanpath]) -> list[tuple[Scanpath, Scanpath]]:
    """Return every two scanpaths of different participants, that of the earlier name first."""
    by_name = sorted(paths, key=lambda path: path.participant)
    return [(a, b) for a, b in combinations(by_name, 2) if a.participant != b.participant]


def _models(
    project: Project, plan: SimilarityPlan, on: Mapping[str, Sequence[Scanpath]]
) -> dict[str, list[Attention]]:
    """Return for each stimulus that people saw the chosen maps that have several steps."""
    chosen: dict[str, list[Attention]] = {}
    for attention in _with_steps(project):
        if attention.of_people and plan.models is None:
            continue  # their peaks are fixations of the same people
        if attention.stimulus in on and is_meant(attention.source, plan.models):
            chosen.setdefault(attention.stimulus, []).append(attention)
    if plan.models and not chosen:
        raise SettingsError(
            f"{', '.join(plan.models)}: a single map is no scanpath.",
            "Only sources with several steps can be compared with scanpaths.",
        )
    return chosen


def _with_steps(project: Project) -> Iterator[Attention]:
    return (attention for attention in project.attention.values() if len(attention.maps) > 1)
