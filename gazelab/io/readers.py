"""The formats that are read, and which of them a file has."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gazelab.errors import ReadError, SettingsError
from gazelab.io.bids_read import read_bids, sniff_bids
from gazelab.io.cat2000 import read_cat2000, sniff_cat2000
from gazelab.io.coco_search import read_coco_search, sniff_coco_search
from gazelab.io.eyelink_asc import sniff_asc
from gazelab.io.eyelink_edf import read_edf, sniff_edf
from gazelab.io.eyelink_report import guess_report, read_report, sniff_report
from gazelab.io.eyelink_trials import read_asc
from gazelab.io.images import read_images, sniff_images
from gazelab.io.lund import read_lund, sniff_lund
from gazelab.io.maps import read_maps, sniff_maps
from gazelab.io.mit1003 import read_mit1003, sniff_mit1003
from gazelab.io.osie import read_osie, sniff_osie
from gazelab.io.poet import read_poet, sniff_poet
from gazelab.io.pysaliency_h5 import read_pysaliency, sniff_pysaliency
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.salicon import read_salicon, sniff_salicon
from gazelab.io.table import Mapping, guess_mapping, read_table, sniff_table
from gazelab.io.vendors import VENDORS
from gazelab.task import Task


@dataclass(frozen=True, slots=True)
class Reader:
    """One format.

    sniff : says from the content alone whether a file or folder has the format.
    read : returns what is in it.
    guess : says how a table is probably to be read; None where no mapping can be given.
    """

    id: str
    title: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, ReadSettings], Task[Reading]]
    guess: Callable[[Path], Mapping] | None = None


READERS = (
    Reader("bids", "BIDS eye tracking", sniff_bids, read_bids),
    Reader("osie", "OSIE fixations (fixations.mat)", sniff_osie, lambda path, _: read_osie(path)),
    Reader("lund", "Lund labelled recording (.mat)", sniff_lund, read_lund),
    Reader("mit1003", "MIT1003 gaze samples (DATA)", sniff_mit1003, read_mit1003),
    Reader("cat2000", "CAT2000 fixations", sniff_cat2000, lambda path, _: read_cat2000(path)),
    Reader("salicon", "SALICON mouse traces", sniff_salicon, read_salicon),
    Reader(
        "pysaliency",
        "pysaliency scanpaths (HDF5)",
        sniff_pysaliency,
        lambda path, _: read_pysaliency(path),
    ),
    *(Reader(*vendor) for vendor in VENDORS),  # before pictures: an export may have some beside it
    Reader("maps", "folder of saliency maps", sniff_maps, lambda path, _: read_maps(path)),
    Reader("images", "folder of pictures", sniff_images, lambda path, _: read_images(path)),
    Reader("eyelink-asc", "EyeLink ASC", sniff_asc, read_asc),
    Reader("eyelink-edf", "EyeLink EDF", sniff_edf, read_edf),
    Reader(
        "coco-search",
        "COCO-Search18 scanpaths (JSON)",
        sniff_coco_search,
        lambda path, _: read_coco_search(path),
    ),
    Reader("poet", "POET fixations (.mat)", sniff_poet, lambda path, _: read_poet(path)),
    Reader(
        "eyelink-report",
        "EyeLink fixation report",
        sniff_report,
        lambda path, settings: read_report(path, settings=settings),
        guess_report,
    ),
    Reader(
        "table",
        "table of fixations (CSV, TSV)",
        sniff_table,
        lambda path, settings: read_table(path, settings=settings),
        guess_mapping,
    ),
)
"""In the order in which they are tried."""


def sniff(path: Path) -> Reader:
    """Return the reader for a file or folder, judged by its content.

    Raises ReadError when nothing is there, or no reader knows it.
    """
    if not path.exists():
        raise ReadError("There is no such file or folder.", path)
    if path.stat().st_size == 0 if path.is_file() else not any(path.iterdir()):
        raise ReadError(f"The {'file' if path.is_file() else 'folder'} is empty.", path)
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
