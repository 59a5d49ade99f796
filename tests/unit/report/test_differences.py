import math

import pytest

from gazelab.data.scores import CENTRE_BIAS, Score
from gazelab.errors import SettingsError
from gazelab.report.differences import differences


def score(stimulus, source, value, metric="nss", kind="saliency", **other):
    return Score(
        **{
            "participant": "all",
            "stimulus": stimulus,
            "source": source,
            "kind": kind,
            "step": 0,
            "fixations": "all",
            "metric": metric,
            "variant": "plain",
            "value": value,
            "unit": "sd",
            "n_fixations": 9,
            "n_excluded": 0,
            "sigma_px": math.nan,
            "sigma_deg": math.nan,
            "alignment": "",
            "grid": "8x6",
        }
        | other
    )


SCORES = [
    *(score(s, "one", v) for s, v in zip("abcd", (3.0, 4, 5, math.nan), strict=True)),
    *(score(s, "two", v) for s, v in zip("abc", (1.0, 2, 2), strict=True)),
    *(score(s, CENTRE_BIAS, 1.0, kind="") for s in "abcd"),
    *(score(s, "one", v, "kl") for s, v in zip("abc", (1.0, 2, 3), strict=True)),
    *(score(s, "two", v, "kl") for s, v in zip("abc", (1.0, 4, 8), strict=True)),
    score("a", "one", 99.0, step=2),
    score("a", "one", 99.0, step=2, fixations="aligned"),
]


def test_final_maps_are_compared_stimulus_by_stimulus():
    nss, kl = differences(SCORES, [("one", "two")])
    assert (nss.first, nss.second) == ("one saliency", "two saliency")
    assert (nss.metric, nss.variant, nss.unit, nss.direction) == ("nss", "plain", "sd", "higher")
    assert (nss.found.n, nss.n_left_out) == (3, 1)
    assert (nss.found.mean_first, nss.found.difference) == (4, pytest.approx(7 / 3))
    assert (kl.direction, kl.found.difference) == ("lower", pytest.approx(-7 / 3))


def test_p_is_corrected_for_all_that_was_asked_for():
    rows = differences(SCORES, [("one", "two"), ("one", CENTRE_BIAS)], ["nss"])
    assert [row.second for row in rows] == ["two saliency", CENTRE_BIAS]
    assert [row.found.p for row in rows] == pytest.approx([0.25, 0.25])
    assert [row.corrected_p for row in rows] == pytest.approx([0.25, 0.25])
    assert rows[1].found.n == 3


def test_a_metric_that_one_source_lacks_is_undefined():
    _, kl = differences(SCORES, [("one", CENTRE_BIAS)])
    assert (kl.metric, kl.found.n, kl.n_left_out) == ("kl", 0, 3)
    assert math.isnan(kl.found.difference)
    assert math.isnan(kl.corrected_p)


def test_of_several_kinds_one_is_named():
    both = [*SCORES, score("a", "two", 1.0, kind="attention")]
    with pytest.raises(SettingsError, match=r"several kinds of maps\. Name one of 'two saliency'"):
        differences(both, [("one", "two")])
    (row, _) = differences(both, [("one", "two saliency")])
    assert row.found.n == 3


@pytest.mark.parametrize(
    ("scores", "pair", "metrics", "sentence"),
    [
        (SCORES, ("one", "nix"), (), "no scores of 'nix'. It has: one saliency"),
        (SCORES, ("one", "one saliency"), (), "'one' is compared with itself"),
        (SCORES, ("one", "two"), ("cc",), "no scores of 'cc'. It has: nss, kl"),
        ([], ("one", "two"), (), "no scores of 'one'. `gazelab score` makes them"),
    ],
)
def test_what_cannot_be_compared_is_refused(scores, pair, metrics, sentence):
    with pytest.raises(SettingsError, match=sentence):
        differences(scores, [pair], metrics)
