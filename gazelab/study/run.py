"""Run a model over the stimuli of a project."""

import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.nets.card import find_card
from gazelab.nets.methods import MethodChoice
from gazelab.project.project import Project
from gazelab.project.store import image_path
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.runtime import RunResult


def run_model(
    project: Project,
    project_folder: Path,
    model_id: str,
    *,
    device: str = "auto",
    stimuli_glob: str | None = None,
    threads: int | None = None,
    methods: Sequence[MethodChoice] = (),
) -> Task["RunResult"]:
    """Make the maps of a model for the stimuli of a project.

    stimuli_glob : a pattern for stimulus ids such as "10*.jpg"; all when None. device,
    threads, methods : as for `gazelab.nets.runtime.run_model`.

    Returns maps for `Project.with_attention`; the project itself is not changed. Raises
    ModelError, and SettingsError when there is no stimulus to run on, or no such method, class
    or layer.
    """
    card = find_card(model_id)
    chosen = _chosen(project, stimuli_glob)

    from gazelab.nets.runtime import run_model as run  # torch takes a second to import

    images = [(stimulus, image_path(project_folder, stimulus)) for stimulus in chosen]
    return (yield from run(card, images, device, threads, methods))


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
