"""Curves "metric against step" from the summaries of scores."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gazelab.data.scores import GRID_CEILING, HUMAN_DENSITY
from gazelab.report.summary import Summary

_SEEN = (HUMAN_DENSITY, GRID_CEILING)


@dataclass(frozen=True, slots=True)
class Curve:
    """One source over steps (1-based); a value is NaN where undefined for every stimulus.

    low, high : its interval at each step; () where there is none.
    """

    name: str
    is_model: bool
    steps: tuple[int, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    @property
    def is_defined(self) -> bool:
        """Whether there is a value at any step."""
        return not all(math.isnan(value) for value in self.values)


def source_name(source: str, kind: str) -> str:
    """Return what a source is called in tables, such as "sam-s saliency"."""
    return f"{source} {kind}".strip()


def curves(summaries: Iterable[Summary], metric: str) -> tuple[Curve, ...]:
    """Return a curve for each source and choice of fixations that was scored by step.

    A baseline scored on all fixations has no steps: it is a level line over the models'. Maps
    of the fixations that they are scored on are left out: no step can be expected to reach them.
    """
    groups: dict[tuple[str, str, str, str], dict[int, float]] = {}
    for row in summaries:
        if row.metric == metric and (row.kind or not row.source.startswith(_SEEN)):
            key = row.source, row.kind, row.fixations, row.alignment
            groups.setdefault(key, {})[row.step] = row.mean
    several = len({alignment for *_, alignment in groups if alignment}) > 1
    steps = sorted({step for values in groups.values() for step in values if step > 0})
    found = []
    for (source, kind, fixations, alignment), values in groups.items():
        is_model = bool(kind)
        by_step = {step: value for step, value in values.items() if step > 0}
        if not by_step and not is_model:
            by_step = dict.fromkeys(steps, values[0])
        if by_step:
            name = f"{source_name(source, kind)}, {fixations} fixations"
            if several and alignment and not is_model:
                name += f" ({alignment})"
            found.append(Curve(name, is_model, tuple(by_step), tuple(by_step.values())))
    return tuple(sorted(found, key=lambda curve: not curve.is_model))
