import math
from dataclasses import replace

import numpy as np
import pytest
from test_score import project, scores  # noqa: F401  (a fixture)

from gazelab.data.scores import GOLD_STANDARD, INTER_OBSERVER
from gazelab.study.relative import with_relative

IDS = ("auc", "auc-normalised", "ig", "ig-explained")


def values(rows, metric, source="model"):
    return {r.stimulus: r.value for r in rows if r.metric == metric and r.source == source}


def people_at(rows, of):
    """Return the rows with what people reach set."""
    level = {"auc": INTER_OBSERVER, "ig": GOLD_STANDARD}
    return [
        replace(row, value=of[row.metric][row.stimulus])
        if row.metric in of and row.source == level[row.metric] and not row.step
        else row
        for row in rows
    ]


KNOWN = {"auc": dict(a=0.9, b=0.75, c=0.5), "ig": dict(a=2.0, b=1.0, c=math.nan)}  # noqa: C408


def test_people_stand_at_one_and_chance_at_a_half(project):  # noqa: F811
    rows = with_relative(people_at(scores(project, metrics=IDS), KNOWN), IDS)
    auc = values(rows, "auc")
    expected = {s: 0.5 + (auc[s] - 0.5) / (KNOWN["auc"][s] - 0.5) / 2 for s in auc}
    assert values(rows, "auc-normalised") == pytest.approx(expected)
    people = values(rows, "auc-normalised", INTER_OBSERVER)
    assert people == pytest.approx({"a": 1, "b": 1, "c": math.nan}, nan_ok=True)
    (row,) = (
        r
        for r in rows
        if r.metric == "auc-normalised" and (r.stimulus, r.source) == ("c", INTER_OBSERVER)
    )
    assert row.note.endswith("people predict one another at chance or worse")


def test_the_mean_gain_explained_is_the_quotient_of_the_means(project):  # noqa: F811
    rows = with_relative(people_at(scores(project, metrics=IDS), KNOWN), IDS)
    gain, share = values(rows, "ig"), values(rows, "ig-explained")
    assert np.mean(list(share.values())) == pytest.approx(np.mean(list(gain.values())) / 1.5)
    shares = [row for row in rows if row.metric == "ig-explained" and row.value == row.value]
    to = "relative to mean IG 1.5000 bit of KDE gold standard on 2 stimuli"
    assert all(row.note.endswith(to) for row in shares)
    (gold,) = {r.sigma_px for r in rows if (r.source, r.metric) == (GOLD_STANDARD, "ig")}
    assert {row.sigma_px for row in shares} == {gold}


def test_what_is_needed_is_computed_but_not_told(project):  # noqa: F811
    rows = scores(project, metrics=("auc-normalised",), by_step=True)
    assert {row.metric for row in rows} == {"auc-normalised"}
    assert any(row.step == 2 and row.value == row.value for row in rows)
    for row in rows:
        assert (row.value == row.value) or row.note
        assert row.fixations == "all" or row.value != row.value


def test_without_people_there_is_no_relation(project):  # noqa: F811
    rows = scores(project, metrics=("auc", "ig-explained"), baselines=False)
    (reason,) = {row.note for row in rows if row.metric == "ig-explained"}
    assert reason == "told for final maps and all fixations, with the baselines"
    assert {row.metric for row in rows} == {"auc", "ig-explained"}


def test_people_who_do_not_agree_explain_nothing(project):  # noqa: F811
    low = {"ig": dict.fromkeys("abc", -1.0)}
    rows = with_relative(people_at(scores(project, metrics=IDS), low), IDS)
    assert all(math.isnan(value) for value in values(rows, "ig-explained").values())
    assert all("over the centre bias" in r.note for r in rows if r.metric == "ig-explained")


def test_where_nobody_predicts_anybody_the_reason_is_theirs(project):  # noqa: F811
    alone = replace(project, scanpaths=[p for p in project.scanpaths if p.participant == "p"])
    rows = scores(alone, metrics=("ig-explained", "auc-normalised"))
    models = [row for row in rows if row.source == "model" and not row.step]
    assert models
    assert all(math.isnan(row.value) for row in models)
    assert {row.note.rpartition("; ")[2] for row in models} == {
        "fewer than two participants with fixations in use"
    }


def test_a_value_that_cannot_be_set_in_relation_says_its_own_reason(project):  # noqa: F811
    rows = with_relative(people_at(scores(project, metrics=IDS), KNOWN), IDS)
    broken = [
        replace(row, value=math.nan, note="the map is 0 everywhere")
        if (row.source, row.metric) == ("model", "ig")
        else row
        for row in rows
    ]
    again = with_relative(broken, IDS)
    notes = {r.note for r in again if (r.source, r.metric) == ("model", "ig-explained")}
    assert notes == {"the map is 0 everywhere"}
