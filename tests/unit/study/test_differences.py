"""Sources, groups of participants and sets of pictures compared."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from gazelab.data.attention import Attention, Explanation
from gazelab.data.attributes import Attributes
from gazelab.data.gaze import Scanpath, onsets_from_durations
from gazelab.data.geometry import Blur
from gazelab.data.scores import CENTRE_BIAS, INTER_OBSERVER, Score
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.density import human_density
from gazelab.metrics.catalog import metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.mean_difference import PERMUTATION, Inference
from gazelab.project.project import Project
from gazelab.report.differences import difference_tables
from gazelab.report.extremes import extremes
from gazelab.report.tables import csv_of
from gazelab.study.answers import answers, named_classes
from gazelab.study.differences import OVER_PICTURES, DifferencePlan, compare
from gazelab.study.group_maps import ABOUT, RELABELLED
from gazelab.study.score import ScorePlan
from gazelab.study.score import score as scored
from gazelab.study.sides import sides
from gazelab.task import finish

BLUR = Blur(6.0)


def score(stimulus, source, value, metric="nss", kind="saliency", **other):
    return Score(
        **{
            "participant": "all",
            "stimulus": stimulus,
            "source": source,
            "kind": kind,
            "step": 0,
            "fixations": "all",
            "metric": metric,
            "variant": "plain",
            "value": value,
            "unit": "sd",
            "n_fixations": 9,
            "n_excluded": 0,
            "sigma_px": math.nan,
            "sigma_deg": math.nan,
            "alignment": "",
            "grid": "8x6",
        }
        | other
    )


SCORES = [
    *(score(s, "one", v) for s, v in zip("abcd", (3.0, 4, 5, math.nan), strict=True)),
    *(score(s, "two", v) for s, v in zip("abc", (1.0, 2, 2), strict=True)),
    *(score(s, CENTRE_BIAS, 1.0, kind="") for s in "abcd"),
    *(score(s, "one", v, "kl") for s, v in zip("abc", (1.0, 2, 3), strict=True)),
    *(score(s, "two", v, "kl") for s, v in zip("abc", (1.0, 4, 8), strict=True)),
    score("a", "one", 99.0, step=2),
    score("a", "one", 99.0, step=2, fixations="aligned"),
]


def found(project, *pairs, **plan):
    return finish(compare(project, DifferencePlan(pairs=pairs, blur=BLUR, **plan))).rows


def of_scores(scores, *pairs, metrics=()):
    return found(Project(scores=tuple(scores)), *pairs, metrics=tuple(metrics))


def test_final_maps_are_compared_stimulus_by_stimulus():
    nss, kl = of_scores(SCORES, ("one", "two"))
    assert (nss.first, nss.second) == ("one saliency", "two saliency")
    assert (nss.metric, nss.variant, nss.unit, nss.direction) == ("nss", "plain", "sd", "higher")
    assert (nss.found.n_first, nss.n_left_out, nss.found.paired) == (3, 1, True)
    assert (nss.found.mean_first, nss.found.difference) == (4, pytest.approx(7 / 3))
    assert (kl.direction, kl.found.difference) == ("lower", pytest.approx(-7 / 3))
    assert nss.values[:2] == (("a", 3, 1), ("b", 4, 2))


def test_p_is_corrected_for_all_that_was_asked_for():
    rows = of_scores(SCORES, ("one", "two"), ("one", CENTRE_BIAS), metrics=["nss"])
    assert [row.second for row in rows] == ["two saliency", CENTRE_BIAS]
    assert [row.found.p for row in rows] == pytest.approx([0.25, 0.25])
    assert [row.corrected_p for row in rows] == pytest.approx([0.25, 0.25])
    assert rows[1].found.n_first == 3


def test_a_metric_that_one_source_lacks_is_undefined():
    _, kl = of_scores(SCORES, ("one", CENTRE_BIAS))
    assert (kl.metric, kl.found.n_first, kl.n_left_out) == ("kl", 0, 3)
    assert math.isnan(kl.found.difference)
    assert math.isnan(kl.corrected_p)


def test_of_several_kinds_one_is_named():
    both = [*SCORES, score("a", "two", 1.0, kind="attention")]
    with pytest.raises(SettingsError, match=r"several kinds of maps\. Name one of 'two saliency'"):
        of_scores(both, ("one", "two"))
    (row, _) = of_scores(both, ("one", "two saliency"))
    assert row.found.n_first == 3


@pytest.mark.parametrize(
    ("scores", "pair", "metrics", "sentence"),
    [
        (SCORES, ("one", "nix"), (), "no scores of 'nix'. It has: one saliency"),
        (SCORES, ("one", "one saliency"), (), "'one' is compared with itself"),
        (SCORES, ("one", "two"), ("cc",), "no scores of 'cc'. It has: nss, kl"),
        (SCORES, ("one", "group=A"), (), "No participant and no picture has 'group=A'"),
        ([], ("one", "two"), (), "no scores of 'one'. `gazelab score` makes them"),
    ],
)
def test_what_cannot_be_compared_is_refused(scores, pair, metrics, sentence):
    with pytest.raises(SettingsError, match=sentence):
        of_scores(scores, pair, metrics=metrics)


def with_conditions(*conditions):
    rows = {name: (value,) for name, value in zip("abcd", conditions, strict=True)}
    return replace(
        Project(scores=tuple(SCORES)),
        stimuli={name: Stimulus(name, "", 80, 60, "") for name in "abcd"},
        stimulus_attributes=Attributes(("scene",), rows),
    )


def test_sets_of_pictures_are_compared_by_the_scores_of_each_source():
    project = with_conditions("in", "in", "out", "out")
    rows = found(project, ("scene=in", "scene=out"), metrics=("nss",))
    assert [row.about for row in rows] == ["one saliency", "two saliency", CENTRE_BIAS]
    one = rows[0]
    assert (one.found.paired, one.found.n_first, one.found.n_second) == (False, 2, 1)
    assert one.n_left_out == 1
    assert rows[2].found.difference == 0
    chosen = found(project, ("scene=in", "scene=out"), metrics=("nss",), models=("t*",))
    assert [row.about for row in chosen] == ["two saliency"]


def test_best_and_worst_are_ranked_by_the_direction_of_the_metric():
    higher = extremes(SCORES[:4], "one", "nss", 1)
    assert [s.stimulus for s in (*higher.best, *higher.worst)] == ["c", "a"]
    assert (higher.n, higher.n_undefined) == (3, 1)
    lower = extremes([s for s in SCORES if s.metric == "kl"], "two", "kl", 9)
    assert [s.stimulus for s in (*lower.best, *lower.worst)] == ["a", "c"]


def test_best_and_worst_pictures_are_sets_whose_own_score_says_nothing():
    project = replace(with_conditions("in", "in", "out", "out"), scores=tuple(SCORES))
    rows = found(project, ("one nss=best 1", "one nss=worst 1"))
    assert ("one saliency", "nss") not in {(row.about, row.metric) for row in rows}
    (kl,) = [row for row in rows if (row.about, row.metric) == ("two saliency", "kl")]
    assert {name for name, *_ in kl.values} == {"a", "c"}


PEOPLE = ("p1", "p2", "p3", "p4", "p5")


def scanpath(who, stimulus, seed, centre):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(centre, 6, 6).clip(0, 79), rng.uniform(10, 50, 6)
    durations = np.full(6, 200.0)
    return Scanpath(
        who, stimulus, x, y, onsets_from_durations(durations), durations, np.zeros(6, np.int8)
    )


@pytest.fixture
def people():
    """Five participants in two groups, of whom the first three look to the left."""
    names = ("a", "b", "c")
    paths = [
        scanpath(who, name, [k, j], 20 if j < 3 else 60)
        for k, name in enumerate(names)
        for j, who in enumerate(PEOPLE)
    ]
    rng = np.random.default_rng(1)
    maps = [
        Attention(n, "model", "saliency", rng.random((1, 15, 20), np.float32), ("1",))
        for n in names
    ]
    groups = {who: ("left" if k < 3 else "right",) for k, who in enumerate(PEOPLE)}
    project = replace(
        Project(),
        stimuli={name: Stimulus(name, "", 80, 60, "") for name in names},
        participant_attributes=Attributes(("group",), groups),
    )
    return project.with_scanpaths(paths).with_attention(maps)


GROUPS = ("group=left", "group=right")


def slow_agreement(project, metric, first):
    """The mean over stimuli of the metric between the maps of `first` and of all others."""
    values = []
    for name, stimulus in project.stimuli.items():
        sides_ = [
            [p for p in project.scanpaths_of(name) if (p.participant in first) == wanted]
            for wanted in (True, False)
        ]
        # cells two thirds of the blur wide
        one, other = (human_density(s, stimulus, 6.0, grid=(18, 24)) for s in sides_)
        truth = Truth((18, 24), np.empty(0, np.intp), other)
        values.append(metric_of(metric).evaluate(Prediction(one), truth)[0])
    return np.mean(values)


@pytest.mark.parametrize("metric", ["cc", "js"])
def test_maps_of_groups_are_compared_with_those_of_all_other_groups_of_that_size(people, metric):
    (row,) = [r for r in found(people, GROUPS, metrics=(metric,)) if r.about == ABOUT]
    assert row.first == "group=left with group=right"
    assert row.second == RELABELLED
    mine = slow_agreement(people, metric, PEOPLE[:3])
    others = [slow_agreement(people, metric, three) for three in combinations(PEOPLE, 3)]
    assert row.found.mean_first == pytest.approx(mine, abs=1e-5)
    assert row.found.mean_second == pytest.approx(np.mean(others), abs=1e-5)
    lower = metric_of(metric).direction == "higher"
    as_far = [(o <= mine + 1e-9) if lower else (o >= mine - 1e-9) for o in others]
    assert row.found.p == pytest.approx(np.mean(as_far))
    assert row.found.test == f"{RELABELLED}, one-sided, exact, all 10 arrangements"


def test_relabellings_are_drawn_where_there_are_more(people):
    row = found(people, GROUPS, metrics=("cc",), relabellings=9)[0]
    assert row.found.test == f"{RELABELLED}, one-sided, 9 draws, seed 0"
    assert row.found.p >= 0.1


def test_groups_that_look_alike_are_not_told_apart(people):
    mixed = {who: (("left", "right")[k % 2],) for k, who in enumerate(PEOPLE)}
    people = replace(people, participant_attributes=Attributes(("group",), mixed))
    assert found(people, GROUPS, metrics=("cc",))[0].found.p > 0.1


def test_sources_are_scored_against_each_group_alone(people):
    rows = found(people, GROUPS, metrics=("nss",))
    assert [row.about for row in rows] == ["model saliency", INTER_OBSERVER]
    means = []
    for members in (PEOPLE[:3], PEOPLE[3:]):
        paths = [path for path in people.scanpaths if path.participant in members]
        alone = people.with_scanpaths(paths)
        of_group = finish(scored(alone, ScorePlan(blur=BLUR, metrics=("nss",))))
        means.append(np.mean([s.value for s in of_group if s.source == "model"]))
    assert [rows[0].found.mean_first, rows[0].found.mean_second] == pytest.approx(means)


def test_a_picture_that_one_group_did_not_see_is_left_out(people):
    paths = [p for p in people.scanpaths if p.stimulus != "c" or p.participant in PEOPLE[:3]]
    rows = found(people.with_scanpaths(paths), GROUPS, metrics=("cc",))
    assert [row.found.n_first for row in rows] == [2, 2, 2]
    none = [p for p in people.scanpaths if p.participant in PEOPLE[:3]]
    alone = replace(people.with_scanpaths(none), recordings={})
    with pytest.raises(SettingsError, match="has 'group=right'"):
        found(alone, GROUPS)


def test_what_is_said_beside_groups_counts_people_and_fixations(people):
    plan = DifferencePlan(pairs=(GROUPS,), blur=BLUR, metrics=("cc",))
    assert finish(compare(people, plan)).notes == (
        "group=left: 3 participants, 54 fixations in use, 0 excluded",
        "group=right: 2 participants, 36 fixations in use, 0 excluded",
        OVER_PICTURES,
    )


def test_the_blur_of_groups_must_be_known(people):
    plan = DifferencePlan(pairs=(GROUPS,), blur=Blur(math.nan))
    with pytest.raises(SettingsError, match="blur in pixels is not known"):
        finish(compare(people, plan))


def test_groups_that_share_somebody_are_refused(people):
    both = people.participant_attributes.updated(Attributes(("age",), {"p1": ("old",)}))
    people = replace(people, participant_attributes=both)
    with pytest.raises(SettingsError, match="share p1"):
        found(people, ("group=left", "age=old"))


def test_what_there_is_to_compare_leaves_out_groups_of_one(people):
    both = people.participant_attributes.updated(Attributes(("age",), {"p1": ("old",)}))
    people = replace(people, participant_attributes=both)
    assert [side.name for side in sides(people)] == ["group=left", "group=right"]


def classified(**classes):
    """Pictures in folders cow and dog, with what a classifier of two classes named."""
    stimuli = {id_: Stimulus(id_, "", 80, 60, "") for id_ in ("cow/1", "cow/2", "dog/1", "x/1")}
    one = np.ones((1, 2, 2), np.float32)
    maps = [
        Attention(
            id_, "net: CAM", "attention", one, ("1",),
            explanation=Explanation("cam", "predicted", "", name, "attention-softmax"),
        )
        for id_, name in zip(stimuli, ("cow", "dog", "dog", "dog"), strict=True)
    ]  # fmt: skip
    return replace(Project(**classes), stimuli=stimuli).with_attention(maps)


def test_pictures_are_named_rightly_or_wrongly():
    project = classified()
    assert named_classes(project) == {
        "attention-softmax": {"cow/1": "cow", "cow/2": "dog", "dog/1": "dog", "x/1": "dog"}
    }
    right = {"cow/1": "correct", "cow/2": "wrong", "dog/1": "correct"}
    assert answers(project, "attention-softmax") == right
    told = Attributes(("class",), {"x/1": ("Dog",), "cow/1": ("horse",)})
    project = replace(project, stimulus_attributes=told)
    changed = {"cow/1": "wrong", "x/1": "correct"}
    assert answers(project, "attention-softmax") == right | changed


def test_the_class_after_the_last_step_is_what_was_named():
    two = np.ones((2, 2, 2), np.float32)
    notes = ("cat 0.40, dog 0.30", "garden spider 0.70, cat 0.30")
    seen = Attention("a", "net", "attention", two, ("1", "2"), step_notes=notes)
    other = Attention("b", "net", "attention", two, ("1", "2"), step_notes=("", ""))
    project = Project().with_attention([seen, other])
    assert named_classes(project) == {"net": {"a": "garden spider"}}


def test_right_and_wrong_answers_are_sets_of_pictures():
    values = dict(zip(("cow/1", "cow/2", "dog/1"), (3.0, 1.0, 2.0), strict=True))
    scores = tuple(score(name, "net: CAM", value) for name, value in values.items())
    project = classified().with_scores(scores)
    pair = ("attention-softmax=correct", "attention-softmax=wrong")
    how = Inference(PERMUTATION)
    (row,) = found(project, pair, inference=how)
    assert (row.found.n_first, row.found.n_second) == (2, 1)
    notes = finish(compare(project, DifferencePlan(pairs=(pair,), blur=BLUR))).notes
    assert notes == (f"{pair[0]}: 2 pictures, {pair[1]}: 1 picture; 1 in neither",)


def test_tables_hold_what_was_found_and_every_picture():
    rows = of_scores(SCORES, ("one", "two"), metrics=["nss"])
    differences, pictures = map(csv_of, difference_tables(rows))
    head, line = (text.split(",") for text in differences.splitlines()[:2])
    row = dict(zip(head, line, strict=False))
    assert (row["first"], row["n_first"], row["n_left_out"]) == ("one saliency", "3", "1")
    assert [line.split(",")[0] for line in pictures.splitlines()] == ["stimulus", *"abcd"]
    assert pictures.splitlines()[1].endswith("3.0,1.0,2.0,sd")
    assert ",NA,NA,sd" in pictures.splitlines()[4]
