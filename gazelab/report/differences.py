"""One metric under two conditions: means, difference and chance, and the values behind them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.geometry import Blur
from gazelab.metrics.mean_difference import (
    BY_RANKS,
    Inference,
    MeanDifference,
    false_discovery,
    independent_difference,
    paired_difference,
)
from gazelab.report.gaze_tables import STIMULUS
from gazelab.report.summary import direction_of
from gazelab.report.tables import Cell, Column, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Values of one metric under two conditions: stimulus -> value, NaN where undefined.

    about : what is scored. paired : whether the same stimuli stand under both. blur : of the
    human density, NaN if none is used. p, test : where they do not come from the values
    themselves; the test is "" otherwise.
    """

    about: str
    first: str
    second: str
    paired: bool
    metric: str
    variant: str
    unit: str
    blur: Blur
    of_first: Mapping[str, float]
    of_second: Mapping[str, float]
    p: float = math.nan
    test: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a contrast says: the first minus the second, over stimuli.

    found : means, difference, interval, p and effect sizes. corrected_p : for the number of
    differences that were asked for at once. n_left_out : stimuli where one is undefined.
    values : (stimulus, first, second), NaN where it is undefined or does not stand there.
    The other fields are as in `Contrast` and in `Score`.
    """

    about: str
    first: str
    second: str
    metric: str
    variant: str
    unit: str
    direction: str
    sigma_px: float
    sigma_deg: float
    found: MeanDifference
    corrected_p: float
    n_left_out: int
    values: tuple[tuple[str, float, float], ...]


def differences(
    contrasts: Iterable[Contrast], inference: Inference = BY_RANKS
) -> tuple[Difference, ...]:
    """Return the differences, with p corrected for all of them together."""
    rows = [_difference(contrast, inference) for contrast in contrasts]
    corrected = false_discovery(np.array([row.found.p for row in rows], float))
    return tuple(replace(row, corrected_p=float(p)) for row, p in zip(rows, corrected, strict=True))


def _difference(contrast: Contrast, inference: Inference) -> Difference:
    values = _values(contrast)
    first, second = np.array([pair for _, *pair in values], float).reshape(-1, 2).T
    compared = paired_difference if contrast.paired else independent_difference
    found = compared(first, second, inference)
    if contrast.test:
        found = replace(found, p=contrast.p, test=contrast.test)
    entered = found.n_first if contrast.paired else found.n_first + found.n_second
    return Difference(
        about=contrast.about,
        first=contrast.first,
        second=contrast.second,
        metric=contrast.metric,
        variant=contrast.variant,
        unit=contrast.unit,
        direction=direction_of(contrast.metric),
        sigma_px=contrast.blur.sigma_px,
        sigma_deg=contrast.blur.sigma_deg,
        found=found,
        corrected_p=math.nan,
        n_left_out=len(values) - entered,
        values=values,
    )


def _values(contrast: Contrast) -> tuple[tuple[str, float, float], ...]:
    a, b = contrast.of_first, contrast.of_second
    return tuple((key, a.get(key, math.nan), b.get(key, math.nan)) for key in {**a, **b})


_WHAT = (
    Column("about", "text", "", "What was scored: a source, or the density maps of two groups."),
    Column("first", "text", "", "The first of the two that are compared."),
    Column("second", "text", "", "The second of the two."),
    Column("metric", "text", "", "Name of the metric; see `metrics`."),
    Column("variant", "text", "", "Which of the published definitions."),
)
_UNIT = Column("unit", "text", "", "Unit of the values; 1 is a plain number.")
DIFFERENCE_COLUMNS = (
    *_WHAT,
    _UNIT,
    Column("direction", "text", "", "Whether higher or lower is better, that is, more alike."),
    Column("paired", "truth", "", "Whether both have values on the same pictures."),
    Column("n_first", "integer", "", "Pictures that entered; of both where they are paired."),
    Column("n_second", "integer", "", "Pictures of the second that entered."),
    Column("n_left_out", "integer", "", "Pictures where one of the two is undefined."),
    Column("mean_first", "number", "see `unit`", "Mean of the first over these pictures."),
    Column("mean_second", "number", "see `unit`", "Mean of the second over these pictures."),
    Column("difference", "number", "see `unit`", "The first mean minus the second."),
    Column("low", "number", "see `unit`", "Its 95 % bootstrap interval over pictures."),
    Column("high", "number", "see `unit`", "The upper end of the interval."),
    Column("p", "number", "", "Chance of a difference as large if there were none."),
    Column("test", "text", "", "The test that p comes from."),
    Column("corrected_p", "number", "", "p corrected for all rows (Benjamini-Hochberg)."),
    Column("standardised", "number", "sd", "Cohen's d_z where paired, else Cohen's d, pooled."),
    Column("rank_biserial", "number", "", "How much more often the first is larger, -1 to 1."),
    Column(
        "sigma_px",
        "number",
        "px",
        "Blur of the human density, or of the KDE gold standard that a metric is relative to; NA "
        "if none is used.",
    ),
    Column("sigma_deg", "number", "deg", "The same in visual angle; NA if it is not known."),
)
PICTURE_COLUMNS = (
    STIMULUS,
    *_WHAT,
    Column("value_first", "number", "see `unit`", "Value of the first; NA where it has none."),
    Column("value_second", "number", "see `unit`", "Value of the second; NA where it has none."),
    Column("difference", "number", "see `unit`", "The first minus the second."),
    _UNIT,
)


def difference_tables(rows: Sequence[Difference]) -> tuple[Table, ...]:
    """Return the tables of the differences, and of the values on every picture."""
    return (
        Table(
            "differences.csv",
            "One metric under two conditions in a row: means, difference, chance, effect size.",
            DIFFERENCE_COLUMNS,
            ([_cell(row, column.name) for column in DIFFERENCE_COLUMNS] for row in rows),
        ),
        Table(
            "differences_by_picture.csv",
            "The values on one picture in a row.",
            PICTURE_COLUMNS,
            _picture_rows(rows),
        ),
    )


def _cell(row: Difference, name: str) -> Cell:
    found = getattr(row if hasattr(row, name) else row.found, name)
    assert isinstance(found, str | int | float)
    return found


def _picture_rows(rows: Iterable[Difference]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        what = (row.about, row.first, row.second, row.metric, row.variant)
        for stimulus, first, second in row.values:
            yield (stimulus, *what, first, second, first - second, row.unit)
