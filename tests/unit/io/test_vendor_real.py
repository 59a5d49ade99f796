"""Real files of eye trackers' programs: every count beside one made line by line."""

import csv
import gzip
import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from counted import counted

from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish


def read(path: Path, settings: ReadSettings = ReadSettings()) -> Reading:
    return counted(finish(sniff(path).read(path, settings)))


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a table in the simplest way."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def samples_in(reading: Reading) -> int:
    return sum(map(len, reading.recordings))


def lost_in(reading: Reading) -> int:
    return sum(int(np.isnan(item.x_px).sum()) for item in reading.recordings)


def events_in(reading: Reading, kind: str) -> int:
    return sum(len(item) for item in reading.events if item.kind == kind)


def decimal(cell: str) -> float:
    return float(cell.replace(",", ".")) if cell else math.nan


def test_tobii_studio(shared_data: Path) -> None:
    path = shared_data / "formats" / "tobii_studio" / "dataSampleScanpaths.tsv"
    rows, reading = rows_of(path, "\t"), read(path)
    assert reading.counts["rows read"] == len(rows) == 8226
    fixed = {(r["RecordingName"], r["FixationIndex"]) for r in rows if r["FixationIndex"]}
    saccades = {(r["RecordingName"], r["SaccadeIndex"]) for r in rows if r["SaccadeIndex"]}
    of_fixations = sum(r["GazeEventType"] == "Fixation" for r in rows)
    assert reading.counts["rows of fixations"] == of_fixations == 4928
    assert sum(map(len, reading.scanpaths)) == len(fixed) == 411
    assert events_in(reading, "saccade") == len(saccades) == 602
    sampled = [r for r in rows if r["GazePointIndex"]]
    assert samples_in(reading) == len(sampled) == 8193
    codes = [min(int(r["ValidityLeft"]), int(r["ValidityRight"])) for r in sampled]
    neither = sum(code > 1 for code in codes)
    there = (bool(r["GazePointX (ADCSpx)"]) for r in sampled)
    nowhere = sum(code <= 1 and not is_there for code, is_there in zip(codes, there, strict=True))
    assert reading.counts["samples lost: validity above 1"] == neither == 1217
    assert lost_in(reading) == neither + nowhere
    unused = sum(r["GazeEventType"] == "Unclassified" and not r["GazePointIndex"] for r in rows)
    assert reading.counts["rows rejected: unclassified"] == unused == 3
    assert len(reading.scanpaths) == len(reading.recordings) == 7
    x_px = np.concatenate([scanpath.x_px for scanpath in reading.scanpaths])
    assert np.isnan(x_px).sum() == 75  # 76 begin without a position, one of them gets it later


def test_tobii_studio_sample_by_sample(shared_data: Path) -> None:
    path = shared_data / "formats" / "tobii_studio" / "dataSampleScanpaths.tsv"
    rows = [r for r in rows_of(path, "\t") if r["RecordingName"] == "Rec 01m"]
    first_ms = int(rows[0]["RecordingTimestamp"])
    rows = [r for r in rows if r["GazePointIndex"]]
    recording = next(item for item in read(path).recordings if item.participant == "P01m")
    assert recording.stimulus == "http://www.fiit.stuba.sk/"
    assert recording.t_ms.tolist() == [int(r["RecordingTimestamp"]) - first_ms for r in rows]
    valid = np.array([min(int(r["ValidityLeft"]), int(r["ValidityRight"])) <= 1 for r in rows])
    told = np.array([decimal(r["GazePointY (MCSpx)"]) for r in rows])
    on_screen = np.array([decimal(r["GazePointY (ADCSpx)"]) for r in rows])
    top = np.array([decimal(r["MediaPosY (ADCSpx)"]) for r in rows])
    expected = np.where(valid, np.where(np.isnan(told), on_screen - top, told), np.nan)
    np.testing.assert_allclose(recording.y_px, expected)
    assert recording.rate_hz == pytest.approx(60, abs=0.2)
    assert recording.pupil is not None
    assert np.nanmedian(recording.pupil) == pytest.approx(3.5, abs=1)


def test_pupil_core(shared_data: Path) -> None:
    folder = shared_data / "formats" / "pupil_core"
    reading = read(folder)
    gaze = rows_of(folder / "gaze_positions.csv")
    assert samples_in(reading) == len(gaze) == 9302
    unsure = sum(float(r["confidence"]) < 0.6 for r in gaze)
    assert reading.counts["samples lost: confidence below 0.6"] == unsure == lost_in(reading)
    (scanpath,) = reading.scanpaths
    assert len(scanpath) == len(rows_of(folder / "fixations.csv")) == 36
    assert events_in(reading, "blink") == len(rows_of(folder / "blinks.csv")) == 3
    assert scanpath.key == ("pupil_core", "scene", "1")
    assert (reading.contract.positions, reading.contract.origin) == (
        "stimulus fraction",
        "bottom-left",
    )
    assert reading.recordings[0].clock_ms == pytest.approx(1216218.711)
    assert "not made at the same time" in " ".join(reading.notes)  # they are of two recordings


def test_pupil_invisible(shared_data: Path) -> None:
    folder = shared_data / "formats" / "pupil_invisible"
    reading = read(folder)
    gaze, fixations = rows_of(folder / "gaze.csv"), rows_of(folder / "fixations.csv")
    assert samples_in(reading) == len(gaze) == 3385
    assert sum(map(len, reading.scanpaths)) == len(fixations) == 17
    assert events_in(reading, "blink") == len(rows_of(folder / "blinks.csv")) == 2
    stamps = [int(r["timestamp [ns]"]) for r in gaze]
    expected_ms = [(stamp - stamps[0]) / 1e6 for stamp in stamps]
    assert reading.recordings[0].t_ms.tolist() == pytest.approx(expected_ms, abs=1e-9)
    starts = [int(r["start timestamp [ns]"]) for r in fixations]
    onset_ms = reading.scanpaths[0].onset_ms.tolist()
    assert onset_ms == pytest.approx([(start - stamps[0]) / 1e6 for start in starts], abs=1e-9)
    assert reading.contract.positions == "stimulus px"


def test_one_file_of_pupil_alone(shared_data: Path) -> None:
    for name in ("pupil_core", "pupil_invisible"):
        path = shared_data / "formats" / name / "fixations.csv"
        (scanpath,) = read(path).scanpaths
        assert len(scanpath) == path.read_bytes().count(b"\n") - 1
        assert scanpath.stimulus == "scene"
    assert scanpath.onset_ms[:2] == pytest.approx([0.0, 168.322])


def test_tobii_sdk(shared_data: Path) -> None:
    path = shared_data / "formats" / "tobii_sdk_raw" / "1.tsv"
    rows, reading = rows_of(path, "\t"), read(path)
    assert samples_in(reading) == len(rows) == 651
    neither = sum(int(r["LValidity"]) > 1 and int(r["RValidity"]) > 1 for r in rows)
    assert lost_in(reading) == neither == reading.counts["samples lost: validity above 1"]
    assert reading.recordings[0].rate_hz == pytest.approx(300, rel=0.01)
    left = read(path, ReadSettings(eye="left")).recordings[0]
    expected = [float(r["LGazePos2dx"]) if int(r["LValidity"]) <= 1 else math.nan for r in rows]
    np.testing.assert_allclose(left.x_px, expected)
    assert left.eye == "left"


def test_tobii_glasses_2(shared_data: Path) -> None:
    path = shared_data / "formats" / "tobii_glasses2" / "livedata.json.gz"
    values = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    reading = read(path)
    gaze = [value for value in values if "gp" in value]
    assert reading.counts["rows read"] == len(values) == 11553
    assert samples_in(reading) == len(gaze) == 965
    bad = sum(value["s"] != 0 for value in gaze)
    assert lost_in(reading) == bad == reading.counts["samples lost: status not 0"] == 5
    assert reading.counts["rows rejected: accelerometer"] == sum("ac" in v for v in values)
    assert reading.counts["rows rejected: gyroscope"] == sum("gy" in v for v in values)
    used = sum("gp" in v or "pd" in v for v in values)
    rejected = sum(n for k, n in reading.counts.items() if k.startswith("rows rejected"))
    assert used + rejected == len(values)
    (recording,) = reading.recordings
    assert recording.pupil is not None
    assert recording.pupil[0] == pytest.approx((3.43 + 3.52) / 2)
    assert recording.rate_hz == pytest.approx(50, abs=0.5)


def test_gazeparser(shared_data: Path) -> None:
    path = shared_data / "formats" / "gazeparser" / "test01.csv"
    lines = path.read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    reading = read(path)
    assert samples_in(reading) == len(rows) == 8889
    words = Counter(row[1] for row in rows if row[1].isalpha())
    assert lost_in(reading) == sum(words.values())
    for word, number in words.items():
        assert reading.counts[f"samples lost: {word}"] == number
    assert [item.stimulus for item in reading.recordings] == ["trial1", "trial2"]
    assert reading.counts["rows rejected: message"] == sum(k.startswith("#MESSAGE") for k in lines)
    assert reading.contract.origin == "bottom-left"
    assert reading.contract.screen.px_per_deg == pytest.approx(37.7, abs=0.01)
    assert reading.recordings[0].x_px[0] == 957.5


def test_smi_raw(shared_data: Path) -> None:
    path = shared_data / "formats" / "smi" / "didec_example.txt"
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    samples = [line for line in lines if line[1:2] == ["SMP"]]
    messages = [line for line in lines if line[1:2] == ["MSG"]]
    (recording,) = read(path).recordings
    assert len(recording) == len(samples) == 15
    start_us = int(messages[0][0])
    expected_ms = [(int(line[0]) - start_us) / 1000 for line in samples]
    assert recording.t_ms.tolist() == pytest.approx(expected_ms)
    assert recording.x_px.tolist() == [float(line[3]) for line in samples]
    assert recording.key == ("didec_example", "test.bmp", "1")
    assert events_in(read(path), "saccade") == 1
