"""Lessons in segmenting the object that stands out, and how the result is measured."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.image import read_grey, resized
from gazelab.errors import ReadError, SettingsError
from gazelab.io.images import image_files
from gazelab.metrics import segmentation
from gazelab.metrics.resample import to_grid
from gazelab.nets.card import CardScore, ModelCard
from gazelab.nets.training.config import MasksTable, TrainConfig
from gazelab.study.lesson import Lesson, Measured
from gazelab.study.watched import Watched, read_watched
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.nets.training.masked import Masked
    from gazelab.nets.training.segmented import Segmented

CURVE_FILE = "precision_recall.csv"
_SOME = 20


def mask_lesson(config: TrainConfig, base: Path) -> Task[Lesson]:
    """Read the masks of a configuration, and the gaze that guides attention.

    base : folder from which paths count. Raises SettingsError, ReadError, ProjectError.
    """
    assert config.data.masks is not None
    masks = _pairs(config.data.masks, base)
    train, validation, test = _split(list(masks), config.data.masks, config.train.seed)
    watched = yield from read_watched(config.guidance, base, list(masks))

    from gazelab.nets.training.registry import Material

    def measure(card: ModelCard) -> Task[Measured]:
        from gazelab.nets.training.segmented import segmented

        found = yield from segmented(card, [(path, watched.fixations(path)) for path in test])
        attention = {item.picture: item.attention for item in found}
        agreement, agreed = yield from watched.agreement(card, attention)
        scores, curve = _scores(found, masks)
        return Measured(
            (*scores, *agreement),
            f"Trained on {len(train)} pictures, {len(validation)} chose the epoch; measured once "
            f"on {len(found)} others, on the pixels of their masks. F-measure with beta^2 = 0.3: "
            "the largest of the mean curve, and the mean of those at twice the mean of each map. "
            f"{agreed}".strip(),
            {CURVE_FILE: _curve_text(curve)},
        )

    size = config.input.size
    train_items = yield from _known(train, masks, watched, size)
    validation_items = yield from _known(validation, masks, watched, size)
    return Lesson(Material(("masks",), train_items, validation_items), measure)


def read_mask(path: Path) -> np.ndarray:
    """Read a mask, (rows, columns) bool: the object is what is lighter than half the lightest."""
    grey = read_grey(path).astype(float)
    return np.asarray(grey > grey.max() / 2)


def _pairs(table: MasksTable, base: Path) -> dict[Path, Path]:
    """Return the mask of each picture, known by the same name without its ending."""
    images, masks = (base / table.images).resolve(), (base / table.masks).resolve()
    for folder in (images, masks):
        if not folder.is_dir():
            raise SettingsError(f"{folder}: there is no such folder.")
    by_name = {path.stem: path for path in image_files(masks)}
    return {path: by_name[path.stem] for path in image_files(images) if path.stem in by_name}


def _split(
    pictures: list[Path], table: MasksTable, seed: int
) -> tuple[list[Path], list[Path], list[Path]]:
    """Return pictures to train, validate and test with, drawn the same way each time."""
    order = np.random.default_rng(seed).permutation(len(pictures))
    shuffled = [pictures[k] for k in order]
    n_validation, n_test = (
        round(share * len(pictures)) for share in (table.validation_share, table.test_share)
    )
    rest = n_validation + n_test
    parts = shuffled[rest:], shuffled[:n_validation], shuffled[n_validation:rest]
    if not all(parts):
        raise SettingsError(
            f"Of the pictures, {len(pictures)} have a mask: too few to train and test on.",
            "A mask has the name of its picture, except for the ending.",
        )
    return parts


def _known(
    pictures: list[Path], masks: dict[Path, Path], watched: Watched, size: tuple[int, int]
) -> Task[list[tuple[Path, "Masked"]]]:
    from gazelab.nets.training.masked import Masked

    found = []
    for number, path in enumerate(pictures):
        if number % _SOME == 0:
            yield Step(number, len(pictures), "Reading masks")
        try:
            mask = read_mask(masks[path])
        except ReadError:
            continue
        scaled = resized(mask.astype(np.uint8) * 255, *size) > 127
        found.append((path, Masked(scaled, watched.fixations(path))))
    return found


def _scores(
    found: list["Segmented"], masks: dict[Path, Path]
) -> tuple[list[CardScore], segmentation.Curve]:
    curves, adaptive, errors = [], [], []
    for item in found:
        mask = read_mask(masks[item.picture])
        map_ = to_grid(item.mask, (mask.shape[0], mask.shape[1]))
        segmenting = segmentation.Segmenting(map_)
        curves.append(segmenting.curve(mask))
        adaptive.append(segmenting.adaptive_f(mask))
        errors.append(segmenting.error(mask))
    curve = segmentation.mean_curve(curves)
    values = {
        "largest F-measure": segmentation.largest_f(curve),
        "adaptive F-measure": float(np.nanmean(adaptive)),
        "mean absolute error": float(np.nanmean(errors)),
    }
    return [CardScore(metric=name, value=round(value, 4)) for name, value in values.items()], curve


def _curve_text(curve: segmentation.Curve) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["threshold", "precision", "recall"])
    for threshold, pair in enumerate(zip(curve.precision, curve.recall, strict=True)):
        writer.writerow([threshold, *(f"{value:.6g}" for value in pair)])
    return text.getvalue()
