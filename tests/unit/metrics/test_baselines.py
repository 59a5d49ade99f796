import numpy as np
import pytest

from gazelab.gaze.density import density
from gazelab.metrics.agreement import FOR_FIXATIONS, NONE_BESIDE, TOO_FEW, Observers
from gazelab.metrics.baselines import Fixations, Pool, leave_one_out, pooled
from gazelab.metrics.catalog import METRICS, metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.gold_standard import GoldStandard
from gazelab.metrics.resample import cells_of

SHAPE = (60, 80)


def fixations(seed, n, shape=SHAPE):
    rng = np.random.default_rng(seed)
    return Fixations(rng.uniform(0, shape[1], n), rng.uniform(0, shape[0], n), np.ones(n))


@pytest.fixture
def pool():
    shapes = {"a": SHAPE, "b": SHAPE, "c": (30, 160)}
    points = {id_: fixations(k, 50, shape) for k, (id_, shape) in enumerate(shapes.items())}
    return Pool(points, shapes), points


def test_other_fixations_are_moved_in_proportion_and_never_own(pool):
    pool, points = pool
    b, c = points["b"], points["c"]
    x = np.concatenate([b.x_px, c.x_px / 2])
    y = np.concatenate([b.y_px, c.y_px * 2])
    expected = np.sort(cells_of(x, y, SHAPE, SHAPE))
    np.testing.assert_array_equal(pool.others("a", SHAPE), expected)
    assert len(pool.others("unknown", SHAPE)) == 150
    for side in range(10, 20):  # more grids than are kept
        assert len(pool.others("a", (side, side))) == 100
    np.testing.assert_array_equal(pool.others("a", SHAPE), expected)


def test_centre_bias_is_a_density_of_the_others_only(pool):
    pool, points = pool
    bias = pool.centre_bias("a")
    assert bias.sum() == pytest.approx(1, abs=1e-4)
    assert bias.min() >= 0.99e-3 / bias.size
    x, y = (
        np.concatenate([getattr(points[id_], axis) / size for id_, size in sizes.items()])
        for axis, sizes in (
            ("x_px", {"a": 80, "b": 80, "c": 160}),
            ("y_px", {"a": 60, "b": 60, "c": 30}),
        )
    )
    rows = columns = (np.arange(256) + 0.5) / 256
    width = 150 ** (-1 / 6)
    expected = np.einsum(
        "ni,nj->ij",
        np.exp(-(((rows - y[50:, None]) / y.std() / width) ** 2) / 2),
        np.exp(-(((columns - x[50:, None]) / x.std() / width) ** 2) / 2),
    )
    expected = 0.999 * expected / expected.sum() + 1e-3 / expected.size
    np.testing.assert_allclose(bias, expected, rtol=1e-3)


def test_without_other_stimuli_there_is_no_centre_bias():
    alone = Pool({"a": fixations(0, 5), "b": fixations(1, 0)}, {"a": SHAPE, "b": SHAPE})
    assert alone.centre_bias("a") is None
    assert alone.centre_bias("b") is not None
    assert len(alone.others("a", SHAPE)) == 0


def test_one_other_fixation_still_makes_a_centre_bias():
    bias = Pool({"a": fixations(0, 1), "b": fixations(1, 0)}, {"a": SHAPE, "b": SHAPE})
    assert np.isfinite(bias.centre_bias("b")).all()


def test_leaving_one_out_is_the_density_of_the_others():
    viewers = [fixations(k, 1 + k) for k in range(5)]
    for k, found in enumerate(leave_one_out(viewers, SHAPE, 4, (30, 40))):
        rest = [viewer for j, viewer in enumerate(viewers) if j != k]
        x, y = (np.concatenate([getattr(v, a) for v in rest]) for a in ("x_px", "y_px"))
        np.testing.assert_allclose(found, density(x, y, SHAPE, 4, grid=(30, 40)), rtol=1e-4)


def test_observers_predict_one_another():
    viewers = [fixations(k, 6) for k in range(4)]
    others, baseline = np.arange(0, 4800, 7), np.random.default_rng(9).random(SHAPE)
    observers = Observers(viewers, SHAPE, 5, SHAPE, others, baseline)
    (found,) = observers.evaluate(METRICS, [viewers])
    maps = list(leave_one_out(viewers, SHAPE, 5, SHAPE))
    for id_ in ("nss", "auc", "sauc", "ig"):
        values = []
        for map_, viewer in zip(maps, viewers, strict=True):
            cells = cells_of(viewer.x_px, viewer.y_px, SHAPE, SHAPE)
            truth = Truth(SHAPE, cells, None, others, baseline)
            values.append(metric_of(id_).evaluate(Prediction(map_), truth)[0])
        assert found[id_][0] == pytest.approx(np.mean(values))
        assert "4 participants" in found[id_][1]
    halves = []
    for half in (viewers[0::2], viewers[1::2]):
        x, y = (np.concatenate([getattr(v, a) for v in half]) for a in ("x_px", "y_px"))
        halves.append(density(x, y, SHAPE, 5).astype(np.float64))
    expected = np.corrcoef(halves[0].ravel(), halves[1].ravel())[0, 1]
    assert found["cc"][0] == pytest.approx(expected)
    assert "half" in found["cc"][1]


def test_one_viewer_predicts_all_others():
    viewers = [fixations(k, 5 + k) for k in range(3)]
    found = Observers(viewers, SHAPE, 5, SHAPE).one_by_one((metric_of("nss"), metric_of("cc")))
    values = {"nss": [], "cc": []}
    for k, own in enumerate(viewers):
        rest = pooled([viewer for j, viewer in enumerate(viewers) if j != k])
        human = density(rest.x_px, rest.y_px, SHAPE, 5)
        truth = Truth(SHAPE, cells_of(rest.x_px, rest.y_px, SHAPE, SHAPE), human)
        prediction = Prediction(density(own.x_px, own.y_px, SHAPE, 5))
        for id_, of in values.items():
            of.append(metric_of(id_).evaluate(prediction, truth)[0])
    for id_, of in values.items():
        note = "mean over 3 participants, each of whom predicts the others"
        assert found[id_] == (pytest.approx(np.mean(of)), note)
    alone = Observers(viewers[:1], SHAPE, 5, SHAPE).one_by_one((metric_of("nss"),))
    assert alone["nss"][1] == TOO_FEW


def test_the_gold_standard_predicts_fixations_by_its_mixture():
    viewers = [fixations(k, 6) for k in range(4)]
    bias = np.random.default_rng(9).random(SHAPE)
    gold = GoldStandard(3.0, 0.2, 0.1, 1, 4, 24)
    observers = Observers(viewers, SHAPE, 5, SHAPE, None, bias)
    (found,) = observers.evaluate((metric_of("ll"), metric_of("cc")), [viewers], gold)
    values = []
    for map_, viewer in zip(leave_one_out(viewers, SHAPE, 3, SHAPE), viewers, strict=True):
        mixture = 0.7 * map_ / map_.sum() + 0.2 * bias / bias.sum() + 0.1 / bias.size
        at = mixture.ravel()[cells_of(viewer.x_px, viewer.y_px, SHAPE, SHAPE)]
        values.append(np.log2(at * bias.size).mean())
    assert found["ll"][0] == pytest.approx(np.mean(values), rel=1e-5)
    assert np.isnan(found["cc"][0])
    assert found["cc"][1] == FOR_FIXATIONS


def test_only_the_asked_fixations_are_predicted():
    viewers = [fixations(k, 6) for k in range(3)]
    none = viewers[0][np.zeros(6, bool)]
    first = viewers[1][np.arange(6) == 0]
    observers = Observers(viewers, SHAPE, 5, SHAPE)
    some, nothing = observers.evaluate(
        (metric_of("nss"), metric_of("sim")), [[none, first, none], [none, none, none]]
    )
    cells = cells_of(first.x_px, first.y_px, SHAPE, SHAPE)
    map_ = list(leave_one_out(viewers, SHAPE, 5, SHAPE))[1]
    expected = metric_of("nss").evaluate(Prediction(map_), Truth(SHAPE, cells))[0]
    assert some["nss"][0] == pytest.approx(expected)
    assert 0 < some["sim"][0] < 1
    assert np.isnan(nothing["nss"][0])
    assert nothing["nss"][1] == nothing["sim"][1] == NONE_BESIDE


def test_one_observer_has_nobody_to_agree_with():
    one = [fixations(0, 5)]
    (found,) = Observers(one, SHAPE, 5, SHAPE).evaluate(METRICS, [one])
    assert all(np.isnan(value) and note == TOO_FEW for value, note in found.values())
