"""Agreement of the detectors with people who labelled every sample (Lund2013)."""

from pathlib import Path

import numpy as np
import pytest

from gazelab.gaze.detect import DETECTORS
from gazelab.gaze.found import Label
from gazelab.gaze.ivt import IvtSettings, find_by_velocity
from gazelab.gaze.signal import Signal

CODERS = ("MN", "RA")


def labelled(file: Path) -> tuple[Signal, np.ndarray]:
    """Read one recording with the labels of one expert."""
    from scipy.io import loadmat

    data = loadmat(file, squeeze_me=True, struct_as_record=False)["ETdata"]
    time_us, _, _, x_px, y_px, label = data.pos.T
    lost = (x_px == 0) & (y_px == 0)
    px_per_deg = np.radians(1) * data.viewDist * data.screenRes[0] / data.screenDim[0]
    x_deg, y_deg = (np.where(lost, np.nan, v / px_per_deg) for v in (x_px, y_px))
    return Signal((time_us - time_us[0]) / 1e3, x_deg, y_deg), label.astype(int)


def kappa(one: np.ndarray, other: np.ndarray) -> float:
    """Return Cohen's kappa of two (n,) bool."""
    chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
    return ((one == other).mean() - chance) / (1 - chance)


@pytest.fixture(scope="module")
def recordings(shared_data: Path) -> list[tuple[Signal, np.ndarray]]:
    files = sorted((shared_data / "lund2013").glob("*_labelled_*.mat"))
    if not files:
        pytest.skip("the recordings of Lund2013 are not on this machine")
    assert len(files) == 10 * len(CODERS)
    return [labelled(file) for file in files]


def test_ivt_with_its_defaults_agrees_with_the_experts(recordings) -> None:
    found = [
        (find_by_velocity(signal, IvtSettings()).labels, label) for signal, label in recordings
    ]
    assert np.mean([kappa(a == Label.FIXATION, b == 1) for a, b in found]) >= 0.65
    assert np.mean([kappa(a == Label.SACCADE, b == 2) for a, b in found]) >= 0.60


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.id)
def test_every_sample_of_the_real_recordings_is_counted(detector, recordings) -> None:
    for signal, _ in recordings:
        found = detector.find(signal, detector.settings())
        assert found.samples.total == len(signal)
        assert found.samples.lost + found.samples.blink >= (~signal.tracked).sum()
