"""Single fixations given those before them, as tables of text."""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.gradient import fixation_gradient_of, gradient_lines
from gazelab.cli.output import Outcome, Progress, by_variant, columns
from gazelab.cli.project import SIMULATED
from gazelab.data.counted import counted
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.project.project import Project
    from gazelab.report.conditional import ConditionalSummary

_NUMBERS = 10


def add_conditional_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what scores single fixations."""
    parser.add_argument(
        "--conditional",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="store nothing: score every fixation by the map of the step beside it, given those "
        "before it, for these sources or patterns, by NSS, AUC and IG or some of them",
    )
    parser.add_argument(
        "--with-first",
        action="store_true",
        help="for --conditional: also the first fixation, where the trial began",
    )


def conditional_of(
    project: "Project", arguments: argparse.Namespace, metrics: Sequence[str], progress: Progress
) -> Outcome:
    """Score the fixations for the sources of --conditional; the project stays as it is."""
    from gazelab.cli.matrix import refuse_scoring
    from gazelab.report.conditional import summarise_conditional
    from gazelab.study.conditional import ConditionalPlan, conditional_scores, write_conditional
    from gazelab.study.gradient_sheet import gradient_used

    refuse_scoring(arguments, "--conditional", alignment=False)
    chosen: dict[str, Any] = {"metrics": tuple(metrics)} if metrics else {}
    plan = ConditionalPlan(
        models=tuple(arguments.conditional),
        alignment=arguments.alignment or project.settings.alignment,
        with_first=arguments.with_first,
        gradient=fixation_gradient_of(arguments),
        **chosen,
    )
    scores = finish(conditional_scores(project, plan), progress)
    summaries = summarise_conditional(scores, arguments.fixations or _NUMBERS)
    lines = [SIMULATED] if project.simulated else []
    lines += list(_told(summaries, with_first=plan.with_first))
    used = gradient_used(project, plan.gradient, {one.stimulus for one in scores})
    lines += gradient_lines(used) if plan.gradient else []
    data: dict[str, Any] = {
        "simulated": project.simulated,
        "alignment": plan.alignment,
        "with_first": plan.with_first,
        "gradient": asdict(used) if plan.gradient else None,
        "conditional": [asdict(summary) for summary in summaries],
    }
    if arguments.out:
        task = write_conditional(scores, summaries, Path(arguments.out))
        data["folder"] = str(finish(task, progress))
        lines.append(f"{data['folder']}: every fixation, the means, and what the columns mean")
    return Outcome(lines, data)


def _told(summaries: "Sequence[ConditionalSummary]", *, with_first: bool) -> Iterator[str]:
    """Yield for each source a table of all metrics by fixation number, and what it says."""
    from gazelab.report.curves import source_name

    for (source, kind), group in groupby(summaries, key=lambda one: (one.source, one.kind)):
        by_metric = {
            metric: list(cells) for metric, cells in groupby(group, key=lambda one: one.metric)
        }
        everything = next(iter(by_metric.values()))[0]
        yield (
            f"{source_name(source, kind)}, given the fixations before; alignment: "
            f"{everything.alignment}; mean over {counted(everything.n_stimuli, 'picture')}"
        )
        heads = ((f"{metric} ", f"{metric} 95 %") for metric in by_metric)
        rows = [list(_row(row)) for row in zip(*by_metric.values(), strict=True)]
        head = ["k", *(text for pair in heads for text in pair), "fixations", "undefined"]
        yield from columns([head, *rows], numbers_from=1)
        yield f"{everything.n_excluded:,} more are excluded"
        yield ""
    first = "with" if with_first else "without"
    yield f"all: {first} the first fixation, where the trial began; 95 %: bootstrap over pictures"
    yield "undefined: no step stands beside the fixation, or the metric is not defined"
    yield from by_variant((one.metric, one.variant) for one in summaries)


def _row(row: "Sequence[ConditionalSummary]") -> Iterator[str]:
    yield str(row[0].fixation or "all")
    for one in row:
        yield "NA" if math.isnan(one.mean) else f"{one.mean:.3f}"
        yield "NA" if math.isnan(one.low) else f"{one.low:.3f} to {one.high:.3f}"
    yield f"{row[0].n_fixations:,}"
    yield f"{row[0].n_undefined:,}"
