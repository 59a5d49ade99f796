"""Attributes of participants or stimuli from a table, such as `participants.tsv` of BIDS."""

from pathlib import Path
from types import MappingProxyType

from gazelab.data.attributes import Attributes
from gazelab.errors import ReadError
from gazelab.io.delimited import guess_layout, head_of, rows

PARTICIPANTS, STIMULI = KINDS = ("participants", "stimuli")

_WHO = {
    "participant": PARTICIPANTS,
    "participantid": PARTICIPANTS,
    "participantname": PARTICIPANTS,
    "subject": PARTICIPANTS,
    "subjectid": PARTICIPANTS,
    "stimulus": STIMULI,
    "stimulusid": STIMULI,
    "stimfile": STIMULI,
    "picture": STIMULI,
    "image": STIMULI,
}
"""Name of a column, in small letters without signs -> of whom the table tells."""
_UNKNOWN = frozenset({"", "n/a", "na", "nan"})
_HINT = "A column 'participant' or 'stimulus' says of whom; the others are the attributes."


def read_attributes(path: Path) -> tuple[str, Attributes]:
    """Return of whom a table tells, one of KINDS, and what; the first such column decides.

    Cells that are empty, n/a or NA are not known. Raises ReadError with the line.
    """
    if not path.is_file():
        raise ReadError("There is no such file of attributes.", path)
    layout = guess_layout(path)
    if layout is None or not layout.header_line:
        raise ReadError("This is no table with names of columns.", path, hint=_HINT)
    head = head_of(path, layout)
    place = _place_of_names(head.columns, path)
    found: dict[str, tuple[str, ...]] = {}
    for line, cells in rows(path, layout):
        if line == layout.header_line:
            continue
        if not head.needed <= len(cells) <= len(head.columns):
            raise ReadError(f"{len(cells)} cells instead of {len(head.columns)}.", path, line)
        cells += [""] * (len(head.columns) - len(cells))
        who = cells.pop(place)
        if not who or who in found:
            problem = f"{who} is there twice." if who else f"The {head.columns[place]} is missing."
            raise ReadError(problem, path, line)
        found[who] = tuple("" if cell.casefold() in _UNKNOWN else cell for cell in cells)
    names = head.columns[:place] + head.columns[place + 1 :]
    return _WHO[_plain(head.columns[place])], Attributes(names, MappingProxyType(found))


def _place_of_names(columns: tuple[str, ...], path: Path) -> int:
    """Return which column says of whom a row tells. Raises ReadError."""
    places = [k for k, name in enumerate(columns) if _plain(name) in _WHO]
    if not places:
        raise ReadError("No column says of whom the table tells.", path, hint=_HINT)
    if len(columns) == 1:
        raise ReadError("The table has no attributes.", path, hint=_HINT)
    taken = [name for name in columns if name in _WHO]
    if len(taken) > 1:  # it would stand twice in exports
        raise ReadError(f"'{taken[1]}' cannot be the name of an attribute.", path, hint=_HINT)
    return places[0]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
