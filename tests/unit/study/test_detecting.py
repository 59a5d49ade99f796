"""Detection over a study, and the choice of whose fixations are in use."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from gaze_samples import jumps

from gazelab.data.gaze import Exclusion, Origin, Scanpath
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.idt import IdtSettings
from gazelab.gaze.ivt import IvtSettings
from gazelab.gaze.microsaccades import MicrosaccadeSettings
from gazelab.project.project import Project
from gazelab.study.choosing import choices, trackers_own, with_fixations_of
from gazelab.study.detecting import NO_SCALE, detect_events
from gazelab.task import finish

PICTURES = MappingProxyType({n: Stimulus(n, n, 160, 120, "") for n in ("a.png", "b.png")})


def study(*recordings: Recording, paths: tuple[Scanpath, ...] = ()) -> Project:
    kept = MappingProxyType({item.key: item for item in recordings})
    return Project(stimuli=PICTURES, recordings=kept).with_scanpaths(paths)


def tracker(participant: str, stimulus: str = "a.png") -> Scanpath:
    one = np.array([50.0])
    return Scanpath(
        participant, stimulus, one, one, one, one, np.zeros(1, np.int8), origin=Origin("tracker")
    )


@pytest.mark.parametrize("settings", [IvtSettings(), IdtSettings()])
def test_every_stay_is_found_in_every_trial_and_counted(settings) -> None:
    project = study(jumps("P1", "a.png", 6), jumps("P2", "b.png", 4))
    found = finish(detect_events(project, settings))
    assert [len(path) for path in found.scanpaths] == [6, 4]
    assert found.counts["fixations"] == 10
    samples = sum(n for name, n in found.counts.items() if name.startswith("samples: "))
    assert samples == sum(len(item) for item in project.recordings.values())
    assert not found.skipped


def test_only_the_wanted_trials_are_searched() -> None:
    wanted, other = jumps("P1", "a.png"), jumps("P2", "a.png")
    found = finish(detect_events(study(wanted, other), IvtSettings(), {wanted.key}))
    assert [path.key for path in found.scanpaths] == [wanted.key]


def test_a_trial_without_scale_is_left_out_and_the_reason_told() -> None:
    known, unknown = jumps("P1", "a.png"), jumps("P2", "a.png", px_per_deg=math.nan)
    found = finish(detect_events(study(known, unknown), IvtSettings()))
    assert found.skipped == ((unknown.key, NO_SCALE),)
    assert [path.key for path in found.scanpaths] == [known.key]


def test_the_scale_of_the_project_serves_where_the_recording_has_none() -> None:
    project = study(jumps("P1", "a.png", px_per_deg=math.nan))
    with pytest.raises(SettingsError, match="not known"):
        finish(detect_events(project, IvtSettings()))
    project = project.with_settings(replace(project.settings, px_per_deg=10.0))
    found = finish(detect_events(project, IvtSettings()))
    assert dict(found.scanpaths[0].origin.settings)["px_per_deg"] == 10.0


def test_without_samples_nothing_is_searched() -> None:
    with pytest.raises(SettingsError, match="no gaze samples"):
        finish(detect_events(study(), IvtSettings()))


def test_fixations_off_the_picture_are_kept_and_marked() -> None:
    wide = jumps("P1", "a.png")
    found = finish(detect_events(study(replace(wide, x_px=wide.x_px + 60)), IvtSettings()))
    marks = found.scanpaths[0].exclusion.tolist()
    assert marks == [Exclusion.NONE, Exclusion.OFF_STIMULUS] * 3


def test_microsaccades_leave_the_fixations_in_use_alone() -> None:
    project = study(jumps("P1", "a.png", blink_after=2), paths=(tracker("P1"),))
    found = finish(detect_events(project, MicrosaccadeSettings()))
    after = project.with_detected(found.scanpaths, found.events)
    assert [path.origin.reader for path in after.scanpaths] == ["tracker"]
    assert {item.kind for item in after.events} == {"saccade", "microsaccade", "blink"}


def test_the_trackers_fixations_are_set_aside_and_can_be_taken_back() -> None:
    recordings = [jumps(who, "a.png") for who in ("P1", "P2")]
    project = study(*recordings, paths=(tracker("P1"), tracker("P2")))
    found = finish(detect_events(project, IvtSettings(), {recordings[0].key}))
    mixed = project.with_detected(found.scanpaths, found.events)
    assert [(c.reader, c.in_use, c.trials) for c in choices(mixed)] == [
        ("i-vt", 1, 1),
        ("tracker", 1, 2),
    ]
    assert trackers_own(mixed, recordings[0].key) is not None
    back = with_fixations_of(mixed, "tracker")
    assert {path.origin.reader for path in back.scanpaths} == {"tracker"}
    again = with_fixations_of(back, "i-vt", {recordings[1].key})
    assert again is back  # nothing of the kind in that trial
    again = with_fixations_of(back, "i-vt")
    assert sorted(path.origin.reader for path in again.scanpaths) == ["i-vt", "tracker"]
