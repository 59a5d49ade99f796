"""The data quality of trials and participants side by side, and what of it is doubtful."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gazelab.data.gaze import TrialKey
from gazelab.gaze.quality import Quality, ScanpathQuality, percent
from gazelab.gaze.quality_summary import QualitySummary, summary

NAN = math.nan


@dataclass(frozen=True, slots=True)
class TrialQuality:
    """What is known of one trial: of its samples and of its fixations, None without any.

    n_excluded : fixations that take no part in measures.
    """

    key: TrialKey
    samples: Quality | None
    fixations: ScanpathQuality | None
    n_excluded: int = 0


@dataclass(frozen=True, slots=True)
class QualityRow:
    """The data quality of one trial, or of all trials of a participant; unknown is NaN.

    stimulus, trial : "" in a row for a participant.
    off_of : what off_stimulus_percent is of: "samples" or, where there are none, "fixations".
    The others are as in `gazelab.gaze.quality.Quality` and `QualitySummary`.
    """

    participant: str
    stimulus: str
    trial: str
    n_trials: int
    n_samples: int
    n_missing: int
    loss_percent: float
    off_stimulus_percent: float
    off_of: str
    rate_hz: float
    measured_rate_hz: float
    effective_rate_hz: float
    n_gaps: float
    longest_gap_ms: float
    rms_s2s_deg: float
    std_deg: float
    bcea_deg2: float
    accuracy_deg: float
    precision_deg: float
    n_fixations: int
    n_excluded: int

    @property
    def key(self) -> TrialKey:
        """The trial, or the participant and two empty names."""
        return self.participant, self.stimulus, self.trial

    @property
    def excluded_percent(self) -> float:
        """Excluded fixations among all fixations."""
        return percent(self.n_excluded, self.n_fixations)


@dataclass(frozen=True, slots=True)
class StudyQuality:
    """The data quality of a study: its trials, and these by participant.

    sentence : for a methods section, with what is excluded; "" for a study without gaze.
    """

    trials: tuple[QualityRow, ...] = ()
    participants: tuple[QualityRow, ...] = ()
    sentence: str = ""
    known: Mapping[TrialKey, tuple[tuple[object, ...], TrialQuality]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False, compare=False
    )
    """Trial -> (what it was computed from, its quality), so that little is computed twice."""


def trial_row(trial: TrialQuality) -> QualityRow:
    """Return the row of one trial."""
    return _row(trial.key, trial.samples, [trial])


def participant_rows(trials: Iterable[TrialQuality]) -> tuple[QualityRow, ...]:
    """Return a row for each participant, in order of appearance."""
    groups: dict[str, list[TrialQuality]] = {}
    for trial in trials:
        groups.setdefault(trial.key[0], []).append(trial)
    rows = []
    for name, group in groups.items():
        recorded = [trial.samples for trial in group if trial.samples is not None]
        rows.append(_row((name, "", ""), summary(recorded) if recorded else None, group))
    return tuple(rows)


_OF_SAMPLES = (
    "n_samples", "n_missing", "loss_percent", "rate_hz", "measured_rate_hz", "effective_rate_hz",
    "n_gaps", "longest_gap_ms", "rms_s2s_deg", "std_deg", "bcea_deg2", "accuracy_deg",
    "precision_deg",
)  # fmt: skip
_NO_SAMPLES = dict.fromkeys(_OF_SAMPLES, NAN) | {"n_samples": 0, "n_missing": 0}


def _row(
    key: TrialKey, samples: Quality | QualitySummary | None, trials: Sequence[TrialQuality]
) -> QualityRow:
    found = [trial.fixations for trial in trials if trial.fixations is not None]
    if samples is None:
        values: dict[str, Any] = _NO_SAMPLES
        off, off_of = _off_fixations(found), "fixations"
    else:
        values = {name: getattr(samples, name) for name in _OF_SAMPLES}
        off, off_of = samples.off_stimulus_percent, "samples"
    return QualityRow(
        *key,
        n_trials=len(trials),
        off_stimulus_percent=off,
        off_of=off_of,
        n_fixations=sum(one.n_fixations for one in found),
        n_excluded=sum(trial.n_excluded for trial in trials),
        **values,
    )


def _off_fixations(found: Sequence[ScanpathQuality]) -> float:
    placed = [one for one in found if not math.isnan(one.n_off_stimulus)]
    off = sum(one.n_off_stimulus for one in placed)
    return percent(off, sum(one.n_fixations - one.n_no_position for one in placed))


@dataclass(frozen=True, slots=True)
class Limit:
    """Above which value a column of a `QualityRow` is doubtful, and above which poor."""

    column: str
    doubtful: float
    poor: float

    def level(self, row: QualityRow) -> int:
        """Return 0 for good or unknown, 1 for doubtful, 2 for poor."""
        value = getattr(row, self.column)
        return int(value > self.doubtful) + int(value > max(self.poor, self.doubtful))


LIMITS: tuple[Limit, ...] = (
    Limit("loss_percent", 10.0, 25.0),
    Limit("off_stimulus_percent", 10.0, 25.0),
    Limit("rms_s2s_deg", 0.2, 0.5),
    Limit("accuracy_deg", 0.5, 1.0),
    Limit("excluded_percent", 20.0, 40.0),
)
"""Rules of thumb, to be changed to what a study needs."""


def level_of(row: QualityRow, limits: Iterable[Limit]) -> int | None:
    """Return the worst level of a row, None where nothing of what is limited is known."""
    known = [limit for limit in limits if not math.isnan(getattr(row, limit.column))]
    return max((limit.level(row) for limit in known), default=None)
