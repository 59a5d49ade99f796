"""The density maps of two groups of participants compared, picture by picture and by lot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.gaze.density import density
from gazelab.metrics.catalog import metric_of
from gazelab.metrics.group_maps import MAP_METRICS, agreements
from gazelab.metrics.mean_difference import told
from gazelab.metrics.permutation import chance_of, relabellings
from gazelab.project.project import Project
from gazelab.report.differences import Contrast
from gazelab.study.sides import Side
from gazelab.study.viewings import Viewing, viewings_of
from gazelab.task import Step, Task

ABOUT = "density maps of people"
RELABELLED = "relabelled participants"
RELABELLINGS = 1000
_CELLS_OF_SIGMA = 1.5  # cells no wider than this share of the blur lose nothing of a Gaussian
_FEWEST_CELLS, _MOST_CELLS = 24, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMapPlan:
    """How maps are compared: metrics of MAP_METRICS; draws and seed of the lot."""

    blur: Blur
    metrics: tuple[str, ...] = tuple(MAP_METRICS)
    weight_by_duration: bool = False
    draws: int = RELABELLINGS
    seed: int = 0


def group_maps(
    project: Project, first: Side, second: Side, plan: GroupMapPlan
) -> Task[tuple[Contrast, ...]]:
    """Compare the density map of one group with that of another on every stimulus.

    Beside each value stands its mean over other ways to divide the same participants into groups
    of the same sizes. p is how often the mean over stimuli is then at least as far from
    agreement: participants are exchanged, each on all stimuli at once. Stimuli that one of the
    groups did not look at are left out.

    Raises SettingsError where none is left.
    """
    everyone = (*first.members, *second.members)
    in_first = np.array([who in first.members for who in everyone])
    others, exact = relabellings(len(everyone), len(first.members), plan.draws, plan.seed)
    labels = np.concatenate([in_first[None], others])
    lots = {metric: _Lot(len(labels)) for metric in plan.metrics}
    viewings = viewings_of(project, by_duration=plan.weight_by_duration)
    for done, (stimulus, viewing) in enumerate(viewings.items()):
        yield Step(done, len(viewings), stimulus)
        maps = _maps(viewing, everyone, plan.blur.sigma_px)
        if maps[in_first].any() and maps[~in_first].any():
            for metric, values in agreements(maps, labels, plan.metrics).items():
                lots[metric].add(stimulus, values)
    if not any(lot.found for lot in lots.values()):
        raise SettingsError(f"No picture was looked at by both {first.name} and {second.name}.")
    return tuple(
        _contrast(lot, metric, f"{first.name} with {second.name}", plan, exact)
        for metric, lot in lots.items()
    )


class _Lot:
    """Collects the values of one metric, stimulus by stimulus.

    found : stimulus -> value of the groups as they are. by_lot : its mean over relabellings.
    """

    def __init__(self, n_labels: int) -> None:
        self.found: dict[str, float] = {}
        self.by_lot: dict[str, float] = {}
        self._totals = np.zeros(n_labels)
        self._counts = np.zeros(n_labels)

    def add(self, stimulus: str, values: np.ndarray) -> None:
        """Take the values of all labels; the first are those of the groups as they are."""
        self.found[stimulus] = float(values[0])
        defined = ~np.isnan(values)
        others = values[1:][defined[1:]]
        self.by_lot[stimulus] = float(others.mean()) if len(others) else math.nan
        if defined[0]:
            self._totals[defined] += values[defined]
            self._counts += defined

    def means(self) -> np.ndarray:
        """Return (labels,) means over stimuli, NaN where there is none."""
        nothing = np.full(len(self._totals), math.nan)
        return np.divide(self._totals, self._counts, out=nothing, where=self._counts > 0)


def _maps(viewing: Viewing, participants: Sequence[str], sigma_px: float) -> np.ndarray:
    """Return (participants, cells): the sum of Gaussians of each."""
    shape = viewing.stimulus.shape
    cells = np.clip(_CELLS_OF_SIGMA * max(shape) / sigma_px, _FEWEST_CELLS, _MOST_CELLS)
    scale = min(1.0, cells / max(shape))
    grid = max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)
    own = map(viewing.of_participant, participants)
    maps = [density(s.x_px, s.y_px, shape, sigma_px, weights=s.weight, grid=grid) for s in own]
    return np.array(maps, np.float64).reshape(len(participants), -1)


def _contrast(lot: _Lot, metric_id: str, groups: str, plan: GroupMapPlan, exact: bool) -> Contrast:
    metric = metric_of(metric_id)
    apart = -lot.means() if metric.direction == "higher" else lot.means()
    chance = chance_of(float(apart[0]), apart[1:], exact=exact)
    return Contrast(
        about=ABOUT,
        first=groups,
        second=RELABELLED,
        paired=True,
        metric=metric.id,
        variant=metric.variant,
        unit=metric.unit,
        blur=plan.blur,
        of_first=lot.found,
        of_second=lot.by_lot,
        p=chance.p,
        test=f"{RELABELLED}, one-sided, {told(chance, plan.seed)}",
    )
