"""Scoring again computes only what changed, and gives the rows of a full computation."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath, onsets_from_durations
from gazelab.data.geometry import Blur
from gazelab.data.stimulus import Stimulus
from gazelab.project import store
from gazelab.project.project import Addition, Project
from gazelab.study.rescoring import rescore
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

PLAN = ScorePlan(blur=Blur(6.0, 0.5), metrics=("nss", "cc", "sauc"), by_step=True)
NAMES = ("a", "b", "c")


def scanpath(who, stimulus, seed, excluded=()):
    rng = np.random.default_rng(seed)
    durations = rng.uniform(100, 400, 5)
    exclusion = np.zeros(5, np.int8)
    exclusion[list(excluded)] = Exclusion.OFF_STIMULUS
    x, y = rng.uniform(0, 40, 5), rng.uniform(0, 30, 5)
    x[list(excluded)] = -50
    return Scanpath(who, stimulus, x, y, onsets_from_durations(durations), durations, exclusion)


def attention(stimulus, source, seed, steps=2):
    maps = np.random.default_rng(seed).random((steps, 6, 8), np.float32)
    return Attention(stimulus, source, "saliency", maps, tuple(str(k + 1) for k in range(steps)))


def project_of(gaze=(0, 0, 0), maps=(0, 0, 0), second=False, excluded=None):
    sources = ("model", "other") if second else ("model",)
    return Project().with_addition(
        Addition(
            stimuli=tuple(Stimulus(name, f"{name}.png", 40, 30, "") for name in NAMES),
            scanpaths=tuple(
                scanpath(who, name, [k, j, gaze[k]], (1,) if (name, who) == (excluded, "p") else ())
                for k, name in enumerate(NAMES)
                for j, who in enumerate("pq")
            ),
            attention=tuple(
                attention(name, source, [k, maps[k]], 2 + (source == "other"))
                for k, name in enumerate(NAMES)
                for source in sources
            ),
        )
    )


def same(rows, expected):
    return list(map(repr, rows)) == list(map(repr, expected))


seeds = st.tuples(*[st.integers(0, 1)] * 3)
projects = st.builds(
    project_of, seeds, seeds, st.booleans(), st.one_of(st.none(), st.sampled_from(NAMES))
)
plans = st.builds(
    replace,
    st.just(PLAN),
    blur=st.sampled_from((Blur(6.0, 0.5), Blur(4.0, 0.5))),
    by_step=st.booleans(),
    weight_by_duration=st.booleans(),
    baselines=st.booleans(),
    ceilings=st.sampled_from(((), ("uniform", "gold-standard"))),
    metrics=st.sampled_from((("nss",), ("nss", "cc", "sauc"), ("ig", "cc"))),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(projects, plans), min_size=2, max_size=4))
def test_rows_that_stay_are_those_of_a_full_computation(rounds):
    computed = Project().computed
    for project, plan in rounds:
        scoring = finish(rescore(project.with_scores((), computed), plan))
        assert same(scoring.scores, finish(score(project, plan)))
        computed = scoring.computed


def unchanged(before, after, plan=PLAN, fresh=False):
    computed = finish(rescore(before, PLAN)).computed
    return finish(rescore(after.with_scores((), computed), plan, fresh=fresh)).n_unchanged


def test_nothing_is_computed_again_where_nothing_changed_unless_asked():
    assert unchanged(project_of(), project_of()) == 3
    assert unchanged(project_of(), project_of(), fresh=True) == 0


def test_other_maps_on_a_picture_leave_the_others_unchanged():
    assert unchanged(project_of(), project_of(maps=(0, 1, 0))) == 2


def test_an_excluded_fixation_reaches_other_pictures_only_through_metrics_that_use_them():
    plain = replace(PLAN, metrics=("nss", "cc"), baselines=False)
    after = project_of(excluded="a")
    assert unchanged(project_of(), after) == 0
    assert unchanged(project_of(), after, plain) == 2


def test_threads_change_nothing_in_the_rows():
    names = [f"{name}{k}" for k in range(6) for name in NAMES]
    project = Project().with_addition(
        Addition(
            stimuli=tuple(Stimulus(name, f"{name}.png", 40, 30, "") for name in names),
            scanpaths=tuple(
                scanpath(who, name, [k, j])
                for k, name in enumerate(names)
                for j, who in enumerate("pq")
            ),
            attention=tuple(attention(name, "model", [k]) for k, name in enumerate(names)),
        )
    )
    plan = replace(PLAN, metrics=("nss", "auc", "sauc", "kl", "ig"))
    alone = finish(rescore(project, plan))
    together = finish(rescore(project, plan, jobs=3))
    assert same(together.scores, alone.scores)
    assert (together.computed.fingerprints == alone.computed.fingerprints).all()


def test_another_blur_changes_every_picture():
    assert unchanged(project_of(), project_of(), replace(PLAN, blur=Blur(5.0, 0.5))) == 0


def test_a_saved_project_knows_what_was_computed(tmp_path):
    scoring = finish(rescore(project_of(), PLAN))
    folder = tmp_path / "p.gazelab"
    store.save(project_of().with_scores(scoring.scores, scoring.computed), folder)
    again = finish(rescore(store.load(folder), PLAN))
    assert again.n_unchanged == 3
    assert same(again.scores, scoring.scores)
