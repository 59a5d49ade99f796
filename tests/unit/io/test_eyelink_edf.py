"""EyeLink EDF files: through the optional package eyelinkio, and a way out without it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from counted import counted

from gazelab.errors import ReadError
from gazelab.io.eyelink_edf import read_edf, sniff_edf
from gazelab.io.readers import sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import finish

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("eyelinkio") is None, reason="eyelinkio is not installed"
)


@pytest.fixture
def example(shared_data: Path) -> Path:
    return shared_data / "formats" / "eyelink_edf" / "example.edf"


def test_an_edf_file_is_known_by_its_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    path = tmp_path / "a.dat"
    path.write_bytes(b"SR_RESEARCH_1000FILE" + bytes(100))
    assert sniff(path).id == "eyelink-edf"
    path.write_bytes(b"SR_RESE")
    assert not sniff_edf(path)
    with pytest.raises(ReadError, match="not an EyeLink EDF file"):
        finish(read_edf(path))


def test_without_the_library_the_way_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(b"SR_RESEARCH_1000FILE" + bytes(100))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for work in (sniff, lambda path: finish(read_edf(path))):
        with pytest.raises(ReadError, match=r"edf2asc.*gazelab\[edf\]"):
            work(path)


@needs_library
def test_a_damaged_file_is_refused(example: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(b"SR_RESEARCH_1000FILE" + bytes(100))
    with pytest.raises(ReadError):
        finish(read_edf(path))


@needs_library
def test_a_real_file(example: Path) -> None:
    reading: Reading = counted(finish(read_edf(example)))
    counts = reading.counts
    assert [counts[f"{kind} in the file"] for kind in ("samples", "fixations", "messages")] == [
        14353,
        45,
        214,
    ]
    assert sum(map(len, reading.recordings)) == 14353
    assert sum(map(len, reading.scanpaths)) == 45
    assert sum(len(events) for events in reading.events) == 37 + 7
    first, path = reading.recordings[0], reading.scanpaths[0]
    assert first.key == path.key == ("example", "trial 1", "1")
    assert (first.rate_hz, first.eye, first.accuracy_deg) == (500, "right", 0.31)
    assert first.clock_ms == 9204573
    assert first.t_ms[:3].tolist() == [4, 6, 8]
    assert first.x_px[:3].tolist() == [952.8, 952.6, 952.5]
    assert first.pupil is not None
    assert first.pupil[:3].tolist() == [1068, 1068, 1067]
    assert path.onset_ms.tolist() == [8, 976, 1152]
    assert path.duration_ms.tolist() == [926, 168, 828]
    assert path.y_px.tolist() == [596.6, 490.7, 490.1]
    saccades = reading.events[0]
    assert saccades.amplitude_deg is not None
    np.testing.assert_allclose(saccades.amplitude_deg, [4.63, 0.3, 5.88])
    assert reading.contract.positions == "screen px"
    assert reading.contract.screen.width_px == 1920


@needs_library
def test_samples_can_be_left_out(example: Path) -> None:
    reading = finish(read_edf(example, ReadSettings(samples=False)))
    assert not reading.recordings
    assert len(reading.scanpaths) == 10


@needs_library
def test_a_fixation_is_the_mean_of_its_samples(example: Path) -> None:
    """Events and samples come in different ways; they must be on one clock and in one place."""
    reading = finish(read_edf(example))
    for recording, path in zip(reading.recordings, reading.scanpaths, strict=True):
        for onset_ms, duration_ms, x_px in zip(
            path.onset_ms, path.duration_ms, path.x_px, strict=True
        ):
            t_ms = recording.t_ms
            during = (t_ms >= onset_ms) & (t_ms < onset_ms + duration_ms)
            assert abs(np.nanmean(recording.x_px[during]) - x_px) < 1.0
