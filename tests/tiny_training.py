"""What can be trained in a second: a toy problem, and a study of six small pictures."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tiny_models import picture
from torch import Tensor, nn

from gazelab.nets.training.config import TrainTable

NAMES = [f"p{number}.png" for number in range(6)]
"""Four to train on, two to validate with."""

GAZE = """
[model]
id = "{id}"
title = "Tiny SAM"
architecture = "sam-s"
options = {{ channels = 16, steps = 2, priors = 4 }}
[data]
trained_on = "noise"
[data.recordings]
fixations = "fixations.csv"
images = "images"
split = "split.json"
[input]
size = [64, 64]
[loss]
steps = [0.5, 1.0]
widths = [1.5, 1.0]
sigma_px = 6.0
[augment]
crop_min = 0.9
[train]
epochs = {epochs}
batch = 2
half = false
{extra}
"""


def gaze_study(folder: Path) -> Path:
    """Write pictures, the fixations of two viewers, and a split into `folder`; return it."""
    rng = np.random.default_rng(0)
    rows = ["participant,stimulus,x,y,duration"]
    for seed, name in enumerate(NAMES):
        picture(folder / "images" / name, 48, 64, seed)
        for viewer in ("a", "b"):
            x, y = rng.uniform(0, 64, 6), rng.uniform(0, 48, 6)
            rows += [f"{viewer},{name},{p:.1f},{q:.1f},200" for p, q in zip(x, y, strict=True)]
    (folder / "fixations.csv").write_text("\n".join(rows) + "\n")
    (folder / "split.json").write_text(json.dumps({"train": NAMES[:4], "val": NAMES[4:]}))
    return folder


def write_config(folder: Path, epochs: int = 1, extra: str = "", id_: str = "tiny-sam") -> Path:
    """Write the configuration; `extra` are more lines for [train] and tables after it."""
    path = folder / "train.toml"
    path.write_text(GAZE.format(id=id_, epochs=epochs, extra=extra))
    return path


TABLE = TrainTable(epochs=4, batch=4, rate=0.01, warmup_steps=3, patience=9, seed=5, half=False)


class Toy:
    """Learn to sum four numbers; the numbers are drawn at random for every batch."""

    def __init__(self) -> None:
        self.names = [f"item {number}" for number in range(14)]
        self.n_validation = 5
        self.poison: int | None = None
        self.modes: list[bool] = []
        self.validated: list[dict[str, Tensor]] = []

    def batch(self, indices: Sequence[int], rng: np.random.Generator) -> tuple[Tensor, ...]:
        x = torch.from_numpy(rng.normal(size=(len(indices), 4)).astype(np.float32))
        if self.poison in indices:
            x[list(indices).index(self.poison)] = torch.nan
        return x, x.sum(1)

    def loss(self, net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        result: Tensor = (net(batch[0])[:, 0] - batch[1]) ** 2
        return result

    def validate(self, net: nn.Module) -> dict[str, float]:
        self.modes.append(net.training)
        self.validated.append({name: t.clone() for name, t in net.state_dict().items()})
        x = torch.linspace(-1, 1, 20).view(5, 4)
        return {"loss": float(((net(x)[:, 0] - x.sum(1)) ** 2).mean())}


def toy_net() -> nn.Module:
    torch.manual_seed(7)
    return nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 1))
