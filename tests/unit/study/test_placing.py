"""What was read is put on its pictures, and what has none is counted."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.contract import Contract
from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.geometry import Placement, Screen
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.io.reading import Reading
from gazelab.study.placing import EMPTY_SCREEN, Links, empty_screen, placed

SCREEN = Screen(1000, 800, 500, 400, 600)
PICTURES = (
    Stimulus("a.png", "a.png", 400, 200, "x"),
    Stimulus("b.png", "b.png", 1000, 800, "x"),
)
CONTRACT = Contract("screen px", screen=SCREEN)


def recording(stimulus: str = "a", trial: str = "1", start_ms: float = 0.0) -> Recording:
    times = start_ms + np.arange(4.0)
    return Recording(
        "P1", stimulus, times, np.array([300.0, 500, np.nan, 0]), np.full(4, 300.0), trial
    )


def scanpath(stimulus: str = "a", trial: str = "1", onset_ms: float = 10.0) -> Scanpath:
    return Scanpath(
        "P1",
        stimulus,
        np.array([500.0, 0.0]),
        np.array([400.0, 0.0]),
        np.array([onset_ms, onset_ms + 200]),
        np.array([150.0, 100.0]),
        np.zeros(2, np.int8),
        trial,
    )


def blinks(stimulus: str = "a", trial: str = "1") -> Events:
    return Events("P1", stimulus, "blink", np.array([40.0]), np.array([20.0]), trial)


def reading(*items: object, **more: object) -> Reading:
    kinds = {Recording: "recordings", Scanpath: "scanpaths", Events: "events"}
    found: dict[str, tuple[object, ...]] = {}
    for item in items:
        name = kinds[type(item)]
        found[name] = (*found.get(name, ()), item)
    return Reading(**found, **more)  # type: ignore[arg-type]


def test_positions_are_pixels_of_the_picture() -> None:
    there = placed(reading(recording(), scanpath(), blinks()), CONTRACT, PICTURES)
    (samples,), (path,), (events,) = there.recordings, there.scanpaths, there.events
    assert {samples.stimulus, path.stimulus, events.stimulus} == {"a.png"}
    np.testing.assert_array_equal(samples.x_px, [0, 200, np.nan, -300])
    np.testing.assert_array_equal(path.x_px, [200, -300])
    assert path.exclusion.tolist() == [Exclusion.NONE, Exclusion.OFF_STIMULUS]
    assert samples.px_per_deg == there.px_per_deg == pytest.approx(SCREEN.px_per_deg)
    assert not there.unmatched
    assert not there.stimuli


def test_each_trial_has_its_own_place() -> None:
    told = MappingProxyType({("P1", "a", "2"): Placement(0, 0)})
    found = placed(
        reading(recording(), recording(trial="2"), placements=told), CONTRACT, PICTURES
    ).recordings
    assert [float(item.x_px[1]) for item in found] == [200, 500]


def test_what_has_no_picture_is_left_out_and_counted_by_trial() -> None:
    items = [recording(), *(recording("gone", str(k)) for k in range(3)), scanpath("gone", "9")]
    there = placed(reading(*items, blinks("gone", "2"), blinks("also gone")), CONTRACT, PICTURES)
    assert [item.stimulus for item in there.recordings] == ["a.png"]
    assert there.scanpaths == ()
    assert there.events == ()
    assert there.unmatched == {"gone": 4, "also gone": 1}


def test_a_link_says_which_picture_is_meant() -> None:
    links = Links({"gone": "b.png", "a": "b.png"})
    there = placed(reading(recording(), recording("gone")), CONTRACT, PICTURES, links)
    assert [item.stimulus for item in there.recordings] == ["b.png", "b.png"]


def test_a_link_to_no_picture_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"c\.png, which is no picture"):
        placed(reading(recording()), CONTRACT, PICTURES, Links({"a": "c.png"}))


def test_what_fits_no_picture_can_be_shown_on_an_empty_screen() -> None:
    items = reading(recording("trial 1"), recording("a"))
    for links in (Links({"trial 1": EMPTY_SCREEN}), Links({}, others_empty=True)):
        there = placed(items, CONTRACT, PICTURES, links)
        (screen,) = there.stimuli
        assert not screen.has_picture
        assert (screen.width_px, screen.height_px) == (1000, 800)
        assert [item.stimulus for item in there.recordings] == [screen.id, "a.png"]
        np.testing.assert_array_equal(there.recordings[0].x_px, [300, 500, np.nan, 0])


def test_trials_of_several_names_on_one_stimulus_stay_apart() -> None:
    here = reading(
        recording("x", "1"),
        recording("y", "1"),
        recording("y", "2"),
        scanpath("y", "1"),
        blinks("x"),
    )
    there = placed(here, CONTRACT, PICTURES, Links({}, others_empty=True))
    assert [item.trial for item in there.recordings] == ["1", "2", "3"]
    assert [path.trial for path in there.scanpaths] == ["2"]
    assert [events.trial for events in there.events] == ["1"]


def test_an_empty_screen_needs_a_size() -> None:
    with pytest.raises(SettingsError, match="size of the empty screen"):
        empty_screen(Contract("screen px"))


def test_without_the_screen_nothing_is_placed() -> None:
    lacking = Contract("screen fraction")
    with pytest.raises(SettingsError, match="the size of the screen in pixels"):
        placed(reading(recording()), lacking, PICTURES)
    assert placed(reading(), lacking, PICTURES).recordings == ()


def test_pictures_of_another_scale_have_their_own_pixels_per_degree() -> None:
    contract = replace(CONTRACT, placed="fitted")
    there = placed(reading(scanpath("a"), scanpath("b")), contract, PICTURES)
    assert math.isnan(there.px_per_deg)
    there = placed(reading(recording("a"), recording("b")), contract, PICTURES)
    ratio = there.recordings[1].px_per_deg / there.recordings[0].px_per_deg
    assert ratio == pytest.approx(2.5)
    assert math.isnan(there.px_per_deg)
    assert placed(reading(scanpath("a")), contract, PICTURES).px_per_deg == pytest.approx(
        SCREEN.px_per_deg / 2.5
    )


def test_what_the_source_says_of_a_degree_wins_over_its_own_screen() -> None:
    told = reading(replace(recording(), px_per_deg=33.0), contract=CONTRACT)
    (found,) = placed(told, replace(CONTRACT, base=1), PICTURES).recordings
    assert found.px_per_deg == 33.0


def test_a_screen_that_the_researcher_tells_wins_over_the_source() -> None:
    told = reading(replace(recording(), px_per_deg=33.0), contract=CONTRACT)
    screen = replace(SCREEN, distance_mm=2 * SCREEN.distance_mm)
    (found,) = placed(told, replace(CONTRACT, screen=screen), PICTURES).recordings
    assert found.px_per_deg == pytest.approx(2 * SCREEN.px_per_deg)


def test_the_first_of_a_trial_is_put_at_0_for_everything_in_it() -> None:
    items = reading(recording(start_ms=30.0), scanpath(onset_ms=35.0), blinks(), scanpath("b"))
    there = placed(items, replace(CONTRACT, zero="first"), PICTURES)
    assert there.recordings[0].t_ms.tolist() == [0, 1, 2, 3]
    assert there.recordings[0].clock_ms == 30.0
    assert there.scanpaths[0].onset_ms.tolist() == [5, 205]
    assert there.events[0].onset_ms.tolist() == [10]
    assert there.scanpaths[1].onset_ms.tolist() == [0, 200]
    kept = placed(items, CONTRACT, PICTURES)
    assert kept.scanpaths[0].onset_ms.tolist() == [35, 235]


@given(st.sampled_from([("s", 1000.0), ("us", 1e-3), ("ns", 1e-6), ("ms", 1.0)]))
def test_another_clock_changes_every_time(clock: tuple[str, float]) -> None:
    unit, factor = clock
    items = reading(replace(recording(), clock_ms=500.0), scanpath(), blinks())
    there = placed(items, replace(CONTRACT, clock=unit), PICTURES)
    assert there.recordings[0].t_ms == pytest.approx(np.arange(4.0) * factor)
    assert there.recordings[0].clock_ms == pytest.approx(500 * factor)
    assert there.scanpaths[0].onset_ms == pytest.approx(np.array([10, 210]) * factor)
    assert there.scanpaths[0].duration_ms == pytest.approx(np.array([150, 100]) * factor)
    assert there.events[0].onset_ms == pytest.approx(np.array([40]) * factor)
    assert there.events[0].duration_ms == pytest.approx(np.array([20]) * factor)


def test_what_was_read_stays_as_it_was() -> None:
    read = recording()
    before = [read.t_ms.copy(), read.x_px.copy()]
    placed(reading(read), replace(CONTRACT, clock="s"), PICTURES)
    np.testing.assert_array_equal(read.t_ms, before[0])
    np.testing.assert_array_equal(read.x_px, before[1])
