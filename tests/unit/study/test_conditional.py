import csv
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_matrix import attention, scanpath, study

from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.metrics.bootstrap import mean_interval
from gazelab.metrics.points import UNIFORM_SHARE
from gazelab.report.conditional import summarise_conditional
from gazelab.study.conditional import (
    CONDITIONAL,
    FIRST,
    NO_STEP,
    ConditionalPlan,
    conditional_scores,
    write_conditional,
)
from gazelab.study.score import ScorePlan, score
from gazelab.study.viewings import Ground, pool_of, viewings_of
from gazelab.task import finish


def conditional(project, **choices):
    return finish(conditional_scores(project, ConditionalPlan(**choices)))


@pytest.fixture
def project():
    paths = [scanpath(who, name, 7 * k + j, 5, (1,) if who == "q" else ())
             for k, name in enumerate("ab") for j, who in enumerate("pqr")]  # fmt: skip
    return study(paths, (attention("a"), attention("b", seed=1)))


def plain(metric, map_, bias, x_px, y_px):
    """Return the value at one fixation, the plainest way."""
    values, at = map_.astype(float), map_[int(y_px), int(x_px)]
    if metric == "nss":
        return (at - values.mean()) / values.std()
    if metric == "auc":
        return ((values < at).sum() + 0.5 * (values == at).sum()) / values.size
    p, b = values / values.sum(), bias.astype(float) / bias.sum(dtype=float)
    mixed = [(1 - UNIFORM_SHARE) * d[int(y_px), int(x_px)] + UNIFORM_SHARE / d.size for d in (p, b)]
    return np.log2(mixed[0] / mixed[1])


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lengths=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    steps=st.integers(1, 4),
    with_first=st.booleans(),
)
def test_every_fixation_has_the_value_of_the_map_beside_it(seed, lengths, steps, with_first):
    paths = [scanpath(f"v{j}", "a", seed + j, n) for j, n in enumerate(lengths)]
    paths.append(scanpath("v0", "b", seed + 9, 4))
    project = study(paths, [attention("a", steps, seed=seed)])
    viewings = viewings_of(project, by_duration=False)
    bias = Ground(viewings["a"], pool_of(viewings), 1.0).bias
    maps = project.attention["a", "seer", "saliency"].maps
    for found in conditional(project, with_first=with_first):
        k = 0
        for path in project.scanpaths_of("a"):
            for number in range(1, len(path) + 1):
                assert found.keys[found.trial[k]] == path.key
                assert found.fixation[k] == number
                step = 1 if steps == 1 else number
                if step > steps or (number == 1 and not with_first):
                    assert np.isnan(found.value[k])
                    assert found.step[k] == 0
                    first = number == 1 and not with_first
                    assert found.note[k] == (FIRST if first else NO_STEP)
                else:
                    place = path.x_px[number - 1], path.y_px[number - 1]
                    expected = plain(found.metric, maps[step - 1], bias, *place)
                    assert found.value[k] == pytest.approx(expected, rel=1e-4, abs=1e-5)
                    assert (found.step[k], found.note[k]) == (step, "")
                k += 1
        assert k == len(found.value)


def test_for_a_single_map_the_mean_is_the_plain_score(project):
    still = project.with_attention([attention(name, 1, source="still") for name in "ab"])
    found = conditional(still, models=("still",), with_first=True)
    plan = ScorePlan(blur=Blur(6.0), models=("still",), metrics=tuple(CONDITIONAL))
    rows = {(r.stimulus, r.metric): r for r in finish(score(still, plan)) if r.source == "still"}
    assert len(found) == len(rows) == 6
    for one in found:
        row = rows[one.stimulus, one.metric]
        assert one.value.mean() == pytest.approx(row.value, rel=1e-12)
        assert (len(one.value), one.n_excluded) == (row.n_fixations, row.n_excluded)
        assert one.alignment == "one map"


def test_means_are_over_pictures_and_what_does_not_enter_is_counted(project):
    found = conditional(project, metrics=("nss",))
    everything, *numbered = summarise_conditional(found, 4)
    means = np.array([np.nanmean(one.value) for one in found])
    assert everything.mean == pytest.approx(means.mean())
    assert (everything.low, everything.high) == mean_interval(means)
    # three viewers with five fixations on two pictures; one of q is excluded on each
    assert (everything.n_excluded, everything.n_fixations + everything.n_undefined) == (2, 28)
    # of steps 2 and 3: three viewers, less the second fixation of q
    assert [one.n_fixations for one in numbered] == [0, 4, 6, 0]
    assert np.isnan([numbered[0].mean, numbered[3].mean]).all()


def test_steps_beside_fixations_by_time_take_all_of_them(project):
    found = conditional(project, alignment="time", with_first=True)
    assert all((one.step > 0).all() and np.isfinite(one.value).all() for one in found)


def test_an_undefined_metric_says_why(project):
    flat = replace(attention("a", 1, source="flat"), maps=np.ones((1, 60, 80), np.float32))
    (found,) = conditional(project.with_attention([flat]), models=("flat",), metrics=("nss",))
    assert np.isnan(found.value).all()
    assert set(found.note) == {FIRST, "the map is constant"}


def test_every_value_stands_in_the_table(project, tmp_path):
    found = conditional(project)
    summaries = summarise_conditional(found, 2)
    folder = finish(write_conditional(found, summaries, tmp_path / "out"))
    with open(folder / "conditional.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    values = [value for one in found for value in one.value]
    told = [float(row["value"].replace("NA", "nan")) for row in rows]
    assert told == pytest.approx(values, nan_ok=True)
    assert all((row["value"] == "NA") == bool(row["note"]) for row in rows)
    with open(folder / "conditional_summary.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(summaries) == 3 * 3
    assert (folder / "data_dictionary.json").is_file()


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"metrics": ("cc",)}, "They are: nss, auc, ig"),
        ({"metrics": ()}, "have a value at each"),
        ({"alignment": "order"}, "no alignment 'order'"),
        ({"models": ("nix",)}, "no maps of 'nix'"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(project, choices, sentence):
    with pytest.raises(SettingsError, match=sentence):
        next(conditional_scores(project, ConditionalPlan(**choices)))
