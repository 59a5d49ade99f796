"""Made-up recordings of gaze samples, as eye trackers' programs write them.

They are the recording of `vendor_files`: a sample every 20 ms, lost between fixations, where
the formats hold positions that are not valid.
"""

import gzip
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from vendor_files import (
    HEIGHT_PX,
    LEFT_PX,
    LOOKS,
    SAMPLE_MS,
    SCREEN_PX,
    TOP_PX,
    WIDTH_PX,
    Look,
    Sample,
    samples,
    table,
)

PUPIL_MM = 3.5
_NONSENSE_PX = 999.5
"""Where a sample that is not valid is said to be."""

Write = Callable[[Sequence[Look]], dict[str, str | bytes]]


@dataclass(frozen=True)
class GazeCase:
    """One way of writing samples. write : LOOKS -> files, by path. opened : what is imported."""

    reader: str
    opened: str
    write: Write
    looks: tuple[Look, ...] = LOOKS
    eye: str = "mean"
    pupil_unit: str = ""

    def path(self, folder: Path) -> Path:
        """Write the files and return what is to be imported."""
        for name, content in self.write(self.looks).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder / self.opened


def shown(looks: Sequence[Look]) -> list[Sample]:
    """Return the samples while a picture was on the screen."""
    return [sample for sample in samples(looks) if sample.picture]


def trials(looks: Sequence[Look]) -> dict[tuple[str, str], list[list[float]]]:
    """Return participant and picture -> [t_ms, x_px, y_px] of each sample, NaN when lost."""
    found = {}
    for key, of_one in groupby(shown(looks), key=lambda s: (s.participant, s.picture)):
        rows = list(of_one)
        found[key] = [
            [
                float(s.time_ms - rows[0].time_ms),
                s.look.x_px if s.look else math.nan,
                s.look.y_px if s.look else math.nan,
            ]
            for s in rows
        ]
    return found


def _at(sample: Sample) -> tuple[float, float]:
    look = sample.look
    return (look.x_px, look.y_px) if look else (_NONSENSE_PX, _NONSENSE_PX)


def _events(looks: Sequence[Look]) -> Iterator[tuple[int, Sample]]:
    """Yield each sample with the number of its saccade, 0 in a fixation."""
    number, before = 0, 0
    for sample in samples(looks):
        if sample.look is None and (before or number == 0):
            number += 1
        before = sample.number
        yield (0 if sample.look else number), sample


def tobii_studio_gaze(looks: Sequence[Look]) -> dict[str, str | bytes]:
    rows: list[dict[str, object]] = []
    for index, (saccade, s) in enumerate(_events(looks), 1):
        x, y = _at(s)
        rows.append(
            {
                "StudioTestName": "Test",
                "ParticipantName": s.participant,
                "RecordingName": f"Rec {s.participant}",
                "RecordingResolution": f"{SCREEN_PX[0]} x {SCREEN_PX[1]}",
                "MediaName": s.picture,
                "MediaPosX (ADCSpx)": LEFT_PX,
                "MediaPosY (ADCSpx)": TOP_PX,
                "MediaWidth": WIDTH_PX,
                "MediaHeight": HEIGHT_PX,
                "RecordingTimestamp": s.time_ms,
                "FixationIndex": s.number or "",
                "SaccadeIndex": saccade or "",
                "GazeEventType": "Fixation" if s.look else "Saccade",
                "GazeEventDuration": int(s.look.duration_ms) if s.look else SAMPLE_MS,
                "FixationPointX (MCSpx)": x if s.look else "",
                "FixationPointY (MCSpx)": y if s.look else "",
                "SaccadicAmplitude": "" if s.look else 2.5,
                "GazePointIndex": index,
                "GazePointLeftX (ADCSpx)": x + LEFT_PX - 1,
                "GazePointLeftY (ADCSpx)": y + TOP_PX,
                "GazePointRightX (ADCSpx)": x + LEFT_PX + 1,
                "GazePointRightY (ADCSpx)": y + TOP_PX,
                "GazePointX (ADCSpx)": x + LEFT_PX,
                "GazePointY (ADCSpx)": y + TOP_PX,
                # empty off the media, where only the place on the screen is known
                "GazePointX (MCSpx)": x if x < WIDTH_PX else "",
                "GazePointY (MCSpx)": y if x < WIDTH_PX else "",
                "PupilLeft": PUPIL_MM,
                "PupilRight": PUPIL_MM,
                "ValidityLeft": 0 if s.look else 4,
                "ValidityRight": 1 if s.look else 2,
            }
        )
        if index == 8:  # a click in a fixation: none of its samples
            rows.append({**rows[-1], "GazePointIndex": "", "MouseEvent": "Left"})
    return {"x.tsv": table(rows, decimal=",")}


_UNITS = {"mcs": "[MCS px]", "norm": "[MCS norm]", "media": "[DACS px]", "screen": "[DACS px]"}


def pro_lab_gaze(looks: Sequence[Look], where: str) -> dict[str, str | bytes]:
    """Return positions as in `vendor_files.pro_lab`; columns of other units stay empty."""
    rows: list[dict[str, object]] = []
    for saccade, s in _events(looks):
        x, y = _at(s)
        if where == "norm":
            x, y = x / WIDTH_PX, y / HEIGHT_PX
        elif where == "media":
            x, y = 2 * x + 3, 2 * y + 7
        elif where == "screen":
            x, y = x + LEFT_PX, y + TOP_PX
        row: dict[str, object] = {
            "Recording timestamp [μs]": s.time_ms * 1000,
            "Sensor": "Eye Tracker",
            "Participant name": s.participant,
            "Recording name": f"Recording of {s.participant}",
            "Recording resolution width": SCREEN_PX[0],
            "Recording resolution height": SCREEN_PX[1],
            "Average calibration accuracy [degrees]": 0.5,
            "Average calibration precision SD [degrees]": 0.25,
            "Presented Stimulus name": s.picture,
            "Eye movement type": "Fixation" if s.look else "Saccade",
            "Gaze event duration [ms]": int(s.look.duration_ms) if s.look else SAMPLE_MS,
            "Eye movement type index": s.number or saccade,
            "Validity left": "Valid" if s.look else "Invalid",
            "Validity right": "Invalid",
            "Pupil diameter left [mm]": PUPIL_MM,
            "Pupil diameter right [mm]": 9.5,
        }
        for name in ("[MCS px]", "[MCS norm]", "[DACS px]"):
            filled = name == _UNITS[where]
            row |= {f"Fixation point X {name}": x if filled and s.look else ""}
            row |= {f"Fixation point Y {name}": y if filled and s.look else ""}
            row |= {f"Gaze point X {name}": x if filled else ""}
            row |= {f"Gaze point Y {name}": y if filled else ""}
        if where == "media":
            row |= {"Presented Media position X [DACS px]": 3}
            row |= {"Presented Media position Y [DACS px]": 7}
            row |= {"Presented Media width": 2 * WIDTH_PX, "Presented Media height": 2 * HEIGHT_PX}
        rows.append(row)
        rows.append({"Recording timestamp [μs]": s.time_ms * 1000 + 1, "Sensor": "Gyroscope"})
    return {"x.tsv": "\ufeff" + table(rows)}


def pro_lab_glasses(looks: Sequence[Look]) -> dict[str, str | bytes]:
    """Return gaze on the video of the scene, and mapped to one snapshot for each picture."""
    pictures = list(dict.fromkeys(look.picture for look in looks))
    rows: list[dict[str, object]] = []
    for saccade, s in _events(looks):
        x, y = _at(s)
        kind, number = "Fixation" if s.look else "Saccade", s.number or saccade
        row: dict[str, object] = {
            "Recording timestamp": s.time_ms * 1000,
            "Sensor": "Eye Tracker",
            "Participant name": s.participant,
            "Recording name": f"Recording of {s.participant}",
            "Recording media name": "scenevideo.mp4",
            "Recording resolution width": 1920,
            "Recording resolution height": 1080,
            "Eye movement type": "Fixation",
            "Eye movement type index": 1,
            "Gaze event duration": 9999,
            "Validity left": "Valid",
            "Validity right": "Valid",
            "Pupil diameter left": PUPIL_MM,
            "Pupil diameter right": PUPIL_MM,
        }
        for name in ("Gaze point", "Fixation point"):
            row |= {f"{name} X": _NONSENSE_PX, f"{name} Y": _NONSENSE_PX}
        for picture in pictures:
            here = picture == s.picture
            fixed = here and s.look
            row |= {f"Mapped gaze data X [{picture}]": x if fixed else ""}
            row |= {f"Mapped gaze data Y [{picture}]": y if fixed else ""}
            row |= {f"Mapped eye movement type [{picture}]": kind if here else ""}
            row |= {f"Mapped eye movement type index [{picture}]": number if here else ""}
            row |= {f"Mapped fixation X [{picture}]": x if fixed else ""}
            row |= {f"Mapped fixation Y [{picture}]": y if fixed else ""}
            row |= {f"AOI hit [{picture} - cup]": int(bool(fixed))}
        rows.append(row)
        rows.append({"Recording timestamp": s.time_ms * 1000 + 1, "Sensor": "Gyroscope"})
    return {"x.tsv": "\ufeff" + table(rows)}


def gazepoint_gaze(looks: Sequence[Look]) -> dict[str, str | bytes]:
    rows: list[dict[str, object]] = []
    for count, s in enumerate(shown(looks)):
        x, y = _at(s)
        number = s.number or (rows[-1]["FPOGID"] if rows else 1)
        start_ms = s.time_ms
        if s.look and rows and rows[-1]["FPOGID"] == number and rows[-1]["FPOGV"] == 1:
            start_ms = round(float(str(rows[-1]["FPOGS"])) * 1000)
        rows.append(
            {
                "MEDIA_ID": 0 if s.picture == "a.png" else 1,
                "MEDIA_NAME": s.picture,
                "CNT": count,
                "TIME(2021/07/13 09:21:09.801)": s.time_ms / 1000,
                "TIMETICK(f=10000000)": 123456,
                "FPOGX": x / WIDTH_PX,
                "FPOGY": y / HEIGHT_PX,
                "FPOGS": start_ms / 1000,
                "FPOGD": (s.time_ms + SAMPLE_MS - start_ms) / 1000,
                "FPOGID": number,
                "FPOGV": int(s.look is not None),
                "BPOGX": x / WIDTH_PX,
                "BPOGY": y / HEIGHT_PX,
                "BPOGV": int(s.look is not None),
                "BKID": 7 if 5280 <= s.time_ms < 5320 else 0,
                "LPMM": PUPIL_MM,
                "LPMMV": 1,
                "RPMM": 0,
                "RPMMV": 0,
            }
        )
    return {"P1_all_gaze.csv": table(rows, ",").replace("\r\n", ",\r\n")}


def ogama_gaze(looks: Sequence[Look]) -> dict[str, str | bytes]:
    rows = [
        {
            "SubjectName": s.participant,
            "TrialID": 1,
            "TrialName": s.picture,
            "TrialSequence": 1,
            "Time": s.time_ms,
            "PupilDiaX": 17.5,
            "PupilDiaY": 17.5,
            "GazePosX": s.look.x_px if s.look else "",
            "GazePosY": s.look.y_px if s.look else "",
        }
        for s in shown(looks)
    ]
    text = table(rows, decimal=",").replace("\r\n", "\t\r\n")
    return {"x.txt": "# Contents: RawData of following Subjects:\r\n#\r\n" + text}


def smi_gaze(looks: Sequence[Look]) -> dict[str, str | bytes]:
    names = (
        "Time Type Trial L Dia X [px]|L POR X [px]|L POR Y [px]|R POR X [px]|R POR Y [px]|"
        "Timing|L Event Info|R Event Info|Stimulus"
    )
    header = names.replace("Time Type Trial ", "Time|Type|Trial|").replace("|", "\t")
    lines = [
        "## [BeGaze]",
        "## Sample Rate:\t50",
        "## Subject:\tP1",
        f"## Calibration Area:\t{SCREEN_PX[0]}\t{SCREEN_PX[1]}",
        "## Stimulus Dimension [mm]:\t474\t297",
        "## Head Distance [mm]:\t700",
        "##",
        header,
    ]
    zero, before, trial = 70_590_000_000, "", 0
    for s in shown(looks):
        time = zero + s.time_ms * 1000
        if s.picture != before:
            before, trial = s.picture, trial + 1
            lines.append(f"{time}\tMSG\t{trial}\t# Message: {s.picture}")
        x, y = (s.look.x_px + LEFT_PX, s.look.y_px + TOP_PX) if s.look else (0.0, 0.0)
        event = "Fixation" if s.look else "Saccade"
        place = f"{x:.2f}\t{y:.2f}\t0.00\t0.00"
        lines.append(f"{time}\tSMP\t{trial}\t17.50\t{place}\t0\t{event}\t-\t{s.picture}")
    return {"x.txt": "\n".join([*lines, ""])}


def _one(looks: Sequence[Look]) -> list[tuple[float, Sample]]:
    """Return the samples of one trial with their times in ms."""
    rows = shown(looks)
    return [(float(s.time_ms - rows[0].time_ms), s) for s in rows]


def core(looks: Sequence[Look]) -> dict[str, str | bytes]:
    gaze = [
        {
            "gaze_timestamp": -7.5 + t_ms / 1000,
            "world_index": k,
            "confidence": 0.99 if s.look else 0.2,
            "norm_pos_x": _at(s)[0] / WIDTH_PX,
            "norm_pos_y": 1 - _at(s)[1] / HEIGHT_PX,
            "base_data": "1-0 2-1",
        }
        for k, (t_ms, s) in enumerate(_one(looks))
    ]
    blink = {"id": 1, "start_timestamp": -7.25, "duration": 0.125, "end_timestamp": -7.125}
    fixations = [
        {
            "id": k,
            "start_timestamp": -7.5 + look.onset_ms / 1000,
            "duration": look.duration_ms,
            "start_frame_index": k,
            "norm_pos_x": look.x_px / WIDTH_PX,
            "norm_pos_y": 1 - look.y_px / HEIGHT_PX,
        }
        for k, look in enumerate(looks)
    ]
    return {
        "rec/exports/000/gaze_positions.csv": table(gaze, ","),
        "rec/exports/000/fixations.csv": table(fixations, ","),
        "rec/exports/000/blinks.csv": table([blink | {"filter_response": "0.5 0.25"}], ","),
        "rec/exports/000/world_timestamps.csv": "timestamps\n-7.5\n",
    }


def surface(looks: Sequence[Look]) -> dict[str, str | bytes]:
    gaze = [
        {
            "world_timestamp": -7.5 + t_ms / 1000,
            "world_index": k,
            "gaze_timestamp": -7.5 + t_ms / 1000,
            "x_norm": _at(s)[0] / WIDTH_PX,
            "y_norm": 1 - _at(s)[1] / HEIGHT_PX,
            "x_scaled": 1.5,
            "y_scaled": 1.5,
            "on_surf": True,
            "confidence": 0.99 if s.look else 0.2,
        }
        for k, (t_ms, s) in enumerate(_one(looks))
    ]
    name = "rec/exports/000/surfaces/gaze_positions_on_surface_cover.csv"
    return {name: table(gaze, ",")}


def cloud(looks: Sequence[Look], kind: str) -> dict[str, str | bytes]:
    """Return the files of a "scene", a "surface" or a "reference" image."""
    zero_ns = 1_685_088_813_175_076_015
    recorded = {"section id": "s-1", "recording id": looks[0].participant}
    x_name, y_name = {
        "scene": ("gaze x [px]", "gaze y [px]"),
        "surface": tuple(f"gaze position on surface {a} [normalized]" for a in "xy"),
        "reference": tuple(f"gaze position in reference image {a} [px]" for a in "xy"),
    }[kind]
    scale = (WIDTH_PX, HEIGHT_PX) if kind == "surface" else (1, 1)
    gaze = [
        {
            **recorded,
            "timestamp [ns]": zero_ns + round(t_ms * 1e6),
            x_name: s.look.x_px / scale[0] if s.look else "",
            y_name: s.look.y_px / scale[1] if s.look else "",
            "fixation id": s.number or "",
            "blink id": "",
        }
        for t_ms, s in _one(looks)
    ]
    events: dict[str, list[dict[str, object]]] = {"fixation": [], "saccade": [], "blink": []}
    for number, look in enumerate(looks, 1):
        start_ns = zero_ns + round(look.onset_ms * 1e6)
        times = {
            **recorded,
            "start timestamp [ns]": start_ns,
            "end timestamp [ns]": start_ns + round(look.duration_ms * 1e6),
            "duration [ms]": round(look.duration_ms),
        }
        unit = "normalized" if kind == "surface" else "px"
        place = {
            f"fixation x [{unit}]": look.x_px / scale[0],
            f"fixation y [{unit}]": look.y_px / scale[1],
        }
        seen = {"fixation detected in reference image": True} if kind == "reference" else {}
        events["fixation"].append({**times, "fixation id": number, **place, **seen})
        moved = {"amplitude [px]": 90.5, "amplitude [deg]": 5.5, "peak velocity [px/s]": 3000.5}
        events["saccade"].append({**times, "saccade id": number, **moved})
        events["blink"].append({**times, "blink id": number})
    folder = {"scene": "timeseries", "surface": "cover", "reference": "mapped"}[kind]
    files: dict[str, str | bytes] = {
        f"{folder}/{name}s.csv": table(rows, ",") for name, rows in events.items()
    }
    return files | {f"{folder}/gaze.csv": table(gaze, ",")}


def tobii_sdk(looks: Sequence[Look]) -> dict[str, str | bytes]:
    rows = [
        {
            "Time": 2_619_771_723 + round(t_ms * 1000),
            "LGazePos2dx": s.look.x_px / SCREEN_PX[0] if s.look else -1.0,
            "LGazePos2dy": s.look.y_px / SCREEN_PX[1] if s.look else -1.0,
            "LPupilDm": PUPIL_MM if s.look else -1.0,
            "LValidity": 0 if s.look else 4,
            "RGazePos2dx": -1.0,
            "RGazePos2dy": -1.0,
            "RPupilDm": -1.0,
            "RValidity": 4,
            "RelTimestamp": t_ms,
        }
        for t_ms, s in _one(looks)
    ]
    return {"x.tsv": table(rows)}


def tobii_glasses(looks: Sequence[Look]) -> dict[str, str | bytes]:
    lines: list[dict[str, object]] = [{"ts": 84_000_000, "s": 0, "ac": [0.2, -9.8, -0.3]}]
    for number, (t_ms, s) in enumerate(_one(looks), 100):
        ts = 84_415_010 + round(t_ms * 1000)
        status = 0 if s.look else 1
        same = {"ts": ts, "s": status, "gidx": number}
        lines += [{**same, "pd": PUPIL_MM, "eye": eye} for eye in ("left", "right")]
        x, y = _at(s)
        place = [x / WIDTH_PX, y / HEIGHT_PX]
        lines += [{**same, "l": 6, "gp": place}, {**same, "gp3": [7.5, 10.5, 971.5]}]
    lines.insert(9, {"ts": 84_500_000, "s": 0, "vts": 0})
    text = "\n".join(json.dumps(line) for line in lines) + "\n"
    return {"P1/segments/1/livedata.json.gz": gzip.compress(text.encode(), mtime=0)}


def gazeparser(looks: Sequence[Look]) -> dict[str, str | bytes]:
    lines = [
        "#SimpleGazeTrackerDataFile",
        "#DATAFORMAT,T,X,Y,P",
        f"#SCREEN_WIDTH,{SCREEN_PX[0]}",
        f"#SCREEN_HEIGHT,{SCREEN_PX[1]}",
        "#DOTS_PER_CENTIMETER_H,37.7",
        "#DOTS_PER_CENTIMETER_V,37.7",
        "#VIEWING_DISTANCE,57.3",
        "#SCREEN_ORIGIN,BottomLeft",
        "#RECORDED_EYE,L",
    ]
    for picture, of_one in groupby(shown(looks), key=lambda s: s.picture):
        rows = list(of_one)
        lines.append("#START_REC,2026,10,3,21,24,51")
        for s in rows:
            t_ms = s.time_ms - rows[0].time_ms + 100
            if s.look:
                y = SCREEN_PX[1] - (s.look.y_px + TOP_PX)
                lines.append(f"{t_ms}.000,{s.look.x_px + LEFT_PX},{y},132.1")
            else:
                lines.append(f"{t_ms}.000,NOPURKINJE,NOPURKINJE,FAIL")
        lines += ["#MESSAGE,0,begin", f"#MESSAGE,100.0,{picture}", "#STOP_REC"]
    return {"P1.csv": "\n".join([*lines, ""])}


def _named(picture: str, participant: str) -> tuple[Look, ...]:
    """Return what one person looks at in one picture, under another name."""
    return tuple(
        replace(look, picture=picture, participant=participant)
        for look in LOOKS
        if (look.participant, look.picture) == ("P1", "a.png")
    )


_P1 = tuple(look for look in LOOKS if look.participant == "P1")

GAZE_CASES = {
    "Studio": GazeCase("tobii-studio", "x.tsv", tobii_studio_gaze, pupil_unit="mm"),
    **{
        f"Pro Lab {where}": GazeCase(
            "tobii-pro-lab",
            "x.tsv",
            lambda looks, where=where: pro_lab_gaze(looks, where),  # type: ignore[misc]
            pupil_unit="mm",
        )
        for where in _UNITS
    },
    "Pro Lab glasses": GazeCase("tobii-pro-lab", "x.tsv", pro_lab_glasses, _P1, pupil_unit="mm"),
    "Gazepoint": GazeCase("gazepoint", "P1_all_gaze.csv", gazepoint_gaze, _P1, pupil_unit="mm"),
    "OGAMA": GazeCase("ogama-raw", "x.txt", ogama_gaze, eye="", pupil_unit="diameter"),
    "SMI": GazeCase("smi-raw", "x.txt", smi_gaze, _P1, "left", "diameter"),
    "Core": GazeCase("pupil-core", "rec/exports/000", core, _named("scene", "rec"), eye=""),
    "Core surface": GazeCase(
        "pupil-surface", "rec/exports/000", surface, _named("cover", "rec"), eye=""
    ),
    "Neon": GazeCase(
        "pupil-scene", "timeseries", lambda k: cloud(k, "scene"), _named("scene", "P1")
    ),
    "Marker mapper": GazeCase(
        "pupil-marker-mapper", "cover", lambda k: cloud(k, "surface"), _named("cover", "P1")
    ),
    "Reference image": GazeCase(
        "pupil-reference-image",
        "mapped",
        lambda k: cloud(k, "reference"),
        _named("reference_image", "P1"),
    ),
    "Glasses 2": GazeCase(
        "tobii-glasses-2",
        "P1/segments/1/livedata.json.gz",
        tobii_glasses,
        _named("scene", "P1"),
        pupil_unit="mm",
    ),
    "GazeParser": GazeCase("gazeparser", "P1.csv", gazeparser, _P1, eye="left"),
}
"""Every format of samples whose positions can be put on a picture, by what a test calls it."""

ALL_GAZE = {
    **GAZE_CASES,
    "Tobii SDK": GazeCase("tobii-sdk", "x.tsv", tobii_sdk, _named("x", "x"), "left", "mm"),
}


def as_arrays(rows: list[list[float]]) -> np.ndarray:
    """Return t_ms, x_px and y_px, (3, n)."""
    return np.array(rows).T
