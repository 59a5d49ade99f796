"""Tables of areas of interest: people, their transitions, and models."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gazelab.data.aoi import Aoi
from gazelab.data.gaze import TrialKey
from gazelab.metrics.areas import NEVER, AoiAttention, AoiGaze
from gazelab.metrics.segmentation import (
    NO_CURVE,
    THRESHOLDS,
    Curve,
    f_measure,
    mean_curve,
)
from gazelab.report.gaze_tables import PARTICIPANT, STIMULUS, TRIAL
from gazelab.report.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One scanpath in one area; note : what was assumed, or why something is undefined.

    n_used, n_excluded : fixations of the whole scanpath that take part, and that do not. area :
    share of the stimulus inside.
    """

    key: TrialKey
    aoi: str
    found: AoiGaze
    n_used: int
    n_excluded: int
    area: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapRow:
    """One step of a source in one area; step 0 is the final map, others count from 1.

    first_step : the first whose peak is inside, NaN where there is none, or a single map.
    """

    stimulus: str
    source: str
    kind: str
    aoi: str
    step: int
    found: AoiAttention
    first_step: float


@dataclass(frozen=True, slots=True)
class Areas:
    """All that was measured of areas. moves : how often one followed another, by trial."""

    aois: tuple[Aoi, ...] = ()
    gaze: tuple[AreaRow, ...] = ()
    maps: tuple[MapRow, ...] = ()
    moves: dict[TrialKey, Counter[tuple[str, str]]] = field(default_factory=dict)


_AOI = Column("aoi", "text", "", "Name of the area of interest.")
_AREA = Column("area", "number", "1", "Share of the picture inside.")
AOI_COLUMNS = (
    STIMULUS,
    _AOI,
    Column("x", "number", "px", "Of a corner, from the left edge of the picture."),
    Column("y", "number", "px", "The same from the upper edge, downwards."),
)
GAZE_COLUMNS = (
    PARTICIPANT,
    STIMULUS,
    TRIAL,
    _AOI,
    Column("n_fixations", "integer", "", "Fixations in use inside."),
    Column("n_visits", "integer", "", "Runs of fixations inside, one after another."),
    Column("dwell_ms", "number", "ms", "Sum of the durations of these fixations."),
    Column("dwell_share", "number", "1", "The same as a share of that of all fixations in use."),
    Column("first_ms", "number", "ms", "Onset of the first fixation inside; NA if there is none."),
    Column("first_fixation", "number", "", "Which one that is, from 1; NA if there is none."),
    Column("n_used", "integer", "", "Fixations in use of the whole trial."),
    Column("n_excluded", "integer", "", "Fixations of the trial that take no part."),
    _AREA,
    Column("note", "text", "", "What was assumed, and why a value is undefined."),
)
MOVE_COLUMNS = (
    PARTICIPANT,
    STIMULUS,
    TRIAL,
    Column("from_aoi", "text", "", "Area of a fixation; empty outside of all areas."),
    Column("to_aoi", "text", "", "Area of the next fixation; empty outside of all areas."),
    Column("n_transitions", "integer", "", "How often."),
)
_SOURCE = (
    Column("model", "text", "", "Id of the model or set of maps."),
    Column("kind", "text", "", "Kind of the maps, as in `scores.csv`."),
)
MAP_COLUMNS = (
    STIMULUS,
    *_SOURCE,
    _AOI,
    Column("step", "integer", "", "Timestep of the model, from 1; 0 is its final map."),
    Column("mass", "number", "1", "Share of the map inside; NA if it is 0 everywhere."),
    _AREA,
    Column("gain", "number", "1", "mass / area: 1 for an even map."),
    Column("hit", "number", "", "1 if the peak of the map is inside, else 0 (pointing game)."),
    Column("first_step", "number", "", "The first step whose peak is inside; NA if there is none."),
    Column(
        "f_adaptive",
        "number",
        "1",
        "F-measure (beta^2 = 0.3) of the area by the final map, stretched to 0...1 and cut at "
        "twice its mean. NA if it is the same everywhere, and for steps.",
    ),
    Column("mae", "number", "1", "Mean absolute difference of the same from the area."),
)
CURVE_COLUMNS = (
    *_SOURCE,
    _AOI,
    Column("threshold", "number", "1", "At which the stretched map is cut."),
    Column("precision", "number", "1", "Share of the pixels above it that are in the area; mean."),
    Column("recall", "number", "1", "Share of the area that is above it; mean over pictures."),
    Column("f_measure", "number", "1", "Of both means, beta^2 = 0.3; the largest is F_max."),
    Column("n_stimuli", "integer", "", "Pictures whose map has a curve."),
)


def area_tables(areas: Areas) -> tuple[Table, ...]:
    """Return the tables of people, transitions and models, and of the areas themselves."""
    return (
        aoi_table(areas.aois),
        Table(
            "aoi_gaze.csv",
            "What each participant did in each area of interest.",
            GAZE_COLUMNS,
            _gaze_rows(areas.gaze),
        ),
        Table(
            "aoi_transitions.csv",
            "How often a fixation in one area was followed by one in another.",
            MOVE_COLUMNS,
            (
                (key[0], key[1], key[2], *names, count)
                for key, moves in areas.moves.items()
                for names, count in sorted(moves.items())
            ),
        ),
        Table(
            "aoi_models.csv",
            "What each map holds of each area of interest.",
            MAP_COLUMNS,
            _map_rows(areas.maps),
        ),
        Table(
            "aoi_curves.csv",
            "Precision and recall of each area as an object that final maps are to segment.",
            CURVE_COLUMNS,
            _curve_rows(areas.maps),
        ),
    )


def aoi_table(aois: Iterable[Aoi]) -> Table:
    """Return the table of areas as `gazelab.io.aois.read_aois` reads it."""
    return Table(
        "aois.csv",
        "Each corner of each area of interest, in order around it.",
        AOI_COLUMNS,
        ((*aoi.key, x_px, y_px) for aoi in aois for x_px, y_px in aoi.corners_px.tolist()),
    )


def _gaze_rows(rows: Sequence[AreaRow]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        found = row.found
        counts = (found.n_fixations, found.n_visits, found.dwell_ms, found.dwell_share)
        note = "; ".join(filter(None, ("" if found.n_fixations else NEVER, row.note)))
        first = (found.first_ms, found.first_fixation)
        yield *row.key, row.aoi, *counts, *first, row.n_used, row.n_excluded, row.area, note


def _map_rows(rows: Sequence[MapRow]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        found = row.found
        what = (row.stimulus, row.source, row.kind, row.aoi, row.step)
        shares = (found.mass, found.area, found.gain, found.hit)
        yield *what, *shares, row.first_step, found.f_adaptive, found.mae


def _curve_rows(rows: Iterable[MapRow]) -> Iterator[Sequence[Cell]]:
    groups: dict[tuple[str, str, str], list[Curve]] = {}
    for row in rows:
        if row.step == 0 and row.found.curve is not NO_CURVE:
            groups.setdefault((row.source, row.kind, row.aoi), []).append(row.found.curve)
    for of, curves in groups.items():
        mean = mean_curve(curves)
        f = f_measure(mean.precision, mean.recall)
        for code, (precision, recall) in enumerate(zip(mean.precision, mean.recall, strict=True)):
            threshold = code / (THRESHOLDS - 1)
            yield *of, threshold, float(precision), float(recall), float(f[code]), len(curves)
