"""What was measured in areas of interest, as tables for the eye: words, units, counts."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from gazelab.report.area_summary import AreaSummary, MapSummary, PeopleSummary, TrialCounts
from gazelab.report.curves import source_name

NOT_APPLICABLE = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: its text, what it is sorted by, and 0 ... 1 where it is a cell of a heat map."""

    text: str
    value: float | str = ""
    heat: float = math.nan


@dataclass(frozen=True, slots=True)
class Line:
    """One row, and what it is about: an area, and perhaps a participant, or a source of maps."""

    cells: tuple[Shown, ...]
    aoi: str = ""
    participant: str = ""
    source: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class ShownTable:
    """Titles with what they mean, rows, and the sentences below.

    labels : of the rows, beside them; empty where the first cell says it.
    """

    titles: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    caption: str
    labels: tuple[str, ...] = ()


def side_by_side(summary: AreaSummary) -> ShownTable:
    """Return a row for people and for each source in each area."""
    lines = []
    for name in summary.names:
        if name in summary.people:
            cells = (_word(name), _word(_tr("People")), *_of_people(summary.people[name]))
            lines.append(Line(cells, name))
        for (aoi, *source), found in summary.sources.items():
            if aoi == name:
                cells = (_word(name), _word(source_name(*source)), *_of_maps(found))
                lines.append(Line(cells, name, source=(source[0], source[1])))
    titles = (
        (_tr("Area"), _tr("Name of the area of interest")),
        (_tr("Who"), _tr("People, or a model and the kind of its maps")),
        (_tr("n"), _tr("Trials of people; pictures for models")),
        (
            _tr("Share inside [%]"),
            _tr("Of the dwell time of a trial, or of the final map; means over n"),
        ),
        (_tr("Of picture [%]"), _tr("Share of the picture that the area covers")),
        (
            _tr("Reached [%]"),
            _tr(
                "People: trials with a fixation inside. Models: pictures with the peak of the "
                "final map inside (pointing game)"
            ),
        ),
        (
            _tr("First inside [no.]"),
            _tr("Number of the first fixation inside, or of the first step with its peak inside"),
        ),
        *_titles_of_people_alone(),
    )
    caption = f"{_people_words(summary.counts)} {_model_words(summary)}"
    return ShownTable(titles, tuple(lines), caption)


def by_participant(summary: AreaSummary) -> ShownTable:
    """Return a row for each participant in each area."""
    titles = (
        (_tr("Participant"), _tr("Who looked")),
        (_tr("Area"), _tr("Name of the area of interest")),
        (_tr("n [trials]"), _tr("Trials with a fixation in use")),
        (_tr("Dwell share [%]"), _tr("Of the dwell time of a trial; mean over n")),
        (_tr("Reached [%]"), _tr("Trials with a fixation inside")),
        (_tr("First inside [no.]"), _tr("Number of the first fixation inside")),
        *_titles_of_people_alone(),
        (_tr("Excluded [fixations]"), _tr("Fixations of these trials that take no part")),
    )
    lines = []
    for (who, aoi), one in summary.participants.items():
        n, share, _, reached, first, *alone = _of_people(one)
        cells = (_word(who), _word(aoi), n, share, reached, first, *alone, _count(one.n_excluded))
        lines.append(Line(cells, aoi, who))
    return ShownTable(titles, tuple(lines), _people_words(summary.counts))


def segmentation(summary: AreaSummary) -> ShownTable:
    """Return how well the final maps of each source segment each area."""
    stretched = _tr("The final map is stretched to 0...1.")
    titles = (
        (_tr("Area"), _tr("Name of the area, as the object that a map is to segment")),
        (_tr("Who"), _tr("A model and the kind of its maps")),
        (_tr("n"), _tr("Pictures whose final map is not the same everywhere")),
        (_tr("Of picture [%]"), _tr("Share of the picture that the area covers")),
        (
            _tr("F adaptive ↑"),
            stretched + " " + _tr("F-measure, beta² = 0.3, cut at twice its mean; mean over n"),
        ),
        (
            _tr("F max ↑"),
            stretched
            + " "
            + _tr("Largest F-measure, beta² = 0.3, of precision and recall averaged over n"),
        ),
        (_tr("MAE ↓"), stretched + " " + _tr("Mean absolute difference from the area")),
    )
    lines = []
    for (aoi, *source), found in summary.sources.items():
        cells = (
            *(_word(aoi), _word(source_name(*source))),
            Shown(_pictures(found.n_curves), found.n_curves),
            _percent(found.area),
            *(_number(value, ".3f") for value in (found.f_adaptive, found.f_max, found.mae)),
        )
        lines.append(Line(cells, aoi, source=(source[0], source[1])))
    caption = _tr(
        "Final maps, stretched to 0...1, as segmentations of each area; each picture counts the "
        "same. F-measure with beta² = 0.3 (Achanta et al. 2009). The curves of precision and "
        "recall are in the tables that are saved."
    )
    return ShownTable(titles, tuple(lines), caption)


def transition_matrix(summary: AreaSummary) -> ShownTable:
    """Return how often a fixation in one area was followed by one in another."""
    moves, on = summary.moves, summary.stimuli_of
    ends = (*summary.names, "")
    words = tuple(name or _tr("elsewhere") for name in ends)
    lines = []
    for start in ends:
        total = sum(moves[start, end] for end in ends)
        cells = (
            _cell_of_matrix(moves[start, end], total)
            if on[start] & on[end]
            else Shown(NOT_APPLICABLE)
            for end in ends
        )
        lines.append(Line(tuple(cells), start))
    text = _tr(
        "Row: area of a fixation; column: area of the next one in use. Count, and share of the "
        "row; – where no picture has both. {n:,} transitions in {trials}. Where areas overlap, "
        "the first in the list holds a fixation."
    )
    caption = text.format(n=sum(moves.values()), trials=_trials(summary.counts.n_trials))
    titles = tuple((_tr("to {name}").format(name=word), word) for word in words)
    labels = tuple(_tr("from {name}").format(name=word) for word in words)
    return ShownTable(titles, tuple(lines), caption, labels)


def _titles_of_people_alone() -> Iterator[tuple[str, str]]:
    over = _tr("Mean over the trials in brackets, those with a fixation inside")
    yield _tr("First fixation [ms]"), _tr("Onset of the first fixation inside.") + " " + over
    dwell = _tr("Sum of the durations of the fixations inside, without saccades; mean over n")
    yield _tr("Dwell time [ms]"), dwell
    yield _tr("Fixations"), _tr("How many inside, in a trial; mean over n")
    yield _tr("Visits"), _tr("Runs of fixations inside, in a trial; mean over n")


def _of_people(found: PeopleSummary) -> Iterator[Shown]:
    yield Shown(_trials(found.n), found.n)
    yield _percent(found.dwell_share)
    yield _percent(found.area)
    yield _percent(found.looked)
    yield _over(found.first_fixation, ".2f", found.n_looked)
    yield _over(found.first_ms, ",.0f", found.n_looked)
    yield _number(found.dwell_ms, ",.0f")
    yield _number(found.n_fixations, ".2f")
    yield _number(found.n_visits, ".2f")


def _of_maps(found: MapSummary) -> Iterator[Shown]:
    yield Shown(_pictures(found.n), found.n)
    yield _percent(found.mass)
    yield _percent(found.area)
    yield _percent(found.hit)
    if found.n_steps:
        yield _over(found.first_step, ".2f", found.n_reached)
    else:
        yield Shown(NOT_APPLICABLE)
    for _ in range(4):
        yield Shown(NOT_APPLICABLE)


def _people_words(counts: TrialCounts) -> str:
    text = _tr(
        "People: {trials} of {people} on {pictures}, each trial counts the same; {n:,} fixations "
        "are in use, {excluded:,} are excluded."
    )
    parts = [
        text.format(
            trials=_trials(counts.n_trials),
            people=_participants(counts.n_participants),
            pictures=_pictures(counts.n_stimuli),
            n=counts.n_fixations,
            excluded=counts.n_excluded,
        )
    ]
    if counts.n_empty:
        text = _tr("Left out: {trials} without a fixation in use.")
        parts.append(text.format(trials=_trials(counts.n_empty)))
    parts += [f"{note[0].upper()}{note[1:]}." for note in counts.notes]
    return " ".join(parts)


def _model_words(summary: AreaSummary) -> str:
    zero = sum(found.n_zero for found in summary.sources.values())
    parts = [_tr("In brackets: how many entered.")]
    if summary.sources:
        parts.insert(0, _tr("Models: final maps, each picture counts the same."))
    if zero:
        parts.append(_tr("Left out: {n:,} values of maps that are 0 everywhere.").format(n=zero))
    return " ".join(parts)


def _trials(n: int) -> str:
    return _tr("1 trial") if n == 1 else _tr("{n:,} trials").format(n=n)


def _participants(n: int) -> str:
    return _tr("1 participant") if n == 1 else _tr("{n:,} participants").format(n=n)


def _pictures(n: int) -> str:
    return _tr("1 picture") if n == 1 else _tr("{n:,} pictures").format(n=n)


def _cell_of_matrix(count: int, total: int) -> Shown:
    if not count:
        return Shown("0", 0.0, 0.0 if total else math.nan)
    return Shown(f"{count:,} ({count / total:.0%})", float(count), count / total)


def _word(text: str) -> Shown:
    return Shown(text, text)


def _count(number: int) -> Shown:
    return Shown(f"{number:,}", float(number))


def _percent(share: float) -> Shown:
    return _number(100 * share, ".1f")


def _number(value: float, how: str) -> Shown:
    return Shown("NA" if math.isnan(value) else format(value, how), value)


def _over(value: float, how: str, n: int) -> Shown:
    """Return a mean with how many entered it, where these are not all."""
    return Shown(f"NA ({n})" if math.isnan(value) else f"{value:{how}} ({n:,})", value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("areas", text)
