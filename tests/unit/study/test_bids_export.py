"""A project as a BIDS data set, and back."""

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from gazelab.data.gaze import Origin, Scanpath
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.project.project import Project
from gazelab.study.bids import export_bids
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.placing import Links
from gazelab.task import finish

SIZE_PX = (320, 240)


def study() -> Project:
    t_ms = np.arange(0, 400, 4.0)
    x_px = np.where(t_ms < 200, 50.0, 150.0)
    y_px = np.full(len(t_ms), 60.0)
    x_px[10] = y_px[10] = np.nan
    trial = ("P1", "a.png")
    origin = Origin("eyelink-asc", "p1.asc")
    zeros = np.zeros(2, np.int8)
    onset_ms, duration_ms = np.array([0.0, 220.0]), np.array([196.0, 176.0])
    positions = np.array([50.0, 150.0]), np.array([60.0, 60.0])
    scanpath = Scanpath(*trial, *positions, onset_ms, duration_ms, zeros, origin=origin)
    saccade = Events(*trial, "saccade", np.array([200.0]), np.array([20.0]), origin=origin)
    recording = Recording(*trial, t_ms, x_px, y_px, rate_hz=250.0, eye="left", origin=origin)
    return Project(
        title="study",
        stimuli=MappingProxyType({"a.png": Stimulus("a.png", "../a.png", *SIZE_PX, "0")}),
        recordings=MappingProxyType({recording.key: recording}),
        scanpaths=(scanpath,),
        events=(saccade,),
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    project = study()
    folder = finish(export_bids(project, tmp_path / "bids"))
    known = Project(stimuli=project.stimuli)
    plan = ImportPlan((Source(folder),), tmp_path / "p.gazelab", links=Links({}))
    addition = finish(import_files(plan, known))
    (old,) = project.recordings.values()
    (new,) = addition.recordings
    assert new.stimulus == "a.png"
    np.testing.assert_allclose(new.x_px, old.x_px)
    np.testing.assert_allclose(new.t_ms, old.t_ms)
    (path,) = addition.scanpaths
    assert path.onset_ms.tolist() == [0.0, 220.0]
    (saccades,) = (events for events in addition.events if events.kind == "saccade")
    assert saccades.onset_ms.tolist() == [200.0]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    first = finish(export_bids(study(), tmp_path / "bids"))
    second = finish(export_bids(study(), tmp_path / "bids"))
    assert first.name == "bids"
    assert second.name == "bids-2"
    assert (first / "README").read_bytes() == (second / "README").read_bytes()


def test_a_project_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has none"):
        finish(export_bids(Project(), tmp_path / "bids"))
    assert not (tmp_path / "bids").exists()
