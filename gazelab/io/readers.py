"""The formats that are read, and which of them a file has."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gazelab.errors import ReadError, SettingsError
from gazelab.io.coco_search import read_coco_search, sniff_coco_search
from gazelab.io.exports import read_export, sniff_export
from gazelab.io.eyelink_asc import sniff_asc
from gazelab.io.eyelink_report import guess_report, read_report, sniff_report
from gazelab.io.eyelink_trials import read_asc
from gazelab.io.images import read_images, sniff_images
from gazelab.io.maps import read_maps, sniff_maps
from gazelab.io.osie import read_osie, sniff_osie
from gazelab.io.poet import read_poet, sniff_poet
from gazelab.io.preset import Preset
from gazelab.io.presets import PRESETS
from gazelab.io.reading import Reading
from gazelab.io.smi import read_smi_events, sniff_smi_events
from gazelab.io.table import Mapping, guess_mapping, read_table, sniff_table
from gazelab.task import Task


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    sniff : says from the content alone whether a file or folder has the format.
    read : returns what is in it; the mapping of columns concerns tables only.
    guess : says how a table is probably to be read; None where no mapping can be given.
    """

    id: str
    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, Mapping | None], Task[Reading]]
    guess: Callable[[Path], Mapping] | None = None


def _preset_reader(preset: Preset) -> Reader:
    """Return the reader for one kind of export."""
    return Reader(
        preset.id,
        preset.title,
        partial(sniff_export, preset),
        lambda path, _: read_export(preset, path),
    )


READERS = (
    Reader("osie", "OSIE fixations (fixations.mat)", sniff_osie, lambda path, _: read_osie(path)),
    Reader("maps", "folder of saliency maps", sniff_maps, lambda path, _: read_maps(path)),
    Reader("images", "folder of pictures", sniff_images, lambda path, _: read_images(path)),
    Reader("eyelink-asc", "EyeLink ASC", sniff_asc, lambda path, _: read_asc(path)),
    *map(_preset_reader, PRESETS),
    Reader("smi-events", "SMI events", sniff_smi_events, lambda path, _: read_smi_events(path)),
    Reader(
        "coco-search",
        "COCO-Search18 scanpaths (JSON)",
        sniff_coco_search,
        lambda path, _: read_coco_search(path),
    ),
    Reader("poet", "POET fixations (.mat)", sniff_poet, lambda path, _: read_poet(path)),
    Reader("eyelink-report", "EyeLink fixation report", sniff_report, read_report, guess_report),
    Reader("table", "table of fixations (CSV, TSV)", sniff_table, read_table, guess_mapping),
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
