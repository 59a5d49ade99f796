"""Take attributes of participants or stimuli from a table into a project."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gazelab.data.attributes import Attributes
from gazelab.data.counted import counted
from gazelab.errors import ReadError
from gazelab.io.attributes import PARTICIPANTS, read_attributes
from gazelab.project.project import Project

_BIDS = "sub-"
_SOURCE_NAME = "source_name"
_SOME = 5
_WORDS = {"participants": "participant", "stimuli": "picture"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table brings to a project.

    of : "participants" or "stimuli". attributes : under the names that the project has.
    left_out : names in the table that the project does not have. lacking : names in the project
    that the table does not have.
    """

    of: str
    attributes: Attributes
    left_out: tuple[str, ...]
    lacking: tuple[str, ...]


def read_for(project: Project, path: Path) -> Taken:
    """Read a table of attributes of participants or stimuli of a project.

    A participant is also known without the "sub-" of BIDS, and by the column `source_name`.
    Raises ReadError for a table that cannot be read, or tells of nobody in the project.
    """
    of, read = read_attributes(path)
    there = project.participants if of == PARTICIPANTS else tuple(project.stimuli)
    searched = frozenset(there)
    known = {who: name for who in read.rows if (name := _known_as(who, read, searched))}
    if not known:
        raise ReadError(
            f"The table tells of none of the {of} of the project.",
            path,
            hint=f"It names {_some(tuple(read.rows))}; the project has {_some(there)}.",
        )
    counts = Counter(known.values())
    if twice := [name for name, count in counts.items() if count > 1]:
        raise ReadError(f"Several rows tell of {twice[0]}.", path)
    told = read.only([name for name in read.names if name != _SOURCE_NAME])
    return Taken(
        of,
        told.called([(who, name) for who, name in known.items() if who in told.rows]),
        tuple(who for who in read.rows if who not in known),
        tuple(name for name in there if name not in counts),
    )


def with_taken(project: Project, taken: Taken) -> Project:
    """Return the project with attributes, which replace those of the same name."""
    if taken.of == PARTICIPANTS:
        old = project.participant_attributes
        return replace(project, participant_attributes=old.updated(taken.attributes))
    old = project.stimulus_attributes
    return replace(project, stimulus_attributes=old.updated(taken.attributes))


def describe(taken: Taken) -> list[str]:
    """Return what a table brought, and whom it left out, in sentences."""
    of = _WORDS[taken.of]
    lines = [
        f"{', '.join(taken.attributes.names)}: taken for {counted(len(taken.attributes.rows), of)}."
    ]
    if taken.left_out:
        lines.append(f"Left out, as the project does not have them: {_some(taken.left_out)}.")
    if taken.lacking:
        lines.append(f"The table does not have {counted(len(taken.lacking), of)} of the project.")
    return lines


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
