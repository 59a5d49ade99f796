"""A wrong unit, origin or clock shows in the numbers."""

import numpy as np
import pytest

from gazelab.data.gaze import Scanpath, exclusions
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.study.placing import Placed
from gazelab.study.plausibility import doubts, signs

PICTURES = {"a.png": Stimulus("a.png", "a.png", 100, 100, "")}


def recording(interval_ms: float = 2.0, at_px: float = 50.0, lost: int = 0) -> Recording:
    x_px = np.full(10, float(at_px))
    x_px[:lost] = np.nan
    return Recording("P1", "a.png", np.arange(10) * interval_ms, x_px, x_px)


def scanpath(duration_ms: float = 250.0, at_px: float = 50.0) -> Scanpath:
    places, durations = np.full(5, float(at_px)), np.full(5, float(duration_ms))
    return Scanpath(
        "P1",
        "a.png",
        places,
        places,
        np.arange(5) * 300.0,
        durations,
        exclusions(places, places, durations, 100, 100),
    )


def named(there: Placed) -> dict[str, float]:
    return {sign.name: sign.value for sign in signs(there, PICTURES)}


def test_good_data_raise_no_doubts() -> None:
    there = Placed(recordings=(recording(),), scanpaths=(scanpath(),))
    assert doubts(there, PICTURES) == []
    assert named(there) == {
        "Sample interval": 2.0,
        "Median fixation": 250.0,
        "Samples on the stimulus": 100.0,
        "Fixations on the stimulus": 100.0,
    }


@pytest.mark.parametrize(
    ("there", "name", "hint"),
    [
        (Placed(recordings=(recording(interval_ms=0.002),)), "Sample interval", "unit of time"),
        (Placed(recordings=(recording(interval_ms=2000),)), "Sample interval", "unit of time"),
        (Placed(scanpaths=(scanpath(0.25),)), "Median fixation", "unit of time"),
        (Placed(scanpaths=(scanpath(250_000),)), "Median fixation", "unit of time"),
        (Placed(recordings=(recording(at_px=500),)), "Samples on the stimulus", "pixels"),
        (Placed(scanpaths=(scanpath(at_px=500),)), "Fixations on the stimulus", "pixels"),
    ],
)
def test_each_mistake_has_its_sign_and_a_hint(there: Placed, name: str, hint: str) -> None:
    (doubt,) = doubts(there, PICTURES)
    assert doubt.startswith(name)
    assert hint in doubt


@pytest.mark.parametrize(
    ("interval_ms", "plausible"), [(0.5, True), (0.49, False), (50, True), (51, False)]
)
def test_the_limits_of_the_sample_interval(interval_ms: float, plausible: bool) -> None:
    there = Placed(recordings=(recording(interval_ms),))
    assert signs(there, PICTURES)[0].plausible is plausible


@pytest.mark.parametrize(
    ("duration_ms", "plausible"), [(20, True), (19.9, False), (3000, True), (3001, False)]
)
def test_the_limits_of_a_fixation(duration_ms: float, plausible: bool) -> None:
    assert signs(Placed(scanpaths=(scanpath(duration_ms),)), PICTURES)[0].plausible is plausible


def test_lost_samples_are_neither_on_nor_off() -> None:
    assert named(Placed(recordings=(recording(lost=9),)))["Samples on the stimulus"] == 100


def test_nothing_gives_no_signs() -> None:
    lost = Placed(recordings=(recording(lost=10),))
    assert set(named(lost)) == {"Sample interval"}
    assert signs(Placed(), PICTURES) == ()
    empty = Recording("P1", "a.png", np.empty(0), np.empty(0), np.empty(0))
    assert signs(Placed(recordings=(empty,)), PICTURES) == ()
