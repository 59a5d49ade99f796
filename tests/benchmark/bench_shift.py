"""How well a saliency model holds on pictures unlike those it was trained on.

Run from the root of the project, with the shared data beside it:
    python tests/benchmark/bench_shift.py [MODEL [STIMULI]]
MODEL is an id, sam-s if left out; STIMULI is how many of each set, 100 if left out. The 100
validation stimuli of OSIE are shown as they are, grey, cut to their middle, cut to a wide and a
high strip, small and blurred; then come sets the model never saw. Each row: mean NSS, CC, s-AUC
and information gain over the centre bias of the same set, and which part that is of what the
other viewers reach.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.geometry import Blur
from gazelab.data.image import opencv, read_rgb
from gazelab.data.scores import CENTRE_BIAS, INTER_OBSERVER, Score
from gazelab.data.stimulus import Stimulus
from gazelab.nets.card import ModelCard, find_card
from gazelab.nets.runtime import run_model
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
METRICS = ("nss", "cc", "sauc", "ig")
Part = tuple[float, float, float, float]
"""Left, top, right and bottom of what is shown, in parts of the sides."""

WHOLE: Part = (0, 0, 1, 1)


def same(pixels: np.ndarray) -> np.ndarray:
    return pixels


def grey(pixels: np.ndarray) -> np.ndarray:
    return np.repeat(pixels.mean(2, keepdims=True), 3, 2).round().astype(np.uint8)


def small_and_blurred(pixels: np.ndarray) -> np.ndarray:
    cv2 = opencv()
    half = cv2.resize(pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    return cv2.resize(half, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


SHIFTS: dict[str, tuple[Part, Callable[[np.ndarray], np.ndarray]]] = {
    "as they are": (WHOLE, same),
    "grey": (WHOLE, grey),
    "the middle 70 %": ((0.15, 0.15, 0.85, 0.85), same),
    "16:9 strip": ((0, 0.125, 1, 0.875), same),
    "2:3 strip": ((0.25, 0, 0.75, 1), same),
    "small and blurred": (WHOLE, small_and_blurred),
}


def shown(
    project: Project, part: Part, change: Callable[[np.ndarray], np.ndarray], folder: Path
) -> tuple[Project, list[tuple[Stimulus, Path]]]:
    """Write the changed pictures, and move the fixations with them."""
    stimuli, images, scanpaths = {}, [], []
    for stimulus in project.stimuli.values():
        left, right = (round(stimulus.width_px * part[k]) for k in (0, 2))
        top, bottom = (round(stimulus.height_px * part[k]) for k in (1, 3))
        pixels = change(np.ascontiguousarray(read_rgb(Path(stimulus.path))[top:bottom, left:right]))
        path = folder / f"{len(images):04d}.png"
        assert opencv().imwrite(str(path), pixels[..., ::-1])
        kept = replace(stimulus, width_px=right - left, height_px=bottom - top)
        stimuli[stimulus.id] = kept
        images.append((kept, path))
        scanpaths += [moved(path, left, top, kept) for path in project.scanpaths_of(stimulus.id)]
    return replace(Project(), stimuli=stimuli, scanpaths=tuple(scanpaths)), images


def moved(scanpath: Scanpath, left: int, top: int, stimulus: Stimulus) -> Scanpath:
    x_px, y_px = scanpath.x_px - left, scanpath.y_px - top
    inside = (x_px >= 0) & (x_px < stimulus.width_px) & (y_px >= 0) & (y_px < stimulus.height_px)
    exclusion = np.where(inside, scanpath.exclusion, np.int8(Exclusion.OFF_STIMULUS))
    return replace(scanpath, x_px=x_px, y_px=y_px, exclusion=exclusion)


def told(title: str, card: ModelCard, project: Project, images: Sequence, sigma_px: float) -> None:
    maps = finish(run_model(card, images, "cpu")).attention
    project = project.with_attention([a for a in maps if a.kind == "saliency"])
    rows = finish(score(project, ScorePlan(blur=Blur(sigma_px), metrics=METRICS)))
    model, bias, people = (means(rows, who) for who in (card.id, CENTRE_BIAS, INTER_OBSERVER))
    part = model["ig"] / people["ig"]
    cells = "  ".join(f"{model[m]:6.3f} ({bias[m]:5.2f}, {people[m]:5.2f})" for m in METRICS)
    print(f"{title:28s}{len(images):5d}  {cells}  {part:6.1%}", flush=True)


def means(rows: Sequence[Score], source: str) -> dict[str, float]:
    return {
        m: float(np.nanmean([r.value for r in rows if r.source == source and r.metric == m]))
        for m in METRICS
    }


def imported(sources: Sequence[Path], images: Path) -> Project:
    plan = ImportPlan(tuple(map(Source, sources)), images.parent, images)
    project = Project().with_addition(finish(import_files(plan, Project())))
    stimuli = {
        name: replace(stimulus, path=str(images.parent / stimulus.path))
        for name, stimulus in project.stimuli.items()
        if any(path.used.any() for path in project.scanpaths_of(name))
    }
    return replace(project, stimuli=stimuli)


def some(project: Project, ids: Sequence[str], number: int) -> Project:
    chosen = np.random.default_rng(0).permutation(sorted(ids))[:number].tolist()
    return replace(project, stimuli={name: project.stimuli[name] for name in chosen})


def main() -> None:
    model, number = [*sys.argv[1:], *("sam-s", "100")[len(sys.argv) - 1 :]]
    card = find_card(model)
    print(f"{card.title}: model (centre bias, other viewers); last: part of the other viewers' IG")
    print(f"{'':28s}{'n':>5s}  " + "  ".join(f"{m:21s}" for m in METRICS))
    osie = SHARED / "osie"
    project = imported([osie / "fixations.mat"], osie / "stimuli")
    project = some(project, json.loads((osie / "split.json").read_text())["val"], int(number))
    for title, (part, change) in SHIFTS.items():
        with tempfile.TemporaryDirectory() as folder:
            told(f"OSIE, {title}", card, *shown(project, part, change, Path(folder)), 24)
    poet = SHARED / "poet"
    project = imported(sorted((poet / "etData").glob("*.mat")), poet / "PascalImages")
    with tempfile.TemporaryDirectory() as folder:
        project = some(project, list(project.stimuli), int(number))
        told("POET (naming a class)", card, *shown(project, WHOLE, same, Path(folder)), 12)


if __name__ == "__main__":
    main()
