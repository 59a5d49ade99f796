"""A score: one number that says how well two sources agree, and all that it depends on."""

from dataclasses import dataclass, field

import numpy as np

CENTRE_BIAS = "centre bias"
INTER_OBSERVER = "inter-observer"
BASELINES = (CENTRE_BIAS, INTER_OBSERVER)
"""Baselines that are always there: the other images' fixations; the other viewers of this one."""
UNIFORM = "uniform"
ONE_HUMAN = "one human"
GOLD_STANDARD = "KDE gold standard"
HUMAN_DENSITY = "human density"
GRID_CEILING = "grid ceiling"
"""Baselines on request; see `gazelab.metrics.baseline_catalog`. Behind the last stands its grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One value of one metric.

    participant : "all" when the fixations of everyone were pooled.
    source, kind : model id or name of a baseline; kind as in `Attention`, "" for baselines.
    step : 1-based timestep of the source; 0 for its final or only map.
    fixations : "all", or "aligned" when only fixations that stand beside `step` counted.
    value : NaN where undefined; `note` then says why.
    n_fixations, n_excluded : how many entered, how many were left out by their flags.
    sigma_px, sigma_deg : blur of the human density that the metric compares with, or else of
        the one that predicts; NaN where there is none (sigma_deg also where the viewing
        geometry is unknown).
    alignment : which fixations are aligned: "index", "time, 4 steps", or "parts 1-2, 3-4, 5+"
        for a model trained in time; "" where all count.
    grid : "columns x rows" on which it was computed, e.g. "800x600".
    """

    participant: str
    stimulus: str
    source: str
    kind: str
    step: int
    fixations: str
    metric: str
    variant: str
    value: float
    unit: str
    n_fixations: int
    n_excluded: int
    sigma_px: float
    sigma_deg: float
    alignment: str
    grid: str
    note: str = ""

    @property
    def is_final(self) -> bool:
        """Whether it is of the final map and all fixations."""
        return not self.step and self.fixations == "all"


@dataclass(frozen=True, slots=True, eq=False)
class ComputedScores:
    """Rows that a scoring computed, to be used again where nothing they depend on has changed.

    They are no results: some may no longer hold. Results are the scores of a project.

    rows : before those are filled in that take several rows.
    fingerprints : (n, 2) uint64, for each row that of all it was computed from.
    """

    rows: tuple[Score, ...] = ()
    fingerprints: np.ndarray = field(default_factory=lambda: np.empty((0, 2), np.uint64))
