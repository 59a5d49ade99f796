"""Measure the data quality of a project: every trial, with samples or with fixations alone."""

from types import MappingProxyType

import numpy as np

from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.gaze.quality import quality, scanpath_quality
from gazelab.gaze.quality_summary import methods_sentence
from gazelab.project.project import Project
from gazelab.report.exclusions import exclusion_sentence
from gazelab.report.quality import StudyQuality, TrialQuality, participant_rows, trial_row
from gazelab.study.detecting import with_scale
from gazelab.task import Step, Task

_NOTHING = StudyQuality()


def study_quality(project: Project, earlier: StudyQuality = _NOTHING) -> Task[StudyQuality]:
    """Return the data quality of every trial of a project and of its participants.

    Degrees need the pixels per degree of a recording, or of the project where it has none.
    earlier : what was computed before; trials that are the same objects are not measured anew.
    """
    paths = {path.key: path for path in project.scanpaths}
    keys = dict.fromkeys([*paths, *project.recordings])
    known = {}
    for done, key in enumerate(keys):
        yield Step(done, len(keys), "measuring data quality")
        known[key] = _measured(project, key, paths.get(key), earlier)
    trials = [trial for _, trial in known.values()]
    recorded = [trial.samples for trial in trials if trial.samples is not None]
    sentences = (methods_sentence(recorded), exclusion_sentence(project))
    return StudyQuality(
        trials=tuple(map(trial_row, trials)),
        participants=participant_rows(trials),
        sentence=" ".join(filter(None, sentences)),
        known=MappingProxyType(known),
    )


def _measured(
    project: Project, key: TrialKey, path: Scanpath | None, earlier: StudyQuality
) -> tuple[tuple[object, ...], TrialQuality]:
    recording, stimulus = project.recordings.get(key), project.stimuli.get(key[1])
    px_per_deg = project.settings.px_per_deg
    made_of = (recording, path, stimulus, px_per_deg)
    before, found = earlier.known.get(key, ((), None))
    if found is not None and _same(before, made_of):
        return before, found
    size_px = None
    if stimulus is not None:
        size_px = (float(stimulus.width_px), float(stimulus.height_px))
    trial = TrialQuality(
        key,
        None if recording is None else quality(with_scale(recording, px_per_deg), size_px),
        None if path is None else scanpath_quality(path, size_px),
        0 if path is None else int(np.count_nonzero(path.exclusion)),
    )
    return made_of, trial


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Whether two trials are made of the same objects; NaN is NaN."""
    pairs = list(zip(one, other, strict=True))
    scales = pairs.pop()
    same_scale = scales[0] == scales[1] or all(scale != scale for scale in scales)
    return same_scale and all(a is b for a, b in pairs)
