"""Checkpoints that survive a kill at any moment and notice every damaged byte.

A checkpoint is a safetensors file `step-...` with the state of the run: tensors, and the rest
as JSON in its header. The best weights so far lie in a file `best-...` of their own, which the
header names. Names hold the step and the SHA-256 of the bytes; the newest two states are kept,
and the best weights that they name.
"""

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch

from gazelab import storage
from gazelab.errors import ModelError
from gazelab.nets.training.optimisation import State

_NAME = re.compile(r"(?:step|best)-\d{9}-([0-9a-f]{32})\.safetensors")
_KEPT = 2
_DAMAGED = (OSError, ValueError, KeyError, safetensors.SafetensorError)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything needed to go on: tensors by name, plain values, and the best weights so far.

    best_file : where those lie; empty while there are none.
    """

    tensors: State
    values: dict[str, Any]
    best_file: str = ""
    best: State | None = None


def save_best(folder: Path, step: int, weights: State) -> str:
    """Write the best weights so far; return the name that the next checkpoint is to hold."""
    return _write(folder, f"best-{step:09d}", weights, {})


def save(folder: Path, step: int, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, then remove all but the newest two and their best weights."""
    about = {"values": json.dumps(checkpoint.values), "best": checkpoint.best_file}
    _write(folder, f"step-{step:09d}", checkpoint.tensors, about)
    newest = _files(folder, "step")
    named = set()
    for path in newest[:_KEPT]:
        with contextlib.suppress(*_DAMAGED), safetensors.safe_open(path, "pt") as file:
            named.add(file.metadata()["best"])
    for path in (*newest[_KEPT:], *_files(folder, "best")):
        if path.name not in named:
            storage.remove(path)


def load(folder: Path) -> Checkpoint:
    """Return the newest checkpoint that is whole, with the best weights it names.

    Raises ModelError when there is none.
    """
    files = _files(folder, "step")
    for path in files:
        with contextlib.suppress(*_DAMAGED):
            return _read(path)
    found = f"none of the {len(files)} there is whole" if files else "there is none"
    raise ModelError(
        f"{folder}: no checkpoint to continue from, {found}.", "Start the training anew."
    )


def clear(folder: Path) -> None:
    """Remove the checkpoints of a run."""
    for path in (*_files(folder, "step"), *_files(folder, "best")):
        storage.remove(path)


def _write(folder: Path, stem: str, state: State, about: dict[str, str]) -> str:
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    data = safetensors.torch.save(tensors, about)
    return storage.write_named_by_content(folder, stem, ".safetensors", data)


def _files(folder: Path, kind: str) -> list[Path]:
    """Return the files of a kind, the newest by its step first."""
    found = [path for path in folder.glob(f"{kind}-*") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _read(path: Path) -> Checkpoint:
    tensors = _whole(path)
    with safetensors.safe_open(path, "pt") as file:
        about = file.metadata()
    found = Checkpoint(tensors, json.loads(about["values"]), about["best"])
    if not found.best_file:
        return found
    return replace(found, best=_whole(path.with_name(found.best_file)))


def _whole(path: Path) -> State:
    data = path.read_bytes()
    match = _NAME.fullmatch(path.name)
    if match is None or hashlib.sha256(data).hexdigest()[:32] != match[1]:
        raise ValueError(path)
    state: State = safetensors.torch.load(data)
    return state
