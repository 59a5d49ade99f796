"""The verb detect: fixations, saccades and blinks from the samples of a project."""

import argparse
import fnmatch
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import dropped_scores, project_folder
from gazelab.data.counted import counted, counted_as
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.data.gaze import TrialKey
    from gazelab.gaze.detect import Detector
    from gazelab.gaze.settings import DetectorSettings
    from gazelab.project.project import Project


def detect_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Search the samples of a project, or say which detectors there are."""
    if arguments.list:
        return _detectors()
    if arguments.project is None:
        raise SettingsError("Which project?", "Name a folder *.gazelab, or give --list.")
    from gazelab.project import store

    folder = project_folder(arguments.project)
    project = store.load(folder)
    if arguments.use:
        dropped = dropped_scores(project)
        project = _used(project, arguments)
        store.save(project, folder)
        number = sum(path.origin.reader == arguments.use for path in project.scanpaths)
        data = {"project": str(folder), "used": arguments.use, "scanpaths": number}
        said = f"{number:,} scanpaths in use are those of {arguments.use}."
        return Outcome([said, *dropped], data)
    from gazelab.study.detecting import detect_events

    settings = _settings(_detector(arguments.detector), arguments.set)
    found = finish(detect_events(project, settings, _searched(project, arguments)), progress)
    store.save(project.with_detected(found.scanpaths, found.events), folder)
    lines = [counted_as(number, name) for name, number in found.counts.items()]
    if found.skipped:
        left = counted(len(found.skipped), "recording was", "recordings were")
        lines.append(f"{left} not searched: {found.skipped[0][1]}.")
    if found.scanpaths:
        searched = counted(len(found.scanpaths), "trial")
        lines.append(f"The fixations of {searched} are in use now.")
        lines += dropped_scores(project)
    else:
        lines.append("The fixations in use stay as they are: this detector finds none.")
    data = {
        "project": str(folder),
        "detector": arguments.detector,
        "settings": dict(settings.pairs()),
        "counts": dict(found.counts),
        "skipped": [{"trial": key, "reason": reason} for key, reason in found.skipped],
    }
    return Outcome(lines, data)


def _detectors() -> Outcome:
    """Return all detectors with their parameters."""
    from gazelab.gaze.detect import DETECTORS

    lines, data = [], {}
    for detector in DETECTORS:
        rows = [(one.name, f"{one.default:g}", one.unit, one.title) for one in detector.parameters]
        table = columns([("parameter", "default", "unit", "what"), *rows], 4)
        lines += [f"{detector.id}: {detector.title}. {detector.definition}", *table, ""]
        data[detector.id] = {one.name: one.default for one in detector.parameters}
    return Outcome(lines[:-1], data)


def _detector(name: str) -> "Detector":
    from gazelab.gaze.detect import DETECTORS

    return next(detector for detector in DETECTORS if detector.id == name)


def _settings(detector: "Detector", changes: list[str]) -> "DetectorSettings":
    """Return the parameters with the changes of the command line."""
    known = {one.name for one in detector.parameters}
    values = {}
    for text in changes:
        name, _, value = text.partition("=")
        if name not in known:
            raise SettingsError(
                f"{detector.id} has no parameter {name}.", f"Known: {', '.join(sorted(known))}."
            )
        try:
            values[name] = float(value)
        except ValueError as error:
            raise SettingsError(f"--set {text}: {value!r} is not a number.") from error
    return detector.settings(**values)


def _searched(project: "Project", arguments: argparse.Namespace) -> "Collection[TrialKey] | None":
    """Return the trials that are to be searched; None for all. Raises SettingsError for none."""
    if not (arguments.participant or arguments.stimuli):
        return None
    keys = _wanted(project.recordings, arguments)
    if project.recordings and not keys:
        wanted = " on ".join(filter(None, (arguments.participant, arguments.stimuli)))
        raise SettingsError(f"There are no gaze samples of {wanted} in this project.")
    return keys


def _wanted(keys: "Iterable[TrialKey]", arguments: argparse.Namespace) -> "Collection[TrialKey]":
    """Return the trials of the participant and the stimuli that were named."""
    return {
        key
        for key in keys
        if arguments.participant in (None, key[0])
        and fnmatch.fnmatchcase(key[1], arguments.stimuli or "*")
    }


def _used(project: "Project", arguments: argparse.Namespace) -> "Project":
    """Return the project with the fixations of a tracker or detector in use again."""
    from gazelab.study.choosing import with_fixations_of

    reader = arguments.use
    keys = _wanted((path.key for path in project.set_aside), arguments)
    changed = with_fixations_of(project, reader, keys)
    if changed is project:
        known = sorted({path.origin.reader for path in project.set_aside if path.key in keys})
        raise SettingsError(
            f"No fixations of {reader} are set aside.",
            f"Set aside are those of {', '.join(known)}." if known else "None are set aside.",
        )
    return changed
