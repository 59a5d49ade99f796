"""Blinks: losses of the eye that last as long as a blink does."""

from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.gaze.settings import DetectorSettings
from gazelab.gaze.signal import Signal
from gazelab.gaze.spans import Spans, runs


@dataclass(frozen=True, slots=True, eq=False)
class Blinks:
    """Blinks, and the samples left out for them.

    spans : the losses themselves. beside : (n,) bool, the losses with their padding.
    signal : the signal without the positions in and beside blinks.
    """

    spans: Spans
    beside: Vector
    signal: Signal


def find_blinks(signal: Signal, settings: DetectorSettings) -> Blinks:
    """Find losses of position or pupil that last as long as a blink.

    The pupil is lost where it is NaN or 0; a pupil that is never there says nothing. Beside a
    blink the lid covers a part of the pupil and positions are wrong: they are left out too.
    """
    lost = ~signal.tracked
    pupil = signal.pupil
    if pupil is not None:
        seen = pupil > 0
        if seen.any():
            lost |= ~seen
    spans = runs(lost, signal.breaks)
    lasting_ms = signal.lasting_ms(spans)
    long_enough = signal.at_least(spans, settings.blink_min_ms)
    spans = spans.where(long_enough & (lasting_ms <= settings.blink_max_ms))
    beside = np.zeros(len(signal), bool)
    if not len(spans):
        return Blinks(spans, beside, signal)
    from_ms = signal.t_ms[spans.start] - settings.blink_padding_ms
    to_ms = signal.t_ms[spans.stop - 1] + settings.blink_padding_ms
    start = np.minimum(np.searchsorted(signal.t_ms, from_ms, "left"), spans.start)
    stop = np.maximum(np.searchsorted(signal.t_ms, to_ms, "right"), spans.stop)
    # paddings may overlap
    stop = np.maximum.accumulate(stop)
    apart = start[1:] > stop[:-1]
    padded = Spans(start[np.r_[True, apart]], stop[np.r_[apart, True]])
    beside = padded.mask(len(signal))
    return Blinks(spans, beside, signal.without(beside))
