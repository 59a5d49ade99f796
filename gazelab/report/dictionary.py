"""The data dictionary: what each column of each file means."""

from collections.abc import Iterable, Mapping
from typing import Any

from gazelab.metrics.baseline_catalog import Baseline
from gazelab.metrics.catalog import METRICS, VARIANTS, Metric
from gazelab.metrics.similarities import SIMILARITIES, Similarity
from gazelab.report.tables import MISSING, Table

_TYPES = {
    "text": "text",
    "integer": "integer",
    "number": "number (IEEE double, decimal point)",
    "truth": "TRUE or FALSE",
}


def data_dictionary(
    tables: Iterable[Table], metrics: Iterable[str], baselines: Mapping[str, Baseline] | None = None
) -> dict[str, Any]:
    """Return the dictionary of these tables, with the metrics and baselines in them defined."""
    wanted = set(metrics)
    every: tuple[Metric | Similarity, ...] = (*METRICS, *VARIANTS, *SIMILARITIES)
    known = [metric for metric in every if metric.id in wanted]
    return {
        "files": {table.file: _file(table) for table in tables},
        "metrics": {metric.id: _metric(metric) for metric in known},
        "baselines": {
            source: {"definition": baseline.definition, "citation": baseline.citation}
            for source, baseline in (baselines or {}).items()
        },
    }


def _file(table: Table) -> dict[str, Any]:
    return {
        "about": table.about,
        "format": "CSV: UTF-8, comma, decimal point, LF, one header line",
        "columns": {
            column.name: {
                "type": _TYPES[column.kind],
                "unit": column.unit,
                "meaning": column.meaning,
                "missing": MISSING if column.kind == "number" else "",
            }
            for column in table.columns
        },
    }


def _metric(metric: Metric | Similarity) -> dict[str, Any]:
    low, high = (f"{limit:g}" for limit in metric.range)
    return {
        "title": metric.title,
        "definition": metric.definition,
        "variant": metric.variant,
        "unit": metric.unit,
        "range": [low, high],
        "better": metric.direction,
        "citation": metric.citation,
    }
