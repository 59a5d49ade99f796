"""A project changes only by making a new one."""

import math
from dataclasses import replace

import numpy as np
from projects import example, same

from gazelab.data.attention import Attention
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.gaze import Exclusion, Origin
from gazelab.data.geometry import Blur
from gazelab.data.recording import Events, Recording
from gazelab.project.project import Addition, Project, Settings


def test_an_addition_is_merged_and_the_newer_wins() -> None:
    old = example()
    moved = replace(old.scanpaths[1], x_px=old.scanpaths[1].x_px + 1)
    third = replace(old.scanpaths[1], participant="P3")
    new = old.with_addition(Addition(scanpaths=(moved, third), px_per_deg=30.0))
    assert new.participants == ("P1", "P2", "P3")
    assert new.scanpaths_of("a.png") == (old.scanpaths[0], moved, third)
    assert new.settings.px_per_deg == 30.0
    assert same(old, example())


def test_known_geometry_is_kept() -> None:
    project = Project(settings=Settings(px_per_deg=24.0))
    assert project.with_addition(Addition(px_per_deg=30.0)).settings.px_per_deg == 24.0


def test_what_an_addition_does_not_touch_stays_the_same_object() -> None:
    old = example()
    new = old.with_addition(Addition(records=old.records))
    assert new.scanpaths is old.scanpaths
    assert new.stimuli is old.stimuli
    assert len(new.records) == 2


def test_new_maps_drop_the_scores_of_their_source_only() -> None:
    old = example()
    other = replace(old.scores[0], source="cam")
    project = old.with_scores((*old.scores, other))
    (stack,) = old.attention.values()
    assert project.with_attention([stack]).scores == (other,)
    cam = Attention("a.png", "grad", "saliency", np.ones((1, 2, 2), np.float32), ("1",))
    assert len(project.with_attention([cam]).scores) == 2


def test_new_scanpaths_drop_all_scores_and_new_maps_those_of_their_source() -> None:
    old = example()
    assert old.scores
    more = replace(old.scanpaths[0], participant="P9")
    assert old.with_addition(Addition(scanpaths=(more,))).scores == ()
    assert old.with_addition(Addition(records=old.records)).scores is old.scores
    (stack,) = old.attention.values()
    assert old.with_addition(Addition(attention=(stack,))).scores == ()


def test_the_blur_is_in_degrees_only_where_they_are_known() -> None:
    assert Settings(sigma_px=20.0).blur.sigma_px == 20.0
    assert math.isnan(Settings().blur.sigma_deg)
    assert Settings(px_per_deg=24.0, sigma_deg=0.5).blur == Blur(12.0, 0.5)


def test_simulated_material_marks_the_project() -> None:
    project = example()
    assert not project.simulated
    path = project.scanpaths[0]
    made_up = replace(path, origin=replace(path.origin, simulated=True))
    assert project.with_addition(Addition(scanpaths=(made_up,))).simulated


def test_detected_fixations_are_used_and_those_of_the_tracker_set_aside() -> None:
    old = example()
    first = old.scanpaths[0]
    found = replace(first, x_px=first.x_px + 1, origin=Origin("i-vt", settings=(("min_ms", 60.0),)))
    new = old.with_detected([found])
    assert new.scanpaths == (found, old.scanpaths[1])
    assert new.set_aside == (first,)
    assert new.scores == ()
    again = replace(found, origin=Origin("i-vt", settings=(("min_ms", 80.0),)))
    assert new.with_detected([again]).set_aside == (first,)
    back = new.with_detected([first])
    assert back.scanpaths == old.scanpaths
    assert back.set_aside == (found,)


def test_scores_hold_when_only_saccades_were_found() -> None:
    old = example()
    one = np.array([1.0])
    saccades = Events("P1", "a.png", "microsaccade", one, one, origin=Origin("microsaccades"))
    new = old.with_detected((), (saccades,))
    assert new.scanpaths == old.scanpaths
    assert new.scores == old.scores != ()
    assert saccades in new.events


def test_a_rule_excludes_fixations_and_can_be_taken_back() -> None:
    old = example()
    path = old.scanpaths[0]
    rule = ExclusionRule(participant=path.participant, what="first", reason="cross")
    new = old.with_rules([rule])
    assert new.scanpaths[0].exclusion[0] == Exclusion.BY_RULE
    assert new.scanpaths[0].used.sum() == path.used.sum() - 1
    assert new.scores == ()
    back = new.with_rules([])
    assert np.array_equal(back.scanpaths[0].exclusion, path.exclusion)


def test_rules_hold_for_what_is_imported_later() -> None:
    project = example().with_rules([ExclusionRule(participant="P9", reason="asleep")])
    late = replace(project.scanpaths[0], participant="P9")
    *_, last = project.with_addition(Addition(scanpaths=(late,))).scanpaths
    assert not last.used.any()


def test_saccades_of_another_detector_stand_beside_those_of_the_tracker() -> None:
    def saccades(reader: str, onset_ms: float) -> Events:
        values = np.array([onset_ms]), np.array([20.0])
        return Events("P1", "a.png", "saccade", *values, origin=Origin(reader))

    project = Project().with_addition(Addition(events=(saccades("eyelink-asc", 1.0),)))
    project = project.with_detected((), [saccades("i-vt", 2.0)])
    project = project.with_detected((), [saccades("i-vt", 3.0)])
    assert [float(events.onset_ms[0]) for events in project.events] == [1.0, 3.0]


def test_what_was_found_in_samples_goes_when_the_samples_are_replaced() -> None:
    old = example()
    path = old.scanpaths[0]
    t_ms = np.arange(3.0)
    samples = Recording(*path.key[:2], t_ms, t_ms, t_ms, trial=path.trial)
    project = old.with_addition(Addition(recordings=(samples,)))
    found = replace(path, origin=Origin("i-vt"))
    saccades = Events(*path.key[:2], "saccade", t_ms, t_ms, path.trial, origin=Origin("i-vt"))
    project = project.with_detected([found], [saccades]).with_detected([path])
    assert project.set_aside == (found,)
    again = replace(samples, x_px=t_ms + 1)
    project = project.with_addition(Addition(recordings=(again,)))
    assert project.set_aside == ()
    assert saccades not in project.events
    assert project.scanpaths[0] is path
