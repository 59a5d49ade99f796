"""Check that everything of a project on disk is there, unchanged, and fits together."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from gazelab import storage
from gazelab.data.attention import KINDS, Attention
from gazelab.data.gaze import Exclusion, Scanpath, exclusions
from gazelab.data.image import image_size
from gazelab.data.stimulus import Stimulus
from gazelab.errors import GazeLabError, ReadError
from gazelab.project import arrays, store
from gazelab.project.schema import ProjectFile
from gazelab.task import Step, Task

T = TypeVar("T")
_SOME = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind, such as "missing picture", and a sentence."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    counts : what was looked at, e.g. "stimuli", "fixations".
    """

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    @property
    def by_kind(self) -> Mapping[str, int]:
        """Number of findings of each kind."""
        return Counter(finding.kind for finding in self.findings)


def check(folder: Path) -> Task[Report]:
    """Check the project in a folder without changing it.

    What cannot be read is a finding, and the rest is still checked. Raises ProjectError
    when there is no readable `project.json`.
    """
    file, _ = store.read_file(folder)
    findings: list[Finding] = []
    yield from _check_arrays(folder, file, findings)
    stimuli = {entry.id: store.stimulus_of(entry) for entry in file.stimuli}
    yield from _check_pictures(folder, list(stimuli.values()), findings)
    groups = (_tried(arrays.read_scanpaths, folder, group, findings) for group in file.scanpaths)
    scanpaths = [scanpath for group in groups for _, scanpath in group or ()]
    stacks = (_tried(arrays.read_attention, folder, group, findings) for group in file.attention)
    attention = [item for stack in stacks for item in stack or ()]
    scores = _tried(arrays.read_scores, folder, file.scores, findings) or ()
    findings += _repeated("stimulus", [entry.id for entry in file.stimuli])
    findings += _repeated("scanpath", [" / ".join(path.key) for path in scanpaths])
    findings += _repeated("map", [" / ".join(item.key) for item in attention])
    for number, scanpath in enumerate(scanpaths):
        if number % 1000 == 0:
            yield Step(number, len(scanpaths), "checking scanpaths")
        findings += _of_scanpath(scanpath, stimuli.get(scanpath.stimulus))
    for number, item in enumerate(attention):
        if number % _SOME == 0:
            yield Step(number, len(attention), "checking maps")
        findings += _of_attention(item, item.stimulus in stimuli)
    if lost := {score.stimulus for score in scores} - stimuli.keys() - {"all"}:
        findings.append(Finding("score without stimulus", f"Scores of {', '.join(sorted(lost))}."))
    counts = {
        "stimuli": len(file.stimuli),
        "scanpaths": len(scanpaths),
        "fixations": sum(map(len, scanpaths)),
        "maps": len(attention),
        "scores": len(scores),
        "array files": len(store.array_names(file)),
    }
    return Report(tuple(dict.fromkeys(findings)), MappingProxyType(counts))


def _check_arrays(folder: Path, file: ProjectFile, findings: list[Finding]) -> Task[None]:
    """Compare each array file with the hash in its name."""
    names = store.array_names(file)
    for number, name in enumerate(names):
        yield Step(number, len(names), "checking arrays")
        path = folder / arrays.ARRAYS / name
        if not path.is_file():
            findings.append(Finding("missing array", f"{path}: the file is missing."))
        elif not storage.is_named_by_content(path):
            findings.append(Finding("damaged array", f"{path}: the content has changed."))


def _check_pictures(folder: Path, stimuli: list[Stimulus], findings: list[Finding]) -> Task[None]:
    for number, stimulus in enumerate(stimuli):
        if number % _SOME == 0:
            yield Step(number, len(stimuli), "checking pictures")
        path = store.image_path(folder, stimulus)
        if not stimulus.has_picture:
            continue
        if not path.is_file():
            findings.append(Finding("missing picture", f"{stimulus.id}: {path} is missing."))
        elif storage.sha256_of(path) != stimulus.sha256:
            findings.append(
                Finding("changed picture", f"{stimulus.id}: {path} is not the picture imported.")
            )
        else:
            findings += _of_size(stimulus, path)


def _of_size(stimulus: Stimulus, path: Path) -> Iterator[Finding]:
    try:
        rows, columns = image_size(path)
    except ReadError as error:
        yield Finding("unreadable picture", str(error))
        return
    if (rows, columns) != stimulus.shape:
        yield Finding(
            "wrong size",
            f"{stimulus.id}: the picture has {columns} x {rows} pixels, the project says "
            f"{stimulus.width_px} x {stimulus.height_px}.",
        )


def _tried(
    read: Callable[[Path, T], Collection], folder: Path, group: T, findings: list[Finding]
) -> Collection | None:
    """Return what `read` gives, or None and a finding when it cannot be read."""
    try:
        return read(folder, group)
    except GazeLabError as error:
        known = any(error.message in finding.message for finding in findings)
        if not known:
            findings.append(Finding("unreadable array", str(error)))
        return None


def _repeated(what: str, keys: list[str]) -> Iterator[Finding]:
    for key, number in Counter(keys).items():
        if number > 1:
            yield Finding(f"repeated {what}", f"{key} is there {number} times.")


def _of_scanpath(scanpath: Scanpath, stimulus: Stimulus | None) -> Iterator[Finding]:
    name = " / ".join(scanpath.key)
    if stimulus is None:
        yield Finding("scanpath without stimulus", f"{name}: there is no such stimulus.")
    if not np.isfinite(scanpath.onset_ms).all():
        yield Finding("undefined time", f"{name}: an onset is not a number.")
    elif (np.diff(scanpath.onset_ms) < 0).any():
        yield Finding("times out of order", f"{name}: the onsets do not ascend.")
    if not np.isin(scanpath.exclusion, list(Exclusion)).all():
        yield Finding("unknown exclusion", f"{name}: a reason for exclusion is not known.")
    elif stimulus is not None:
        rows, columns = stimulus.shape
        due = exclusions(scanpath.x_px, scanpath.y_px, scanpath.duration_ms, columns, rows)
        if (due[scanpath.used] != Exclusion.NONE).any():
            yield Finding("unflagged fixation", f"{name}: a fixation in use should be excluded.")


def _of_attention(item: Attention, has_stimulus: bool) -> Iterator[Finding]:
    name = " / ".join(item.key)
    if not has_stimulus:
        yield Finding("map without stimulus", f"{name}: there is no such stimulus.")
    if item.kind not in KINDS:
        yield Finding("unknown kind of map", f"{name}: the kind is not known.")
    if not np.isfinite(item.maps).all() or (item.maps < 0).any():
        yield Finding("undefined map", f"{name}: a value is negative or not a number.")
