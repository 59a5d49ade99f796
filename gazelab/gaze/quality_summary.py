"""Data quality of participants and studies, and the sentence for a methods section."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.counted import counted
from gazelab.gaze.quality import Quality, percent


@dataclass(frozen=True, slots=True)
class QualitySummary:
    """The data quality of several recordings; what is undefined is NaN.

    participant : "" for recordings of several participants.
    Counts are sums. Percentages and the effective rate are of all samples together, so that
    long trials weigh more. The measured rate, precision and accuracy are medians over recordings.
    rate_hz : as the sources say, NaN when they do not say the same.
    off_stimulus_percent : of the recordings whose stimulus has a known size.
    """

    participant: str
    n_participants: int
    n_trials: int
    n_samples: int
    n_lost: int
    n_missing: int
    duration_ms: float
    loss_percent: float
    off_stimulus_percent: float
    rate_hz: float
    measured_rate_hz: float
    effective_rate_hz: float
    n_gaps: int
    longest_gap_ms: float
    rms_s2s_deg: float
    std_deg: float
    bcea_deg2: float
    accuracy_deg: float
    precision_deg: float


def summary(qualities: Sequence[Quality]) -> QualitySummary:
    """Put the data quality of recordings together."""
    participants = {one.participant for one in qualities}
    sized = [one for one in qualities if not math.isnan(one.n_off_stimulus)]
    n_samples = sum(one.n_samples for one in qualities)
    n_lost = sum(one.n_lost for one in qualities)
    rates_hz = _rates_hz(qualities)
    duration_ms = math.fsum(one.duration_ms for one in qualities)
    return QualitySummary(
        participant=participants.pop() if len(participants) == 1 else "",
        n_participants=len({one.participant for one in qualities}),
        n_trials=len(qualities),
        n_samples=n_samples,
        n_lost=n_lost,
        n_missing=sum(one.n_missing for one in qualities),
        duration_ms=duration_ms,
        loss_percent=percent(n_lost, n_samples),
        off_stimulus_percent=percent(
            sum(one.n_off_stimulus for one in sized), sum(one.n_tracked for one in sized)
        ),
        rate_hz=rates_hz[0] if len(rates_hz) == 1 else math.nan,
        measured_rate_hz=_median(qualities, lambda one: one.measured_rate_hz),
        effective_rate_hz=10 * percent(n_samples - n_lost, duration_ms),
        n_gaps=sum(one.n_gaps for one in qualities),
        longest_gap_ms=max((one.longest_gap_ms for one in qualities), default=math.nan),
        rms_s2s_deg=_median(qualities, lambda one: one.rms_s2s_deg),
        std_deg=_median(qualities, lambda one: one.std_deg),
        bcea_deg2=_median(qualities, lambda one: one.bcea_deg2),
        accuracy_deg=_median(qualities, lambda one: one.accuracy_deg),
        precision_deg=_median(qualities, lambda one: one.precision_deg),
    )


def by_participant(qualities: Iterable[Quality]) -> tuple[QualitySummary, ...]:
    """Return a summary for each participant, in order of appearance."""
    groups: dict[str, list[Quality]] = {}
    for one in qualities:
        groups.setdefault(one.participant, []).append(one)
    return tuple(summary(group) for group in groups.values())


def methods_sentence(qualities: Sequence[Quality]) -> str:
    """Return a paragraph on data quality for a methods section; "" without recordings.

    What is not known is left out.
    """
    if not qualities:
        return ""
    whole = summary(qualities)
    each = by_participant(qualities)
    parts = [
        _recorded(whole, _rates_hz(qualities)),
        _lost(whole, each),
        _off(whole),
        _precision(whole),
        _vendor(whole),
    ]
    return " ".join(part for part in parts if part)


def _recorded(whole: QualitySummary, rates_hz: Sequence[float]) -> str:
    trials = counted(whole.n_trials, "trial")
    people = counted(whole.n_participants, "participant")
    samples = f"{whole.n_samples:,} samples"
    at = ""
    if rates_hz:
        at = f" at {' to '.join(f'{rate_hz:.4g}' for rate_hz in _ends(rates_hz))} Hz"
    elif whole.measured_rate_hz > 0:
        at = f" at {whole.measured_rate_hz:.4g} Hz by its time stamps"
    sentence = f"Gaze was recorded{at} in {trials} of {people} ({samples}"
    if whole.effective_rate_hz > 0:
        sentence += f"; {whole.effective_rate_hz:.4g} samples with a position per second"
    return f"{sentence})."


def _lost(whole: QualitySummary, each: Sequence[QualitySummary]) -> str:
    if math.isnan(whole.loss_percent):
        return ""
    sentence = f"Of the samples, {whole.loss_percent:.1f} % were lost"
    losses = [one.loss_percent for one in each if not math.isnan(one.loss_percent)]
    if len(losses) > 1:
        sentence += (
            f" (median of the participants {np.median(losses):.1f} %, "
            f"range {min(losses):.1f} to {max(losses):.1f} %)"
        )
    if whole.longest_gap_ms > 0:
        sentence += f"; the longest gap lasted {whole.longest_gap_ms:.0f} ms"
    if whole.n_missing:
        more = counted(whole.n_missing, "more sample")
        verb = "is" if whole.n_missing == 1 else "are"
        sentence += f"; {more} {verb} missing from the files"
    return f"{sentence}."


def _off(whole: QualitySummary) -> str:
    if math.isnan(whole.off_stimulus_percent):
        return ""
    return (
        f"Of the samples with a position, {whole.off_stimulus_percent:.1f} % lay off the stimulus."
    )


def _precision(whole: QualitySummary) -> str:
    given = _listed(
        (whole.rms_s2s_deg, "{:.2g}° RMS sample-to-sample"),
        (whole.std_deg, "{:.2g}° standard deviation"),
    )
    if not given:
        return ""
    return f"Precision was {given} (medians over windows of 200 ms in fixations, then over trials)."


def _vendor(whole: QualitySummary) -> str:
    given = _listed(
        (whole.accuracy_deg, "an accuracy of {:.2g}°"),
        (whole.precision_deg, "a precision of {:.2g}°"),
    )
    if not given:
        return ""
    return f"The eye tracker's own validation gave {given} (median over trials)."


def _listed(*values: tuple[float, str]) -> str:
    """Return the values in their words, joined by "and", without what is NaN."""
    return " and ".join(words.format(value) for value, words in values if not math.isnan(value))


def _rates_hz(qualities: Sequence[Quality]) -> list[float]:
    """Return the different rates that the sources say, ascending."""
    return sorted({one.rate_hz for one in qualities if one.rate_hz > 0})


def _ends(values: Sequence[float]) -> Sequence[float]:
    """Return the first and the last, or the only one."""
    return values if len(values) < 2 else (values[0], values[-1])


def _median(qualities: Sequence[Quality], value: Callable[[Quality], float]) -> float:
    """Return the median over recordings that have the value, NaN without any."""
    there = [value(one) for one in qualities if not math.isnan(value(one))]
    return float(np.median(there)) if there else math.nan
