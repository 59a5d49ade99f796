"""The tables of what was recorded: fixations, events, data quality, exclusions, samples."""

import math
from collections.abc import Iterator, Sequence

from gazelab.data.exclusion import ExclusionRule, first_rules
from gazelab.data.gaze import Exclusion, Origin, Scanpath
from gazelab.data.recording import Events, Recording
from gazelab.project.project import Project
from gazelab.report.quality import QualityRow, StudyQuality
from gazelab.report.tables import Cell, Column, Table

PARTICIPANT = Column("participant", "text", "", "Who looked.")
STIMULUS = Column("stimulus", "text", "", "Id of the picture in the project.")
TRIAL = Column("trial", "text", "", "Which viewing of the picture by the participant.")
_TRIAL_COLUMNS = (PARTICIPANT, STIMULUS, TRIAL)
_FOUND_BY = Column("reader", "text", "", "Format from which it was read, or detector.")
_SETTINGS = Column(
    "detector_settings", "text", "", "Parameters of the detector; empty if it was read from a file."
)
_SIMULATED = Column("simulated", "truth", "", "Made up by a program, not recorded.")

FIXATION_COLUMNS = (
    *_TRIAL_COLUMNS,
    Column("fixation", "integer", "", "Place in the scanpath, from 1; excluded ones count."),
    Column("x_px", "number", "px", "From the left edge of the picture."),
    Column("y_px", "number", "px", "From the upper edge of the picture, downwards."),
    Column("onset_ms", "number", "ms", "Begin, from the onset of the picture."),
    Column("duration_ms", "number", "ms", "How long the eye rested."),
    Column("used", "truth", "", "Whether it takes part in measures."),
    Column("exclusion", "text", "", "Why not; empty if it does."),
    Column("synthetic_onset", "truth", "", "The source had no times: onsets are summed durations."),
    _SIMULATED,
    _FOUND_BY,
    _SETTINGS,
)
EVENT_COLUMNS = (
    *_TRIAL_COLUMNS,
    Column("kind", "text", "", "saccade, microsaccade or blink."),
    Column("event", "integer", "", "Place among those of its kind, trial and reader, from 1."),
    Column("onset_ms", "number", "ms", "Begin, from the onset of the picture."),
    Column("duration_ms", "number", "ms", "How long it lasted."),
    Column("amplitude_deg", "number", "deg", "Of a saccade, from begin to end."),
    Column("peak_velocity_deg_s", "number", "deg/s", "Of a saccade."),
    _SIMULATED,
    _FOUND_BY,
    _SETTINGS,
)
EXCLUSION_COLUMNS = (
    *_TRIAL_COLUMNS,
    Column("reason", "text", "", "Why fixations were excluded from measures."),
    Column("rule", "integer", "", "Number of the rule, the first that hits; empty if it is none."),
    Column("what", "text", "", "What the rule excludes."),
    Column("why", "text", "", "Why, as the researcher said."),
    Column("since", "text", "", "When the rule was made, ISO 8601."),
    Column("n_excluded", "integer", "", "How many, for this reason and rule; none counts twice."),
    Column("n_fixations", "integer", "", "Fixations of the scanpath, excluded ones too."),
)
_MEDIAN = "Median over windows of 200 ms without loss"
QUALITY_COLUMNS = (
    *_TRIAL_COLUMNS,
    Column("n_samples", "integer", "", "Samples of the recording; 0 if there are fixations alone."),
    Column("n_missing", "integer", "", "Samples for which the time stamps leave room."),
    Column("loss_percent", "number", "%", "Samples without a position."),
    Column("off_stimulus_percent", "number", "%", "Off the picture, of those with a position."),
    Column("off_of", "text", "", "What that is a share of: samples or fixations."),
    Column("rate_hz", "number", "Hz", "Nominal sampling rate, as the source says."),
    Column("measured_rate_hz", "number", "Hz", "Sampling rate from the time stamps."),
    Column("effective_rate_hz", "number", "Hz", "Samples with a position in a second."),
    Column("n_gaps", "number", "", "Stretches of lost or missing samples."),
    Column("longest_gap_ms", "number", "ms", "The longest of them; 0 without any."),
    Column("rms_s2s_deg", "number", "deg", f"Root mean square from sample to sample. {_MEDIAN}."),
    Column("std_deg", "number", "deg", f"Standard deviation of position. {_MEDIAN}."),
    Column("bcea_deg2", "number", "deg2", f"Area of the ellipse with 68.27 %. {_MEDIAN}."),
    Column("accuracy_deg", "number", "deg", "As the tracker's own validation gave it."),
    Column("precision_deg", "number", "deg", "As the tracker's own validation gave it."),
    Column("n_fixations", "integer", "", "Fixations, excluded ones too."),
    Column("n_excluded", "integer", "", "Fixations that take no part in measures."),
)
RECORDING_COLUMNS = (
    *_TRIAL_COLUMNS,
    Column("n_samples", "integer", "", "How many samples there are."),
    Column("rate_hz", "number", "Hz", "Nominal sampling rate, as the source says."),
    Column("eye", "text", "", "left, right, or mean of both; empty if the source does not say."),
    Column("px_per_deg", "number", "px/deg", "Pixels of the picture in one degree."),
    Column("pupil_unit", "text", "", "Unit of the pupil size; empty without it."),
    Column("clock_ms", "number", "ms", "The tracker's clock at the onset of the picture."),
    _SIMULATED,
    _FOUND_BY,
    Column("file", "text", "", "Where its samples are; empty if they were not exported."),
)
SAMPLE_COLUMNS = (
    Column("t_ms", "number", "ms", "From the onset of the picture."),
    Column("x_px", "number", "px", "From the left edge of the picture; NA if lost."),
    Column("y_px", "number", "px", "From the upper edge of the picture, downwards; NA if lost."),
    Column("pupil", "number", "see `pupil_unit` in recordings.csv", "Size of the pupil, if known."),
)
SAMPLES = "samples"
"""Folder of the sample files inside an export."""


def gaze_tables(project: Project, quality: StudyQuality, *, samples: bool) -> tuple[Table, ...]:
    """Return the tables of what was recorded and found; `samples`: their files are there too."""
    return (
        Table(
            "fixations.csv",
            "Every fixation that was imported or found, excluded ones too, one in a row.",
            FIXATION_COLUMNS,
            _fixation_rows(project.scanpaths),
        ),
        Table(
            "events.csv",
            "Every saccade and blink, by the tracker or by a detector, one in a row.",
            EVENT_COLUMNS,
            _event_rows(project.events),
        ),
        Table(
            "exclusions.csv",
            "How many fixations of which scanpath were excluded, why, and by which rule.",
            EXCLUSION_COLUMNS,
            _exclusion_rows(project.scanpaths, project.rules),
        ),
        Table(
            "quality.csv",
            "The data quality of each trial.",
            QUALITY_COLUMNS,
            map(_quality_row, quality.trials),
        ),
        Table(
            "recordings.csv",
            "Which samples there are: rate, eye, scale and clock of each recording.",
            RECORDING_COLUMNS,
            _recording_rows(tuple(project.recordings.values()), samples),
        ),
    )


def sample_table() -> Table:
    """Return the table that stands for all sample files in the dictionary and the README."""
    return Table(
        f"{SAMPLES}/*.csv",
        "The samples of one recording each; `recordings.csv` says of which.",
        SAMPLE_COLUMNS,
        (),
    )


def sample_file(number: int) -> str:
    """Return the name of the samples of a recording, counted from 1."""
    return f"{SAMPLES}/{number:05d}.csv"


def settings_text(origin: Origin) -> str:
    """Return the parameters of a detector as one text."""
    return "; ".join(f"{name} = {value:g}" for name, value in origin.settings)


def _fixation_rows(scanpaths: Sequence[Scanpath]) -> Iterator[Sequence[Cell]]:
    for path in scanpaths:
        origin = (path.origin.synthetic_onsets, *_origin(path.origin))
        columns = (path.x_px, path.y_px, path.onset_ms, path.duration_ms, path.exclusion)
        for k, (*numbers, flag) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True), 1
        ):
            reason = Exclusion(flag).reason if flag else ""
            yield (*path.key, k, *numbers, not flag, reason, *origin)


def _event_rows(events: Sequence[Events]) -> Iterator[Sequence[Cell]]:
    for found in events:
        origin = _origin(found.origin)
        unknown = [math.nan] * len(found)
        sizes = (found.amplitude_deg, found.peak_velocity_deg_s)
        columns = (
            found.onset_ms.tolist(),
            found.duration_ms.tolist(),
            *(unknown if size is None else size.tolist() for size in sizes),
        )
        for k, numbers in enumerate(zip(*columns, strict=True), 1):
            yield (*found.trial_key, found.kind, k, *numbers, *origin)


def _origin(origin: Origin) -> tuple[bool, str, str]:
    return origin.simulated, origin.reader, settings_text(origin)


def _exclusion_rows(
    scanpaths: Sequence[Scanpath], rules: Sequence[ExclusionRule]
) -> Iterator[Sequence[Cell]]:
    for path in scanpaths:
        by_rule = first_rules(path, rules)
        for flag in Exclusion:
            if not flag:
                continue
            flagged = path.exclusion == flag
            for number in sorted(set(by_rule[flagged].tolist())):
                rule = rules[number - 1] if number else None
                told = (number, rule.fixations, rule.reason, rule.since) if rule else ("",) * 4
                count = int((flagged & (by_rule == number)).sum())
                yield (*path.key, flag.reason, *told, count, len(path))


def _quality_row(row: QualityRow) -> Sequence[Cell]:
    return [getattr(row, column.name) for column in QUALITY_COLUMNS]


def _recording_rows(recordings: Sequence[Recording], samples: bool) -> Iterator[Sequence[Cell]]:
    for number, one in enumerate(recordings, 1):
        unit = one.pupil_unit if one.pupil is not None else ""
        yield (
            *one.key,
            len(one),
            one.rate_hz,
            one.eye,
            one.px_per_deg,
            unit,
            one.clock_ms,
            one.origin.simulated,
            one.origin.reader,
            sample_file(number) if samples else "",
        )
