"""Rules take fixations out of every measure, and back in."""

import datetime
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazelab.data.exclusion import (
    WHAT,
    ExclusionRule,
    dated,
    exclusion_counts,
    first_rules,
    hits,
    judged,
)
from gazelab.data.gaze import Exclusion, Scanpath, exclusions
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

PICTURE = Stimulus("a.png", "a.png", 100, 100, "")
PATH = Scanpath(
    "P1",
    "a.png",
    np.array([10.0, 20.0, 500.0, np.nan, 50.0]),
    np.array([10.0, 20.0, 30.0, 40.0, 50.0]),
    np.array([-50.0, 100.0, 300.0, 500.0, 700.0]),
    np.array([40.0, 80.0, 40.0, 40.0, np.nan]),
    np.zeros(5, np.int8),
)
NONE, RULE = Exclusion.NONE, Exclusion.BY_RULE
OFF, NO_POSITION, NO_DURATION = (
    Exclusion.OFF_STIMULUS,
    Exclusion.NO_POSITION,
    Exclusion.NO_DURATION,
)


def flags(*rules: ExclusionRule) -> list[int]:
    return judged(PATH, PICTURE, rules).exclusion.tolist()


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        (ExclusionRule("P1"), RULE, RULE),
        (ExclusionRule(), RULE, RULE),
        (ExclusionRule("P2"), NONE, NONE),
        (ExclusionRule(stimulus="a.png"), RULE, RULE),
        (ExclusionRule("P1", "a.png", "1"), RULE, RULE),
        (ExclusionRule("P1", "a.png", "2"), NONE, NONE),
        (ExclusionRule("P1", "b.png"), NONE, NONE),
        (ExclusionRule(what="first"), RULE, NONE),
        (ExclusionRule(what="shorter", limit_ms=50), RULE, NONE),
        (ExclusionRule(what="shorter", limit_ms=40), NONE, NONE),
        (ExclusionRule(what="longer", limit_ms=50), NONE, RULE),
        (ExclusionRule(what="longer", limit_ms=80), NONE, NONE),
        (ExclusionRule(what="before onset"), RULE, NONE),
    ],
)
def test_each_rule_hits_what_it_says(rule: ExclusionRule, first: int, second: int) -> None:
    # what the stimulus and the file exclude keeps its reason, whatever the rule
    assert flags(rule) == [first, second, OFF, NO_POSITION, NO_DURATION]


def test_rules_add_up_and_are_taken_back() -> None:
    short = ExclusionRule(what="shorter", limit_ms=50)
    long = ExclusionRule(what="longer", limit_ms=50)
    both = judged(PATH, PICTURE, (short, long))
    assert not both.used.any()
    assert judged(both, PICTURE, (long,)).exclusion.tolist()[:2] == [NONE, RULE]
    assert judged(both, PICTURE, ()).exclusion.tolist()[:2] == [NONE, NONE]


def test_what_stays_the_same_is_the_same_object() -> None:
    once = judged(PATH, PICTURE, ())
    assert judged(once, PICTURE, (ExclusionRule("P2"),)) is once


def test_an_unknown_duration_is_neither_short_nor_long() -> None:
    for what in ("shorter", "longer"):
        hits = ExclusionRule(what=what, limit_ms=50.0).hits(PATH)
        assert not hits[4]


def test_an_empty_scanpath_has_nothing_to_exclude() -> None:
    none = np.empty(0)
    empty = replace(
        PATH, x_px=none, y_px=none, onset_ms=none, duration_ms=none, exclusion=np.zeros(0, np.int8)
    )
    for what in WHAT:
        rule = ExclusionRule(what=what, limit_ms=50.0)
        assert rule.hits(empty).shape == (0,)
        assert len(judged(empty, PICTURE, (rule,))) == 0


@pytest.mark.parametrize("what", ["shorter", "longer"])
@pytest.mark.parametrize("limit_ms", [math.nan, -1.0, math.inf])
def test_a_rule_by_duration_needs_a_limit(what: str, limit_ms: float) -> None:
    with pytest.raises(SettingsError, match="limit in ms"):
        ExclusionRule(what=what, limit_ms=limit_ms)


def test_a_rule_of_another_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match="'ugly'"):
        ExclusionRule(what="ugly")


rules = st.builds(
    ExclusionRule,
    st.sampled_from(("", "P1", "P2")),
    st.sampled_from(("", "a.png", "b.png")),
    st.sampled_from(("", "1", "2")),
    st.sampled_from(WHAT),
    st.floats(0, 100),
)


@given(st.lists(rules, max_size=4))
def test_the_flags_are_those_of_the_data_or_of_a_rule(found: list[ExclusionRule]) -> None:
    path = judged(PATH, PICTURE, found)
    due = exclusions(PATH.x_px, PATH.y_px, PATH.duration_ms, 100, 100)
    assert (path.exclusion[due != NONE] == due[due != NONE]).all()
    hit = np.any([rule.hits(PATH) for rule in found], axis=0) if found else np.zeros(5, bool)
    np.testing.assert_array_equal(path.exclusion == RULE, hit & (due == NONE))


@given(st.permutations([ExclusionRule("P1", what=w, limit_ms=60.0) for w in WHAT]))
def test_the_order_of_the_rules_plays_no_part(found: list[ExclusionRule]) -> None:
    assert flags(*found) == flags(*[ExclusionRule("P1", what=w, limit_ms=60.0) for w in WHAT])


def test_each_fixation_is_put_down_to_the_first_rule_that_hits_it() -> None:
    found = (
        ExclusionRule("P2"),
        ExclusionRule(what="shorter", limit_ms=50.0),
        ExclusionRule("P1"),
    )
    path = judged(PATH, PICTURE, found)
    assert first_rules(path, found).tolist() == [2, 3, 0, 0, 0]
    assert [hits(rule, [path, path]) for rule in found] == [0, 2, 4]
    assert first_rules(path, ()).tolist() == [0] * 5


def test_fixations_are_counted_by_what_excludes_them() -> None:
    path = judged(PATH, PICTURE, [ExclusionRule(what="first")])
    counts = exclusion_counts([path, path])
    assert counts == {NONE: 2, OFF: 2, NO_POSITION: 2, NO_DURATION: 2, RULE: 2}
    assert set(exclusion_counts([]).values()) == {0}


def test_a_rule_is_told_in_words() -> None:
    rule = ExclusionRule("P1", "a.png", "2", "shorter", 50.0)
    assert rule.fixations == "fixations shorter than 50 ms"
    assert rule.whose == "participant P1, stimulus a.png, trial 2"
    assert ExclusionRule().whose == "every participant"
    assert len({ExclusionRule(what=what, limit_ms=1.0).fixations for what in WHAT}) == len(WHAT)


def test_a_rule_knows_since_when_it_holds() -> None:
    since = datetime.datetime.fromisoformat(dated(ExclusionRule("P1")).since)
    assert since.tzinfo is not None
    age = datetime.datetime.now(datetime.UTC) - since
    assert datetime.timedelta(seconds=-1) < age < datetime.timedelta(minutes=5)


def test_a_source_without_durations_excludes_nothing_for_it() -> None:
    untimed = replace(PATH, duration_ms=np.full(5, np.nan))
    expected = [NONE, NONE, OFF, NO_POSITION, NONE]
    assert judged(untimed, PICTURE, ()).exclusion.tolist() == expected
    assert untimed.end_ms == 700.0
