"""Made-up recordings whose fixations are known."""

import numpy as np

from gazelab.data.gaze import Origin
from gazelab.data.recording import Recording

STAYS_MS = 300
JUMPS_MS = 30


def jumps(
    participant: str,
    stimulus: str,
    stays: int = 6,
    *,
    trial: str = "1",
    px_per_deg: float = 10.0,
    blink_after: int | None = None,
) -> Recording:
    """Return 1000 Hz gaze that stays 300 ms at each of some places, with jumps of 30 ms between.

    The places alternate between (40, 30) and (120, 90) px. After stay `blink_after` the eye
    is lost for 150 ms.
    """
    places = np.array([(40.0, 30.0), (120.0, 90.0)])
    parts = []
    for stay in range(stays):
        here, there = places[stay % 2], places[(stay + 1) % 2]
        parts.append(np.repeat(here[None], STAYS_MS, axis=0))
        if stay == blink_after:
            parts.append(np.full((150, 2), np.nan))
        if stay + 1 < stays:
            way = np.linspace(0, 1, JUMPS_MS + 2)[1:-1, None]
            parts.append(here + way * (there - here))
    gaze = np.concatenate(parts)
    gaze += np.random.default_rng(0).normal(0, 0.02, gaze.shape)
    return Recording(
        participant,
        stimulus,
        np.arange(len(gaze), dtype=float),
        gaze[:, 0].copy(),
        gaze[:, 1].copy(),
        trial=trial,
        pupil=np.where(np.isnan(gaze[:, 0]), np.nan, 4.0),
        pupil_unit="mm",
        rate_hz=1000.0,
        px_per_deg=px_per_deg,
        origin=Origin("tracker"),
    )
