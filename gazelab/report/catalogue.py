"""The page of the guide that lists every metric and measure, made from their definitions."""

import math
from collections.abc import Iterable

from gazelab.metrics.baseline_catalog import CATALOG
from gazelab.metrics.catalog import METRICS, VARIANTS, Metric
from gazelab.metrics.similarities import SIMILARITIES, Similarity

_HEAD = """\
| Name | Definition | Variant | Unit | Range | Better | Source |
|---|---|---|---|---|---|---|"""
_INTRODUCTION = """\
# All metrics and measures

What each name means, exactly. This page is made from the program's own definitions; \
[comparing](comparing.md) says how to read the numbers, and the [command line](command-line.md) \
how to ask for them. The window offers all of the first two tables, and has a column for every \
metric that was scored. Undefined is `NA`, with the reason in the export."""


def metrics_page() -> str:
    """Return the page as Markdown."""
    parts = (
        _INTRODUCTION,
        "## Computed unless others are asked for",
        _table(METRICS),
        "## Other published definitions, in the Compare dialog and with `gazelab score --metric`",
        _table(VARIANTS),
        "## Scanpaths, with `gazelab similarity --measure`",
        _table(SIMILARITIES),
        "## Baselines, with `gazelab score --baseline`",
        _baselines(),
    )
    return "\n\n".join(parts) + "\n"


def _table(metrics: Iterable[Metric | Similarity]) -> str:
    return "\n".join([_HEAD, *map(_row, metrics)])


def _row(metric: Metric | Similarity) -> str:
    cells = (
        f"`{metric.id}`",
        f"{metric.title}. {metric.definition}",
        metric.variant,
        metric.unit,
        range_of(metric),
        metric.direction or "neither",
        metric.citation,
    )
    return f"| {' | '.join(cells)} |"


def range_of(metric: Metric | Similarity) -> str:
    """Return between which values a metric lies, such as "-1 to 1"."""
    return " to ".join(map(_limit, metric.range))


def _baselines() -> str:
    lines = ["| Name | In tables | What it is | Source |", "|---|---|---|---|"]
    for baseline in CATALOG:
        name = f"`{baseline.id}`{' (always)' * baseline.always}"
        cells = name, ", ".join(baseline.sources), baseline.definition, baseline.citation
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _limit(limit: float) -> str:
    if math.isinf(limit):
        return "∞" if limit > 0 else "-∞"
    return f"{limit:g}"
