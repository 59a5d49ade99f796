import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.metrics.pair import Pair
from gazelab.metrics.similarities import SIMILARITIES, similar, similarity_of
from gazelab.project.project import Addition, Project
from gazelab.report.similarity import summarise_similarity
from gazelab.study.similarity import (
    NO_CHANCE,
    SimilarityPlan,
    similarities,
    step_peaks,
    write_similarities,
)
from gazelab.task import finish

DTW = similarity_of("dtw")


def scanpath(participant, stimulus, size=(80, 60), n=5, trial="1", excluded=()):
    rng = np.random.default_rng([*f"{participant}{stimulus}{trial}".encode()])
    x, y = rng.uniform(0, size[0], n), rng.uniform(0, size[1], n)
    flags = np.zeros(n, np.int8)
    flags[list(excluded)] = Exclusion.OFF_STIMULUS
    return Scanpath(
        participant, stimulus, x, y, np.arange(n) * 300.0, np.full(n, 200.0), flags, trial
    )


def peaks_at(stimulus, source, *cells, kind="attention"):
    maps = np.zeros((len(cells), 6, 8), np.float32)
    for map_, (row, column) in zip(maps, cells, strict=True):
        map_[row, column] = 1
    return Attention(stimulus, source, kind, maps, tuple(map(str, range(len(cells)))))


@pytest.fixture
def project():
    sizes = {"a": (80, 60), "b": (160, 240)}
    return Project().with_addition(
        Addition(
            stimuli=tuple(Stimulus(name, "", *size, "") for name, size in sizes.items()),
            scanpaths=(
                *(scanpath(who, name, size) for name, size in sizes.items() for who in "qpr"),
                scanpath("p", "a", trial="2"),
            ),
            attention=(
                peaks_at("a", "seer", (0, 0), (5, 7), (2, 2)),
                peaks_at("a", "still", (1, 1)),
            ),
        )
    )


def compared(project, **choices):
    return finish(similarities(project, SimilarityPlan(**{"measures": ("dtw",)} | choices)))


def test_every_two_scanpaths_of_different_people_are_compared_once(project):
    found = [pair for pair in compared(project) if not pair.kind]
    names = [
        (
            pair.stimulus,
            frozenset([(pair.first, pair.first_trial), (pair.second, pair.second_trial)]),
        )
        for pair in found
    ]
    # on a: p twice, q, r, and p is not compared with p; on b: p, q, r
    assert len(names) == len(set(names)) == 5 + 3
    # so that CORM, which tells who comes later, has the same sense on every stimulus
    assert all(pair.first < pair.second for pair in found)
    paths = {path.key: path for path in project.scanpaths}
    for pair in found:
        a = paths[pair.first, pair.stimulus, pair.first_trial]
        b = paths[pair.second, pair.stimulus, pair.second_trial]
        shape = project.stimuli[pair.stimulus].shape
        assert pair.values == similar(Pair(a, b, shape), (DTW,))[0]


def test_chance_is_somebody_else_on_another_stimulus_moved_in_proportion(project):
    paths = {path.key: path for path in project.scanpaths}
    for pair in compared(project):
        participant, stimulus, _ = pair.elsewhere
        assert stimulus != pair.stimulus
        assert participant != pair.first
        if pair.kind:
            continue
        other = paths[pair.elsewhere]
        here, there = project.stimuli[pair.stimulus], project.stimuli[stimulus]
        moved = replace(
            other,
            x_px=other.x_px * here.width_px / there.width_px,
            y_px=other.y_px * here.height_px / there.height_px,
        )
        first = paths[pair.first, pair.stimulus, pair.first_trial]
        expected = similar(Pair(first, moved, here.shape), (DTW,))[0]
        assert pair.chance == pytest.approx(expected)


def test_the_same_seed_draws_the_same_chance(project):
    one, same, other = (compared(project, seed=seed) for seed in (1, 1, 2))
    assert [pair.elsewhere for pair in one] == [pair.elsewhere for pair in same]
    assert [pair.elsewhere for pair in one] != [pair.elsewhere for pair in other]


def test_people_are_compared_with_the_peaks_of_the_steps(project):
    found = [pair for pair in compared(project) if pair.kind]
    assert {(pair.first, pair.kind) for pair in found} == {("seer", "attention")}
    assert [pair.second for pair in found] == ["q", "p", "r", "p"]
    assert {pair.n_first for pair in found} == {3}
    path = step_peaks(project.attention["a", "seer", "attention"], (60, 80))
    assert path.x_px.tolist() == [5, 75, 25]
    assert path.y_px.tolist() == [5, 55, 25]


def test_steps_that_attend_nowhere_are_left_out():
    attention = peaks_at("a", "seer", (0, 0), (5, 7))
    attention.maps[0] = 0
    assert step_peaks(attention, (60, 80)).x_px.tolist() == [75]
    attention.maps[:] = 0
    assert len(step_peaks(attention, (60, 80))) == 0


def test_excluded_fixations_take_no_part(project):
    path = scanpath("p", "b", (160, 240), excluded=(0, 4))
    kept = tuple(other for other in project.scanpaths if other.key != path.key)
    found = compared(replace(project, scanpaths=(path, *kept)))
    counts = {pair.n_first for pair in found if (pair.first, pair.stimulus) == ("p", "b")}
    assert counts == {3}


def test_with_one_stimulus_there_is_no_chance_and_it_is_said(project):
    alone = replace(project, scanpaths=project.scanpaths_of("a"))
    for pair in compared(alone):
        assert np.isnan(pair.chance).all()
        assert pair.chance_reasons == (NO_CHANCE,)
        assert pair.elsewhere == ("", "", "")
    summary = summarise_similarity(compared(alone), (DTW,))[0]
    assert np.isnan([summary.chance, summary.difference, summary.difference_low]).all()
    assert (summary.n_pairs, summary.n_stimuli) == (5, 0)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"measures": ("beauty",)}, "There is no measure 'beauty'"),
        ({"models": ("nix",)}, "The project has no maps of 'nix'"),
        ({"models": ("still",)}, "still: a single map is no scanpath"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_at_once(project, choices, sentence):
    with pytest.raises(SettingsError, match=sentence):
        next(similarities(project, SimilarityPlan(**choices)))


def test_one_viewer_alone_is_refused(project):
    alone = replace(project, scanpaths=project.scanpaths[:1], attention={})
    with pytest.raises(SettingsError, match="no two scanpaths to compare"):
        next(similarities(alone, SimilarityPlan()))


def test_means_are_over_pairs_and_differences_over_stimuli(project):
    found = [pair for pair in compared(project) if not pair.kind]
    people, _ = summarise_similarity(compared(project), (DTW,))
    assert (people.who, people.unit, people.direction) == ("people", "px", "lower")
    assert people.mean == pytest.approx(np.mean([pair.values[0] for pair in found]))
    assert people.chance == pytest.approx(np.mean([pair.chance[0] for pair in found]))
    by_stimulus = [
        np.mean([pair.values[0] - pair.chance[0] for pair in found if pair.stimulus == name])
        for name in "ab"
    ]
    assert people.difference == pytest.approx(np.mean(by_stimulus))
    assert people.difference_low <= people.difference <= people.difference_high
    assert (people.n_pairs, people.n_undefined, people.n_stimuli) == (8, 0, 2)


def test_every_pair_and_every_measure_stands_in_the_table(project, tmp_path):
    found = compared(project, measures=tuple(measure.id for measure in SIMILARITIES))
    summaries = summarise_similarity(found, SIMILARITIES)
    folder = finish(write_similarities(found, SIMILARITIES, summaries, tmp_path / "out"))
    again = finish(write_similarities(found, SIMILARITIES, summaries, tmp_path / "out"))
    assert (folder.name, again.name) == ("out", "out-2")
    with open(folder / "similarity.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(found) * len(SIMILARITIES)
    for row in rows:
        assert (row["value"] == "NA") == bool(row["note"])
        assert (row["chance"] == "NA") == bool(row["chance_note"])
    values = [float(row["value"]) for row in rows if row["measure"] == "dtw"]
    place = SIMILARITIES.index(DTW)
    assert values == [pair.values[place] for pair in found]
    described = json.loads((folder / "data_dictionary.json").read_text("utf-8"))
    assert set(described["metrics"]) == {measure.id for measure in SIMILARITIES}
    with open(folder / "similarity_participants.csv", encoding="utf-8", newline="") as file:
        by_name = {
            (row["first"], row["second"], row["measure"]): row for row in csv.DictReader(file)
        }
    names = {(first, second) for first, second, _ in by_name}
    assert names == {("p", "q"), ("p", "r"), ("q", "r"), *(("seer", who) for who in "pqr")}
    # p saw a twice
    of_both = [pair.values[place] for pair in found if {pair.first, pair.second} == {"p", "q"}]
    row = by_name["p", "q", "dtw"]
    assert (row["n_pairs"], float(row["mean"])) == ("3", pytest.approx(np.mean(of_both)))
    with open(folder / "similarity_summary.csv", encoding="utf-8", newline="") as file:
        assert {row["who"] for row in csv.DictReader(file)} == {"people", "seer"}


def test_a_write_that_is_stopped_leaves_nothing(project, tmp_path):
    found = compared(project)
    task = write_similarities(found, (DTW,), summarise_similarity(found, (DTW,)), tmp_path / "out")
    next(task)
    task.close()
    assert not list(tmp_path.iterdir())


def test_one_stimulus_is_compared_as_it_is_among_all(project):
    name = next(iter(project.stimuli))
    alone = compared(project, stimuli=(name,))
    among = [pair for pair in compared(project) if pair.stimulus == name]
    assert {pair.stimulus for pair in alone} == {name}
    for one, other in zip(alone, among, strict=True):
        assert (one.first, one.second, one.elsewhere) == (
            other.first,
            other.second,
            other.elsewhere,
        )
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.chance, other.chance)
    with pytest.raises(SettingsError, match="no stimulus 'elsewhere"):
        compared(project, stimuli=("elsewhere.png",))
