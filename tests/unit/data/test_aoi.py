"""Areas of interest keep what was drawn, and refuse what is no area."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.aoi import Aoi, merged, rectangle
from gazelab.errors import SettingsError

BOX = rectangle(10, 20, 30, 40)


def test_corners_are_a_copy_that_cannot_be_changed() -> None:
    corners = BOX.copy()
    aoi = Aoi("a.png", "box", corners)
    corners[0] = 0
    assert aoi.corners_px[0].tolist() == [10, 20]
    with pytest.raises(ValueError, match="read-only"):
        aoi.corners_px[0] = 0


@pytest.mark.parametrize(
    ("name", "corners", "sentence"),
    [
        (" ", BOX, "needs a name"),
        ("box", BOX[:2], "fewer than three corners"),
        ("box", [(0, 0), (1, np.nan), (2, 2)], "is no number"),
        ("box", [(0, 0), (0, 5), (0, 9)], "no width or no height"),
        ("box", [(0, 3), (5, 3), (9, 3)], "no width or no height"),
    ],
)
def test_what_is_no_area_is_refused(name: str, corners: object, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Aoi("a.png", name, np.array(corners))


PLACES = st.tuples(st.integers(-10, 30), st.integers(-10, 30))


@given(st.lists(PLACES, min_size=3, max_size=6))
def test_pixels_are_those_whose_middle_is_held(corners: list[tuple[int, int]]) -> None:
    if not np.ptp(np.array(corners), axis=0).all():
        return
    aoi, (rows, columns) = Aoi("s", "any", np.array(corners)), (17, 23)
    y, x = np.indices((rows, columns)) + 0.5
    expected = aoi.holds(x.ravel(), y.ravel()).reshape(rows, columns)
    assert np.array_equal(aoi.pixels((rows, columns)), expected)


def test_a_new_area_takes_the_place_of_one_of_its_name_on_its_stimulus() -> None:
    one, two, other = Aoi("a", "x", BOX), Aoi("a", "y", BOX), Aoi("b", "x", BOX)
    new = Aoi("a", "x", BOX + 1)
    assert merged((one, two, other), [new]) == (new, two, other)
