"""The verb on scanpaths: how alike they are, beside chance."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, by_variant, columns
from gazelab.cli.project import SIMULATED, project_folder
from gazelab.data.counted import brief, counted
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.report.likeness_matrix import Clusters
    from gazelab.report.similarity import Likeness, SimilaritySummary
    from gazelab.study.similarity import SimilarityPlan

_DIRECTIONS = {"higher": "more", "lower": "less", "": "-"}


def add_similarity_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "--measure",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="such as multimatch-position, scanmatch or dtw (all otherwise); multimatch is all "
        "that begin with it",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="only these sources, or patterns such as 'cam*' (all with several steps otherwise)",
    )
    parser.add_argument(
        "--stimulus",
        metavar="NAME",
        action="extend",
        nargs="+",
        help="only on these pictures (all otherwise); chance comes from the others all the same",
    )
    parser.add_argument(
        "--cluster",
        metavar="LINKAGE",
        nargs="?",
        const="average",
        help="cluster the participants by each measure: average (when none is named), complete "
        "or single",
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="of the draw of scanpaths for chance (0)"
    )
    parser.add_argument("--out", metavar="OUTDIR", help="write every pair as CSV to a new folder")


def similarity_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Compare scanpaths of people with one another and with the steps of models."""
    from gazelab.project import store
    from gazelab.report.similarity import summarise_similarity
    from gazelab.study.similarity import SimilarityPlan, similarities, write_similarities

    folder = project_folder(arguments.project)
    project = store.load(folder)
    chosen: dict[str, Any] = {}
    if arguments.measure:
        chosen["measures"] = _measure_ids(arguments.measure)
    plan = SimilarityPlan(
        models=tuple(arguments.model) if arguments.model else None,
        stimuli=tuple(arguments.stimulus or ()),
        seed=arguments.seed,
        **chosen,
    )
    found = finish(similarities(project, plan), progress)
    summaries = summarise_similarity(found, plan.chosen)
    trees = _clusters(found, plan, arguments.cluster)
    lines = [SIMULATED] if project.simulated else []
    lines += similarity_lines(summaries)
    lines += _cluster_lines(trees)
    data = {
        "project": str(folder),
        "simulated": project.simulated,
        "seed": plan.seed,
        "summary": [asdict(summary) for summary in summaries],
        "clusters": [_flat(tree) for tree in trees],
    }
    if arguments.out:
        task = write_similarities(found, plan.chosen, summaries, Path(arguments.out), trees)
        data["folder"] = str(finish(task, progress))
        lines.append(f"{data['folder']}: every pair, the means, and what the columns mean")
    return Outcome(lines, data)


def _clusters(
    found: "Sequence[Likeness]", plan: "SimilarityPlan", linkage: str | None
) -> "Sequence[Clusters]":
    from gazelab.report.likeness_matrix import clusters, likeness_matrix

    if linkage is None:
        return ()
    return clusters(likeness_matrix(found, len(plan.chosen)), plan.chosen, linkage)


def _cluster_lines(trees: "Sequence[Clusters]") -> list[str]:
    if not trees:
        return []
    linkage = next((one.tree.linkage for one in trees if one.tree), "")
    rows = [
        (one.measure.id, brief(one.tree.cophenetic), " ".join(one.order))
        if one.tree
        else (one.measure.id, "NA", one.reason)
        for one in trees
    ]
    left_out = sorted({name for one in trees if one.tree for name in one.left_out})
    note = ["left out by some measure, undefined with others: " + ", ".join(left_out)]
    return [
        "",
        f"Participants, clustered by their mean similarities ({linkage} linkage)",
        *columns([("measure", "cophenetic r", "order"), *rows], numbers_from=3),
        *(note if left_out else []),
    ]


def _flat(one: "Clusters") -> dict[str, Any]:
    return {
        "measure": one.measure.id,
        "linkage": one.tree.linkage if one.tree else "",
        "cophenetic": one.tree.cophenetic if one.tree else math.nan,
        "order": list(one.order),
        "left_out": list(one.left_out),
        "reason": one.reason,
    }


def similarity_lines(summaries: "Sequence[SimilaritySummary]") -> list[str]:
    """Return a table for people and for each source, and what the columns mean."""
    lines: list[str] = []
    for (who, kind), group in groupby(summaries, key=lambda one: (one.who, one.kind)):
        rows = list(group)
        lines += [_title(who, kind, rows), *_table(rows), ""]
    return [
        *lines,
        *by_variant((one.measure, one.variant) for one in summaries),
        "",
        "chance: the first scanpath with one of somebody else on another stimulus",
        "difference: mean over stimuli of mean - chance, with its 95 % bootstrap interval",
        "alike: whether more or less of the measure means more alike",
    ]


def _title(who: str, kind: str, rows: "Sequence[SimilaritySummary]") -> str:
    stimuli = max(row.n_stimuli for row in rows)
    pairs = "People with one another" if not kind else f"People with the steps of {who}, {kind}"
    return f"{pairs} (chance on {counted(stimuli, 'stimulus', 'stimuli')})"


def _table(rows: "Sequence[SimilaritySummary]") -> list[str]:
    head = ["measure", "unit", "alike", "mean", "chance", "difference", "95 %", "pairs"]
    body = [
        [
            row.measure,
            row.unit,
            _DIRECTIONS[row.direction],
            *(brief(value) for value in (row.mean, row.chance, row.difference)),
            f"{brief(row.difference_low)} to {brief(row.difference_high)}",
            f"{row.n_pairs:,}" + (f" *{row.n_undefined:,}" if row.n_undefined else ""),
        ]
        for row in rows
    ]
    starred = any(row.n_undefined for row in rows)
    note = ["*n: undefined for n pairs, which do not enter the mean"] if starred else []
    return [*columns([head, *body], numbers_from=3), *note]


def _measure_ids(names: Sequence[str]) -> tuple[str, ...]:
    """Return ids: of a measure, of all that begin with a name and a dash, or as it was given."""
    from gazelab.metrics.similarities import SIMILARITIES

    ids = []
    for name in map(str.casefold, names):
        alike = [one.id for one in SIMILARITIES if one.id.startswith(f"{name}-")]
        exact = [one.id for one in SIMILARITIES if one.id == name]
        ids += exact or alike or [name]
    return tuple(dict.fromkeys(ids))
