"""Check that everything of a project on disk is there, unchanged, and fits together."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from gazelab import storage
from gazelab.data.attention import KINDS, Attention
from gazelab.data.exclusion import ExclusionRule, judged
from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.image import image_size
from gazelab.data.recording import EVENT_KINDS, EYES, Events, Recording
from gazelab.data.scores import Score
from gazelab.data.stimulus import Stimulus
from gazelab.errors import GazeLabError, ReadError, SettingsError
from gazelab.project import arrays, samples, store
from gazelab.project.entries import value_of
from gazelab.project.schema import AoiEntry, ProjectFile, RuleEntry
from gazelab.task import Step, Task

T = TypeVar("T")
Viewed = TypeVar("Viewed", Recording, Events, Scanpath)
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
    there = _Content(folder, file, findings)
    findings += there.repeated()
    rules = tuple(_rules(file.rules, findings))
    yield from _check_each(there.recordings, "recordings", findings, _of_recording, stimuli)
    yield from _check_each(there.events, "events", findings, _of_events, stimuli)
    yield from _check_each(there.set_aside, "scanpaths set aside", findings, _of_scanpath, stimuli)
    for number, scanpath in enumerate(there.scanpaths):
        if number % 1000 == 0:
            yield Step(number, len(there.scanpaths), "checking scanpaths")
        findings += _of_scanpath(scanpath, stimuli.get(scanpath.stimulus))
        findings += _of_rules(scanpath, stimuli.get(scanpath.stimulus), rules)
    for number, item in enumerate(there.attention):
        if number % _SOME == 0:
            yield Step(number, len(there.attention), "checking maps")
        findings += _of_attention(item, item.stimulus in stimuli)
    findings += _of_aois(file.aois, stimuli)
    lost = {score.stimulus for score in there.scores} - stimuli.keys() - {"all"}
    if lost:
        findings.append(Finding("score without stimulus", f"Scores of {', '.join(sorted(lost))}."))
    counts = {"stimuli": len(file.stimuli), **there.counts(), "rules": len(file.rules)}
    counts["areas of interest"] = len(file.aois)
    counts["array files"] = len(store.array_names(file))
    return Report(tuple(dict.fromkeys(findings)), MappingProxyType(counts))


class _Content:
    """What can be read of a project; what cannot is noted among the findings."""

    def __init__(self, folder: Path, file: ProjectFile, findings: list[Finding]) -> None:
        def read(how: Callable[[Path, T], Collection], groups: Iterable[T]) -> list:
            found = (_tried(how, folder, group, findings) for group in groups)
            return [item for items in found for item in items or ()]

        self.recordings: list[Recording] = read(samples.read_recordings, file.recordings)
        self.events: list[Events] = read(samples.read_events, file.events)
        placed = read(arrays.read_scanpaths, file.scanpaths)
        self.scanpaths: list[Scanpath] = [path for _, path in placed]
        placed = read(arrays.read_scanpaths, file.set_aside)
        self.set_aside: list[Scanpath] = [path for _, path in placed]
        self.attention: list[Attention] = read(arrays.read_attention, file.attention)
        self.scores: list[Score] = read(arrays.read_scores, [file.scores])
        self._ids = [entry.id for entry in file.stimuli]

    def repeated(self) -> Iterator[Finding]:
        """Yield what is there more than once."""
        yield from _repeated("stimulus", self._ids)
        yield from _repeated("recording", [" / ".join(item.key) for item in self.recordings])
        yield from _repeated("scanpath", [" / ".join(path.key) for path in self.scanpaths])
        aside = [" / ".join((*path.key, path.origin.reader)) for path in self.set_aside]
        yield from _repeated("scanpath set aside", aside)
        yield from _repeated("events", [" / ".join(item.key) for item in self.events])
        yield from _repeated("map", [" / ".join(item.key) for item in self.attention])

    def counts(self) -> dict[str, int]:
        """Return how many there are of everything."""
        kinds = {
            f"{kind}s": sum(len(item) for item in self.events if item.kind == kind)
            for kind in EVENT_KINDS
        }
        return {
            "recordings": len(self.recordings),
            "samples": sum(map(len, self.recordings)),
            "scanpaths": len(self.scanpaths),
            "fixations": sum(map(len, self.scanpaths)),
            "scanpaths set aside": len(self.set_aside),
            **kinds,
            "maps": len(self.attention),
            "scores": len(self.scores),
        }


def _check_each(
    items: Sequence[Viewed],
    what: str,
    findings: list[Finding],
    look: Callable[[Viewed, Stimulus | None], Iterable[Finding]],
    stimuli: Mapping[str, Stimulus],
) -> Task[None]:
    for number, item in enumerate(items):
        if number % _SOME == 0:
            yield Step(number, len(items), f"checking {what}")
        findings += look(item, stimuli.get(item.stimulus))


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
    yield from _of_times(name, scanpath.onset_ms, "fixation")
    if not np.isin(scanpath.exclusion, list(Exclusion)).all():
        yield Finding("unknown exclusion", f"{name}: a reason for exclusion is not known.")
    elif stimulus is not None:
        due = judged(scanpath, stimulus, ()).exclusion
        if (due[scanpath.used] != Exclusion.NONE).any():
            yield Finding("unflagged fixation", f"{name}: a fixation in use should be excluded.")


def _of_rules(
    scanpath: Scanpath, stimulus: Stimulus | None, rules: Sequence[ExclusionRule]
) -> Iterator[Finding]:
    if stimulus is None:
        return
    due = judged(scanpath, stimulus, rules).exclusion == Exclusion.BY_RULE
    if not np.array_equal(due, scanpath.exclusion == Exclusion.BY_RULE):
        name = " / ".join(scanpath.key)
        yield Finding("rule not applied", f"{name}: what is excluded is not what the rules say.")


def _rules(entries: Iterable[RuleEntry], findings: list[Finding]) -> Iterator[ExclusionRule]:
    for entry in entries:
        try:
            yield value_of(ExclusionRule, entry)
        except SettingsError as error:
            findings.append(Finding("unusable rule", str(error)))


def _of_aois(entries: Sequence[AoiEntry], stimuli: Collection[str]) -> Iterator[Finding]:
    yield from _repeated("area", [f"{entry.stimulus} / {entry.name}" for entry in entries])
    for entry in entries:
        if entry.stimulus not in stimuli:
            name = f"{entry.stimulus} / {entry.name}"
            yield Finding("area without stimulus", f"{name}: there is no such stimulus.")
        try:
            store.aoi_of(entry)
        except SettingsError as error:
            yield Finding("unusable area", f"{entry.stimulus}: {error}")


def _of_recording(recording: Recording, stimulus: Stimulus | None) -> Iterator[Finding]:
    name = " / ".join(recording.key)
    if stimulus is None:
        yield Finding("recording without stimulus", f"{name}: there is no such stimulus.")
    yield from _of_times(name, recording.t_ms, "sample")
    if recording.eye not in (*EYES, ""):
        yield Finding("unknown eye", f"{name}: {recording.eye} is no eye.")


def _of_events(events: Events, stimulus: Stimulus | None) -> Iterator[Finding]:
    name = " / ".join(events.key)
    if stimulus is None:
        yield Finding("events without stimulus", f"{name}: there is no such stimulus.")
    if events.kind not in EVENT_KINDS:
        yield Finding("unknown kind of event", f"{name}: the kind is not known.")
    yield from _of_times(name, events.onset_ms, "onset")
    if (events.duration_ms < 0).any():
        yield Finding("negative duration", f"{name}: an event ends before it begins.")


def _of_times(name: str, times_ms: np.ndarray, what: str) -> Iterator[Finding]:
    if not np.isfinite(times_ms).all():
        yield Finding("undefined time", f"{name}: the time of a {what} is not a number.")
    elif (np.diff(times_ms) < 0).any():
        yield Finding("times out of order", f"{name}: the times of the {what}s do not ascend.")


def _of_attention(item: Attention, has_stimulus: bool) -> Iterator[Finding]:
    name = " / ".join(item.key)
    if not has_stimulus:
        yield Finding("map without stimulus", f"{name}: there is no such stimulus.")
    if item.kind not in KINDS:
        yield Finding("unknown kind of map", f"{name}: the kind is not known.")
    if not np.isfinite(item.maps).all() or (not item.signed and (item.maps < 0).any()):
        yield Finding("undefined map", f"{name}: a value is negative or not a number.")
