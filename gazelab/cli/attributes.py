"""The verb on what is known of participants and pictures: group, condition and the like."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import project_folder
from gazelab.cli.verbs import add_verb
from gazelab.data.attributes import Attributes
from gazelab.errors import SettingsError

if TYPE_CHECKING:
    from gazelab.project.project import Project

_MOST_VALUES = 8


def add_attributes(verbs: Any) -> None:
    """Add the arguments of the verb."""
    parser = add_verb(verbs, "attributes")
    parser.add_argument("project", metavar="PROJECT", help="a folder *.gazelab")
    parser.add_argument(
        "table",
        metavar="TABLE",
        nargs="?",
        help="a CSV or TSV file with a column participant (or participant_id) or stimulus, and "
        "one for each attribute; the attributes there are are listed otherwise",
    )
    parser.add_argument("--remove", metavar="NAME", help="take an attribute away")


def attributes_(arguments: argparse.Namespace, _: Progress) -> Outcome:
    """Take attributes from a table, take one away, or list those there are."""
    from gazelab.project import store
    from gazelab.study.attributes import describe, read_for, with_taken, without_attribute

    folder = project_folder(arguments.project)
    project = store.load(folder)
    lines: list[str] = []
    if arguments.table:
        taken = read_for(project, Path(arguments.table))
        project = with_taken(project, taken)
        lines += describe(taken)
    if arguments.remove:
        _check_known(project, arguments.remove)
        project = without_attribute(project, arguments.remove)
    if arguments.table or arguments.remove:
        store.save(project, folder)
    data = {
        "project": str(folder),
        "participants": _data(project.participant_attributes),
        "stimuli": _data(project.stimulus_attributes),
    }
    return Outcome([*lines, *_table(project)], data)


def _check_known(project: "Project", name: str) -> None:
    known = (*project.participant_attributes.names, *project.stimulus_attributes.names)
    if name not in known:
        hint = f"There are: {', '.join(known)}." if known else "There are none."
        raise SettingsError(f"There is no attribute '{name}'.", hint)


def _table(project: "Project") -> list[str]:
    everyone = {
        "participants": (project.participant_attributes, len(project.participants)),
        "pictures": (project.stimulus_attributes, len(project.stimuli)),
    }
    rows = [
        [of, name, _values(attributes.counts(name), number)]
        for of, (attributes, number) in everyone.items()
        for name in attributes.names
    ]
    if not rows:
        return ["Nothing is known of participants and pictures."]
    return columns([["of", "attribute", "values"], *rows], numbers_from=3)


def _values(counts: dict[str, int], number: int) -> str:
    """Return how many have which value, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    shown = [f"{value}: {count:,}" for value, count in ordered[:_MOST_VALUES]]
    if len(ordered) > _MOST_VALUES:
        shown.append(f"{len(ordered) - _MOST_VALUES:,} more values")
    if unknown := number - sum(counts.values()):
        shown.append(f"not known: {unknown:,}")
    return ", ".join(shown)


def _data(attributes: Attributes) -> dict[str, dict[str, str]]:
    return {who: attributes.of(who) for who in attributes.rows}
