"""What a training configuration names, read and split into training and validation."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.io.images import image_files
from gazelab.nets.training.config import ClassesTable, RecordingsTable, TrainConfig
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import Task

Labelled = tuple[tuple[Path, int], ...]
"""Pictures with the number of their class."""


@dataclass(frozen=True, slots=True)
class GazeSplit:
    """Recordings, and which stimuli train and which validate.

    folder : from which the paths of stimuli count.
    """

    project: Project
    folder: Path
    train: tuple[Stimulus, ...]
    validation: tuple[Stimulus, ...]


@dataclass(frozen=True, slots=True)
class ClassSplit:
    """Class names, and the pictures that train, choose the best epoch, and test."""

    names: tuple[str, ...]
    train: Labelled
    validation: Labelled
    test: Labelled


def read_gaze(config: TrainConfig, base: Path) -> Task[GazeSplit]:
    """Read the recordings of a configuration.

    base : folder from which its paths count. Raises ReadError, ProjectError and
    SettingsError, also when a stimulus would be in both parts.
    """
    data = config.data
    if data.recordings is not None:
        return (yield from _read_recordings(data.recordings, base))
    folder = (base / data.project).resolve()
    project = store.load(folder)
    return _split(project, folder, data.train, data.validation)


def read_classes(table: ClassesTable, base: Path, seed: int) -> ClassSplit:
    """List the pictures of each class and split them at random, the same way each time."""
    folder = (base / table.folder).resolve()
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder of classes.")
    names = tuple(
        path.name
        for path in sorted(folder.iterdir())
        if path.is_dir() and path.name not in table.leave_out
    )
    rng = np.random.default_rng(seed)
    train, validation, test = [], [], []
    for label, name in enumerate(names):
        files = list(image_files(folder / name))
        shuffled = [(files[k], label) for k in rng.permutation(len(files))]
        first = table.train_per_class - table.validation_per_class
        train += shuffled[:first]
        validation += shuffled[first : table.train_per_class]
        test += shuffled[table.train_per_class :]
    if len(names) < 2 or not validation or not test:
        raise SettingsError(f"{folder}: too few classes or pictures to train and test on.")
    return ClassSplit(names, tuple(train), tuple(validation), tuple(test))


def _read_recordings(table: RecordingsTable, base: Path) -> Task[GazeSplit]:
    source, images = (base / table.fixations).resolve(), (base / table.images).resolve()
    parts = _read_split((base / table.split).resolve())
    plan = ImportPlan((Source(source),), images.parent, images)
    project = Project().with_addition((yield from import_files(plan, Project())))
    return _split(project, images.parent, parts["train"], parts["val"])


def _read_split(path: Path) -> dict[str, list[str]]:
    try:
        parts: Any = msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except OSError as error:
        raise SettingsError(f"{path}: could not be read ({error.strerror or error}).") from error
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path}: this is not a split ({error}).") from error
    if not {"train", "val"} <= set(parts):
        raise SettingsError(f"{path}: a split needs the lists `train` and `val`.")
    return dict(parts)


def _split(
    project: Project, folder: Path, train: Sequence[str], validation: Sequence[str]
) -> GazeSplit:
    chosen = _matching(project, train), _matching(project, validation)
    both = {stimulus.id for stimulus in chosen[0]} & {stimulus.id for stimulus in chosen[1]}
    if both:
        raise SettingsError(
            f"{len(both)} stimuli are both for training and for validation, such as "
            f"{min(both)}: the scores would be too good."
        )
    if not chosen[0] or not chosen[1]:
        raise SettingsError("Training and validation need at least one stimulus each.")
    return GazeSplit(project, folder, *chosen)


def _matching(project: Project, patterns: Sequence[str]) -> tuple[Stimulus, ...]:
    """Return the stimuli with fixations that a list of ids or patterns names."""
    exact = set(patterns)
    patterns = [pattern for pattern in patterns if any(sign in pattern for sign in "*?[")]
    looked_at = {path.stimulus for path in project.scanpaths if path.used.any()}
    return tuple(
        stimulus
        for stimulus in project.stimuli.values()
        if stimulus.id in looked_at
        and (stimulus.id in exact or any(fnmatch.fnmatchcase(stimulus.id, p) for p in patterns))
    )
