import contextlib

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gazelab.data.aoi import Aoi
from gazelab.errors import ReadError, SettingsError
from gazelab.io.aois import read_aois
from gazelab.report.areas import aoi_table
from gazelab.report.tables import csv_of


def read(tmp_path, text):
    path = tmp_path / "areas.csv"
    path.write_text(text, encoding="utf-8")
    return read_aois(path)


def test_rectangles(tmp_path):
    text = "aoi,stimulus,x,y,width,height\nface,a.jpg,10,20,30,40.5\nhand,a.jpg,0,0,5,5\n"
    face, hand = read(tmp_path, text)
    assert (face.stimulus, face.name, hand.name) == ("a.jpg", "face", "hand")
    assert face.corners_px.tolist() == [[10, 20], [40, 20], [40, 60.5], [10, 60.5]]


def test_polygons_corner_by_corner(tmp_path):
    rows = ["a;nose;1;2", "a;nose;9;2", "b;nose;0;0", "a;nose;5;8", "b;nose;4;0", "b;nose;0;4"]
    one, two = read(tmp_path, "\n".join(["Stimulus;AOI;X;Y", *rows]) + "\n")
    assert one.corners_px.tolist() == [[1, 2], [9, 2], [5, 8]]
    assert (two.stimulus, len(two.corners_px)) == ("b", 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stimulus,aoi,x\na,b,1\nc,d,2\n", "There is no column y"),
        ("stimulus,aoi,x,y,width\na,b,1,1,1\na,c,1,1,1\n", "There is no column height"),
        ("stimulus,aoi,x,y\na,b,1,1\na,b,2,2\n", "line 2: The area 'b' has fewer than three"),
        ("stimulus,aoi,x,y\na,b,1,1\na,b,one,2\n", "line 3: 'one' is no number"),
        ("stimulus,aoi,x,y\na,b,1,1\na,b,nan,2\n", "line 3: 'nan' is no number"),
        ("stimulus,aoi,x,y,width,height\na,b,1,1,2,2\na,b,1,1,2,2\n", "line 3: .* there twice"),
        ("stimulus,aoi,x,y,width,height\na,b,1,1,0,2\na,c,1,1,2,2\n", "line 2: The width"),
        ("stimulus,aoi,x,y,width,height\na,,1,1,2,2\na,c,1,1,2,2\n", "line 2: An area needs"),
        ("nothing", "no table with names of columns"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(tmp_path, text, sentence):
    with pytest.raises(ReadError, match=sentence):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ReadError, match="There is no such file of areas"):
        read_aois(tmp_path / "nix.csv")


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1).filter(
    lambda name: name[0] not in "'#" and name.strip('"') == name
)
CORNERS = st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=3, max_size=5, unique=True)


@given(st.dictionaries(NAMES, CORNERS, min_size=1, max_size=3))
def test_the_table_that_we_write_is_read_as_it_was(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("areas") / "aois.csv"
    aois = []
    for name, corners in drawn.items():
        with contextlib.suppress(SettingsError):
            aois.append(Aoi("a.jpg", name, np.array(corners)))
    assume(aois)
    path.write_text(csv_of(aoi_table(aois)), encoding="utf-8")
    again = read_aois(path)
    assert [aoi.key for aoi in again] == [aoi.key for aoi in aois]
    for one, other in zip(aois, again, strict=True):
        assert np.array_equal(one.corners_px, other.corners_px)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("areas") / "areas.csv"
    path.write_text("stimulus,aoi,x,y\na,b,1,2\n" + text, encoding="utf-8")
    try:
        assert all(len(aoi.corners_px) >= 3 for aoi in read_aois(path))
    except ReadError as error:
        assert str(error)
