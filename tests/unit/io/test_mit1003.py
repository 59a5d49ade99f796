"""MIT1003: folders of observers with gaze samples at 240 Hz."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io
from child_mutants import failures, without_child
from counted import counted
from hypothesis import given
from hypothesis import strategies as st

from gazelab.errors import ReadError
from gazelab.io import mit1003
from gazelab.io.mit1003 import read_mit1003
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

LONG = "i" + "n" * 70
Rows = list[list[float]]


def write_mit(folder: Path, viewings: dict[str, dict[str, Rows]]) -> Path:
    """Write `viewings`, observer -> picture -> rows of x and y, below DATA."""
    for observer, pictures in viewings.items():
        (folder / "DATA" / observer).mkdir(parents=True)
        for picture, rows in pictures.items():
            path = folder / "DATA" / observer / f"{picture}.mat"
            data = {"eyeData": np.array(rows, np.float64).reshape(-1, 2), "code": "x"}
            scipy.io.savemat(path, {picture[:63]: {"DATA": data}}, long_field_names=True)
    return folder / "DATA"


EXAMPLE: dict[str, dict[str, Rows]] = {
    "ajs": {"i1": [[10, 20], [11.5, 21], [-30, -30]], LONG: [[5, 6]]},
    "ems": {"i1": [[700, 20], [0, 0], [-3, 40]]},
}


def read(path: Path, samples: bool = True) -> Reading:
    return counted(finish(read_mit1003(path, ReadSettings(samples=samples))), "samples")


def test_each_observer_and_picture_is_a_recording(tmp_path: Path) -> None:
    data = write_mit(tmp_path, EXAMPLE)
    assert sniff(data).id == sniff(tmp_path).id == sniff(data / "ajs").id == "mit1003"
    reading = read(data)
    assert [recording.key for recording in reading.recordings] == [
        ("ajs", "i1.jpeg", "1"),
        ("ajs", f"{LONG}.jpeg", "1"),
        ("ems", "i1.jpeg", "1"),
    ]
    first, _, third = reading.recordings
    np.testing.assert_allclose(first.t_ms, [0, 1000 / 240, 2000 / 240])
    np.testing.assert_array_equal(first.x_px, [10, 11.5, np.nan])
    np.testing.assert_array_equal(third.x_px, [700, np.nan, -3])
    assert first.rate_hz == 240
    assert reading.contract.positions == "stimulus px"
    assert reading.scanpaths == ()
    assert reading.counts == {
        "rows read": 7,
        "samples lost: no position": 2,
        "samples in the file": 7,
    }


def test_a_matlab_file_among_pictures_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "new.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(128) + b"\x89HDF\r\n")
    (tmp_path / "a.bmp").write_bytes(b"BM" + bytes(60))
    assert sniff(tmp_path).id == "images"


def test_one_file_is_of_the_observer_whose_folder_it_is_in(tmp_path: Path) -> None:
    (recording,) = read(write_mit(tmp_path, EXAMPLE) / "ems" / "i1.mat").recordings
    assert recording.participant == "ems"


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6).filter(any))
def test_any_number_of_samples_comes_back(tmp_path_factory, lengths: list[int]) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("mit")
    pictures = {f"p{k}": [[k + 1, 2] for _ in range(n)] for k, n in enumerate(lengths)}
    data = write_mit(folder, {"a": pictures})  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        without_child(patch, mit1003)
        reading = read(data)
    assert [len(item) for item in reading.recordings] == [n for n in lengths if n]
    for item in reading.recordings:
        assert set(item.x_px) == {float(item.stimulus.removesuffix(".jpeg")[1:]) + 1}


def test_another_layout_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, value in (("p1", 5), ("p2", {"DATA": {"eyeData": "text"}})):
        path = tmp_path / "a" / f"{name}.mat"
        scipy.io.savemat(path, {name: value})
        with pytest.raises(ReadError, match=rf"{name}\.mat"):
            read(path)
    with pytest.raises(ReadError, match="no recording of MIT1003"):
        read(tmp_path / "a" / "b")


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_mit(tmp_path, EXAMPLE) / "ajs" / "i1.mat"
    (tmp_path / "mutants").mkdir()
    data = path.read_bytes()
    assert failures("mit1003", tmp_path / "mutants", "i1.mat", data, 60) == []
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError):
        read(path)


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    data = (write_mit(tmp_path, EXAMPLE) / "ajs" / "i1.mat").read_bytes()
    (tmp_path / "mutants").mkdir()
    assert failures("mit1003", tmp_path / "mutants", "i1.mat", data, 2000, seed=1) == []
