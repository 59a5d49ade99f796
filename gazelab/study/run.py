"""Run a model over the stimuli of a project, in one process or several."""

import contextlib
import fnmatch
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from gazelab.data.attention import Attention, Map
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.density import human_density
from gazelab.nets.card import ModelCard, find_card
from gazelab.nets.methods import MethodChoice
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.project.store import image_path
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.runtime import RunResult
    from gazelab.nets.team import Team

_GAZE_GRID = (56, 56)
"""Fine enough for the networks whose attention is the human density."""


@dataclass(frozen=True, slots=True)
class _LookedAt:
    """The stimuli that a model is to look at, and the gaze of people at them."""

    project: Project
    folder: Path
    stimuli: Sequence[Stimulus]

    @property
    def images(self) -> list[tuple[Stimulus, Path]]:
        """Each stimulus with the file of its picture."""
        return [(stimulus, image_path(self.folder, stimulus)) for stimulus in self.stimuli]

    def density(self, stimulus: Stimulus) -> Map | None:
        """Return the human density on a coarse grid; None where nobody looked."""
        paths = self.project.scanpaths_of(stimulus.id)
        if not any(path.used.any() for path in paths):
            return None
        sigma_px = self.project.settings.blur.sigma_px
        return human_density(paths, stimulus, sigma_px, grid=_GAZE_GRID)


def run_model(
    project: Project,
    project_folder: Path,
    model: str | ModelCard,
    *,
    device: str = "auto",
    stimuli_glob: str | None = None,
    threads: int | None = None,
    methods: Sequence[MethodChoice] = (),
) -> Task["RunResult"]:
    """Make the maps of a model for the stimuli of a project.

    model : its id, or its card. stimuli_glob : a pattern for stimulus ids such as "10*.jpg";
    all when None. device, threads, methods : as for `gazelab.nets.runtime.run_model`.

    Returns maps for `Project.with_attention`; the project itself is not changed. Raises
    ModelError, and SettingsError when there is no stimulus to run on, or no such method, class
    or layer.
    """
    card = _card(model)
    looked_at = _LookedAt(project, project_folder, _chosen(project, stimuli_glob))
    return (yield from _run(card, looked_at, device, threads, methods))


def run_model_in_team(
    project: Project,
    project_folder: Path,
    model: str | ModelCard,
    *,
    device: str = "auto",
    stimuli_glob: str | None = None,
    methods: Sequence[MethodChoice] = (),
) -> Task["RunResult | None"]:
    """Do as `run_model`, the stimuli shared among the processes that `torchrun` started.

    Returns the maps of all of them in the first process, None in the others.
    """
    card = _card(model)
    chosen = _chosen(project, stimuli_glob)

    from gazelab.nets.team import joined

    with joined() as team:
        if team.size == 1:
            looked_at = _LookedAt(project, project_folder, chosen)
            return (yield from _run(card, looked_at, device, None, methods))
        threads = max((os.cpu_count() or 1) // team.size, 1)
        mine = _LookedAt(project, project_folder, chosen[team.share(len(chosen))])
        result = yield from _run(card, mine, device, threads, methods)
        return _merged(result, team)


def _run(
    card: ModelCard,
    looked_at: _LookedAt,
    device: str,
    threads: int | None,
    methods: Sequence[MethodChoice],
) -> Task["RunResult"]:
    from gazelab.nets.runtime import run_model as run  # torch takes a second to import

    return (yield from run(card, looked_at.images, device, threads, methods, looked_at.density))


def _card(model: str | ModelCard) -> ModelCard:
    return find_card(model) if isinstance(model, str) else model


def _merged(result: "RunResult", team: "Team") -> "RunResult | None":
    """Join the results of all processes, in the order of their shares."""
    with contextlib.ExitStack() as places:
        made = tempfile.TemporaryDirectory(prefix="gazelab-run-") if team.leads else None
        place = places.enter_context(made) if made else ""
        scratch = Path(team.told(place))
        part = scratch / f"{team.rank}{store.SUFFIX}"
        if not team.leads:
            store.save(Project().with_attention(result.attention), part)
        skipped = team.said(msgspec.json.encode(result.skipped).decode())  # all have saved now
        if not team.leads:
            return None
        attention = list(result.attention)
        for rank in range(1, team.size):
            attention += in_memory(store.load(scratch / f"{rank}{store.SUFFIX}"))
        left_out = [msgspec.json.decode(one, type=list[tuple[str, str]]) for one in skipped]
        return replace(result, attention=tuple(attention), skipped=tuple(chain(*left_out)))


def in_memory(project: Project) -> list[Attention]:
    """Return the maps of a project that is about to be removed from the disk."""
    every = project.attention.values()
    return [replace(attention, maps=np.array(attention.maps)) for attention in every]


def _chosen(project: Project, pattern: str | None) -> list[Stimulus]:
    stimuli = [stimulus for stimulus in project.stimuli.values() if stimulus.has_picture]
    if not stimuli:
        raise SettingsError("The project has no stimuli with a picture.", "Import pictures first.")
    if pattern is None:
        return stimuli
    chosen = [stimulus for stimulus in stimuli if fnmatch.fnmatchcase(stimulus.id, pattern)]
    if not chosen:
        raise SettingsError(
            f"No stimulus of the {len(stimuli)} matches '{pattern}'.",
            "The pattern is compared with the whole id; * stands for any characters.",
        )
    return chosen
