"""Curves over steps: one for each source and choice of fixations."""

import math

from gazelab.data.scores import CENTRE_BIAS, Score
from gazelab.report.curves import curves
from gazelab.report.summary import summarise


def score(source: str, step: int, value: float, fixations: str = "all") -> Score:
    return Score(
        participant="all",
        stimulus="a.png",
        source=source,
        kind="saliency" if source == "m" else "",
        step=step,
        fixations=fixations,
        metric="nss",
        variant="v",
        value=value,
        unit="sd",
        n_fixations=3,
        n_excluded=0,
        sigma_px=math.nan,
        sigma_deg=math.nan,
        alignment="index",
        grid="8x6",
    )


def test_a_model_has_a_curve_and_a_static_baseline_is_level() -> None:
    scores = [
        score("m", 0, 2.0),
        score("m", 1, 1.0),
        score("m", 2, 2.0),
        score(CENTRE_BIAS, 0, 0.5),
        score("human density", 0, 4.0),  # has seen the fixations: nothing for steps to reach
        score("grid ceiling 8x6", 0, 3.5),
    ]
    model, bias = curves(summarise(scores), "nss")
    assert (model.name, model.steps, model.values) == (
        "m saliency, all fixations",
        (1, 2),
        (1.0, 2.0),
    )
    assert (bias.steps, bias.values, bias.is_model) == ((1, 2), (0.5, 0.5), False)


def test_without_steps_there_is_no_curve() -> None:
    assert curves(summarise([score("m", 0, 2.0), score(CENTRE_BIAS, 0, 0.5)]), "nss") == ()
    assert curves((), "nss") == ()


def test_a_curve_that_is_undefined_everywhere_says_so() -> None:
    scores = [score("m", 1, math.nan, "aligned"), score("m", 1, 1.0), score("m", 2, math.nan)]
    found = {curve.name: curve.is_defined for curve in curves(summarise(scores), "nss")}
    assert found == {"m saliency, aligned fixations": False, "m saliency, all fixations": True}
