"""The exports that are read by a preset."""

import re
from pathlib import Path
from types import MappingProxyType

from gazelab.io.preset import Place, Preset

_GAZEPOINT_ENDING = re.compile(r"([_ -](all[_ -]?gaze|fixations|fix|user))+$", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"exports?|surfaces|\d+", re.IGNORECASE)
_SURFACE = re.compile(r"fixations_on_surface_(.+)", re.IGNORECASE)


def _file_name(path: Path) -> str:
    return path.stem


def _folder_name(path: Path) -> str:
    return path.absolute().parent.name


def _recording_folder(path: Path) -> str:
    """Return the name of the recording around exports/000/surfaces, else of the file."""
    names = (folder.name for folder in path.absolute().parents)
    return next((name for name in names if name and not _NOT_A_NAME.fullmatch(name)), path.stem)


def _surface(path: Path) -> str:
    match = _SURFACE.fullmatch(path.stem)
    return match[1] if match else path.stem


def _gazepoint_user(path: Path) -> str:
    return _GAZEPOINT_ENDING.sub("", path.stem) or path.stem


_IN_THE_CORNER = (
    "Positions are pixels of the screen, whose size the export does not give: they are taken as "
    "pixels of the picture, as if it was shown in its own size in the upper left corner."
)
_SCENE = (
    "Positions are in the image of the scene camera, which moves with the head: they fit a "
    "picture of the scene only as long as the head is still. The picture is to be named {}."
)

TOBII_STUDIO = Preset(
    id="tobii-studio",
    title="Tobii Studio export (TSV)",
    signature=(
        "RecordingTimestamp",
        "StudioTestName | StudioEvent | GazePointX (ADCSpx) | GazeEventType",
    ),
    columns=MappingProxyType(
        {
            "participant": "ParticipantName | RecordingName",
            "recording": "RecordingName",
            "stimulus": "MediaName",
            "event": "GazeEventType",
            "index": "FixationIndex",
            "onset": "RecordingTimestamp",
            "duration": "GazeEventDuration",
        }
    ),
    places=(Place("FixationPointX (MCSpx)", "FixationPointY (MCSpx)"),),
    participant=_file_name,
    events=("fixation",),
    onset_from="presentation",
    notes=(
        "A stimulus begins with the first row that names it. Positions are in pixels of the "
        "media (MCS).",
    ),
)

_X, _Y = (
    "Fixation point X [DACS px] | Fixation point X",
    "Fixation point Y [DACS px] | Fixation point Y",
)

TOBII_PRO_LAB = Preset(
    id="tobii-pro-lab",
    title="Tobii Pro Lab export (TSV)",
    signature=("Recording timestamp", "Eye movement type | Sensor | Gaze point X"),
    columns=MappingProxyType(
        {
            "participant": "Participant name | Recording name",
            "recording": "Recording name",
            "stimulus": "Presented Stimulus name | Recording media name | Presented Media name",
            "sensor": "Sensor",
            "event": "Eye movement type",
            "index": "Eye movement type index",
            "onset": "Recording timestamp",
            "duration": "Gaze event duration | Eye movement event duration",
        }
    ),
    places=(
        Place("Fixation point X [MCS px]", "Fixation point Y [MCS px]"),
        Place("Fixation point X [MCS norm]", "Fixation point Y [MCS norm]", normalised=True),
        Place(
            _X,
            _Y,
            picture=(
                "Presented Media position X",
                "Presented Media position Y",
                "Presented Media width",
                "Presented Media height",
            ),
            note="Positions on the screen (DACS) were put on the picture by the place and the "
            "size at which it was presented.",
        ),
        Place(_X, _Y, screen=("Recording resolution width", "Recording resolution height")),
        Place(_X, _Y, note=_IN_THE_CORNER),
    ),
    participant=_file_name,
    sensors=("eye tracker",),
    events=("fixation",),
    time_unit="us",
    onset_from="presentation",
    calibrations=("eyetracker calibration", "eye tracker calibration"),
    notes=("A stimulus begins with the first sample of the eye tracker that names it.",),
)

SMI_STATISTICS = Preset(
    id="smi-statistics",
    title="SMI BeGaze event statistics",
    signature=("Event Start Trial Time [ms]", "Event End Trial Time [ms]", "Category"),
    columns=MappingProxyType(
        {
            "participant": "Participant | Subject",
            "stimulus": "Stimulus",
            "trial": "Trial",
            "event": "Category",
            "onset": "Event Start Trial Time [ms]",
            "end": "Event End Trial Time [ms]",
            "duration": "Event Duration [ms]",
        }
    ),
    places=(
        Place(
            "Fixation Position X [px]",
            "Fixation Position Y [px]",
            note="Positions are taken as pixels of the picture, as if it was shown in its own "
            "size in the upper left corner of the screen.",
        ),
    ),
    participant=_file_name,
    events=("fixation", "visual intake"),
    onset_from="stimulus",
)

PUPIL_CORE = Preset(
    id="pupil-core",
    title="Pupil Core fixations",
    signature=("start_timestamp", "duration", "start_frame_index", "norm_pos_x", "norm_pos_y"),
    columns=MappingProxyType({"onset": "start_timestamp", "duration": "duration"}),
    places=(Place("norm_pos_x", "norm_pos_y", normalised=True),),
    participant=_recording_folder,
    stimulus="world",
    time_unit="s",
    y_up=True,
    notes=(_SCENE.format("world"),),
)

PUPIL_SURFACE = Preset(
    id="pupil-surface",
    title="Pupil Core fixations on a surface",
    signature=(
        "world_index",
        "fixation_id",
        "start_timestamp",
        "duration",
        "norm_pos_x",
        "on_surf",
    ),
    columns=MappingProxyType(
        {"index": "fixation_id", "onset": "start_timestamp", "duration": "duration"}
    ),
    places=(Place("norm_pos_x", "norm_pos_y", normalised=True),),
    participant=_recording_folder,
    stimulus=_surface,
    stands="mean",
    time_unit="s",
    y_up=True,
    notes=(
        "The picture is to be named like the surface, and fills it. A fixation has a row for each "
        "frame of the scene video; its position is their mean.",
    ),
)

_CLOUD = ("fixation id", "start timestamp [ns]", "duration [ms]")
_CLOUD_COLUMNS = MappingProxyType(
    {
        "participant": "recording name | recording id",
        "onset": "start timestamp [ns]",
        "duration": "duration [ms]",
    }
)

PUPIL_MARKER = Preset(
    id="pupil-marker-mapper",
    title="Pupil Cloud fixations on a surface (Marker Mapper)",
    signature=(*_CLOUD, "fixation x [normalized]"),
    columns=_CLOUD_COLUMNS,
    places=(Place("fixation x [normalized]", "fixation y [normalized]", normalised=True),),
    participant=_file_name,
    stimulus=_folder_name,
    notes=("The picture is to be named like the folder of the file, and fills the surface.",),
)

PUPIL_REFERENCE = Preset(
    id="pupil-reference-image",
    title="Pupil Cloud fixations in a reference image",
    signature=(*_CLOUD, "fixation x [px]", "fixation detected in reference image"),
    columns=_CLOUD_COLUMNS,
    places=(Place("fixation x [px]", "fixation y [px]"),),
    participant=_file_name,
    stimulus="reference_image",
    notes=("The picture is to be named reference_image.",),
)

PUPIL_SCENE = Preset(
    id="pupil-scene",
    title="Pupil Invisible or Neon fixations",
    signature=(*_CLOUD, "fixation x [px]"),
    columns=_CLOUD_COLUMNS,
    places=(Place("fixation x [px]", "fixation y [px]"),),
    participant=_file_name,
    stimulus="scene",
    notes=(_SCENE.format("scene"),),
)

GAZEPOINT = Preset(
    id="gazepoint",
    title="Gazepoint export (CSV)",
    signature=("FPOGX", "FPOGY", "FPOGS", "FPOGD", "FPOGID"),
    columns=MappingProxyType(
        {
            "stimulus": "MEDIA_NAME | MEDIA_ID",
            "event": "FPOGV",
            "index": "FPOGID",
            "onset": "FPOGS",
            "duration": "FPOGD",
        }
    ),
    places=(Place("FPOGX", "FPOGY", normalised=True),),
    participant=_gazepoint_user,
    events=("1",),
    other="no valid fixation (FPOGV is not 1)",
    stands="last",
    time_unit="s",
    duration_unit="s",
    notes=("Positions are fractions of the screen: the picture is taken to have filled it.",),
)

OGAMA = Preset(
    id="ogama",
    title="OGAMA fixation table",
    signature=("SubjectName", "TrialID", "CountInTrial", "StartTime", "Length", "PosX", "PosY"),
    columns=MappingProxyType(
        {
            "participant": "SubjectName",
            "stimulus": "Trial Name | TrialID",
            "trial": "TrialSequence",
            "onset": "StartTime",
            "duration": "Length",
        }
    ),
    places=(Place("PosX", "PosY", note=_IN_THE_CORNER),),
    participant=_file_name,
    onset_from="stimulus",
)

PRESETS = (
    TOBII_STUDIO,
    TOBII_PRO_LAB,
    SMI_STATISTICS,
    PUPIL_SURFACE,
    PUPIL_CORE,
    PUPIL_MARKER,
    PUPIL_REFERENCE,
    PUPIL_SCENE,
    GAZEPOINT,
    OGAMA,
)
"""In the order in which they are tried: the more particular first."""
