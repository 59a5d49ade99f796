"""The formats that are read, and which of them a file has."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gazelab.errors import ReadError, SettingsError
from gazelab.io.images import read_images, sniff_images
from gazelab.io.maps import read_maps, sniff_maps
from gazelab.io.osie import read_osie, sniff_osie
from gazelab.io.reading import Reading
from gazelab.io.table import Mapping, read_table, sniff_table
from gazelab.task import Task


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    sniff : says from the content alone whether a file or folder has the format.
    read : returns what is in it; the mapping of columns concerns tables only.
    """

    id: str
    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, Mapping | None], Task[Reading]]


READERS = (
    Reader("osie", "OSIE fixations (fixations.mat)", sniff_osie, lambda path, _: read_osie(path)),
    Reader("maps", "folder of saliency maps", sniff_maps, lambda path, _: read_maps(path)),
    Reader("images", "folder of pictures", sniff_images, lambda path, _: read_images(path)),
    Reader("table", "table of fixations (CSV, TSV)", sniff_table, read_table),
)
"""In the order in which they are tried."""


def sniff(path: Path) -> Reader:
    """Return the reader for a file or folder, judged by its content.

    Raises ReadError when nothing is there, or no reader knows it.
    """
    if not path.exists():
        raise ReadError("There is no such file or folder.", path)
    for reader in READERS:
        if reader.sniff(path):
            return reader
    known = "; ".join(reader.title for reader in READERS)
    raise ReadError("The format is not known.", path, hint=f"These are read: {known}.")


def reader_named(name: str) -> Reader:
    """Return the reader with this id. Raises SettingsError when there is none."""
    for reader in READERS:
        if reader.id == name:
            return reader
    known = ", ".join(reader.id for reader in READERS)
    raise SettingsError(f"There is no format named {name}.", f"The formats are {known}.")
