"""A project on disk: a folder `name.gazelab` with `project.json` and array files.

Array files are named by their content and written once; `project.json` is replaced last
and in one step, so that whatever happens, the old or the new project is there, whole.
Pictures stay where they are; the project refers to them by relative paths.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import numpy as np

from gazelab import storage
from gazelab.data.aoi import Aoi
from gazelab.data.attributes import Attributes
from gazelab.data.contract import Contract
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.gaze import Scanpath
from gazelab.data.geometry import Screen
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ProjectError, SettingsError
from gazelab.project import arrays, samples
from gazelab.project.entries import entry_of, value_of
from gazelab.project.project import ImportRecord, Project, Settings
from gazelab.project.schema import (
    SCHEMA,
    AoiEntry,
    AttributesEntry,
    ContractEntry,
    ProjectFile,
    RecordEntry,
    RuleEntry,
    ScanpathGroup,
    ScreenEntry,
    SettingsEntry,
    StimulusEntry,
    unknown_keys,
    with_unknown_keys,
)

E = TypeVar("E")
V = TypeVar("V")

SUFFIX = ".gazelab"
FILE = "project.json"
_LEFTOVER_S = 3600


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project."""
    return (folder / FILE).is_file()


def create(folder: Path, project: Project | None = None) -> Project:
    """Make a project folder, empty unless a project is given, and return what it holds.

    Raises ProjectError when something is there already, WriteError when it cannot be made; no
    folder is left then, nor when the program is stopped meanwhile.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder}: already exists.", "Choose another name.")
    project = project or Project(title=folder.name.removesuffix(SUFFIX))
    storage.make_folder(folder)
    with storage.removed_on_failure(folder):
        save(project, folder)
    return project


def load(folder: Path) -> Project:
    """Return the project in a folder. Maps stay on the disk until they are used.

    A picture that is missing stops nothing. Raises ProjectError: no project, damaged, or
    from a newer GazeLab.
    """
    file, unknown = read_file(folder)
    recordings = [
        item for group in file.recordings for item in samples.read_recordings(folder, group)
    ]
    scores = arrays.read_scores(folder, file.scores)
    attention = {
        item.key: item for group in file.attention for item in arrays.read_attention(folder, group)
    }
    return Project(
        title=file.title,
        stimuli=MappingProxyType({entry.id: stimulus_of(entry) for entry in file.stimuli}),
        recordings=MappingProxyType({item.key: item for item in recordings}),
        scanpaths=_scanpaths(folder, file.scanpaths),
        set_aside=_scanpaths(folder, file.set_aside),
        events=tuple(item for group in file.events for item in samples.read_events(folder, group)),
        rules=tuple(_understood(folder, _rule, entry) for entry in file.rules),
        attention=MappingProxyType(attention),
        aois=tuple(_understood(folder, aoi_of, entry) for entry in file.aois),
        scores=scores,
        computed=arrays.read_computed(folder, file.scores, scores),
        records=tuple(_understood(folder, _record, entry) for entry in file.records),
        participant_attributes=_attributes(folder, file.participant_attributes),
        stimulus_attributes=_attributes(folder, file.stimulus_attributes),
        settings=value_of(Settings, file.settings),
        unknown=MappingProxyType(unknown),
    )


def read_file(folder: Path) -> tuple[ProjectFile, dict[str, Any]]:
    """Return the checked `project.json` of a folder and the keys in it that are unknown here.

    Raises ProjectError.
    """
    path = folder / FILE
    try:
        content = msgspec.json.decode(path.read_bytes())
        schema = content.get("schema") if isinstance(content, dict) else None
        if isinstance(schema, int) and schema > SCHEMA:
            raise ProjectError(
                f"{path}: the project was made by a newer GazeLab (schema {schema}; this one "
                f"reads up to {SCHEMA}).",
                "Update GazeLab; the project was not changed.",
            )
        return msgspec.convert(content, ProjectFile), unknown_keys(content)
    except FileNotFoundError as error:
        raise ProjectError(
            f"{folder}: this is not a GazeLab project.", f"A project folder holds {FILE}."
        ) from error
    except OSError as error:
        raise ProjectError(f"{path}: could not be read ({error.strerror or error}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProjectError(
            f"{path}: the file is damaged ({error}).", "Restore the project from a backup."
        ) from error


def save(project: Project, folder: Path) -> None:
    """Write what is new of a project, then replace its `project.json`.

    Raises WriteError; the project on disk is then as it was before.
    """
    storage.make_folder(folder)
    file = ProjectFile(
        schema=SCHEMA,
        title=project.title,
        settings=entry_of(SettingsEntry, project.settings),
        stimuli=tuple(entry_of(StimulusEntry, s) for s in project.stimuli.values()),
        recordings=samples.write_recordings(folder, project.recordings.values()),
        scanpaths=arrays.write_scanpaths(folder, project.scanpaths),
        set_aside=arrays.write_scanpaths(folder, project.set_aside),
        events=samples.write_events(folder, project.events),
        rules=tuple(entry_of(RuleEntry, rule) for rule in project.rules),
        attention=arrays.write_attention(folder, project.attention.values()),
        aois=tuple(_aoi_entry(aoi) for aoi in project.aois),
        scores=arrays.write_scores(folder, project.scores, project.computed),
        records=tuple(_record_entry(record) for record in project.records),
        participant_attributes=_attributes_entry(project.participant_attributes),
        stimulus_attributes=_attributes_entry(project.stimulus_attributes),
    )
    content = with_unknown_keys(msgspec.to_builtins(file), dict(project.unknown))
    storage.write_json(folder / FILE, content)
    _remove_unused(folder, file)


def image_path(folder: Path, stimulus: Stimulus) -> Path:
    """Return where the picture of a stimulus should lie; the file may be missing.

    folder : the project folder, from which relative paths count.
    """
    parts = (stimulus.path, stimulus.path.replace("\\", "/"))  # the second: from Windows
    places = [Path(os.path.normpath(folder.resolve() / part)) for part in parts]
    return next((place for place in places if place.exists()), places[0])


def array_names(file: ProjectFile) -> tuple[str, ...]:
    """Return the names of all array files that a project refers to."""
    paths = (*file.scanpaths, *file.set_aside)
    names = [name for group in paths for name in (group.fixations, group.index)]
    names += [group.samples for group in file.recordings]
    names += [group.events for group in file.events]
    names += [group.maps for group in file.attention]
    if file.scores:
        names.append(file.scores.table)
        if kept := file.scores.computed:
            names += [kept.fingerprints, kept.rows.table]
    return tuple(dict.fromkeys(names))


def _remove_unused(folder: Path, file: ProjectFile) -> None:
    """Remove arrays of earlier saves, and leftovers of writes that died an hour ago."""
    used = set(array_names(file))
    for path in arrays.array_files(folder):
        if path.name not in used:
            storage.remove(path)
    for path in folder.rglob(f".*{storage.TEMPORARY_SUFFIX}"):
        if _age_s(path) > _LEFTOVER_S:
            storage.remove(path)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def relative_path(path: Path, folder: Path) -> str:
    """Return `path` as seen from a project folder, with forward slashes.

    Only where there is no relative path (another drive) it stays absolute.
    """
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def stimulus_of(entry: StimulusEntry) -> Stimulus:
    """Return the stimulus an entry of `project.json` describes."""
    return value_of(Stimulus, entry)


def aoi_of(entry: AoiEntry) -> Aoi:
    """Return the area of interest an entry describes. Raises SettingsError."""
    return Aoi(entry.stimulus, entry.name, np.array(entry.corners_px).reshape(-1, 2))


def _aoi_entry(aoi: Aoi) -> AoiEntry:
    return AoiEntry(aoi.stimulus, aoi.name, tuple((x, y) for x, y in aoi.corners_px.tolist()))


def _scanpaths(folder: Path, groups: tuple[ScanpathGroup, ...]) -> tuple[Scanpath, ...]:
    """Return the scanpaths of all groups in the order of the project."""
    placed = dict(item for group in groups for item in arrays.read_scanpaths(folder, group))
    return tuple(placed[place] for place in sorted(placed))


def _understood(folder: Path, make: Callable[[E], V], entry: E) -> V:
    """Return what `make` makes of an entry. Raises ProjectError for a word it does not know."""
    try:
        return make(entry)
    except SettingsError as error:
        raise ProjectError(
            f"{folder / FILE}: {error.message}", "Restore the project from a backup."
        ) from error


def _rule(entry: RuleEntry) -> ExclusionRule:
    return value_of(ExclusionRule, entry)


def _attributes(folder: Path, entry: AttributesEntry) -> Attributes:
    if any(len(values) != len(entry.names) for values in entry.rows.values()):
        raise ProjectError(
            f"{folder / FILE}: attributes have not as many values as names.",
            "Restore the project from a backup.",
        )
    return Attributes(entry.names, MappingProxyType(entry.rows))


def _attributes_entry(attributes: Attributes) -> AttributesEntry:
    return AttributesEntry(attributes.names, dict(attributes.rows))


def _record(entry: RecordEntry) -> ImportRecord:
    contract = entry.contract and value_of(
        Contract, entry.contract, screen=value_of(Screen, entry.contract.screen)
    )
    return value_of(ImportRecord, entry, counts=MappingProxyType(entry.counts), contract=contract)


def _record_entry(record: ImportRecord) -> RecordEntry:
    contract = record.contract and entry_of(
        ContractEntry, record.contract, screen=entry_of(ScreenEntry, record.contract.screen)
    )
    return entry_of(RecordEntry, record, counts=dict(record.counts), contract=contract)
