"""The fast metrics against definitions written out in a few slow lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import jensenshannon
from scipy.stats import spearmanr

from gazelab.errors import SettingsError
from gazelab.metrics.catalog import METRICS, ON_ZEROS, VARIANTS, evaluate_all, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import auc_at

GRID = (6, 8)
# few levels make ties, wide floats make tiny differences
VALUES = st.one_of(
    st.integers(0, 3).map(float), st.floats(0, 1, width=32), st.floats(0.5, 1e6, width=32)
)
MAPS = hnp.arrays(np.float32, GRID, elements=VALUES)
CELLS = st.lists(st.integers(0, 47), min_size=1, max_size=40).map(lambda c: np.array(c, np.intp))
DENSITIES = hnp.arrays(np.float32, GRID, elements=st.floats(0.015625, 1, width=32))
ALL = (*METRICS, *VARIANTS)


def slow_auc(positives, negatives):
    wins = positives[:, None] > negatives[None, :]
    ties = positives[:, None] == negatives[None, :]
    return (wins + 0.5 * ties).mean()


def slow_nss(map_, cells):
    return ((map_ - map_.mean()) / map_.std()).ravel()[cells].mean()


def slow_kl(map_, density):
    p, q = (map_ / map_.sum()).ravel(), (density / density.sum()).ravel()
    e = np.finfo(float).eps
    return (q * np.log(e + q / (p + e))).sum()


def slow_sim(map_, density):
    return np.minimum(map_ / map_.sum(), density / density.sum()).sum()


def slow_ig(map_, baseline, cells):
    p, b = (0.99 * m / m.sum() + 0.01 / m.size for m in (map_, baseline))
    return np.log2(p.ravel()[cells] / b.ravel()[cells]).mean()


@given(MAPS, CELLS, DENSITIES, CELLS, DENSITIES)
def test_fast_equals_slow(map_, cells, density, others, baseline):
    prediction, truth = Prediction(map_), Truth(GRID, cells, density, others, baseline)
    found = {metric.id: metric.evaluate(prediction, truth)[0] for metric in METRICS}
    m, d, b = (array.astype(np.float64) for array in (map_, density, baseline))
    values = map_.ravel()
    assert found["auc"] == pytest.approx(slow_auc(values[cells], values), abs=1e-12)
    assert found["sauc"] == pytest.approx(slow_auc(values[cells], values[others]), abs=1e-12)
    if m.std() > 1e-6 * max(m.max(), 1e-30):
        assert found["nss"] == pytest.approx(slow_nss(m, cells), abs=1e-7)
        if d.std() > 1e-6:
            expected = np.corrcoef(m.ravel(), d.ravel())[0, 1]
            assert found["cc"] == pytest.approx(expected, abs=1e-7)
    if m.sum() > 1e-12:
        assert found["kl"] == pytest.approx(slow_kl(m, d), abs=1e-9)
        assert found["sim"] == pytest.approx(slow_sim(m, d), abs=1e-9)
        assert found["ig"] == pytest.approx(slow_ig(m, b, cells), abs=1e-9)


@given(MAPS, CELLS, DENSITIES, CELLS, DENSITIES, st.integers(-8, 8))
def test_scale_of_a_map_changes_nothing(map_, cells, density, others, baseline, power):
    truth = Truth(GRID, cells, density, others, baseline)
    scaled = Prediction(map_.astype(np.float64) * 2.0**power)  # exact, so ties stay ties
    plain = Prediction(map_.astype(np.float64))
    for metric in METRICS:
        a, reason = metric.evaluate(plain, truth)
        b, _ = metric.evaluate(scaled, truth)
        assert a == pytest.approx(b, rel=1e-9, abs=1e-9) or (reason and np.isnan(b))


@given(MAPS, CELLS, DENSITIES, CELLS, DENSITIES)
def test_every_value_lies_in_its_range_or_has_a_reason(map_, cells, density, others, baseline):
    prediction, truth = Prediction(map_), Truth(GRID, cells, density, others, baseline)
    for metric in ALL:
        value, note = metric.evaluate(prediction, truth)
        assert np.isnan(value) == bool(note and ON_ZEROS not in note)
        low, high = metric.range
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9


def test_auc_judd_of_fixations_that_share_a_value_is_below_0_as_published():
    # all thresholds are 0, which all 8 pixels reach: false alarms of 7, 6 ... 1, hits of k / 7
    map_ = np.zeros((1, 8))
    map_[0, 7] = 1
    truth = Truth((1, 8), np.arange(7))
    hits, false_alarms = np.arange(8) / 7, np.array([0, *range(7, 0, -1)])
    judd = metric_of("auc-judd")
    value, _ = judd.evaluate(Prediction(map_), truth)
    assert value == pytest.approx(np.trapezoid([*hits, 1], [*false_alarms, 1]))
    assert judd.range[0] <= value < 0


@given(MAPS, DENSITIES)
def test_rank_correlation_and_js_divergence_are_those_of_scipy(map_, density):
    prediction, truth = Prediction(map_), Truth(GRID, np.array([1]), density)
    rho, reason = metric_of("spearman").evaluate(prediction, truth)
    if not reason:
        # the map as it is, the density as it is compared: dividing may make ties
        assert rho == pytest.approx(spearmanr(map_.ravel(), truth.probability)[0], abs=1e-9)
    js, reason = metric_of("js").evaluate(prediction, truth)
    if not reason:
        p, q = (side.ravel().astype(float) for side in (map_, density))
        assert js == pytest.approx(jensenshannon(p / p.sum(), q / q.sum(), 2) ** 2, abs=1e-7)


@settings(max_examples=40)
@given(hnp.arrays(np.float64, (1, 9), elements=st.integers(0, 5)), st.data())
def test_along_a_line_mass_moves_as_the_cumulative_sums_say(map_, data):
    density = data.draw(hnp.arrays(np.float64, (1, 9), elements=st.integers(0, 5)))
    value, reason = metric_of("emd").evaluate(
        Prediction(map_), Truth((1, 9), np.array([0]), density)
    )
    if not reason:
        p, q = map_[0] / map_.sum(), density[0] / density.sum()
        expected = np.abs(np.cumsum(p) - np.cumsum(q)).sum() / np.hypot(1, 9)
        assert value == pytest.approx(expected, abs=1e-9)


@settings(max_examples=25)
@given(MAPS, DENSITIES)
def test_mass_moves_as_far_there_as_back(map_, density):
    there = metric_of("emd").evaluate(Prediction(map_), Truth(GRID, SOME, density))[0]
    back = metric_of("emd").evaluate(Prediction(density), Truth(GRID, SOME, map_))[0]
    assert there == pytest.approx(back, abs=1e-6, nan_ok=True)


def test_a_peak_moved_over_a_fine_grid_is_as_far_as_its_cells_are_apart():
    here, there = np.zeros((2, 480, 640))
    here[:20, :20], there[-20:, -20:] = 1, 1
    value, _ = metric_of("emd").evaluate(Prediction(here), Truth((480, 640), SOME, there))
    assert value == pytest.approx(np.hypot(17, 23) / np.hypot(18, 24), abs=1e-9)


def test_a_map_equal_to_the_human_density_is_perfect():
    density = np.random.default_rng(0).random(GRID)
    prediction, truth = Prediction(density * 3), Truth(GRID, np.array([1, 2]), density)
    values = {id_: metric_of(id_).evaluate(prediction, truth)[0] for id_ in ("cc", "sim", "kl")}
    assert values == pytest.approx({"cc": 1, "sim": 1, "kl": 0}, abs=1e-12)


def test_a_baseline_gains_nothing_over_itself():
    baseline = np.random.default_rng(0).random(GRID).astype(np.float32)
    truth = Truth(GRID, np.array([1, 30]), baseline=baseline)
    value, _ = metric_of("ig").evaluate(Prediction(baseline), truth)
    assert value == pytest.approx(0, abs=1e-12)


NONE = np.empty(0, np.intp)
MAP = np.arange(48.0).reshape(GRID)
SOME = np.array([3, 9])


@pytest.mark.parametrize(
    ("id_", "map_", "truth", "reason"),
    [
        ("nss", np.ones(GRID), Truth(GRID, SOME), "the map is constant"),
        ("cc", np.ones(GRID), Truth(GRID, SOME, MAP), "the map is constant"),
        ("sim", np.zeros(GRID), Truth(GRID, SOME, MAP), "the map is 0 everywhere"),
        ("kl", np.zeros(GRID), Truth(GRID, SOME, MAP), "the map is 0 everywhere"),
        ("ig", np.zeros(GRID), Truth(GRID, SOME, baseline=MAP), "the map is 0 everywhere"),
        ("cc", MAP, Truth(GRID, SOME, np.ones(GRID)), "the human density is constant"),
        ("nss", MAP, Truth(GRID, NONE), "no fixations in use"),
        ("auc", MAP, Truth(GRID, NONE), "no fixations in use"),
        ("cc", MAP, Truth(GRID, NONE, np.zeros(GRID)), "no fixations in use"),
        ("kl", MAP, Truth(GRID, NONE), "no fixations in use"),
        ("spearman", np.ones(GRID), Truth(GRID, SOME, MAP), "the map is constant"),
        ("js", np.zeros(GRID), Truth(GRID, SOME, MAP), "the map is 0 everywhere"),
        ("emd", MAP, Truth(GRID, NONE), "no fixations in use"),
        ("ig-explained", MAP, Truth(GRID, SOME), "told for final maps and all fixations"),
        ("sauc", MAP, Truth(GRID, SOME), "no fixations on other stimuli"),
        ("sauc", MAP, Truth(GRID, SOME, others=NONE), "no fixations on other stimuli"),
        ("ig", MAP, Truth(GRID, SOME), "no fixations on other stimuli for the centre bias"),
        ("auc-borji", MAP, Truth(GRID, np.array([3, 3])), "fewer than two fixations"),
        ("auc-unfixated", MAP, Truth(GRID, np.arange(48)), "undefined for this map"),
    ],
)
def test_undefined_is_nan_with_a_reason(id_, map_, truth, reason):
    value, note = metric_of(id_).evaluate(Prediction(map_), truth)
    assert np.isnan(value)
    assert note.startswith(reason)


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.id)
def test_nothing_to_compare_is_nan_everywhere(metric):
    assert np.isnan(metric.compute(Prediction(MAP), Truth(GRID, NONE)))


def test_a_constant_map_ranks_at_chance():
    truth = Truth(GRID, SOME, others=np.array([5, 7, 9]))
    prediction = Prediction(np.full(GRID, 0.1, np.float32))
    assert metric_of("auc").evaluate(prediction, truth) == (0.5, "")
    assert metric_of("sauc").evaluate(prediction, truth) == (0.5, "")


def test_negative_values_are_lifted_where_a_density_is_needed():
    truth = Truth(GRID, SOME, MAP, baseline=MAP)
    for id_ in ("kl", "sim", "ig", "ll"):
        lifted = metric_of(id_).evaluate(Prediction(MAP), truth)[0]
        assert metric_of(id_).evaluate(Prediction(MAP - 5), truth)[0] == pytest.approx(lifted)


@pytest.mark.parametrize(
    ("id_", "said"), [("kl", True), ("ll", True), ("ig", False), ("kl-mixed", False)]
)
def test_a_value_that_zeros_decide_is_marked(id_, said):
    map_ = np.maximum(MAP - 5, 0)
    truth = Truth(GRID, np.array([2, 20, 30, 40]), MAP, baseline=MAP)
    value, note = metric_of(id_).evaluate(Prediction(map_), truth)
    assert value == value
    assert note == ("25% of the fixations lie where the map is 0" if said else "")
    elsewhere = Truth(GRID, np.array([20, 30, 40]), MAP, baseline=MAP)
    assert metric_of(id_).evaluate(Prediction(map_), elsewhere)[1] == ""


@given(MAPS, DENSITIES)
def test_mixing_leaves_a_divergence_that_is_finite_and_known(map_, density):
    value, reason = metric_of("kl-mixed").evaluate(Prediction(map_), Truth(GRID, SOME, density))
    if not reason:
        p, q = (side.ravel().astype(float) / side.sum(dtype=float) for side in (map_, density))
        assert value == pytest.approx((q * np.log(q / (0.99 * p + 0.01 / 48))).sum(), abs=1e-9)
        assert value <= np.log(4800) + 1e-9


def test_integers_and_half_precision_are_taken_as_they_are():
    truth = Truth(GRID, SOME, MAP, SOME, MAP)
    for kind in (np.uint8, np.float16, np.int64):
        for metric in METRICS:
            expected = metric.evaluate(Prediction(MAP), truth)
            assert metric.evaluate(Prediction(MAP.astype(kind)), truth) == expected


def test_the_catalog_says_what_a_reader_needs():
    assert [metric.id for metric in METRICS] == ["nss", "cc", "auc", "sauc", "kl", "sim", "ig"]
    assert len({metric.id for metric in ALL}) == len(ALL)
    for metric in ALL:
        assert metric.definition.endswith(".")
        assert metric.direction in ("higher", "lower")
        assert metric.variant and metric.unit and metric.citation


def test_an_unknown_metric_is_named_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"no metric 'mae'.*nss, cc"):
        metric_of("mae")


def people_of(map_, seed=0):
    rng = np.random.default_rng(seed)
    density, baseline = rng.random((2, *map_.shape)).astype(np.float32) ** 9
    cells, others = rng.integers(0, map_.size, 20), rng.integers(0, map_.size, 500)
    return Truth(map_.shape, cells, density, others, baseline)


def test_values_do_not_depend_on_where_a_map_lies_in_memory():
    rng = np.random.default_rng(1)
    map_ = np.exp(5 * rng.normal(size=(30, 40))).astype(np.float32)
    found = set()
    for shift in range(16):
        memory = np.empty(map_.size + 16, np.float32)
        there = memory[shift : shift + map_.size].reshape(map_.shape)
        there[:] = map_
        prediction, truth = Prediction(there), people_of(map_)
        found.add(tuple(metric.evaluate(prediction, truth)[0] for metric in METRICS))
    assert len(found) == 1


@pytest.mark.parametrize("offset", [0.0, 1e2, 1e4, -1e4])
def test_a_map_that_hardly_varies_around_its_mean_is_compared_exactly(offset):
    map_ = np.random.default_rng(2).random((30, 40)) + offset
    truth = people_of(map_)
    found = {id_: metric_of(id_).evaluate(Prediction(map_), truth)[0] for id_ in ("nss", "cc")}
    assert found["nss"] == pytest.approx(slow_nss(map_, truth.cells), abs=1e-9)
    expected = np.corrcoef(map_.ravel(), truth.density.ravel().astype(float))[0, 1]
    assert found["cc"] == pytest.approx(expected, abs=1e-9)


def test_maps_that_share_nothing_are_not_similar_by_less_than_0():
    for seed in range(50):
        map_, density = np.random.default_rng(seed).random((2, 30, 40)).astype(np.float32)
        map_[:15], density[15:] = 0, 0
        truth = Truth(map_.shape, np.array([1]), density)
        found = metric_of("sim").evaluate(Prediction(map_), truth)[0]
        assert 0 <= found < 1e-12


def test_one_map_is_compared_with_several_people_in_any_order():
    map_ = np.random.default_rng(3).random((30, 40)).astype(np.float32)
    prediction, first, second = Prediction(map_), people_of(map_, 4), people_of(map_, 5)
    expected = metric_of("auc").evaluate(prediction, first)[0]
    assert auc_at(prediction, second).mean() != pytest.approx(expected)
    assert metric_of("auc").evaluate(prediction, first)[0] == expected
    assert auc_at(prediction, first).mean() == pytest.approx(expected, abs=1e-12)


@given(
    hnp.arrays(np.float32, GRID, elements=st.floats(-1, 1, width=32)),
    hnp.arrays(np.float32, GRID, elements=st.sampled_from([0, 0.25, 1, 3])),
    CELLS,
    st.booleans(),
)
def test_metrics_taken_together_are_those_taken_one_by_one(map_, density, cells, double):
    map_ = map_.astype(np.float64 if double else np.float32)
    truth = Truth(GRID, cells, density, cells, MAP)
    together = evaluate_all(METRICS, Prediction(map_), truth)
    assert list(together) == [metric.id for metric in METRICS]
    for metric in METRICS:
        value, note = metric.evaluate(Prediction(map_), Truth(GRID, cells, density, cells, MAP))
        assert together[metric.id] == (pytest.approx(value, abs=1e-10, nan_ok=True), note)


@pytest.mark.parametrize("lowest", [0, -0.5])
def test_a_map_of_several_blocks_is_compared_whole(lowest):
    map_ = np.random.default_rng(6).random((250, 310)).astype(np.float32) + np.float32(lowest)
    truth = people_of(map_)
    found = evaluate_all(METRICS, Prediction(map_), truth)
    lifted = map_.astype(np.float64) - min(map_.min(), 0)
    human = truth.density.astype(np.float64)
    assert found["kl"][0] == pytest.approx(slow_kl(lifted, human), abs=1e-12)
    assert found["sim"][0] == pytest.approx(slow_sim(lifted, human), abs=1e-12)
    expected = np.corrcoef(lifted.ravel(), human.ravel())[0, 1]
    assert found["cc"][0] == pytest.approx(expected, abs=1e-12)


def test_sums_of_one_truth_are_not_told_of_another():
    map_ = np.random.default_rng(7).random((30, 40)).astype(np.float32)
    prediction, first, second = Prediction(map_), people_of(map_, 4), people_of(map_, 5)
    evaluate_all(METRICS, prediction, first)
    found = metric_of("sim").evaluate(prediction, second)
    assert found == metric_of("sim").evaluate(Prediction(map_), people_of(map_, 5))
