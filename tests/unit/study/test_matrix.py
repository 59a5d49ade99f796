"""Every step against every fixation number, checked against plain loops."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath, onsets_from_durations
from gazelab.data.geometry import Blur
from gazelab.data.scores import INTER_OBSERVER
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.metrics.bootstrap import mean_interval
from gazelab.project.project import Addition, Project
from gazelab.report.matrix import ALONE, CHOICES, PEOPLE, STEP, summarise_matrices
from gazelab.study.matrix import NO_STEP, MatrixPlan, step_matrices, write_matrices
from gazelab.study.matrix_sheets import NO_FIXATION
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

BLUR = Blur(6.0, 0.5)
ROWS, COLUMNS = 60, 80


def scanpath(participant, stimulus, seed, n=5, excluded=()):
    rng = np.random.default_rng(seed)
    flags = np.zeros(n, np.int8)
    flags[list(excluded)] = Exclusion.OFF_STIMULUS
    durations = np.full(n, 200.0)
    x, y = rng.uniform(0, COLUMNS, n), rng.uniform(0, ROWS, n)
    x[list(excluded)] = -50
    return Scanpath(participant, stimulus, x, y, onsets_from_durations(durations), durations, flags)


def attention(stimulus, steps=3, source="seer", parts=(), seed=0):
    # on the pixels of the stimulus: plain loops need no resampling
    maps = np.random.default_rng(seed).random((steps, ROWS, COLUMNS), np.float32)
    names = tuple(str(k + 1) for k in range(steps))
    return Attention(stimulus, source, "saliency", maps, names, parts=parts)


def study(paths, maps):
    names = dict.fromkeys(path.stimulus for path in paths)
    stimuli = tuple(Stimulus(name, f"{name}.png", COLUMNS, ROWS, "") for name in names)
    return Project().with_addition(
        Addition(stimuli=stimuli, scanpaths=tuple(paths), attention=tuple(maps))
    )


@pytest.fixture
def project():
    paths = [
        scanpath(who, name, 10 * k + j, n=3 + j, excluded=(1,) if who == "q" else ())
        for k, name in enumerate("ab")
        for j, who in enumerate("pqr")
    ]
    return study(paths, (attention("a"), attention("b", seed=1)))


def matrices(project, **choices):
    return finish(step_matrices(project, MatrixPlan(**{"blur": BLUR} | choices)))


def seen(paths, k, choice):
    """Return the pixels (row, column) of the fixations in use that are meant."""
    return [
        (int(path.y_px[i]), int(path.x_px[i]))
        for path in paths
        for i in range(len(path))
        if path.used[i] and (i + 1 == k if choice == ALONE else i + 1 <= k)
    ]


def blurred(paths):
    """Return the sum of a Gaussian around each fixation in use, pixel by pixel."""
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    total = np.zeros((ROWS, COLUMNS))
    for path in paths:
        for i in np.flatnonzero(path.used):
            square = (x - path.x_px[i]) ** 2 + (y - path.y_px[i]) ** 2
            total += np.exp(-square / (2 * BLUR.sigma_px**2))
    return total


def plain_nss(map_, pixels):
    z = (map_.astype(float) - map_.mean(dtype=float)) / map_.std(dtype=float)
    return np.mean([z[pixel] for pixel in pixels]) if pixels else np.nan


def plain_people(paths, k, choice):
    found = []
    for one in paths:
        others = [path for path in paths if path is not one]
        if pixels := seen([one], k, choice):
            found.append(plain_nss(blurred(others), pixels))
    return np.mean(found) if found else np.nan


def only(path, k, choice):
    """Return the scanpath with the fixations that are meant in use."""
    numbers = np.arange(1, len(path) + 1)
    meant = numbers == k if choice == ALONE else numbers <= k
    return replace(path, exclusion=np.where(meant, path.exclusion, 1).astype(np.int8))


def plain_same(paths, k, choice):
    """Predict everybody by the fixations of the others that are meant, and no others."""
    meant = [only(path, k, choice) for path in paths]
    return plain_people([path for path in meant if path.used.any()], k, choice)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lengths=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    steps=st.integers(1, 4),
    excluded=st.sets(st.integers(0, 4)),
    n_fixations=st.integers(1, 6),
)
def test_every_cell_is_what_plain_loops_give(seed, lengths, steps, excluded, n_fixations):
    # of the first viewer alone, so that every stimulus keeps fixations in use
    paths = [
        scanpath(f"v{j}", "a", seed + j, n, [i for i in excluded if j == 0 and i < n])
        for j, n in enumerate(lengths)
    ]
    viewers = [path for path in paths if path.used.any()]
    maps = attention("a", steps, seed=seed)
    (found,) = matrices(study(paths, [maps]), n_fixations=n_fixations)
    assert found.values.shape == (1, 2, n_fixations, steps + 2)
    for c, choice in enumerate(CHOICES):
        for k in range(1, n_fixations + 1):
            pixels = seen(paths, k, choice)
            expected = [plain_nss(map_, pixels) for map_ in maps.maps]
            if len(viewers) > 1:
                expected.append(plain_people(viewers, k, choice))
            else:
                expected.append(np.nan)
            there = [path for path in viewers if only(path, k, choice).used.any()]
            expected.append(plain_same(there, k, choice) if len(there) > 1 else np.nan)
            assert found.values[0, c, k - 1] == pytest.approx(
                expected, rel=2e-5, abs=1e-6, nan_ok=True
            )
            assert found.n_fixations[0, c, k - 1] == len(pixels)


def test_a_metric_of_maps_compares_with_the_density_of_these_fixations(project):
    (found,) = matrices(project, metrics=("cc",))
    paths = project.scanpaths_of("b")
    only_third = [
        replace(path, exclusion=np.where(np.arange(len(path)) == 2, path.exclusion, 1))
        for path in paths
    ]
    for t, map_ in enumerate(project.attention["b", "seer", "saliency"].maps):
        expected = np.corrcoef(map_.ravel(), blurred(only_third).ravel())[0, 1]
        assert found.values[1, 0, 2, t] == pytest.approx(expected, rel=1e-4)


def test_the_diagonal_is_what_scores_by_step_say_of_aligned_fixations(project):
    metrics = ("nss", "auc", "sauc", "cc", "kl", "ig")
    found = {matrix.metric: matrix for matrix in matrices(project, metrics=metrics)}
    rows = finish(score(project, ScorePlan(blur=BLUR, metrics=metrics, by_step=True)))
    aligned = [row for row in rows if row.fixations == "aligned" and row.source != "centre bias"]
    assert len(aligned) == len(metrics) * 2 * 3 * 2  # stimuli, steps, seer and people
    for row in aligned:
        matrix = found[row.metric]
        cells = matrix.values[matrix.stimuli.index(row.stimulus), 0, row.step - 1]
        assert matrix.is_aligned(row.step, row.step)
        people = row.source == INTER_OBSERVER
        assert cells[-2 if people else row.step - 1] == pytest.approx(row.value, rel=1e-9)


def test_an_excluded_fixation_keeps_its_number_and_takes_no_part(project):
    (found,) = matrices(project)
    # p, q and r have a second fixation; that of q is excluded
    assert found.n_fixations[0].tolist() == [[3, 2, 3], [3, 5, 8]]


def test_a_number_that_nobody_has_is_undefined_and_it_is_said(project):
    (found,) = matrices(project, n_fixations=7)
    assert np.isnan(found.values[:, 0, 5:]).all()
    assert set(found.notes[:, 0, 5:].flat) == {NO_FIXATION}
    assert np.isfinite(found.values[:, 1]).all()
    # 1 to 6 are the same fixations as 1 to 5
    assert np.array_equal(found.values[:, 1, 5], found.values[:, 1, 4])


def test_a_picture_with_fewer_steps_lacks_the_later_ones(project):
    shorter = project.with_attention([attention("a", steps=2)])
    (found,) = matrices(shorter)
    assert np.isnan(found.values[0, :, :, 2]).all()
    assert set(found.notes[0, :, :, 2].flat) == {NO_STEP}
    cells = [cell for cell in summarise_matrices([found]) if cell.fixations == ALONE]
    (third,) = [cell for cell in cells if (cell.fixation, cell.step) == (3, 3)]
    assert (third.n_stimuli, third.n_undefined) == (1, 1)
    assert third.mean == found.values[1, 0, 2, 2]


@pytest.mark.parametrize(
    ("steps", "parts", "k", "diagonal"),
    [
        (3, (), 3, [(1, 1), (2, 2), (3, 3)]),
        (1, (), 10, [(1, 1)]),
        (2, (1, 3), 10, [(1, 1), (2, 1), *((k, 2) for k in range(3, 11))]),
    ],
)
def test_how_many_fixations_there_are_and_which_stand_beside_a_step(
    project, steps, parts, k, diagonal
):
    maps = [attention(name, steps, parts=parts) for name in "ab"]
    (found,) = matrices(replace(project, attention={}).with_attention(maps))
    assert found.values.shape == (2, 2, k, steps + 2)
    cells = summarise_matrices([found])
    assert [(c.fixation, c.step) for c in cells if c.aligned and c.fixations == ALONE] == diagonal


def test_sources_and_metrics_have_a_matrix_each(project):
    more = project.with_attention([attention("b", steps=1, source="still")])
    found = matrices(more, metrics=("nss", "auc"))
    assert [(m.source, m.metric, m.stimuli) for m in found] == [
        ("seer", "nss", ("a", "b")),
        ("seer", "auc", ("a", "b")),
        ("still", "nss", ("b",)),
        ("still", "auc", ("b",)),
    ]
    (only,) = matrices(more, models=("st*",))
    assert np.array_equal(only.values, found[2].values, equal_nan=True)


def test_means_and_intervals_are_over_pictures(project):
    (found,) = matrices(project)
    cells = summarise_matrices([found])
    assert len(cells) == 2 * 3 * 5
    for cell in cells:
        people = cell.predicted_by in PEOPLE
        column = 3 + PEOPLE.index(cell.predicted_by) if people else cell.step - 1
        values = found.values[:, CHOICES.index(cell.fixations), cell.fixation - 1, column]
        assert cell.mean == pytest.approx(values.mean())
        assert (cell.n_stimuli, cell.n_undefined) == (2, 0)
        if people or cell.aligned:
            assert (cell.low, cell.high) == mean_interval(values)
        else:
            assert np.isnan([cell.low, cell.high]).all()
        blur = BLUR.sigma_px if people else np.nan
        assert cell.sigma_px == pytest.approx(blur, nan_ok=True)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"metrics": ("beauty",)}, "beauty"),
        ({"metrics": ()}, "There is nothing to score"),
        ({"metrics": ("ig-explained",)}, "'ig-explained' is for final maps"),
        ({"models": ("nix",)}, "The project has no maps of 'nix'"),
        ({"n_fixations": 0}, "It takes at least one fixation"),
        ({"blur": Blur(np.nan)}, "The blur in pixels is not known"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_at_once(project, choices, sentence):
    with pytest.raises(SettingsError, match=sentence):
        next(step_matrices(project, MatrixPlan(**{"blur": BLUR} | choices)))


def test_maps_of_pictures_that_nobody_saw_are_refused(project):
    unseen = replace(project, scanpaths=project.scanpaths_of("a"), attention={})
    unseen = unseen.with_attention([attention("b")])
    with pytest.raises(SettingsError, match="No picture has both maps and fixations"):
        next(step_matrices(unseen, MatrixPlan(blur=BLUR)))


def test_every_value_stands_in_the_table(project, tmp_path):
    found = matrices(project, metrics=("nss", "cc"), n_fixations=6)
    summaries = summarise_matrices(found)
    folder = finish(write_matrices(found, summaries, tmp_path / "out"))
    with open(folder / "matrix.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(matrix.values.size for matrix in found)
    for row in rows:
        matrix = found[("nss", "cc").index(row["metric"])]
        of_people = row["predicted_by"] != STEP
        n_steps = matrix.n_steps
        column = n_steps + PEOPLE.index(row["predicted_by"]) if of_people else int(row["step"]) - 1
        place = (matrix.stimuli.index(row["stimulus"]), CHOICES.index(row["fixations"]))
        value = matrix.values[(*place, int(row["fixation"]) - 1, column)]
        assert float(row["value"].replace("NA", "nan")) == pytest.approx(value, nan_ok=True)
        assert row["value"] != "NA" or row["note"]
        assert (row["aligned"] == "TRUE") == (row["step"] == row["fixation"])
    with open(folder / "matrix_summary.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(summaries)
    described = json.loads((folder / "data_dictionary.json").read_text("utf-8"))
    assert set(described["metrics"]) == {"nss", "cc"}
