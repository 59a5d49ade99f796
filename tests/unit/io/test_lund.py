"""The labelled recordings of Lund: samples, and what experts found in them."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from child_mutants import failures, without_child
from counted import counted

from gazelab.errors import ReadError
from gazelab.io import lund
from gazelab.io.lund import read_lund
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

EXAMPLE = "AB1_img_Rome_labelled_MN.mat"


def read(path: Path, **settings: bool) -> Reading:
    return counted(finish(read_lund(path, ReadSettings(**settings))), "samples")  # type: ignore[arg-type]


def write_lund(
    folder: Path,
    rows: list[list[float]],
    name: str = EXAMPLE,
    compressed: bool = True,
    **other: object,
) -> Path:
    """Write samples of (time in us, x, y, label)."""
    pos = np.array([[t, 20, 21, x, y, label] for t, x, y, label in rows], np.float64)
    content = {
        "pos": pos,
        "screenDim": np.array([[0.38, 0.3]]),
        "screenRes": np.array([[1024, 768]], np.uint16),
        "viewDist": 0.67,
        "sampFreq": np.array([[500]], np.uint16),
    }
    path = folder / name
    scipy.io.savemat(path, {"ETdata": content | other}, do_compression=compressed)
    return path


ROWS: list[list[float]] = [
    [10_000, 100, 200, 1],
    [12_000, 102, 202, 1],
    [14_000, 101, 290, 1],
    [16_000, 150, 250, 2],
    [18_000, 160, 260, 3],
    [20_000, 0, 0, 5],
    [22_000, 0, 0, 5],
    [24_000, 300, 300, 1],
]


def test_runs_of_labels_are_fixations_saccades_and_blinks(tmp_path: Path) -> None:
    path = write_lund(tmp_path, ROWS)
    assert sniff(path).id == "lund"
    reading = read(path)
    (recording,) = reading.recordings
    assert recording.key == ("AB1", "Rome1024x768.jpg", "1")
    assert recording.t_ms.tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
    assert recording.clock_ms == 10
    assert np.isnan(recording.x_px).tolist() == [False] * 5 + [True] * 2 + [False]
    assert recording.rate_hz == 500
    assert recording.pupil is not None
    (scanpath,) = reading.scanpaths
    assert scanpath.origin.reader == "lund MN"
    assert scanpath.x_px.tolist() == [101, 300]
    assert scanpath.y_px.tolist() == [202, 300]
    assert scanpath.onset_ms.tolist() == [0, 14]
    np.testing.assert_allclose(scanpath.duration_ms, [6, 2])
    events = {item.kind: item for item in reading.events}
    assert events["saccade"].onset_ms.tolist() == [6]
    assert events["blink"].duration_ms.tolist() == [4]
    assert reading.counts["samples labelled as post-saccadic oscillation"] == 1
    assert reading.counts["samples lost: no position"] == 2
    screen = reading.contract.screen
    assert (screen.width_px, screen.height_px) == (1024, 768)
    assert (screen.width_mm, screen.height_mm, screen.distance_mm) == (380, 300, 670)
    assert (reading.contract.positions, reading.contract.clock) == ("screen px", "us")


def test_samples_need_not_be_kept(tmp_path: Path) -> None:
    reading = read(write_lund(tmp_path, ROWS), samples=False)
    assert reading.recordings == ()
    assert sum(map(len, reading.scanpaths)) == 2


def test_rows_without_a_time_are_rejected(tmp_path: Path) -> None:
    reading = read(write_lund(tmp_path, [*ROWS, [0, 5, 5, 1], [0, 5, 5, 1]]))
    assert reading.counts["rows read"] == 10
    assert reading.counts["rows rejected: no time"] == 2
    assert len(reading.recordings[0]) == 8


def test_a_rate_that_is_not_that_of_the_samples_is_said(tmp_path: Path) -> None:
    reading = read(write_lund(tmp_path, ROWS, sampFreq=200))
    assert reading.recordings[0].rate_hz == 500
    assert any("says 200 Hz" in note for note in reading.notes)


def test_another_name_is_participant_and_picture(tmp_path: Path) -> None:
    path = write_lund(tmp_path, ROWS, "someone.mat", screenRes=0)
    assert read(path).scanpaths[0].key == ("someone", "someone", "1")
    assert np.isnan(read(path).contract.screen.width_px)


@pytest.mark.parametrize(
    ("rows", "other", "message"),
    [
        ([[0, 1, 1, 9]], {}, "9 is no label"),
        ([[20, 1, 1, 1], [10, 1, 1, 1]], {}, "does not go on"),
        (ROWS, {"pos": "text"}, "six columns"),
        (ROWS, {"pos": np.zeros((3, 4))}, "six columns"),
        ([[0, 1, 1, 1]], {}, "nothing to read|no fixation"),
    ],
)
def test_another_layout_is_one_sentence(
    tmp_path: Path, rows: list[list[float]], other: dict[str, object], message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        read(write_lund(tmp_path, rows, **other))


def test_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_lund(tmp_path, ROWS, compressed=False)
    assert failures("lund", tmp_path, EXAMPLE, path.read_bytes(), 60) == []
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError):
        read(path)


@pytest.mark.slow
def test_many_damaged_bytes_never_crash(tmp_path: Path) -> None:
    path = write_lund(tmp_path, ROWS, compressed=False)
    assert failures("lund", tmp_path, EXAMPLE, path.read_bytes(), 2000, seed=1) == []


def rows_counted(path: Path) -> dict[str, int]:
    """Count the rows, and the runs of labels, of a real file."""
    pos = scipy.io.loadmat(path)["ETdata"][0, 0]["pos"]
    pos = pos[pos[:, 0] > 0]
    runs = [label for label, _ in groupby(pos[:, 5].tolist())]
    return {
        "samples": len(pos),
        "lost": sum(1 for x, y in pos[:, 3:5].tolist() if x == y == 0),
        "fixations": runs.count(1),
        "saccades": runs.count(2),
        "blinks": runs.count(5),
    }


def test_the_real_files_are_counted_exactly(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_child(monkeypatch, lund)
    files = sorted((shared_data / "lund2013").glob("*.mat"))
    assert len(files) == 20
    for path in files:
        reading = read(path)
        events = {item.kind: len(item) for item in reading.events}
        found = {
            "samples": sum(map(len, reading.recordings)),
            "lost": int(np.isnan(reading.recordings[0].x_px).sum()),
            "fixations": sum(map(len, reading.scanpaths)),
            "saccades": events.get("saccade", 0),
            "blinks": events.get("blink", 0),
        }
        assert found == rows_counted(path), path.name
        picture = reading.scanpaths[0].stimulus
        assert (shared_data / "lund2013" / picture).is_file()
