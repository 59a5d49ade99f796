import numpy as np
import pytest

from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import auc, nss
from gazelab.metrics.probe import MapProbe
from gazelab.metrics.resample import cells_of, to_grid


def test_means_over_fixations_are_nss_and_auc():
    rng = np.random.default_rng(0)
    map_ = rng.random((6, 8), np.float32)
    x, y = rng.uniform(0, 80, 20), rng.uniform(0, 60, 20)
    prediction = Prediction(to_grid(map_, (60, 80)))
    truth = Truth((60, 80), cells_of(x, y, (60, 80), (60, 80)))
    probe = MapProbe(map_, (60, 80))
    found = np.array([probe.at(px, py) for px, py in zip(x, y, strict=True)])
    assert found.mean(0) == pytest.approx([nss(prediction, truth), auc(prediction, truth)])


@pytest.mark.parametrize("point", [(-0.1, 5), (80, 5), (5, 60), (5, -1), (np.nan, 5)])
def test_off_the_stimulus_nothing_is_said(point):
    assert np.isnan(MapProbe(np.eye(4), (60, 80)).at(*point)).all()


def test_a_constant_map_has_no_z_score_but_ranks_at_chance():
    found = MapProbe(np.ones((4, 4)), (60, 80)).at(5, 5)
    assert np.isnan(found.nss)
    assert found.auc == 0.5
