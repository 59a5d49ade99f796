import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.aoi import Aoi
from gazelab.data.gaze import Scanpath
from gazelab.metrics.areas import (
    ELSEWHERE,
    attention_in,
    attention_in_pixels,
    gaze_in,
    transitions,
)


def rectangle(x, y, width, height, name="box"):
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return Aoi("s", name, np.array(corners, float))


def scanpath(*places):
    x, y = np.array(places, float).reshape(-1, 2).T
    n = len(x)
    durations = np.arange(1, n + 1) * 100.0
    return Scanpath("p", "s", x, y, np.arange(n) * 500.0, durations, np.zeros(n, np.int8))


SIDE = st.integers(1, 9)


@given(SIDE, SIDE, SIDE, SIDE, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_a_rectangle_holds_its_upper_left_edges_and_not_the_others(x, y, width, height, points):
    px, py = np.array(points, float).reshape(-1, 2).T / 2
    expected = (px >= x) & (px < x + width) & (py >= y) & (py < y + height)
    box = rectangle(x, y, width, height)
    assert (box.holds(px, py) == expected).all()
    backwards = Aoi("s", "box", box.corners_px[::-1])
    assert (backwards.holds(px, py) == expected).all()


@given(st.integers(0, 1000), st.integers(3, 8))
def test_a_star_shaped_polygon_holds_what_lies_nearer_than_its_edge(seed, n):
    rng = np.random.default_rng(seed)
    angles = (np.arange(n) + rng.uniform(0, 0.8, n)) * 2 * np.pi / n
    radii = rng.uniform(2, 10, n)
    corners = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    aoi = Aoi("s", "star", corners)
    k = int(rng.integers(n))
    # a point on the ray through the middle of an edge, nearer or farther than the edge
    middle = (corners[k] + corners[(k + 1) % n]) / 2
    gap = np.diff(np.append(angles, angles[0] + 2 * np.pi))[k]
    if gap < np.pi * 0.95:
        nearer, farther = middle * 0.99, middle * 1.01
        assert aoi.holds(*np.array([nearer, farther]).T).tolist() == [True, False]


def test_a_point_that_is_nowhere_is_in_no_area():
    assert not rectangle(0, 0, 9, 9).holds(np.array([np.nan, 1]), np.array([1, np.nan])).any()


def test_visits_are_runs_of_fixations_inside():
    found = gaze_in(rectangle(0, 0, 10, 10), scanpath((50, 50), (1, 1), (2, 2), (50, 50), (3, 3)))
    assert (found.n_fixations, found.n_visits) == (3, 2)
    assert (found.dwell_ms, found.dwell_share) == (200 + 300 + 500, pytest.approx(1000 / 1500))
    assert (found.first_ms, found.first_fixation) == (500, 2)


def test_an_area_that_nobody_looked_at_has_no_first_fixation():
    found = gaze_in(rectangle(0, 0, 10, 10), scanpath((50, 50), (60, 60)))
    assert (found.n_fixations, found.n_visits, found.dwell_ms, found.dwell_share) == (0, 0, 0, 0)
    assert np.isnan([found.first_ms, found.first_fixation]).all()
    assert np.isnan(gaze_in(rectangle(0, 0, 10, 10), scanpath()).dwell_share)


def test_transitions_lead_from_area_to_area():
    left, right = rectangle(0, 0, 10, 10, "left"), rectangle(5, 0, 10, 10, "right")
    path = scanpath((1, 1), (12, 1), (7, 1), (50, 50), (12, 1))
    # where both are, the first of them holds the fixation
    assert transitions([left, right], path) == {
        ("left", "right"): 1,
        ("right", "left"): 1,
        ("left", ELSEWHERE): 1,
        (ELSEWHERE, "right"): 1,
    }
    assert not transitions([left], scanpath((1, 1)))


def test_an_even_map_gains_nothing_anywhere():
    found = attention_in(rectangle(0, 0, 20, 10), np.ones((3, 4)), (30, 40))
    assert found.area == pytest.approx(200 / 1200)
    assert found.mass == pytest.approx(found.area)
    assert found.gain == pytest.approx(1)
    assert found.hit == 1


def test_the_pointing_game_asks_for_the_peak():
    map_ = np.zeros((30, 40))
    map_[5, 30], map_[20, 3] = 2, 1
    peak, other = rectangle(20, 0, 20, 15), rectangle(0, 15, 20, 15)
    assert attention_in(peak, map_, (30, 40)).hit == 1
    found = attention_in(other, map_, (30, 40))
    assert (found.hit, found.mass) == (0, pytest.approx(1 / 3))


def test_a_map_that_is_0_everywhere_is_undefined():
    found = attention_in(rectangle(0, 0, 20, 10), np.zeros((3, 4)), (30, 40))
    assert np.isnan([found.mass, found.gain, found.hit]).all()
    off = attention_in(rectangle(90, 90, 5, 5), np.ones((3, 4)), (30, 40))
    assert (off.mass, off.area, off.hit) == (0, 0, 0)
    assert np.isnan(off.gain)


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_several_areas_at_once_are_as_each_pixel_by_pixel(seed, n):
    rng = np.random.default_rng(seed)
    map_ = rng.integers(0, 4, (9, 12)).astype(float)
    aois = [Aoi("s", "any", rng.uniform(-2, 14, (4, 2))) for _ in range(n)]
    found = attention_in_pixels([aoi.pixels(map_.shape) for aoi in aois], map_)
    for aoi, one in zip(aois, found, strict=True):
        cells = [(r, c) for r in range(9) for c in range(12)]
        inside = [(r, c) for r, c in cells if aoi.holds(np.array([c + 0.5]), np.array([r + 0.5]))]
        assert one.area == pytest.approx(len(inside) / 108, abs=1e-12)
        assert one.mass == pytest.approx(sum(map_[cell] for cell in inside) / map_.sum(), abs=1e-12)
        assert one.hit == any(map_[cell] == map_.max() for cell in inside)
