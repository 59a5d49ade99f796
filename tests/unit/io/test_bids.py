"""BIDS eye tracking, read: data sets from the description of the format, and a real one."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bidsfiles import BOM, FOUND, FOUND_META, META, SAMPLES, STEM, DataSet, example, shown
from counted import counted
from hypothesis import given
from hypothesis import strategies as st
from mutations import mutants

from gazelab.errors import ReadError
from gazelab.io.bids_read import read_bids
from gazelab.io.bids_table import numbers
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish


def read(path: Path, eye: str = "", samples: bool = True) -> Reading:
    return counted(finish(read_bids(path, ReadSettings(eye=eye, samples=samples))))


def same(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_run_without_pictures_is_one_trial(tmp_path: Path) -> None:
    made = example(tmp_path, AverageCalibrationError=0.4)
    assert sniff(tmp_path).id == "bids"
    reading = read(tmp_path)
    (recording,) = reading.recordings
    assert recording.key == ("01", "task-view", "1")
    same(recording.t_ms, [0, 2, 4, 6, 8])
    same(recording.x_px, [10, 12, np.nan, 300, 302])
    assert recording.pupil is not None
    same(recording.pupil, [5, 6, np.nan, 7, 8])
    assert (recording.eye, recording.rate_hz, recording.clock_ms) == ("left", 500, 1000)
    assert (recording.accuracy_deg, recording.pupil_unit) == (0.4, "arbitrary")
    (scanpath,) = reading.scanpaths
    same(scanpath.onset_ms, [0, 6])
    same(scanpath.duration_ms, [4, 4])
    same(scanpath.x_px, [11, 301])
    events = {item.kind: item for item in reading.events}
    same(events["saccade"].onset_ms, [4])
    same(events["blink"].onset_ms, [3])
    assert reading.counts == {
        "rows read": 5,
        "samples in the file": 5,
        "samples lost: no position": 1,
        "rows of events read": 5,
        "fixations in the file": 2,
        "saccades in the file": 1,
        "saccades with a blink in them": 1,
        "blinks in the file": 1,
        "messages": 1,
    }
    contract = reading.contract
    assert (contract.positions, contract.origin, contract.clock) == ("screen px", "top-left", "ms")
    screen = contract.screen
    same([screen.width_px, screen.height_px], [800, 600])
    same([screen.width_mm, screen.height_mm, screen.distance_mm], [400, 300, 600])
    assert read(made.root, samples=False).recordings == ()


def test_sidecars_are_inherited_from_the_root_down(tmp_path: Path) -> None:
    made = DataSet(tmp_path)
    made.table(f"{STEM}_recording-eye1_physio.tsv.gz", SAMPLES)
    made.sidecar("task-view_physio.json", META | {"RecordedEye": "cyclopean"})
    made.sidecar("task-other_physio.json", {"Columns": ["a"]})
    made.sidecar("sub-02/task-view_physio.json", {"Columns": ["b"]})
    made.sidecar(f"{STEM}_physio.json", {"SamplingFrequency": 499, "RecordedEye": "left"})
    made.sidecar(f"{STEM}_recording-eye1_physio.json", {"RecordedEye": "right"})
    made.sidecar(f"{STEM}_recording-eye2_physio.json", {"RecordedEye": "left"})
    (recording,) = read(tmp_path).recordings
    assert (recording.eye, recording.rate_hz) == ("right", 499)
    (recording,) = read(tmp_path / f"{STEM}_recording-eye1_physio.tsv.gz").recordings
    assert recording.eye == "right"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path: Path, end: str) -> None:
    plain = read(example(tmp_path / "a").root)
    made = example(tmp_path / "b")
    made.table(f"{STEM}_recording-eye1_physio.tsv.gz", SAMPLES, BOM, end)
    made.table(f"{STEM}_recording-eye1_physioevents.tsv.gz", FOUND, BOM, end)
    marked = read(made.root)
    assert marked.counts == plain.counts
    same(marked.recordings[0].t_ms, plain.recordings[0].t_ms)


def test_seconds_are_ms(tmp_path: Path) -> None:
    made = example(tmp_path, timestamp={"Units": "s"})
    rows = [(stamp / 1000, *rest) for stamp, *rest in SAMPLES]  # type: ignore[operator]
    made.table(f"{STEM}_recording-eye1_physio.tsv.gz", rows)
    found = [(f[0] / 1000, 0.004, *f[2:]) for f in FOUND]  # type: ignore[operator]
    made.table(f"{STEM}_recording-eye1_physioevents.tsv.gz", found)
    reading = read(tmp_path)
    assert reading.contract.clock == "s"
    same(reading.recordings[0].t_ms, [0, 2, 4, 6, 8])
    same(reading.scanpaths[0].onset_ms, [0, 6])
    same(reading.scanpaths[0].duration_ms, [4, 4])


def test_onsets_may_be_numbers_of_rows_or_of_another_column(tmp_path: Path) -> None:
    made = example(tmp_path)
    rows = [(0, 0.004, "fixation", 0, "n/a"), (3, 0.004, "fixation", 0, "n/a")]
    made.table(f"{STEM}_recording-eye1_physioevents.tsv.gz", [*rows, (9, 1, "blink", 1, "n/a")])
    name = f"{STEM}_recording-eye1_physioevents.json"
    made.sidecar(name, FOUND_META | {"OnsetSource": "n/a"})
    reading = read(tmp_path)
    same(reading.scanpaths[0].onset_ms, [0, 6])
    same(reading.scanpaths[0].x_px, [11, 301])
    assert reading.counts["rows rejected: no onset"] == 1
    assert any("seconds are taken" in note for note in reading.notes)
    made.sidecar(name, FOUND_META | {"OnsetSource": "pupil_size", "duration": {"Units": "ms"}})
    found = [(5, 4, "fixation", 0, "n/a"), (7, 4, "fixation", 0, "n/a")]
    made.table(f"{STEM}_recording-eye1_physioevents.tsv.gz", found)
    same(read(tmp_path).scanpaths[0].onset_ms, [0, 6])


def test_pictures_are_trials_from_their_onset(tmp_path: Path) -> None:
    made = example(tmp_path, StartTime=1.0)
    pictures = [(1.0, 0.004, "stimuli/a.png"), (1.006, "n/a", "b.png"), (1.001, 0, "n/a")]
    shown(made, pictures)
    reading = read(tmp_path)
    assert [item.key for item in reading.recordings] == [("01", "a.png", "1"), ("01", "b.png", "2")]
    same(reading.recordings[0].t_ms, [0, 2])
    same(reading.recordings[1].t_ms, [0, 2])
    assert [item.clock_ms for item in reading.recordings] == pytest.approx([1000, 1006])
    assert reading.counts["samples left out: outside of the trials"] == 1
    assert reading.counts["events left out: outside of the trials"] == 1
    assert [len(item) for item in reading.scanpaths] == [1, 1]


def test_sessions_and_runs_are_told_apart(tmp_path: Path) -> None:
    made = DataSet(tmp_path)
    made.sidecar("task-view_physio.json", META)
    for session in ("1", "2"):
        stem = f"sub-01/ses-{session}/beh/sub-01_ses-{session}_task-view_run-3"
        made.table(f"{stem}_recording-eye1_physio.tsv.gz", SAMPLES)
    assert [item.key for item in read(tmp_path).recordings] == [
        ("01", "task-view run-3", "ses-1 run-3"),
        ("01", "task-view run-3", "ses-2 run-3"),
    ]


def with_eyes(root: Path) -> DataSet:
    made = example(root)
    right = [(t, x, y, 9) for t, x, y, _ in SAMPLES]
    right[0] = (1000, "n/a", 4, 9)
    made.table(f"{STEM}_recording-eye2_physio.tsv.gz", right)
    made.sidecar(f"{STEM}_recording-eye2_physio.json", META | {"RecordedEye": "right"})
    return made


@pytest.mark.parametrize(
    ("wished", "eye", "first_x", "pupil"),
    [("", "left", 10, 5), ("left", "left", 10, 5), ("right", "right", np.nan, 9)],
)
def test_an_eye_can_be_wished(
    tmp_path: Path, wished: str, eye: str, first_x: float, pupil: float
) -> None:
    (recording,) = read(with_eyes(tmp_path).root, wished).recordings
    assert recording.eye == eye
    same(recording.x_px[0], first_x)
    assert recording.pupil is not None
    same(recording.pupil[0], pupil)


def test_the_mean_of_both_eyes_is_lost_where_one_is(tmp_path: Path) -> None:
    made = with_eyes(tmp_path)
    (recording,) = read(tmp_path, "mean").recordings
    assert recording.eye == "mean"
    same(recording.x_px, [np.nan, 12, np.nan, 300, 302])
    assert recording.pupil is not None
    same(recording.pupil, [7, 7.5, np.nan, 8, 8.5])
    shifted = [(t + 1, *rest) for t, *rest in SAMPLES]  # type: ignore[operator]
    made.table(f"{STEM}_recording-eye2_physio.tsv.gz", shifted)
    reading = read(tmp_path, "mean")
    assert reading.recordings[0].eye == "left"
    assert any("other time stamps" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("unit", "positions", "factor"),
    [
        ("pixels", "screen px", 1),
        ("deg", "screen deg", 1),
        ("mm", "screen mm", 1),
        ("cm", "screen mm", 10),
        ("normalized", "screen fraction", 1),
        ("wombats", "screen px", 1),
    ],
)
def test_units_of_positions(tmp_path: Path, unit: str, positions: str, factor: float) -> None:
    units = {"x_coordinate": {"Units": unit}, "y_coordinate": {"Units": unit}}
    reading = read(example(tmp_path, **units).root)
    assert reading.contract.positions == positions
    same(reading.recordings[0].x_px[0], 10 * factor)
    assert unit in reading.contract.reasons[0]


@pytest.mark.parametrize(
    ("told", "origin"),
    [(["bottom", "left"], "bottom-left"), (["center", "center"], "centre"), ("odd", "top-left")],
)
def test_the_origin_of_the_screen(tmp_path: Path, told: Any, origin: str) -> None:
    made = example(tmp_path)
    presentation = {"ScreenOrigin": told, "ScreenResolution": "n/a", "ScreenSize": [1, "x"]}
    made.sidecar("task-view_events.json", {"StimulusPresentation": presentation})
    contract = read(tmp_path).contract
    assert contract.origin == origin
    assert not contract.screen.has_size
    assert np.isnan(contract.screen.width_mm)


def test_gaze_that_is_not_on_a_screen_is_left_out(tmp_path: Path) -> None:
    made = example(tmp_path, SampleCoordinateSystem="eye-in-head")
    with pytest.raises(ReadError, match="nothing to read"):
        read(tmp_path)
    other = STEM.replace("01", "02")
    made.table(f"{other}_recording-eye1_physio.tsv.gz", SAMPLES)
    made.sidecar(f"{other}_recording-eye1_physio.json", META)
    reading = read(tmp_path)
    assert [item.participant for item in reading.recordings] == ["02"]
    assert reading.counts["recordings left out: gaze not on a screen"] == 1


@pytest.mark.parametrize(
    ("meta", "rows", "message"),
    [
        ({"Columns": None}, SAMPLES, "do not name the columns"),
        ({"Columns": ["x_coordinate", "y_coordinate"]}, SAMPLES, "no column timestamp"),
        ({"Columns": ["timestamp", "timestamp"]}, SAMPLES, "same name"),
        ({}, [(1, 2, 3)], "line 1: The row has 3 cells instead of 4"),
        ({}, [*SAMPLES, (1, "x", 2, 3)], "line 6: 'x' in column 'x_coordinate' is not a number"),
        ({}, [(1, "1e999", 2, 3)], "is not a number"),
        ({}, [(1, "1_0", 2, 3)], "is not a number"),
        ({}, [], "nothing to read"),
    ],
)
def test_another_layout_is_one_sentence(
    tmp_path: Path, meta: dict[str, Any], rows: Any, message: str
) -> None:
    made = example(tmp_path, **meta)
    made.table(f"{STEM}_recording-eye1_physio.tsv.gz", rows)
    with pytest.raises(ReadError, match=message):
        read(tmp_path)


def test_other_physiology_is_not_gaze(tmp_path: Path) -> None:
    made = DataSet(tmp_path)
    path = made.table(f"{STEM}_recording-heart_physio.tsv.gz", [(1,)])
    made.sidecar("task-view_physio.json", {"Columns": ["cardiac"], "PhysioType": "generic"})
    with pytest.raises(ReadError, match="no eye tracking recording"):
        read(path)


@given(st.lists(st.tuples(*[st.floats(allow_infinity=False, width=64)] * 4), min_size=1))
def test_any_numbers_come_back(tmp_path_factory, rows: list[tuple[float, ...]]) -> None:  # type: ignore[no-untyped-def]
    made = DataSet(tmp_path_factory.mktemp("bids"))
    cells = [[repr(v) if v == v else "n/a" for v in row] for row in rows]
    path = made.table("x_physio.tsv.gz", cells)
    found = finish(numbers(path, "abcd", "abcd"))
    np.testing.assert_array_equal(found.T, np.array(rows, float))
    quoted = made.table("y_physio.tsv.gz", [[*row, '"a\tb"'] for row in cells])
    np.testing.assert_array_equal(finish(numbers(quoted, "abcde", "abcd")), found)


def test_long_tables_are_read_in_blocks(tmp_path: Path) -> None:
    made = DataSet(tmp_path)
    rows: list[Any] = [(k, k + 0.5, "n/a") for k in range(120_000)]
    path = made.table("x_physio.tsv.gz", rows)
    found = finish(numbers(path, "abc", "ba"))
    np.testing.assert_array_equal(found, [np.arange(120_000) + 0.5, np.arange(120_000)])
    assert sum(1 for _ in numbers(path, "abc", "a")) > 3
    rows[110_000] = (0, "oops", 0)
    path = made.table("x_physio.tsv.gz", rows)
    with pytest.raises(ReadError, match=r"line 110001: 'oops' in column 'b'"):
        finish(numbers(path, "abc", "ba"))


def _damaged(path: Path, count: int, seed: int) -> None:
    """Read damaged copies of a file; only a ReadError, or whole recordings, may come out."""
    for words, data in mutants(path.read_bytes(), seed, count):
        path.write_bytes(data)
        try:
            reading = read(path.parents[2])
        except ReadError:
            continue
        for item in reading.recordings:
            assert len(item.t_ms) == len(item.x_px) == len(item.y_px), words


@pytest.mark.parametrize("name", ["physio.tsv.gz", "physioevents.tsv.gz", "physio.json"])
def test_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    _damaged(example(tmp_path).root / f"{STEM}_recording-eye1_{name}", 60, 0)


def test_damaged_events_are_read_or_refused(tmp_path: Path) -> None:
    made = example(tmp_path)
    shown(made, [(0.0, 0.004, "a.png"), (0.006, "n/a", "b.png"), (0.001, 0, "n/a")])
    made.table("participants.tsv", [("participant_id", "source_name"), ("sub-01", "Ann")])
    assert read(tmp_path).recordings[0].participant == "Ann"
    _damaged(tmp_path / f"{STEM}_events.tsv", 200, 5)


def test_damaged_names_are_read_or_refused(tmp_path: Path) -> None:
    made = example(tmp_path)
    path = made.table("participants.tsv", [("participant_id", "source_name"), ("sub-01", "Ann")])
    for words, data in mutants(path.read_bytes(), count=200):
        path.write_bytes(data)
        try:
            assert read(tmp_path).recordings[0].participant, words
        except ReadError as error:
            assert error.path == path, words


def test_damaged_tables_are_read_or_refused(tmp_path: Path) -> None:
    path = example(tmp_path).root / f"{STEM}_recording-eye1_physio.tsv.gz"
    for _, data in mutants(gzip.decompress(path.read_bytes()), 3, 150):
        path.write_bytes(gzip.compress(data))
        try:
            reading = read(tmp_path)
        except ReadError:
            continue
        assert all(np.isfinite(item.t_ms).all() for item in reading.recordings)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["physio.tsv.gz", "physioevents.tsv.gz", "physio.json"])
def test_many_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    _damaged(example(tmp_path).root / f"{STEM}_recording-eye1_{name}", 2000, 1)


def test_the_real_data_set_is_counted_exactly(shared_data: Path) -> None:
    root = shared_data / "formats" / "bids_eyetracking"
    assert sniff(root).id == "bids"
    (path,) = root.rglob("*_physio.tsv.gz")
    assert sniff(path).id == "bids"
    (found,) = root.rglob("*_physioevents.tsv.gz")

    def rows(file: Path) -> list[list[str]]:
        text = gzip.decompress(file.read_bytes()).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter="\t"))

    samples = np.array(rows(path), float)
    kinds = [row[2] for row in rows(found)]
    reading = read(root)
    (recording,) = reading.recordings
    assert recording.key == ("EP10", "task-dots run-01", "ses-01 run-01")
    same(recording.t_ms, samples[:, 0] * 1000)
    same(recording.x_px, samples[:, 1])
    same(recording.y_px, samples[:, 2])
    assert len(recording) == len(samples) == 51
    assert len(reading.scanpaths[0]) == kinds.count("fixation") == 3
    counted = {item.kind: len(item) for item in reading.events}
    assert counted == {"saccade": kinds.count("saccade"), "blink": kinds.count("blink")}
    first = samples[(samples[:, 0] >= 0.3) & (samples[:, 0] < 0.3 + 1.788)]
    same(reading.scanpaths[0].x_px[0], np.median(first[:, 1]))
    screen = reading.contract.screen
    same([screen.width_px, screen.height_px], [800, 600])
    same([screen.width_mm, screen.height_mm, screen.distance_mm], [290, 180, 680])
