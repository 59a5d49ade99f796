"""Measure areas of interest for the people and the maps of a project, and change them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from gazelab.data.aoi import Aoi, merged
from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath
from gazelab.errors import SettingsError
from gazelab.metrics.areas import attention_in_pixels, gaze_in, transitions
from gazelab.project.project import Project
from gazelab.report.areas import AreaRow, Areas, MapRow, area_tables
from gazelab.study.matching import Pictures
from gazelab.study.writing import write_tables
from gazelab.task import Step, Task

_SYNTHETIC = "onsets are running sums of durations"


def measure_areas(project: Project, aois: Sequence[Aoi] | None = None) -> Task[Areas]:
    """Return what people and maps did in areas of interest: those of the project, or others.

    A stimulus may be named as in a recording, see `Pictures`. Raises SettingsError where there is
    no area, for one on a stimulus that the project does not have, and for one that is there twice.
    """
    aois = project.aois if aois is None else aois
    if not aois:
        raise SettingsError(
            "There are no areas of interest.", "Draw them in the window, or name a table of them."
        )
    gaze: list[AreaRow] = []
    maps: list[MapRow] = []
    moves = {}
    by_stimulus = _by_stimulus(project, aois)
    maps_of: dict[str, list[Attention]] = {}
    for item in project.attention.values():
        maps_of.setdefault(item.stimulus, []).append(item)
    for done, (stimulus, here) in enumerate(by_stimulus.items()):
        yield Step(done, len(by_stimulus), stimulus)
        pixels = [aoi.pixels(project.stimuli[stimulus].shape) for aoi in here]
        shares = [float(inside.mean()) for inside in pixels]
        for path in project.scanpaths_of(stimulus):
            used = path.without_excluded()
            gaze += _gaze_rows(path, used, here, shares)
            moves[path.key] = transitions(here, used)
        for item in maps_of.get(stimulus, ()):
            yield Step(done, len(by_stimulus), f"{stimulus}, {item.source}")
            maps += _map_rows(item, here, pixels)
    return Areas(tuple(chain(*by_stimulus.values())), tuple(gaze), tuple(maps), moves)


def write_areas(areas: Areas, outdir: Path) -> Task[Path]:
    """Write the tables and a data dictionary into a new folder, as `write_tables` does."""
    return write_tables(area_tables(areas), (), outdir)


def with_areas_of(project: Project, aois: Sequence[Aoi]) -> Project:
    """Return the project with these areas in place of all on the same stimuli.

    Areas on other stimuli stay. Stimuli are named, and SettingsError is raised, as in
    `measure_areas`.
    """
    new = _by_stimulus(project, aois)
    kept = (aoi for aoi in project.aois if aoi.stimulus not in new)
    return project.with_aois(chain(kept, *new.values()))


def copied(project: Project, aois: Sequence[Aoi]) -> tuple[Project, int]:
    """Return the project with areas of one stimulus on all others of its size.

    An area of the same name there is replaced. Also returns how many stimuli have another
    size: pixels mean other places on them, and nothing is copied there.
    """
    others = [s for s in project.stimuli.values() if s.id != aois[0].stimulus]
    size = project.stimuli[aois[0].stimulus].shape
    alike = [stimulus for stimulus in others if stimulus.shape == size]
    new = (replace(aoi, stimulus=stimulus.id) for stimulus in alike for aoi in aois)
    return project.with_aois(merged(project.aois, new)), len(others) - len(alike)


def _by_stimulus(project: Project, aois: Iterable[Aoi]) -> dict[str, list[Aoi]]:
    """Return areas by the id of their stimulus, and known by it."""
    pictures = Pictures(project.stimuli.values())
    on: dict[str, list[Aoi]] = {}
    for aoi in aois:
        stimulus = pictures.named(aoi.stimulus)
        if stimulus is None:
            known = ", ".join(list(project.stimuli)[:3])
            raise SettingsError(
                f"The project has no stimulus '{aoi.stimulus}' for the area '{aoi.name}'.",
                f"It has: {known} ..." if known else "",
            )
        here = on.setdefault(stimulus.id, [])
        if aoi.name in (other.name for other in here):
            raise SettingsError(f"The area '{aoi.name}' of {stimulus.id} is there twice.")
        here.append(aoi if aoi.stimulus == stimulus.id else replace(aoi, stimulus=stimulus.id))
    return on


def _gaze_rows(
    path: Scanpath, used: Scanpath, aois: Sequence[Aoi], shares: Sequence[float]
) -> Iterator[AreaRow]:
    note = _SYNTHETIC if path.origin.synthetic_onsets else ""
    counts = (len(used), len(path) - len(used))
    for aoi, share in zip(aois, shares, strict=True):
        yield AreaRow(path.key, aoi.name, gaze_in(aoi, used), *counts, share, note)


def _map_rows(
    attention: Attention, aois: Sequence[Aoi], pixels: Sequence[np.ndarray]
) -> Iterator[MapRow]:
    steps = attention.positive if len(attention.maps) > 1 else ()
    final = attention_in_pixels(pixels, attention.final)
    found = [attention_in_pixels(pixels, map_, segmenting=False) for map_ in steps]
    for place, aoi in enumerate(aois):
        hits = [step for step, of_step in enumerate(found, 1) if of_step[place].hit == 1]
        first = float(hits[0]) if hits else math.nan
        for step, of_step in enumerate((final, *found)):
            yield MapRow(*attention.key, aoi.name, step, of_step[place], first)
