"""Run a model in a child process, so that neither its imports nor its crash touch the caller.

The child leaves its result as a project folder of its own; the parent reads the maps back and
removes that folder.
"""

import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from gazelab.data.attention import Attention
from gazelab.nets.methods import MethodChoice
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study import process
from gazelab.task import Step, Task


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which model is to look at which stimuli.

    stimuli : ids; empty means all of the project. methods : ways to read maps out of a
    classifier. One core is left to the window.
    """

    project_folder: str
    model_id: str
    device: str = "auto"
    stimuli: tuple[str, ...] = ()
    methods: tuple[MethodChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The maps, the device that made them, and the stimuli left out with the reasons."""

    attention: tuple[Attention, ...]
    device: str
    skipped: tuple[tuple[str, str], ...]


def run_model_apart(request: RunRequest) -> Task[RunOutcome]:
    """Run `request` in a child process; closing the task kills the child.

    Raises ModelError with the child's own sentence, or with its last words if it crashed.
    """
    with tempfile.TemporaryDirectory(prefix="gazelab-run-") as scratch:
        result = Path(scratch) / "result.gazelab"
        yield Step(0, None, f"starting {request.model_id}")
        argument = msgspec.json.encode((request, str(result))).decode()
        ended = yield from process.follow("gazelab.study.apart", argument)
        maps = [_in_memory(attention) for attention in store.load(result).attention.values()]
        return RunOutcome(tuple(maps), ended.device, ended.skipped)


def _in_memory(attention: Attention) -> Attention:
    return replace(attention, maps=np.array(attention.maps))


def _child(arguments: str) -> Task[process.Ended]:
    """Run the request given as JSON."""
    from gazelab.nets.runtime import threads_beside_window
    from gazelab.study.run import run_model

    request, result = msgspec.json.decode(arguments, type=tuple[RunRequest, str])
    folder = Path(request.project_folder)
    project = store.load(folder)
    outcome = yield from run_model(
        _only(project, request.stimuli),
        folder,
        request.model_id,
        device=request.device,
        threads=threads_beside_window(),
        methods=request.methods,
    )
    store.save(Project().with_attention(outcome.attention), Path(result))
    return process.Ended(outcome.device, outcome.skipped)


def _only(project: Project, stimuli: tuple[str, ...]) -> Project:
    if not stimuli:
        return project
    chosen = {name: project.stimuli[name] for name in stimuli if name in project.stimuli}
    return Project(title=project.title, stimuli=chosen, settings=project.settings)


if __name__ == "__main__":
    sys.exit(process.drive(_child(sys.argv[1])))
