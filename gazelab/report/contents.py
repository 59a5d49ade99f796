"""The tables of an export: which columns they have, what these mean, and their rows."""

import math
from collections.abc import Iterator, Sequence

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.data.scores import Score
from gazelab.project.project import Project
from gazelab.report.steps import step_facts
from gazelab.report.summary import Summary, summarise
from gazelab.report.tables import Cell, Column, Table

_PARTICIPANT = Column("participant", "text", "", "Who looked.")
_STIMULUS = Column("stimulus", "text", "", "Id of the picture in the project.")
_TRIAL = Column("trial", "text", "", "Which viewing of the picture by the participant.")
_ORDER = Column("fixation", "integer", "", "Place in the scanpath, from 1; excluded ones count.")
_X = Column("x_px", "number", "px", "From the left edge of the picture.")
_Y = Column("y_px", "number", "px", "From the upper edge of the picture, downwards.")
_ONSET = Column("onset_ms", "number", "ms", "Begin, from the onset of the picture.")
_DURATION = Column("duration_ms", "number", "ms", "How long the eye rested.")
_MODEL = Column("model", "text", "", "Id of the model or set of maps, or name of the baseline.")
_KIND = Column(
    "kind",
    "text",
    "",
    "saliency: where the model predicts that people look; attention: what it used itself; "
    "empty for baselines.",
)
_STEP = Column("step", "integer", "", "Timestep of the model, from 1; 0 is its final map.")
_FIXATIONS = Column(
    "fixations",
    "text",
    "",
    "all: everything people did on the picture; aligned: only fixations beside this step.",
)
_METRIC = Column("metric", "text", "", "Name of the metric; see `metrics`.")
_VARIANT = Column("variant", "text", "", "Which of the published definitions.")
_UNIT = Column("unit", "text", "", "Unit of the value; 1 is a plain number.")
_SIGMA_PX = Column("sigma_px", "number", "px", "Blur of the human density; NA if none is used.")
_SIGMA_DEG = Column(
    "sigma_deg", "number", "deg", "The same in visual angle; NA if the geometry is unknown."
)
_ALIGNMENT = Column(
    "alignment",
    "text",
    "",
    "Which fixation stands beside which step: index, time or unlinked; empty where it plays "
    "no part.",
)
_POOLED = Column("participant", "text", "", "Whose fixations were used; all: everyone's, pooled.")

SCORE_COLUMNS = (
    _POOLED,
    _STIMULUS,
    _MODEL,
    _KIND,
    _STEP,
    _FIXATIONS,
    _METRIC,
    _VARIANT,
    Column("value", "number", "see `unit`", "The score; NA where undefined, `note` says why."),
    _UNIT,
    Column("n_fixations", "integer", "", "How many fixations entered."),
    Column("n_excluded", "integer", "", "How many were left out by their flags."),
    _SIGMA_PX,
    _SIGMA_DEG,
    _ALIGNMENT,
    Column("grid", "text", "px", "Columns x rows on which it was computed."),
    Column("note", "text", "", "Why a value is undefined, and other remarks."),
)
SUMMARY_COLUMNS = (
    _POOLED,
    _MODEL,
    _KIND,
    _STEP,
    _FIXATIONS,
    _METRIC,
    _VARIANT,
    Column("mean", "number", "see `unit`", "Mean over pictures where the metric is defined."),
    Column("sd", "number", "see `unit`", "Standard deviation over these pictures (n - 1)."),
    Column("median", "number", "see `unit`", "Median over these pictures."),
    _UNIT,
    Column("direction", "text", "", "Whether higher or lower is better."),
    Column("n_stimuli", "integer", "", "Pictures where the metric is defined."),
    Column("n_undefined", "integer", "", "Pictures where it is not; `scores.csv` says why."),
    _SIGMA_PX,
    _SIGMA_DEG,
    _ALIGNMENT,
)
FIXATION_COLUMNS = (
    _PARTICIPANT,
    _STIMULUS,
    _TRIAL,
    _ORDER,
    _X,
    _Y,
    _ONSET,
    _DURATION,
    Column("used", "truth", "", "Whether it takes part in measures."),
    Column("exclusion", "text", "", "Why not; empty if it does."),
    Column("synthetic_onset", "truth", "", "The source had no times: onsets are summed durations."),
    Column("simulated", "truth", "", "Made up by a program, not recorded."),
    Column("reader", "text", "", "Format from which it was read."),
)
STEP_COLUMNS = (
    _STIMULUS,
    _MODEL,
    _KIND,
    Column("step", "integer", "", "Timestep of the model, from 1."),
    Column("step_name", "text", "", "What the model calls it."),
    Column("entropy_bit", "number", "bit", "Entropy of the map as a density; NA if it is all 0."),
    Column("entropy_max_bit", "number", "bit", "Entropy of an even map on the same grid."),
    Column(
        "js_divergence_bit",
        "number",
        "bit",
        "Jensen-Shannon divergence from the step before, 0 (same) to 1; NA for the first.",
    ),
    Column("peak_x_px", "number", "px", "Middle of the strongest cell, from the left edge."),
    Column("peak_y_px", "number", "px", "Middle of the strongest cell, from the upper edge."),
    Column("grid", "text", "", "Columns x rows of the model's own map."),
    Column("note", "text", "", "What the map shows, and why a value is undefined."),
)
EXCLUSION_COLUMNS = (
    _PARTICIPANT,
    _STIMULUS,
    _TRIAL,
    Column("reason", "text", "", "Why fixations were excluded from measures."),
    Column("n_excluded", "integer", "", "How many, for this reason."),
    Column("n_fixations", "integer", "", "Fixations of the scanpath, excluded ones too."),
)


def tables_of(project: Project) -> tuple[Table, ...]:
    """Return the tables of a project, in the order in which the README names them."""
    return (
        Table(
            "fixations.csv",
            "Every fixation that was imported, excluded ones too, one in a row.",
            FIXATION_COLUMNS,
            _fixation_rows(project.scanpaths),
        ),
        Table(
            "exclusions.csv",
            "How many fixations of which scanpath were excluded, and why.",
            EXCLUSION_COLUMNS,
            _exclusion_rows(project.scanpaths),
        ),
        Table(
            "attention_steps.csv",
            "How spread the map of each step is, how it changes, and where its peak lies.",
            STEP_COLUMNS,
            _step_rows(project),
        ),
        Table(
            "scores.csv",
            "One value of one metric in a row: how well a model agrees with people.",
            SCORE_COLUMNS,
            (_score_row(score) for score in project.scores),
        ),
        Table(
            "scores_summary.csv",
            "The same over all pictures.",
            SUMMARY_COLUMNS,
            (_summary_row(summary) for summary in summarise(project.scores)),
        ),
    )


def _score_row(s: Score) -> Sequence[Cell]:
    what = (s.participant, s.stimulus, s.source, s.kind, s.step, s.fixations, s.metric, s.variant)
    how = (s.n_fixations, s.n_excluded, s.sigma_px, s.sigma_deg, s.alignment, s.grid, s.note)
    return (*what, s.value, s.unit, *how)


def _summary_row(s: Summary) -> Sequence[Cell]:
    what = (s.participant, s.source, s.kind, s.step, s.fixations, s.metric, s.variant)
    value = (s.mean, s.sd, s.median, s.unit, s.direction, s.n_stimuli, s.n_undefined)
    return (*what, *value, s.sigma_px, s.sigma_deg, s.alignment)


def _fixation_rows(scanpaths: Sequence[Scanpath]) -> Iterator[Sequence[Cell]]:
    for path in scanpaths:
        origin = (path.origin.synthetic_onsets, path.origin.simulated, path.origin.reader)
        columns = (path.x_px, path.y_px, path.onset_ms, path.duration_ms, path.exclusion)
        for k, (*numbers, flag) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True), 1
        ):
            reason = Exclusion(flag).reason if flag else ""
            yield (*path.key, k, *numbers, not flag, reason, *origin)


def _exclusion_rows(scanpaths: Sequence[Scanpath]) -> Iterator[Sequence[Cell]]:
    for path in scanpaths:
        for flag in Exclusion:
            count = int((path.exclusion == flag).sum())
            if flag and count:
                yield (*path.key, flag.reason, count, len(path))


def _step_rows(project: Project) -> Iterator[Sequence[Cell]]:
    for attention in project.attention.values():
        stimulus = project.stimuli.get(attention.stimulus)
        shape = stimulus.shape if stimulus else (math.nan, math.nan)
        yield from _rows_of_maps(attention, shape)


def _rows_of_maps(attention: Attention, shape: tuple[float, float]) -> Iterator[Sequence[Cell]]:
    rows, columns = attention.maps.shape[1:]
    for k, facts in enumerate(step_facts(attention.maps, shape)):
        yield (
            *attention.key,
            k + 1,
            attention.steps[k],
            facts.entropy_bit,
            math.log2(rows * columns),
            facts.js_divergence_bit,
            facts.peak_x_px,
            facts.peak_y_px,
            f"{columns}x{rows}",
            "; ".join(filter(None, (attention.note, facts.note))),
        )
