"""Data quality of recordings and scanpaths."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.gaze import Scanpath
from gazelab.data.recording import Recording
from gazelab.gaze.quality import quality, scanpath_quality
from gazelab.gaze.quality_summary import by_participant, methods_sentence, summary


def recording(x_px, y_px=None, participant="p1", rate_hz=500.0, **more):
    x_px = np.asarray(x_px, float)
    y_px = np.zeros(len(x_px)) if y_px is None else y_px
    t_ms = more.pop("t_ms", np.arange(len(x_px)) * 1000 / rate_hz)
    defaults = {"px_per_deg": 30.0, "rate_hz": rate_hz} | more
    return Recording(participant, "s1", t_ms, x_px, y_px, **defaults)


def noisy(n=4000, sd_px=1.0, seed=0):
    return np.random.default_rng(seed).normal(400, sd_px, (2, n))


def fixations(onset_ms, duration_ms, x_px=None):
    n = len(onset_ms)
    x_px = np.full(n, 400.0) if x_px is None else np.asarray(x_px, float)
    zeros = np.zeros(n, np.int8)
    arrays = np.asarray(onset_ms, float), np.asarray(duration_ms, float)
    return Scanpath("p1", "s1", x_px, np.full(n, 300.0), *arrays, zeros)


def test_precision_of_white_noise_is_what_was_put_in():
    found = quality(recording(*noisy(sd_px=1.5)))
    # of white noise the steps are sqrt 2 wider than the spread
    assert found.std_deg == pytest.approx(math.sqrt(2) * 1.5 / 30, rel=0.02)
    assert found.rms_s2s_deg == pytest.approx(2 * 1.5 / 30, rel=0.02)
    ellipse = 2 * math.pi * -math.log(1 - 0.6827) * (1.5 / 30) ** 2
    assert found.bcea_deg2 == pytest.approx(ellipse, rel=0.03)


def test_saccades_and_gaps_do_not_enter_the_precision():
    x, y = noisy()
    still = quality(recording(x, y))
    x[1000:] += 300
    x[3000:] += 300
    x[2000:2100] = np.nan
    found = quality(recording(x, y))
    assert found.std_deg == pytest.approx(still.std_deg, rel=0.05)
    assert found.rms_s2s_deg == pytest.approx(still.rms_s2s_deg, rel=0.05)


def test_precision_is_measured_in_the_fixations_that_are_given():
    x, y = noisy(sd_px=0.1)
    x[1000:2000] += np.linspace(0, 200, 1000)
    slow_part = quality(recording(x, y), scanpath=fixations([2000], [2000]))
    still_part = quality(recording(x, y), scanpath=fixations([0, 4000], [2000, 4000]))
    assert slow_part.std_deg > 5 * still_part.std_deg
    none = quality(recording(x, y), scanpath=fixations([0], [100]))
    assert math.isnan(none.std_deg)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 590), st.integers(1, 300)), max_size=5), st.integers(0, 9))
def test_precision_equals_windows_one_by_one(stays, seed):
    x, y = noisy(600, seed=seed)
    x[100:110] = np.nan
    stays = sorted(stays)
    onset_ms, duration_ms = [2.0 * a for a, _ in stays], [2.0 * b for _, b in stays]
    found = quality(recording(x, y), scanpath=fixations(onset_ms, duration_ms))
    values = []
    ends = [min(a + b, 600, *[c for c, _ in stays[k + 1 :]]) for k, (a, b) in enumerate(stays)]
    for (a, _), stop in zip(stays, ends, strict=True):
        for begin, end in ((a, min(stop, 100)), (max(a, 110), stop)):
            for i in range(begin, end - 100 + 1, 25):
                part = np.array([x[i : i + 100], y[i : i + 100]]) / 30
                steps = (np.diff(part) ** 2).sum(axis=0).mean()
                values.append([math.sqrt(steps), math.sqrt(part.var(axis=1, ddof=1).sum())])
    expected = np.median(values, axis=0) if values else [np.nan, np.nan]
    np.testing.assert_allclose([found.rms_s2s_deg, found.std_deg], expected, rtol=1e-9)


def test_losses_gaps_and_missing_samples_are_counted():
    x = np.full(1000, 400.0)
    x[:10] = np.nan
    x[200:250] = np.nan
    t_ms = np.arange(1000) * 2.0
    t_ms[500:] += 100  # fifty samples were never written
    found = quality(recording(x, t_ms=t_ms))
    assert (found.n_samples, found.n_lost, found.n_missing) == (1000, 60, 50)
    assert found.loss_percent == 6.0
    assert found.n_gaps == 3
    assert found.longest_gap_ms == 100
    assert found.duration_ms == 2100
    assert found.measured_rate_hz == 500
    assert found.effective_rate_hz == pytest.approx(940 / 2.1)


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_gaps_equal_the_stretches_of_lost_samples(lost):
    found = quality(recording(np.where(lost, np.nan, 1.0), px_per_deg=math.nan))
    stretches = "".join("x" if one else " " for one in lost).split()
    assert found.n_gaps == len(stretches)
    assert found.longest_gap_ms == max((2.0 * len(one) for one in stretches), default=0)


def test_samples_off_the_stimulus_are_a_share_of_those_with_a_position():
    x = np.array([-1.0, 0, 799.9, 800, np.nan, 5, 5, 5])
    found = quality(recording(x, np.array([5.0, 5, 5, 5, 5, 5, 600, np.nan])), (800, 600))
    assert found.n_off_stimulus == 3
    assert found.off_stimulus_percent == 50
    assert math.isnan(quality(recording(x)).off_stimulus_percent)


def test_what_is_not_known_is_nan():
    found = quality(
        recording(*noisy(), px_per_deg=math.nan, rate_hz=math.nan, t_ms=np.arange(4000.0))
    )
    assert math.isnan(found.std_deg)
    assert math.isnan(found.rate_hz)
    assert found.measured_rate_hz == 1000
    assert found.loss_percent == 0
    empty = quality(recording([]))
    assert math.isnan(empty.loss_percent)
    assert math.isnan(empty.effective_rate_hz)
    assert empty.n_gaps == 0


def test_the_trackers_own_figures_are_passed_on():
    found = quality(recording(*noisy(), accuracy_deg=0.4, precision_deg=0.1))
    assert (found.accuracy_deg, found.precision_deg) == (0.4, 0.1)


def test_scanpath_quality_counts_what_is_odd():
    scanpath = fixations(
        [0, 100, 400, 500, 4000], [10, 250, np.nan, 3200, 150], [1, -5, 2, np.nan, 3]
    )
    found = scanpath_quality(scanpath, (800, 600))
    assert (found.n_fixations, found.n_no_position, found.n_no_duration) == (5, 1, 1)
    assert (found.n_too_short, found.n_too_long) == (1, 1)
    assert found.off_stimulus_percent == 25
    assert found.median_duration_ms == 200
    unsized = scanpath_quality(fixations([], []))
    assert math.isnan(unsized.off_stimulus_percent)
    assert math.isnan(unsized.median_duration_ms)


def study():
    short = np.full(100, 400.0)
    short[:50] = np.nan
    long = np.full(900, 400.0)
    return [
        quality(recording(short, accuracy_deg=0.3), (300, 300)),
        quality(recording(long, accuracy_deg=0.5)),
        quality(recording(long, participant="p2"), (800, 600)),
    ]


def test_a_summary_pools_samples_and_takes_medians_of_precision():
    one, two = by_participant(study())
    assert (one.participant, two.participant) == ("p1", "p2")
    assert (one.n_trials, one.n_samples) == (2, 1000)
    assert one.loss_percent == 5.0  # not the mean of 50 % and 0 %
    assert one.off_stimulus_percent == 100  # of the recording whose stimulus has a size
    assert one.accuracy_deg == 0.4
    assert math.isnan(two.accuracy_deg)
    assert one.effective_rate_hz == pytest.approx(950 / 2.0)
    whole = summary(study())
    assert (whole.participant, whole.n_participants, whole.n_trials) == ("", 2, 3)


def test_the_sentence_for_a_methods_section():
    text = methods_sentence(study())
    assert text.startswith(
        "Gaze was recorded at 500 Hz in 3 trials of 2 participants (1,900 samples"
    )
    assert "2.6 % were lost" in text
    assert "range 0.0 to 5.0 %" in text
    assert "lay off the stimulus" in text
    assert "validation gave an accuracy of 0.4° (median over trials)." in text
    assert "nan" not in text
    assert "  " not in text


def test_different_rates_are_not_averaged():
    mixed = [quality(recording(np.ones(9), rate_hz=rate)) for rate in (500, 250, 1000)]
    assert math.isnan(summary(mixed).rate_hz)
    assert "recorded at 250 to 1000 Hz" in methods_sentence(mixed)


def test_the_sentence_leaves_out_what_is_not_known():
    unknown = recording(np.full(9, 1.0), px_per_deg=math.nan, rate_hz=math.nan, t_ms=np.arange(9.0))
    text = methods_sentence([quality(unknown)])
    assert "1 trial of 1 participant" in text
    for absent in ("Precision", "validation", "stimulus", "nan", "range", "gap", "missing"):
        assert absent not in text
    assert methods_sentence([]) == ""
    assert methods_sentence([quality(recording([]))]) != ""
