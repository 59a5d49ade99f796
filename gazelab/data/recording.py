"""What an eye tracker measured: gaze samples, and the saccades and blinks found in them."""

import math
from dataclasses import dataclass

from gazelab.data.gaze import Origin, TrialKey, Vector

EYES = ("left", "right", "mean")
EVENT_KINDS = ("saccade", "blink", "microsaccade")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The gaze samples of one participant on one stimulus in one trial.

    t_ms : (n,) float64 from stimulus onset, ascending; clock_ms is the time of the source's
        own clock when it is 0.
    x_px, y_px : (n,) float64 on the stimulus, NaN = lost.
    pupil : (n,) float64, NaN = lost; None when it was not recorded. pupil_unit : such as "mm",
        or "area" and "diameter" in units of the tracker.
    rate_hz : the nominal sampling rate, NaN when the source does not say it.
    eye : "left", "right", "mean" (of both), "" when the source does not say it.
    px_per_deg : pixels of the stimulus in one degree, NaN when the source does not say it.
    accuracy_deg, precision_deg : as the tracker's own validation gave them.
    """

    participant: str
    stimulus: str
    t_ms: Vector
    x_px: Vector
    y_px: Vector
    trial: str = "1"
    pupil: Vector | None = None
    pupil_unit: str = ""
    rate_hz: float = math.nan
    eye: str = ""
    px_per_deg: float = math.nan
    clock_ms: float = 0.0
    accuracy_deg: float = math.nan
    precision_deg: float = math.nan
    origin: Origin = Origin("unknown")

    def __len__(self) -> int:
        return len(self.t_ms)

    @property
    def key(self) -> TrialKey:
        """What identifies a recording in a project."""
        return self.participant, self.stimulus, self.trial


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The saccades, blinks or microsaccades of one participant in one trial, by onset.

    onset_ms, duration_ms : (n,) float64; onset from stimulus onset.
    amplitude_deg, peak_velocity_deg_s : (n,) float64, NaN where unknown; None for blinks.
    """

    participant: str
    stimulus: str
    kind: str
    onset_ms: Vector
    duration_ms: Vector
    trial: str = "1"
    amplitude_deg: Vector | None = None
    peak_velocity_deg_s: Vector | None = None
    origin: Origin = Origin("unknown")

    def __len__(self) -> int:
        return len(self.onset_ms)

    @property
    def trial_key(self) -> TrialKey:
        """The trial they were found in."""
        return self.participant, self.stimulus, self.trial

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What identifies them in a project: the trial, their kind, and who found them."""
        return *self.trial_key, self.kind, self.origin.reader
