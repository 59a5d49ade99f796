"""Made-up exports of eye trackers' programs: one small recording, written in each format.

Two people look at two pictures of 200 x 100 pixels, shown in the middle of a screen of
400 x 300 pixels.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from gazelab.data.image import opencv

WIDTH_PX, HEIGHT_PX = 200, 100
SCREEN_PX = (400, 300)
LEFT_PX, TOP_PX = 100, 100
SAMPLE_MS = 20
CLOCK_MS = 5000
"""What the clock of the tracker shows when the first picture comes on."""


@dataclass(frozen=True)
class Look:
    """One fixation on a picture."""

    participant: str
    picture: str
    onset_ms: float
    duration_ms: float
    x_px: float
    y_px: float


LOOKS = (
    Look("P1", "a.png", 80, 200, 20.5, 30.25),
    Look("P1", "a.png", 320, 240, 150.0, 75.5),
    Look("P1", "a.png", 600, 100, 205.5, 50.0),
    Look("P1", "b.png", 40, 160, 10.0, 12.5),
    Look("P2", "b.png", 60, 300, 99.5, 49.25),
    Look("P2", "b.png", 400, 120, 0.5, 99.5),
)


@dataclass(frozen=True)
class Case:
    """One way of writing the recording.

    name : of the file. write : LOOKS -> its content. looks : what of the recording the format
        can hold, in the words it has for it. from_first : it has no onsets of pictures.
    """

    reader: str
    name: str
    write: Callable[[Sequence[Look]], bytes | str]
    looks: tuple[Look, ...] = LOOKS
    from_first: bool = False

    def file(self, folder: Path) -> Path:
        """Write the file and return its path."""
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = self.write(self.looks)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def expected(self) -> list[Look]:
        """What is to be read."""
        first: dict[tuple[str, str], float] = {}
        for look in self.looks:
            first.setdefault((look.participant, look.picture), look.onset_ms * self.from_first)
        return [
            replace(look, onset_ms=look.onset_ms - first[look.participant, look.picture])
            for look in self.looks
        ]


def pictures(folder: Path, *names: str) -> Path:
    """Write pictures of the size all looks are on, and return their folder."""
    folder.mkdir()
    for name in names:
        opencv().imwrite(str(folder / name), np.full((HEIGHT_PX, WIDTH_PX, 3), len(name), np.uint8))
    return folder


def table(rows: Iterable[dict[str, object]], delimiter: str = "\t", decimal: str = ".") -> str:
    """Return rows as text; a column that a row lacks is empty."""
    rows = list(rows)
    header = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        cells = [row.get(name, "") for name in header]
        writer.writerow(
            [str(c).replace(".", decimal) if isinstance(c, float) else c for c in cells]
        )
    return buffer.getvalue()


@dataclass(frozen=True)
class Sample:
    """One row of an export of samples. number : of the fixation; look : None between them."""

    participant: str
    picture: str
    time_ms: int
    number: int
    look: Look | None


def samples(looks: Sequence[Look]) -> Iterator[Sample]:
    """Yield samples every 20 ms: for each person a blank, then the pictures one by one."""
    for participant, of_one in groupby(looks, key=lambda look: look.participant):
        clock_ms, number = CLOCK_MS, 0
        yield Sample(participant, "", clock_ms - SAMPLE_MS, 0, None)
        for picture, of_both in groupby(of_one, key=lambda look: look.picture):
            shown = list(of_both)
            number_of = {look: number + k for k, look in enumerate(shown, 1)}
            number += len(shown)
            end_ms = int(shown[-1].onset_ms + shown[-1].duration_ms) + SAMPLE_MS
            for time_ms in range(0, end_ms, SAMPLE_MS):
                now = [k for k in shown if 0 <= time_ms - k.onset_ms < k.duration_ms]
                look = now[0] if now else None
                number_now = number_of[look] if look else 0
                yield Sample(participant, picture, clock_ms + time_ms, number_now, look)
            clock_ms += end_ms


def tobii_studio(looks: Sequence[Look], decimal: str = ",") -> str:
    rows = []
    for s in samples(looks):
        row: dict[str, object] = {
            "StudioTestName": "Test",
            "ParticipantName": s.participant,
            "RecordingName": f"Rec {s.participant}",
            "MediaName": s.picture,
            "RecordingTimestamp": s.time_ms,
            "FixationIndex": s.number or "",
            "GazeEventType": "Fixation" if s.look else "Saccade",
            "GazeEventDuration": int(s.look.duration_ms) if s.look else SAMPLE_MS,
            "FixationPointX (MCSpx)": s.look.x_px if s.look else "",
            "FixationPointY (MCSpx)": s.look.y_px if s.look else "",
            "AOI[a]Hit": "",
        }
        rows.append(row)
    return "\ufeff" + table(rows, decimal=decimal)


def pro_lab(
    looks: Sequence[Look], where: str = "mcs", time: str = "Recording timestamp", per_ms: int = 1000
) -> str:
    """Return an export with positions on the media, as its fractions, or on the screen.

    where : "mcs", "norm", "media" (screen, and where the picture was) or "screen".
    """
    rows: list[dict[str, object]] = []
    for s in samples(looks):
        row: dict[str, object] = {
            time: s.time_ms * per_ms,
            "Sensor": "Eye Tracker",
            "Participant name": s.participant,
            "Recording name": f"Recording of {s.participant}",
            "Recording resolution width": SCREEN_PX[0],
            "Recording resolution height": SCREEN_PX[1],
            "Presented Stimulus name": s.picture or "Eyetracker Calibration",
            "Eye movement type": "Fixation" if s.look else "EyesNotFound",
            "Gaze event duration [ms]": int(s.look.duration_ms) if s.look else SAMPLE_MS,
            "Eye movement type index": s.number or 7,
        }
        rows.append(row | _pro_lab_position(s.look, where))
        rows.append({time: s.time_ms * per_ms + 1, "Sensor": "Mouse"})
    return table(rows)


def _pro_lab_position(look: Look | None, where: str) -> dict[str, object]:
    x, y = (look.x_px, look.y_px) if look else (0.0, 0.0)
    shown = {
        "mcs": ("[MCS px]", x, y),
        "norm": ("[MCS norm]", x / WIDTH_PX, y / HEIGHT_PX),
        "media": ("[DACS px]", 2 * x + 3, 2 * y + 7),
        "screen": ("", x + LEFT_PX, y + TOP_PX),
    }[where]
    values = shown[1:] if look else ("", "")
    found = {f"Fixation point {a} {shown[0]}": v for a, v in zip("XY", values, strict=True)}
    if where == "media":
        found |= {"Presented Media position X [DACS px]": 3}
        found |= {"Presented Media position Y [DACS px]": 7}
        found |= {"Presented Media width": 2 * WIDTH_PX, "Presented Media height": 2 * HEIGHT_PX}
    return found


def smi_statistics(looks: Sequence[Look]) -> str:
    rows: list[dict[str, object]] = []
    for look in looks:
        start = look.onset_ms
        row: dict[str, object] = {
            "Participant": look.participant,
            "Stimulus": look.picture,
            "AOI Name": "-",
        }
        times = ("Event Start Trial Time [ms]", "Event End Trial Time [ms]")
        fixation = dict(zip(times, (start, start + look.duration_ms), strict=True))
        saccade = dict(zip(times, (start + look.duration_ms, start + 999), strict=True))
        place = {"Fixation Position X [px]": look.x_px, "Fixation Position Y [px]": look.y_px}
        rows.append(row | {"Category": "Visual Intake"} | fixation | place)
        rows.append(row | {"Category": "Saccade"} | saccade)
    return table(rows)


def smi_events(looks: Sequence[Look]) -> str:
    lines = [
        "[BeGaze]",
        "## Subject:\tP1",
        f"## Calibration Area:\t{SCREEN_PX[0]}\t{SCREEN_PX[1]}",
        "",
        "Table Header for Fixations:",
        "Event Type\tTrial\tNumber\tStart\tEnd\tDuration\tLocation X\tLocation Y\tPlane",
        "Table Header for Saccades:",
        "Event Type\tTrial\tNumber\tStart\tEnd\tDuration",
        "",
    ]
    for trial, (picture, shown) in enumerate(groupby(looks, key=lambda look: look.picture), 1):
        zero = 70_590_000_000 + trial * 5_000_000
        lines.append(f"UserEvent\t{trial}\t1\t{zero}\t# Message: {picture}")
        for number, look in enumerate(shown, 1):
            start, length = zero + int(look.onset_ms * 1000), int(look.duration_ms * 1000)
            times = f"{start}\t{start + length}\t{length}"
            place = f"{look.x_px + LEFT_PX}\t{look.y_px + TOP_PX}\t-1"
            lines.append(f"Fixation L\t{trial}\t{number}\t{times}\t{place}")
            if number == 1:
                lines.append(f"Fixation R\t{trial}\t{number}\t{times}\t{place}")
            lines.append(f"Saccade L\t{trial}\t{number}\t{start + length}\t{start + length}\t0")
    return "\n".join([*lines, ""])


def pupil_core(looks: Sequence[Look]) -> str:
    rows = [
        {
            "id": k,
            "start_timestamp": -7.5 + look.onset_ms / 1000,
            "duration": float(look.duration_ms),
            "start_frame_index": k,
            "end_frame_index": k + 2,
            "norm_pos_x": look.x_px / WIDTH_PX,
            "norm_pos_y": 1 - look.y_px / HEIGHT_PX,
            "base_data": "1.0 2.0 3.0",
        }
        for k, look in enumerate(looks)
    ]
    return table(rows, ",")


def pupil_surface(looks: Sequence[Look]) -> str:
    rows = [
        {
            "world_timestamp": 1.5 + frame,
            "world_index": frame,
            "fixation_id": k,
            "start_timestamp": 329367.5 + look.onset_ms / 1000,
            "duration": float(look.duration_ms),
            "norm_pos_x": look.x_px / WIDTH_PX + shift,
            "norm_pos_y": 1 - look.y_px / HEIGHT_PX - shift,
            "on_surf": shift == 0,
        }
        for k, look in enumerate(looks)
        for frame, shift in ((2 * k, -0.125), (2 * k + 1, 0.125), (2 * k + 2, 0.0))
    ]
    return table(rows, ",")


def pupil_cloud(looks: Sequence[Look], kind: str) -> str:
    """Return fixations on a "surface", in a "reference" image or in the "scene"."""
    zero_ns, rows = 1_685_088_813_175_076_015, []
    for k, look in enumerate(looks, 1):
        start_ns = zero_ns + int(look.onset_ms * 1_000_000)
        row: dict[str, object] = {
            "section id": "s",
            "recording id": look.participant,
            "fixation id": k,
            "start timestamp [ns]": start_ns,
            "end timestamp [ns]": start_ns + int(look.duration_ms * 1_000_000),
            "duration [ms]": int(look.duration_ms),
        }
        if kind == "surface":
            row |= {"fixation detected on surface": True}
            row |= {"fixation x [normalized]": look.x_px / WIDTH_PX}
            row |= {"fixation y [normalized]": look.y_px / HEIGHT_PX}
        else:
            row |= {"fixation detected in reference image": True} if kind == "reference" else {}
            row |= {"fixation x [px]": look.x_px, "fixation y [px]": look.y_px}
        rows.append(row)
    return table(rows, ",")


def gazepoint(looks: Sequence[Look]) -> str:
    """Return one row for each fixation."""
    rows: list[dict[str, object]] = []
    for k, look in enumerate(looks, 1):
        rows.append(
            {
                "MEDIA_ID": "0" if look.picture == "a.png" else "1",
                "MEDIA_NAME": look.picture,
                "CNT": k,
                "TIME(2021/07/13 09:21:09.801)": 1.0 + (look.onset_ms + look.duration_ms) / 1000,
                "TIMETICK(f=10000000)": 123456,
                "FPOGX": look.x_px / WIDTH_PX,
                "FPOGY": look.y_px / HEIGHT_PX,
                "FPOGS": 1.0 + look.onset_ms / 1000,
                "FPOGD": look.duration_ms / 1000,
                "FPOGID": k,
                "FPOGV": 1,
            }
        )
    return table(rows, ",").replace("\r\n", ",\r\n")


def ogama(looks: Sequence[Look]) -> str:
    rows = [
        {
            "ID": k,
            "SubjectName": look.participant,
            "TrialID": 1,
            "TrialSequence": 1,
            "CountInTrial": k,
            "StartTime": int(look.onset_ms),
            "Length": int(look.duration_ms),
            "PosX": look.x_px,
            "PosY": look.y_px,
            "Trial Name": look.picture.removesuffix(".png"),
        }
        for k, look in enumerate(looks)
    ]
    preamble = (
        "# File: f.txt\r\n# with: OGAMA Version 5.1\r\n# Contents: GazeFixations table.\r\n#\r\n"
    )
    return preamble + table(rows, decimal=",").replace("\r\n", "\t\r\n")


def coco_search(looks: Sequence[Look]) -> str:
    entries = []
    for (subject, name), of_one in groupby(looks, key=lambda k: (k.participant, k.picture)):
        shown = list(of_one)
        entries.append(
            {
                "name": name,
                "subject": int(subject[1:]),
                "X": [look.x_px for look in shown],
                "Y": [look.y_px for look in shown],
                "T": [look.duration_ms for look in shown],
                "length": len(shown),
            }
        )
    return json.dumps(entries)


def _one(picture: str, participant: str) -> tuple[Look, ...]:
    return tuple(
        replace(look, picture=picture, participant=participant)
        for look in LOOKS
        if (look.participant, look.picture) == ("P1", "a.png")
    )


def _without_gaps(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return the looks as a format without onsets has them."""
    found: list[Look] = []
    for _, of_one in groupby(looks, key=lambda k: (k.participant, k.picture)):
        onset_ms = 0.0
        for look in of_one:
            number = look.participant.removeprefix("P")
            found.append(replace(look, onset_ms=onset_ms, participant=number))
            onset_ms += look.duration_ms
    return tuple(found)


def _numbered(looks: Sequence[Look]) -> str:
    return coco_search([replace(look, participant=f"P{look.participant}") for look in looks])


_P1 = tuple(look for look in LOOKS if look.participant == "P1")
_ONE_PICTURE = tuple(
    replace(look, picture="cover.png") for look in LOOKS if look.picture == "b.png"
)

CASES = {
    "Studio": Case("tobii-studio", "x.tsv", tobii_studio),
    "Pro Lab": Case("tobii-pro-lab", "x.tsv", pro_lab),
    "Pro Lab ms": Case(
        "tobii-pro-lab", "x.tsv", lambda k: pro_lab(k, "mcs", "Recording timestamp [ms]", 1)
    ),
    "Pro Lab fractions": Case("tobii-pro-lab", "x.tsv", lambda k: pro_lab(k, "norm")),
    "Pro Lab media": Case("tobii-pro-lab", "x.tsv", lambda k: pro_lab(k, "media")),
    "Pro Lab screen": Case("tobii-pro-lab", "x.tsv", lambda k: pro_lab(k, "screen")),
    "SMI statistics": Case("smi-statistics", "x.txt", smi_statistics),
    "SMI events": Case("smi-events", "x.txt", smi_events, _P1),
    "Pupil Core": Case(
        "pupil-core", "rec/exports/000/fixations.csv", pupil_core, _one("scene.png", "rec"), True
    ),
    "Pupil surface": Case(
        "pupil-surface",
        "rec/exports/000/surfaces/fixations_on_surface_cover.csv",
        pupil_surface,
        _one("cover.png", "rec"),
        True,
    ),
    "Pupil marker mapper": Case(
        "pupil-marker-mapper",
        "cover/fixations.csv",
        lambda k: pupil_cloud(k, "surface"),
        _ONE_PICTURE,
        True,
    ),
    "Pupil reference image": Case(
        "pupil-reference-image",
        "fixations.csv",
        lambda k: pupil_cloud(k, "reference"),
        _one("reference_image.png", "P1"),
        True,
    ),
    "Pupil scene": Case(
        "pupil-scene",
        "fixations.csv",
        lambda k: pupil_cloud(k, "scene"),
        _one("scene.png", "P1"),
        True,
    ),
    "Gazepoint": Case("gazepoint", "P1_fixations.csv", gazepoint, _P1, True),
    "OGAMA": Case("ogama", "x.txt", ogama),
    "COCO-Search": Case("coco-search", "x.json", _numbered, _without_gaps(LOOKS)),
}
"""Every kind of export, by what a test calls it."""
