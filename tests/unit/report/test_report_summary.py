"""Means over pictures leave out what is undefined, and say so."""

import math
from dataclasses import replace

import pytest

from gazelab.data.scores import CENTRE_BIAS, Score
from gazelab.report.summary import direction_of, summarise

SCORE = Score(
    participant="all", stimulus="a.jpg", source="sam-s", kind="saliency", step=0,
    fixations="all", metric="nss", variant="v", value=1.0, unit="sd", n_fixations=9, n_excluded=1,
    sigma_px=math.nan, sigma_deg=math.nan, alignment="", grid="8x6",
)  # fmt: skip


def scores(*values, **changes):
    return [
        replace(SCORE, stimulus=f"{k}.jpg", value=value, **changes)
        for k, value in enumerate(values)
    ]


def test_the_mean_is_over_pictures_where_it_is_defined() -> None:
    (summary,) = summarise(scores(1.0, 2.0, math.nan, 6.0))
    assert (summary.mean, summary.median) == (3.0, 2.0)
    assert summary.sd == pytest.approx(math.sqrt(7))
    assert (summary.n_stimuli, summary.n_undefined) == (3, 1)
    assert (summary.n_fixations, summary.n_excluded) == (36, 4)
    assert summary.direction == "higher"


def test_a_metric_that_is_never_defined_has_no_mean() -> None:
    (summary,) = summarise(scores(math.nan, math.nan))
    assert math.isnan(summary.mean)
    assert math.isnan(summary.median)
    assert (summary.n_stimuli, summary.n_undefined) == (0, 2)


def test_one_picture_has_no_spread() -> None:
    (summary,) = summarise(scores(1.5))
    assert summary.mean == 1.5
    assert math.isnan(summary.sd)


def test_what_differs_is_not_mixed_and_models_come_first() -> None:
    found = summarise(
        [
            *scores(1.0, source=CENTRE_BIAS, kind=""),
            *scores(2.0, 4.0, step=2, fixations="aligned"),
            *scores(3.0, 5.0),
            *scores(9.0, sigma_px=12.0),
        ]
    )
    assert [(s.source, s.step, s.mean) for s in found] == [
        ("sam-s", 0, 4.0),
        ("sam-s", 0, 9.0),
        ("sam-s", 2, 3.0),
        (CENTRE_BIAS, 0, 1.0),
    ]


def test_the_direction_of_a_metric() -> None:
    assert direction_of("kl") == "lower"
    assert direction_of("made up") == ""
