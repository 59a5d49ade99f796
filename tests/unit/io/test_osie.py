"""The OSIE layout, and what happens when the parser dies."""

import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from counted import counted
from hypothesis import given, settings
from hypothesis import strategies as st
from matfiles import EXAMPLE, cell, subject, write_osie

from gazelab.errors import ReadError
from gazelab.io import child, osie
from gazelab.io.mat import is_mat, variable_names
from gazelab.io.osie import read_osie, sniff_osie
from gazelab.io.reading import Reading
from gazelab.task import finish


def read(path: Path) -> Reading:
    return counted(finish(read_osie(path)), "fixations")


def test_pixels_count_from_0_and_onsets_are_synthesised(tmp_path: Path) -> None:
    reading = read(write_osie(tmp_path / "fixations.mat", EXAMPLE))
    assert [path.key for path in reading.scanpaths] == [
        ("01", "1001.jpg", "1"),
        ("02", "1001.jpg", "1"),
        ("01", "1002.jpg", "1"),
        ("02", "1002.jpg", "1"),
    ]
    first, second, empty, _ = reading.scanpaths
    np.testing.assert_array_equal(first.x_px, [0.5, 79.0])
    np.testing.assert_array_equal(first.y_px, [1.0, 59.0])
    np.testing.assert_array_equal(first.onset_ms, [0.0, 200.0])
    np.testing.assert_array_equal(second.duration_ms, [65_000.0])
    assert second.duration_ms.dtype == np.float64  # 8-bit and 16-bit sums would wrap around
    assert len(empty) == 0
    assert first.origin.synthetic_onsets
    assert "synthesised" in " ".join(first.origin.notes)
    assert reading.px_per_deg == 24.0
    number = sum(map(len, reading.scanpaths))
    assert reading.counts["rows read"] == reading.counts["fixations in the file"] == number


def test_subjects_in_a_struct_array_are_read_too(tmp_path: Path) -> None:
    fields = [(name, object) for name in ("fix_x", "fix_y", "fix_duration")]
    subjects = np.array([tuple(subject(v).values()) for v in EXAMPLE["1001.jpg"]], fields)
    path = tmp_path / "f.mat"
    scipy.io.savemat(path, {"fixations": cell([{"img": "a.jpg", "subjects": subjects}])})
    assert [len(scanpath) for scanpath in read(path).scanpaths] == [2, 1]


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), min_size=1, max_size=3))
@settings(max_examples=40)
def test_any_number_of_fixations_comes_back(tmp_path_factory, lengths) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("mat") / "f.mat"
    viewings = {
        f"{k}.jpg": [(range(1, n + 1), range(2, n + 2), range(3, n + 3)) for n in of_one]
        for k, of_one in enumerate(lengths)
    }
    write_osie(path, viewings)
    _, arrays = osie.parse(path)
    flat = [n for of_one in lengths for n in of_one]
    assert arrays["length"].tolist() == flat
    assert arrays["x"].tolist() == [x for n in flat for x in range(1, n + 1)]
    assert arrays["duration"].tolist() == [x for n in flat for x in range(3, n + 3)]


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    disguised = write_osie(tmp_path / "data.csv", EXAMPLE)
    scipy.io.savemat(tmp_path / "other.mat", {"etData": 1, "x": "text"})
    assert variable_names(disguised) == ("fixations",)
    assert variable_names(tmp_path / "other.mat") == ("etData", "x")
    assert sniff_osie(disguised)
    assert not sniff_osie(tmp_path / "other.mat")
    assert not sniff_osie(tmp_path)
    assert not is_mat(tmp_path / "none.mat")


def test_another_variable_is_named(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "other.mat", {"etData": 1})
    with pytest.raises(ReadError, match=r"No variable `fixations`.*holds etData"):
        read(tmp_path / "other.mat")


def test_matlab_7_3_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "new.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(128) + b"\x89HDF\r\n")
    with pytest.raises(ReadError, match="-v7"):
        read(tmp_path / "new.mat")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.arange(5.0), "not a cell array"),
        (cell([{"name": "a"}]), "Cell 1 of `fixations` has no `img`"),
        (cell([{"img": "a", "subjects": cell([{"fix_x": 1.0}])}]), "has no `fix_y`"),
        (
            cell([{"img": "a.jpg", "subjects": cell([subject(([1], [1, 2], [3]))])}]),
            r"a\.jpg, viewer 1: x, y and duration differ in length",
        ),
    ],
)
def test_another_layout_is_one_sentence(tmp_path: Path, value: object, message: str) -> None:
    path = tmp_path / "f.mat"
    scipy.io.savemat(path, {"fixations": value})
    with pytest.raises(ReadError, match=message) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_a_truncated_file_is_one_sentence(tmp_path: Path, part: float) -> None:
    path = write_osie(tmp_path / "f.mat", EXAMPLE)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ReadError, match=r"damaged|No variable"):
        read(path)


def test_no_module_of_the_current_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "scipy", "gazelab", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert len(read(write_osie(tmp_path / "f.mat", EXAMPLE)).scanpaths) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("end", ["kill -SEGV $$", "kill -KILL $$", "exit 3"])
def test_a_parser_that_dies_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(child.sys, "executable", _script(tmp_path, end))
    with pytest.raises(ReadError, match=r"f\.mat: The file is damaged"):
        read(write_osie(tmp_path / "f.mat", EXAMPLE))


@pytest.mark.skipif(sys.platform == "win32", reason="shell")
def test_a_parser_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child.sys, "executable", _script(tmp_path, "exec sleep 60"))
    path = write_osie(tmp_path / "f.mat", EXAMPLE)
    with pytest.raises(ReadError, match=r"in 0\.2 seconds"):
        finish(child.parse_in_child("osie", path, time_s=0.2))


@pytest.mark.skipif(sys.platform == "win32", reason="shell")
def test_a_cancelled_read_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    monkeypatch.setattr(
        child.sys, "executable", _script(tmp_path, f"echo $$ > {pid}; exec sleep 60")
    )
    task = read_osie(write_osie(tmp_path / "f.mat", EXAMPLE))
    while not (pid.exists() and pid.read_text().endswith("\n")):
        next(task)
    task.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def _script(folder: Path, command: str) -> str:
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{command}\n")
    script.chmod(0o700)
    return str(script)


def test_a_file_with_far_too_many_fixations_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osie, "_MOST_FIXATIONS", 3)
    with pytest.raises(ReadError, match="More than 3 fixations"):
        osie.parse(write_osie(tmp_path / "f.mat", EXAMPLE))


def _fuzz(folder: Path, seed: int) -> None:
    """Read a file with a few bytes changed; only a ReadError may come out."""
    path = write_osie(folder / "f.mat", EXAMPLE, compressed=False)
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(3):
        data[chance.randrange(124, len(data))] = chance.randrange(256)
    path.write_bytes(bytes(data))
    try:
        reading = read(path)
    except ReadError:
        return
    assert all(len(scanpath.x_px) == len(scanpath.y_px) for scanpath in reading.scanpaths)


@pytest.mark.parametrize("seed", range(6))
def test_damaged_bytes_never_crash(tmp_path: Path, seed: int) -> None:
    _fuzz(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 206))
def test_many_damaged_bytes_never_crash(tmp_path: Path, seed: int) -> None:
    _fuzz(tmp_path, seed)


@given(st.binary(max_size=400))
def test_the_names_in_any_bytes_can_be_asked_for(tmp_path_factory, data: bytes) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("mat") / "f.mat"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(126) + b"IM" + data)
    assert isinstance(variable_names(path), tuple)


def test_the_real_file(shared_data: Path) -> None:
    reading = read(shared_data / "osie" / "fixations.mat")
    assert len(reading.scanpaths) == 500 * 15
    assert sum(map(len, reading.scanpaths)) == 70_260
    x_px = np.concatenate([path.x_px for path in reading.scanpaths])
    assert x_px.min() >= 0
    assert x_px.max() < 800
