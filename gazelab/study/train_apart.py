"""Train a model in a child process, which stops at a checkpoint when it is asked to."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from gazelab.nets.card import load_card
from gazelab.study import child_task
from gazelab.study.train import TrainResult, train
from gazelab.task import Step, Task

_FAILURE = "The training", "What it had reached is kept; start it again to continue."
_GRACE_S = 4.0
"""A step, and writing the checkpoint, may take this long."""


def train_apart(config_path: Path, resume: bool = False) -> Task[TrainResult]:
    """Train as `gazelab.study.train.train` does; closing the task leaves a checkpoint.

    One core is left to the window. Raises ModelError with the child's own sentence, or with
    its last words if it crashed.
    """
    yield Step(0, None, f"starting {config_path.name}")
    words = child_task.command(__name__, (str(config_path), resume))
    answer = yield from child_task.follow(words, _FAILURE, _GRACE_S)
    folder, skipped = msgspec.json.decode(answer, type=tuple[str, list[tuple[Path, str]]])
    return TrainResult(load_card(Path(folder)), Path(folder), tuple(skipped))


def _train(config_path: Path, resume: bool) -> Task[Any]:
    """Train in the child; return what the parent needs."""
    from gazelab.nets.runtime import use_threads_beside_window

    use_threads_beside_window()
    result = yield from train(config_path, resume)
    return str(result.folder), [(str(path), reason) for path, reason in result.skipped]


if __name__ == "__main__":
    config, resumed = msgspec.json.decode(sys.argv[1], type=tuple[str, bool])
    sys.exit(child_task.serve(lambda: _train(Path(config), resumed)))
