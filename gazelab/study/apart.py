"""Run a model in a child process, so that neither its imports nor its crash touch the caller.

The child tells its progress as JSON lines on standard output and leaves its result as a
project folder of its own; the parent reads the maps back and removes that folder.
"""

import os
import queue
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from gazelab.data.attention import Attention
from gazelab.errors import GazeLabError, ModelError
from gazelab.nets.methods import MethodChoice
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study.run import in_memory, run_model
from gazelab.task import Step, Task, finish

_WAIT_S = 0.2
_KEPT_LINES = 20


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


class _Message(msgspec.Struct, omit_defaults=True):
    """One line from the child: progress, or how it ended."""

    done: int = 0
    total: int | None = None
    note: str = ""
    device: str = ""
    skipped: list[tuple[str, str]] = []
    error: str = ""


def run_model_apart(request: RunRequest) -> Task[RunOutcome]:
    """Run `request` in a child process; closing the task kills the child.

    Raises ModelError with the child's own sentence, or with its last words if it crashed.
    """
    with tempfile.TemporaryDirectory(prefix="gazelab-run-") as scratch:
        result = Path(scratch) / "result.gazelab"
        yield Step(0, None, f"starting {request.model_id}")
        ended = yield from _follow(_start(request, result))
        maps = in_memory(store.load(result))
        return RunOutcome(tuple(maps), ended.device, tuple(ended.skipped))


def _start(request: RunRequest, result: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(msgspec.json.encode((request, str(result))).decode()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def command(request: str) -> list[str]:
    """Return the command line of the child."""
    return [sys.executable, "-P", "-m", "gazelab.study.apart", request]


def _follow(child: "subprocess.Popen[str]") -> Task[_Message]:
    """Yield the child's steps until it ends; return its last message."""
    lines: queue.Queue[str | None] = queue.Queue()
    complaints: list[str] = []
    readers = [
        threading.Thread(target=_forward, args=(child.stdout, lines), daemon=True),
        threading.Thread(target=_keep_last, args=(child.stderr, complaints), daemon=True),
    ]
    for reader in readers:
        reader.start()
    message, step = _Message(), Step(0)
    try:
        while True:
            try:
                line = lines.get(timeout=_WAIT_S)
            except queue.Empty:
                yield step  # a chance to be cancelled while the child is silent
                continue
            if line is None:
                break
            message = msgspec.json.decode(line, type=_Message)
            step = Step(message.done, message.total, message.note)
            yield step
        code = child.wait()
    finally:
        child.kill()
        child.wait()
        for reader in readers:
            reader.join()
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
    if message.error:
        raise ModelError(message.error)
    if code != 0:
        reason = complaints[-1] if complaints else "no reason given"
        raise ModelError(
            f"The model stopped with code {code}: {reason}.",
            "The project is unchanged.",
        )
    return message


def _forward(pipe: IO[str], lines: "queue.Queue[str | None]") -> None:
    for line in pipe:
        if line.startswith("{"):
            lines.put(line)
    lines.put(None)


def _keep_last(pipe: IO[str], kept: list[str]) -> None:
    for line in pipe:
        if line.strip():
            kept.append(line.strip())
            del kept[:-_KEPT_LINES]


def _tell(message: _Message) -> None:
    sys.stdout.write(msgspec.json.encode(message).decode() + "\n")
    sys.stdout.flush()


def _child(arguments: str) -> int:
    """Run the request given as JSON; the child's whole life."""
    from gazelab.nets.runtime import threads_beside_window

    request, result = msgspec.json.decode(arguments, type=tuple[RunRequest, str])
    folder = Path(request.project_folder)
    try:
        project = store.load(folder)
        task = run_model(
            _only(project, request.stimuli),
            folder,
            request.model_id,
            device=request.device,
            threads=threads_beside_window(),
            methods=request.methods,
        )
        outcome = finish(task, lambda step: _tell(_Message(step.done, step.total, step.note)))
        store.save(Project().with_attention(outcome.attention), Path(result))
    except GazeLabError as error:
        _tell(_Message(error=str(error)))
        return 1
    _tell(_Message(1, 1, "", outcome.device, list(outcome.skipped)))
    return 0


def _only(project: Project, stimuli: tuple[str, ...]) -> Project:
    if not stimuli:
        return project
    chosen = {name: project.stimuli[name] for name in stimuli if name in project.stimuli}
    return Project(title=project.title, stimuli=chosen, settings=project.settings)


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1]))
