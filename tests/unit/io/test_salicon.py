"""SALICON: mouse traces in MATLAB files and in JSON."""

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
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.salicon import read_salicon
from gazelab.task import finish


def read(path: Path, samples: bool = True) -> Reading:
    return counted(
        finish(read_salicon(path, ReadSettings(samples=samples))), "fixations", "samples"
    )


Viewer = tuple[list[list[float]], list[float], list[list[float]]]
"""Places of the mouse, their stamps, and the fixations."""

EXAMPLE: list[Viewer] = [
    ([[1, 1], [2, 3], [4, 4]], [0.5, 10, 20], [[2, 3]]),
    ([[640, 480]], [3], [[640, 480], [1, 1]]),
]


def write_mat(
    folder: Path, viewers: list[Viewer], name: str = "COCO_train_1.mat", compressed: bool = True
) -> Path:
    kinds = [(field, object) for field in ("location", "timestamp", "fixations")]
    gaze = np.zeros((len(viewers), 1), kinds)
    for k, (location, stamps, fixations) in enumerate(viewers):
        stamp = np.array(stamps, np.float64).reshape(-1, 1)
        gaze[k, 0] = (np.array(location, float), stamp, np.array(fixations, np.uint16))
    path = folder / name
    content = {"image": name[:-4], "resolution": np.array([[480, 640]]), "gaze": gaze}
    scipy.io.savemat(path, content, do_compression=compressed)
    return path


def test_traces_become_recordings_and_fixations_keep_their_order(tmp_path: Path) -> None:
    path = write_mat(tmp_path, EXAMPLE)
    write_mat(tmp_path, EXAMPLE[1:], "COCO_train_2.mat")
    assert sniff(path).id == sniff(tmp_path).id == "salicon"
    reading = read(path)
    assert [item.key for item in reading.recordings] == [
        ("1", "COCO_train_1.jpg", "1"),
        ("2", "COCO_train_1.jpg", "1"),
    ]
    assert reading.recordings[0].t_ms.tolist() == [0.5, 10, 20]
    assert reading.recordings[0].y_px.tolist() == [1, 3, 4]
    assert [item.x_px.tolist() for item in reading.scanpaths] == [[2], [640, 1]]
    assert reading.contract.base == 1
    assert any("mouse" in note for note in reading.notes)
    assert reading.counts["rows read"] == 7
    assert len(read(tmp_path).scanpaths) == 3
    assert read(path, samples=False).recordings == ()


def test_another_layout_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.mat"
    for gaze in (5, {"location": np.zeros((2, 2)), "timestamp": [1.0], "fixations": [[1, 2]]}):
        scipy.io.savemat(path, {"image": "x", "resolution": 1, "gaze": gaze})
        with pytest.raises(ReadError, match=r"x\.mat"):
            read(path)


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_mat(tmp_path, EXAMPLE, compressed=False)
    assert failures("salicon", tmp_path, "c.mat", path.read_bytes(), 60) == []


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_mat(tmp_path, EXAMPLE, compressed=False)
    assert failures("salicon", tmp_path, "c.mat", path.read_bytes(), 2000, seed=1) == []


ANNOTATIONS: dict[str, Any] = {
    "info": {"description": "Salicon"},
    "images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
    "annotations": [
        {"image_id": 7, "worker_id": 3, "id": 1, "fixations": [[10, 20], [11, 21]]},
        {"image_id": 8, "worker_id": 3, "id": 2, "fixations": [[1, 2]]},
        {"image_id": 7, "worker_id": 3, "id": 3, "fixations": [[5, 6]]},
        {"image_id": 7, "worker_id": 4, "id": 4, "fixations": []},
    ],
}


def write_json(folder: Path, content: Any) -> Path:
    path = folder / "x.txt"
    path.write_text(json.dumps(content))
    return path


def test_annotations_are_rows_and_columns(tmp_path: Path) -> None:
    path = write_json(tmp_path, ANNOTATIONS)
    assert sniff(path).id == "salicon"
    reading = read(path)
    assert [item.key for item in reading.scanpaths] == [
        ("3", "a.jpg", "1"),
        ("3", "b.jpg", "1"),
        ("3", "a.jpg", "2"),
    ]
    assert reading.scanpaths[0].x_px.tolist() == [20, 21]
    assert reading.scanpaths[0].y_px.tolist() == [10, 11]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": 3}, "not laid out"),
        ({"images": []}, "picture not in"),
        ({"annotations": [{"image_id": 7}]}, "not laid out"),
        ({"annotations": [{"image_id": 7, "worker_id": 1}]}, "Annotation 1 has no"),
        ({"annotations": [{"image_id": 7, "worker_id": 1, "fixations": [[1]]}]}, "has no"),
        ({"annotations": [{"image_id": 7, "worker_id": 1, "fixations": [[1], [1, 2]]}]}, "has no"),
        ({"annotations": [{"image_id": 7, "worker_id": 1, "fixations": [["a", 2]]}]}, "has no"),
        ({"annotations": []}, "nothing to read"),
    ],
)
def test_other_json_is_one_sentence(tmp_path: Path, changes: Any, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read(write_json(tmp_path, ANNOTATIONS | changes))


def test_damaged_json_is_read_or_refused(tmp_path: Path) -> None:
    path = write_json(tmp_path, ANNOTATIONS)
    refused = 0
    for _, data in mutants(path.read_bytes(), count=300):
        path.write_bytes(data)
        try:
            reading = read(path)
        except ReadError:
            refused += 1
        else:
            assert all(len(item.x_px) == len(item.y_px) for item in reading.scanpaths)
    assert refused > 100


def test_the_real_annotations_are_counted_exactly(shared_data: Path) -> None:
    folder = shared_data / "reference" / "salicon10" / "annotations"
    path = folder / "fixations_train2014examples.json"
    assert sniff(path).id == "salicon"
    reading = read(path)
    entries = json.loads(path.read_bytes())["annotations"]
    assert len(reading.scanpaths) == len(entries) == 610
    places = [place for entry in entries for place in entry["fixations"]]
    assert sum(map(len, reading.scanpaths)) == reading.counts["rows read"] == len(places)
    assert sum(item.y_px.sum() for item in reading.scanpaths) == sum(row for row, _ in places)
