import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gazelab.metrics.baselines import Fixations
from gazelab.metrics.gold_standard import (
    GoldStandard,
    Viewers,
    best_weights,
    choose_gold_standard,
    density_of_others,
)
from gazelab.task import finish

SHAPE = (60, 80)
points = st.tuples(
    st.floats(0, 79.9), st.floats(0, 59.9), st.floats(0.1, 3), st.sampled_from("pqr")
)


def viewers(of, bias=None, shape=SHAPE):
    x, y, weight, who = (np.array(column) for column in zip(*of, strict=True))
    return Viewers(Fixations(x, y, weight), who, shape, np.zeros(len(x)) if bias is None else bias)


def exact(of, sigma, shape=SHAPE):
    """Sum the cut off Gaussians of the others, one by one."""

    def inside(at, length):
        return (math.erf((length - at) / sigma / 2**0.5) + math.erf(at / sigma / 2**0.5)) / 2

    found = []
    for x, y, _, who in of:
        rest = [p for p in of if p[3] != who]
        mass = sum(w * inside(a, shape[1]) * inside(b, shape[0]) for a, b, w, _ in rest)
        value = sum(
            w * math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * sigma**2)) for a, b, w, _ in rest
        )
        found.append(value / (2 * math.pi * sigma**2 * mass) if rest else 0.0)
    return found


@given(st.lists(points, min_size=1, max_size=12), st.floats(0.5, 100))
@settings(max_examples=40)
def test_everyone_is_predicted_by_the_exact_sum_of_the_others(of, sigma):
    (found,) = density_of_others(viewers(of), np.array([sigma]))
    np.testing.assert_allclose(found, exact(of, sigma), rtol=1e-9, atol=1e-300)


def test_many_fixations_on_one_stimulus_are_the_same_as_few_at_a_time(monkeypatch):
    rng = np.random.default_rng(0)
    of = [(*rng.uniform(0, 60, 2), 1.0, "pqr"[k % 3]) for k in range(50)]
    at_once = density_of_others(viewers(of), np.array([4.0, 9.0]))
    monkeypatch.setattr("gazelab.metrics.gold_standard._BLOCK", 7)
    np.testing.assert_allclose(density_of_others(viewers(of), np.array([4.0, 9.0])), at_once)


densities = st.tuples(*[st.just(0.0) | st.floats(1e-6, 1)] * 3).filter(any)


@given(
    st.lists(st.tuples(densities, st.floats(0.01, 1)), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
@example([((0.5, 0.5, 0.5), 1.0), ((0.2, 0.2, 0.2), 1.0)], 0)
@example([((0.5, 0.5, 0.0), 1.0), ((0.2, 0.2, 0.0), 1.0)], 0)
@example([((0.5, 0.5005, 0.4995), 1.0), ((0.3, 0.3003, 0.2998), 1.0)], 0)
@settings(max_examples=100)
def test_no_other_weights_make_the_fixations_likelier(fixations, seed):
    parts = np.array([found for found, _ in fixations]).T
    counted = np.array([weight for _, weight in fixations])
    counted /= counted.sum()
    weights, likely = best_weights(parts, counted)
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert likely == pytest.approx(counted @ np.log2(weights @ parts), abs=1e-12)
    others = np.vstack([np.random.default_rng(seed).dirichlet([0.5] * 3, 50), np.eye(3)])
    near = weights + 1e-3 * (others - weights)
    with np.errstate(divide="ignore"):  # not every mixture reaches all fixations
        means = np.log2(np.vstack([others, near]) @ parts) @ counted
    assert means.max() <= likely + 1.1e-7


def test_components_that_are_nearly_alike_are_told_apart():
    """Expectation maximisation stands nearly still here, halfway between the two."""
    density = np.linspace(0.1, 1, 50)
    counted = np.full(50, 1 / 50)
    weights, likely = best_weights(np.stack([density, density * 1.001]), counted)
    assert likely == pytest.approx(counted @ np.log2(density) + math.log2(1.001), abs=1e-7)
    assert weights.tolist() == [0, 1]


def test_a_mixture_of_two_has_the_weights_worked_out_by_hand():
    """With w of the second, 3/5 log(1 + 0.8 w) + 2/5 log(1 - 0.8 w) is highest at w = 1/4."""
    parts = np.array([[1.0] * 5, [1.8] * 3 + [0.2] * 2])
    weights, _ = best_weights(parts, np.full(5, 1 / 5))
    assert weights == pytest.approx([0.75, 0.25], abs=1e-6)


def test_densities_too_small_to_be_divided_by_are_weighed_like_others():
    parts = np.array([[1e-310, 0.0, 0.9], [0.0, 1e-310, 0.9], [1e-320, 1e-320, 0.1]])
    weights, likely = best_weights(parts, np.full(3, 1 / 3))
    assert weights == pytest.approx([0.5, 0.5, 0], abs=1e-3)
    assert likely == pytest.approx((2 * math.log2(0.5e-310) + math.log2(0.9)) / 3, abs=1e-6)


def crowd(seed, spread_px, n_stimuli=6):
    """Six viewers who look at the same two places of each stimulus, within `spread_px`."""
    rng = np.random.default_rng(seed)
    stimuli = []
    for _ in range(n_stimuli):
        places = rng.uniform([200, 150], [600, 450], (2, 2))
        at = places[rng.integers(0, 2, 60)] + rng.normal(0, spread_px, (60, 2))
        of = [(*xy, 1.0, "abcdef"[k % 6]) for k, xy in enumerate(at)]
        stimuli.append(viewers(of, np.full(60, 1 / 480_000), (600, 800)))
    return stimuli


def likely(stimuli, sigma):
    """Return the mean log-likelihood at the best weights, with one component beside the KDE."""
    kernel = np.concatenate([density_of_others(one, np.array([sigma]))[0] for one in stimuli])
    parts = np.stack([kernel, np.full(len(kernel), 1 / 480_000)])
    return best_weights(parts, np.full(len(kernel), 1 / len(kernel)))[1]


@pytest.mark.parametrize("spread_px", [4.0, 30.0])
def test_the_width_is_the_one_that_predicts_left_out_viewers_best(spread_px):
    stimuli = crowd(1, spread_px)
    gold = finish(choose_gold_standard(stimuli))
    best = max(likely(stimuli, sigma) for sigma in np.geomspace(1, 200, 60))
    assert likely(stimuli, gold.sigma_px) > best - 0.003
    assert (gold.n_stimuli, gold.n_viewers, gold.n_fixations) == (6, 6, 360)


def test_viewers_who_have_nothing_in_common_gain_nothing_by_one_another():
    rng = np.random.default_rng(2)
    of = [[(*rng.uniform(0, [800, 600]), 1.0, "abcd"[k % 4]) for k in range(80)] for _ in range(8)]
    apart = [viewers(one, np.full(80, 1e-9), (600, 800)) for one in of]
    gold = finish(choose_gold_standard(apart))
    assert likely(apart, gold.sigma_px) == pytest.approx(math.log2(1 / 480_000), abs=0.02)
    assert gold.centre_bias < 0.01


def test_every_viewer_counts_alike():
    of = [(1.0, 1.0, 1.0, "p")] * 3 + [(2.0, 2.0, 1.0, "q")]
    np.testing.assert_allclose(viewers(of).counted, [1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_without_two_viewers_there_is_none():
    assert finish(choose_gold_standard([])) is None


def test_the_mixture_is_a_density_with_the_chosen_weights():
    gold = GoldStandard(15.0, 0.2, 0.1, 5, 4, 300)
    others, bias = np.zeros((4, 5), np.float32), np.zeros((4, 5), np.float32)
    others[1, 2], bias[2, 3] = 8, 3
    mixture = gold.density(others, bias)
    assert mixture.sum() == pytest.approx(1)
    assert (mixture[1, 2], mixture[2, 3]) == pytest.approx((0.7 + 0.005, 0.2 + 0.005))
    assert gold.density(np.zeros((4, 5)), None).sum() == pytest.approx(0.1)
    rounded_up = GoldStandard(15.0, 1.0, 0.0004, 5, 4, 300)
    assert rounded_up.density(others, bias).min() >= 0


def test_what_was_chosen_is_told_with_degrees_where_they_are_known():
    gold = GoldStandard(15.0, 0.07, 0.006, 500, 15, 70_260)
    assert gold.told(24.0).startswith("sigma 15 px (0.625 deg), 0.07 centre bias, 0.006 uniform: ")
    assert gold.told(math.nan).startswith("sigma 15 px, ")
    assert "500 stimuli, 15 participants, 70,260 fixations" in gold.told(math.nan)
    assert ";" not in gold.told(24.0)
