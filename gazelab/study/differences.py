"""Compare two sources, two groups of participants, or two sets of pictures, by every metric."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gazelab.data.counted import counted
from gazelab.data.geometry import Blur
from gazelab.data.scores import CENTRE_BIAS, Score
from gazelab.errors import SettingsError
from gazelab.metrics.catalog import METRICS
from gazelab.metrics.group_maps import MAP_METRICS
from gazelab.metrics.mean_difference import BY_RANKS, Inference
from gazelab.project.project import Project
from gazelab.report.curves import source_name
from gazelab.report.differences import Contrast, Difference, difference_tables, differences
from gazelab.study.group_maps import RELABELLINGS, GroupMapPlan, group_maps
from gazelab.study.score import ScorePlan, check_blur, check_fixations, is_meant, score
from gazelab.study.sides import PARTICIPANTS, SOURCE, Side, final_scores, pair_of
from gazelab.study.writing import write_tables
from gazelab.task import Task

OVER_PICTURES = (
    "p of the density maps is over participants; p of scores is over pictures, for just these "
    "participants: people who are divided by lot may differ as well"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePlan:
    """What to compare, and how.

    pairs : names of two sides each, see `gazelab.study.sides.pair_of`. metrics : ids; when none
    is given all that were scored, of groups the usual ones and those of maps. models : sources,
    or patterns such as "cam*", whose scores are compared between groups and sets of pictures;
    all when None. blur, weight_by_duration : of densities, for groups alone: scores that are in
    the project have theirs. relabellings : of participants, for the maps of groups.
    """

    pairs: tuple[tuple[str, str], ...]
    blur: Blur
    metrics: tuple[str, ...] = ()
    models: tuple[str, ...] | None = None
    weight_by_duration: bool = False
    inference: Inference = BY_RANKS
    relabellings: int = RELABELLINGS


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences, all p corrected together, and what must be said beside them."""

    rows: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def compare(project: Project, plan: DifferencePlan) -> Task[Compared]:
    """Compare the two sides of each pair.

    Sources are compared by the scores in the project, picture by picture. Sets of pictures are
    compared by the scores of every chosen source on the one and on the other. Groups of
    participants are compared by their density maps, and by how well each chosen source, and
    inter-observer, agrees with the one and with the other: scored anew, against the fixations of
    one group alone.

    Raises SettingsError before the first step for a plan that cannot be carried out.
    """
    pairs = [pair_of(project, *names) for names in plan.pairs]
    if not pairs:
        raise SettingsError("There is nothing to compare.", "Name two sides.")
    _check_metrics(project, plan, pairs)
    contrasts: list[Contrast] = []
    notes: list[str] = []
    for first, second in pairs:
        if first.kind == SOURCE:
            contrasts += _of_sources(project, first, second, plan.metrics)
        elif first.kind == PARTICIPANTS:
            contrasts += yield from _of_groups(project, first, second, plan)
            notes += [*(_people(project, side) for side in (first, second)), OVER_PICTURES]
        else:
            contrasts += _of_pictures(project, first, second, plan)
            notes += [_pictures(project, first, second)]
    if not contrasts:
        raise SettingsError("Nothing that was asked for is scored.", "`gazelab score` scores.")
    return Compared(differences(contrasts, plan.inference), tuple(dict.fromkeys(notes)))


def write_differences(rows: Sequence[Difference], outdir: Path) -> Task[Path]:
    """Write all values, what was found, and a data dictionary, as `write_tables` does."""
    return write_tables(difference_tables(rows), (row.metric for row in rows), outdir)


def _check_metrics(
    project: Project, plan: DifferencePlan, pairs: Iterable[tuple[Side, Side]]
) -> None:
    if any(first.kind == PARTICIPANTS for first, _ in pairs):
        check_blur(plan.blur)
        check_fixations(project)
    scored = dict.fromkeys(score.metric for score in final_scores(project))
    for metric in plan.metrics:
        if metric not in scored and any(first.kind != PARTICIPANTS for first, _ in pairs):
            raise SettingsError(
                f"The project has no scores of '{metric}'.",
                f"It has: {', '.join(scored)}." if scored else "`gazelab score` makes them.",
            )


def _of_sources(
    project: Project, first: Side, second: Side, metrics: Sequence[str]
) -> Iterator[Contrast]:
    by_metric = _by_metric(final_scores(project))
    for metric in metrics or by_metric:
        a, b = (
            [s for s in by_metric[metric] if (s.source, s.kind) == side.members]
            for side in (first, second)
        )
        if a or b:
            yield _contrast("agreement with people", (first.name, second.name), a, b, paired=True)


def _of_pictures(
    project: Project, first: Side, second: Side, plan: DifferencePlan
) -> Iterator[Contrast]:
    chosen = [s for s in final_scores(project) if is_meant(s.source, plan.models)]
    on_first, on_second = set(first.members), set(second.members)
    for source, scores in _by_source(chosen).items():
        by_metric = _by_metric(scores)
        for metric in plan.metrics or by_metric:
            a = [s for s in by_metric.get(metric, ()) if s.stimulus in on_first]
            b = [s for s in by_metric.get(metric, ()) if s.stimulus in on_second]
            if (a or b) and (source, metric) not in (first.made_of, second.made_of):
                yield _contrast(source, (first.name, second.name), a, b, paired=False)


def _of_groups(
    project: Project, first: Side, second: Side, plan: DifferencePlan
) -> Task[list[Contrast]]:
    of_maps = tuple(metric for metric in plan.metrics or MAP_METRICS if metric in MAP_METRICS)
    found: list[Contrast] = []
    if of_maps:
        how = GroupMapPlan(
            blur=plan.blur,
            metrics=of_maps,
            weight_by_duration=plan.weight_by_duration,
            draws=plan.relabellings,
            seed=plan.inference.seed,
        )
        found += yield from group_maps(project, first, second, how)
    on_first = yield from _against(project, first, plan)
    on_second = yield from _against(project, second, plan)
    for source in on_first:
        others = _by_metric(on_second.get(source, ()))
        for metric, values in _by_metric(on_first[source]).items():
            names = first.name, second.name
            found.append(_contrast(source, names, values, others.get(metric, ()), paired=True))
    return found


def _against(project: Project, group: Side, plan: DifferencePlan) -> Task[dict[str, list[Score]]]:
    """Score against the fixations of one group, as if nobody else had been recorded.

    The centre bias is left out: it would be another one for each group.
    """
    members = set(group.members)
    paths = tuple(path for path in project.scanpaths if path.participant in members)
    how = ScorePlan(
        blur=plan.blur,
        models=plan.models,
        metrics=plan.metrics or tuple(metric.id for metric in METRICS),
        weight_by_duration=plan.weight_by_duration,
    )
    found = yield from score(replace(project, scanpaths=paths), how)
    return _by_source(one for one in found if one.source != CENTRE_BIAS)


def _contrast(
    about: str,
    sides: tuple[str, str],
    of_first: Sequence[Score],
    of_second: Sequence[Score],
    *,
    paired: bool,
) -> Contrast:
    one = (*of_first, *of_second)[0]
    return Contrast(
        about=about,
        first=sides[0],
        second=sides[1],
        paired=paired,
        metric=one.metric,
        variant=one.variant,
        unit=one.unit,
        blur=Blur(one.sigma_px, one.sigma_deg),
        of_first={score.stimulus: score.value for score in of_first},
        of_second={score.stimulus: score.value for score in of_second},
    )


def _by_metric(scores: Iterable[Score]) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {}
    for one in scores:
        found.setdefault(one.metric, []).append(one)
    return found


def _by_source(scores: Iterable[Score]) -> dict[str, list[Score]]:
    found: dict[str, list[Score]] = {}
    for one in scores:
        found.setdefault(source_name(one.source, one.kind), []).append(one)
    return found


def _people(project: Project, group: Side) -> str:
    members = set(group.members)
    used = [path.used for path in project.scanpaths if path.participant in members]
    entered, all_ = sum(int(one.sum()) for one in used), sum(map(len, used))
    return (
        f"{group.name}: {counted(len(group.members), 'participant')}, "
        f"{counted(entered, 'fixation')} in use, {all_ - entered:,} excluded"
    )


def _pictures(project: Project, first: Side, second: Side) -> str:
    left = len(project.stimuli) - len(first.members) - len(second.members)
    sides = ", ".join(f"{side.name}: {counted(len(side.members), 'picture')}" for side in
                      (first, second))  # fmt: skip
    return f"{sides}; {left:,} in neither"
