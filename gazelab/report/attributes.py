"""What is known of participants and stimuli, as tables."""

from collections.abc import Sequence

from gazelab.data.attributes import Attributes
from gazelab.project.project import Project
from gazelab.report.gaze_tables import PARTICIPANT, STIMULUS
from gazelab.report.tables import Column, Table


def attribute_tables(project: Project) -> tuple[Table, ...]:
    """Return a table of participants and one of stimuli, where anything is known of them."""
    of = (
        ("participants", PARTICIPANT, project.participant_attributes, project.participants),
        ("stimuli", STIMULUS, project.stimulus_attributes, tuple(project.stimuli)),
    )
    return tuple(_table(*one) for one in of if one[2].names)


def _table(of: str, who: Column, attributes: Attributes, everyone: Sequence[str]) -> Table:
    meaning = "As the researcher told it; empty where it is not known."
    return Table(
        f"{of}.csv",
        f"What is known of {of}, such as their group or condition.",
        (who, *(Column(name, "text", "", meaning) for name in attributes.names)),
        [(one, *(attributes.value(one, name) for name in attributes.names)) for one in everyone],
    )
