"""Means over trials and pictures count who is in them, and leave out what is undefined."""

import math
from dataclasses import replace

import pytest

from gazelab.data.aoi import Aoi, rectangle
from gazelab.metrics.areas import AoiAttention, AoiGaze
from gazelab.report.area_summary import summarise_areas
from gazelab.report.areas import AreaRow, Areas, MapRow

NAN = math.nan
LOOKED = AoiGaze(3, 2, 900.0, 0.5, 400.0, 2.0)
NEVER = AoiGaze(0, 0, 0.0, 0.0, NAN, NAN)
EMPTY = AoiGaze(0, 0, 0.0, NAN, NAN, NAN)


def row(who, stimulus, found, n_used=6, n_excluded=1):
    return AreaRow((who, stimulus, "1"), "face", found, n_used, n_excluded, 0.25)


def test_who_never_looked_counts_for_dwell_time_but_not_for_the_first_fixation():
    rows = [row("p", "a", LOOKED), row("q", "a", NEVER), row("p", "b", NEVER)]
    found = summarise_areas(Areas(gaze=tuple(rows))).people["face"]
    assert (found.n, found.n_participants, found.n_stimuli, found.n_looked) == (3, 2, 2, 1)
    assert (found.n_excluded, found.n_empty) == (3, 0)
    assert found.looked == pytest.approx(1 / 3)
    assert (found.n_fixations, found.dwell_ms) == (1, 300)
    assert (found.first_ms, found.first_fixation) == (400, 2)


def test_a_trial_without_a_fixation_in_use_is_left_out_and_counted():
    rows = [row("p", "a", LOOKED), row("q", "a", EMPTY, n_used=0, n_excluded=4)]
    summary = summarise_areas(Areas(gaze=tuple(rows)))
    found, nobody = summary.people["face"], summary.participants["q", "face"]
    assert (found.n, found.n_empty, found.n_excluded) == (1, 1, 5)
    assert (found.dwell_ms, found.looked) == (900, 1)
    assert nobody.n == 0
    assert math.isnan(nobody.looked) and math.isnan(nobody.dwell_ms)


def test_each_trial_counts_once_however_many_areas_there_are():
    rows = [row("q", "a", LOOKED), row("p", "a", EMPTY, 0), row("q", "b", NEVER)]
    rows += [replace(one, aoi="hand") for one in rows]
    summary = summarise_areas(Areas(gaze=tuple(rows)))
    counts = summary.counts
    assert (counts.n_trials, counts.n_participants, counts.n_stimuli) == (2, 1, 2)
    assert (counts.n_empty, counts.n_fixations, counts.n_excluded) == (1, 12, 3)
    people = [(*key, one.n) for key, one in summary.participants.items()]
    assert people[:2] == [("q", "face", 2), ("p", "face", 0)]


def map_row(stimulus, step, mass, hit, first_step=NAN):
    found = AoiAttention(mass, 0.25, mass / 0.25, hit)
    return MapRow(stimulus, "seer", "saliency", "face", step, found, first_step)


def test_final_maps_are_averaged_and_steps_say_how_soon():
    rows = [
        map_row("a", 0, 0.5, 1.0, 2.0),
        map_row("a", 1, 0.1, 0.0, 2.0),
        map_row("a", 2, 0.5, 1.0, 2.0),
        map_row("b", 0, 0.3, 0.0),
        map_row("b", 1, 0.3, 0.0),
        map_row("c", 0, NAN, NAN),
    ]
    (found,) = summarise_areas(Areas(maps=tuple(rows))).sources.values()
    assert (found.n, found.n_zero) == (2, 1)
    assert (found.mass, found.hit) == (pytest.approx(0.4), 0.5)
    assert (found.n_steps, found.n_reached, found.first_step) == (2, 1, 2)
    single = summarise_areas(Areas(maps=(map_row("a", 0, 0.5, 1.0),))).sources[
        "face", "seer", "saliency"
    ]
    assert single.n_steps == 0
    assert math.isnan(single.first_step)


def test_transitions_are_summed_over_trials():
    face = Aoi("a", "face", rectangle(0, 0, 5, 5))
    areas = Areas(
        (face, replace(face, stimulus="b"), replace(face, stimulus="b", name="hand")),
        moves={
            ("p", "a", "1"): {("face", ""): 2},
            ("q", "a", "1"): {("face", ""): 1, ("face", "face"): 4},
            ("p", "b", "1"): {("hand", "face"): 7},
        },
    )
    here = summarise_areas(areas, "a")
    assert (here.names, here.moves) == (("face",), {("face", ""): 3, ("face", "face"): 4})
    over_all = summarise_areas(areas)
    assert over_all.names == ("face", "hand")
    assert over_all.moves["hand", "face"] == 7
    assert over_all.stimuli_of == {"face": {"a", "b"}, "hand": {"b"}, "": {"a", "b"}}
