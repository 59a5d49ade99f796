"""Data sets: scanpaths in JSON, and the eyes of POET."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from child_mutants import failures
from counted import counted
from mutations import mutants

from gazelab.errors import ReadError
from gazelab.io import poet
from gazelab.io.coco_search import read_coco_search
from gazelab.io.poet import read_poet, sniff_poet
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading
from gazelab.task import finish

ENTRY = {"name": "1.jpg", "subject": 3, "X": [1.5, 2], "Y": [3, 4], "T": [200, 150]}


def read_json(folder: Path, content: Any) -> Reading:
    path = folder / "x.txt"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert isinstance(content, str) or sniff(path).id == "coco-search"
    return counted(finish(read_coco_search(path)), "fixations")


def test_task_and_condition_tell_trials_apart(tmp_path: Path) -> None:
    entries = [
        ENTRY | {"task": "cup", "condition": "present"},
        ENTRY | {"task": "fork", "condition": "absent"},
        ENTRY,
        ENTRY,
        ENTRY | {"X": [], "Y": [], "T": []},
    ]
    reading = read_json(tmp_path, entries)
    assert [path.key for path in reading.scanpaths] == [
        ("3", "1.jpg", "cup present"),
        ("3", "1.jpg", "fork absent"),
        ("3", "1.jpg", "1"),
        ("3", "1.jpg", "1 2"),
    ]
    assert reading.counts == {
        "rows read": 8,
        "scanpaths without fixations": 1,
        "fixations in the file": 8,
    }
    assert reading.scanpaths[0].origin.synthetic_onsets
    assert reading.scanpaths[0].onset_ms.tolist() == [0.0, 200.0]


def test_entries_of_free_viewing_have_a_condition_only(tmp_path: Path) -> None:
    entry = ENTRY | {"condition": "freeview", "split": "train", "length": 2}
    (scanpath,) = read_json(tmp_path, [entry]).scanpaths
    assert scanpath.key == ("3", "1.jpg", "freeview")
    assert scanpath.duration_ms.tolist() == [200, 150]


@pytest.mark.parametrize("count", [300, pytest.param(2000, marks=pytest.mark.slow)])
def test_damaged_json_is_read_or_refused(tmp_path: Path, count: int) -> None:
    path, refused = tmp_path / "x.json", 0
    for words, data in mutants(json.dumps([ENTRY, ENTRY], indent=1).encode(), count, count):
        path.write_bytes(data)
        try:
            scanpaths = finish(read_coco_search(path)).scanpaths
        except ReadError:
            refused += 1
        else:
            assert all(len(item.x_px) == len(item.duration_ms) for item in scanpaths), words
    assert refused > count / 3


def test_null_is_a_missing_value(tmp_path: Path) -> None:
    (scanpath,) = read_json(tmp_path, [ENTRY | {"X": [None, 2], "T": [200, None]}]).scanpaths
    assert np.isnan(scanpath.x_px).tolist() == [True, False]
    assert np.isnan(scanpath.duration_ms).tolist() == [False, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([ENTRY, ENTRY | {"X": [1]}], "Scanpath 2 of the list: X, Y and T differ in length"),
        ([ENTRY, {"name": "a"}], "Scanpath 2 of the list has no subject, X, Y, T"),
        ([ENTRY, 5], "Scanpath 2 of the list has no name"),
        ([ENTRY | {"name": ""}], "has an empty name"),
        ([ENTRY | {"X": 3}], "are not lists"),
        ([ENTRY | {"X": ["1", 2]}], "not a number"),
        ([ENTRY | {"X": [True, 2]}], "not a number"),
        (json.dumps([ENTRY]).replace("1.5", "Infinity"), "not a number"),
        (json.dumps([ENTRY]).replace("1.5", "9" * 5000), "not JSON"),
        (json.dumps([ENTRY])[:-5], "line 1: This is not JSON"),
        (json.dumps(ENTRY), "not a list"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_another_layout_is_one_sentence(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_json(tmp_path, content)


Eye = tuple[list[list[float]], list[list[float]]]
"""Positions and times of one eye."""


def write_poet(folder: Path, viewers: list[tuple[Eye, Eye]], name: str = "etData_dog") -> Path:
    """Write one picture of 200 x 100 pixels, with the left and right eye of each viewer."""
    fixations = np.zeros((1, len(viewers)), [("imgCoord", object)])
    for k, eyes in enumerate(viewers):
        sides = zip(("fixL", "fixR"), eyes, strict=True)
        coordinates = {side: {"pos": pos, "time": time} for side, (pos, time) in sides}
        fixations[0, k]["imgCoord"] = coordinates
    data = np.zeros((1, 1), [(n, object) for n in ("filename", "dimensions", "fixations")])
    data[0, 0] = ("2008_1", np.array([[100, 200, 3]], np.uint16), fixations)
    path = folder / f"{name}.mat"
    scipy.io.savemat(path, {"etData": data})
    return path


NAN = [np.nan, np.nan]
LEFT: Eye = ([[10, 20], [50, 60], NAN], [[0, 200], [250, 400], NAN])
RIGHT: Eye = ([[20, 40], NAN, NAN], [[10, 210], NAN, NAN])
NOTHING: Eye = ([], [])


def test_the_eyes_of_poet_are_averaged(tmp_path: Path) -> None:
    path = write_poet(tmp_path, [(LEFT, RIGHT), (NOTHING, NOTHING), (LEFT, LEFT)])
    assert sniff(path).id == "poet"
    reading = counted(finish(read_poet(path)))
    assert [scanpath.key for scanpath in reading.scanpaths] == [
        ("1", "dog_2008_1", "1"),
        ("3", "dog_2008_1", "1"),
    ]
    first = reading.scanpaths[0]
    assert (first.x_px * 200).tolist() == [15.0, 50.0]
    assert (first.y_px * 100).tolist() == [30.0, 60.0]
    assert first.onset_ms.tolist() == [5.0, 250.0]
    assert first.duration_ms.tolist() == [200.0, 150.0]
    assert reading.contract.positions == "stimulus fraction"
    assert reading.counts == {
        "rows read": 6,
        "rows rejected: no onset": 2,
        "scanpaths without fixations": 1,
        "fixations in the file": 6,
    }


def test_the_class_comes_from_the_name_of_the_file(tmp_path: Path) -> None:
    path = write_poet(tmp_path, [(LEFT, RIGHT)], "renamed")
    assert finish(read_poet(path)).scanpaths[0].stimulus == "2008_1"


def test_another_layout_of_poet_is_one_sentence(tmp_path: Path) -> None:
    path = write_poet(tmp_path, [(LEFT, NOTHING)])
    with pytest.raises(ReadError, match="Picture 1: the eyes differ in length"):
        finish(read_poet(path))
    scipy.io.savemat(path, {"etData": 5})
    assert sniff_poet(path)
    with pytest.raises(ReadError, match="not an array of structs"):
        finish(read_poet(path))
    scipy.io.savemat(path, {"etData": {"filename": "a", "dimensions": [2, 3]}})
    with pytest.raises(ReadError, match="Picture 1 has no `fixations`"):
        finish(read_poet(path))


@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_damaged_bytes_of_poet_never_crash(tmp_path: Path, count: int) -> None:
    data = write_poet(tmp_path, [(LEFT, RIGHT), (NOTHING, NOTHING)]).read_bytes()
    assert failures("poet", tmp_path, "etData_dog.mat", data, count) == []


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_a_truncated_file_of_poet_is_one_sentence(tmp_path: Path, part: float) -> None:
    path = write_poet(tmp_path, [(LEFT, RIGHT)])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ReadError, match="damaged"):
        finish(read_poet(path))


def test_a_file_with_far_too_many_fixations_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poet, "_MOST_FIXATIONS", 2)
    with pytest.raises(ReadError, match="More than 2 fixations"):
        poet.parse(write_poet(tmp_path, [(LEFT, RIGHT)]))


@pytest.mark.parametrize(
    ("kind", "pictures", "fixations"), [("cow", 301, 6922), ("dog", 1257, 25_540)]
)
def test_the_real_files_of_poet(
    shared_data: Path, kind: str, pictures: int, fixations: int
) -> None:
    folder = shared_data / "poet"
    reading = counted(finish(read_poet(folder / "etData" / f"etData_{kind}.mat")))
    named = {scanpath.stimulus for scanpath in reading.scanpaths}
    assert len(reading.scanpaths) + reading.counts.get("scanpaths without fixations", 0) == (
        5 * pictures
    )
    assert named <= {path.stem for path in (folder / "PascalImages").glob(f"{kind}_*.jpg")}
    assert sum(map(len, reading.scanpaths)) == reading.counts["rows read"] == fixations
