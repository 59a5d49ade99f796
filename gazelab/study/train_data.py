"""What a training configuration names, read and split into training and validation."""

import csv
import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.io.images import image_files
from gazelab.nets.training.config import (
    ClassesTable,
    GuidanceTable,
    RecordingsTable,
    TrainConfig,
)
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.project.store import image_path
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations

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


@dataclass(frozen=True, slots=True)
class Gaze:
    """Recordings of gaze at pictures that are known by their paths, else by their file names.

    folder : from which the paths of stimuli count.
    """

    project: Project
    folder: Path

    def stimuli_of(self, pictures: Sequence[Path]) -> dict[Path, Stimulus]:
        """Return the stimulus with fixations in use that each picture is, where there is one."""
        looked_at = {path.stimulus for path in self.project.scanpaths if path.used.any()}
        by_path, by_name = {}, {}
        for stimulus in self.project.stimuli.values():
            if stimulus.id in looked_at:
                path = image_path(self.folder, stimulus).resolve()
                by_path[path] = stimulus
                by_name[path.name] = None if path.name in by_name else stimulus
        found = {path: by_path.get(path) or by_name.get(path.name) for path in pictures}
        return {path: stimulus for path, stimulus in found.items() if stimulus is not None}


def fixations_at(project: Project, stimulus: Stimulus, sigma_px: float) -> "Fixations":
    """Return the fixations in use on a stimulus that somebody looked at, as training wants them."""
    from gazelab.nets.training.data import Fixations

    seen = project.scanpaths_of(stimulus.id)
    return Fixations(
        np.concatenate([path.x_px[path.used] for path in seen]),
        np.concatenate([path.y_px[path.used] for path in seen]),
        np.concatenate([1 + np.flatnonzero(path.used) for path in seen]),
        (float(stimulus.height_px), float(stimulus.width_px)),
        sigma_px,
    )


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
    files = {
        name: paths
        for name, paths in sorted(_files_of_classes(table, folder, base).items())
        if name not in table.leave_out
    }
    rng = np.random.default_rng(seed)
    train, validation, test = [], [], []
    for label, paths in enumerate(files.values()):
        shuffled = [(paths[k], label) for k in rng.permutation(len(paths))]
        first = table.train_per_class - table.validation_per_class
        rest = shuffled[table.train_per_class :]
        train += shuffled[:first]
        validation += shuffled[first : table.train_per_class]
        test += rest[: table.test_per_class or None]
    if len(files) < 2 or not validation or not test:
        raise SettingsError(f"{folder}: too few classes or pictures to train and test on.")
    return ClassSplit(tuple(files), tuple(train), tuple(validation), tuple(test))


def _files_of_classes(table: ClassesTable, folder: Path, base: Path) -> dict[str, list[Path]]:
    """Return the pictures of each class by its folder, its file names or a list."""
    if table.labels:
        return _listed((base / table.labels).resolve(), folder)
    if table.pattern:
        return _named(table.pattern, folder)
    return {p.name: list(image_files(p)) for p in folder.iterdir() if p.is_dir()}


def _named(pattern: str, folder: Path) -> dict[str, list[Path]]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise SettingsError(f"'{pattern}' is no regular expression ({error}).") from error
    if "class" not in expression.groupindex:
        raise SettingsError(
            f"'{pattern}' has no group named `class`.", "For example: ^(?P<class>[a-z]+)_"
        )
    found: dict[str, list[Path]] = {}
    for path in image_files(folder):
        if match := expression.search(path.name):
            found.setdefault(match["class"], []).append(path)
    return found


def _listed(path: Path, folder: Path) -> dict[str, list[Path]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path}: the labels could not be read ({error}).") from error
    found: dict[str, list[Path]] = {}
    for number, row in enumerate(rows, 2):
        name, file_name = row.get("class"), row.get("file")
        if not name or not file_name:
            raise SettingsError(f"{path}, line {number}: a label needs `file` and `class`.")
        found.setdefault(name, []).append(folder / file_name)
    return found


def read_guidance(table: GuidanceTable, base: Path) -> Task[Gaze]:
    """Read the gaze at a classifier's pictures. Raises ReadError, ProjectError."""
    if table.project:
        folder = (base / table.project).resolve()
        return Gaze(store.load(folder), folder)
    images = (base / table.images).resolve()
    sources = tuple(Source((base / name).resolve()) for name in table.fixations)
    plan = ImportPlan(sources, images.parent, images)
    project = Project().with_addition((yield from import_files(plan, Project())))
    return Gaze(project, images.parent)


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
