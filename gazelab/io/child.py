"""Parse a file in a child process, because damaged .mat files crash their parser.

The child answers on its standard output: eight bytes with the length of a JSON header, the
header, then the raw bytes of the arrays it names. Nothing is ever unpickled.
"""

import contextlib
import importlib
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from gazelab.errors import ReadError
from gazelab.task import Step, Task

Parsed: TypeAlias = tuple[dict[str, Any], dict[str, np.ndarray]]
"""A parser's answer: values that JSON can hold, and arrays by name."""

JOBS = {
    job: f"gazelab.io.{job}"
    for job in (
        "osie",
        "poet",
        "lund",
        "mit1003",
        "cat2000",
        "salicon",
        "pysaliency_h5",
        "eyelink_edf",
    )
}
"""Job -> module, whose `parse(path)` runs in the child."""

MEMORY_BYTES = 2 << 30
TIME_S = 60.0
_POLL_S = 0.05
_PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


def parse_in_child(job: str, path: Path, time_s: float = TIME_S) -> Task[Parsed]:
    """Run a job on a file in a child process and return what it found.

    Raises ReadError: what the parser said, or that the file is damaged when the child died
    or took longer than `time_s` seconds.
    """
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    search = [_PACKAGE_PARENT, environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, search))
    child = subprocess.Popen(
        # -P: a module in the folder the user happens to be in must not be taken for ours
        [sys.executable, "-P", "-m", "gazelab.io.child", job, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        answer = yield from _answer(child, path, time_s)
    finally:
        child.kill()
        child.communicate()
    if child.returncode != 0:
        raise ReadError("The file is damaged.", path, hint="Copy or export it again.")
    return _unpack(answer, path)


def _answer(child: subprocess.Popen[bytes], path: Path, time_s: float) -> Task[bytes]:
    end = time.monotonic() + time_s
    while time.monotonic() < end:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.communicate(timeout=_POLL_S)[0]
        yield Step(0, None, f"reading {path.name}")
    raise ReadError(
        f"The file could not be read in {time_s:g} seconds.", path, hint="It may be damaged."
    )


def _unpack(answer: bytes, path: Path) -> Parsed:
    length = int.from_bytes(answer[:8], "little")
    header = json.loads(answer[8 : 8 + length])
    if "error" in header:
        raise ReadError(header["error"], path, hint=header["hint"])
    arrays, start = {}, 8 + length
    for name, dtype, shape in header["arrays"]:
        count = math.prod(shape)
        array = np.frombuffer(answer, dtype, count, start).reshape(shape)
        arrays[name], start = array, start + array.nbytes
    return header["values"], arrays


def _pack(parse: Callable[[Path], Parsed], path: Path) -> list[bytes]:
    pieces: list[bytes] = []
    try:
        values, arrays = parse(path)
        described = []
        for name, array in arrays.items():
            described.append((name, array.dtype.str, array.shape))
            pieces.append(array.tobytes())
        header: dict[str, Any] = {"values": values, "arrays": described}
    except ReadError as error:
        header = {"error": error.message, "hint": error.hint}
    text = json.dumps(header).encode()
    return [len(text).to_bytes(8, "little"), text, *pieces]


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):  # a lower limit is already in force
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _serve(job: str, path: str) -> None:
    # Whatever a library prints must not run into the answer.
    with os.fdopen(os.dup(1), "wb") as pipe:
        os.dup2(2, 1)
        parse = importlib.import_module(JOBS[job]).parse
        _limit_memory()
        for piece in _pack(parse, Path(path)):
            pipe.write(piece)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
