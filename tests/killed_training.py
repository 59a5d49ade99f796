"""Trains a tiny model again and again and kills it on the way; the tests run it as a program.

    python killed_training.py loop|model FOLDER SEED NUMBER

"loop" trains a toy network in memory, "model" a model from configuration to card.

First a run goes on to its end, and what it does is counted: pictures drawn, files half written,
written, flushed and renamed. Then NUMBER runs kill themselves (SIGKILL) at one of these points,
drawn at random, and are resumed. Each run is a process of its own, forked from this one, which
never trains itself. The answer is one JSON object on standard output.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import safetensors.torch
import torch
from tiny_training import TABLE, Toy, gaze_study, toy_net, write_config

from gazelab import storage
from gazelab.nets.training import checkpoint, draws
from gazelab.nets.training.loop import Trainer
from gazelab.study.train import train
from gazelab.task import finish


class Deadly:
    """Counts events, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.events = 0
        self.kinds: list[str] = []

    def event(self, kind: str) -> None:
        self.kinds.append(kind)
        if self.events == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.events += 1

    def before(self, kind: str, function: Callable) -> Callable:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            self.event(kind)
            return function(*arguments, **options)

        return wrapped

    def watch(self) -> None:
        """Put an event before each step of the work."""
        deadly = self

        class Torn:
            def __init__(self, *arguments: Any) -> None:
                self.file = open(*arguments)  # noqa: SIM115

            def write(self, data: bytes) -> int:
                half = len(data) // 2
                self.file.write(data[:half])
                self.file.flush()
                deadly.event("half written")
                return half + self.file.write(data[half:])

            def __enter__(self) -> "Torn":
                return self

            def __exit__(self, *_: object) -> None:
                self.file.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(self.file, name)

        plain = open

        def watched(path: Path, mode: str) -> Any:
            return Torn(path, mode) if "x" in mode else plain(path, mode)

        storage.open = watched  # type: ignore[attr-defined]
        # A kill, unlike a power cut, loses nothing that was written, so no disk is waited for
        os.fsync = self.before("flush", lambda _: None)
        Path.replace = self.before("rename", Path.replace)  # type: ignore[method-assign]
        draws.drawn = self.before("batch", draws.drawn)


def run(what: str, base: Path, at: int) -> dict[str, Any]:
    """Train, or go on where there is something to go on from; return what came of it."""
    deadly = Deadly(at)
    deadly.watch()
    folder = base / "model" / "checkpoints"
    resume = any(folder.glob("step-*"))
    before = int(checkpoint.load(folder).values["step"]) if resume else 0
    made = train_loop(folder, resume) if what == "loop" else train_model(base, resume)
    left_over = [path.name for path in base.rglob("*.tmp")]
    return {"made": made, "kinds": deadly.kinds, "resumed_from": before, "left_over": left_over}


def train_loop(folder: Path, resume: bool) -> list[str]:
    """Return the hash of the weights, and the log."""
    table = msgspec.structs.replace(TABLE, save_every_steps=1)
    fit = finish(Trainer(toy_net(), Toy(), table, folder).run(resume))
    return [hashlib.sha256(safetensors.torch.save(fit.weights)).hexdigest(), str(fit.log)]


def train_model(base: Path, resume: bool) -> list[str]:
    """Return the hash of the weights, and the files of the model."""
    config = base / "train.toml"
    if not config.exists():
        extra = 'save_every_steps = 1\n[output]\nfolder = "model"'
        write_config(gaze_study(base), 2, extra)
    card = finish(train(config, resume)).card
    texts = [(base / "model" / name).read_text() for name in ("card.json", "log.csv", "README.md")]
    return [storage.sha256_of(card.weights_path), *texts]


def in_child(what: str, base: Path, at: int = -1) -> dict[str, Any] | None:
    """Run in a forked process; None if it was killed."""
    base.mkdir(exist_ok=True)
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(read)
            answer = json.dumps(run(what, base, at)).encode()
            with os.fdopen(write, "wb") as pipe:
                pipe.write(answer)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or answer, "the run failed; its complaint is on standard error"
    return None if killed else json.loads(answer)


def main(what: str, folder: Path, seed: int, number: int) -> None:
    torch.set_num_threads(1)
    whole = in_child(what, folder / "whole")
    assert whole is not None
    points = np.random.default_rng(seed).choice(len(whole["kinds"]), number, replace=False)
    trials = []
    for point in sorted(points.tolist()):
        killed = in_child(what, folder / str(point), point) is None
        resumed = in_child(what, folder / str(point))
        trials.append({"at": whole["kinds"][point], "killed": killed, "resumed": resumed})
    sys.stdout.write(json.dumps({"whole": whole, "trials": trials}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
