"""Files are written whole or not at all."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazelab import storage
from gazelab.errors import WriteError


def test_a_write_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    storage.write_text(target, "old")
    storage.write_text(target, "new\r\nü日本")
    assert target.read_bytes() == "new\r\nü日本".encode()
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_inside_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    storage.write_text(target, "old")
    with pytest.raises(ZeroDivisionError), storage.replacing(target) as file:
        file.write(b"half of the new")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file sizes on Windows")
@pytest.mark.parametrize("limit", [0, 1, 100, 4096, 70_000, 199_999])
def test_a_full_disk_is_reported_and_costs_nothing(tmp_path: Path, limit: int) -> None:
    import resource

    target = tmp_path / "a.bin"
    storage.write_bytes(target, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(WriteError, match=r"a\.bin") as caught:
            storage.write_bytes(target, bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "free space" in str(caught.value)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"could not be written \(No such file"):
        storage.write_text(tmp_path / "none" / "a.txt", "x")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    link = tmp_path / "export.csv"
    link.symlink_to(precious)
    storage.write_text(link, "table")
    assert precious.read_text() == "keep"
    assert link.read_text() == "table"


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    storage.write_text(target, "y")
    assert target.read_text() == "y"


def test_content_named_files_are_written_once(tmp_path: Path) -> None:
    name = storage.write_named_by_content(tmp_path / "new", "maps", ".npy", b"ab", b"c")
    written = (tmp_path / "new" / name).stat()
    assert storage.write_named_by_content(tmp_path / "new", "maps", ".npy", b"a", b"bc") == name
    assert (tmp_path / "new" / name).stat().st_ino == written.st_ino
    assert storage.write_named_by_content(tmp_path / "new", "maps", ".npy", b"abd") != name
    assert storage.is_named_by_content(tmp_path / "new" / name)


def test_a_cut_content_named_file_is_written_again(tmp_path: Path) -> None:
    name = storage.write_named_by_content(tmp_path, "maps", ".npy", b"abc")
    (tmp_path / name).write_bytes(b"ab")
    assert storage.write_named_by_content(tmp_path, "maps", ".npy", b"abc") == name
    assert (tmp_path / name).read_bytes() == b"abc"


def test_a_changed_bit_shows_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / storage.write_named_by_content(tmp_path, "maps", ".npy", b"abc")
    path.write_bytes(b"abb")
    assert not storage.is_named_by_content(path)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int64, np.int8]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0),
    )
)
def test_arrays_are_npy_files(array: np.ndarray) -> None:
    content = storage.array_bytes(np.asfortranarray(array))
    again = np.load(io.BytesIO(content), allow_pickle=False)
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)
    pieces = storage.array_header(array.shape, array.dtype) + array.tobytes()
    assert pieces == content


def test_fresh_folders_get_numbers(tmp_path: Path) -> None:
    names = [storage.fresh_folder(tmp_path / "sub" / "export").name for _ in range(3)]
    assert names == ["export", "export-2", "export-3"]


def test_a_folder_below_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for make in (storage.make_folder, storage.fresh_folder):
        with pytest.raises(WriteError, match="could not be made"):
            make(tmp_path / "file" / "folder")


def test_what_is_removed_may_be_gone_already(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    storage.remove(tmp_path / "a")
    storage.remove(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_folder_stays_only_if_its_block_ends_well(tmp_path: Path) -> None:
    for error in (OSError, KeyboardInterrupt, GeneratorExit):
        folder = storage.fresh_folder(tmp_path / "export")
        with pytest.raises(error), storage.removed_on_failure(folder):
            storage.write_text(folder / "half.csv", "x")
            raise error
    assert not list(tmp_path.iterdir())
    with storage.removed_on_failure(storage.fresh_folder(tmp_path / "export")) as folder:
        storage.write_text(folder / "whole.csv", "x")
    assert [path.name for path in folder.iterdir()] == ["whole.csv"]
