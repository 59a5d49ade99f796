"""The verb on areas of interest."""

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import SIMULATED, project_folder
from gazelab.data.counted import brief
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.report.areas import Areas

_GAZE = ("n_fixations", "n_visits", "dwell_ms", "dwell_share", "first_ms", "first_fixation")
_MAPS = ("mass", "area", "gain", "hit")


def aoi_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Measure areas of interest for people and models."""
    from gazelab.io.aois import read_aois
    from gazelab.project import store
    from gazelab.study.areas import measure_areas, write_areas

    folder = project_folder(arguments.project)
    project = store.load(folder)
    areas = finish(measure_areas(project, read_aois(Path(arguments.areas))), progress)
    data: dict[str, Any] = {
        "project": str(folder),
        "simulated": project.simulated,
        "people": _means_of_people(areas),
        "models": _means_of_models(areas),
    }
    lines = [SIMULATED] if project.simulated else []
    lines += ["People, mean over trials", *_table(data["people"], _GAZE)]
    if areas.maps:
        lines += ["", "Final maps, mean over pictures", *_table(data["models"], _MAPS)]
    lines += ["", "NA are left out of means: first_ms and first_fixation are means over visitors"]
    if arguments.out:
        data["folder"] = str(finish(write_areas(areas, Path(arguments.out)), progress))
        lines.append(f"{data['folder']}: every trial and step, transitions, what columns mean")
    return Outcome(lines, data)


def _means_of_people(areas: "Areas") -> list[dict[str, Any]]:
    return _means((({"aoi": row.aoi}, asdict(row.found)) for row in areas.gaze), _GAZE)


def _means_of_models(areas: "Areas") -> list[dict[str, Any]]:
    final = (row for row in areas.maps if not row.step)
    return _means(
        (
            ({"model": row.source, "kind": row.kind, "aoi": row.aoi}, asdict(row.found))
            for row in final
        ),
        _MAPS,
    )


def _means(
    rows: Iterable[tuple[dict[str, str], dict[str, float]]], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return a row for each group: who it is, n, and the means of what is defined."""
    groups: dict[tuple[tuple[str, str], ...], list[dict[str, float]]] = {}
    for who, found in rows:
        groups.setdefault(tuple(who.items()), []).append(found)
    return [
        {
            **dict(who),
            "n": len(found),
            **{name: _mean([one[name] for one in found]) for name in names},
        }
        for who, found in groups.items()
    ]


def _mean(values: Sequence[float]) -> float:
    defined = [value for value in values if not math.isnan(value)]
    return sum(defined) / len(defined) if defined else math.nan


def _table(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[str]:
    if not rows:
        return ["nothing"]
    who = [name for name in rows[0] if name not in (*names, "n")]
    body = [
        [*(row[name] for name in who), str(row["n"]), *(brief(row[name]) for name in names)]
        for row in rows
    ]
    return columns([[*who, "n", *names], *body], numbers_from=len(who))
