"""Numbers worked out beforehand with two reference implementations, in `golden.json`."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from gazelab.metrics import variants
from gazelab.metrics.catalog import METRICS, VARIANTS, metric_of
from gazelab.metrics.comparison import Prediction, Truth

GOLDEN = json.loads((Path(__file__).parents[2] / "data" / "golden.json").read_text("utf-8"))
EXACT = {
    "auc_uniform_6fix": "auc",
    "auc_unfixated_6fix": "auc-unfixated",
    "auc_unfixated_thresholds_fix_6fix": "auc-fixation-thresholds",
    "sauc_exact": "sauc",
    "nss_pop_6fix": "nss",
    "nss_pop_5unique": "nss-merged",
    "mit_nss": "nss-mit",
    "cc": "cc",
    "sim_sumnorm": "sim",
    "mit_sim_minmax": "sim-mit",
    "mit_kl": "kl",
    "kl_mit_eps2.2204e-16": "kl-rounded",
    "kl_min1e-20": "kl-minimum",
    "ig_sumnorm_vs_B_bits": "ig-unmixed",
    "mit_ig_minmax": "ig-mit",
    "ll_bits_over_uniform": "ll",
    "mit_auc_judd_nojitter": "auc-judd",
}
# golden name -> metric, how far a mean of 30 runs may lie from the mean that was printed
DRAWN = {
    "mit_auc_judd_jitter_mean": ("auc-judd-jitter", 0.008),
    "mit_auc_borji_step0.1": ("auc-borji", 0.005),
    "mit_auc_borji_step0.001": ("auc-borji-fine", 0.005),
    "mit_auc_shuffled_step0.1": ("sauc-mit", 0.003),
    "mit_auc_shuffled_step0.001": ("sauc-mit-fine", 0.003),
}


def predictions() -> dict[str, Prediction]:
    y, x = np.mgrid[:24, :32].astype(float)
    smooth = np.exp(-((x - 20) ** 2 / 50 + (y - 10) ** 2 / 30))
    smooth += 0.3 * np.exp(-((x - 6) ** 2 + (y - 18) ** 2) / 16)
    return {"S": Prediction(smooth), "Q": Prediction(np.round(10 * smooth))}


def truth() -> Truth:
    y, x = np.mgrid[:24, :32].astype(float)
    fixations = np.array([(20, 10), (18, 9), (6, 18), (25, 12), (3, 3), (20, 10)])
    others = np.array([(15, 12), (16, 11), (10, 5), (22, 20), (8, 15), (28, 3), (15, 12)])
    counts = np.zeros((24, 32))
    np.add.at(counts, (fixations[:, 1], fixations[:, 0]), 1)
    return Truth(
        (24, 32),
        fixations[:, 1] * 32 + fixations[:, 0],
        gaussian_filter(counts, 2, mode="constant"),
        others[:, 1] * 32 + others[:, 0],
        np.exp(-((x - 15.5) ** 2 / 128 + (y - 11.5) ** 2 / 72)),
    )


@pytest.mark.parametrize("map_name", ["S", "Q"])
@pytest.mark.parametrize("name", EXACT)
def test_metric_equals_the_golden_number(map_name, name):
    value, note = metric_of(EXACT[name]).evaluate(predictions()[map_name], truth())
    assert value == pytest.approx(GOLDEN["tiny_grid"][map_name][name], abs=1e-9)
    # the quantised map is 0 at one of the fixations
    zeros = map_name == "Q" and metric_of(EXACT[name]).decided_by_zeros
    assert note == ("17% of the fixations lie where the map is 0" if zeros else "")


@pytest.mark.parametrize("map_name", ["S", "Q"])
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_metric_lies_where_the_golden_mean_does(map_name, name):
    id_, tolerance = DRAWN[name]
    compute, options = {
        "auc-judd-jitter": (variants.judd_auc_with_jitter, {}),
        "auc-borji": (variants.borji_auc, {}),
        "auc-borji-fine": (variants.borji_auc, {"spacing": 0.001}),
        "sauc-mit": (variants.mit_shuffled_auc, {}),
        "sauc-mit-fine": (variants.mit_shuffled_auc, {"spacing": 0.001}),
    }[id_]
    prediction, people = predictions()[map_name], truth()
    values = [compute(prediction, people, rng=seed, **options) for seed in range(30)]
    golden = GOLDEN["tiny_grid"][map_name][name]
    assert np.mean(values) == pytest.approx(golden, abs=tolerance)
    assert metric_of(id_).evaluate(prediction, people)[0] == values[0]


def test_every_golden_number_is_covered():
    assert {*EXACT, *DRAWN} == set(GOLDEN["tiny_grid"]["S"])


# these were computed otherwise: see test_metrics.py and tests/unit/study/test_relative.py
ELSEWHERE = {"ig", "kl-mixed", "spearman", "js", "emd", "auc-normalised", "ig-explained"}


def test_every_other_metric_has_a_golden_number():
    covered = {*EXACT.values(), *(id_ for id_, _ in DRAWN.values())}
    assert {metric.id for metric in (*METRICS, *VARIANTS)} - covered == ELSEWHERE
