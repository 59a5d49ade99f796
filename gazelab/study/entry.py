"""What the scores of one source on one stimulus have in common."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.geometry import Blur
from gazelab.data.scores import Score
from gazelab.metrics.catalog import Metric
from gazelab.study.viewings import Viewing

NO_BLUR = Blur(math.nan)
SAME_FIXATIONS = "map made of fixations that it is scored against"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Entry:
    """One source, compared with fixations on one stimulus.

    used : (n,) bool, which of these fixations are in use. blur : of the human density that maps
    are compared with. own_blur : of the density that predicts; NO_BLUR for other sources.
    grid : (rows, columns). The other fields are as in `Score`.
    """

    stimulus: str
    source: str
    used: np.ndarray
    blur: Blur
    grid: tuple[int, int]
    kind: str = ""
    step: int = 0
    fixations: str = "all"
    own_blur: Blur = NO_BLUR
    alignment: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, viewing: Viewing, source: str, grid: tuple[int, int], blur: Blur) -> "Entry":
        """Return a baseline on all fixations of a stimulus."""
        stimulus = viewing.stimulus.id
        return cls(stimulus=stimulus, source=source, used=viewing.used, blur=blur, grid=grid)

    def scores(
        self, metrics: Sequence[Metric], found: dict[str, tuple[float, str]]
    ) -> Iterator[Score]:
        """Yield the rows of metrics; found : metric id -> (value, note)."""
        for metric in metrics:
            value, note = found[metric.id]
            blur = self.blur if metric.uses_density else self.own_blur
            yield Score(
                participant="all",
                stimulus=self.stimulus,
                source=self.source,
                kind=self.kind,
                step=self.step,
                fixations=self.fixations,
                metric=metric.id,
                variant=metric.variant,
                value=value,
                unit=metric.unit,
                n_fixations=int(self.used.sum()),
                n_excluded=int((~self.used).sum()),
                sigma_px=blur.sigma_px,
                sigma_deg=blur.sigma_deg,
                alignment=self.alignment,
                grid=f"{self.grid[1]}x{self.grid[0]}",
                note="; ".join(filter(None, (*self.notes, note))),
            )
