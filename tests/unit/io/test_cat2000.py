"""CAT2000: what can be read of it, and what cannot, said in a sentence."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io
from child_mutants import failures
from counted import counted
from matfiles import cell

from gazelab.errors import ReadError
from gazelab.io.cat2000 import read_cat2000
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading
from gazelab.task import finish

Viewing = tuple[str, list[list[float]]]


def read(path: Path) -> Reading:
    return counted(finish(read_cat2000(path)), "fixations")


def write_converted(folder: Path, pictures: list[list[Viewing]], compressed: bool = True) -> Path:
    viewings = [
        cell([{"name": name, "data": np.array(data, np.float64)} for name, data in viewing])
        for viewing in pictures
    ]
    path = folder / "cat2000.mat"
    names = cell([f"picture {k}" for k in range(len(pictures))])
    scipy.io.savemat(
        path, {"pictures": names, "viewings": cell(viewings)}, do_compression=compressed
    )
    return path


EXAMPLE: list[list[Viewing]] = [
    [
        ("Action-001-AB.eye", [[1, 1], [5.5, 7], [5.5, 7], [9, 9]]),
        ("Action-001-CD.eye", [[100, 200], [np.nan, 4]]),
    ],
    [("Art-012-AB.eye", [[3, 4]])],
]


def test_converted_fixations_keep_their_order(tmp_path: Path) -> None:
    path = write_converted(tmp_path, EXAMPLE)
    assert sniff(path).id == "cat2000"
    reading = read(path)
    assert [path.key for path in reading.scanpaths] == [
        ("AB", "Action/001.jpg", "1"),
        ("CD", "Action/001.jpg", "1"),
        ("AB", "Art/012.jpg", "1"),
    ]
    assert reading.contract.base == 1
    assert reading.scanpaths[0].x_px.tolist() == [1, 5.5, 9]
    assert reading.scanpaths[0].origin.synthetic_onsets
    assert np.isnan(reading.scanpaths[0].duration_ms).all()
    assert reading.counts == {
        "rows read": 7,
        "rows rejected: the same place as the row before": 1,
        "rows rejected: no position": 1,
        "fixations in the file": 5,
    }


def test_maps_without_an_order_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "FIXATIONLOCS" / "Action"
    folder.mkdir(parents=True)
    scipy.io.savemat(folder / "001.mat", {"fixLocs": np.eye(4, dtype=np.uint8)})
    assert sniff(tmp_path / "FIXATIONLOCS").id == sniff(folder).id == "cat2000"
    with pytest.raises(ReadError, match=r"do not say who looked where.*allFixData"):
        read(folder / "001.mat")


def test_the_object_that_only_matlab_opens_is_refused_with_the_way_out(tmp_path: Path) -> None:
    flags = (6).to_bytes(4, "little") + (8).to_bytes(4, "little") + bytes([17]) + bytes(7)
    name = (1).to_bytes(4, "little") + (7).to_bytes(4, "little") + b"allData\0"
    system = (1).to_bytes(2, "little") + (4).to_bytes(2, "little") + b"MCOS"
    body = flags + name + system + bytes(40)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    element = (14).to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    (tmp_path / "allFixData.mat").write_bytes(head + element)
    assert sniff(tmp_path / "allFixData.mat").id == "cat2000"
    with pytest.raises(ReadError, match=r"Only MATLAB can open.*save\('cat2000\.mat'"):
        read(tmp_path / "allFixData.mat")


def test_another_layout_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.mat"
    scipy.io.savemat(path, {"pictures": 1, "viewings": cell([{"name": "a-1-b"}])})
    with pytest.raises(ReadError, match="Viewing 1 has no"):
        read(path)
    scipy.io.savemat(path, {"pictures": 1, "viewings": cell([])})
    with pytest.raises(ReadError, match="nothing to read"):
        read(path)


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_converted(tmp_path, EXAMPLE, compressed=False)
    assert failures("cat2000", tmp_path, "c.mat", path.read_bytes(), 60) == []


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_converted(tmp_path, EXAMPLE, compressed=False)
    assert failures("cat2000", tmp_path, "c.mat", path.read_bytes(), 2000, seed=1) == []
