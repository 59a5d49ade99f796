"""Checkpoints that survive a kill at any moment and notice every damaged byte.

A checkpoint is one safetensors file: tensors, and the rest as JSON in its header. Its name
holds the step and the SHA-256 of its bytes; the newest two are kept.
"""

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from gazelab import storage
from gazelab.errors import ModelError

_NAME = re.compile(r"step-(\d{9})-([0-9a-f]{32})\.safetensors")
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything needed to go on: tensors by name, and plain values."""

    tensors: dict[str, Tensor]
    values: dict[str, Any]


def save(folder: Path, step: int, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, then remove all but the newest two."""
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()
    }
    data = safetensors.torch.save(tensors, {"values": json.dumps(checkpoint.values)})
    storage.write_named_by_content(folder, f"step-{step:09d}", ".safetensors", data)
    for path in _files(folder)[_KEPT:]:
        storage.remove(path)


def load(folder: Path) -> Checkpoint:
    """Return the newest checkpoint that is whole.

    Raises ModelError when there is none.
    """
    files = _files(folder)
    for path in files:
        with contextlib.suppress(OSError, ValueError, KeyError, safetensors.SafetensorError):
            return _read(path)
    found = f"none of the {len(files)} there is whole" if files else "there is none"
    raise ModelError(
        f"{folder}: no checkpoint to continue from, {found}.", "Start the training anew."
    )


def clear(folder: Path) -> None:
    """Remove the checkpoints of a run."""
    for path in _files(folder):
        storage.remove(path)


def _files(folder: Path) -> list[Path]:
    """Return the checkpoints, the newest by its step first."""
    found = [path for path in folder.glob("step-*.safetensors") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _read(path: Path) -> Checkpoint:
    data = path.read_bytes()
    match = _NAME.fullmatch(path.name)
    if match is None or hashlib.sha256(data).hexdigest()[:32] != match[2]:
        raise ValueError(path)
    tensors = safetensors.torch.load(data)
    with safetensors.safe_open(path, "pt") as file:
        values = json.loads(file.metadata()["values"])
    return Checkpoint(tensors, values)
