"""Steps against fixation numbers: values for each stimulus, means, and tables of both."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from gazelab.data.alignment import Steps, number_of, step_by_index
from gazelab.data.geometry import Blur
from gazelab.data.scores import INTER_OBSERVER
from gazelab.metrics.bootstrap import mean_interval
from gazelab.metrics.catalog import metric_of
from gazelab.report.gaze_tables import STIMULUS
from gazelab.report.gradient import GRADIENT_COLUMNS, GradientUsed
from gazelab.report.tables import Cell, Column, Table

ALONE, CUMULATIVE = CHOICES = ("alone", "cumulative")
"""Only the fixations with the number k; or those from 1 to k."""
GRADIENT = "gradient"
"""In their place: the attention gradient after fixation k."""
_IN_PLACE = "the attention gradient in place of the density"
STEP = "step"
SAME_FIXATIONS = "inter-observer, same fixations"
PEOPLE = (INTER_OBSERVER, SAME_FIXATIONS)
"""By all fixations of the other viewers; or only by theirs of the same number or numbers."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StepMatrix:
    """One metric of one source over n stimuli, T steps and K fixation numbers.

    blur : of the human density; NaN where people are the attention gradient, whose settings
        are in `gradient`. steps : how many, or the parts of the viewing they are about.
    values : (n, choices, K, T + 2); the last columns are those of `PEOPLE`: the same fixations
        predicted by the other viewers. NaN where undefined.
    notes : the same shape, str: why a value is undefined, and other remarks.
    n_fixations : (n, choices, K) how many fixations of all viewers entered.
    """

    source: str
    kind: str
    metric: str
    blur: Blur
    steps: Steps
    stimuli: tuple[str, ...]
    values: np.ndarray
    notes: np.ndarray
    n_fixations: np.ndarray
    gradient: GradientUsed

    @property
    def choices(self) -> tuple[str, ...]:
        """What stands in the rows."""
        return (GRADIENT,) if self.gradient.kernel else CHOICES

    @property
    def variant(self) -> str:
        """Which of the published definitions, and what stands for people if not the density."""
        variant = metric_of(self.metric).variant
        return f"{variant}; {_IN_PLACE}" if self.gradient.kernel else variant

    @property
    def n_steps(self) -> int:
        """How many steps there are at most."""
        return number_of(self.steps)

    def is_aligned(self, fixation: int, step: int) -> bool:
        """Whether a step stands beside a fixation by index; both count from 1."""
        return step > 0 and step_by_index(fixation - 1, self.steps) == step - 1

    def blur_of(self, predicted_by: str) -> Blur:
        """Return the blur that a value depends on, NaN if on none."""
        uses_density = metric_of(self.metric).uses_density
        return self.blur if uses_density or predicted_by in PEOPLE else Blur(math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSummary:
    """One cell of a matrix over all stimuli.

    predicted_by : "step"; or one of `PEOPLE`, then `step` is 0. fixations : one of `CHOICES`, or
        `GRADIENT`.
    fixation : the number k, from 1. aligned : whether the step stands beside it by index.
    mean : over the stimuli where the metric is defined. low, high : its 95 % bootstrap interval
        over stimuli, NaN for steps that are not aligned.
    n_stimuli, n_undefined : where the metric is defined, and where not. n_fixations : that
        entered, on all stimuli.
    """

    source: str
    kind: str
    metric: str
    variant: str
    unit: str
    direction: str
    predicted_by: str
    fixations: str
    fixation: int
    step: int
    aligned: bool
    mean: float
    low: float
    high: float
    n_stimuli: int
    n_undefined: int
    n_fixations: int
    sigma_px: float
    sigma_deg: float
    gradient: GradientUsed


def summarise_matrices(matrices: Iterable[StepMatrix]) -> tuple[MatrixSummary, ...]:
    """Return the cells of each matrix: row by row, the steps and then people."""
    return tuple(
        _summary(matrix, choice, fixation, step)
        for matrix in matrices
        for choice, fixation, step in _places(matrix)
    )


def _places(matrix: StepMatrix) -> Iterator[tuple[int, int, int]]:
    """Yield the 0-based indices of the cells; those after the last step are people."""
    yield from np.ndindex(matrix.values.shape[1:])


def _summary(matrix: StepMatrix, choice: int, row: int, column: int) -> MatrixSummary:
    values = matrix.values[:, choice, row, column]
    defined = values[~np.isnan(values)]
    predicted_by, step = _predictor(matrix, column)
    aligned = matrix.is_aligned(row + 1, step)
    wanted = aligned or predicted_by in PEOPLE
    low, high = mean_interval(values) if wanted else (math.nan, math.nan)
    metric, blur = metric_of(matrix.metric), matrix.blur_of(predicted_by)
    return MatrixSummary(
        source=matrix.source,
        kind=matrix.kind,
        metric=metric.id,
        variant=matrix.variant,
        unit=metric.unit,
        direction=metric.direction,
        predicted_by=predicted_by,
        fixations=matrix.choices[choice],
        fixation=row + 1,
        step=step,
        aligned=aligned,
        mean=float(defined.mean()) if len(defined) else math.nan,
        low=low,
        high=high,
        n_stimuli=len(defined),
        n_undefined=len(values) - len(defined),
        n_fixations=int(matrix.n_fixations[:, choice, row].sum()),
        sigma_px=blur.sigma_px,
        sigma_deg=blur.sigma_deg,
        gradient=matrix.gradient,
    )


def _predictor(matrix: StepMatrix, column: int) -> tuple[str, int]:
    if column < matrix.n_steps:
        return STEP, column + 1
    return PEOPLE[column - matrix.n_steps], 0


_CELL = (
    Column(
        "predicted_by", "text", "", "step, or inter-observer: by the other viewers, all or same."
    ),
    Column(
        "fixations",
        "text",
        "",
        "alone: only fixations number k; cumulative: 1 to k; gradient: attention after fixation k.",
    ),
    Column("fixation", "integer", "", "The number k of a fixation in its scanpath, from 1."),
    Column("step", "integer", "", "Timestep of the source, from 1; 0 for people."),
    Column("aligned", "truth", "", "Whether the step stands beside fixation k by index."),
)
_SOURCE = (
    Column("source", "text", "", "Id of the model or set of maps that the matrix is about."),
    Column("kind", "text", "", "Kind of its maps: saliency, attention or evidence."),
    Column("metric", "text", "", "Name of the metric; see `metrics`."),
    Column("variant", "text", "", "Which of the published definitions."),
)
_UNIT = Column("unit", "text", "", "Unit of the value; 1 is a plain number.")
_N_FIXATIONS = Column("n_fixations", "integer", "", "Fixations of all viewers that entered.")
_BLUR = (
    Column("sigma_px", "number", "px", "Blur of the human density; NA if none is used."),
    Column("sigma_deg", "number", "deg", "The same in visual angle; NA if it is not known."),
)
VALUE_COLUMNS = (
    STIMULUS,
    *_SOURCE,
    *_CELL,
    Column("value", "number", "see `unit`", "The score; NA where undefined, `note` says why."),
    _UNIT,
    _N_FIXATIONS,
    *_BLUR,
    *GRADIENT_COLUMNS,
    Column("note", "text", "", "Why a value is undefined, and other remarks."),
)
_OF_SUMMARY = (
    *_SOURCE,
    *_CELL,
    Column("mean", "number", "see `unit`", "Mean over pictures where the metric is defined."),
    Column(
        "low",
        "number",
        "see `unit`",
        "Its 95 % bootstrap interval over pictures, for aligned steps and people.",
    ),
    Column("high", "number", "see `unit`", "The upper end of the interval."),
    _UNIT,
    Column("direction", "text", "", "Whether higher or lower is better."),
    Column("n_stimuli", "integer", "", "Pictures where the metric is defined."),
    Column("n_undefined", "integer", "", "Pictures where it is not; `matrix.csv` says why."),
    _N_FIXATIONS,
    *_BLUR,
)
SUMMARY_COLUMNS = (*_OF_SUMMARY, *GRADIENT_COLUMNS)


def matrix_tables(
    matrices: Sequence[StepMatrix], summaries: Iterable[MatrixSummary]
) -> tuple[Table, ...]:
    """Return the tables of the values on every stimulus, and of their means."""
    return (
        Table(
            "matrix.csv",
            "One step compared with one fixation number on one picture in a row.",
            VALUE_COLUMNS,
            (row for matrix in matrices for row in _value_rows(matrix)),
        ),
        Table(
            "matrix_summary.csv",
            "The same over all pictures.",
            SUMMARY_COLUMNS,
            (
                [*(getattr(one, column.name) for column in _OF_SUMMARY), *astuple(one.gradient)]
                for one in summaries
            ),
        ),
    )


def _value_rows(matrix: StepMatrix) -> Iterator[Sequence[Cell]]:
    metric = metric_of(matrix.metric)
    source = (matrix.source, matrix.kind, metric.id, matrix.variant)
    gradient = astuple(matrix.gradient)
    for n, stimulus in enumerate(matrix.stimuli):
        for choice, row, column in _places(matrix):
            predicted_by, step = _predictor(matrix, column)
            place = (predicted_by, matrix.choices[choice], row + 1, step)
            value = float(matrix.values[n, choice, row, column])
            count = int(matrix.n_fixations[n, choice, row])
            blur = matrix.blur_of(predicted_by)
            known = (value, metric.unit, count, blur.sigma_px, blur.sigma_deg, *gradient)
            aligned = matrix.is_aligned(row + 1, step)
            yield stimulus, *source, *place, aligned, *known, matrix.notes[n, choice, row, column]
