"""Areas of interest over trials, pictures and steps: what stands in a table of means."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

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


def people_by(rows: Iterable[AreaRow], key: Callable[[AreaRow], K]) -> dict[K, PeopleSummary]:
    """Return a summary of each group of rows with the same key, in order."""
    return {group: _people(found) for group, found in _grouped(rows, key).items()}


def maps_by(rows: Iterable[MapRow], key: Callable[[MapRow], K]) -> dict[K, MapSummary]:
    """Return a summary of each group of rows with the same key, in order."""
    return {group: _maps(found) for group, found in _grouped(rows, key).items()}


def transitions_over(
    areas: Areas, stimulus: str = ""
) -> tuple[tuple[str, ...], Counter[tuple[str, str]]]:
    """Return the names of areas and how often one followed another, on one stimulus or all."""
    names = dict.fromkeys(aoi.name for aoi in areas.aois if stimulus in ("", aoi.stimulus))
    moves: Counter[tuple[str, str]] = Counter()
    for key, found in areas.moves.items():
        if stimulus in ("", key[1]):
            moves.update(found)
    return tuple(names), moves


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
