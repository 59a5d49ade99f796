"""Drive a task in a child process that tells its progress, and follow it from outside.

The child prints JSON lines on standard output: each step, and how it ended. Nothing that it
imports, and no crash of it, touches the process that follows it.
"""

import os
import queue
import subprocess
import sys
import threading
from typing import IO

import msgspec

from gazelab.errors import GazeLabError, ModelError
from gazelab.task import Step, Task, finish

_WAIT_S = 0.2
_KEPT_LINES = 20


class Ended(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a child has to say at its end: the device it used, and what it left out and why."""

    device: str = ""
    skipped: tuple[tuple[str, str], ...] = ()


class _Message(msgspec.Struct, omit_defaults=True):
    """One line from a child: progress, or how it ended."""

    done: int = 0
    total: int | None = None
    note: str = ""
    ended: Ended | None = None
    error: str = ""


def drive(task: Task[Ended]) -> int:
    """Run a task in this process and tell its progress; return the exit code."""
    try:
        ended = finish(task, lambda step: _tell(_Message(step.done, step.total, step.note)))
    except GazeLabError as error:
        _tell(_Message(error=str(error)))
        return 1
    _tell(_Message(1, 1, ended=ended))
    return 0


def follow(module: str, argument: str) -> Task[Ended]:
    """Run a module with one argument in a child process that drives a task.

    Closing the task kills the child. Raises ModelError with the child's own sentence, or with
    its last words if it crashed.
    """
    child = subprocess.Popen(
        command(module, argument),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    return (yield from _follow(child))


def command(module: str, argument: str) -> list[str]:
    """Return the command line of a child."""
    return [sys.executable, "-P", "-m", module, argument]


def _follow(child: "subprocess.Popen[str]") -> Task[Ended]:
    """Yield the child's steps until it ends; return what it said then."""
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
    if code != 0 or message.ended is None:
        reason = complaints[-1] if complaints else "no reason given"
        raise ModelError(
            f"The model stopped with code {code}: {reason}.",
            "The project is unchanged.",
        )
    return message.ended


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
