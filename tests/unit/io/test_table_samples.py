"""Tables of gaze samples: told from fixations, eyes and validity, time, trials."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from counted import counted
from mutations import mutants

from gazelab.data.recording import Recording
from gazelab.errors import ReadError
from gazelab.io.eyes import mean_pupil
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.table import Mapping, guess_mapping, preview, read_table
from gazelab.task import finish


def table(folder: Path, header: str, rows: Sequence[Sequence[object]]) -> Path:
    path = folder / "P7 gaze.csv"
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def read(path: Path, mapping: Mapping | None = None, eye: str = "") -> Reading:
    return counted(finish(read_table(path, mapping, ReadSettings(eye=eye))), "samples", "fixations")


def only(reading: Reading) -> Recording:
    (recording,) = reading.recordings
    return recording


@pytest.mark.parametrize(
    ("name", "step", "unit", "rate_hz"),
    [
        ("time", 4, "ms", 250),
        ("time", 0.004, "s", 250),
        ("timestamp", 16_667, "us", 60),
        ("timestamp", 1_000_000, "ns", 1000),
        ("time [us]", 2000, "us", 500),
        ("t", 0.5, "ms", 2000),
    ],
)
def test_samples_are_told_by_their_interval(
    tmp_path: Path, name: str, step: float, unit: str, rate_hz: float
) -> None:
    rows = [(k * step, 100 + k, 50 - k / 2) for k in range(60)]
    path = table(tmp_path, f"{name},x,y", rows)
    mapping = guess_mapping(path)
    assert (mapping.kind, mapping.time_unit) == ("samples", unit)
    reading = read(path)
    recording = only(reading)
    assert recording.key == ("P7 gaze", "P7 gaze", "1")
    assert recording.rate_hz == pytest.approx(rate_hz, rel=1e-4)
    np.testing.assert_allclose(recording.t_ms, np.arange(60) * 1000 / rate_hz, rtol=1e-4)
    assert recording.x_px.tolist() == [100 + k for k in range(60)]
    assert reading.counts == {"rows read": 60, "samples in the file": 60}
    assert reading.contract.clock == unit


def test_jumps_every_quarter_second_without_durations_are_no_samples(tmp_path: Path) -> None:
    path = table(tmp_path, "time,x,y", [(k * 250, k * 377 % 800, k * 211 % 600) for k in range(80)])
    assert guess_mapping(path).lacking == ("duration (or onset and end)",)


def test_stamps_in_nanoseconds_keep_every_digit(tmp_path: Path) -> None:
    first = 1_668_000_000_123_456_789
    path = table(tmp_path, "timestamp [ns],x,y", [(first + k * 5_000_001, k, k) for k in range(50)])
    recording, reading = only(read(path)), read(path)
    assert recording.t_ms.tolist() == [k * 5_000_001 * 1e-6 for k in range(50)]
    assert recording.clock_ms == pytest.approx(first * 1e-6, abs=1e-3)
    assert reading.contract.zero == "first"


def test_times_may_be_numbers_of_samples(tmp_path: Path) -> None:
    path = table(tmp_path, "x,y", [(k, 2 * k) for k in range(10)])
    mapping = replace(guess_mapping(path), kind="samples", time_unit="samples")
    assert mapping.lacking == ("samples in a second (rate_hz)",)
    assert only(read(path, replace(mapping, rate_hz=250.0))).t_ms.tolist() == [
        4.0 * k for k in range(10)
    ]
    path = table(tmp_path, "frame,x,y", [(k, k, k) for k in (100, 101, 103)])
    mapping = replace(mapping, rate_hz=50.0).with_columns(onset="frame")
    assert only(read(path, mapping)).t_ms.tolist() == [2000.0, 2020.0, 2060.0]


def test_recordings_are_those_of_participant_stimulus_and_trial(tmp_path: Path) -> None:
    keys = [("A", "a.png", 1), ("A", "b.png", 2), ("B", "a.png", 1), ("A", "a.png", 3)]
    rows = [(*key, 4 * k, k, k) for key in keys for k in range(20)]
    rows.insert(5, ("A", "", 1, 16, 9, 9))
    rows.insert(7, ("A", "a.png", 1, "", 9, 9))
    reading = read(table(tmp_path, "participant,stimulus,trial,time,x,y", rows))
    assert [item.key for item in reading.recordings] == [(p, s, str(t)) for p, s, t in keys]
    assert {len(item) for item in reading.recordings} == {20}
    assert reading.counts["rows rejected: no stimulus"] == 1
    assert reading.counts["rows rejected: no time"] == 1
    assert reading.counts["rows read"] == 82


def test_a_time_that_jumps_back_begins_another_trial(tmp_path: Path) -> None:
    rows = [("a.png", 4 * k, k, k) for _ in range(3) for k in range(50)]
    reading = read(table(tmp_path, "image,time,x,y", rows))
    assert [item.trial for item in reading.recordings] == ["1", "2", "3"]
    assert reading.counts["trials begun where the time jumps back"] == 2
    late = [*rows[:50]]
    late[10], late[11] = late[11], late[10]
    recording = only(reading := read(table(tmp_path, "image,time,x,y", late)))
    assert recording.t_ms.tolist() == [4.0 * k for k in range(50)]
    assert reading.counts["samples earlier than the sample before"] == 1


PAIRS = "time,x_left,y_left,pupil_left,x_right,y_right,pupil_right"


def test_the_mean_of_both_eyes_is_lost_where_one_of_them_is(tmp_path: Path) -> None:
    rows = [
        (0, 10, 20, 3, 30, 40, 4),
        (4, "", "", "", 30, 40, 4),
        (8, 10, 20, 3, "", 40, ""),
        (12, "", "", "", "", "", 0),
    ]
    path = table(tmp_path, PAIRS, rows)
    reading = read(path)
    both = only(reading)
    assert both.eye == "mean"
    assert reading.counts["positions of which one eye is lost"] == 2
    np.testing.assert_array_equal(both.x_px, [20, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(both.y_px, [30, np.nan, np.nan, np.nan])
    assert both.pupil is not None
    np.testing.assert_array_equal(both.pupil, [3.5, np.nan, np.nan, np.nan])
    left, right = (only(read(path, eye=eye)) for eye in ("left", "right"))
    assert (left.eye, right.eye) == ("left", "right")
    np.testing.assert_array_equal(left.x_px, [10, np.nan, 10, np.nan])
    np.testing.assert_array_equal(right.y_px, [40, 40, 40, np.nan])


@pytest.mark.parametrize(
    "names",
    [
        "t,GazeLeftx,GazeLefty,GazeRightx,GazeRighty",
        "t,LX,LY,RX,RY",
        "t,left_gaze_x,left_gaze_y,right_gaze_x,right_gaze_y",
        "t,x_left_pix,y_left_pix,x_right_pix,y_right_pix",
        "t,GazePointXLeft,GazePointYLeft,GazePointXRight,GazePointYRight",
    ],
)
def test_columns_of_both_eyes_are_found(tmp_path: Path, names: str) -> None:
    path = table(tmp_path, names, [(4 * k, 10 + k, 20, 30 + k, 40) for k in range(9)])
    assert guess_mapping(path).lacking == ()
    assert only(read(path)).x_px.tolist() == [20 + k for k in range(9)]


def test_an_eye_that_is_nowhere_there_takes_no_part(tmp_path: Path) -> None:
    rows = [(4 * k, 10 + k, 20, 3, "", "", "") for k in range(3)]
    for eye in ("", "mean", "right"):
        recording = only(read(table(tmp_path, PAIRS, rows), eye=eye))
        assert recording.eye == ("right" if eye == "right" else "left")
        assert np.isnan(recording.x_px).all() == (eye == "right")


def test_x_of_one_eye_and_y_of_the_other_are_no_position(tmp_path: Path) -> None:
    path = table(tmp_path, "time,x_left,y_right", [(4 * k, 10 + k, 20) for k in range(3)])
    with pytest.raises(ReadError, match="No usable column for x and y of the same eye"):
        read(path)


def test_the_pupil_beside_a_combined_gaze_point_is_of_the_eye_that_is_there() -> None:
    sizes = {"left": np.array([3.0, np.nan, np.nan]), "right": np.array([4.0, 4.0, np.nan])}
    for of_combined, middle in ((True, 4.0), (False, np.nan)):
        mean = mean_pupil(sizes, of_combined=of_combined)
        assert mean is not None
        np.testing.assert_array_equal(mean, [3.5, middle, np.nan])


def test_a_row_for_each_eye(tmp_path: Path) -> None:
    rows = [(4 * k, eye, 10 + k + 100 * (eye == "R"), 5) for k in range(9) for eye in "LR"]
    path = table(tmp_path, "time,eye,x,y", rows)
    assert only(read(path, eye="left")).x_px.tolist() == [10 + k for k in range(9)]
    right = read(path)
    assert only(right).eye == "right"
    assert right.counts["rows rejected: of the other eye"] == 9
    with pytest.raises(ReadError, match="cannot be averaged"):
        read(path, eye="mean")


@pytest.mark.parametrize(
    ("good", "bad", "valid"),
    [("Valid", "Invalid", "valid"), (0, 4, "0"), (1, 0, "1"), ("true", "false", "true")],
)
def test_invalid_samples_are_lost_and_counted(
    tmp_path: Path, good: object, bad: object, valid: str
) -> None:
    rows = [(4 * k, k, k, bad if k in (3, 7) else good) for k in range(20)]
    rows[3] = (12, 0, 0, bad)
    rows[7] = (28, 0, 0, bad)
    path = table(tmp_path, "time,x,y,validity", rows)
    mapping = guess_mapping(path)
    assert valid in mapping.valid
    assert "Samples seem to count where" in " ".join(mapping.reasons)
    reading = read(path)
    assert np.flatnonzero(np.isnan(only(reading).x_px)).tolist() == [3, 7]
    assert reading.counts["positions that the table calls invalid"] == 2
    kept = read(path, mapping.with_columns(validity=None))
    assert not np.isnan(only(kept).x_px).any()


def test_zeros_can_be_missing_positions(tmp_path: Path) -> None:
    rows = [(0, 5, 5), (4, 0, 0), (8, 0, 5), (12, -1, -1), (16, 7, 7)]
    path = table(tmp_path, "time,x,y", rows)
    guess = guess_mapping(path)
    assert not np.isnan(only(read(path)).x_px).any()
    mapping = replace(guess, zero_is_missing=True, missing=(*guess.missing, "-1"))
    reading = read(path, mapping)
    assert np.isnan(only(reading).x_px).tolist() == [False, True, False, True, False]
    assert reading.counts["positions of 0, 0 taken as missing"] == 1


def test_samples_that_are_not_wished_for_are_counted(tmp_path: Path) -> None:
    path = table(tmp_path, "time,x,y", [(4 * k, k, k) for k in range(20)])
    reading = finish(read_table(path, settings=ReadSettings(samples=False)))
    assert not reading.recordings
    assert reading.counts["samples in the file"] == 20


def test_made_up_samples_are_marked(tmp_path: Path) -> None:
    path = table(tmp_path, "time,x,y,simulated", [(4 * k, k, k, "yes") for k in range(20)])
    assert only(read(path)).origin.simulated


def test_the_preview_says_what_rows_and_positions_are(tmp_path: Path) -> None:
    path = table(tmp_path, "time,x,y", [(4 * k, 0.5, k / 100) for k in range(60)])
    shown = preview(path)
    assert shown.problem == ""
    assert "gaze samples in ms" in " ".join(shown.mapping.reasons)
    assert shown.contract.positions == "stimulus fraction"


@pytest.mark.parametrize(
    ("name", "samples", "eye", "rate_hz"),
    [
        ("binocular_example.csv", 10, "mean", 1000),
        ("monocular_example.tsv", 10, "left", 1000),
        ("missing_values_example.csv", 103, "", 1000),
        ("potec_example.tsv", 10, "", 1000),
    ],
)
def test_real_files_have_all_their_lines(
    shared_data: Path, name: str, samples: int, eye: str, rate_hz: float
) -> None:
    path = shared_data / "formats" / "generic" / name
    lines = path.read_text().splitlines()
    reading = read(path)
    recording = only(reading)
    assert len(recording) == len(lines) - 1 == samples == reading.counts["rows read"]
    assert (recording.eye, recording.rate_hz) == (eye, rate_hz)
    shown = [line.replace(",", "\t").split("\t")[1] for line in lines[1:]]
    expected = [float(cell) if cell else math.nan for cell in shown]
    np.testing.assert_array_equal(recording.x_px, expected)


def test_a_real_file_without_a_header_is_read_when_told(shared_data: Path) -> None:
    path = shared_data / "formats" / "generic" / "gaze_on_faces_example.csv"
    mapping = replace(guess_mapping(path), kind="samples", time_unit="samples", rate_hz=60.0)
    recording = only(read(path, mapping.with_columns(x="column 1", y="column 2")))
    lines = path.read_text().splitlines()
    assert recording.x_px.tolist() == [float(line.split(",")[0]) for line in lines]


SMALL = "\n".join(
    [
        "participant;stimulus;time;x;y;pupil;validity",
        *(
            f"P{k // 20};a {k // 10}.png;{4 * k};{100 + k / 4};{50 - k / 8};{3 + k % 3 / 10};1"
            for k in range(40)
        ),
    ]
).encode()


def survived(path: Path, seed: int, count: int) -> int:
    """Read damaged tables; return how many could be read, all of whose rows add up."""
    read_anyway = 0
    for what, data in mutants(SMALL, seed, count):
        path.write_bytes(data)
        try:
            reading = read(path)
        except ReadError as error:
            assert str(path) in str(error), what
            continue
        read_anyway += 1
        rejected = sum(n for k, n in reading.counts.items() if k.startswith("rows rejected"))
        kept = sum(map(len, (*reading.recordings, *reading.scanpaths)))
        assert kept + rejected == reading.counts["rows read"], what
        for item in reading.recordings:
            assert np.isfinite(item.t_ms).all() and (np.diff(item.t_ms) >= 0).all(), what
            assert item.participant and item.stimulus, what
    return read_anyway


def test_damaged_tables_are_read_or_refused(tmp_path: Path) -> None:
    assert survived(tmp_path / "t.csv", seed=1, count=150) > 20


@pytest.mark.slow
def test_2000_damaged_tables_are_read_or_refused(tmp_path: Path) -> None:
    assert survived(tmp_path / "t.csv", seed=2, count=2000) > 200
