"""A task in a child process: neither its imports nor its crash touch the caller.

The child tells its steps, and its result at the end, as JSON lines on standard output. It
stops by itself between two steps when its standard input ends, be it that the caller asks for
it or that the caller is gone.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

import msgspec

from gazelab.errors import GazeLabError, ModelError
from gazelab.task import Step, Task, finish

_WAIT_S = 0.2
_KEPT_LINES = 20
_BESIDE = {"GOMP_SPINCOUNT": "1000"}
"""Threads of torch that wait soon go to sleep, and leave their core to the window."""

STOPPED = 130
"""Exit code of a child that was asked to stop."""


class _Message(msgspec.Struct, omit_defaults=True):
    """One line from the child: progress, or how it ended."""

    done: int = 0
    total: int | None = None
    note: str = ""
    ended: bool = False
    error: str = ""
    result: msgspec.Raw = msgspec.Raw(b"null")


def command(module: str, request: Any) -> list[str]:
    """Return the command line of a child: a module that calls `serve`, and its argument."""
    return [sys.executable, "-P", "-m", module, msgspec.json.encode(request).decode()]


def follow(words: Sequence[str], failure: tuple[str, str], grace_s: float = 0.0) -> Task[bytes]:
    """Yield the steps of a child and return its result as JSON; closing the task ends it.

    words : the command line. failure : what stopped, for the sentence about a crash, and the
    hint. grace_s : how long a child may take to stop by itself when the task is closed.

    Raises ModelError with the child's own sentence, or with its last words if it crashed.
    """
    child = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=_BESIDE | os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    lines: queue.Queue[str | None] = queue.Queue()
    complaints: list[str] = []
    readers = [
        threading.Thread(target=_forward, args=(child.stdout, lines), daemon=True),
        threading.Thread(target=_keep_last, args=(child.stderr, complaints), daemon=True),
    ]
    for reader in readers:
        reader.start()
    try:
        message = yield from _messages(lines)
        code = child.wait()
    finally:
        _end(child, readers, grace_s)
    if message.error:
        raise ModelError(message.error)
    if code != 0:
        what, hint = failure
        reason = complaints[-1] if complaints else "no reason given"
        raise ModelError(f"{what} stopped with code {code}: {reason}.", hint)
    return bytes(message.result)


def serve(work: Callable[[], Task[Any]]) -> int:
    """Do the work of a child and return its exit code; the result must be fit for JSON."""
    asked = threading.Event()
    threading.Thread(target=_wait_for_end, args=(asked,), daemon=True).start()

    def on_step(step: Step) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        _tell(_Message(step.done, step.total, step.note))

    try:
        result = finish(work(), on_step)
    except GazeLabError as error:
        _tell(_Message(ended=True, error=str(error)))
        return 1
    except KeyboardInterrupt:
        return STOPPED
    _tell(_Message(ended=True, result=msgspec.Raw(msgspec.json.encode(result))))
    return 0


def _messages(lines: "queue.Queue[str | None]") -> Task[_Message]:
    """Yield the child's steps until it ends; return its last message."""
    message, step = _Message(), Step(0)
    while True:
        try:
            line = lines.get(timeout=_WAIT_S)
        except queue.Empty:
            yield step  # a chance to be cancelled while the child is silent
            continue
        if line is None:
            return message
        message = msgspec.json.decode(line, type=_Message)
        if not message.ended:
            step = Step(message.done, message.total, message.note)
            yield step


def _end(child: "subprocess.Popen[str]", readers: list[threading.Thread], grace_s: float) -> None:
    pipes = [pipe for pipe in (child.stdin, child.stdout, child.stderr) if pipe is not None]
    pipes[0].close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(grace_s)
    child.kill()
    child.wait()
    for reader in readers:
        reader.join()
    for pipe in pipes[1:]:
        pipe.close()


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


def _wait_for_end(ended: threading.Event) -> None:
    """Wait until standard input ends; not through `sys.stdin`, whose lock a thread would hold."""
    while os.read(0, 1024):
        pass
    ended.set()


def _tell(message: _Message) -> None:
    sys.stdout.write(msgspec.json.encode(message).decode() + "\n")
    sys.stdout.flush()
