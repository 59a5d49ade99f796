"""BIDS eye tracking, written and read back."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.gaze import Exclusion, Origin, Scanpath
from gazelab.data.geometry import Screen
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.io.bids_read import read_bids
from gazelab.io.bids_write import BidsContent, bids_files
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

SCREEN = Screen(1920, 1080, 520, 290, 650)


def written(content: BidsContent, folder: Path) -> Path:
    for name, data in bids_files(content):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read_back(content: BidsContent, folder: Path) -> Reading:
    return finish(read_bids(written(content, folder), ReadSettings()))


def recording(
    participant: str = "01", stimulus: str = "a.jpg", trial: str = "1", size: int = 5, **other: Any
) -> Recording:
    t_ms = np.arange(size) * 2.0 + other.pop("start_ms", 0.0)
    values = {"rate_hz": 500.0, "eye": "left", "origin": Origin("eyelink-asc")} | other
    x_px = np.arange(size) + 0.1
    return Recording(participant, stimulus, t_ms, x_px, 2 * x_px, trial, **values)


def scanpath(of: Recording, onset_ms: Iterable[float], **other: Any) -> Scanpath:
    onsets = np.array(list(onset_ms), float)
    ones = np.ones(len(onsets))
    exclusion = other.pop("exclusion", np.zeros(len(onsets), np.int8))
    return Scanpath(
        *of.key[:2],
        ones * 3.3,
        ones * 4.4,
        onsets,
        ones * 200.25,
        exclusion,
        of.trial,
        other.pop("origin", Origin("eyelink-asc")),
    )


def equal(found: Any, expected: Any) -> None:
    """Whether items have the same values; times to the millionth of a ms."""
    assert found.key == expected.key
    for name in ("t_ms", "onset_ms", "duration_ms", "x_px", "y_px", "pupil", "amplitude_deg"):
        left, right = getattr(found, name, None), getattr(expected, name, None)
        assert (left is None) == (right is None), name
        if right is not None:
            np.testing.assert_allclose(left, right, rtol=0, atol=1e-6, err_msg=name)
    if isinstance(expected, Recording):
        for name in ("pupil_unit", "eye", "px_per_deg", "accuracy_deg", "precision_deg"):
            np.testing.assert_equal(getattr(found, name), getattr(expected, name), name)


def by_key(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=lambda item: item.key)


def all_equal(found: Iterable[Any], expected: Iterable[Any]) -> None:
    found, expected = by_key(found), by_key(expected)
    assert [item.key for item in found] == [item.key for item in expected]
    for left, right in zip(found, expected, strict=True):
        equal(left, right)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    first = recording(clock_ms=5000.5, accuracy_deg=0.4, px_per_deg=31.5, precision_deg=0.1)
    second = recording(stimulus="b c.jpg", trial="go 2", clock_ms=9000.25, start_ms=-4.0)
    fixations = scanpath(first, [0, 300.5], exclusion=np.array([0, Exclusion.BY_RULE], np.int8))
    own = scanpath(second, [-2], origin=Origin("i-vt"))
    saccades = Events(
        *first.key[:2],
        "saccade",
        np.array([2.0]),
        np.array([2.5]),
        amplitude_deg=np.array([1.5]),
        peak_velocity_deg_s=np.array([np.nan]),
        origin=Origin("eyelink-asc"),
    )
    blinks = Events(
        *first.key[:2], "blink", np.array([3.0]), np.array([7.0]), origin=Origin("i-vt")
    )
    content = BidsContent(
        "Study", (first, second), (fixations, own), (saccades, blinks), screen=SCREEN
    )
    reading = read_back(content, tmp_path)
    all_equal(reading.recordings, content.recordings)
    all_equal(reading.scanpaths, content.scanpaths)
    all_equal(reading.events, content.events)
    assert {path.origin.reader for path in reading.scanpaths} == {"eyelink-asc", "i-vt"}
    assert [item.clock_ms for item in by_key(reading.recordings)] == [5000.5, 9000.25]
    assert [item.rate_hz for item in reading.recordings] == [500, 500]
    assert (reading.contract.positions, reading.contract.base) == ("stimulus px", 0)
    assert reading.contract.screen == SCREEN


def test_the_files_and_what_their_sidecars_say(tmp_path: Path) -> None:
    one = recording(pupil=np.ones(5), pupil_unit="mm", accuracy_deg=0.5)
    folder = written(BidsContent("Study", (one,), (scanpath(one, [0]),), screen=SCREEN), tmp_path)
    stem = "sub-01/beh/sub-01_task-viewing"
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "README",
        "dataset_description.json",
        "participants.json",
        "participants.tsv",
        f"{stem}_events.tsv",
        f"{stem}_recording-eye1_physio.json",
        f"{stem}_recording-eye1_physio.tsv.gz",
        f"{stem}_recording-eye1_physioevents.json",
        f"{stem}_recording-eye1_physioevents.tsv.gz",
        "task-viewing_events.json",
    ]
    meta = json.loads((folder / f"{stem}_recording-eye1_physio.json").read_text())
    assert meta["Columns"] == ["timestamp", "x_coordinate", "y_coordinate", "pupil_size"]
    assert (meta["PhysioType"], meta["RecordedEye"]) == ("eyetrack", "left")
    assert (meta["SampleCoordinateSystem"], meta["x_coordinate"]["Units"]) == ("custom", "pixel")
    assert (meta["SamplingFrequency"], meta["StartTime"]) == (500, 0)
    assert meta["AverageCalibrationError"] == 0.5
    assert "picture that was looked at" in meta["x_coordinate"]["Description"]
    rows = gzip.decompress((folder / f"{stem}_recording-eye1_physio.tsv.gz").read_bytes())
    assert rows.splitlines()[0] == b"0.0\t0.1\t0.2\t1.0"
    shown = json.loads((folder / "task-viewing_events.json").read_text())["StimulusPresentation"]
    assert shown == {
        "ScreenDistance": 0.65,
        "ScreenOrigin": ["top", "left"],
        "ScreenResolution": [1920, 1080],
        "ScreenSize": [0.52, 0.29],
    }


def test_the_same_recordings_give_the_same_bytes() -> None:
    content = BidsContent("Study", (recording(), recording("02")))
    assert list(bids_files(content)) == list(bids_files(content))


def test_on_an_empty_screen_gaze_is_on_the_screen(tmp_path: Path) -> None:
    screen = Stimulus("empty screen 1920 x 1080", "", 1920, 1080, "")
    one = recording(stimulus=screen.id)
    content = BidsContent("Study", (one,), stimuli={screen.id: screen}, screen=SCREEN)
    all_equal(read_back(content, tmp_path).recordings, [one])
    (sidecar,) = tmp_path.rglob("*_physio.json")
    assert json.loads(sidecar.read_text())["SampleCoordinateSystem"] == "gaze-on-screen"


def test_trials_whose_clocks_overlap_follow_one_another(tmp_path: Path) -> None:
    several = [recording(stimulus=f"{k}.jpg", start_ms=-3.5) for k in range(4)]
    reading = read_back(BidsContent("Study", [*several, recording("02")]), tmp_path)
    several.append(recording("02"))
    assert reading.notes == ()
    all_equal(reading.recordings, several)
    assert "samples left out: outside of the trials" not in reading.counts


def test_recordings_of_other_kinds_are_in_files_of_their_own(tmp_path: Path) -> None:
    several = [
        recording(),
        recording(stimulus="b", eye="mean"),
        recording(stimulus="c", eye="", pupil=np.array([1, np.nan, 2, 3, 4])),
        recording(stimulus="d", size=1, rate_hz=np.nan),
    ]
    all_equal(read_back(BidsContent("Study", several), tmp_path).recordings, several)
    assert len(list(tmp_path.rglob("*_physio.tsv.gz"))) == 4


def test_participants_keep_their_names(tmp_path: Path) -> None:
    names = ["Anna-1", "Anna 1", "anna1", "---", 'with "quotes"', "Ünal\ttab"]
    several = [recording(name) for name in names]
    reading = read_back(BidsContent("Study", several), tmp_path)
    assert sorted(item.participant for item in reading.recordings) == sorted(names)
    assert len(list(tmp_path.glob("sub-*"))) == len(names)


def test_trials_without_samples_are_counted_in_the_readme(tmp_path: Path) -> None:
    one, empty = recording(), recording("02", size=0)
    alone = scanpath(recording("03"), [0])
    reading = read_back(BidsContent("Study", (one, empty), (alone,)), tmp_path)
    assert [item.participant for item in reading.recordings] == ["01"]
    assert "2 trials without gaze samples are left out" in (tmp_path / "README").read_text()


coordinates = st.floats(-1e5, 1e5) | st.just(np.nan)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    size = draw(st.integers(1, 6))
    rate_hz = draw(st.sampled_from([50.0, 500.0, 1000.0]))
    start_ms = draw(st.floats(-500, 500))
    lost = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    x_px, y_px = (
        np.where(lost, np.nan, draw(st.lists(st.floats(-1e5, 1e5), min_size=size, max_size=size)))
        for _ in range(2)
    )
    pupil = draw(st.none() | st.lists(coordinates, min_size=size, max_size=size))
    return Recording(
        draw(st.sampled_from(["p1", "p 1", "q"])),
        draw(st.sampled_from(["a.jpg", "deep/b.png"])),
        start_ms + np.arange(size) * (1000 / rate_hz),
        x_px,
        y_px,
        draw(st.sampled_from(["1", "2", "cup present"])),
        pupil=None if pupil is None else np.array(pupil),
        pupil_unit=draw(st.sampled_from(["", "mm"])) if pupil is not None else "",
        rate_hz=rate_hz,
        eye=draw(st.sampled_from(["left", "right", "mean", ""])),
        px_per_deg=draw(st.sampled_from([np.nan, 30.5])),
        clock_ms=draw(st.floats(0, 1e7)),
        accuracy_deg=draw(st.sampled_from([np.nan, 0.5, 1.5])),
        origin=Origin("table"),
    )


@given(st.lists(recordings(), min_size=1, max_size=6, unique_by=lambda item: item.key), st.data())
@settings(max_examples=60)
def test_anything_written_is_read_back(  # type: ignore[no-untyped-def]
    tmp_path_factory, several: list[Recording], data: st.DataObject
) -> None:
    onsets = st.lists(st.floats(-300, 900), min_size=1, max_size=4).map(sorted)
    paths = [
        scanpath(item, data.draw(onsets), origin=Origin("i-dt"))
        for item in several
        if data.draw(st.booleans())
    ]
    folder = tmp_path_factory.mktemp("bids")
    content = BidsContent("Study", several, [_apart(path) for path in paths], screen=SCREEN)
    reading = read_back(content, folder)
    all_equal(reading.recordings, several)
    all_equal(reading.scanpaths, content.scanpaths)


def _apart(path: Scanpath) -> Scanpath:
    """Return a scanpath whose fixations do not overlap, as readers ask for."""
    return Scanpath(
        *path.key[:2],
        path.x_px,
        path.y_px,
        path.onset_ms,
        np.minimum(np.diff(path.onset_ms, append=np.inf), 200.0),
        path.exclusion,
        path.trial,
        path.origin,
    )


def test_many_samples_are_all_written() -> None:
    size = 100_000
    values = np.random.default_rng(1).random((2, size)) * 1000
    one = Recording("1", "a", np.arange(size) * 1.0, values[0], values[1], rate_hz=1000.0)
    files = dict(bids_files(BidsContent("Study", (one,))))
    (name,) = [name for name in files if name.endswith("_physio.tsv.gz")]
    assert gzip.decompress(files[name]).count(b"\n") == size


@pytest.mark.parametrize("screen", [Screen(), Screen(100, 50)])
def test_an_unknown_screen_is_not_made_up(tmp_path: Path, screen: Screen) -> None:
    written(BidsContent("Study", (recording(),), screen=screen), tmp_path)
    told = json.loads((tmp_path / "task-viewing_events.json").read_text())
    shown = told.get("StimulusPresentation", {})
    assert shown.get("ScreenDistance", "n/a") == "n/a"
    assert shown.get("ScreenSize", "n/a") == "n/a"
