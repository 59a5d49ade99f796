"""Areas of interest over trials, pictures and steps: what stands in a table of means."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gazelab.metrics.segmentation import NO_CURVE, largest_f, mean_curve
from gazelab.report.areas import AreaRow, Areas, MapRow

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class PeopleSummary:
    """What people did in an area: means over trials with a fixation in use; NaN without any.

    n : these trials. n_participants, n_stimuli : of whom and on how many stimuli. n_empty :
    trials left out, without a fixation in use. n_excluded : fixations that take no part.
    n_looked, looked : trials with a fixation inside, and their share.
    area : share of the stimulus inside.
    n_fixations, n_visits, dwell_ms, dwell_share : 0 where somebody never looked.
    first_ms, first_fixation : over the `n_looked` trials alone.
    """

    n: int
    n_participants: int
    n_stimuli: int
    n_empty: int
    n_excluded: int
    n_looked: int
    looked: float
    area: float
    n_fixations: float
    n_visits: float
    dwell_ms: float
    dwell_share: float
    first_ms: float
    first_fixation: float


@dataclass(frozen=True, slots=True)
class MapSummary:
    """What the maps of a source hold of an area: means over stimuli; NaN without any.

    n : stimuli. n_zero : those left out, where the final map is 0 everywhere. mass, area, gain,
    hit : of the final map, as in `AoiAttention`. n_steps : stimuli with several steps.
    n_reached : those of them where the peak of a step is inside. first_step : over them.
    n_curves : stimuli whose final map is not the same everywhere, over which are the means that
    follow: f_adaptive, mae : as in `AoiAttention`. f_max : the largest F-measure of precision
    and recall, both averaged over stimuli at each threshold.
    """

    n: int
    n_zero: int
    mass: float
    area: float
    gain: float
    hit: float
    n_steps: int
    n_reached: int
    first_step: float
    n_curves: int = 0
    f_adaptive: float = math.nan
    f_max: float = math.nan
    mae: float = math.nan


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """Of whom and of what the numbers on people are; all areas have the same trials.

    n_trials : with a fixation in use; n_participants, n_stimuli : of these. n_empty : the others.
    n_fixations, n_excluded : in use, and not. notes : what was assumed.
    """

    n_trials: int
    n_participants: int
    n_stimuli: int
    n_empty: int
    n_fixations: int
    n_excluded: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaSummary:
    """All means, on one stimulus or over all by the names of areas.

    stimuli_of : where there is an area of a name; of "" all of them. people : by area.
    participants : by participant and area. sources : by area, source and kind. moves : how often
    a fixation in one area was followed by one in another, over `counts.n_trials` trials.
    """

    stimuli_of: Mapping[str, frozenset[str]]
    people: Mapping[str, PeopleSummary]
    participants: Mapping[tuple[str, str], PeopleSummary]
    sources: Mapping[tuple[str, str, str], MapSummary]
    moves: Counter[tuple[str, str]]
    counts: TrialCounts

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the areas, in order."""
        return tuple(name for name in self.stimuli_of if name)


def summarise_areas(areas: Areas, stimulus: str = "") -> AreaSummary:
    """Return the means on one stimulus, or over all."""
    rows = [row for row in areas.gaze if stimulus in ("", row.key[1])]
    maps = [row for row in areas.maps if stimulus in ("", row.stimulus)]
    aois = [aoi for aoi in areas.aois if stimulus in ("", aoi.stimulus)]
    on = {
        name: frozenset(aoi.stimulus for aoi in group)
        for name, group in _grouped(aois, lambda aoi: aoi.name).items()
    }
    moves: Counter[tuple[str, str]] = Counter()
    for key, found in areas.moves.items():
        if stimulus in ("", key[1]):
            moves.update(found)
    by_person = _grouped(rows, lambda row: (row.key[0], row.aoi))
    by_source = _grouped(maps, lambda row: (row.aoi, row.source, row.kind))
    return AreaSummary(
        on | {"": frozenset(aoi.stimulus for aoi in aois)},
        {name: _people(group) for name, group in _grouped(rows, lambda row: row.aoi).items()},
        {key: _people(group) for key, group in by_person.items()},
        {key: _maps(group) for key, group in by_source.items()},
        moves,
        _counts(rows),
    )


def _counts(rows: Iterable[AreaRow]) -> TrialCounts:
    trials = {row.key: row for row in rows}.values()
    used = [row for row in trials if row.n_used]
    return TrialCounts(
        n_trials=len(used),
        n_participants=len({row.key[0] for row in used}),
        n_stimuli=len({row.key[1] for row in used}),
        n_empty=len(trials) - len(used),
        n_fixations=sum(row.n_used for row in used),
        n_excluded=sum(row.n_excluded for row in trials),
        notes=tuple(dict.fromkeys(row.note for row in used if row.note)),
    )


def _people(rows: Sequence[AreaRow]) -> PeopleSummary:
    used = [row for row in rows if row.n_used]
    looked = [row.found for row in used if row.found.n_fixations]
    found = [row.found for row in used]
    return PeopleSummary(
        n=len(used),
        n_participants=len({row.key[0] for row in used}),
        n_stimuli=len({row.key[1] for row in used}),
        n_empty=len(rows) - len(used),
        n_excluded=sum(row.n_excluded for row in rows),
        n_looked=len(looked),
        looked=len(looked) / len(used) if used else math.nan,
        area=_mean(row.area for row in used),
        n_fixations=_mean(one.n_fixations for one in found),
        n_visits=_mean(one.n_visits for one in found),
        dwell_ms=_mean(one.dwell_ms for one in found),
        dwell_share=_mean(one.dwell_share for one in found),
        first_ms=_mean(one.first_ms for one in looked),
        first_fixation=_mean(one.first_fixation for one in looked),
    )


def _maps(rows: Sequence[MapRow]) -> MapSummary:
    final = [row for row in rows if row.step == 0]
    found = [row.found for row in final if not math.isnan(row.found.mass)]
    stepped = {row.stimulus: row.first_step for row in rows if row.step}
    reached = [step for step in stepped.values() if not math.isnan(step)]
    curves = [row.found.curve for row in final if row.found.curve is not NO_CURVE]
    return MapSummary(
        n=len(found),
        n_zero=len(final) - len(found),
        mass=_mean(one.mass for one in found),
        area=_mean(one.area for one in found),
        gain=_mean(one.gain for one in found),
        hit=_mean(one.hit for one in found),
        n_steps=len(stepped),
        n_reached=len(reached),
        first_step=_mean(reached),
        n_curves=len(curves),
        f_adaptive=_mean(row.found.f_adaptive for row in final),
        f_max=largest_f(mean_curve(curves)),
        mae=_mean(row.found.mae for row in final),
    )


def _grouped(rows: Iterable[R], key: Callable[[R], K]) -> dict[K, list[R]]:
    groups: dict[K, list[R]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _mean(values: Iterable[float]) -> float:
    """Return the mean of those that are defined."""
    defined = [value for value in values if not math.isnan(value)]
    return sum(defined) / len(defined) if defined else math.nan
