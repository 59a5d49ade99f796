"""Two sources of scores, compared picture by picture, as tables of text."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, by_variant, columns
from gazelab.cli.project import SIMULATED
from gazelab.errors import SettingsError

if TYPE_CHECKING:
    from gazelab.project.project import Project
    from gazelab.report.differences import Difference


def compared(project: "Project", arguments: argparse.Namespace, metrics: Sequence[str]) -> Outcome:
    """Compare sources by the scores of a project, which stay as they are."""
    from gazelab.report.differences import differences

    _refuse_scoring(arguments)
    found = differences(project.scores, [tuple(pair) for pair in arguments.compare], metrics)
    data = {"simulated": project.simulated, "differences": [_flat(row) for row in found]}
    told = [SIMULATED] if project.simulated else []
    return Outcome([*told, *difference_lines(found)], data)


def difference_lines(found: "Sequence[Difference]") -> list[str]:
    """Return a table for each pair, and what the columns mean."""
    lines: list[str] = []
    for (first, second), group in groupby(found, key=lambda row: (row.first, row.second)):
        lines += [f"{first} minus {second}, over the same pictures", *_table(list(group)), ""]
    return [
        *lines,
        *by_variant((row.metric, row.variant) for row in found),
        "",
        "95 %: bootstrap interval of the mean difference; p: Wilcoxon signed-rank test, two-sided",
        f"q: p corrected for {len(found)} comparisons (Benjamini-Hochberg)",
        "d_z: difference in its standard deviations; r: rank-biserial correlation, -1 to 1",
        "better: whether higher or lower values are",
    ]


def _table(rows: "Sequence[Difference]") -> list[str]:
    head = ["metric", "unit", "better", "first", "second", "difference", "95 %"]
    head += ["p", "q", "d_z", "r", "pictures"]
    body = [
        [
            row.metric,
            row.unit,
            row.direction or "-",
            *map(_number, (row.found.mean_first, row.found.mean_second, row.found.difference)),
            f"{_number(row.found.low)} to {_number(row.found.high)}",
            *map(_chance, (row.found.p, row.corrected_p)),
            *map(_number, (row.found.cohens_dz, row.found.rank_biserial)),
            f"{row.found.n:,}" + (f" *{row.n_left_out:,}" if row.n_left_out else ""),
        ]
        for row in rows
    ]
    starred = any(row.n_left_out for row in rows)
    note = ["*n: left out n pictures, where one of the two is undefined"] if starred else []
    return [*columns([head, *body], numbers_from=3), *note]


def _flat(row: "Difference") -> dict[str, object]:
    """Return a row as data for JSON, without a level between."""
    data = asdict(row)
    return data | data.pop("found")


def _number(value: float) -> str:
    return "NA" if math.isnan(value) else f"{value:.3f}"


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else _number(p)


def _refuse_scoring(arguments: argparse.Namespace) -> None:
    """Raise SettingsError for options that say how to score: nothing is scored here."""
    given = {
        "--model": arguments.model,
        "--sigma-deg": arguments.sigma_deg,
        "--sigma-px": arguments.sigma_px,
        "--by-step": arguments.by_step,
        "--alignment": arguments.alignment,
        "--matrix": arguments.matrix,
        "--fixations": arguments.fixations,
        "--out": arguments.out,
    }
    named = [option for option, value in given.items() if value]
    if named:
        raise SettingsError(
            f"{', '.join(named)} says how to score, and --compare takes scores as they are.",
            "Score first, then compare.",
        )
