"""Numbers worked out beforehand with two reference implementations, in `golden.json`."""

import json
from pathlib import Path

import numpy as np
import pytest

from gazelab.metrics import variants
from gazelab.metrics.catalog import METRICS, VARIANTS, metric_of
from gazelab.metrics.comparison import Prediction
from gazelab.metrics.golden import (
    HALF_A_DIGIT,
    OF_MAPS,
    SCANPATHS,
    TOLERANCE,
    Verified,
    golden_predictions,
    golden_truth,
    verify,
)

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
    return dict(zip("SQ", golden_predictions().values(), strict=True))


@pytest.mark.parametrize("map_name", ["S", "Q"])
@pytest.mark.parametrize("name", EXACT)
def test_metric_equals_the_golden_number(map_name, name):
    value, note = metric_of(EXACT[name]).evaluate(predictions()[map_name], golden_truth())
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
    prediction, people = predictions()[map_name], golden_truth()
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


def test_the_numbers_in_the_program_are_those_of_the_file():
    tiny = GOLDEN["tiny_grid"]
    assert OF_MAPS == {id_: (tiny["S"][name], tiny["Q"][name]) for name, id_ in EXACT.items()}
    for name, fixations in SCANPATHS.items():
        assert [[x, y, ms / 1000] for x, y, ms in fixations] == GOLDEN["scanpaths"][name]


def test_the_program_finds_every_number_again_and_would_notice_a_wrong_one():
    rows = list(verify())
    assert len(rows) == 2 * 17 + 2 * 19
    assert all(row.agrees for row in rows)
    assert (TOLERANCE, HALF_A_DIGIT) == (1e-9, 5.1e-7)
    assert not Verified("nss", "smooth map", 1.959809059092, 1.959809061).agrees
    assert not Verified("dtw", "scanpaths A and B", 166.898112, 166.898114).agrees
    assert not Verified("cc", "smooth map", 0.75548956733, float("nan")).agrees
