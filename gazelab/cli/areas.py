"""The verb on areas of interest."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import SIMULATED, project_folder
from gazelab.data.counted import brief, counted
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.report.areas import Areas

_PEOPLE = (
    "n",
    "looked",
    "n_fixations",
    "n_visits",
    "dwell_ms",
    "dwell_share",
    "area",
    "first_ms",
    "first_fixation",
)
_MAPS = ("n", "mass", "area", "gain", "hit", "first_step", "n_reached")
_SEGMENTING = ("n_curves", "f_adaptive", "f_max", "mae")
_NOTES = (
    "looked: share of trials with a fixation inside; first_ms, first_fixation: means over them",
    "dwell_ms: sum of the durations of the fixations inside, without saccades",
    "hit: share of pictures with the peak inside; first_step: mean over n_reached pictures",
    "f_adaptive: F-measure (beta^2 = 0.3) at twice the mean of the map, stretched to 0...1; f_max: "
    "the largest of precision and recall averaged over pictures; mae: mean absolute error",
)


def add_area_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the verb takes besides the project."""
    parser.add_argument(
        "areas",
        metavar="AREAS.csv",
        nargs="?",
        help="a table of areas of interest (those of the project otherwise)",
    )
    parser.add_argument(
        "--load",
        action="store_true",
        help="store the areas of the table in the project, in place of those on the same pictures",
    )
    parser.add_argument("--out", metavar="OUTDIR", help="write all as CSV to a new folder")


def aoi_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Measure areas of interest for people and models; with --load, store them first."""
    from gazelab.io.aois import read_aois
    from gazelab.project import store
    from gazelab.study.areas import measure_areas, with_areas_of, write_areas

    folder = project_folder(arguments.project)
    project = store.load(folder)
    aois = read_aois(Path(arguments.areas)) if arguments.areas else None
    lines = [SIMULATED] if project.simulated else []
    if arguments.load:
        if aois is None:
            raise SettingsError("--load needs a table.", "Such as: gazelab aoi P areas.csv --load")
        project = with_areas_of(project, aois)
        store.save(project, folder)
        lines.append(f"{folder}: {counted(len(project.aois), 'area')} of interest")
    areas = finish(measure_areas(project, aois), progress)
    told, data = _told(areas)
    data = {"project": str(folder), "simulated": project.simulated, **data}
    lines += told
    if arguments.out:
        data["folder"] = str(finish(write_areas(areas, Path(arguments.out)), progress))
        lines.append(f"{data['folder']}: every trial and step, transitions, what columns mean")
    return Outcome(lines, data)


def _told(areas: "Areas") -> tuple[list[str], dict[str, Any]]:
    """Return the means as lines and as data."""
    from gazelab.report.area_summary import summarise_areas

    summary = summarise_areas(areas)
    people = [{"aoi": aoi, **asdict(found)} for aoi, found in summary.people.items()]
    models = [
        {"model": source, "kind": kind, "aoi": aoi, **asdict(found)}
        for (aoi, source, kind), found in summary.sources.items()
    ]
    lines = ["People, mean over trials", *_table(people, ("aoi",), _PEOPLE)]
    if empty := summary.counts.n_empty:
        lines.append(f"left out: {counted(empty, 'trial')} without a fixation in use")
    if models:
        lines += ["", "Final maps, mean over pictures"]
        lines += _table(models, ("model", "kind", "aoi"), _MAPS)
        lines += ["", "Areas as objects that final maps segment, mean over pictures"]
        lines += _table(models, ("model", "kind", "aoi"), _SEGMENTING)
    return [*lines, "", *_NOTES], {"people": people, "models": models}


def _table(rows: Sequence[dict[str, Any]], who: Sequence[str], names: Sequence[str]) -> list[str]:
    if not rows:
        return ["nothing"]
    body = [[row[name] for name in who] + [_number(row[name]) for name in names] for row in rows]
    return columns([[*who, *names], *body], numbers_from=len(who))


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else brief(value)
