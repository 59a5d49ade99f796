"""Fixations, saccades and blinks found in the samples of a recording."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gazelab.data.gaze import Exclusion, Origin
from gazelab.data.recording import EVENT_KINDS, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.blinks import find_blinks
from gazelab.gaze.detect import (
    DETECTORS,
    detect,
    detector_of,
    fixation_properties,
)
from gazelab.gaze.events import properties
from gazelab.gaze.found import Label
from gazelab.gaze.idt import IdtSettings, compact_windows, find_by_dispersion
from gazelab.gaze.ivt import IvtSettings, find_by_velocity
from gazelab.gaze.microsaccades import MicrosaccadeSettings, find_microsaccades
from gazelab.gaze.settings import DetectorSettings
from gazelab.gaze.signal import Signal
from gazelab.gaze.velocity import velocities

PX_PER_DEG = 40.0


def jumps(places, samples=300, rate_hz=1000.0, noise_deg=0.0, seed=0):
    """Return a signal that stays at each place and moves on within 40 ms."""
    n = samples * len(places)
    t_ms = np.arange(n) * 1000 / rate_hz
    ramp = round(0.04 * rate_hz)
    at = np.repeat(np.array(places, float), samples, axis=0)
    for k in range(1, len(places)):
        share = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, ramp))[:, None]
        begin = k * samples
        at[begin : begin + ramp] = (1 - share) * places[k - 1] + share * np.array(places[k])
    at += np.random.default_rng(seed).normal(0, noise_deg, at.shape) if noise_deg else 0
    return Signal(t_ms, at[:, 0], at[:, 1])


def recording(signal, **more):
    made = Origin("eyelink-asc", "a.asc", notes=("left eye",))
    defaults = {"px_per_deg": PX_PER_DEG, "trial": "3", "origin": made} | more
    x_px, y_px = signal.x_deg * PX_PER_DEG, signal.y_deg * PX_PER_DEG
    return Recording("p1", "s1", signal.t_ms, x_px, y_px, **defaults)


WALKS = st.lists(
    st.one_of(st.floats(-0.6, 0.6), st.sampled_from([0.0, 0.0, 0.1, 6.0, np.nan])),
    min_size=1,
    max_size=120,
)


def walk(steps):
    """Return positions from steps; a NaN step is a lost sample."""
    steps = np.array(steps)
    lost = np.isnan(steps)
    x = np.cumsum(np.where(lost, 0, steps))
    return np.where(lost, np.nan, x), np.where(lost, np.nan, np.roll(x, 1) / 2)


# I-VT


@settings(deadline=None)
@given(WALKS, st.floats(1, 300), st.integers(0, 12), st.integers(0, 12))
def test_ivt_without_merging_equals_a_plain_loop(steps, threshold, min_fixation, min_saccade):
    x, y = walk(steps)
    signal = Signal(np.arange(len(x)) * 2.0, x, y)
    chosen = IvtSettings(
        velocity_threshold_deg_s=threshold,
        min_fixation_ms=2.0 * min_fixation,
        merge_ms=0,
        min_saccade_ms=2.0 * min_saccade,
        max_velocity_deg_s=1e9,
        blink_min_ms=1e6,
    )
    found = find_by_velocity(signal, chosen)
    kinds = ["none" if np.isnan(v) else "slow" if v < threshold else "fast"
             for v in found.speed_deg_s]  # fmt: skip
    expected = {"slow": [], "fast": []}
    begin = 0
    for i in range(1, len(kinds) + 1):
        if i == len(kinds) or kinds[i] != kinds[begin]:
            least = min_fixation if kinds[begin] == "slow" else min_saccade
            if kinds[begin] != "none" and i - begin >= least:
                expected[kinds[begin]].append((begin, i))
            begin = i
    assert list(zip(found.fixations.start, found.fixations.stop, strict=True)) == expected["slow"]
    assert list(zip(found.saccades.start, found.saccades.stop, strict=True)) == expected["fast"]


def test_ivt_finds_the_stays_and_the_jumps():
    places = [(0, 0), (6, 0), (6, 8), (-3, 4)]
    signal = jumps(places, noise_deg=0.01)
    found = find_by_velocity(signal, IvtSettings())
    stays, moves = (
        fixation_properties(found),
        properties(found.signal, found.saccades, found.speed_deg_s),
    )
    np.testing.assert_allclose(np.stack([stays.x_deg, stays.y_deg], axis=1), places, atol=0.05)
    np.testing.assert_allclose(stays.duration_ms, [300, 260, 260, 260], atol=12)
    np.testing.assert_allclose(moves.onset_ms, [300, 600, 900], atol=8)
    np.testing.assert_allclose(moves.amplitude_deg, [6, 8, np.hypot(9, 4)], atol=0.15)
    # the fastest moment of a cosine ramp: pi / 2 times its mean
    np.testing.assert_allclose(
        moves.peak_velocity_deg_s, np.array([6, 8, np.hypot(9, 4)]) / 0.04 * np.pi / 2, rtol=0.1
    )
    assert (moves.mean_velocity_deg_s < moves.peak_velocity_deg_s).all()
    assert (stays.dispersion_deg < 0.5).all()
    assert (stays.peak_velocity_deg_s < 30).all()


def test_ivt_threshold_decides():
    signal = jumps([(0, 0), (1, 0)])  # at most 39 deg/s
    assert len(find_by_velocity(signal, IvtSettings(velocity_threshold_deg_s=20)).saccades) == 1
    assert len(find_by_velocity(signal, IvtSettings(velocity_threshold_deg_s=60)).saccades) == 0


def test_a_short_gap_does_not_split_a_fixation_and_a_long_one_does():
    signal = jumps([(0, 0)], samples=1000)
    for lost, expected in ((40, 1), (90, 2)):
        x = signal.x_deg.copy()
        x[500 : 500 + lost] = np.nan
        found = find_by_velocity(Signal(signal.t_ms, x, x), IvtSettings(blink_min_ms=500))
        assert len(found.fixations) == expected
        assert found.samples.lost == lost
        assert found.samples.fixation == 1000 - lost
        np.testing.assert_array_equal(fixation_properties(found).x_deg, 0)


def test_fixations_across_a_gap_are_not_merged_when_the_eye_moved_or_blinked():
    x = np.where(np.arange(1000) < 500, 0.0, 2.0)
    x[500:530] = np.nan
    t_ms = np.arange(1000.0)
    found = find_by_velocity(Signal(t_ms, x, x), IvtSettings())
    assert len(found.fixations) == 2
    still = np.where(np.isnan(x), np.nan, 0)
    blinks = IvtSettings(blink_min_ms=20, blink_padding_ms=0)
    found = find_by_velocity(Signal(t_ms, still, still), blinks)
    assert len(found.fixations) == 2
    assert len(found.blinks) == 1


@pytest.mark.parametrize("rate_hz", [60, 120, 250, 500, 1000, 2000])
@pytest.mark.parametrize("spike_deg", [1.5, 5, 40])
def test_a_spike_of_one_sample_splits_no_fixation(rate_hz, spike_deg):
    t_ms = np.arange(rate_hz) * 1000 / rate_hz
    x, y = np.random.default_rng(0).normal(5, 0.02, (2, rate_hz))
    x[rate_hz // 2] += spike_deg
    found = find_by_velocity(Signal(t_ms, x, y), IvtSettings())
    assert (len(found.fixations), len(found.saccades)) == (1, 0)
    assert fixation_properties(found).duration_ms == pytest.approx([1000], abs=2)


def test_a_small_excursion_is_no_spike():
    x = np.zeros(600)
    x[300:330] = 0.8  # 30 ms, and back
    signal = Signal(np.arange(600.0), x, x * 0)
    assert len(find_by_velocity(signal, IvtSettings()).fixations) == 2
    assert len(find_by_velocity(signal, IvtSettings(spike_deg=0.5)).fixations) == 1


def test_what_is_dropped_is_counted_with_a_reason():
    signal = jumps([(0, 0), (5, 0), (10, 0)], samples=200)
    x = signal.x_deg.copy()
    x[100] += 200  # one impossible sample
    found = find_by_velocity(Signal(signal.t_ms, x, x * 0), IvtSettings(min_fixation_ms=180))
    reasons = dict(found.dropped)
    assert reasons["fixation candidates too short"] >= 1
    assert reasons["saccade candidates too fast"] == 2
    assert found.samples.total == len(signal)
    assert found.samples.unassigned > 0


# I-DT


def slow_idt(x, y, breaks, threshold, length):
    """Grow windows one sample at a time."""

    def fits(i, j):
        if j > len(x) or any(i < b < j for b in breaks) or np.isnan(x[i:j] + y[i:j]).any():
            return False
        return (x[i:j].max() - x[i:j].min()) + (y[i:j].max() - y[i:j].min()) <= threshold

    i, found = 0, []
    while i < len(x):
        j = i + length
        if not fits(i, j):
            i += 1
            continue
        while fits(i, j + 1):
            j += 1
        found.append((i, j))
        i = j
    return found  # fmt: skip


@settings(deadline=None)
@given(WALKS, st.floats(0.05, 8), st.integers(1, 20), st.lists(st.integers(1, 119), max_size=2))
def test_idt_equals_growing_windows_one_by_one(steps, threshold, length, late):
    x, y = walk(steps)
    t_ms = np.arange(len(x)) * 4.0 + 1000 * np.array(
        [sum(b <= i for b in late) for i in range(len(x))]
    )
    signal = Signal(t_ms, x, y)
    if not signal.interval_ms > 0 or signal.interval_ms > 4:
        return
    found = compact_windows(signal, threshold, 4.0 * length)
    assert list(zip(found.start, found.stop, strict=True)) == slow_idt(
        x, y, signal.breaks, threshold, length
    )


@settings(deadline=None)
@given(WALKS, st.floats(0.05, 8), st.floats(1, 60), st.randoms(use_true_random=False))
def test_idt_with_uneven_stamps_waits_for_the_time_not_for_the_samples(
    steps, threshold, least_ms, random
):
    x, y = walk(steps)
    t_ms = np.cumsum([random.choice([2.0, 3.0, 4.0, 5.0]) for _ in x])
    signal = Signal(t_ms, x, y)
    found = compact_windows(signal, threshold, least_ms)
    for i, j in zip(found.start, found.stop, strict=True):
        assert signal.lasting_ms(found).min() >= least_ms - 0.01
        assert (x[i:j].max() - x[i:j].min()) + (y[i:j].max() - y[i:j].min()) <= threshold
    # nothing more fits in between
    for i, j in zip(np.append(0, found.stop), np.append(found.start, len(x)), strict=True):
        for a in range(i, j):
            inside = np.flatnonzero(t_ms[a:j] - t_ms[a] >= least_ms - 0.999 * signal.interval_ms)
            if len(inside) and not any(a < b < a + inside[0] + 1 for b in signal.breaks):
                b = a + inside[0] + 1
                extent = np.ptp(x[a:b]) + np.ptp(y[a:b])
                assert not extent <= threshold


@settings(deadline=None)
@given(WALKS, st.integers(2, 12), st.lists(st.integers(1, 119), max_size=2))
def test_the_saccades_of_idt_are_what_lies_between_its_fixations(steps, least, late):
    x, y = walk(steps)
    t_ms = np.arange(len(x)) * 4.0 + 1000 * np.array(
        [sum(b <= i for b in late) for i in range(len(x))]
    )
    signal = Signal(t_ms, x, y)
    chosen = IdtSettings(min_fixation_ms=4.0 * least, max_saccade_ms=60, blink_min_ms=1e6)
    found = find_by_dispersion(signal, chosen)
    fixations = list(zip(found.fixations.start, found.fixations.stop, strict=True))
    expected = []
    for (_, before), (after, _) in itertools.pairwise(fixations):
        whole = not np.isnan(x[before:after]).any()
        whole = whole and not any(before <= b <= after for b in signal.breaks)
        if whole and 10 <= 4 * (after - before) <= 60:
            expected.append((before, after))
    assert list(zip(found.saccades.start, found.saccades.stop, strict=True)) == expected
    assert found.samples.saccade == sum(stop - start for start, stop in expected)


def test_saccades_of_idt_have_amplitude_and_peak_velocity():
    item = recording(jumps([(0, 0), (6, 0), (6, 8)]))
    saccades, _ = detect(item, IdtSettings()).events
    assert saccades.kind == "saccade"
    # the fixations have taken in up to a degree of each end
    np.testing.assert_allclose(saccades.onset_ms, [305, 605], atol=10)
    np.testing.assert_allclose(saccades.amplitude_deg, [4.5, 6.5], atol=1)
    np.testing.assert_allclose(saccades.peak_velocity_deg_s, [236, 314], rtol=0.1)


def test_idt_long_fixations_grow_over_many_blocks():
    x = np.tile([0.0, 0.4], 20_000)
    x[30_001:] += 0.8
    found = find_by_dispersion(Signal(np.arange(40_000.0), x, x * 0), IdtSettings())
    assert found.fixations.start.tolist() == [0, 30_001]
    assert found.fixations.stop.tolist() == [30_001, 40_000]
    assert found.samples.fixation == 40_000


def test_idt_ends_with_the_last_sample_that_fits():
    x = np.repeat([0.0, 5.0], 150)
    found = find_by_dispersion(Signal(np.arange(300.0), x, x), IdtSettings())
    np.testing.assert_array_equal(fixation_properties(found).duration_ms, [150, 150])


# blinks


def test_a_blink_is_a_loss_as_long_as_a_blink():
    x = np.zeros(4000)
    for begin, lasting in ((500, 20), (1000, 150), (2000, 1200)):
        x[begin : begin + lasting] = np.nan
    found = find_by_velocity(Signal(np.arange(4000.0), x, x), IvtSettings())
    assert found.blinks.start.tolist() == [1000]
    assert found.blinks.stop.tolist() == [1150]
    assert found.samples.blink == 150 + 2 * 50
    assert found.samples.lost == 20 + 1200


def test_a_pupil_of_zero_is_lost_and_one_that_is_never_there_says_nothing():
    t_ms, x = np.arange(1000.0), np.zeros(1000)
    pupil = np.full(1000, 900.0)
    pupil[300:400] = 0
    pupil[401::2] = np.nan  # some trackers measure the pupil at half the rate
    found = find_by_velocity(Signal(t_ms, x, x, pupil), IvtSettings())
    assert found.blinks.start.tolist() == [300]
    assert found.samples.lost == 0
    never = find_by_velocity(Signal(t_ms, x, x, np.zeros(1000)), IvtSettings())
    assert len(never.blinks) == 0
    assert never.samples.fixation == 1000


@given(st.lists(st.tuples(st.integers(0, 190), st.integers(1, 40)), max_size=6), st.integers(0, 30))
def test_padding_around_blinks_covers_what_is_near_in_time(losses, padding):
    x = np.zeros(200)
    for begin, lasting in losses:
        x[begin : begin + lasting] = np.nan
    signal = Signal(np.arange(200.0), x, x)
    found = find_blinks(signal, DetectorSettings(blink_min_ms=10, blink_padding_ms=padding))
    expected = np.zeros(200, bool)
    for i, j in zip(found.spans.start, found.spans.stop, strict=True):
        assert np.isnan(x[i:j]).all()
        expected[max(i - padding, 0) : j + padding] = True
    np.testing.assert_array_equal(found.beside, expected)


# microsaccades


def slow_microsaccades(vx, vy, factor, least):
    """Follow Engbert and Kliegl line by line."""
    sx, sy = (np.sqrt(np.nanmedian((v - np.nanmedian(v)) ** 2)) * factor for v in (vx, vy))
    found, begin = [], None
    for i in range(len(vx) + 1):
        out = i < len(vx) and (vx[i] / sx) ** 2 + (vy[i] / sy) ** 2 > 1
        if out and begin is None:
            begin = i
        if not out and begin is not None:
            if i - begin >= least:
                found.append((begin, i))
            begin = None
    return found


@given(st.integers(0, 10_000), st.floats(2, 8), st.integers(1, 8), st.booleans())
def test_microsaccades_equal_the_published_rule(seed, factor, least, loss):
    signal = jumps(
        [(0, 0), (0.5, 0.2), (4, 0)], samples=100, rate_hz=500, noise_deg=0.02, seed=seed
    )
    if loss:
        signal.x_deg[40:44] = np.nan
    chosen = MicrosaccadeSettings(threshold_lambda=factor, min_saccade_ms=2.0 * least)
    found = find_microsaccades(signal, chosen)
    expected = slow_microsaccades(*velocities(signal, "fivepoint"), factor, least)
    both = np.sort(np.concatenate([found.microsaccades.start, found.saccades.start]))
    assert both.tolist() == [i for i, _ in expected]
    assert found.samples.saccade == sum(j - i for i, j in expected)


def test_microsaccades_are_the_small_ones():
    signal = jumps([(0, 0), (0.5, 0), (5, 0)], noise_deg=0.003)
    result = detect(recording(signal), MicrosaccadeSettings())
    found = {events.kind: events for events in result.events}
    assert result.scanpath is None
    assert len(found["microsaccade"]) == 1
    assert len(found["saccade"]) == 1
    assert found["microsaccade"].amplitude_deg[0] == pytest.approx(0.5, abs=0.1)


def test_without_noise_there_is_no_threshold_and_nothing_is_found():
    signal = jumps([(0, 0), (5, 0)])
    assert detect(recording(signal), MicrosaccadeSettings()).samples.unassigned == len(signal)


# detect


def test_the_result_says_whose_it_is_and_how_it_was_found():
    signal = jumps([(0, 0), (5, 0), (5, 5)], noise_deg=0.005)
    x = signal.x_deg.copy()
    x[400:500] = np.nan
    chosen = IvtSettings(velocity_threshold_deg_s=35)
    result = detect(recording(Signal(signal.t_ms, x, signal.y_deg)), chosen)
    assert result.scanpath is not None
    for part in (result.scanpath, *result.events):
        assert (part.participant, part.stimulus, part.trial) == ("p1", "s1", "3")
        assert part.origin.reader == "i-vt"
        assert part.origin.source == "a.asc"
        assert part.origin.notes == ("left eye",)
        assert dict(part.origin.settings) == dataclasses.asdict(chosen) | {"px_per_deg": PX_PER_DEG}
    kinds = [events.kind for events in result.events]
    assert kinds == ["saccade", "blink"]
    assert set(kinds) <= set(EVENT_KINDS)
    blinks = result.events[1]
    assert (blinks.onset_ms.tolist(), blinks.duration_ms.tolist()) == ([400], [100])
    assert blinks.amplitude_deg is None
    assert np.count_nonzero(result.labels == Label.BLINK) == result.samples.blink == 200
    np.testing.assert_allclose(result.scanpath.x_px[0], 0, atol=0.2)
    np.testing.assert_allclose(result.scanpath.y_px[-1], 5 * PX_PER_DEG, atol=0.2)


def test_fixations_off_the_stimulus_are_kept_and_marked():
    signal = jumps([(1, 1), (30, 1)])
    stimulus = Stimulus("s1", "a.png", 800, 600, "")
    scanpath = detect(recording(signal), IvtSettings(), stimulus).scanpath
    assert scanpath is not None
    assert scanpath.exclusion.tolist() == [Exclusion.NONE, Exclusion.OFF_STIMULUS]
    unmarked = detect(recording(signal), IvtSettings()).scanpath
    assert unmarked is not None
    assert unmarked.used.all()


@given(WALKS, st.sampled_from(DETECTORS), st.booleans())
def test_every_sample_is_counted_once(steps, detector, uneven):
    x, y = walk(steps)
    t_ms = np.arange(len(x)) * 4.0
    if uneven:
        t_ms = np.floor(t_ms / 8) * 8
    result = detect(recording(Signal(t_ms, x, y)), detector.settings())
    assert result.samples.total == len(x)
    assert result.samples.lost + result.samples.blink >= np.isnan(x).sum()
    assert (result.scanpath is not None) == ("fixation" in detector.finds)
    for events in result.events:
        assert events.kind in detector.finds
        assert (np.diff(events.onset_ms) >= 0).all()


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.id)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_hardly_any_samples(detector, n):
    result = detect(
        recording(Signal(np.arange(float(n)), np.zeros(n), np.zeros(n))), detector.settings()
    )
    assert result.samples.total == n


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.id)
def test_nothing_but_loss(detector):
    lost = np.full(2000, np.nan)
    result = detect(recording(Signal(np.arange(2000.0), lost, lost)), detector.settings())
    assert result.samples.lost == 2000


def test_degrees_need_pixels_per_degree():
    with pytest.raises(SettingsError, match=r"pixels per degree of p1 on s1 .* viewing distance"):
        detect(recording(jumps([(0, 0)]), px_per_deg=np.nan), IvtSettings())


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.id)
def test_parameters_have_what_a_slider_needs(detector):
    defaults = detector.settings()
    assert detector_of(defaults) is detector
    assert {one.name for one in detector.parameters} == {n for n, _ in defaults.pairs()}
    for one in detector.parameters:
        assert one.low <= one.default <= one.high
        assert 0 < one.step <= one.high - one.low
        assert one.title
        assert one.unit
        assert one.source
        assert getattr(defaults, one.name) == one.default


@pytest.mark.parametrize(
    ("chosen", "name", "value"),
    [
        (IvtSettings, "velocity_threshold_deg_s", 0.0),
        (IvtSettings, "min_fixation_ms", -1.0),
        (IdtSettings, "dispersion_deg", float("nan")),
        (MicrosaccadeSettings, "threshold_lambda", float("inf")),
    ],
)
def test_parameters_that_make_no_sense_are_refused(chosen, name, value):
    with pytest.raises(SettingsError, match="must be"):
        chosen(**{name: value})


def test_settings_of_no_detector_are_refused():
    with pytest.raises(SettingsError, match="No detector"):
        detect(recording(jumps([(0, 0)])), DetectorSettings())
