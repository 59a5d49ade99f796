"""What the import wizard shows of a source before anything is imported."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gazelab.data.attention import Attention
from gazelab.data.contract import Contract
from gazelab.data.gaze import Scanpath
from gazelab.data.geometry import Placement, Screen
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError
from gazelab.io.reading import Reading, ReadSettings
from gazelab.study.candidates import Candidate, carried, plan_of
from gazelab.study.matching import Pictures
from gazelab.study.placing import EMPTY_SCREEN, Links
from gazelab.study.previewing import (
    ReadTrials,
    hindrance,
    matches,
    outlook,
    sentence,
    shown,
    summary,
)
from gazelab.task import finish

PICTURE = Stimulus("a.png", "/pictures/a.png", 100, 80, "x")
KNOWN = Pictures([PICTURE])


def scanpath(
    stimulus: str = "a.png", trial: str = "1", x: float = 10.0, y: float = 20.0
) -> Scanpath:
    return Scanpath(
        "P1",
        stimulus,
        np.array([x, x + 1]),
        np.array([y, y + 1]),
        np.array([0.0, 300.0]),
        np.array([200.0, 250.0]),
        np.zeros(2, np.int8),
        trial,
    )


def recording(stimulus: str = "a.png", trial: str = "1") -> Recording:
    x_px = np.array([5.0, 500.0, math.nan, 6.0])
    t_ms = np.arange(4) * 2.0
    return Recording("P1", stimulus, t_ms, x_px, x_px, trial, rate_hz=500.0, eye="left")


READING = Reading(
    recordings=(recording(), recording("b", "2")),
    scanpaths=(scanpath(), scanpath("b", "2")),
    events=(Events("P1", "a.png", "blink", np.array([1.0]), np.array([5.0])),),
)


def candidate(reading: Reading = READING, **parts: object) -> Candidate:
    made = Candidate(Path("/data/s1.asc"), ("eyelink-asc",), "eyelink-asc", reading=reading)
    return replace(made, **parts)  # type: ignore[arg-type]


def test_a_summary_counts_what_was_read() -> None:
    held = summary(READING)
    assert (held.participants, held.trials, held.samples, held.fixations) == (1, 2, 8, 4)
    assert (held.blinks, held.saccades, held.rates_hz, held.eyes) == (1, 0, (500.0,), ("left",))


def test_one_trial_is_shown_on_its_picture_with_the_share_on_it() -> None:
    seen = shown(ReadTrials(READING), 0, Contract(), KNOWN)
    assert seen.stimulus == PICTURE
    assert seen.recording is not None and seen.scanpath is not None
    assert seen.on_stimulus == pytest.approx(2 / 3)  # of three samples with a position
    assert len(seen.recording) == 4


def test_the_contract_moves_what_is_shown() -> None:
    trials = ReadTrials(READING)
    before = shown(trials, 0, Contract(), KNOWN).scanpath
    after = shown(trials, 0, Contract(origin="bottom-left"), KNOWN).scanpath
    assert before is not None and after is not None
    np.testing.assert_allclose(after.y_px, 80 - before.y_px)
    np.testing.assert_allclose(after.x_px, before.x_px)


def test_the_placement_of_a_trial_is_told_to_it_alone() -> None:
    reading = replace(
        READING,
        contract=Contract("screen px", screen=Screen(200, 160)),
        placements={("P1", "a.png", "1"): Placement(4, 5)},
    )
    path = shown(ReadTrials(reading), 0, reading.contract, KNOWN).scanpath
    assert path is not None
    np.testing.assert_allclose(path.x_px, [6, 7])
    np.testing.assert_allclose(path.y_px, [15, 16])


def test_of_a_long_recording_enough_samples_are_shown_to_follow_at_once() -> None:
    x_px = np.tile([5.0, 500.0], 150_000)
    long = Recording("P1", "a.png", np.arange(300_000.0), x_px, x_px * 0, pupil=x_px)
    seen = shown(ReadTrials(Reading(recordings=(long,))), 0, Contract(), KNOWN)
    assert seen.recording is not None and seen.recording.pupil is not None
    assert len(seen.recording) == len(seen.recording.pupil) == 100_000
    assert seen.every == 3
    assert seen.on_stimulus == pytest.approx(0.5)


def test_a_trial_without_a_picture_says_so_and_can_be_linked() -> None:
    trials = ReadTrials(READING)
    assert "b" in shown(trials, 1, Contract(), KNOWN).problem
    linked = shown(trials, 1, Contract(), KNOWN, Links({"b": "a.png"}))
    assert linked.stimulus == PICTURE and not linked.problem


def test_an_empty_screen_needs_its_size() -> None:
    trials, links = ReadTrials(READING), Links({"b": EMPTY_SCREEN})
    assert "size" in shown(trials, 1, Contract(), KNOWN, links).problem
    seen = shown(trials, 1, Contract(screen=Screen(640, 480)), KNOWN, links)
    assert seen.stimulus is not None and not seen.stimulus.has_picture


def test_what_a_contract_lacks_is_said_in_place_of_the_trial() -> None:
    assert "screen" in shown(ReadTrials(READING), 0, Contract("screen fraction"), KNOWN).problem


def test_pictures_and_maps_can_be_paged_through() -> None:
    maps = Reading(attention=(Attention("a", "set", "saliency", np.ones((1, 4, 5)), ("1",)),))
    assert len(ReadTrials(maps)) == 1
    seen = shown(ReadTrials(maps), 0, Contract(), KNOWN)
    assert seen.stimulus == PICTURE and seen.attention is not None
    pictures = ReadTrials(Reading(stimuli=(PICTURE, PICTURE)))
    assert len(pictures) == 2
    assert shown(pictures, 1, Contract(), KNOWN).stimulus == PICTURE


def test_names_without_a_picture_come_first() -> None:
    found = matches(READING, KNOWN)
    assert [(match.name, match.trials, match.by) for match in found] == [
        ("b", 1, ""),
        ("a.png", 1, "name"),
    ]
    assert [m.by for m in matches(READING, KNOWN, Links({"b": "a.png"}))] == ["name", "link"]
    assert [m.by for m in matches(READING, KNOWN, Links({}, True))] == ["name", "empty"]
    assert [m.by for m in matches(READING, KNOWN, Links({"b": "gone.png"}))] == ["", "name"]


def test_what_hinders_an_import_is_said() -> None:
    def why(made: Candidate, links: Links = Links({})) -> str:  # noqa: B008
        assert made.reading is not None
        return hindrance(made, matches(made.reading, KNOWN, links))

    assert why(candidate()) == ""
    assert "size of the screen" in why(candidate(chosen=Contract("screen fraction")))
    alone = Reading(scanpaths=(scanpath("b"),))
    assert "No picture is known for b." in why(candidate(alone))
    assert "size" in why(candidate(alone), Links({}, True))
    assert why(candidate(alone, chosen=Contract(screen=Screen(640, 480))), Links({}, True)) == ""
    assert why(candidate(Reading(stimuli=(PICTURE,)))) == ""


def test_what_a_person_changed_outlives_another_reading() -> None:
    first = Contract("screen px", screen=Screen(100, 80), reasons=("first",))
    fresh = Contract("screen deg", screen=Screen(100, 80), reasons=("second",))
    changed = replace(first, origin="centre")
    assert carried(first, changed, fresh) == replace(fresh, origin="centre")
    assert carried(first, first, fresh) is None
    made = candidate(replace(READING, contract=first)).with_contract(changed)
    again = made.read_as("table", ReadSettings(eye="left")).with_reading(
        replace(READING, contract=fresh)
    )
    assert again.contract.origin == "centre" and again.contract.positions == "screen deg"
    assert again.with_contract(fresh).chosen is None


def test_an_outlook_gives_the_counts_an_import_would_keep(tmp_path: Path) -> None:
    found = finish(outlook(candidate(path=tmp_path), tmp_path, {"a.png": PICTURE}, Links({})))
    assert found.counts["samples"] == 4
    assert found.counts["fixations"] == 2
    assert found.counts["trials rejected: no picture"] == 1
    assert {sign.name: sign.plausible for sign in found.signs}["Samples on the stimulus"] is False
    assert not found.problem


def test_an_outlook_says_why_nothing_would_come(tmp_path: Path) -> None:
    found = finish(outlook(candidate(path=tmp_path), tmp_path, {}, Links({})))
    assert "has a picture" in found.problem
    assert finish(
        outlook(Candidate(Path("x"), problem="Damaged."), tmp_path, {}, Links({}))
    ).problem


def test_a_plan_has_what_was_read_and_pictures_first(tmp_path: Path) -> None:
    pictures = Candidate(tmp_path, ("images",), "images", reading=Reading(stimuli=(PICTURE,)))
    damaged = Candidate(Path("/data/bad"), ("table",), "table", problem="Damaged.")
    contract = Contract(base=1)
    plan = plan_of(
        [candidate(chosen=contract), damaged, pictures], tmp_path, links=Links({"b": "a"})
    )
    assert [source.format for source in plan.sources] == ["images", "eyelink-asc"]
    assert plan.sources[1].contract == contract
    assert plan.links.pictures == {"b": "a"}


def test_a_sentence_leaves_out_the_path_but_not_the_line() -> None:
    assert (
        sentence(ReadError("Bad cell.", "/a/b.csv", 7, "Mend it.")) == "Line 7: Bad cell. Mend it."
    )
