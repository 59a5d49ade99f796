"""Check a project on disk, and find known numbers of the metrics again on this machine."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import project_folder
from gazelab.data.counted import counted
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.metrics.anchors import Anchor
    from gazelab.task import Task


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("project", metavar="PROJECT", nargs="?", help="a folder *.gazelab")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--metrics",
        action="store_true",
        help="check the metrics instead: find the numbers of reference implementations again",
    )
    instead.add_argument(
        "--anchors",
        metavar="FOLDER",
        help="find known numbers of the OSIE data set again in the copy there (some minutes)",
    )


def check_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Check a project on disk, or the metrics, and tell what is wrong."""
    from gazelab.project.check import Report, check

    if arguments.metrics:
        return _verified()
    if arguments.anchors:
        return _anchored(Path(arguments.anchors), progress)
    if not arguments.project:
        raise SettingsError(
            "What is to be checked is not said.", "Name a project, --metrics, or --anchors."
        )
    folder = project_folder(arguments.project)
    task: Task[Report] = check(folder)
    report = finish(task, progress)
    found = len(report.findings)
    counts = ", ".join(f"{number:,} {name}" for name, number in report.counts.items())
    lines = [f"{finding.kind}: {finding.message}" for finding in report.findings]
    lines.append(f"{folder}: {counts}; {'nothing is wrong' if not found else f'{found} wrong'}.")
    data = {
        "project": str(folder),
        "counts": dict(report.counts),
        "findings_by_kind": dict(report.by_kind),
        "findings": [{"kind": item.kind, "message": item.message} for item in report.findings],
    }
    problem = f"{folder}: {found} thing{'s' * (found > 1)} wrong, see above." if found else ""
    return Outcome(lines, data, 1 if found else 0, problem)


def _verified() -> Outcome:
    """Compute the numbers that reference implementations gave, and tell which differ."""
    from gazelab.metrics.golden import verify

    rows = list(verify())
    wrong = [row for row in rows if not row.agrees]
    body = [
        [row.metric, row.of, f"{row.expected:.12g}", f"{row.found:.12g}", _word(row.agrees)]
        for row in rows
    ]
    lines = columns([["metric", "of", "expected", "found", ""], *body], numbers_from=2)
    lines.append(f"{counted(len(rows), 'number')}, {len(wrong)} of them not found again.")
    data = {
        "numbers": len(rows),
        "wrong": [
            {"metric": row.metric, "of": row.of, "expected": row.expected, "found": row.found}
            for row in wrong
        ],
    }
    problem = f"{counted(len(wrong), 'number')} of the metrics not found again, see above."
    return Outcome(lines, data, 1 if wrong else 0, problem if wrong else "")


def _word(agrees: bool) -> str:
    return "ok" if agrees else "WRONG"


def _anchored(folder: Path, progress: Progress) -> Outcome:
    """Measure the anchors of OSIE, and tell which are not found again."""
    from gazelab.metrics.anchors import ERRORS, FEWER_IMAGES, GRID, IMAGES, SIGMA_PX
    from gazelab.study.anchors import osie_anchors

    rows = finish(osie_anchors(folder), progress)
    outside = [row for row in rows if not row.holds and not row.reason]
    body = [
        [row.of, *(f"{n:.4g}" for n in (row.expected, row.found, row.tolerance)), _told(row)]
        for row in rows
    ]
    lines = columns([["anchor", "published", "found", "tolerance", ""], *body], numbers_from=1)
    lines += [
        f"published: over {IMAGES} images, NSS by fixation number over {FEWER_IMAGES}; tolerance: "
        f"{ERRORS:g} standard errors of the difference to the images here, and half a digit",
        f"maps of {GRID[1]}x{GRID[0]}, human density of {SIGMA_PX:g} px at full size, fixations in "
        "one place all count, shuffled AUC against the fixations of all other images",
        *(f"see note: {reason}" for reason in dict.fromkeys(row.reason for row in rows) if reason),
        f"{counted(len(rows), 'anchor')}, {len(outside)} of them outside without a known reason.",
    ]
    data = {"anchors": [{**asdict(row), "holds": row.holds, "note": row.reason} for row in rows]}
    problem = f"{counted(len(outside), 'anchor')} not found again, see above." if outside else ""
    return Outcome(lines, data, 1 if outside else 0, problem)


def _told(anchor: "Anchor") -> str:
    return "see note" if anchor.reason else _word(anchor.holds)
