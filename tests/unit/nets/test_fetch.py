"""Downloads from a server on this machine: whole, stopped, resumed, refused."""

import os
import threading
from pathlib import Path

import pytest
from servers import Files, serving

from gazelab.errors import ModelError
from gazelab.nets.fetch import fetch
from gazelab.task import Step, finish

CONTENT = os.urandom(3_000_000)
MOST = 4_000_000


@pytest.fixture
def files():
    with serving(Files({"/w.pth": CONTENT})) as files:
        yield files


def get(files: Files, path: Path, name: str = "w.pth", most: int = MOST) -> list[Step]:
    steps: list[Step] = []
    finish(fetch(f"{files.address}/{name}", path, most, "weights"), steps.append)
    return steps


@pytest.mark.parametrize("silent", [False, True])
def test_a_file_arrives_whole_and_tells_its_progress(
    files: Files, tmp_path: Path, silent: bool
) -> None:
    files.silent = silent
    steps = get(files, tmp_path / "new" / "w.part")
    assert (tmp_path / "new" / "w.part").read_bytes() == CONTENT
    last = Step(3, None if silent else 3, "MB of weights")
    assert steps[-1] == last
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_download_that_broke_off_goes_on_from_there(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "w.part"
    files.cut_at = 1_000_000
    with pytest.raises(ModelError, match=r"ended after 1\.0 of 3\.0 MB.*start again"):
        get(files, path)
    assert path.read_bytes() == CONTENT[:1_000_000]
    get(files, path)
    assert path.read_bytes() == CONTENT
    assert files.asked == ["", "bytes=1000000-"]


def test_a_server_that_cannot_go_on_starts_anew(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "w.part"
    path.write_bytes(b"x" * 1000)
    files.ranges = False
    get(files, path)
    assert path.read_bytes() == CONTENT


def test_what_is_all_there_is_not_sent_again(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "w.part"
    path.write_bytes(CONTENT)
    get(files, path)
    assert path.read_bytes() == CONTENT


def test_a_cancelled_download_keeps_what_has_arrived(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "w.part"
    task = fetch(f"{files.address}/w.pth", path, MOST, "weights")
    while next(task).done < 1:
        pass
    task.close()
    kept = path.stat().st_size
    assert 1_000_000 <= kept < len(CONTENT)
    get(files, path)
    assert path.read_bytes() == CONTENT
    assert files.asked[-1] == f"bytes={kept}-"


def test_a_file_that_is_too_large_is_not_downloaded(files: Files, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="larger than 1 MB"):
        get(files, tmp_path / "w.part", most=1_000_000)
    files.silent = True  # it does not say how large it is
    with pytest.raises(ModelError, match="larger than 1 MB"):
        get(files, tmp_path / "w.part", most=1_000_000)
    assert (tmp_path / "w.part").stat().st_size < 1_600_000


def test_a_file_that_is_not_there_is_said(files: Files, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"other\.pth: the server refused \(404"):
        get(files, tmp_path / "w.part", "other.pth")
    assert not (tmp_path / "w.part").exists()


def test_no_server_is_said(tmp_path: Path) -> None:
    with serving(Files()) as files:
        pass
    with pytest.raises(ModelError, match=r"could not be reached.*Connection refused"):
        get(files, tmp_path / "w.part")


@pytest.mark.parametrize("url", ["http://example.org/w", "file:///etc/passwd", "ftp://x/y"])
def test_addresses_that_are_not_secure_are_refused(files: Files, tmp_path: Path, url: str) -> None:
    with pytest.raises(ModelError, match="not secure"):
        finish(fetch(url, tmp_path / "w", MOST, "weights"))
    files.redirect = url
    with pytest.raises(ModelError, match=r"not secure|refused"):
        get(files, tmp_path / "w")


def test_a_silent_server_does_not_hold_a_download_for_ever(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.stall = threading.Event()
    files.cut_at = 1000
    monkeypatch.setattr("gazelab.nets.fetch._SILENCE_S", 0.05)
    with pytest.raises(ModelError, match=r"broke off.*timed out"):
        get(files, tmp_path / "w.part")
