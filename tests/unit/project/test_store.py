"""A project on disk: what was saved is what is loaded, whatever happens in between."""

import contextlib
import json
import math
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import example, projects, same

from gazelab import storage
from gazelab.data.attention import Attention
from gazelab.errors import ProjectError, WriteError
from gazelab.project import store
from gazelab.project.arrays import ARRAYS, array_files
from gazelab.project.project import Project


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@given(projects())
@settings(max_examples=40)
def test_what_was_saved_is_what_is_loaded(project: Project) -> None:
    _saved_and_loaded(project)


@pytest.mark.slow
@given(projects())
@settings(max_examples=2000)
def test_what_was_saved_is_what_is_loaded_many_times(project: Project) -> None:
    _saved_and_loaded(project)


def _saved_and_loaded(project: Project) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "p.gazelab"
        store.save(project, folder)
        saved = contents(folder)
        again = store.load(folder)
        assert same(again, project)
        store.save(again, folder)
        assert contents(folder) == saved
        store.save(again, Path(name) / "copy.gazelab")
        assert contents(Path(name) / "copy.gazelab") == saved
        del again  # Windows cannot remove a mapped file


def test_arrays_of_an_earlier_save_are_not_written_again(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    before = {path.name: path.stat().st_ino for path in array_files(tmp_path)}
    loaded = store.load(tmp_path)
    store.save(replace(loaded, title="other"), tmp_path)
    assert {path.name: path.stat().st_ino for path in array_files(tmp_path)} == before
    assert len(before) == 4


def test_a_new_source_leaves_the_maps_of_the_others_alone(tmp_path: Path) -> None:
    project = example()
    store.save(project, tmp_path)
    before = {path.name for path in array_files(tmp_path)}
    cam = Attention("a.png", "cam", "saliency", np.ones((1, 2, 2), np.float32), ("1",))
    store.save(project.with_attention([cam]), tmp_path)
    assert len({path.name for path in array_files(tmp_path)} - before) == 1


def test_arrays_nobody_refers_to_are_removed(tmp_path: Path) -> None:
    store.save(example(1), tmp_path)
    old = {path.name for path in array_files(tmp_path)}
    maps = store.load(tmp_path).attention
    store.save(example(2), tmp_path)
    new = {path.name for path in array_files(tmp_path)}
    assert len(new) == 4
    assert len(new - old) == 3  # the index is the same
    store.save(replace(example(2), attention=maps), tmp_path)  # undone: the old maps are back
    assert same(store.load(tmp_path).attention, example(1).attention)


def test_leftovers_of_a_crash_are_removed_after_an_hour(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    fresh, stale = tmp_path / ".1.tmp", tmp_path / ARRAYS / ".2.tmp"
    for path in (fresh, stale):
        path.write_text("half")
    os.utime(stale, (0, 0))
    store.save(example(), tmp_path)
    assert fresh.exists()
    assert not stale.exists()


def test_loaded_arrays_cannot_be_changed(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    project = store.load(tmp_path)
    for array in (project.scanpaths[0].x_px, *(a.maps for a in project.attention.values())):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_keys_of_a_newer_program_are_kept(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    path = tmp_path / store.FILE
    content = json.loads(path.read_bytes())
    content["surveys"] = [{"id": 1}]
    content["settings"]["theme"] = "dark"
    path.write_text(json.dumps(content))
    store.save(store.load(tmp_path).with_settings(example().settings), tmp_path)
    again = json.loads(path.read_bytes())
    assert again["surveys"] == [{"id": 1}]
    assert again["settings"]["theme"] == "dark"
    assert again["settings"]["px_per_deg"] is None


def test_the_file_can_be_read_by_people_and_has_no_absolute_path(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    text = (tmp_path / store.FILE).read_text()
    assert text.startswith('{\n "schema": 1,\n "title": "Example 0",')
    assert str(tmp_path) not in text


def test_a_moved_project_is_the_same(tmp_path: Path) -> None:
    store.save(example(), tmp_path / "a b")
    shutil.move(tmp_path / "a b", tmp_path / "ü日本")
    assert same(store.load(tmp_path / "ü日本"), example())


def test_create_takes_only_a_free_place(tmp_path: Path) -> None:
    folder = tmp_path / "study.gazelab"
    assert store.create(folder).title == "study"
    assert store.is_project(folder)
    with pytest.raises(ProjectError, match="already exists"):
        store.create(folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="already exists"):
        store.create(tmp_path / "file")


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), WriteError("the disk is full")])
def test_a_project_that_cannot_be_made_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    def stopped(*_: object) -> None:
        raise stop

    folder = tmp_path / "study.gazelab"
    with monkeypatch.context() as patch:
        patch.setattr(storage, "replacing", stopped)
        with pytest.raises(type(stop)):
            store.create(folder, example())
    assert not folder.exists()
    assert same(store.create(folder, example()), example())


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"not a GazeLab project.*project\.json"):
        store.load(tmp_path)


def test_a_newer_schema_is_refused_and_not_touched(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    path = tmp_path / store.FILE
    path.write_bytes(path.read_bytes().replace(b'"schema": 1', b'"schema": 2'))
    before = contents(tmp_path)
    with pytest.raises(ProjectError, match="newer GazeLab"):
        store.load(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[: len(text) // 2],
        lambda text: b"[" * 100_000,
        lambda text: text.replace(b'"width_px": 8', b'"width_px": 0'),
        lambda text: text.replace(b'"width_px": 8', b'"width_px": "wide"'),
        lambda text: text.replace(b"Example", b"\xff\xfe"),
        lambda text: b"[1, 2]",
        lambda text: b"{}",
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    store.save(example(), tmp_path)
    path = tmp_path / store.FILE
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ProjectError, match=r"project\.json.*damaged"):
        store.load(tmp_path)


@pytest.mark.parametrize("stem", ["fixations", "index", "maps", "scores"])
@pytest.mark.parametrize("how", ["missing", "cut", "empty", "folder"])
def test_a_damaged_array_is_named(tmp_path: Path, stem: str, how: str) -> None:
    store.save(example(), tmp_path)
    path = next((tmp_path / ARRAYS).glob(f"{stem}-*"))
    data = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how != "missing":
        path.write_bytes(data[:-3] if how == "cut" else b"")
    with pytest.raises(ProjectError, match=stem):
        store.load(tmp_path)


@pytest.mark.parametrize("stem", ["fixations", "index", "scores"])
def test_one_wrong_bit_is_noticed(tmp_path: Path, stem: str) -> None:
    store.save(example(), tmp_path)
    path = next((tmp_path / ARRAYS).glob(f"{stem}-*"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ProjectError, match=f"{stem}.*damaged"):
        store.load(tmp_path)


@pytest.mark.parametrize("name", ["../../other.npy", "x/y.npy"])
def test_an_array_outside_the_project_is_refused(tmp_path: Path, name: str) -> None:
    store.save(example(), tmp_path)
    path = tmp_path / store.FILE
    maps = next((tmp_path / ARRAYS).glob("maps-*")).name
    path.write_bytes(path.read_bytes().replace(maps.encode(), name.encode()))
    with pytest.raises(ProjectError, match="not a file name"):
        store.load(tmp_path)


def test_pickled_arrays_are_not_opened(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    path = next((tmp_path / ARRAYS).glob("maps-*"))
    path.unlink()
    np.save(path, np.array([{"code": print}], dtype=object), allow_pickle=True)
    with pytest.raises(ProjectError, match="damaged"):
        store.load(tmp_path)


@pytest.mark.parametrize("row", [0, 1, 2, 3])
def test_an_index_that_does_not_fit_is_refused(tmp_path: Path, row: int) -> None:
    store.save(example(), tmp_path)
    old = next((tmp_path / ARRAYS).glob("index-*"))
    index = np.load(old).copy()
    index[row, 0] += 7
    new = storage.write_named_by_content(
        tmp_path / ARRAYS, "index", ".npy", storage.array_bytes(index)
    )
    path = tmp_path / store.FILE
    path.write_bytes(path.read_bytes().replace(old.name.encode(), new.encode()))
    with pytest.raises(ProjectError, match="does not fit"):
        store.load(tmp_path)


def test_a_missing_picture_does_not_stop_loading(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    project = store.load(tmp_path)
    assert not store.image_path(tmp_path, project.stimuli["a.png"]).exists()


def test_paths_are_relative_and_found_again(tmp_path: Path) -> None:
    picture = tmp_path / "pictures" / "ä b.png"
    picture.parent.mkdir()
    picture.write_bytes(b"x")
    folder = tmp_path / "p.gazelab"
    relative = store.relative_path(picture, folder)
    assert relative == "../pictures/ä b.png"
    stimulus = example().stimuli["a.png"]
    assert store.image_path(folder, replace(stimulus, path=relative)).samefile(picture)
    assert store.image_path(folder, replace(stimulus, path=relative.replace("/", "\\"))).samefile(
        picture
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is needed that can be killed")
def test_a_save_killed_at_any_moment_leaves_the_old_or_the_new_project(tmp_path: Path) -> None:
    outcomes = _kill_at_every_moment(tmp_path)
    assert outcomes[0] == "old"
    assert outcomes[-1] == "new"
    assert len(outcomes) > 15
    assert set(outcomes) == {"old", "new"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is needed that can be killed")
def test_a_careless_save_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def in_place(path: Path) -> Iterator[Any]:
        with getattr(storage, "open", open)(path, "wb") as file:
            yield file

    monkeypatch.setattr(storage, "replacing", in_place)
    assert "destroyed" in _kill_at_every_moment(tmp_path)


def _kill_at_every_moment(folder: Path) -> list[str]:
    """Kill a save at its first, second ... file operation; what is there after each."""
    old, new = example(1), example(2)
    outcomes = []
    for moment in range(1, 200):
        place = folder / f"{moment}.gazelab"
        store.save(old, place)
        killed = _save_and_die(new, place, moment)
        outcomes.append(_what_is_there(place, old, new))
        store.save(new, place)  # what the crash left behind is in nobody's way
        if _what_is_there(place, old, new) != "new":
            outcomes[-1] = "destroyed"
        if not killed:
            break
    return outcomes


def _what_is_there(folder: Path, old: Project, new: Project) -> str:
    try:
        loaded = store.load(folder)
    except ProjectError:
        return "destroyed"
    return "new" if same(loaded, new) else "old" if same(loaded, old) else "destroyed"


def _save_and_die(project: Project, folder: Path, moment: int) -> bool:
    """Save in a child process that is killed at the n-th file operation; whether it was."""
    child = os.fork()
    if child == 0:
        _die_at(moment)
        store.save(project, folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _die_at(moment: int) -> None:
    """Make the storage module die at its n-th operation; a write is cut in the middle."""
    left = moment

    def count(half: Callable[[], object] = lambda: None) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            half()
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            count()
            return function(*args, **kwargs)

        return call

    class File:
        def __init__(self, *args: Any) -> None:
            self.file = open(*args, buffering=0)  # noqa: SIM115

        def __enter__(self) -> "File":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, data: Any) -> None:
            data = bytes(data)
            count(lambda: self.file.write(data[: len(data) // 2]))
            self.file.write(data)

    storage.open = File  # type: ignore[attr-defined]
    os.fsync = counted(os.fsync)
    Path.replace = counted(Path.replace)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    Path.mkdir = counted(Path.mkdir)  # type: ignore[method-assign]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes on Windows")
@given(limit=st.integers(0, 3000))
@settings(max_examples=24)
def test_a_full_disk_leaves_the_old_project(limit: int) -> None:
    import resource

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store.save(example(1), folder)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        saved = True
        try:
            store.save(example(2), folder)
        except WriteError:
            saved = False
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert same(store.load(folder), example(2 if saved else 1))
        if saved:
            assert max(map(len, contents(folder).values())) <= limit


def test_settings_survive_with_and_without_geometry(tmp_path: Path) -> None:
    for px_per_deg in (math.nan, 24.0):
        project = example()
        project = project.with_settings(replace(project.settings, px_per_deg=px_per_deg))
        store.save(project, tmp_path)
        assert same(store.load(tmp_path).settings, project.settings)


def test_a_project_from_before_there_were_attributes_opens(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    content = json.loads((tmp_path / store.FILE).read_bytes())
    for key in ("participant_attributes", "stimulus_attributes"):
        assert content.pop(key) == {"names": [], "rows": {}}
    (tmp_path / store.FILE).write_text(json.dumps(content), encoding="utf-8")
    assert same(store.load(tmp_path), example())


def test_attributes_without_a_value_for_each_name_are_called_damaged(tmp_path: Path) -> None:
    store.save(example(), tmp_path)
    content = json.loads((tmp_path / store.FILE).read_bytes())
    content["participant_attributes"] = {"names": ["group", "age"], "rows": {"P1": ["a"]}}
    (tmp_path / store.FILE).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ProjectError, match="not as many values as names"):
        store.load(tmp_path)
