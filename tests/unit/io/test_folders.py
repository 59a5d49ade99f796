"""Folders of pictures and of maps, and which reader a file gets."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matfiles import EXAMPLE, write_osie

from gazelab.data.image import opencv, read_grey
from gazelab.errors import ReadError, SettingsError
from gazelab.io.images import read_images
from gazelab.io.maps import read_map, read_maps
from gazelab.io.readers import READERS, reader_named, sniff
from gazelab.storage import sha256_of
from gazelab.task import finish

RNG = np.random.default_rng(7)


def write_picture(path: Path, rows: int = 6, columns: int = 8) -> Path:
    """Write a coloured picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _encode(path, RNG.integers(0, 255, (rows, columns, 3), np.uint8))
    return path


def _encode(path: Path, pixels: np.ndarray) -> Path:
    """Write a picture whatever its name; OpenCV judges by the ending."""
    path.write_bytes(opencv().imencode(".png", pixels)[1].tobytes())
    return path


def test_pictures_become_stimuli(tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "b.dat")  # the name says nothing
    write_picture(tmp_path / "set" / "a.png", 30, 40)
    (tmp_path / "notes.png").write_text("no picture")
    write_picture(tmp_path / ".hidden.png")
    write_picture(tmp_path / "old.gazelab" / "c.png")
    reading = finish(read_images(tmp_path))
    assert [stimulus.id for stimulus in reading.stimuli] == ["b.dat", "set/a.png"]
    first, second = reading.stimuli
    assert first.path == picture.as_posix()
    assert first.sha256 == sha256_of(picture)
    assert first.shape == (6, 8)
    assert second.shape == (30, 40)


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system composes names")
def test_ids_are_composed_so_that_they_are_the_same_on_every_system(tmp_path: Path) -> None:
    write_picture(tmp_path / "a\u0308.png")
    (stimulus,) = finish(read_images(tmp_path)).stimuli
    assert stimulus.id == "ä.png"


def test_one_damaged_picture_does_not_hide_the_rest(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    reading = finish(read_images(tmp_path))
    assert len(reading.stimuli) == 1
    assert reading.counts == {"pictures that cannot be read": 1}
    assert "b.png" in reading.notes[0]


def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    data = bytearray(write_picture(tmp_path / "bomb.png").read_bytes())
    data[16:24] = (40_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(bytes(data))
    with pytest.raises(ReadError, match=r"No picture.*40000 x 40000"):
        finish(read_images(tmp_path))


def test_a_folder_without_pictures_is_one_sentence(tmp_path: Path) -> None:
    for read in (read_images, read_maps):
        with pytest.raises(ReadError, match="in this folder can be read"):
            finish(read(tmp_path))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_pictures_keep_their_depth(tmp_path: Path, dtype: type) -> None:
    values = RNG.integers(0, np.iinfo(dtype).max, (5, 7)).astype(dtype)
    one = read_map(_encode(tmp_path / "one", values))
    three = read_map(_encode(tmp_path / "three", np.dstack([values] * 3)))
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, values)
    np.testing.assert_array_equal(three, values)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.uint8, bool])
def test_arrays_are_maps(tmp_path: Path, dtype: type) -> None:
    values = RNG.random((5, 7)).astype(dtype)
    np.save(tmp_path / "a.npy", values)
    np.testing.assert_array_equal(read_map(tmp_path / "a.npy"), values.astype(np.float32))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((2, 3, 4)), r"\(2, 3, 4\)"),
        (np.ones((0, 4)), r"\(0, 4\)"),
        (np.array([["a"]]), "<U1"),
        (-np.ones((2, 3)), "nowhere negative"),
        (np.full((2, 3), np.nan), "finite"),
    ],
)
def test_arrays_that_are_no_maps_are_refused(
    tmp_path: Path, values: np.ndarray, message: str
) -> None:
    np.save(tmp_path / "a.npy", values)
    with pytest.raises(ReadError, match=message):
        read_map(tmp_path / "a.npy")


def test_pickled_arrays_are_not_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[print]], dtype=object), allow_pickle=True)
    with pytest.raises(ReadError, match="holds no numbers"):
        read_map(tmp_path / "a.npy")


def test_a_coloured_heat_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="has colours"):
        read_grey(write_picture(tmp_path / "a.png"))


def test_a_folder_of_maps_is_one_source(tmp_path: Path) -> None:
    folder = tmp_path / "deepgaze"
    folder.mkdir()
    np.save(folder / "1.npy", np.ones((3, 4)))
    np.save(folder / "2.npy", -np.ones((3, 4)))
    reading = finish(read_maps(folder))
    (item,) = reading.attention
    assert item.key == ("1.npy", "deepgaze", "saliency")
    assert item.maps.shape == (1, 3, 4)
    assert reading.counts == {"maps that cannot be read": 1}
    assert "2.npy" in reading.notes[0]


def _pictures(folder: Path) -> Path:
    write_picture(folder / "a.png")
    return folder


def _grey(folder: Path) -> Path:
    _encode(folder / "a.png", np.ones((3, 4), np.uint8))
    return folder


def _table(folder: Path) -> Path:
    path = folder / "fixations.mat"
    path.write_text("participant;stimulus;x;y;duration\nP;a;1;2;300\n")
    return path


@pytest.mark.parametrize(
    ("make", "reader"),
    [
        (lambda folder: write_osie(folder / "table.csv", EXAMPLE), "osie"),
        (_pictures, "images"),
        (_grey, "maps"),
        (_table, "table"),
    ],
)
def test_the_content_decides(tmp_path: Path, make: Callable[[Path], Path], reader: str) -> None:
    assert sniff(make(tmp_path)).id == reader


def test_nothing_is_called_empty_and_not_unknown(tmp_path: Path) -> None:
    (tmp_path / "none.asc").touch()
    (tmp_path / "folder").mkdir()
    for name in ("none.asc", "folder"):
        with pytest.raises(ReadError, match="is empty"):
            sniff(tmp_path / name)


def test_an_unknown_format_says_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"SRR_RESEARCH\0\1\2")
    with pytest.raises(ReadError, match=r"not known.*OSIE.*CSV"):
        sniff(tmp_path / "data.csv")
    with pytest.raises(ReadError, match="no such file"):
        sniff(tmp_path / "none")


def test_readers_are_found_by_name() -> None:
    assert [reader_named(reader.id) for reader in READERS] == list(READERS)
    assert {reader.id for reader in READERS} >= {"osie", "table", "maps", "images"}
    assert READERS[-1].id == "table"  # it takes whatever has columns
    with pytest.raises(SettingsError, match=r"osie, .*maps, images, .*table"):
        reader_named("excel")
