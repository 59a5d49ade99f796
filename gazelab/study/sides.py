"""What can be compared with what: sources, groups of participants, sets of pictures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gazelab.data.attributes import Attributes
from gazelab.data.scores import Score
from gazelab.errors import SettingsError
from gazelab.project.project import Project
from gazelab.report.curves import source_name
from gazelab.report.extremes import BEST, WORST, extremes
from gazelab.study.answers import ANSWERS, answers, named_classes

SOURCE, PARTICIPANTS, STIMULI = "source", "participants", "stimuli"
_EXTREME = re.compile(rf"(.+) (\S+)=({BEST}|{WORST}) ([1-9]\d*)")
_SOME = 12


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    kind : SOURCE, PARTICIPANTS or STIMULI. members : of a source its id and the kind of its
    maps, else the participants or the stimuli. made_of : (source, metric) by which pictures were
    chosen, so that a comparison of just these scores says nothing; "" otherwise.
    """

    kind: str
    name: str
    members: tuple[str, ...]
    made_of: tuple[str, str] = ("", "")


def final_scores(project: Project) -> list[Score]:
    """Return the scores of final maps and all fixations."""
    return [score for score in project.scores if score.is_final]


def sides(project: Project) -> tuple[Side, ...]:
    """Return what there is to be compared: sources with scores, groups, sets of pictures.

    Groups and sets of one are left out; they can be named all the same.
    """
    several = (group for group in _groups(project) if len(group.members) > 1)
    return (*_sources(project), *several)


def pair_of(project: Project, first: str, second: str) -> tuple[Side, Side]:
    """Return the sides that two names mean.

    A name is that of a source, with the kind of its maps behind it where it has several; or
    NAME=VALUE, an attribute of participants or stimuli; or MODEL=correct and MODEL=wrong; or
    "SOURCE METRIC=best 10" and "... =worst 10".

    Raises SettingsError for a name that means nothing, or two, and for sides that cannot be
    compared.
    """
    a, b = _side(project, first), _side(project, second)
    if a.kind != b.kind:
        raise SettingsError(
            f"'{first}' and '{second}' cannot be compared: {_KINDS[a.kind]} and {_KINDS[b.kind]}.",
            "Name two sources, two groups of participants, or two sets of pictures.",
        )
    if a.members == b.members:
        raise SettingsError(f"'{first}' is compared with itself.", "Name two that differ.")
    if a.kind != SOURCE and (both := set(a.members) & set(b.members)):
        raise SettingsError(
            f"'{first}' and '{second}' share {min(both)} and {len(both) - 1:,} more.",
            "Name two that share nobody.",
        )
    return a, b


_KINDS = {
    SOURCE: "a source",
    PARTICIPANTS: "a group of participants",
    STIMULI: "a set of pictures",
}


def _side(project: Project, name: str) -> Side:
    sources = list(_sources(project))
    meant = [one for one in sources if name in (one.members[0], one.name)]
    if len(meant) > 1:
        names = ", ".join(f"'{one.name}'" for one in meant)
        raise SettingsError(f"'{name}' has several kinds of maps.", f"Name one of {names}.")
    meant = meant or [group for group in _groups(project) if group.name == name]
    if len(meant) > 1:
        raise SettingsError(f"'{name}' is said of participants and of stimuli.", "Rename one.")
    if found := meant or list(_extreme(project, name)):
        return found[0]
    if "=" not in name:
        names = ", ".join(one.name for one in sources)
        hint = f"It has: {names}." if sources else "`gazelab score` makes them."
        raise SettingsError(f"The project has no scores of '{name}'.", hint)
    groups = [group.name for group in islice(_groups(project), _SOME)]
    hint = f"There are: {', '.join(groups)}." if groups else "`gazelab attributes` reads them."
    raise SettingsError(f"No participant and no picture has '{name}'.", hint)


def _sources(project: Project) -> Iterator[Side]:
    for source in dict.fromkeys((score.source, score.kind) for score in final_scores(project)):
        yield Side(SOURCE, source_name(*source), source)


def _groups(project: Project) -> Iterator[Side]:
    people, pictures = project.participant_attributes, project.stimulus_attributes
    yield from _with_values(PARTICIPANTS, people, project.participants)
    yield from _with_values(STIMULI, pictures, tuple(project.stimuli))
    for model in named_classes(project):
        found = answers(project, model)
        for answer in ANSWERS:
            if members := tuple(id_ for id_, given in found.items() if given == answer):
                yield Side(STIMULI, f"{model}={answer}", members)


def _with_values(kind: str, attributes: Attributes, there: Sequence[str]) -> Iterator[Side]:
    known = set(there)
    for name in attributes.names:
        for value in attributes.counts(name):
            members = tuple(who for who in attributes.having(name, value) if who in known)
            if members:
                yield Side(kind, f"{name}={value}", members)


def _extreme(project: Project, name: str) -> Iterator[Side]:
    """Yield the pictures on which a source is best or worst."""
    match = _EXTREME.fullmatch(name)
    if match:
        source, metric, which, number = match.groups()
        found = extremes(final_scores(project), source, metric, int(number))
        chosen = found.best if which == BEST else found.worst
        members = tuple(score.stimulus for score in chosen)
        yield Side(STIMULI, name, members, (found.source, metric))
