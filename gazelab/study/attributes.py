"""Take attributes of participants or stimuli from a table into a project."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gazelab.data.attributes import Attributes
from gazelab.errors import ReadError
from gazelab.io.attributes import PARTICIPANTS, read_attributes
from gazelab.project.project import Project

_BIDS = "sub-"
_SOURCE_NAME = "source_name"
_SOME = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table brought.

    of : "participants" or "stimuli". names : of the attributes. n : how many rows were taken.
    left_out : names in the table that the project does not have. lacking : names in the project
    that the table does not have.
    """

    of: str
    names: tuple[str, ...]
    n: int
    left_out: tuple[str, ...]
    lacking: tuple[str, ...]


def with_attributes(project: Project, path: Path) -> tuple[Project, Taken]:
    """Return the project with the attributes of a table, which replace those of the same name.

    A participant is also known without the "sub-" of BIDS, and by the column `source_name`.
    Raises ReadError for a table that cannot be read, or tells of nobody in the project.
    """
    of, read = read_attributes(path)
    there = project.participants if of == PARTICIPANTS else tuple(project.stimuli)
    searched = frozenset(there)
    known = [(who, name) for who in read.rows if (name := _known_as(who, read, searched))]
    if not known:
        raise ReadError(
            f"The table tells of none of the {of} of the project.",
            path,
            hint=f"It names {_some(tuple(read.rows))}; the project has {_some(there)}.",
        )
    names = Counter(name for _, name in known)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ReadError(f"Several rows tell of {twice[0]}.", path)
    taken = Taken(
        of,
        read.names,
        len(names),
        tuple(who for who in read.rows if who not in dict(known)),
        tuple(name for name in there if name not in names),
    )
    return _with_updated(project, of, read.called(known)), taken


def _with_updated(project: Project, of: str, new: Attributes) -> Project:
    """Return the project with more attributes of its participants or stimuli."""
    if of == PARTICIPANTS:
        old = project.participant_attributes
        return replace(project, participant_attributes=old.updated(new))
    return replace(project, stimulus_attributes=project.stimulus_attributes.updated(new))


def without_attribute(project: Project, name: str) -> Project:
    """Return the project without an attribute of its participants and stimuli."""
    people, pictures = project.participant_attributes, project.stimulus_attributes
    return replace(
        project,
        participant_attributes=people.only([other for other in people.names if other != name]),
        stimulus_attributes=pictures.only([other for other in pictures.names if other != name]),
    )


def _known_as(who: str, read: Attributes, there: Collection[str]) -> str:
    """Return the name in the project of one in the table, "" for none."""
    candidates = (who, who.removeprefix(_BIDS), read.value(who, _SOURCE_NAME))
    return next((name for name in candidates if name and name in there), "")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SOME]) or "none"
    return shown + (" …" if len(names) > _SOME else "")
