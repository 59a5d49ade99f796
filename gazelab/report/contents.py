"""The tables of an export: which columns they have, what these mean, and their rows."""

import math
from collections.abc import Iterator, Sequence

from gazelab.data.attention import Attention, Explanation
from gazelab.project.project import Project
from gazelab.report.attributes import attribute_tables
from gazelab.report.gaze_tables import STIMULUS, gaze_tables
from gazelab.report.quality import StudyQuality
from gazelab.report.steps import step_facts
from gazelab.report.summary import summarise
from gazelab.report.tables import Cell, Column, Table

_UNMEASURED = StudyQuality()
_MODEL = Column("model", "text", "", "Id of the model or set of maps, or name of the baseline.")
_KIND = Column(
    "kind",
    "text",
    "",
    "saliency: where the model predicts that people look; attention: what it used itself; "
    "evidence: the same with a sign, what speaks for a class and what against it, of which the "
    "positive part is measured; empty for baselines.",
)
_METHOD = Column(
    "method",
    "text",
    "",
    "How the map was read out of a classifier, such as grad-cam; empty for other maps.",
)
_CLASS = Column("class", "text", "", "The class that the map speaks for; empty if there is none.")
_TARGET = Column(
    "class",
    "text",
    "",
    "The class that the maps speak for: its name, or predicted or expected, which may differ "
    "from picture to picture; empty if there is none.",
)
_LAYER = Column("layer", "text", "", "Layer of the classifier; empty where there is no choice.")
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
_SIGMA_PX = Column(
    "sigma_px",
    "number",
    "px",
    "Blur of the human density that the metric compares with, or else of the one that predicts; "
    "NA if there is none.",
)
_SIGMA_DEG = Column(
    "sigma_deg", "number", "deg", "The same in visual angle; NA if the geometry is unknown."
)
_ALIGNMENT = Column(
    "alignment",
    "text",
    "",
    "Which fixation stands beside which step: index, time (with the number of steps), parts "
    "(of a model trained in time), or unlinked; empty where it plays no part.",
)
_POOLED = Column("participant", "text", "", "Whose fixations were used; all: everyone's, pooled.")

SCORE_COLUMNS = (
    _POOLED,
    STIMULUS,
    _MODEL,
    _KIND,
    _METHOD,
    _CLASS,
    _LAYER,
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
    _METHOD,
    _TARGET,
    _LAYER,
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
    Column("n_fixations", "integer", "", "How many fixations entered, on all pictures."),
    Column("n_excluded", "integer", "", "How many were left out by their flags."),
    _SIGMA_PX,
    _SIGMA_DEG,
    _ALIGNMENT,
)
STEP_COLUMNS = (
    STIMULUS,
    _MODEL,
    _KIND,
    _METHOD,
    _CLASS,
    _LAYER,
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
    Column("mean_x_px", "number", "px", "Expectation of the map, from the left edge."),
    Column("mean_y_px", "number", "px", "Expectation of the map, from the upper edge."),
    Column("spread_major_px", "number", "px", "Standard deviation along its longer axis."),
    Column("spread_minor_px", "number", "px", "Standard deviation along its shorter axis."),
    Column(
        "spread_angle_deg",
        "number",
        "deg",
        "From the x axis to the longer axis, clockwise as y points down, -90 to 90.",
    ),
    Column("grid", "text", "", "Columns x rows of the model's own map."),
    Column("said", "text", "", "What the model said after this step, such as likely classes."),
    Column("note", "text", "", "What the map shows, and why a value is undefined."),
)


def tables_of(
    project: Project, quality: StudyQuality = _UNMEASURED, *, samples: bool = False
) -> tuple[Table, ...]:
    """Return the tables of a project, in the order in which the README names them.

    quality : of the trials of the project. samples : whether their files are written too.
    """
    return (
        *gaze_tables(project, quality, samples=samples),
        *attribute_tables(project),
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
            _score_rows(project),
        ),
        Table(
            "scores_summary.csv",
            "The same over all pictures.",
            SUMMARY_COLUMNS,
            _summary_rows(project),
        ),
    )


def _score_rows(project: Project) -> Iterator[Sequence[Cell]]:
    for s in project.scores:
        attention = project.attention.get((s.stimulus, s.source, s.kind))
        explained = _explained(attention.explanation if attention else None)
        what = (s.participant, s.stimulus, s.source, s.kind, *explained)
        which = (s.step, s.fixations, s.metric, s.variant)
        how = (s.n_fixations, s.n_excluded, s.sigma_px, s.sigma_deg, s.alignment, s.grid, s.note)
        yield (*what, *which, s.value, s.unit, *how)


def _summary_rows(project: Project) -> Iterator[Sequence[Cell]]:
    explanations = {(a.source, a.kind): a.explanation for a in project.attention.values()}
    for s in summarise(project.scores):
        explanation = explanations.get((s.source, s.kind))
        method, _, layer = _explained(explanation)
        what = (s.participant, s.source, s.kind, method, explanation.target if explanation else "")
        which = (layer, s.step, s.fixations, s.metric, s.variant)
        value = (s.mean, s.sd, s.median, s.unit, s.direction, s.n_stimuli, s.n_undefined)
        counts = (s.n_fixations, s.n_excluded)
        yield (*what, *which, *value, *counts, s.sigma_px, s.sigma_deg, s.alignment)


def _explained(explanation: Explanation | None) -> tuple[str, str, str]:
    """Return method, class and layer."""
    if explanation is None:
        return "", "", ""
    return explanation.method, explanation.class_name, explanation.layer


def _step_rows(project: Project) -> Iterator[Sequence[Cell]]:
    for attention in project.attention.values():
        stimulus = project.stimuli.get(attention.stimulus)
        shape = stimulus.shape if stimulus else (math.nan, math.nan)
        yield from _rows_of_maps(attention, shape)


def _rows_of_maps(attention: Attention, shape: tuple[float, float]) -> Iterator[Sequence[Cell]]:
    rows, columns = attention.maps.shape[1:]
    for k, facts in enumerate(step_facts(attention.positive, shape)):
        yield (
            *attention.key,
            *_explained(attention.explanation),
            k + 1,
            attention.steps[k],
            facts.glimpse.entropy_bit,
            math.log2(rows * columns),
            facts.js_divergence_bit,
            facts.glimpse.peak_x_px,
            facts.glimpse.peak_y_px,
            facts.glimpse.mean_x_px,
            facts.glimpse.mean_y_px,
            facts.glimpse.major_px,
            facts.glimpse.minor_px,
            facts.glimpse.angle_deg,
            f"{columns}x{rows}",
            attention.step_notes[k] if attention.step_notes else "",
            "; ".join(filter(None, (attention.note, facts.note))),
        )
