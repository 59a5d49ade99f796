"""How alike scanpaths are: one pair of them, tables of pairs, and means beside chance."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import TrialKey
from gazelab.metrics.bootstrap import mean_interval
from gazelab.metrics.similarities import Similarity
from gazelab.report.gaze_tables import STIMULUS
from gazelab.report.tables import Cell, Column, Table

PEOPLE = "people"


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Two scanpaths on one stimulus, and the first with one from another stimulus.

    first : participant, or source of the maps whose step peaks are compared. kind : of the
    maps, "" for people. values, chance : (measures,), NaN where `reasons`, `chance_reasons`
    have one. elsewhere : the scanpath of chance: participant, stimulus, trial; "" for none.
    """

    stimulus: str
    kind: str
    first: str
    first_trial: str
    second: str
    second_trial: str
    n_first: int
    n_second: int
    values: np.ndarray
    reasons: tuple[str, ...]
    chance: np.ndarray
    chance_reasons: tuple[str, ...]
    elsewhere: TrialKey

    @property
    def who(self) -> tuple[str, str]:
        """Whose scanpaths are compared with those of people: a source and its kind, or people."""
        return (self.first, self.kind) if self.kind else (PEOPLE, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilaritySummary:
    """One measure over all pairs of people, or of people and one source.

    mean, chance : over the pairs where each is defined. difference : mean over stimuli of the
    mean difference of the pairs where both are defined, with its 95 % bootstrap interval over
    stimuli. n_pairs, n_undefined : where the measure is defined, and where not. n_stimuli :
    that entered the difference.
    """

    who: str
    kind: str
    measure: str
    variant: str
    unit: str
    direction: str
    mean: float
    chance: float
    difference: float
    difference_low: float
    difference_high: float
    n_pairs: int
    n_undefined: int
    n_stimuli: int


def summarise_similarity(
    found: Sequence[Likeness], measures: Sequence[Similarity]
) -> tuple[SimilaritySummary, ...]:
    """Return the summaries: people first, then the sources, measures in their order."""
    groups: dict[tuple[str, str], list[Likeness]] = {}
    for pair in found:
        groups.setdefault(pair.who, []).append(pair)
    return tuple(
        _summary(who, pairs, measure, place)
        for who, pairs in sorted(groups.items(), key=lambda group: group[0][1] != "")
        for place, measure in enumerate(measures)
    )


def by_participants(found: Iterable[Likeness]) -> dict[tuple[str, str, str], list[Likeness]]:
    """Return the pairs of each kind, first and second: of the same two on all stimuli."""
    groups: dict[tuple[str, str, str], list[Likeness]] = {}
    for pair in found:
        groups.setdefault((pair.kind, pair.first, pair.second), []).append(pair)
    return groups


def mean_of_defined(values: np.ndarray) -> np.ndarray:
    """Return the means of columns over the rows that are not NaN; NaN where all are."""
    count = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _summary(
    who: tuple[str, str], pairs: Sequence[Likeness], measure: Similarity, place: int
) -> SimilaritySummary:
    values, chance = (
        np.array([side[place] for side in sides])
        for sides in ([pair.values for pair in pairs], [pair.chance for pair in pairs])
    )
    by_stimulus: dict[str, list[float]] = {}
    for pair, difference in zip(pairs, values - chance, strict=True):
        if difference == difference:
            by_stimulus.setdefault(pair.stimulus, []).append(difference)
    differences = np.array([np.mean(of) for of in by_stimulus.values()])
    low, high = mean_interval(differences)
    return SimilaritySummary(
        who=who[0],
        kind=who[1],
        measure=measure.id,
        variant=measure.variant,
        unit=measure.unit,
        direction=measure.direction,
        mean=_mean(values),
        chance=_mean(chance),
        difference=_mean(differences),
        difference_low=low,
        difference_high=high,
        n_pairs=int(np.isfinite(values).sum()),
        n_undefined=int(np.isnan(values).sum()),
        n_stimuli=len(differences),
    )


def _mean(values: np.ndarray) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else math.nan


_KIND = Column("kind", "text", "", "Kind of the maps whose peaks are compared; empty for people.")
_MEASURE = Column("measure", "text", "", "Name of the measure; see `metrics`.")
_VARIANT = Column("variant", "text", "", "Which of the published definitions.")
_UNIT = Column("unit", "text", "", "Unit of the value; 1 is a plain number.")
PAIR_COLUMNS = (
    STIMULUS,
    _KIND,
    Column("first", "text", "", "A participant, or a source: the peaks of its steps in order."),
    Column("first_trial", "text", "", "Trial of the participant; empty for a source."),
    Column("second", "text", "", "The other participant; the later by name."),
    Column("second_trial", "text", "", "Trial of the other participant."),
    Column("n_first", "integer", "", "How many fixations or steps of the first entered."),
    Column("n_second", "integer", "", "How many fixations of the second entered."),
    _MEASURE,
    _VARIANT,
    Column("value", "number", "see `unit`", "The measure; NA where undefined, `note` says why."),
    _UNIT,
    Column("note", "text", "", "Why the value is undefined."),
    Column("chance", "number", "see `unit`", "The first with a scanpath of another stimulus."),
    Column("chance_participant", "text", "", "Whose scanpath that is, drawn at random."),
    Column("chance_stimulus", "text", "", "On which stimulus it was made."),
    Column("chance_trial", "text", "", "In which trial."),
    Column("chance_note", "text", "", "Why the value of chance is undefined."),
)
_MEAN = Column("mean", "number", "see `unit`", "Mean over pairs where the measure is defined.")
_CHANCE = Column("chance", "number", "see `unit`", "The same with scanpaths of other stimuli.")
_PAIRS = Column("n_pairs", "integer", "", "Pairs where the measure is defined.")
_NO_PAIRS = Column("n_undefined", "integer", "", "Pairs where it is not.")
PARTICIPANT_COLUMNS = (
    _KIND,
    Column("first", "text", "", "A participant, or a source."),
    Column("second", "text", "", "The other participant."),
    _MEASURE,
    _VARIANT,
    _MEAN,
    _CHANCE,
    _UNIT,
    _PAIRS,
    _NO_PAIRS,
)
SUMMARY_COLUMNS = (
    Column("who", "text", "", "people: pairs of participants; else people and this source."),
    _KIND,
    _MEASURE,
    _VARIANT,
    _MEAN,
    _CHANCE,
    Column("difference", "number", "see `unit`", "Mean over stimuli of mean - chance."),
    Column("difference_low", "number", "see `unit`", "Its 95 % bootstrap interval over stimuli."),
    Column("difference_high", "number", "see `unit`", "The upper end of the interval."),
    _UNIT,
    Column("direction", "text", "", "Whether higher or lower is more alike; empty for neither."),
    _PAIRS,
    _NO_PAIRS,
    Column("n_stimuli", "integer", "", "Stimuli that entered the difference."),
)


def similarity_tables(
    found: Sequence[Likeness],
    measures: Sequence[Similarity],
    summaries: Iterable[SimilaritySummary],
) -> tuple[Table, ...]:
    """Return the tables of all pairs, of the means of who was compared, and of all means."""
    return (
        Table(
            "similarity.csv",
            "One measure of two scanpaths on one picture in a row, with its chance.",
            PAIR_COLUMNS,
            _pair_rows(found, measures),
        ),
        Table(
            "similarity_participants.csv",
            "The same for each two participants, and for each participant and source.",
            PARTICIPANT_COLUMNS,
            _participant_rows(found, measures),
        ),
        Table(
            "similarity_summary.csv",
            "The same over all pictures.",
            SUMMARY_COLUMNS,
            ([getattr(one, column.name) for column in SUMMARY_COLUMNS] for one in summaries),
        ),
    )


def _pair_rows(
    found: Iterable[Likeness], measures: Sequence[Similarity]
) -> Iterator[Sequence[Cell]]:
    for pair in found:
        participant, stimulus, trial = pair.elsewhere
        who = (pair.stimulus, pair.kind, pair.first, pair.first_trial)
        other = (pair.second, pair.second_trial, pair.n_first, pair.n_second)
        for k, measure in enumerate(measures):
            value = (measure.id, measure.variant, float(pair.values[k]), measure.unit)
            chance = (float(pair.chance[k]), participant, stimulus, trial)
            yield *who, *other, *value, pair.reasons[k], *chance, pair.chance_reasons[k]


def _participant_rows(
    found: Iterable[Likeness], measures: Sequence[Similarity]
) -> Iterator[Sequence[Cell]]:
    for who, pairs in by_participants(found).items():
        values = np.array([pair.values for pair in pairs])
        means = mean_of_defined(values), mean_of_defined(np.array([p.chance for p in pairs]))
        defined = np.isfinite(values).sum(axis=0)
        for k, measure in enumerate(measures):
            mean, chance = (float(side[k]) for side in means)
            counts = (int(defined[k]), len(pairs) - int(defined[k]))
            yield *who, measure.id, measure.variant, mean, chance, measure.unit, *counts
