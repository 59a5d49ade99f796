"""Exports of Pupil Core (Pupil Player), and of Pupil Invisible and Neon (Pupil Cloud).

Gaze samples, fixations, saccades and blinks are in files of their own, in one folder. What
was looked at is the scene in front of the camera, a surface, or a reference image.
"""

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from gazelab.data.gaze import TrialKey
from gazelab.errors import ReadError
from gazelab.io.draft import Draft, together
from gazelab.io.exports import draft_export, sniff_export
from gazelab.io.preset import Pair, Place, Preset, Valid
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import Task

_NOT_A_NAME = re.compile(r"exports?|surfaces|\d+", re.IGNORECASE)
_SURFACE = re.compile(r"(?:fixations|gaze_positions)_on_surface_(.+)", re.IGNORECASE)
_FILE = re.compile(r"(gaze|fixations|saccades|blinks)", re.IGNORECASE)
_MOST_FILES = 1000
_SCENE = (
    "Positions are in the image of the scene camera, which moves with the head: they fit a "
    "picture of the scene only as long as the head is still."
)
_FILLS = "Positions are fractions of the surface: the picture is taken to fill it."


def _recording_folder(path: Path) -> str:
    """Return the name of the recording around exports/000/surfaces, else of the file."""
    names = (folder.name for folder in path.absolute().parents)
    return next((name for name in names if name and not _NOT_A_NAME.fullmatch(name)), path.stem)


def _surface(path: Path) -> str:
    match = _SURFACE.fullmatch(path.stem)
    return match[1] if match else path.stem


def _folder_name(path: Path) -> str:
    return path.absolute().parent.name


def _file_name(path: Path) -> str:
    return path.stem


_NORM: Pair = ("norm_pos_x", "norm_pos_y")
_SURE = Valid("confidence", low=0.6, otherwise="confidence below 0.6")
_CORE = Preset(
    id="pupil-core",
    title="Pupil Core export",
    signature=(),
    columns=MappingProxyType({}),
    places=(),
    participant=_recording_folder,
    stimulus="scene",
    time_unit="s",
    origin="bottom-left",
    combined="",
    valid=_SURE,
    notes=(_SCENE,),
)
CORE_GAZE = replace(
    _CORE,
    signature=("gaze_timestamp", "world_index", "confidence", *_NORM),
    columns=MappingProxyType({"time": "gaze_timestamp"}),
    kinds=MappingProxyType({}),
    places=(Place("stimulus fraction", gaze=_NORM),),
)
CORE_FIXATIONS = replace(
    _CORE,
    signature=("start_timestamp", "duration", "start_frame_index", *_NORM),
    columns=MappingProxyType({"onset": "start_timestamp", "duration": "duration"}),
    places=(Place("stimulus fraction", _NORM),),
)
CORE_BLINKS = replace(
    _CORE,
    signature=("start_timestamp", "duration", "end_timestamp", "filter_response"),
    columns=MappingProxyType({"onset": "start_timestamp", "duration": "duration"}),
    kinds=MappingProxyType({"": "blink"}),
    duration_unit="s",
    places=(Place("stimulus fraction"),),
)
SURFACE_GAZE = replace(
    CORE_GAZE,
    id="pupil-surface",
    title="Pupil Core export of a surface",
    signature=("world_index", "gaze_timestamp", "x_norm", "y_norm", "on_surf"),
    stimulus=_surface,
    places=(Place("stimulus fraction", gaze=("x_norm", "y_norm")),),
    notes=(_FILLS,),
)
SURFACE_FIXATIONS = replace(
    CORE_FIXATIONS,
    id="pupil-surface",
    title="Pupil Core export of a surface",
    signature=(
        "world_index",
        "fixation_id",
        "start_timestamp",
        "duration",
        "norm_pos_x",
        "on_surf",
    ),
    index=MappingProxyType({"fixation": "fixation_id"}),
    stimulus=_surface,
    stands="mean",
    notes=(
        _FILLS,
        "A fixation has a row for each frame of the scene video; its position is their mean.",
    ),
)

_CLOUD_COLUMNS = MappingProxyType(
    {
        "participant": "recording name | recording id",
        "trial": "section id | recording id",
    }
)
_CLOUD_EVENT = MappingProxyType(
    {**_CLOUD_COLUMNS, "onset": "start timestamp [ns]", "duration": "duration [ms]"}
)
_CLOUD = replace(
    _CORE,
    id="pupil-scene",
    title="Pupil Invisible or Neon export",
    participant=_file_name,
    origin="top-left",
    combined="mean",
    valid=Valid(),
    places=(Place("stimulus px"),),
    time_unit="ns",
)
CLOUD_GAZE = replace(
    _CLOUD,
    signature=("recording id", "timestamp [ns]", "gaze x [px]", "gaze y [px]"),
    columns=MappingProxyType({**_CLOUD_COLUMNS, "time": "timestamp [ns]"}),
    kinds=MappingProxyType({}),
    places=(Place("stimulus px", gaze=("gaze x [px]", "gaze y [px]")),),
)
_EVENT = ("recording id", "start timestamp [ns]", "duration [ms]")
CLOUD_FIXATIONS = replace(
    _CLOUD,
    signature=("fixation id", *_EVENT, "fixation x [px]"),
    columns=_CLOUD_EVENT,
    places=(Place("stimulus px", ("fixation x [px]", "fixation y [px]")),),
)
CLOUD_SACCADES = replace(
    _CLOUD,
    signature=("saccade id", *_EVENT),
    columns=MappingProxyType(
        {**_CLOUD_EVENT, "amplitude": "amplitude [deg]", "velocity": "peak velocity"}
    ),
    kinds=MappingProxyType({"": "saccade"}),
)
CLOUD_BLINKS = replace(
    _CLOUD,
    signature=("blink id", *_EVENT),
    absent=("gaze x [px]",),
    columns=_CLOUD_EVENT,
    kinds=MappingProxyType({"": "blink"}),
)
_MARKER = replace(
    _CLOUD,
    id="pupil-marker-mapper",
    title="Pupil Cloud export of a surface (Marker Mapper)",
    stimulus=_folder_name,
    notes=(_FILLS, "The surface is called like the folder of the file."),
)
MARKER_GAZE = replace(
    _MARKER,
    signature=("recording id", "timestamp [ns]", "gaze position on surface x [normalized]"),
    columns=CLOUD_GAZE.columns,
    kinds=MappingProxyType({}),
    places=(
        Place(
            "stimulus fraction",
            gaze=(
                "gaze position on surface x [normalized]",
                "gaze position on surface y [normalized]",
            ),
        ),
    ),
)
MARKER_FIXATIONS = replace(
    _MARKER,
    signature=("fixation id", *_EVENT, "fixation x [normalized]"),
    columns=_CLOUD_EVENT,
    places=(Place("stimulus fraction", ("fixation x [normalized]", "fixation y [normalized]")),),
)
_REFERENCE = replace(
    _CLOUD,
    id="pupil-reference-image",
    title="Pupil Cloud export of a reference image",
    stimulus="reference_image",
    notes=("Positions are pixels of the reference image.",),
)
REFERENCE_GAZE = replace(
    _REFERENCE,
    signature=("recording id", "timestamp [ns]", "gaze position in reference image x [px]"),
    columns=CLOUD_GAZE.columns,
    kinds=MappingProxyType({}),
    places=(
        Place(
            "stimulus px",
            gaze=(
                "gaze position in reference image x [px]",
                "gaze position in reference image y [px]",
            ),
        ),
    ),
)
REFERENCE_FIXATIONS = replace(
    _REFERENCE,
    signature=(*CLOUD_FIXATIONS.signature, "fixation detected in reference image"),
    columns=_CLOUD_EVENT,
    places=CLOUD_FIXATIONS.places,
)

PUPIL = (
    SURFACE_FIXATIONS,
    SURFACE_GAZE,
    CORE_FIXATIONS,
    CORE_GAZE,
    CORE_BLINKS,
    MARKER_FIXATIONS,
    MARKER_GAZE,
    REFERENCE_FIXATIONS,
    REFERENCE_GAZE,
    CLOUD_FIXATIONS,
    CLOUD_GAZE,
    CLOUD_SACCADES,
    CLOUD_BLINKS,
)
"""The files of which exports consist, the more particular first."""

_FAMILIES = (
    ("pupil-core", "pupil-surface"),
    ("pupil-marker-mapper",),
    ("pupil-reference-image",),
    ("pupil-scene",),
)
"""Exports whose files lie in one folder."""

PUPIL_IDS = tuple(id_ for family in _FAMILIES for id_ in family)


def titles(id_: str) -> str:
    """Return what the exports with this id are called."""
    return next(preset.title for preset in PUPIL if preset.id == id_)


def sniff_pupil(id_: str, path: Path) -> bool:
    """Whether a file, or the most important one in a folder, is of the export with this id."""
    ids = {preset.id for _, preset in _files(path)}
    return next((known for known in PUPIL_IDS if known in ids), "") == id_


def read_pupil(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read a file, or all files of one export in a folder and its folder "surfaces".

    Samples of too little confidence are lost. Raises ReadError, as `read_export`; and when a
    folder holds gaze in several units.
    """
    drafts: list[Draft] = []
    others: list[str] = []
    for file, preset in _files(path):
        draft = yield from draft_export(preset, file, settings)
        if drafts and draft.contract.positions != drafts[0].contract.positions:
            others.append(file.name)
        else:
            drafts.append(draft)
    if not drafts:
        raise ReadError("There is no file of a Pupil export.", path)
    whole = _with_numbers(together(path, drafts))
    if others:
        whole.notes.append(f"Not read, since positions have another unit: {', '.join(others)}.")
    if len(drafts) > 1:
        names = ", ".join(draft.path.name for draft in drafts)
        whole.notes.append(f"The files of one export were read together: {names}.")
    return whole.reading()


def _files(path: Path) -> list[tuple[Path, Preset]]:
    """Return the files of the export in a folder, and what each is; or a file alone."""
    if not path.is_dir():
        preset = _preset(path)
        return [(path, preset)] if preset else []
    found = []
    for folder in (path, path / "surfaces"):
        names = islice(sorted(folder.glob("*.csv")), _MOST_FILES)
        found += [(file, _preset(file)) for file in names if _FILE.match(file.name)]
    known = [(file, preset) for file, preset in found if preset is not None]
    ids = {preset.id for _, preset in known}
    wanted = next((family for family in _FAMILIES if ids & set(family)), ())
    return [(file, preset) for file, preset in known if preset.id in wanted]


def _preset(path: Path) -> Preset | None:
    return next((preset for preset in PUPIL if sniff_export(preset, path)), None)


def _with_numbers(draft: Draft) -> Draft:
    """Return a draft whose trials, called like their sections, are numbered instead."""
    begun: dict[TrialKey, float] = {}
    starts = [(item.key, float(item.t_ms[0])) for item in draft.recordings]
    starts += [(item.key, float(item.onset_ms[0])) for item in draft.scanpaths]
    starts += [(item.trial_key, float(item.onset_ms[0])) for item in draft.events]
    for key, start_ms in starts:
        begun[key] = min(begun.get(key, start_ms), start_ms)
    turns: Counter[tuple[str, str]] = Counter()
    number: dict[TrialKey, str] = {}
    for key in sorted(begun, key=lambda key: begun[key]):
        turns[key[:2]] += 1
        number[key] = str(turns[key[:2]])
    draft.recordings = tuple(replace(k, trial=number[k.key]) for k in draft.recordings)
    draft.scanpaths = tuple(replace(k, trial=number[k.key]) for k in draft.scanpaths)
    draft.events = tuple(replace(k, trial=number[k.trial_key]) for k in draft.events)
    return draft
