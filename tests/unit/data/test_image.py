import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazelab.data.image import MAX_PIXELS, image_size, opencv, read_rgb, resized
from gazelab.errors import ReadError

SUFFIXES = (".png", ".jpg", ".bmp", ".tif", ".webp")


def _picture(path: Path, rows: int = 12, columns: int = 20) -> np.ndarray:
    pixels = np.random.default_rng(0).integers(0, 256, (rows, columns, 3), np.uint8)
    assert opencv().imwrite(str(path), pixels[..., ::-1])
    return pixels


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_size_and_pixels_agree(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"ü 日本{suffix}"
    _picture(tmp_path / f"plain{suffix}")
    (tmp_path / f"plain{suffix}").rename(path)
    assert image_size(path) == (12, 20)
    assert read_rgb(path).shape == (12, 20, 3)


def test_colours_come_as_red_green_blue(tmp_path: Path) -> None:
    pixels = _picture(tmp_path / "a.png")
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.png"), pixels)


def test_grey_deep_and_transparent_pictures_become_three_channels(tmp_path: Path) -> None:
    grey = np.full((4, 5), 40_000, np.uint16)
    assert opencv().imwrite(str(tmp_path / "grey.png"), grey)
    assert (read_rgb(tmp_path / "grey.png") == 156).all()
    clear = np.zeros((4, 5, 4), np.uint8)
    clear[..., 2] = 9
    assert opencv().imwrite(str(tmp_path / "clear.png"), clear)
    assert (read_rgb(tmp_path / "clear.png") == (9, 0, 0)).all()


def test_the_exif_orientation_is_ignored(tmp_path: Path) -> None:
    _picture(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    turned = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + struct.pack(">H", len(turned) + 2) + turned
    (tmp_path / "turned.jpg").write_bytes(data[:2] + segment + data[2:])
    assert read_rgb(tmp_path / "turned.jpg").shape == (12, 20, 3)
    assert image_size(tmp_path / "turned.jpg") == (12, 20)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_cut_short_is_refused(tmp_path: Path, suffix: str, part: float) -> None:
    path = tmp_path / f"a{suffix}"
    _picture(path, 60, 80)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    with pytest.raises(ReadError, match="cut short") as caught:
        read_rgb(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "empty"), (b"hello, I am text", "not a picture")]
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    for read in (read_rgb, image_size):
        with pytest.raises(ReadError, match=sentence):
            read(path)


def test_a_missing_picture_is_refused(tmp_path: Path) -> None:
    for read in (read_rgb, image_size):
        with pytest.raises(ReadError, match="no such picture"):
            read(tmp_path / "nothing.png")


def test_a_claim_of_too_many_pixels_is_refused_before_decoding(tmp_path: Path) -> None:
    _picture(tmp_path / "a.png")
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[16:24] = struct.pack(">II", MAX_PIXELS, 2)
    (tmp_path / "a.png").write_bytes(data)
    for read in (read_rgb, image_size):
        with pytest.raises(ReadError, match="more than the 100 million"):
            read(tmp_path / "a.png")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SUFFIXES), st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_damage_gives_pixels_or_a_sentence(
    tmp_path: Path, suffix: str, place: int, change: bytes
) -> None:
    path = tmp_path / f"a{suffix}"
    _picture(path)
    data = bytearray(path.read_bytes())
    place %= len(data)
    data[place : place + len(change)] = change
    path.write_bytes(data)
    try:
        assert read_rgb(path).shape[2] == 3
    except ReadError as error:
        assert str(path) in str(error)


def test_resizing_keeps_the_mean() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    smaller = resized(pixels, 20, 30)
    assert smaller.shape == (20, 30, 3)
    assert abs(float(smaller.mean()) - float(pixels.mean())) < 1
    assert resized(pixels, 40, 60) is pixels


def test_decoding_leaves_qt_alone(tmp_path: Path) -> None:
    _picture(tmp_path / "a.png")
    code = (
        "import os, sys, pathlib; from gazelab.data.image import read_rgb;"
        "read_rgb(pathlib.Path(sys.argv[1]));"
        "print(os.environ.get('QT_QPA_FONTDIR'), 'QT_QPA_PLATFORM_PLUGIN_PATH' in os.environ)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.png")],
        env=os.environ | {"QT_QPA_FONTDIR": "mine"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["mine", "False"]
