"""Damaged exports: a sentence with the place, or what is still right; never anything else."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from mutations import mutants
from vendor_files import CASES
from vendor_samples import ALL_GAZE

from gazelab.errors import ReadError
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.vendors import VENDORS
from gazelab.task import finish

_READ = {vendor[0]: vendor[3] for vendor in VENDORS}
_FILES = {
    **{f"{name}, samples": case for name, case in ALL_GAZE.items()},
    **{name: case for name, case in CASES.items() if case.reader in _READ},
}
_FEW, _MANY = 60, 2000


def damaged(name: str, folder: Path, seed: int, count: int) -> list[str]:
    """Read damaged copies of a file and return what went wrong, one line each."""
    case = _FILES[name]
    path = case.path(folder) if name.endswith("samples") else case.file(folder)
    file = max(path.rglob("*.csv"), key=lambda k: k.stat().st_size) if path.is_dir() else path
    content, wrong = file.read_bytes(), []
    for what, data in mutants(content, seed, count):
        file.write_bytes(data)
        try:
            problem = impossible(finish(_READ[case.reader](path, ReadSettings())))
        except ReadError:
            continue
        except Exception as error:
            problem = repr(error)
        if problem:
            wrong.append(f"{what}: {problem}")
    return wrong


def impossible(reading: Reading) -> str:
    """Return why a reading cannot be right, "" when it can."""
    for recording in reading.recordings:
        if not (np.diff(recording.t_ms) >= 0).all() or not np.isfinite(recording.t_ms).all():
            return "times of samples do not ascend"
    for path in reading.scanpaths:
        if not (np.diff(path.onset_ms) >= 0).all() or not np.isfinite(path.onset_ms).all():
            return "onsets do not ascend"
    if any(not (item.participant and item.stimulus) for item in reading.scanpaths):
        return "a scanpath of nobody, or on nothing"
    counts = reading.counts
    rejected = sum(n for name, n in counts.items() if name.startswith("rows rejected"))
    if rejected > counts.get("rows read", 0):
        return "more rows rejected than read"
    if sum(map(len, reading.recordings)) > counts.get("samples in the file", 0):
        return "more samples than there are"
    return ""


def seed_of(name: str) -> int:
    return zlib.crc32(name.encode())


@pytest.mark.parametrize("name", _FILES)
def test_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    assert damaged(name, tmp_path, seed_of(name), _FEW) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", _FILES)
def test_many_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    assert damaged(name, tmp_path, seed_of(name) + 1, _MANY) == []
