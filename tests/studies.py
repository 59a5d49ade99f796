"""Small studies for the tests of the window."""

from pathlib import Path

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.gaze import Origin, Scanpath, exclusions, onsets_from_durations
from gazelab.data.image import opencv
from gazelab.data.stimulus import Stimulus
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.storage import sha256_of

WIDTH_PX, HEIGHT_PX = 160, 120


def scanpath(
    participant: str, stimulus: str, count: int, *, simulated: bool = False, seed: int = 1
) -> Scanpath:
    """Return a scanpath of `count` fixations of 200 ms on the stimulus."""
    random = np.random.default_rng([seed, len(participant), count])
    x_px = random.uniform(5, WIDTH_PX - 5, count)
    y_px = random.uniform(5, HEIGHT_PX - 5, count)
    duration_ms = np.full(count, 200.0)
    return Scanpath(
        participant,
        stimulus,
        x_px,
        y_px,
        onsets_from_durations(duration_ms),
        duration_ms,
        exclusions(x_px, y_px, duration_ms, WIDTH_PX, HEIGHT_PX),
        origin=Origin("test", simulated=simulated),
    )


def stimulus(folder: Path, name: str, seed: int) -> Stimulus:
    """Draw a picture of noise into `folder` and return its stimulus."""
    pixels = np.random.default_rng(seed).integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    path = folder / name
    assert opencv().imwrite(str(path), pixels)
    return Stimulus(name, f"../{name}", WIDTH_PX, HEIGHT_PX, sha256_of(path))


def attention(name: str, steps: int, source: str = "model") -> Attention:
    """Return maps with one peak that moves from left to right."""
    maps = np.full((steps, 6, 8), 0.1, np.float32)
    for step in range(steps):
        maps[step, 3, 2 * step % 8] = 1.0
    return Attention(name, source, "saliency", maps, tuple(str(s + 1) for s in range(steps)))


def saved_study(
    tmp_path: Path, *, fixations: int = 5, steps: int = 3, simulated: bool = False
) -> tuple[Path, Project]:
    """Save a study of three pictures and two participants; return its folder and itself."""
    names = ("a.png", "b.png", "c.png")
    stimuli = {n: stimulus(tmp_path, n, seed) for seed, n in enumerate(names)}
    paths = tuple(
        scanpath(who, name, fixations + extra, simulated=simulated)
        for name in names
        for extra, who in enumerate(("P1", "P2"))
    )
    project = Project(title="Test study", stimuli=stimuli, scanpaths=paths)
    if steps:
        project = project.with_attention(attention(name, steps) for name in names)
    folder = tmp_path / "study.gazelab"
    store.save(project, folder)
    return folder, project
