"""A score: one number that says how well two sources agree, and all that it depends on."""

from dataclasses import dataclass

CENTRE_BIAS = "centre bias"
INTER_OBSERVER = "inter-observer"
BASELINES = (CENTRE_BIAS, INTER_OBSERVER)
"""Sources that are no model: the other images' fixations; the other viewers of this image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One value of one metric.

    participant : "all" when the fixations of everyone were pooled.
    source, kind : model id or one of BASELINES; kind as in `Attention`, "" for baselines.
    step : 1-based timestep of the source; 0 for its final or only map.
    fixations : "all", or "aligned" when only fixations that stand beside `step` counted.
    value : NaN where undefined; `note` then says why.
    n_fixations, n_excluded : how many entered, how many were left out by their flags.
    sigma_px, sigma_deg : blur of the human density map; NaN where the metric uses none
        (sigma_deg also where the viewing geometry is unknown).
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
