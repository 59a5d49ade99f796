"""Every step of a source against every fixation number, as tables of text."""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.gradient import fixation_gradient_of, gradient_lines
from gazelab.cli.output import Outcome, Progress, by_variant, columns, refuse
from gazelab.cli.project import SIMULATED
from gazelab.data.counted import counted
from gazelab.data.geometry import Blur
from gazelab.metrics.catalog import metric_of
from gazelab.report.curves import source_name
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.project.project import Project
    from gazelab.report.gradient import GradientUsed
    from gazelab.report.matrix import MatrixSummary

_TITLES = {
    "alone": "Fixation k alone",
    "cumulative": "Fixations 1 to k",
    "gradient": "Attention gradient of people after fixation k",
}


def matrix_of(
    project: "Project",
    blur: Blur,
    arguments: argparse.Namespace,
    metrics: Sequence[str],
    progress: Progress,
) -> Outcome:
    """Compare the steps of the sources of --matrix with fixations; the project stays as it is."""
    from gazelab.report.matrix import summarise_matrices
    from gazelab.study.matrix import MatrixPlan, step_matrices, write_matrices

    refuse_scoring(arguments, "--matrix", alignment=True)
    refuse(
        {"--conditional": arguments.conditional, "--with-first": arguments.with_first},
        "has no meaning with --matrix.",
        "Ask for one after the other.",
    )
    gradient = fixation_gradient_of(arguments)
    plan = MatrixPlan(
        blur=blur,
        metrics=tuple(metrics) or (("nss",) if gradient is None else ("cc",)),
        models=tuple(arguments.matrix),
        n_fixations=arguments.fixations,
        weight_by_duration=project.settings.weight_by_duration,
        gradient=gradient,
    )
    matrices = finish(step_matrices(project, plan), progress)
    summaries = summarise_matrices(matrices)
    lines = [SIMULATED] if project.simulated else []
    lines += matrix_lines(summaries, blur)
    data: dict[str, Any] = {
        "simulated": project.simulated,
        "sigma_px": matrices[0].blur.sigma_px,
        "sigma_deg": matrices[0].blur.sigma_deg,
        "gradient": asdict(matrices[0].gradient) if gradient else None,
        "matrix": [asdict(summary) for summary in summaries],
    }
    if arguments.out:
        task = write_matrices(matrices, summaries, Path(arguments.out))
        data["folder"] = str(finish(task, progress))
        lines.append(f"{data['folder']}: every picture, the means, and what the columns mean")
    return Outcome(lines, data)


def refuse_matrix_options(arguments: argparse.Namespace) -> None:
    """Raise SettingsError for options that have no meaning without --matrix or --conditional."""
    refuse(
        {"--fixations": arguments.fixations, "--out": arguments.out},
        "needs --matrix or --conditional.",
        "Such as --matrix sam-s. `gazelab export` writes scores.",
    )
    refuse({"--with-first": arguments.with_first}, "needs --conditional.", "Such as sam-t.")
    gradient = {"--gradient": arguments.gradient, "--width-deg": arguments.width_deg}
    refuse(
        gradient | {"--rho": arguments.rho},
        "needs --matrix or --conditional.",
        "`gazelab gradient` makes maps that are scored like those of a model.",
    )


def matrix_lines(summaries: "Sequence[MatrixSummary]", blur: Blur) -> list[str]:
    """Return for each source and metric a table of each choice of fixations, and a legend."""
    lines: list[str] = []
    for (source, kind, metric, fixations), group in groupby(
        summaries, key=lambda one: (one.source, one.kind, one.metric, one.fixations)
    ):
        cells = list(group)
        unit = "" if cells[0].unit == "1" else f" [{cells[0].unit}]"
        better = f", {cells[0].direction} is better" if cells[0].direction else ""
        pictures = counted(cells[0].n_stimuli + cells[0].n_undefined, "picture")
        lines.append(
            f"{_TITLES[fixations]}: {source_name(source, kind)}, {metric}{unit}{better}, mean over "
            f"{pictures}"
        )
        lines += [*_table(cells), ""]
    return [*lines, *_legend(summaries, blur)]


def _table(cells: "Sequence[MatrixSummary]") -> list[str]:
    steps = [f"step {cell.step}" for cell in cells if cell.fixation == 1 and cell.step]
    # aligned numbers are in brackets: the blank keeps the points of a column under one another
    people = ["people ", "people 95 %", "same ", "same 95 %"]
    head = ["k", *(f"{step} " for step in steps), "aligned 95 %", *people]
    rows = [[str(k), *_row(list(row))] for k, row in groupby(cells, key=lambda cell: cell.fixation)]
    return columns([[*head, "fixations"], *rows], numbers_from=1)


def _row(cells: "Sequence[MatrixSummary]") -> Iterator[str]:
    *steps, people, same = cells
    yield from map(_value, steps)
    yield next((_interval(cell) for cell in steps if cell.aligned), "")
    yield _value(people)
    yield _interval(people)
    yield _value(same)
    yield _interval(same)
    yield f"{people.n_fixations:,}"


def _value(cell: "MatrixSummary") -> str:
    """Return a mean, in brackets if aligned; "*n" says on how many pictures it is undefined."""
    mean = "NA" if math.isnan(cell.mean) else f"{cell.mean:.3f}"
    missing = f" *{cell.n_undefined:,}" if cell.n_undefined else ""
    return f"[{mean}{missing}]" if cell.aligned else f"{mean}{missing} "


def _interval(cell: "MatrixSummary") -> str:
    return "NA" if math.isnan(cell.low) else f"{cell.low:.3f} to {cell.high:.3f}"


def _legend(summaries: "Sequence[MatrixSummary]", blur: Blur) -> list[str]:
    gradient = summaries[0].gradient
    lines = _of_gradient(gradient) if gradient.kernel else _of_fixations(summaries, blur)
    if any(summary.n_undefined for summary in summaries):
        lines.append("*n: undefined on n pictures, which do not enter the mean")
    return [*lines, *by_variant((one.metric, one.variant) for one in summaries)]


def _of_gradient(gradient: "GradientUsed") -> list[str]:
    return [
        "[ ]: the step beside fixation k by index; 95 %: bootstrap interval over pictures",
        "people: that of one half of the viewers, by all fixations of the other half, kernel alike",
        "same: by the gradient of the other half after the same fixation",
        "fixations: that enter; none of who made fewer than k, and no excluded ones",
        *gradient_lines(gradient),
        "the theory gives no formula: this gradient is an interpretation of it",
    ]


def _of_fixations(summaries: "Sequence[MatrixSummary]", blur: Blur) -> list[str]:
    degrees = "" if math.isnan(blur.sigma_deg) else f", {blur.sigma_deg:g} deg"
    lines = [
        "[ ]: the step beside fixation k by index; 95 %: bootstrap interval over pictures",
        "people: the same fixations predicted by all of the other viewers (inter-observer)",
        "same: predicted by fixation k, or fixations 1 to k, of the other viewers alone",
        "fixations: of all viewers and pictures; an excluded one keeps its number and is left out",
        f"human density: Gaussian of {blur.sigma_px:g} pixels{degrees}",
    ]
    if any(metric_of(summary.metric).uses_density for summary in summaries):
        lines.append("people, for metrics of maps: of one half of the viewers by the other half")
    return lines


def refuse_scoring(arguments: argparse.Namespace, option: str, *, alignment: bool) -> None:
    """Raise SettingsError for options of scores beside one that stores nothing.

    alignment : whether that has no meaning either.
    """
    others = {
        "--model": arguments.model,
        "--by-step": arguments.by_step,
        "--baseline": arguments.baseline,
        "--alignment": alignment and arguments.alignment,
    }
    refuse(others, f"has no meaning with {option}.", "It stores nothing, and names its sources.")
