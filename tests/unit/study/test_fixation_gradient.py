"""The attention gradient after each fixation, against steps and the fixations that follow."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_conditional import plain
from test_matrix import BLUR, COLUMNS, ROWS, attention, scanpath, study

from gazelab.data.geometry import Blur
from gazelab.errors import SettingsError
from gazelab.gaze.gradient import FALLOFFS, FixationGradient, kernel_of
from gazelab.metrics.agreement import TOO_FEW
from gazelab.report.conditional import summarise_conditional
from gazelab.report.matrix import GRADIENT, summarise_matrices
from gazelab.study.conditional import (
    FIRST,
    NOTHING_BEFORE,
    ConditionalPlan,
    conditional_scores,
    write_conditional,
)
from gazelab.study.gradient import GradientPlan, make_gradients
from gazelab.study.gradient_sheet import NONE_SO_FAR
from gazelab.study.matrix import MatrixPlan, step_matrices, write_matrices
from gazelab.study.viewings import Ground, pool_of, viewings_of
from gazelab.task import finish

PX_PER_DEG = 5.0
NAMES = tuple(falloff.id for falloff in FALLOFFS)
# wide enough for float32: further than 13 sigma from a fixation, a Gaussian is 0 and all ties
kernels = st.builds(kernel_of, st.sampled_from(NAMES), st.floats(1.6, 4))
gradients = st.builds(FixationGradient, kernels, st.just(0.0) | st.floats(0.05, 1))
GAUSSIAN = FixationGradient(kernel_of("gaussian", BLUR.sigma_px / PX_PER_DEG))


def with_scale(project, px_per_deg):
    return project.with_settings(replace(project.settings, px_per_deg=px_per_deg))


def scaled(paths, maps=()):
    return with_scale(study(paths, maps), PX_PER_DEG)


def matrix(project, gradient, **choices):
    plan = MatrixPlan(**{"blur": BLUR, "metrics": ("cc",), "gradient": gradient} | choices)
    (found,) = finish(step_matrices(project, plan))
    return found


def slow_gradient(paths, gradient, k):
    """Return the gradient after fixation k of the scanpaths that have one, pixel by pixel."""
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    total, falls_off = np.zeros((ROWS, COLUMNS)), gradient.kernel.falloff.of
    for path in paths:
        for j in range(1, k + 1) if len(path) >= k else ():
            if path.used[j - 1]:
                e_deg = np.hypot(x - path.x_px[j - 1], y - path.y_px[j - 1]) / PX_PER_DEG
                total += gradient.rho ** (k - j) * falls_off(e_deg / gradient.kernel.width_deg)
    return total


def plain_cc(a, b):
    return np.corrcoef(a.ravel().astype(float), b.ravel())[0, 1] if a.std() and b.std() else np.nan


def between_halves(viewers, predicted, by):
    """Return the mean CC of what half of the viewers did and what the other half did."""
    halves = viewers[::2], viewers[1::2]
    both = [plain_cc(by(other), predicted(one)) for one, other in (halves, halves[::-1])]
    defined = [value for value in both if np.isfinite(value)]
    return np.mean(defined) if defined else np.nan


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lengths=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    excluded=st.sets(st.integers(0, 3)),
    gradient=gradients,
)
def test_every_cell_is_what_plain_loops_give(seed, lengths, excluded, gradient):
    paths = [
        scanpath(f"v{j}", "a", seed + j, n, [i for i in excluded if j == 0 and i < n])
        for j, n in enumerate(lengths)
    ]
    maps = attention("a", 2, seed=seed)
    found = matrix(scaled(paths, [maps]), gradient, n_fixations=4)
    assert found.values.shape == (1, 1, 4, 4)
    viewers = [path for path in paths if path.used.any()]
    everything = FixationGradient(gradient.kernel, 1.0)
    for k in range(1, 5):
        human = slow_gradient(paths, gradient, k)
        cells = [plain_cc(map_, human) for map_ in maps.maps]
        entered = sum(
            int(gradient.rho ** (k - j) > 0 and path.used[j - 1])
            for path in paths if len(path) >= k for j in range(1, k + 1)
        )  # fmt: skip
        assert found.n_fixations[0, 0, k - 1] == entered

        def after(half, k=k):
            return slow_gradient(half, gradient, k)

        def whole(half):
            return sum((slow_gradient([one], everything, len(one)) for one in half), 0)

        if len(viewers) < 2 or not entered:
            cells += [np.nan, np.nan]
        else:
            cells += [between_halves(viewers, after, by) for by in (whole, after)]
        assert found.values[0, 0, k - 1] == pytest.approx(cells, rel=1e-5, abs=1e-5, nan_ok=True)


@pytest.fixture
def project():
    paths = [scanpath(who, name, 7 * k + j, 5) for k, name in enumerate("ab")
             for j, who in enumerate("pqr")]  # fmt: skip
    return scaled(paths, (attention("a", 5), attention("b", 5, seed=1)))


@pytest.mark.parametrize(("rho", "choice"), [(0.0, 0), (1.0, 1)])
def test_without_memory_it_is_the_fixation_alone_and_without_decay_all_so_far(project, rho, choice):
    (density,) = finish(step_matrices(project, MatrixPlan(blur=BLUR, metrics=("cc",))))
    found = matrix(project, FixationGradient(GAUSSIAN.kernel, rho))
    steps = found.values[:, 0, :, :5]
    assert steps == pytest.approx(density.values[:, choice, :, :5], abs=1e-6)


@pytest.mark.parametrize("kernel", NAMES)
def test_a_source_that_is_the_gradient_itself_agrees_fully_with_it_step_by_step(project, kernel):
    gradient = FixationGradient(kernel_of(kernel), 0.5)
    plan = GradientPlan(kernel=gradient.kernel, by_fixation=True, rho=0.5)
    made = finish(make_gradients(project, plan)).attention
    found = matrix(project.with_attention(made), gradient, models=(made[0].source,))
    for k in range(5):
        assert found.values[:, 0, k, k] == pytest.approx(1.0, abs=1e-6)
    assert (found.values[:, 0, 4, :4] < 0.9999).all()


def test_a_matrix_says_by_which_gradient(project, tmp_path):
    found = matrix(project, FixationGradient(kernel_of("spotlight", 2.0), 0.25), metrics=("kl",))
    assert found.choices == (GRADIENT,)
    cells = summarise_matrices([found])
    assert {cell.fixations for cell in cells} == {GRADIENT}
    assert {math.isnan(cell.sigma_px) for cell in cells} == {True}
    assert [cell.step for cell in cells if cell.aligned] == [1, 2, 3, 4, 5]
    assert all(cell.low <= cell.mean <= cell.high for cell in cells if cell.aligned)
    folder = finish(write_matrices([found], cells, tmp_path / "out"))
    for table in ("matrix.csv", "matrix_summary.csv"):
        with open(folder / table, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assert [row[name] for name in ("kernel", "width_deg", "px_per_deg", "rho")] == [
                    "spotlight", "2.0", "5.0", "0.25"
                ]  # fmt: skip
                # a disc: half of it lies within 1 / sqrt(2) of its radius
                assert float(row["range_50_deg"]) == pytest.approx(2 / math.sqrt(2))
                assert float(row["range_90_deg"]) == pytest.approx(2 * math.sqrt(0.9))
                assert row["variant"].endswith("; the attention gradient in place of the density")


def test_one_viewer_has_nobody_to_agree_with_and_ends_somewhere():
    found = matrix(scaled([scanpath("p", "a", 1, 2)], [attention("a")]), GAUSSIAN)
    assert np.isfinite(found.values[0, 0, :2, :3]).all()
    assert set(found.notes[0, 0, :2, 3:].ravel()) == {TOO_FEW}
    assert set(found.notes[0, 0, 2].ravel()) == {NONE_SO_FAR}
    assert np.isnan(found.values[0, 0, 2]).all()


def test_what_cannot_be_compared_is_refused_before_the_first_step(project):
    with pytest.raises(SettingsError, match="'nss' is for fixations"):
        matrix(project, GAUSSIAN, metrics=("cc", "nss"))
    with pytest.raises(SettingsError, match="a share from 0 to 1"):
        FixationGradient(GAUSSIAN.kernel, 1.5)
    unscaled = with_scale(project, math.nan)
    for task in (
        step_matrices(unscaled, MatrixPlan(blur=BLUR, metrics=("cc",), gradient=GAUSSIAN)),
        conditional_scores(unscaled, ConditionalPlan(gradient=GAUSSIAN)),
    ):
        with pytest.raises(SettingsError, match="how many pixels are one degree"):
            next(task)


def test_the_blur_plays_no_part_and_may_be_unknown(project):
    found = matrix(project, GAUSSIAN, blur=Blur(math.nan))
    assert np.array_equal(found.values, matrix(project, GAUSSIAN).values)


def conditional(project, gradient, **choices):
    plan = ConditionalPlan(gradient=gradient, **choices)
    found = finish(conditional_scores(project, plan))
    return [one for one in found if one.source == plan.own_gradient]


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lengths=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    excluded=st.sets(st.integers(0, 3)),
    gradient=gradients,
)
def test_a_fixation_is_scored_by_those_before_it_in_its_scanpath(seed, lengths, excluded, gradient):
    paths = [
        scanpath(f"v{j}", "a", seed + j, n, [i for i in excluded if i < n])
        for j, n in enumerate((5, *lengths))
    ]
    project = scaled([*paths, scanpath("v0", "b", seed + 9, 4)], [attention("a")])
    viewings = viewings_of(project, by_duration=False)
    bias = Ground(viewings["a"], pool_of(viewings), 1.0).bias
    for found in conditional(project, gradient, with_first=True):
        k = 0
        for path in project.scanpaths_of("a"):
            for number in np.flatnonzero(path.used) + 1:
                assert (found.keys[found.trial[k]], found.fixation[k]) == (path.key, number)
                before = slow_gradient([path], gradient, number - 1)
                if not before.astype(np.float32).any():
                    assert (math.isnan(found.value[k]), found.note[k]) == (True, NOTHING_BEFORE)
                else:
                    at = path.x_px[number - 1], path.y_px[number - 1]
                    expected = plain(found.metric, before, bias, *at)
                    assert found.value[k] == pytest.approx(expected, rel=1e-4, abs=1e-5)
                k += 1
        assert k == len(found.value)


def test_the_first_fixation_has_nothing_before_and_rows_name_the_kernel(project, tmp_path):
    gradient = FixationGradient(kernel_of("acuity"), 0.25)
    found = conditional(project, gradient, metrics=("nss",))
    assert {one.source for one in found} == {"people: own gradient, acuity 2.3 deg, rho 0.25"}
    for one in found:
        assert (one.note[one.fixation == 1] == FIRST).all()
        assert np.isfinite(one.value[one.fixation > 1]).all()
        assert np.array_equal(one.step, one.fixation - 1)
    folder = finish(write_conditional(found, summarise_conditional(found, 2), tmp_path / "out"))
    with open(folder / "conditional_summary.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["n_fixations"] for row in rows] == ["24", "0", "6"]
    assert {row["alignment"] for row in rows} == {"after the fixation before"}
