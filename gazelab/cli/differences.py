"""The verb that compares sources, groups and sets of pictures, as tables of text."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, by_variant, columns
from gazelab.cli.project import SIMULATED, blur_of, metric_ids, project_folder
from gazelab.cli.verbs import add_verb
from gazelab.data.counted import counted
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.project.project import Project
    from gazelab.report.differences import Difference
    from gazelab.report.extremes import Extremes
    from gazelab.study.differences import Compared


def add_differences(verbs: Any) -> None:
    """Add the arguments of the verb."""
    parser = add_verb(verbs, "differences")
    parser.add_argument("project", metavar="PROJECT", help="a folder *.gazelab")
    _add_what(parser)
    _add_how(parser)


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pair",
        metavar=("A", "B"),
        nargs=2,
        action="append",
        default=[],
        help="what to compare: two sources such as sam-s 'centre bias'; two groups such as "
        "group=patients group=controls; two sets of pictures such as scene=indoor scene=outdoor, "
        "cam=correct cam=wrong, or 'sam-s nss=best 10' 'sam-s nss=worst 10'; may be repeated",
    )
    parser.add_argument(
        "--extremes",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="list the pictures on which a source agrees best and worst with people",
    )
    parser.add_argument(
        "--number", metavar="K", type=int, default=5, help="for --extremes: how many of each (5)"
    )
    parser.add_argument("--list", action="store_true", help="list what there is to compare")
    parser.add_argument(
        "--metric", metavar="NAME", action="extend", nargs="+", help="only these (all otherwise)"
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="for groups and sets of pictures: only these sources, or patterns such as 'cam*'",
    )
    parser.add_argument("--out", metavar="OUTDIR", help="write every value as CSV to a new folder")


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--test",
        choices=("ranks", "permutation"),
        default="ranks",
        help="where p comes from: Wilcoxon's signed-rank or the Mann-Whitney test (if nothing is "
        "said), or a permutation test of the means",
    )
    parser.add_argument(
        "--draws",
        metavar="N",
        type=int,
        help="random arrangements of a permutation test (10000; of relabelled participants 1000); "
        "where there are no more, all are tried",
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of these draws (0)")
    blur = parser.add_mutually_exclusive_group()
    blur.add_argument("--sigma-deg", metavar="D", type=float, help="for groups: blur in degrees")
    blur.add_argument("--sigma-px", metavar="P", type=float, help="for groups: blur in pixels")


def differences_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Compare what was asked for; the project stays as it is."""
    from gazelab.project import store

    project = store.load(project_folder(arguments.project))
    if arguments.list:
        return _listed(project)
    if not arguments.pair and not arguments.extremes:
        raise SettingsError("What to compare is not said.", "Give --pair, --extremes or --list.")
    metrics = metric_ids(arguments.metric)
    lines: list[str] = [SIMULATED] * project.simulated
    data: dict[str, Any] = {"simulated": project.simulated}
    if arguments.extremes:
        lists = _extremes(project, arguments, metrics)
        lines += [line for one in lists for line in extreme_lines(one)]
        data["extremes"] = [asdict(one) for one in lists]
    if arguments.pair:
        compared = _compared(project, arguments, metrics, progress)
        lines += difference_lines(compared)
        data["differences"] = [_flat(row) for row in compared.rows]
        data["notes"] = compared.notes
        if arguments.out:
            data["folder"] = str(_written(compared, Path(arguments.out), progress))
            lines += ["", f"{data['folder']}: these, every picture, and what the columns mean"]
    return Outcome(lines, data)


def _listed(project: "Project") -> Outcome:
    from gazelab.study.sides import SOURCE, sides

    found = [(side.kind, side.name, len(side.members)) for side in sides(project)]
    rows = [[kind, name, "" if kind == SOURCE else f"{n:,}"] for kind, name, n in found]
    if not rows:
        return Outcome(
            ["There is nothing to compare: `gazelab score` makes scores."], {"sides": []}
        )
    data = {"sides": [{"kind": kind, "name": name} for kind, name, _ in found]}
    return Outcome(columns([["kind", "name", "members"], *rows], numbers_from=2), data)


def _compared(
    project: "Project", arguments: argparse.Namespace, metrics: Sequence[str], progress: Progress
) -> "Compared":
    from gazelab.metrics.mean_difference import Inference
    from gazelab.study.differences import DifferencePlan, compare

    drawn = {} if arguments.draws is None else {"draws": arguments.draws}
    relabelled = {} if arguments.draws is None else {"relabellings": arguments.draws}
    plan = DifferencePlan(
        pairs=tuple((first, second) for first, second in arguments.pair),
        blur=blur_of(project, arguments),
        metrics=tuple(metrics),
        models=tuple(arguments.model) if arguments.model else None,
        weight_by_duration=project.settings.weight_by_duration,
        inference=Inference(arguments.test, seed=arguments.seed, **drawn),
        **relabelled,
    )
    return finish(compare(project, plan), progress)


def _extremes(
    project: "Project", arguments: argparse.Namespace, metrics: Sequence[str]
) -> "list[Extremes]":
    from gazelab.report.extremes import extremes
    from gazelab.study.sides import final_scores

    if arguments.number < 1:
        raise SettingsError("--number must be at least 1.")
    scores = final_scores(project)
    return [
        extremes(scores, source, metric, arguments.number)
        for source in arguments.extremes
        for metric in metrics or ("nss",)
    ]


def _written(compared: "Compared", outdir: Path, progress: Progress) -> Path:
    from gazelab.study.differences import write_differences

    return finish(write_differences(compared.rows, outdir), progress)


def extreme_lines(found: "Extremes") -> list[str]:
    """Return the pictures on which a source is best and worst, side by side."""
    best, worst = (
        [[f"{score.value:.3f}", score.stimulus] for score in side]
        for side in (found.best, found.worst)
    )
    rows = [[*a, *b] for a, b in zip(best, worst, strict=True)]
    left = f", undefined on {found.n_undefined:,}" if found.n_undefined else ""
    unit = "" if found.unit == "1" else f" [{found.unit}]"
    return [
        f"{found.source}, {found.metric}{unit}: best and worst of {counted(found.n, 'picture')}"
        f"{left}",
        *columns([["best", "picture", "worst", "picture"], *rows], numbers_from=4),
        f"{found.metric}: {found.variant}",
        "",
    ]


def difference_lines(compared: "Compared") -> list[str]:
    """Return a table for each pair and source, and what the columns mean."""
    lines: list[str] = []
    for (about, first, second), group in groupby(
        compared.rows, key=lambda row: (row.about, row.first, row.second)
    ):
        lines += [f"{about}: {first} minus {second}", *_table(list(group)), ""]
    return [*lines, *compared.notes, *_legend(compared.rows)]


def _table(rows: "Sequence[Difference]") -> list[str]:
    head = ["metric", "unit", "better", "first", "second", "difference", "95 %"]
    head += ["p", "q", "d", "r", "pictures"]
    body = [
        [
            row.metric,
            row.unit,
            row.direction or "-",
            *map(_number, (row.found.mean_first, row.found.mean_second, row.found.difference)),
            f"{_number(row.found.low)} to {_number(row.found.high)}",
            *map(_chance, (row.found.p, row.corrected_p)),
            *map(_number, (row.found.standardised, row.found.rank_biserial)),
            _pictures(row),
        ]
        for row in rows
    ]
    starred = any(row.n_left_out for row in rows)
    note = ["*n: left out n pictures, where one of the two is undefined"] if starred else []
    tests = dict.fromkeys(row.found.test for row in rows if row.found.test)
    return [*columns([head, *body], numbers_from=3), *note, *(f"p: {test}" for test in tests)]


def _legend(rows: "Sequence[Difference]") -> list[str]:
    blurs = dict.fromkeys(_blur(row) for row in rows if not math.isnan(row.sigma_px))
    return [
        *by_variant((row.metric, row.variant) for row in rows),
        *blurs,
        "95 %: bootstrap interval of the difference of means, over pictures",
        f"q: p corrected for {counted(len(rows), 'comparison')} (Benjamini-Hochberg)",
        "d: Cohen's d_z where both have the same pictures, else Cohen's d with pooled deviation",
        "r: rank-biserial correlation, -1 to 1",
        "better: whether higher or lower values mean more agreement",
    ]


def _blur(row: "Difference") -> str:
    from gazelab.data.scores import GOLD_STANDARD
    from gazelab.metrics.catalog import TO_GOLD_STANDARD

    of = GOLD_STANDARD if row.metric in TO_GOLD_STANDARD else "human density"
    degrees = "" if math.isnan(row.sigma_deg) else f", {row.sigma_deg:.4g} deg"
    return f"{of}: Gaussian of {row.sigma_px:g} pixels{degrees}"


def _pictures(row: "Difference") -> str:
    n = f"{row.found.n_first:,}" + ("" if row.found.paired else f" / {row.found.n_second:,}")
    return n + (f" *{row.n_left_out:,}" if row.n_left_out else "")


def _flat(row: "Difference") -> dict[str, object]:
    """Return a row as data for JSON, without a level between."""
    data = asdict(row)
    return data | data.pop("found")


def _number(value: float) -> str:
    return "NA" if math.isnan(value) else f"{value:.3f}"


def _chance(p: float) -> str:
    return "<0.001" if p < 0.001 else _number(p)
