"""Run a model in a child process, which leaves its maps as a project folder of its own."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gazelab.data.attention import Attention
from gazelab.nets.card import find_card
from gazelab.nets.methods import MethodChoice
from gazelab.nets.steps import with_steps
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study import child_task
from gazelab.study.run import in_memory, run_model
from gazelab.task import Step, Task

_FAILURE = "The model", "The project is unchanged."


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Which model is to look at which stimuli.

    stimuli : ids; empty means all of the project. methods : ways to read maps out of a
    classifier. steps : how often the model looks; 0 for as often as it was trained to. One
    core is left to the window.
    """

    project_folder: str
    model_id: str
    device: str = "auto"
    stimuli: tuple[str, ...] = ()
    methods: tuple[MethodChoice, ...] = ()
    steps: int = 0


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
        words = child_task.command(__name__, (request, str(result)))
        answer = yield from child_task.follow(words, _FAILURE)
        device, skipped = msgspec.json.decode(answer, type=tuple[str, list[tuple[str, str]]])
        return RunOutcome(tuple(in_memory(store.load(result))), device, tuple(skipped))


def _run(request: RunRequest, result: Path) -> Task[Any]:
    """Run the request and save the maps, in the child."""
    from gazelab.nets.runtime import threads_beside_window

    folder = Path(request.project_folder)
    outcome = yield from run_model(
        _only(store.load(folder), request.stimuli),
        folder,
        with_steps(find_card(request.model_id), request.steps),
        device=request.device,
        threads=threads_beside_window(),
        methods=request.methods,
    )
    store.save(Project().with_attention(outcome.attention), result)
    return outcome.device, outcome.skipped


def _only(project: Project, stimuli: tuple[str, ...]) -> Project:
    if not stimuli:
        return project
    chosen = {name: project.stimuli[name] for name in stimuli if name in project.stimuli}
    scanpaths = tuple(path for path in project.scanpaths if path.stimulus in chosen)
    return Project(
        title=project.title, stimuli=chosen, settings=project.settings, scanpaths=scanpaths
    )


if __name__ == "__main__":
    asked, place = msgspec.json.decode(sys.argv[1], type=tuple[RunRequest, str])
    sys.exit(child_task.serve(lambda: _run(asked, Path(place))))
