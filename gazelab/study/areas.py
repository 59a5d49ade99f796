"""Measure areas of interest for the people and the maps of a project."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from gazelab.data.aoi import Aoi
from gazelab.data.attention import Attention
from gazelab.errors import SettingsError
from gazelab.metrics.areas import attention_in, gaze_in, transitions
from gazelab.project.project import Project
from gazelab.report.areas import AreaRow, Areas, MapRow, area_tables
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

_SYNTHETIC = "onsets are running sums of durations"


def measure_areas(project: Project, aois: Sequence[Aoi]) -> Task[Areas]:
    """Return what people and maps did in areas of interest.

    Raises SettingsError for an area on a stimulus that the project does not have.
    """
    on: dict[str, list[Aoi]] = {}
    for aoi in aois:
        if aoi.stimulus not in project.stimuli:
            known = ", ".join(list(project.stimuli)[:3])
            raise SettingsError(
                f"The project has no stimulus '{aoi.stimulus}' for the area '{aoi.name}'.",
                f"It has: {known} ..." if known else "",
            )
        on.setdefault(aoi.stimulus, []).append(aoi)
    gaze: list[AreaRow] = []
    maps: list[MapRow] = []
    moves = {}
    for done, (stimulus, here) in enumerate(on.items()):
        yield Step(done, len(on), stimulus)
        for path in project.scanpaths_of(stimulus):
            used = path.without_excluded()
            note = _SYNTHETIC if path.origin.synthetic_onsets else ""
            gaze += [AreaRow(path.key, aoi.name, gaze_in(aoi, used), note) for aoi in here]
            moves[path.key] = transitions(here, used)
        for attention in project.attention.values():
            if attention.stimulus == stimulus:
                shape = project.stimuli[stimulus].shape
                maps += [row for aoi in here for row in _rows_of(attention, aoi, shape)]
    return Areas(tuple(gaze), tuple(maps), moves)


def write_areas(areas: Areas, outdir: Path) -> Task[Path]:
    """Write the tables and a data dictionary into a new folder, as `write_tables` does."""
    return write_tables(area_tables(areas), (), outdir)


def _rows_of(attention: Attention, aoi: Aoi, shape: tuple[int, int]) -> Iterator[MapRow]:
    steps = attention.positive if len(attention.maps) > 1 else ()
    found = [attention_in(aoi, map_, shape) for map_ in steps]
    hits = [step for step, one in enumerate(found, 1) if one.hit == 1]
    first = float(hits[0]) if hits else math.nan
    final = attention_in(aoi, attention.final, shape)
    for step, one in enumerate((final, *found)):
        yield MapRow(*attention.key, aoi.name, step, one, first)
