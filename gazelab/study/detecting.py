"""Detect: fixations, saccades and blinks in the samples of a project."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from gazelab.data.counted import counted
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.detect import Detection, detect, detector_of
from gazelab.gaze.ivt import IvtSettings
from gazelab.gaze.settings import DetectorSettings
from gazelab.project.project import Project
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.study.placing import Placed

NO_SCALE = "the pixels in one degree are not known"
_SOME = 16


@dataclass(frozen=True, slots=True)
class Detected:
    """What a detector found in several recordings, for `Project.with_detected`.

    counts : of fixations and events, of samples by what became of them, and of candidates
        that were dropped, with the reason.
    skipped : trials that could not be searched, each with the reason.
    """

    scanpaths: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[tuple[TrialKey, str], ...] = ()


def detect_events(
    project: Project, settings: DetectorSettings, keys: Collection[TrialKey] | None = None
) -> Task[Detected]:
    """Find the events in the recordings of a project; in all of them when `keys` is None.

    The pixels in one degree are those of the recording, else of the project. Raises
    SettingsError when there is no recording, or none that can be searched.
    """
    wanted = [r for key, r in project.recordings.items() if keys is None or key in keys]
    if not wanted:
        raise SettingsError("There are no gaze samples to search.", "Import recordings first.")
    found = yield from detect_in(wanted, settings, project.stimuli, project.settings.px_per_deg)
    if len(found.skipped) == len(wanted):
        raise SettingsError(
            f"Nothing could be searched: {found.skipped[0][1]}.",
            "Give the pixels per degree, or the size and distance of the screen on import.",
        )
    return found


def detect_in(
    recordings: Iterable[Recording],
    settings: DetectorSettings,
    stimuli: Mapping[str, Stimulus],
    px_per_deg: float,
) -> Task[Detected]:
    """Find the events in recordings; px_per_deg is for those that do not say it."""
    recordings = list(recordings)
    scanpaths: list[Scanpath] = []
    events: list[Events] = []
    counts: Counter[str] = Counter()
    skipped: list[tuple[TrialKey, str]] = []
    for number, recording in enumerate(recordings):
        if number % _SOME == 0:
            yield Step(number, len(recordings), f"{detector_of(settings).title}")
        scaled = with_scale(recording, px_per_deg)
        if math.isnan(scaled.px_per_deg):
            skipped.append((recording.key, NO_SCALE))
            continue
        detection = detect(scaled, settings, stimuli.get(recording.stimulus))
        _count(detection, counts)
        events += detection.events
        if detection.scanpath is not None:
            scanpaths.append(detection.scanpath)
    return Detected(tuple(scanpaths), tuple(events), MappingProxyType(counts), tuple(skipped))


def with_fixations(
    there: "Placed", stimuli: Mapping[str, Stimulus], px_per_deg: float, notes: list[str]
) -> Task["Placed"]:
    """Return what was placed with fixations for the recordings whose source has none.

    They are found by I-VT with its default parameters; that, or why not, is added to `notes`.
    """
    there = replace(
        there, recordings=tuple(with_scale(item, px_per_deg) for item in there.recordings)
    )
    has_fixations = {path.key for path in there.scanpaths}
    bare = [item for item in there.recordings if item.key not in has_fixations and len(item)]
    if not bare:
        return there
    found = yield from detect_in(bare, IvtSettings(), stimuli, px_per_deg)
    if found.skipped:
        notes.append(
            f"In {counted(len(found.skipped), 'recording')} the source has no fixations, and none "
            f"were looked for, since {NO_SCALE}."
        )
    if found.scanpaths:
        notes.append(
            f"In {counted(len(found.scanpaths), 'recording')} the source has no fixations: they "
            "were found by I-VT with its default parameters."
        )
    known = {events.key[:4] for events in there.events}
    events = tuple(item for item in found.events if item.key[:4] not in known)
    return replace(there, scanpaths=there.scanpaths + found.scanpaths, events=there.events + events)


def with_scale(recording: Recording, px_per_deg: float) -> Recording:
    """Return a recording with pixels per degree, if it does not say them itself."""
    if not math.isnan(recording.px_per_deg):
        return recording
    return replace(recording, px_per_deg=px_per_deg)


def _count(detection: Detection, counts: Counter[str]) -> None:
    counts["fixations"] += 0 if detection.scanpath is None else len(detection.scanpath)
    for events in detection.events:
        counts[f"{events.kind}s"] += len(events)
    for kind in fields(detection.samples):
        counts[f"samples: {kind.name}"] += getattr(detection.samples, kind.name)
    for reason, number in detection.dropped:
        counts[f"dropped: {reason}"] += number
