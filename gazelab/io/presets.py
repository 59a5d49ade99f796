"""The exports that are read by a preset: Tobii, SMI BeGaze, Gazepoint and OGAMA."""

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gazelab.io.preset import Pair, Place, Preset, Pupil, Valid

_GAZEPOINT_ENDING = re.compile(r"([_ -](all[_ -]?gaze|fixations|fix|user))+$", re.IGNORECASE)
_EVENTS = MappingProxyType({"fixation": "fixation", "saccade": "saccade"})


def _file_name(path: Path) -> str:
    return path.stem


def _gazepoint_user(path: Path) -> str:
    return _GAZEPOINT_ENDING.sub("", path.stem) or path.stem


_IN_THE_CORNER = (
    "Positions are pixels of the screen, whose size the export does not give: they are taken as "
    "pixels of the picture, as if it was shown in its own size in the upper left corner."
)


def _xy(names: str) -> Pair:
    """Return the names of the columns of x and y; "?" stands for X or Y."""
    return names.replace("?", "X"), names.replace("?", "Y")


_ADCS = Place(
    "screen px",
    gaze=_xy("GazePoint? (ADCSpx)"),
    left=_xy("GazePointLeft? (ADCSpx)"),
    right=_xy("GazePointRight? (ADCSpx)"),
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
            "time": "RecordingTimestamp",
            "duration": "GazeEventDuration",
            "amplitude": "SaccadicAmplitude",
            "sample": "GazePointIndex | ValidityLeft | EyeTrackerTimestamp",
            "resolution": "RecordingResolution",
            "left": "MediaPosX (ADCSpx)",
            "top": "MediaPosY (ADCSpx)",
            "shown width": "MediaWidth",
            "shown height": "MediaHeight",
            "own width": "MediaWidth",
            "own height": "MediaHeight",
        }
    ),
    kinds=_EVENTS,
    index=MappingProxyType({"fixation": "FixationIndex", "saccade": "SaccadeIndex"}),
    places=(
        Place(
            "stimulus px",
            _xy("FixationPoint? (MCSpx)"),
            _xy("GazePoint? (MCSpx)"),
            _xy("GazePointLeft? (MCSpx)"),
            _xy("GazePointRight? (MCSpx)"),
            note="Positions are in pixels of the media (MCS).",
        ),
        replace(
            _ADCS,
            told=True,
            note="Positions on the screen (ADCS) were put on the picture by the place and the "
            "size at which it was presented.",
        ),
        replace(_ADCS, placed="centred", sized=True),
        replace(_ADCS, placed="top-left", note=_IN_THE_CORNER),
    ),
    participant=_file_name,
    onset_from="presentation",
    valid=Valid(
        left="ValidityLeft", right="ValidityRight", low=0, high=1, otherwise="validity above 1"
    ),
    pupils=(Pupil("mm", "PupilLeft", "PupilRight"),),
    notes=("A stimulus begins with the first row that names it.",),
)

_DACS = Place(
    "screen px",
    _xy("Fixation point ? [DACS px] | Fixation point ?"),
    _xy("Gaze point ? [DACS px] | Gaze point ?"),
    _xy("Gaze point left ? [DACS px] | Gaze point left ?"),
    _xy("Gaze point right ? [DACS px] | Gaze point right ?"),
)

TOBII_PRO_LAB = Preset(
    id="tobii-pro-lab",
    title="Tobii Pro Lab export (TSV, XLSX)",
    signature=(
        "Recording timestamp",
        "Eye movement type | Sensor | Gaze point X | Mapped fixation X",
    ),
    columns=MappingProxyType(
        {
            "participant": "Participant name | Recording name",
            "recording": "Recording name",
            "stimulus": "Presented Stimulus name | Recording media name | Presented Media name",
            "sensor": "Sensor",
            "event": "Eye movement type",
            "time": "Recording timestamp",
            "duration": "Gaze event duration | Eye movement event duration",
            "sample": "Sensor | Validity left | Eyetracker timestamp | Eye movement type",
            "accuracy": "Average validation accuracy | Average calibration accuracy",
            "precision": "Average validation precision RMS | Average validation precision SD | "
            "Average calibration precision RMS | Average calibration precision SD",
            "width": "Recording resolution width",
            "height": "Recording resolution height",
            "left": "Presented Media position X",
            "top": "Presented Media position Y",
            "shown width": "Presented Media width",
            "shown height": "Presented Media height",
            "own width": "Original Media width",
            "own height": "Original Media height",
        }
    ),
    kinds=_EVENTS,
    index=MappingProxyType(
        {"fixation": "Eye movement type index", "saccade": "Eye movement type index"}
    ),
    places=(
        Place(
            "stimulus px",
            _xy("Fixation point ? [MCS px]"),
            _xy("Gaze point ? [MCS px]"),
            _xy("Gaze point left ? [MCS px]"),
            _xy("Gaze point right ? [MCS px]"),
            note="Positions are in pixels of the media (MCS).",
        ),
        Place(
            "stimulus fraction",
            _xy("Fixation point ? [MCS norm]"),
            _xy("Gaze point ? [MCS norm]"),
            _xy("Gaze point left ? [MCS norm]"),
            _xy("Gaze point right ? [MCS norm]"),
            note="Positions are fractions of the media (MCS).",
        ),
        replace(
            _DACS,
            told=True,
            note="Positions on the screen (DACS) were put on the picture by the place and the "
            "size at which it was presented.",
        ),
        replace(_DACS, placed="centred", sized=True),
        replace(_DACS, placed="top-left", note=_IN_THE_CORNER),
    ),
    participant=_file_name,
    sensors=("eye tracker",),
    time_unit="us",
    onset_from="presentation",
    valid=Valid(
        left="Validity left", right="Validity right", words=("valid",), otherwise="invalid"
    ),
    pupils=(
        Pupil(
            "mm",
            "Pupil diameter left [mm] | Pupil diameter left",
            "Pupil diameter right [mm] | Pupil diameter right",
        ),
    ),
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
            "amplitude": "Saccade Amplitude | Amplitude",
            "velocity": "Saccade Peak Velocity | Peak Velocity",
        }
    ),
    kinds=MappingProxyType(
        {
            "fixation": "fixation",
            "visual intake": "fixation",
            "saccade": "saccade",
            "blink": "blink",
        }
    ),
    places=(
        Place(
            "screen px",
            _xy("Fixation Position ? [px]"),
            placed="top-left",
            note="Positions are taken as pixels of the picture, as if it was shown in its own "
            "size in the upper left corner of the screen.",
        ),
    ),
    participant=_file_name,
    onset_from="stimulus",
)

_GAZEPOINT_COLUMNS = MappingProxyType(
    {
        "stimulus": "MEDIA_NAME | MEDIA_ID",
        "event": "FPOGV",
        "onset": "FPOGS",
        "duration": "FPOGD",
    }
)
_FPOG = ("FPOGX", "FPOGY")
_FILLED = "Positions are fractions of the screen: the picture is taken to have filled it."

GAZEPOINT_FIXATIONS = Preset(
    id="gazepoint",
    title="Gazepoint export (CSV)",
    signature=("FPOGX", "FPOGY", "FPOGS", "FPOGD", "FPOGID"),
    columns=_GAZEPOINT_COLUMNS,
    kinds=MappingProxyType({"1": "fixation"}),
    index=MappingProxyType({"fixation": "FPOGID"}),
    places=(Place("stimulus fraction", _FPOG),),
    participant=_gazepoint_user,
    other="no valid fixation (FPOGV is not 1)",
    stands="last",
    time_unit="s",
    duration_unit="s",
    notes=(_FILLED,),
)
"""One row for each fixation."""

GAZEPOINT = Preset(
    id="gazepoint",
    title="Gazepoint export (CSV)",
    signature=("FPOGX", "FPOGY", "FPOGS", "FPOGD", "FPOGID", "TIME"),
    columns=MappingProxyType({**_GAZEPOINT_COLUMNS, "time": "TIME", "blink": "BKID"}),
    kinds=MappingProxyType({"1": "fixation"}),
    index=MappingProxyType({"fixation": "FPOGID"}),
    places=(
        Place(
            "stimulus fraction",
            _FPOG,
            ("BPOGX", "BPOGY"),
            ("LPOGX", "LPOGY"),
            ("RPOGX", "RPOGY"),
        ),
    ),
    participant=_gazepoint_user,
    other="no valid fixation (FPOGV is not 1)",
    stands="last",
    time_unit="s",
    duration_unit="s",
    onset_from="presentation",
    valid=Valid("BPOGV", "LPOGV", "RPOGV", low=1, high=1, otherwise="BPOGV is not 1"),
    pupils=(
        Pupil("mm", "LPMM", "RPMM", ("LPMMV", "RPMMV")),
        Pupil("diameter", "LPD", "RPD", ("LPV", "RPV")),
    ),
    notes=(_FILLED, "A picture begins with the first row that names it."),
)
"""One row for each gaze sample; the rows of a fixation grow until it ends."""

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
    places=(Place("screen px", ("PosX", "PosY"), placed="top-left", note=_IN_THE_CORNER),),
    participant=_file_name,
    onset_from="stimulus",
)

OGAMA_RAW = Preset(
    id="ogama-raw",
    title="OGAMA gaze samples",
    signature=("SubjectName", "TrialSequence", "Time", "GazePosX", "GazePosY"),
    columns=MappingProxyType(
        {
            "participant": "SubjectName",
            "stimulus": "TrialName | TrialID",
            "trial": "TrialSequence",
            "time": "Time",
        }
    ),
    kinds=MappingProxyType({}),
    places=(
        Place("screen px", gaze=("GazePosX", "GazePosY"), placed="top-left", note=_IN_THE_CORNER),
    ),
    participant=_file_name,
    onset_from="presentation",
    combined="",
    pupils=(Pupil("diameter", "PupilDiaX"),),
    notes=("A trial begins with its first sample.",),
)

PRESETS = (TOBII_STUDIO, SMI_STATISTICS, OGAMA, OGAMA_RAW)
"""In the order in which they are tried: the more particular first."""
