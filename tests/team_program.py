"""What two processes do together; the tests start it with `torchrun`.

    torchrun --nproc-per-node=2 team_program.py FOLDER

Each process writes what it found to FOLDER/RANK.json.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch
from tiny_training import TABLE, Toy, toy_net
from torch import nn

from gazelab.errors import GazeLabError
from gazelab.nets.team import Team, joined
from gazelab.nets.training import draws
from gazelab.nets.training.loop import Fit, Trainer
from gazelab.task import finish

TABLES = {
    "adamw": msgspec.structs.replace(TABLE, seed=6),
    "parts": msgspec.structs.replace(TABLE, accumulate=2),
    "sgd": msgspec.structs.replace(TABLE, optimiser="sgd", clip=0.5, schedule="plateau", batch=5),
}


def plain_net() -> nn.Module:
    """Return the toy network without dropout, whose draws depend on the process."""
    net = toy_net()
    net[1].p = 0.0
    return net


def trained(name: str, folder: Path, team: Team, resume: bool = False) -> Fit:
    """Train the toy network by one of the tables."""
    trainer = Trainer(plain_net(), Toy(), TABLES[name], folder / name, team)
    return finish(trainer.run(resume))


def numbers(fit: Fit) -> dict[str, Any]:
    """Return weights and log as JSON can hold them."""
    return {"weights": {k: t.tolist() for k, t in fit.weights.items()}, "log": list(fit.log)}


def complaint(work: Callable[[], object]) -> str:
    """Return what goes wrong in words."""
    try:
        work()
    except GazeLabError as error:
        return str(error)
    return ""


def stopped_and_resumed(folder: Path, team: Team) -> Fit:
    """Stop a run in its third epoch and go on with it."""
    task = Trainer(plain_net(), Toy(), TABLES["adamw"], folder / "stopped", team).run()
    for _ in range(8):
        next(task)
    task.close()
    team.said("")
    trainer = Trainer(plain_net(), Toy(), TABLES["adamw"], folder / "stopped", team)
    return finish(trainer.run(resume=True))


def poisoned(folder: Path, team: Team) -> None:
    """Train with a picture that is not a number, which the last process meets at once."""
    toy = Toy()
    table = TABLES["adamw"]
    toy.poison = draws.indices_of(table.seed, 0, len(toy.names), table.batch)[-1]
    toy.names[toy.poison] = "the poison"
    finish(Trainer(plain_net(), toy, TABLES["adamw"], folder / "poisoned", team).run())


def threads() -> list[str]:
    """Return the names of the threads of this process (on Linux)."""
    return [name.read_text().strip() for name in Path("/proc/self/task").glob("*/comm")]


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    with joined() as team, joined() as again:
        assert team == again
        sums = [torch.full((2, 3), float(team.rank + 1)), torch.tensor(float(team.rank))]
        team.add_up(sums)
        small = msgspec.structs.replace(TABLE, batch=1)
        found = {
            "size": team.size,
            "share": [team.share(5).start, team.share(5).stop],
            "sums": [tensor.tolist() for tensor in sums],
            "said": team.said("ä" * (3 * team.rank)),
            "told": team.told(f"from {team.rank}"),
            "trained": {name: numbers(trained(name, folder, team)) for name in TABLES},
            "resumed": numbers(stopped_and_resumed(folder, team)),
            "poisoned": complaint(lambda: poisoned(folder, team)),
            "small": complaint(lambda: Trainer(plain_net(), Toy(), small, folder, team)),
        }
    found["threads"] = threads()
    (folder / f"{team.rank}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
