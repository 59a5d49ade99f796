"""From what a source says to pixels of the stimulus: by hand, and for any numbers."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gazelab.data.contract import CLOCKS, ORIGINS, PLACED, POSITIONS, Contract
from gazelab.data.geometry import Placement, Screen
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

SCREEN = Screen(1000, 800, 500, 400, 600)  # 2 px are 1 mm
PICTURE = Stimulus("a.png", "a.png", 400, 200, "")
NAN = math.nan


def on_stimulus(contract: Contract, x: float, y: float, **more: Any) -> tuple[float, float]:
    x_px, y_px = contract.on_stimulus(np.array([x]), np.array([y]), PICTURE, **more)
    return float(x_px[0]), float(y_px[0])


DEG_5_MM = 600 * math.tan(math.radians(5))

BY_HAND = [
    # what is told on the picture needs no screen
    (Contract("stimulus px"), (12.5, 30), (12.5, 30)),
    (Contract("stimulus px", base=1), (1, 200), (0, 199)),
    (Contract("stimulus px", "bottom-left"), (12, 30), (12, 170)),
    (Contract("stimulus px", "centre"), (-200, 100), (0, 200)),
    (Contract("stimulus px", "centre, y up"), (-200, 100), (0, 0)),
    (Contract("stimulus fraction"), (0.5, 0.25), (200, 50)),
    (Contract("stimulus fraction", "bottom-left"), (0.5, 0.25), (200, 150)),
    (Contract("stimulus fraction", "centre"), (0.5, -0.5), (400, 0)),
    # 1000 x 800 with a picture of 400 x 200 in the middle: its corner is at (300, 300)
    (Contract("screen px", screen=SCREEN), (300, 300), (0, 0)),
    (Contract("screen px", screen=SCREEN, placed="centred"), (500, 400), (200, 100)),
    (Contract("screen px", base=1, screen=SCREEN), (301, 301), (0, 0)),
    (Contract("screen px", "bottom-left", screen=SCREEN), (300, 500), (0, 0)),
    (Contract("screen px", "centre", screen=SCREEN), (0, 0), (200, 100)),
    (Contract("screen px", screen=SCREEN, placed="top-left"), (30, 40), (30, 40)),
    # stretched: 1000 / 400 and 800 / 200
    (Contract("screen px", screen=SCREEN, placed="filled"), (500, 400), (200, 100)),
    (Contract("screen px", screen=SCREEN, placed="filled"), (250, 80), (100, 20)),
    # as large as it goes: 1000 x 500, with bars of 150 above and below
    (Contract("screen px", screen=SCREEN, placed="fitted"), (0, 150), (0, 0)),
    (Contract("screen px", screen=SCREEN, placed="fitted"), (1000, 650), (400, 200)),
    (Contract("screen fraction", screen=SCREEN), (0.3, 0.375), (0, 0)),
    (Contract("screen fraction", "bottom-left", screen=SCREEN), (0.3, 0.625), (0, 0)),
    (Contract("screen fraction", "centre", screen=SCREEN), (0, 0), (200, 100)),
    (Contract("screen mm", screen=SCREEN), (150, 150), (0, 0)),
    (Contract("screen mm", "bottom-left", screen=SCREEN), (150, 250), (0, 0)),
    (Contract("screen mm", "centre", screen=SCREEN), (-100, -50), (0, 0)),
    (Contract("screen deg", "centre", screen=SCREEN), (0, 0), (200, 100)),
    (Contract("screen deg", "centre", screen=SCREEN), (5, -5),
     (200 + 2 * DEG_5_MM, 100 - 2 * DEG_5_MM)),
    # lost samples and places off the picture stay what they are
    (Contract("screen px", screen=SCREEN), (NAN, 300), (NAN, 0)),
    (Contract("screen px", screen=SCREEN), (0, 0), (-300, -300)),
]  # fmt: skip


@pytest.mark.parametrize(("contract", "told", "expected"), BY_HAND)
def test_by_hand(
    contract: Contract, told: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert not contract.lacking
    assert on_stimulus(contract, *told) == pytest.approx(expected, nan_ok=True)


def test_every_unit_origin_and_placement_is_computed_by_hand() -> None:
    contracts = [contract for contract, _, _ in BY_HAND]
    assert {contract.positions for contract in contracts} == set(POSITIONS)
    assert {contract.origin for contract in contracts} == set(ORIGINS)
    assert {contract.placed for contract in contracts} == set(PLACED)


def test_what_the_source_tells_of_a_trial_wins_over_the_middle() -> None:
    contract = Contract("screen px", screen=SCREEN)
    assert on_stimulus(contract, 60, 70, told=Placement(10, 20)) == (50, 50)
    # centred on (500, 400) at twice its size: its corner is at (100, 200)
    told = Placement(500, 400, centred=True, size_px=(800, 400))
    assert on_stimulus(contract, 100, 200, told=told) == (0, 0)
    assert on_stimulus(contract, 300, 300, told=told) == (100, 50)
    # unless a person says otherwise
    assert on_stimulus(replace(contract, placed="top-left"), 60, 70, told=told) == (60, 70)


@pytest.mark.parametrize("placed", PLACED)
def test_an_empty_screen_is_the_whole_screen_wherever_a_picture_was(placed: str) -> None:
    empty = Stimulus("empty screen", "", int(SCREEN.width_px), int(SCREEN.height_px), "")
    contract = Contract("screen px", screen=SCREEN, placed=placed)
    told = Placement(500, 400, centred=True, size_px=(80, 40))
    x_px, y_px = contract.on_stimulus(np.array([60.0]), np.array([70.0]), empty, told)
    assert (x_px[0], y_px[0]) == (60, 70)


def test_places_on_the_picture_ignore_where_it_was() -> None:
    contract = Contract("stimulus px", screen=SCREEN, placed="centred")
    assert on_stimulus(contract, 7, 8, told=Placement(100, 100)) == (7, 8)


def test_without_a_screen_pixels_of_the_screen_stay_as_they_are() -> None:
    contract = Contract("screen px")
    assert not contract.lacking
    assert contract.placement(PICTURE) is None
    assert on_stimulus(contract, 7, 8) == (7, 8)


@pytest.mark.parametrize(
    ("contract", "lacking"),
    [
        (Contract("screen fraction"), ["pixels"]),
        (Contract("screen px", "centre"), ["pixels"]),
        (Contract("screen px", placed="fitted"), ["pixels"]),
        (Contract("screen mm", screen=Screen(1000, 800)), ["in mm"]),
        (Contract("screen deg", screen=Screen(1000, 800)), ["in mm", "distance"]),
        (Contract("screen deg", screen=Screen(1000, 800, 500)), ["distance"]),
        (Contract("screen deg", "centre"), ["pixels", "in mm", "distance"]),
    ],
)
def test_what_is_lacking_is_named_and_gives_no_positions(
    contract: Contract, lacking: list[str]
) -> None:
    assert len(contract.lacking) == len(lacking)
    assert all(word in name for word, name in zip(lacking, contract.lacking, strict=True))
    if contract.placed == "as told" and contract.positions != "screen px":
        assert all(map(math.isnan, on_stimulus(contract, 0.25, 0.5)))


def test_without_the_height_in_mm_pixels_are_square() -> None:
    contract = Contract("screen mm", screen=Screen(1000, 800, 500))
    assert on_stimulus(contract, 150, 150) == (0, 0)
    oblong = Contract("screen mm", screen=Screen(1000, 800, 500, 200))
    assert on_stimulus(oblong, 150, 75) == (0, 0)


def test_pixels_per_degree_by_hand() -> None:
    # 600 mm away one degree is 10.47 mm, that is 20.94 pixels
    px_per_deg = 600 * math.radians(1) * 2
    assert SCREEN.px_per_deg == pytest.approx(px_per_deg)
    assert Contract("screen px", screen=SCREEN).px_per_deg(PICTURE) == pytest.approx(px_per_deg)
    shrunk = Contract("screen px", screen=SCREEN, placed="fitted")  # 2.5 times as large
    assert shrunk.px_per_deg(PICTURE) == pytest.approx(px_per_deg / 2.5)
    told = Placement(0, 0, size_px=(200, 100))
    whole = Contract("screen px", screen=SCREEN)
    assert whole.px_per_deg(PICTURE, told) == pytest.approx(px_per_deg * 2)
    assert math.isnan(Contract("screen px").px_per_deg(PICTURE))
    assert math.isnan(Screen(1000, 800, 500, 400).px_per_deg)


coordinates = st.floats(-1e4, 1e4) | st.just(NAN)
lengths = st.floats(10, 5000)
screens = st.builds(Screen, lengths, lengths, lengths, lengths, lengths)
stimuli = st.builds(
    Stimulus, st.just("a"), st.just("a"), st.integers(1, 4000), st.integers(1, 4000), st.just("")
)
complete = st.builds(
    Contract,
    st.sampled_from(POSITIONS),
    st.sampled_from(ORIGINS),
    st.sampled_from((0, 1)),
    screens,
    st.sampled_from(PLACED),
)


@given(complete, stimuli, st.lists(st.tuples(coordinates, coordinates), max_size=5))
def test_only_what_was_lost_is_lost(
    contract: Contract, stimulus: Stimulus, told: list[tuple[float, float]]
) -> None:
    if contract.positions == "screen deg":  # at 90 degrees the screen is never met
        told = [(x, y) for x, y in told if not max(abs(x), abs(y)) >= 89]
    x, y = np.array(told, float).reshape(-1, 2).T
    x_px, y_px = contract.on_stimulus(x, y, stimulus)
    np.testing.assert_array_equal(np.isnan(x_px), np.isnan(x))
    np.testing.assert_array_equal(np.isnan(y_px), np.isnan(y))


@given(complete, stimuli, st.floats(-300, 300), st.floats(-300, 300))
def test_what_is_put_on_the_screen_is_found_again(
    contract: Contract, stimulus: Stimulus, x_px: float, y_px: float
) -> None:
    x, y = source_of(contract, stimulus, x_px, y_px)
    found = contract.on_stimulus(np.array([x]), np.array([y]), stimulus)
    assert float(found[0][0]) == pytest.approx(x_px, abs=1e-6, rel=1e-6)
    assert float(found[1][0]) == pytest.approx(y_px, abs=1e-6, rel=1e-6)


def source_of(
    contract: Contract, stimulus: Stimulus, x_px: float, y_px: float
) -> tuple[float, float]:
    """Return what a source that keeps to the contract writes for a place on the picture."""
    screen = contract.screen
    extent = (float(stimulus.width_px), float(stimulus.height_px))
    places = [x_px, y_px]
    if contract.on_screen:
        extent = (screen.width_px, screen.height_px)
        size = extent_on_screen(contract, stimulus)
        corner = (0.0, 0.0)
        if contract.placed not in ("top-left", "filled"):
            corner = ((extent[0] - size[0]) / 2, (extent[1] - size[1]) / 2)
        places = [
            corner[0] + x_px * size[0] / stimulus.width_px,
            corner[1] + y_px * size[1] / stimulus.height_px,
        ]
    if contract.origin == "bottom-left":
        places[1] = extent[1] - places[1]
    if contract.origin.startswith("centre"):
        places = [place - length / 2 for place, length in zip(places, extent, strict=True)]
    if contract.origin == "centre, y up":
        places[1] = -places[1]
    if contract.positions.endswith("px"):
        return places[0] + contract.base, places[1] + contract.base
    if contract.positions.endswith("fraction"):
        return places[0] / extent[0], places[1] / extent[1]
    mm = (
        places[0] * screen.width_mm / screen.width_px,
        places[1] * screen.height_mm / screen.height_px,
    )
    if contract.positions == "screen mm":
        return mm
    x_deg, y_deg = (math.degrees(math.atan2(one, screen.distance_mm)) for one in mm)
    assume(max(abs(x_deg), abs(y_deg)) < 85)
    return x_deg, y_deg


def extent_on_screen(contract: Contract, stimulus: Stimulus) -> tuple[float, float]:
    """Return width and height of the picture on the screen."""
    screen = contract.screen
    if contract.placed == "filled":
        return screen.width_px, screen.height_px
    scale = 1.0
    if contract.placed == "fitted":
        scale = min(screen.width_px / stimulus.width_px, screen.height_px / stimulus.height_px)
    return stimulus.width_px * scale, stimulus.height_px * scale


@given(st.sampled_from(CLOCKS), st.sampled_from(CLOCKS), st.floats(-1e9, 1e9))
def test_another_clock_and_back_is_the_same_time(one: str, other: str, time_ms: float) -> None:
    there = Contract(clock=one).times_ms(time_ms, Contract(clock=other))
    back = Contract(clock=other).times_ms(there, Contract(clock=one))
    assert back == pytest.approx(time_ms)


@pytest.mark.parametrize(
    ("read_as", "is_", "expected_ms"),
    [("ms", "s", 2e6), ("s", "ms", 2.0), ("ms", "us", 2.0), ("us", "ns", 2.0), ("ms", "ms", 2e3)],
)
def test_clocks_by_hand(read_as: str, is_: str, expected_ms: float) -> None:
    assert Contract(clock=is_).times_ms(2000.0, Contract(clock=read_as)) == pytest.approx(
        expected_ms
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("positions", "px"),
        ("origin", "middle"),
        ("base", 2),
        ("placed", "stretched"),
        ("clock", "min"),
        ("zero", "trial"),
    ],
)
def test_a_word_that_is_not_known_is_refused(field: str, value: object) -> None:
    with pytest.raises(SettingsError, match=field):
        Contract(**{field: value})  # type: ignore[arg-type]


def test_what_was_read_is_not_changed() -> None:
    x, y = np.array([1.0, NAN]), np.array([2.0, 3.0])
    Contract("stimulus px", "bottom-left", 1).on_stimulus(x, y, PICTURE)
    assert (x[0], y.tolist()) == (1.0, [2.0, 3.0])
