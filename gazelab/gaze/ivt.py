"""Fixations and saccades by a threshold on velocity (I-VT).

Salvucci and Goldberg (2000), ETRA 2000, 71-78, with the smoothing, merging and discarding of
Olsen (2012), The Tobii I-VT Fixation Filter, whose defaults are taken.
"""

from dataclasses import dataclass

import numpy as np

from gazelab.gaze.blinks import find_blinks
from gazelab.gaze.found import Found, bridged, labelled, merged
from gazelab.gaze.settings import DetectorSettings, parameter
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import reduced, runs
from gazelab.gaze.velocity import WINDOW_MS, speed

_OLSEN = "Olsen (2012), The Tobii I-VT Fixation Filter"
_NYSTROM = "Nyström and Holmqvist (2010), Behavior Research Methods 42, 188-204"


@dataclass(frozen=True)
class IvtSettings(DetectorSettings):
    """Parameters of I-VT."""

    velocity_threshold_deg_s: float = parameter(
        30.0, "Velocity threshold", "deg/s", (5, 150, 1), _OLSEN
    )
    velocity_window_ms: float = parameter(
        WINDOW_MS, "Window of the velocity", "ms", (2, 60, 1), f"{_OLSEN}; {_NYSTROM}"
    )
    min_fixation_ms: float = parameter(
        60.0, "Shortest fixation", "ms", (0, 300, 5), _OLSEN, zero=True
    )
    merge_ms: float = parameter(
        75.0, "Merge fixations closer than (time)", "ms", (0, 150, 5), _OLSEN, zero=True
    )
    merge_deg: float = parameter(
        0.5, "Merge fixations closer than (distance)", "deg", (0, 2, 0.05), _OLSEN, zero=True
    )
    spike_deg: float = parameter(
        1.0, "Merge them across spikes of at least", "deg", (0.5, 5, 0.25),
        "No eye goes so far and comes back in the time within which fixations are merged",
    )  # fmt: skip
    min_saccade_ms: float = parameter(
        10.0, "Shortest saccade", "ms", (0, 50, 1), _NYSTROM, zero=True
    )
    max_velocity_deg_s: float = parameter(
        1000.0, "Fastest possible saccade", "deg/s", (300, 2000, 50), _NYSTROM
    )


def find_by_velocity(signal: Signal, settings: IvtSettings) -> Found:
    """Find fixations, saccades and blinks among (n,) samples.

    Samples slower than the threshold are candidates of fixations; those that are close to
    their neighbour are merged with it, also across a short gap; then short ones are dropped.
    In the middle of a spike, a few samples far away, the eye seems slow: with that candidate
    dropped, the fixations before and after a spike are merged as well.
    The others are candidates of saccades: short ones, impossibly fast ones, and those that a
    merged fixation spans are dropped. Lost samples belong to neither.
    """
    blinks = find_blinks(signal, settings)
    usable = blinks.signal
    velocity = speed(usable, "savgol", settings.velocity_window_ms)
    # NaN is neither slow nor fast
    slow = runs(velocity < settings.velocity_threshold_deg_s, usable.breaks)
    fast = runs(velocity >= settings.velocity_threshold_deg_s, usable.breaks)
    within = settings.merge_ms, settings.merge_deg
    joined = merged(usable, slow, blinks.spans, within)
    long_enough = usable.at_least(joined, settings.min_fixation_ms)
    fixations = bridged(usable, joined.where(long_enough), blinks.spans, within, settings.spike_deg)
    spanned = fixations.mask(len(signal))[fast.start]
    impossible = reduced(np.maximum, velocity, fast) > settings.max_velocity_deg_s
    lasting = usable.at_least(fast, settings.min_saccade_ms)
    saccades = fast.where(~spanned & ~impossible & lasting)
    return Found(
        usable,
        labelled(blinks, fixations, saccades),
        fixations,
        saccades,
        blinks=blinks.spans,
        speed_deg_s=velocity,
        dropped=(
            ("fixation candidates merged into another", len(slow) - len(joined)),
            ("fixation candidates too short", int((~long_enough).sum())),
            ("fixations merged across a spike", int(long_enough.sum()) - len(fixations)),
            ("saccade candidates inside a merged fixation", int(spanned.sum())),
            ("saccade candidates too fast", int((~spanned & impossible).sum())),
            ("saccade candidates too short", int((~spanned & ~impossible & ~lasting).sum())),
        ),
    )
