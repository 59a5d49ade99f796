"""Scanpaths in HDF5 as pysaliency writes them."""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from child_mutants import failures, without_child
from counted import counted
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.errors import ReadError
from gazelab.io import pysaliency_h5
from gazelab.io.pysaliency_h5 import read_pysaliency
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading
from gazelab.task import finish

Rows = list[list[float]]
XS: Rows = [[1.5, 2, 3], [10], [7, 8]]
TIMES_S: Rows = [[0.1, 0.4, 0.9], [0.2], [0.0, 0.5]]


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    without_child(monkeypatch, pysaliency_h5)


def read(path: Path) -> Reading:
    return counted(finish(read_pysaliency(path)), "fixations")


def padded(rows: Rows) -> np.ndarray:
    width = max(map(len, rows))
    return np.array([row + [np.nan] * (width - len(row)) for row in rows], np.float64)


def fill(group: Any, names: dict[str, Any]) -> None:
    for name, values in names.items():
        group.create_dataset(name, data=values)
    group.attrs["__attributes__"] = np.bytes_(json.dumps(sorted(names)))


def write_scanpaths(
    path: Path,
    xs: Rows = XS,
    times_s: Rows | None = TIMES_S,
    durations_s: Rows | None = None,
    subjects: Any = (0, 1, 0),
) -> Path:
    """Write ScanpathFixations 1.0 of which y is twice x."""
    per_fixation = {"ts": times_s, "durations": durations_s}
    with h5py.File(path, "w") as file:
        file.attrs["type"] = np.bytes_("ScanpathFixations")
        file.attrs["version"] = np.bytes_("1.0")
        group = file.create_group("scanpaths")
        group.attrs["type"] = np.bytes_("Scanpaths")
        group["xs"], group["ys"] = padded(xs), 2 * padded(xs)
        group["n"] = np.arange(len(xs)) % 2
        group["lengths"] = [len(row) for row in xs]
        fill(group.create_group("scanpath_attributes"), {"subject": subjects})
        known = {name: padded(rows) for name, rows in per_fixation.items() if rows is not None}
        fill(group.create_group("fixation_attributes"), known)
    return path


def write_trains(path: Path, version: str, durations_s: Rows | None = None) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["type"] = np.bytes_("FixationTrains")
        file.attrs["version"] = np.bytes_(version)
        for name, values in (("xs", XS), ("ys", XS), ("ts", TIMES_S)):
            file["train_" + name] = padded(values)
        file["train_ns"] = [0, 1, 0]
        file["train_subjects"] = [0, 1, 0]
        if version >= "1.2":
            known = {} if durations_s is None else {"durations": padded(durations_s)}
            fill(file.create_group("scanpath_fixation_attributes"), known)
        if version >= "1.3":
            file["train_lengths"] = [3, 1, 2]
    return path


def write_names(path: Path, names: list[str]) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["type"] = np.bytes_("FileStimuli")
        file.create_dataset(
            "filenames", data=[n.encode() for n in names], dtype=h5py.string_dtype()
        )


def test_scanpaths_with_times_and_durations(tmp_path: Path) -> None:
    write_names(tmp_path / "stimuli.hdf5", ["stimuli/a.jpg", "stimuli/deep/b.jpg"])
    durations_s: Rows = [[0.2, 0.3, 0.1], [0.25], [0.1, 0.2]]
    path = write_scanpaths(tmp_path / "fixations.hdf5", durations_s=durations_s)
    assert sniff(path).id == "pysaliency"
    reading = read(path)
    assert [item.key for item in reading.scanpaths] == [
        ("0", "a.jpg", "1"),
        ("1", "deep/b.jpg", "1"),
        ("0", "a.jpg", "2"),
    ]
    first = reading.scanpaths[0]
    assert first.x_px.tolist() == [1.5, 2, 3]
    assert first.y_px.tolist() == [3, 4, 6]
    np.testing.assert_allclose(first.onset_ms, [100, 400, 900])
    np.testing.assert_allclose(first.duration_ms, [200, 300, 100])
    assert (reading.contract.positions, reading.contract.clock) == ("stimulus px", "s")
    assert reading.counts == {"rows read": 6, "fixations in the file": 6}


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_older_versions(tmp_path: Path, version: str) -> None:
    reading = read(write_trains(tmp_path / "trains.h5", version))
    assert [item.stimulus for item in reading.scanpaths] == ["picture 0", "picture 1", "picture 0"]
    assert [len(item) for item in reading.scanpaths] == [3, 1, 2]
    np.testing.assert_allclose(reading.scanpaths[2].onset_ms, [0, 500])
    assert np.isnan(reading.scanpaths[2].duration_ms).all()
    assert any("numbered" in note for note in reading.notes)


def test_numbers_in_place_of_times_are_no_times(tmp_path: Path) -> None:
    numbers: Rows = [[1, 2, 3], [1], [1, 2]]
    durations_s: Rows = [[0.2, 0.3, 0.1], [0.25], [0.1, 0.2]]
    path = write_scanpaths(tmp_path / "f.hdf5", times_s=numbers)
    assert read(path).scanpaths[0].origin.synthetic_onsets
    reading = read(write_scanpaths(path, times_s=numbers, durations_s=durations_s))
    np.testing.assert_allclose(reading.scanpaths[0].onset_ms, [0, 200, 500])
    assert reading.scanpaths[0].origin.synthetic_onsets


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["Stimuli/Action/001.jpg", "Stimuli/Art/001.jpg"], ["Action/001.jpg", "Art/001.jpg"]),
        (["a.jpg", "a/b.jpg"], ["a.jpg", "a/b.jpg"]),
        (["up\\a.jpg", "up\\b.jpg"], ["a.jpg", "b.jpg"]),
    ],
)
def test_pictures_are_named_within_their_folder(
    tmp_path: Path, names: list[str], ids: list[str]
) -> None:
    write_names(tmp_path / "stimuli_train.hdf5", names)
    reading = read(write_scanpaths(tmp_path / "fixations_train.hdf5"))
    assert [item.stimulus for item in reading.scanpaths] == [ids[0], ids[1], ids[0]]


def test_viewers_may_have_names(tmp_path: Path) -> None:
    path = write_scanpaths(tmp_path / "f.h5", subjects=np.array([b"ann", b"bo", b"ann"]))
    assert {item.participant for item in read(path).scanpaths} == {"ann", "bo"}


@given(st.lists(st.lists(st.floats(0, 1e4), max_size=5), min_size=1, max_size=5).filter(any))
@settings(max_examples=25)
def test_any_scanpaths_come_back(tmp_path_factory, xs: Rows) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("h5") / "f.h5"
    times_s: Rows = [[0.3 + 0.2 * k for k in range(len(row))] for row in xs]
    reading = read(write_scanpaths(path, xs, times_s, subjects=range(len(xs))))
    assert [item.x_px.tolist() for item in reading.scanpaths] == [row for row in xs if row]


def test_what_is_no_scanpath_is_refused(tmp_path: Path) -> None:
    write_names(tmp_path / "stimuli.hdf5", ["a.jpg"])
    assert sniff(tmp_path / "stimuli.hdf5").id == "pysaliency"
    with pytest.raises(ReadError, match="holds FileStimuli of pysaliency, and no scanpaths"):
        read(tmp_path / "stimuli.hdf5")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("xs", None, "has no `xs`"),
        ("ys", np.zeros((3, 2)), "differ in number"),
        ("n", np.zeros(2, int), "differ in number"),
        ("lengths", [9, 9, 9], "do not fit"),
        ("xs", np.zeros(3), "not a matrix"),
        ("xs", [b"a", b"b", b"c"], "no table of numbers"),
        ("xs", h5py.ExternalLink("other.h5", "xs"), "has no `xs`"),
    ],
)
def test_another_layout_is_one_sentence(
    tmp_path: Path, name: str, value: Any, message: str
) -> None:
    path = write_scanpaths(tmp_path / "f.h5")
    with h5py.File(path, "a") as file:
        del file["scanpaths"][name]
        if value is not None:
            file["scanpaths"][name] = value
    with pytest.raises(ReadError, match=message):
        read(path)


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    data = write_scanpaths(tmp_path / "f.h5").read_bytes()
    assert failures("pysaliency_h5", tmp_path, "c.h5", data, 100) == []


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    data = write_scanpaths(tmp_path / "f.h5").read_bytes()
    assert failures("pysaliency_h5", tmp_path, "c.h5", data, 2000, seed=1) == []


def test_the_child_reads_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    path = write_scanpaths(tmp_path / "f.h5")
    assert len(read(path).scanpaths) == 3
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ReadError, match="damaged"):
        read(path)
