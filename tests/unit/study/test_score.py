import math
from dataclasses import replace

import numpy as np
import pytest

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath, onsets_from_durations
from gazelab.data.geometry import Blur
from gazelab.data.scores import CENTRE_BIAS, INTER_OBSERVER
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.density import human_density
from gazelab.metrics.agreement import NONE_BESIDE, TOO_FEW
from gazelab.metrics.catalog import METRICS
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.maps import cc
from gazelab.metrics.points import auc, nss
from gazelab.metrics.resample import cells_of, to_grid
from gazelab.project.project import Addition, Project
from gazelab.report.summary import summarise
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

BLUR = Blur(6.0, 0.5)
SHAPE = (60, 80)


def scanpath(participant, stimulus, seed, n=5, excluded=()):
    rng = np.random.default_rng(seed)
    durations = rng.uniform(100, 400, n)
    exclusion = np.zeros(n, np.int8)
    exclusion[list(excluded)] = Exclusion.OFF_STIMULUS
    x, y = rng.uniform(0, 80, n), rng.uniform(0, 60, n)
    x[list(excluded)] = -50
    onsets = onsets_from_durations(durations)
    return Scanpath(participant, stimulus, x, y, onsets, durations, exclusion)


def attention(stimulus, source="model", kind="saliency", steps=3, seed=0):
    maps = np.random.default_rng(seed).random((steps, 15, 20), np.float32)
    return Attention(stimulus, source, kind, maps, tuple(str(k + 1) for k in range(steps)))


@pytest.fixture
def project():
    names = ("a", "b", "c")
    return Project().with_addition(
        Addition(
            stimuli=tuple(Stimulus(name, f"{name}.png", 80, 60, "") for name in names),
            scanpaths=tuple(
                scanpath(who, name, 10 * k + j, excluded=(1,) if who == "q" else ())
                for k, name in enumerate(names)
                for j, who in enumerate(("p", "q", "r"))
            ),
            attention=(attention("a"), attention("b", seed=1), attention("a", kind="attention")),
        )
    )


def scores(project, **choices):
    return finish(score(project, ScorePlan(blur=BLUR, **choices)))


def value(rows, **where):
    (row,) = (r for r in rows if all(getattr(r, name) == v for name, v in where.items()))
    return row.value


def expected(project, stimulus, map_, metric, keep=lambda k: True):
    """Score a map in the plainest way, with the fixations whose place in the order is kept."""
    paths = [path for path in project.scanpaths if path.stimulus == stimulus]
    chosen = [np.array([keep(k) for k in range(len(path))]) & path.used for path in paths]
    paths = [
        replace(path, exclusion=np.where(use, 0, 1).astype(np.int8))
        for path, use in zip(paths, chosen, strict=True)
    ]
    used = [path.without_excluded() for path in paths]
    x, y = (np.concatenate([getattr(path, axis) for path in used]) for axis in ("x_px", "y_px"))
    human = human_density(paths, project.stimuli[stimulus], BLUR.sigma_px)
    truth = Truth(SHAPE, cells_of(x, y, SHAPE, SHAPE), human)
    return metric(Prediction(to_grid(map_, SHAPE)), truth)


def test_the_final_map_is_scored_against_all_fixations(project):
    rows = scores(project, baselines=False)
    assert {(row.stimulus, row.kind, row.step) for row in rows} == {
        ("a", "saliency", 0),
        ("b", "saliency", 0),
    }
    final = project.attention["a", "model", "saliency"].final
    for metric, compute in (("nss", nss), ("auc", auc), ("cc", cc)):
        found = value(rows, stimulus="a", metric=metric)
        assert found == pytest.approx(expected(project, "a", final, compute))
    row = next(row for row in rows if row.metric == "cc")
    assert (row.n_fixations, row.n_excluded) == (14, 1)
    assert (row.sigma_px, row.sigma_deg, row.grid) == (6.0, 0.5, "80x60")
    assert math.isnan(next(row for row in rows if row.metric == "nss").sigma_px)


def test_every_step_is_scored_against_all_and_against_the_fixations_beside_it(project):
    rows = scores(project, by_step=True, alignment="index")
    maps = project.attention["a", "model", "saliency"].maps
    for step, map_ in enumerate(maps):
        place = {"stimulus": "a", "source": "model", "step": step + 1}
        for metric, compute in (("nss", nss), ("cc", cc)):
            found = value(rows, **place, metric=metric, fixations="all")
            assert found == pytest.approx(expected(project, "a", map_, compute))
            found = value(rows, **place, metric=metric, fixations="aligned")
            beside = expected(project, "a", map_, compute, lambda k, step=step: k == step)
            assert found == pytest.approx(beside)
    last = value(rows, stimulus="a", source="model", step=3, metric="kl", fixations="all")
    assert value(rows, stimulus="a", source="model", step=0, metric="kl") == last


def test_a_signed_map_is_scored_by_its_positive_part_and_the_score_says_so(project):
    signed = attention("a", "signed", "evidence", steps=1)
    signed = replace(signed, maps=signed.maps - np.float32(0.6))
    plain = replace(signed, source="plain", kind="attention", maps=np.maximum(signed.maps, 0))
    rows = scores(project.with_attention([signed, plain]), models=("signed", "plain"))
    for metric in METRICS:
        place = {"stimulus": "a", "metric": metric.id}
        of_plain = value(rows, source="plain", **place)
        assert value(rows, source="signed", **place) == of_plain == of_plain
    notes = {(row.source, row.note) for row in rows if row.metric == "nss"}
    assert notes >= {("signed", "positive part of the map"), ("plain", "")}
    (note,) = (r.note for r in rows if (r.stimulus, r.source, r.metric) == ("a", "signed", "kl"))
    assert note == "positive part of the map; 14% of the fixations lie where the map is 0"


def test_a_map_with_nothing_positive_has_no_score_where_a_map_of_zeros_has_none(project):
    negative = attention("a", "against", "evidence", steps=1)
    project = project.with_attention([replace(negative, maps=-negative.maps)])
    rows = [r for r in scores(project, models=("against",)) if r.source == "against"]
    undefined = {r.metric: r.note for r in rows if math.isnan(r.value)}
    assert set(undefined) == {"nss", "cc", "kl", "sim", "ig"}
    assert undefined["kl"] == "positive part of the map; the map is 0 everywhere"


def test_sources_are_chosen_by_name_or_pattern(project):
    names = ("cam", "cam: CAM, class a", "cam: CAM, class b", "cam [old]")
    project = project.with_attention(
        attention("a", name, "attention", steps=1, seed=k) for k, name in enumerate(names)
    )

    def chosen(*models):
        return {row.source for row in scores(project, models=models, baselines=False)}

    assert chosen("cam") == {"cam"}
    assert chosen("cam: *") == {"cam: CAM, class a", "cam: CAM, class b"}
    assert chosen("cam [old]", "*class a") == {"cam [old]", "cam: CAM, class a"}
    with pytest.raises(SettingsError, match=r"no maps of 'vgg\*'.*cam: CAM, class b"):
        chosen("vgg*")


def test_fixations_left_out_beside_a_step_are_counted(project):
    rows = scores(project, by_step=True, models=("model",), metrics=("nss",), baselines=False)
    second = next(row for row in rows if row.step == 2 and row.fixations == "aligned")
    assert (second.n_fixations, second.n_excluded) == (2, 1)
    assert second.alignment == "index"


def test_baselines_stand_beside_the_models_at_every_step(project):
    rows = scores(project, by_step=True)
    for source in (CENTRE_BIAS, INTER_OBSERVER):
        places = {(r.step, r.fixations) for r in rows if r.source == source and r.stimulus == "a"}
        assert places == {(0, "all"), (1, "aligned"), (2, "aligned"), (3, "aligned")}
    assert all(math.isfinite(row.value) for row in rows)
    gains = [row.value for row in rows if row.source == CENTRE_BIAS and row.metric == "ig"]
    assert gains == pytest.approx([0.0] * len(gains), abs=1e-9)


def test_a_stimulus_without_maps_still_has_baselines(project):
    sources = {row.source for row in scores(project) if row.stimulus == "c"}
    assert sources == {CENTRE_BIAS, INTER_OBSERVER}


def test_time_alignment_takes_every_fixation_once(project):
    rows = scores(project, by_step=True, alignment="time", metrics=("nss",), baselines=False)
    beside = [r.n_fixations for r in rows if r.stimulus == "a" and r.fixations == "aligned"]
    assert sum(beside) == 14
    assert all(r.note == "of 3 steps" for r in rows if r.fixations == "aligned")


def test_unlinked_sequences_have_nothing_beside_a_step(project):
    rows = scores(project, by_step=True, alignment="unlinked")
    aligned = [row for row in rows if row.fixations == "aligned"]
    assert aligned
    for row in aligned:
        assert math.isnan(row.value)
        assert row.note == NONE_BESIDE
        assert row.n_fixations == 0


def test_kinds_can_be_widened(project):
    rows = scores(project, kinds=("saliency", "attention"), baselines=False)
    assert {row.kind for row in rows if row.stimulus == "a"} == {"saliency", "attention"}
    only = project.with_attention([attention("c", source="cam", kind="attention", steps=1)])
    rows = scores(only, models=("cam",), by_step=True, baselines=False)
    assert {(row.source, row.kind, row.step) for row in rows} == {("cam", "attention", 0)}


def test_durations_weigh_the_human_density_only(project):
    plain = scores(project, baselines=False)
    timed = scores(project, baselines=False, weight_by_duration=True)
    same = {a.metric for a, b in zip(plain, timed, strict=True) if a.value == b.value}
    assert same == {"nss", "auc", "sauc", "ig"}


def test_undefined_is_nan_with_a_reason():
    alone = Project().with_addition(
        Addition(
            stimuli=(Stimulus("a", "a.png", 80, 60, ""), Stimulus("b", "b.png", 80, 60, "")),
            scanpaths=(scanpath("p", "a", 0),),
            attention=(
                attention("b"),
                replace(attention("a", steps=1), maps=np.zeros((1, 4, 4), np.float32)),
            ),
        )
    )
    rows = scores(alone)
    reasons = {(r.stimulus, r.source, r.metric): r.note for r in rows if math.isnan(r.value)}
    assert reasons["a", "model", "nss"] == "the map is constant"
    assert reasons["a", "model", "kl"] == "the map is 0 everywhere"
    assert reasons["a", "model", "sauc"] == "no fixations on other stimuli"
    assert reasons["a", CENTRE_BIAS, "auc"] == "no fixations on other stimuli"
    assert reasons["a", INTER_OBSERVER, "auc"] == TOO_FEW
    assert reasons["b", "model", "auc"] == "no fixations in use"
    assert all(row.note for row in rows if math.isnan(row.value))


def test_very_large_stimuli_are_scored_on_a_smaller_grid(project):
    large = replace(project.stimuli["a"], width_px=8192, height_px=100)
    rows = scores(replace(project, stimuli={**project.stimuli, "a": large}), metrics=("nss",))
    assert {row.grid for row in rows if row.stimulus == "a"} == {"2048x25", "400x5"}


def test_progress_is_told_for_every_stimulus(project):
    steps = []
    finish(score(project, ScorePlan(blur=BLUR, metrics=("nss",))), steps.append)
    assert [(step.done, step.total, step.note) for step in steps] == [
        (0, 3, "a"),
        (1, 3, "b"),
        (2, 3, "c"),
    ]


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"metrics": ("mae",)}, "There is no metric 'mae'"),
        ({"metrics": ()}, "There is nothing to score"),
        ({"models": ("other",)}, "The project has no maps of 'other'. It has: model"),
        ({"alignment": "order"}, "There is no alignment 'order'"),
        ({"kinds": ("heat",)}, "A kind of map is one of saliency, attention"),
        ({"blur": Blur.from_deg(1, math.nan)}, "The blur in pixels is not known"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_at_once(project, choices, sentence):
    plan = replace(ScorePlan(blur=BLUR), **choices)
    with pytest.raises(SettingsError, match=sentence):
        next(score(project, plan))


def test_a_project_without_fixations_or_anything_to_score_is_refused(project):
    with pytest.raises(SettingsError, match="no fixations in use"):
        scores(replace(project, scanpaths=()))
    with pytest.raises(SettingsError, match="nothing to score"):
        scores(replace(project, attention={}), baselines=False)


@pytest.mark.slow
def test_baselines_on_osie_are_where_published_protocols_put_them(shared_data, tmp_path):
    osie = shared_data / "osie"
    plan = ImportPlan((Source(osie / "fixations.mat"),), tmp_path, images=osie / "stimuli")
    project = Project().with_addition(finish(import_files(plan, Project())))
    rows = finish(score(project, ScorePlan(blur=Blur(24.0, 1.0))))
    assert len(rows) == 500 * 2 * len(METRICS)

    def mean(source, metric):
        return np.mean([r.value for r in rows if (r.source, r.metric) == (source, metric)])

    bias = {id_: mean(CENTRE_BIAS, id_) for id_ in ("nss", "cc", "auc", "sauc", "kl", "sim")}
    assert bias == pytest.approx(
        {"nss": 0.880, "cc": 0.313, "auc": 0.742, "sauc": 0.496, "kl": 1.305, "sim": 0.374},
        rel=0.01,
    )
    people = {id_: mean(INTER_OBSERVER, id_) for id_ in ("nss", "auc", "sauc", "ig", "cc", "sim")}
    assert people == pytest.approx(
        {"nss": 3.667, "auc": 0.9325, "sauc": 0.890, "ig": 2.11, "cc": 0.884, "sim": 0.731},
        rel=0.03,
    )


def test_people_beside_parts_of_the_viewing_are_told_from_people_beside_single_fixations(project):
    in_time = replace(attention("a", source="in-time", steps=2), parts=(1, 3))
    rows = scores(project.with_attention([in_time]), by_step=True, metrics=("nss",))
    people = [
        summary
        for summary in summarise(rows)
        if (summary.source, summary.fixations) == (INTER_OBSERVER, "aligned")
    ]
    assert {row.alignment for row in people} == {"index", "parts 1-2, 3+"}
    first = {row.alignment: row.n_fixations for row in people if row.step == 1}
    on_a = [path.used[:2].sum() for path in project.scanpaths_of("a")]
    assert first["parts 1-2, 3+"] == sum(on_a)
    assert first["index"] == 6
