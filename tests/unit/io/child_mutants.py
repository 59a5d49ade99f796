"""Parsers of the child process: many damaged files in one child, or sound ones without one."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from mutations import mutants

from gazelab.io import child
from gazelab.task import Step, Task

_SCRIPT = """
import importlib, sys
from pathlib import Path
from gazelab.errors import ReadError
from gazelab.io.child import JOBS, _limit_memory, _pack
parse = importlib.import_module(JOBS[sys.argv[1]]).parse
_limit_memory()
for number in range(int(sys.argv[4]), int(sys.argv[5])):
    print(number, "begun", flush=True)
    path = Path(sys.argv[2]) / str(number) / sys.argv[3]
    try:
        _pack(parse, path)
        print(number, "done", flush=True)
    except BaseException as error:
        print(number, "raised", type(error).__name__, str(error)[:200], flush=True)
"""


def failures(
    job: str, folder: Path, name: str, data: bytes, count: int, seed: int = 0
) -> list[str]:
    """Return what happened to the damaged copies of a file that were neither read nor refused.

    A child that dies of one is as good as a refusal: the program says that the file is damaged.
    """
    said = []
    for number, (words, mutant) in enumerate(mutants(data, seed, count)):
        (folder / str(number)).mkdir()
        (folder / str(number) / name).write_bytes(mutant)
        said.append(words)
    found, start = [], 0
    while start < count:
        command = [sys.executable, "-c", _SCRIPT, job, str(folder), name, str(start), str(count)]
        output = subprocess.run(command, capture_output=True, text=True, timeout=600).stdout
        lines = [line.split(" ", 2) for line in output.splitlines()]
        assert lines, "the child said nothing"
        found += [f"{said[int(line[0])]}: {line[2]}" for line in lines if line[1] == "raised"]
        start = int(lines[-1][0]) + 1
    return found


def without_child(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    """Let a reader parse in this process, since starting another takes long."""

    def parse(job: str, path: Path, time_s: float = 0) -> Task[child.Parsed]:
        yield Step(0, None, "")
        found: child.Parsed = module.parse(path)
        return found

    monkeypatch.setattr(module, "parse_in_child", parse)
