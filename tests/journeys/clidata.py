"""Small made-up recordings for the journeys through the command line."""

import hashlib
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from gazelab.data.image import opencv
from gazelab.nets.card import InputSpec, ModelCard, WeightsFile, write_card
from gazelab.nets.catalog import architecture

cv2 = opencv()
PICTURES = ("cat.png", "dog.png", "pond.png")


def write_pictures(folder: Path, names: tuple[str, ...] = PICTURES) -> Path:
    """Write one coloured picture of 160 x 120 pixels for each name; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    for name in names:
        pixels = np.full((120, 160, 3), rng.integers(0, 255, 3), np.uint8)
        cv2.circle(pixels, tuple(int(v) for v in rng.integers(30, 90, 2)), 20, (255, 255, 255), -1)
        (folder / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return folder


def write_table(path: Path, header: str = "participant,stimulus,x,y,onset,duration") -> Path:
    """Write four viewers on each picture, six fixations each; return the path.

    One fixation lies off its picture, and one has no duration.
    """
    rng = np.random.default_rng(5)
    lines = [header]
    for viewer in range(4):
        for name in PICTURES:
            for k in range(6):
                x, y = rng.uniform(0, 160), rng.uniform(0, 120)
                lines.append(f"P{viewer},{name},{x:.1f},{y:.1f},{300 * k},{200 + 10 * k}")
    lines[1] = f"P0,{PICTURES[0]},-25,60,0,200"
    lines[2] = f"P0,{PICTURES[0]},25,60,300,"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_maps(folder: Path) -> Path:
    """Write a saliency map for each picture, bright in the middle; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[-1:1:30j, -1:1:40j]
    map_ = (255 * np.exp(-(x**2 + y**2))).astype(np.uint8)
    for name in PICTURES:
        (folder / name).write_bytes(cv2.imencode(".png", map_)[1].tobytes())
    return folder


def write_model(folder: Path, id_: str = "tiny") -> None:
    """Write a small network of random weights, with three steps, into a folder of its own."""
    made, options = architecture("sam-s"), {"channels": 16, "steps": 3, "priors": 4}
    torch.manual_seed(3)
    net = made.build(options, 0)
    weights = safetensors.torch.save({k: v.contiguous() for k, v in net.state_dict().items()})
    folder.mkdir(parents=True)
    (folder / "weights.safetensors").write_bytes(weights)
    file = WeightsFile(
        file="weights.safetensors",
        sha256=hashlib.sha256(weights).hexdigest(),
        bytes=len(weights),
    )
    card = ModelCard(
        schema=1,
        id=id_,
        title="Tiny",
        architecture=made.name,
        version="1",
        options=options,
        weights=file,
        parameters=sum(p.numel() for p in net.parameters()),
        input=InputSpec(rows=64, columns=96, fit=made.fit, mean=(127.5,) * 3, std=(127.5,) * 3),
        kinds=made.kinds,
        steps=3,
        trained_on="nothing",
        licence="MIT",
        citation=made.citation,
    )
    write_card(card, folder)
