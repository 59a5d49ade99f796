"""The sample project is made by the normal import and is marked as simulated."""

import pytest

from gazelab.errors import ProjectError
from gazelab.project import store
from gazelab.study.demo import make_demo
from gazelab.task import finish


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "sample.gazelab"
    return finish(make_demo(folder)), folder


def test_everything_is_marked_as_simulated(made) -> None:
    project, _ = made
    assert project.title == "Sample (simulated)"
    assert project.simulated
    assert all(path.origin.simulated for path in project.scanpaths)
    assert all("simulated" in stimulus.labels for stimulus in project.stimuli.values())
    assert all("Simulated" in record.notes[0] for record in project.records)


def test_it_has_real_times_a_geometry_and_excluded_fixations(made) -> None:
    project, _ = made
    assert len(project.stimuli) == len(project.participants) == 12
    assert len(project.scanpaths) == 144
    assert project.settings.px_per_deg == 24
    assert not any(path.origin.synthetic_onsets for path in project.scanpaths)
    assert sum(int((~path.used).sum()) for path in project.scanpaths) > 5


def test_it_is_whole_when_moved(made, tmp_path) -> None:
    project, folder = made
    folder.rename(tmp_path / "moved.gazelab")
    moved = store.load(tmp_path / "moved.gazelab")
    assert moved.simulated
    assert len(moved.scanpaths) == len(project.scanpaths)
    for stimulus in moved.stimuli.values():
        assert store.image_path(tmp_path / "moved.gazelab", stimulus).is_file()
    (tmp_path / "moved.gazelab").rename(folder)


@pytest.mark.parametrize("stop", [1, 5, 14, 16])
def test_nothing_remains_when_it_is_stopped(tmp_path, stop: int) -> None:
    task = make_demo(tmp_path / "sample.gazelab")
    for _ in range(stop):
        next(task)
    task.close()
    assert not (tmp_path / "sample.gazelab").exists()


def test_a_folder_in_use_is_left_alone(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ProjectError, match="already exists"):
        finish(make_demo(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
