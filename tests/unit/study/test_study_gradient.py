from dataclasses import replace

import numpy as np
import pytest
from test_score import project as scored_project  # noqa: F401  (a fixture)

from gazelab.data.gaze import Origin
from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.gaze.density import human_density
from gazelab.gaze.gradient import kernel_of
from gazelab.study.gradient import GradientPlan, make_gradients
from gazelab.study.score import SAME_FIXATIONS, ScorePlan, score
from gazelab.study.similarity import SimilarityPlan, similarities
from gazelab.task import finish

GAUSSIAN = kernel_of("gaussian")
PLAN = GradientPlan(kernel=GAUSSIAN)


@pytest.fixture
def project(scored_project):  # noqa: F811
    return scored_project.with_settings(replace(scored_project.settings, px_per_deg=12.0))


def made(project, **choices):
    return finish(make_gradients(project, GradientPlan(kernel=GAUSSIAN, **choices)))


def untimed(path):
    return replace(path, duration_ms=np.full(len(path), np.nan))


def test_each_stimulus_gets_a_stack_of_steps_named_after_how_it_was_made(project):
    found = made(project)
    assert [item.stimulus for item in found.attention] == ["a", "b", "c"]
    for item in found.attention:
        assert item.source == "people: gradient, gaussian 1 deg, tau 500 ms"
        assert (item.kind, item.steps) == ("attention", ("1", "2", "3", "4"))
        assert item.of_people
        assert "12 px per deg" in item.note
    assert found.field_deg == pytest.approx(50 / 12)
    assert not found.left_out


def test_without_decay_the_last_step_is_the_mean_density_weighted_by_duration(project):
    first = made(project, tau_ms=float("inf")).attention[0]
    paths = project.scanpaths_of("a")
    grid = first.maps.shape[1:]
    expected = human_density(paths, project.stimuli["a"], 12.0, by_duration=True, grid=grid)
    np.testing.assert_allclose(first.final, expected / 3, rtol=1e-4)


def test_by_fixation_a_step_is_the_mean_of_the_viewings_that_have_it(project):
    long, *rest = project.scanpaths_of("a")
    cut = [replace(path, **{name: getattr(path, name)[:2] for name in ARRAYS}) for path in rest]
    project = replace(project, scanpaths=(long, *cut))
    (item,) = made(project, by_fixation=True, rho=0, steps=9).attention
    assert item.source == "people: gradient, gaussian 1 deg, rho 0"
    assert item.step_notes == ("n = 3", "n = 3", "n = 1", "n = 1", "n = 1")
    third = replace(long, **{name: getattr(long, name)[2:3] for name in ARRAYS})
    grid = item.maps.shape[1:]
    expected = human_density([third], project.stimuli["a"], 12.0, grid=grid)
    np.testing.assert_allclose(item.maps[2], expected, rtol=1e-4)
    (usual,) = made(project, by_fixation=True).attention
    assert len(usual.maps) == 2


ARRAYS = ("x_px", "y_px", "onset_ms", "duration_ms", "exclusion")


def test_one_participant_can_be_asked_for(project):
    found = made(project, participant="q")
    assert found.attention[0].source == "people: gradient of q, gaussian 1 deg, tau 500 ms"
    alone = replace(project, scanpaths=tuple(p for p in project.scanpaths if p.participant == "q"))
    np.testing.assert_array_equal(found.attention[1].maps, made(alone).attention[1].maps)


def test_viewings_without_durations_are_left_out_and_told(project):
    first, *rest = project.scanpaths
    found = made(replace(project, scanpaths=(untimed(first), *rest)))
    assert found.left_out == (("p", "a", "no durations"),)
    assert len(found.attention) == 3
    nobody = replace(project, scanpaths=tuple(map(untimed, project.scanpaths)))
    with pytest.raises(SettingsError, match="durations of the fixations are not known") as caught:
        made(nobody)
    assert "--by-fixation" in caught.value.hint
    assert len(made(nobody, by_fixation=True).attention) == 3


def test_onsets_that_are_running_sums_are_told(project):
    told = Origin("table", synthetic_onsets=True)
    paths = tuple(replace(path, origin=told) for path in project.scanpaths)
    assert "running sums" in made(replace(project, scanpaths=paths)).attention[0].note


def test_scores_say_that_maps_are_made_of_the_same_fixations(project):
    project = project.with_attention(made(project).attention)
    plan = ScorePlan(blur=Blur(12), metrics=("nss", "cc"), by_step=True, baselines=False)
    scores = finish(score(project, plan))
    for one in scores:
        assert (SAME_FIXATIONS in one.note) == one.source.startswith("people: ")
    assert {one.step for one in scores if one.source == PLAN.source} == {0, 1, 2, 3, 4}


def test_peaks_of_people_are_compared_with_people_only_when_asked(project):
    project = project.with_attention(made(project).attention)

    def sources(**choices):
        plan = SimilarityPlan(measures=("dtw",), **choices)
        return {one.first for one in finish(similarities(project, plan))}

    assert PLAN.source not in sources()
    assert PLAN.source in sources(models=(PLAN.source,))


def test_maps_of_people_go_when_their_fixations_change(project):
    project = project.with_attention(made(project).attention)
    machines = {key for key, item in project.attention.items() if not item.of_people}
    changed = project.with_scanpaths(project.scanpaths[1:])
    assert {*changed.attention} == machines


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"participant": "nobody"}, "no participant 'nobody'"),
        ({"steps": 0}, "1 to 64 maps"),
        ({"tau_ms": 0.0}, "more than 0 ms"),
        ({"by_fixation": True, "rho": 2.0}, "from 0 to 1"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(project, choices, sentence):
    with pytest.raises(SettingsError, match=sentence):
        made(project, **choices)


def test_a_project_that_does_not_know_its_scale_or_has_no_fixations_is_refused(project):
    unknown = project.with_settings(replace(project.settings, px_per_deg=float("nan")))
    with pytest.raises(SettingsError, match="how many pixels are one degree"):
        made(unknown)
    with pytest.raises(SettingsError, match="no fixations in use"):
        made(replace(project, scanpaths=()))
