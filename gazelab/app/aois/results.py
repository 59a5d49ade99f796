"""What was measured in areas of interest, as tables for the eye: words, units, counts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from gazelab.report.area_summary import (
    MapSummary,
    PeopleSummary,
    maps_by,
    people_by,
    transitions_over,
)
from gazelab.report.areas import AreaRow, Areas, MapRow
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
    """One row, and what it is about: an area, and perhaps a participant."""

    cells: tuple[Shown, ...]
    aoi: str = ""
    participant: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """Titles with what they mean, rows, and the sentences below.

    labels : of the rows, beside them; empty where the first cell says it.
    """

    titles: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    caption: str
    labels: tuple[str, ...] = ()


def side_by_side(areas: Areas, stimulus: str = "") -> ShownTable:
    """Return a row for people and for each source in each area, on one stimulus or on all."""
    rows = [row for row in areas.gaze if stimulus in ("", row.key[1])]
    maps = [row for row in areas.maps if stimulus in ("", row.stimulus)]
    people = people_by(rows, lambda row: row.aoi)
    sources = maps_by(maps, lambda row: (row.aoi, source_name(row.source, row.kind)))
    lines = []
    for name in _names(areas, stimulus):
        if name in people:
            cells = (_word(name), _word(_tr("People")), *_of_people(people[name]))
            lines.append(Line(cells, name))
        for (aoi, source), found in sources.items():
            if aoi == name:
                lines.append(Line((_word(name), _word(source), *_of_maps(found)), name))
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
        *_of_people_alone(),
    )
    return ShownTable(titles, tuple(lines), _people_words(rows) + " " + _model_words(maps))


def by_participant(areas: Areas, stimulus: str = "") -> ShownTable:
    """Return a row for each participant in each area."""
    rows = [row for row in areas.gaze if stimulus in ("", row.key[1])]
    found = people_by(rows, lambda row: (row.key[0], row.aoi))
    titles = (
        (_tr("Participant"), _tr("Who looked")),
        (_tr("Area"), _tr("Name of the area of interest")),
        (_tr("n [trials]"), _tr("Trials with a fixation in use")),
        (_tr("Dwell share [%]"), _tr("Of the dwell time of a trial; mean over n")),
        (_tr("Reached [%]"), _tr("Trials with a fixation inside")),
        (_tr("First inside [no.]"), _tr("Number of the first fixation inside")),
        *_of_people_alone(),
        (_tr("Excluded [fixations]"), _tr("Fixations of these trials that take no part")),
    )
    lines = []
    for (who, aoi), one in found.items():
        n, share, _, reached, first, *alone = _of_people(one)
        cells = (_word(who), _word(aoi), n, share, reached, first, *alone, _count(one.n_excluded))
        lines.append(Line(cells, aoi, who))
    return ShownTable(titles, tuple(lines), _people_words(rows))


def transition_matrix(areas: Areas, stimulus: str = "") -> ShownTable:
    """Return how often a fixation in one area was followed by one in another."""
    names, moves = transitions_over(areas, stimulus)
    ends = (*names, "")
    words = tuple(name or _tr("elsewhere") for name in ends)
    on = {name: {aoi.stimulus for aoi in areas.aois if aoi.name == name} for name in names}
    on[""] = {stimulus for found in on.values() for stimulus in found}
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
    trials = [move for key, move in areas.moves.items() if stimulus in ("", key[1])]
    text = _tr(
        "Row: area of a fixation; column: area of the next one in use. Count, and share of the "
        "row; – where no picture has both. {n:,} transitions in {trials}. Where areas overlap, "
        "the first in the list holds a fixation."
    )
    caption = text.format(n=sum(moves.values()), trials=_trials(sum(map(bool, trials))))
    titles = tuple((_tr("to {name}").format(name=word), word) for word in words)
    labels = tuple(_tr("from {name}").format(name=word) for word in words)
    return ShownTable(titles, tuple(lines), caption, labels)


def _names(areas: Areas, stimulus: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.name for a in areas.aois if stimulus in ("", a.stimulus)))


def _of_people_alone() -> Iterator[tuple[str, str]]:
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


def _people_words(rows: Sequence[AreaRow]) -> str:
    trials = {row.key: row for row in rows}
    used = [row for row in trials.values() if row.n_used]
    people, pictures = ({row.key[place] for row in used} for place in (0, 1))
    text = _tr(
        "People: {trials} of {people} on {pictures}, each trial counts the same; {n:,} fixations "
        "are in use, {excluded:,} are excluded."
    )
    parts = [
        text.format(
            trials=_trials(len(used)),
            people=_participants(len(people)),
            pictures=_pictures(len(pictures)),
            n=sum(row.n_used for row in used),
            excluded=sum(row.n_excluded for row in trials.values()),
        )
    ]
    if empty := len(trials) - len(used):
        parts.append(_tr("Left out: {trials} without a fixation.").format(trials=_trials(empty)))
    parts += [f"{note[0].upper()}{note[1:]}." for note in {row.note: 0 for row in rows} if note]
    return " ".join(parts)


def _model_words(maps: Sequence[MapRow]) -> str:
    zero = sum(row.step == 0 and math.isnan(row.found.mass) for row in maps)
    parts = [_tr("In brackets: how many entered.")]
    if maps:
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
