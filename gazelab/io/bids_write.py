"""Write recordings as a BIDS 1.11 eye tracking data set; only the content of its files.

Positions are written in pixels of the stimulus, as the project has them. BIDS has no word for
that: the sidecar says `custom`, describes it, and tells it to GazeLab in `CoordinateContract`.
On an empty screen, pixels of the stimulus are those of the screen: `gaze-on-screen`.
"""

import csv
import gzip
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from gazelab import __version__
from gazelab.data.attributes import NOTHING_KNOWN, Attributes
from gazelab.data.gaze import Exclusion, Scanpath, Vector
from gazelab.data.geometry import Screen
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.io.bids_columns import EVENTS, FOUND, STIMULUS, described
from gazelab.io.bids_gaze import CONTRACT, EYES, PUPIL, TIME, X, Y
from gazelab.io.bids_layout import Run, Trial, runs_of
from gazelab.io.groups import rate_of

_VERSION = "1.11.0"
_MISSING = "n/a"
_LEVEL = 6
_SOME_ROWS = 20_000
_OTHER_EYES = {name: eye for eye, name in EYES.items()}


@dataclass(frozen=True, slots=True, eq=False)
class BidsContent:
    """What a data set is made of.

    name : of the data set. stimuli : by id, those that were looked at. task : in one word.
    screen : on which they were shown. attributes : of participants.
    """

    name: str
    recordings: Sequence[Recording]
    scanpaths: Sequence[Scanpath] = ()
    events: Sequence[Events] = ()
    stimuli: Mapping[str, Stimulus] = field(default_factory=dict)
    screen: Screen = Screen()
    task: str = "viewing"
    attributes: Attributes = NOTHING_KNOWN


def bids_files(content: BidsContent) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each file of the data set, with forward slashes, and its content.

    The same recordings give the same bytes. Trials without samples are left out and counted in
    the README.
    """
    runs = runs_of(content.recordings, content.scanpaths, content.events)
    task = _label(content.task) or "viewing"
    labels = _labels(run.participant for run in runs)
    yield "dataset_description.json", _json(_description(content))
    yield "README", _readme(content, runs).encode()
    yield from _participants(labels, content.attributes)
    yield f"task-{task}_events.json", _json(_events_sidecar(content.screen))
    several: dict[str, int] = {}
    for run in runs:
        several[run.participant] = several.get(run.participant, 0) + 1
    numbers = dict.fromkeys(several, 0)
    for run in runs:
        numbers[run.participant] += 1
        sub = f"sub-{labels[run.participant]}"
        acquisition = f"_acq-{numbers[run.participant]}" if several[run.participant] > 1 else ""
        yield from _run_files(f"{sub}/beh/{sub}_task-{task}{acquisition}", run, content)


def _run_files(stem: str, run: Run, content: BidsContent) -> Iterator[tuple[str, bytes]]:
    eye = f"{stem}_recording-eye1"
    yield f"{eye}_physio.tsv.gz", _gz(_rows(_samples(run)))
    yield f"{eye}_physio.json", _json(_samples_sidecar(run, content.stimuli))
    found = _found(run)
    if found["onset"]:
        yield f"{eye}_physioevents.tsv.gz", _gz(_rows(found))
        yield f"{eye}_physioevents.json", _json(_found_sidecar())
    shown = _shown(run, content.stimuli)
    yield f"{stem}_events.tsv", _table(list(shown), zip(*shown.values(), strict=True))


def _samples(run: Run) -> dict[str, list[str]]:
    recordings = [trial.recording for trial in run.trials]
    columns = {
        TIME: [trial.zero_ms + trial.recording.t_ms for trial in run.trials],
        X: [recording.x_px for recording in recordings],
        Y: [recording.y_px for recording in recordings],
    }
    pupils = [recording.pupil for recording in recordings if recording.pupil is not None]
    if pupils:
        columns[PUPIL] = pupils
    return {name: _numbers(np.concatenate(parts)) for name, parts in columns.items()}


def _samples_sidecar(run: Run, stimuli: Mapping[str, Stimulus]) -> dict[str, Any]:
    first, recordings = run.first, [trial.recording for trial in run.trials]
    rate_hz = first.rate_hz if first.rate_hz > 0 else rate_of(first.t_ms)
    errors_deg = {recording.accuracy_deg for recording in recordings}
    empty = all(r.stimulus in stimuli and not stimuli[r.stimulus].has_picture for r in recordings)
    what = "the screen" if empty else "the picture that was looked at, in its own size"
    clock = "the source" if run.own_clock else "this file, in which trials follow one another"
    sidecar: dict[str, Any] = {
        "SamplingFrequency": _MISSING if math.isnan(rate_hz) else rate_hz,
        "StartTime": 0.0,
        "Columns": [TIME, X, Y],
        "PhysioType": "eyetrack",
        "RecordedEye": _OTHER_EYES.get(first.eye, _MISSING),
        "SampleCoordinateSystem": "gaze-on-screen" if empty else "custom",
        CONTRACT: {"positions": "stimulus px", "origin": "top-left", "base": 0},
        TIME: {"Description": f"Time in the clock of {clock}.", "Units": "ms"},
        X: {"Description": f"Pixels of {what}, from its left edge.", "Units": "pixel"},
        Y: {"Description": f"Pixels of {what}, from its upper edge down.", "Units": "pixel"},
    }
    if len(errors_deg) == 1 and not math.isnan(first.accuracy_deg):
        sidecar["AverageCalibrationError"] = first.accuracy_deg
    if first.pupil is not None:
        sidecar["Columns"].append(PUPIL)
        units = {"Units": first.pupil_unit} if first.pupil_unit else {}
        sidecar[PUPIL] = {"Description": "Size of the pupil.", **units}
    return sidecar


def _found(run: Run) -> dict[str, list[str]]:
    """Return the columns of what was found in the samples, by onset."""
    columns: dict[str, list[str]] = {name: [] for name in FOUND}
    onsets: list[float] = []
    for trial in run.trials:
        for item in trial.found:
            _add_found(columns, trial, item)
            onsets += (trial.zero_ms + item.onset_ms).tolist()
    order = np.argsort(np.array(onsets), kind="stable").tolist()
    return {name: [cells[k] for k in order] for name, cells in columns.items()}


def _add_found(columns: dict[str, list[str]], trial: Trial, item: Scanpath | Events) -> None:
    size = len(item)
    kind = item.kind if isinstance(item, Events) else "fixation"
    cells = {
        "onset": _numbers(trial.zero_ms + item.onset_ms),
        "duration": _numbers(item.duration_ms),
        "trial_type": [kind] * size,
        "blink": ["1" if kind == "blink" else "0"] * size,
        "source": [item.origin.reader or _MISSING] * size,
    }
    if isinstance(item, Scanpath):
        cells |= {X: _numbers(item.x_px), Y: _numbers(item.y_px)}
        flags = map(Exclusion, item.exclusion.tolist())
        cells["excluded"] = [flag.reason if flag else _MISSING for flag in flags]
    else:
        for name, values in (
            ("amplitude_deg", item.amplitude_deg),
            ("peak_velocity_deg_s", item.peak_velocity_deg_s),
        ):
            cells[name] = _numbers(values) if values is not None else [_MISSING] * size
    for name, column in columns.items():
        column += cells.get(name, [_MISSING] * size)


def _found_sidecar() -> dict[str, Any]:
    return {"Columns": list(FOUND), "OnsetSource": TIME, **described(FOUND)}


def _shown(run: Run, stimuli: Mapping[str, Stimulus]) -> dict[str, list[str]]:
    """Return the columns of the trials of a run."""
    recordings = [trial.recording for trial in run.trials]
    zeros_s = [(trial.zero_ms - run.start_ms) / 1000 for trial in run.trials]
    names = [recording.stimulus for recording in recordings]
    pictured = [name not in stimuli or stimuli[name].has_picture for name in names]
    files = [
        name if has_picture else _MISSING for name, has_picture in zip(names, pictured, strict=True)
    ]
    return {
        "onset": _numbers(zeros_s),
        "duration": _numbers([trial.end_ms / 1000 for trial in run.trials]),
        "trial_type": [STIMULUS] * len(names),
        "stim_file": files,
        "stimulus": names,
        "trial": [recording.trial for recording in recordings],
        "lead_in": _numbers([abs(trial.begin_ms) / 1000 for trial in run.trials]),
        "accuracy_deg": _numbers([recording.accuracy_deg for recording in recordings]),
        "precision_deg": _numbers([recording.precision_deg for recording in recordings]),
        "px_per_deg": _numbers([recording.px_per_deg for recording in recordings]),
    }


def _events_sidecar(screen: Screen) -> dict[str, Any]:
    """Return the description of the columns of events, and of the screen."""
    sidecar = described(EVENTS)
    if screen.has_size:
        size_m = [_known(screen.width_mm / 1000), _known(screen.height_mm / 1000)]
        sidecar["StimulusPresentation"] = {
            "ScreenDistance": _known(screen.distance_mm / 1000),
            "ScreenOrigin": ["top", "left"],
            "ScreenResolution": [int(screen.width_px), int(screen.height_px)],
            "ScreenSize": _MISSING if _MISSING in size_m else size_m,
        }
    return sidecar


def _known(value: float) -> float | str:
    return _MISSING if math.isnan(value) else value


def _description(content: BidsContent) -> dict[str, Any]:
    return {
        "Name": content.name,
        "BIDSVersion": _VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "GazeLab", "Version": __version__}],
    }


def _readme(content: BidsContent, runs: Sequence[Run]) -> str:
    written = {trial.recording.key for run in runs for trial in run.trials}
    found = {path.key for path in content.scanpaths}
    found |= {item.trial_key for item in content.events}
    found |= {recording.key for recording in content.recordings}
    return (
        f"{content.name}\n\nGaze samples of {len(written):,} trials, written by GazeLab "
        f"{__version__}.\n\nPositions are pixels of the picture that was looked at; pictures are "
        f"named in the events, and not part of this data set. {len(found - written):,} trials "
        "without gaze samples are left out, since BIDS keeps fixations beside their samples.\n"
    )


def _participants(labels: Mapping[str, str], known: Attributes) -> Iterator[tuple[str, bytes]]:
    rows = (
        (f"sub-{label}", name, *(known.value(name, column) or _MISSING for column in known.names))
        for name, label in labels.items()
    )
    yield "participants.tsv", _table(["participant_id", "source_name", *known.names], rows)
    told = "As the researcher told it."
    words = {"source_name": {"Description": "Name of the participant in the source."}}
    yield "participants.json", _json(words | {n: {"Description": told} for n in known.names})


def _labels(participants: Iterable[str]) -> dict[str, str]:
    """Return a label of letters and digits for each participant, all different."""
    labels: dict[str, str] = {}
    for participant in dict.fromkeys(participants):
        stem = _label(participant) or "unnamed"
        label, number = stem, 1
        taken = {other.casefold() for other in labels.values()}
        while label.casefold() in taken:
            number += 1
            label = f"{stem}x{number}"
        labels[participant] = label
    return labels


def _label(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", name)


def _numbers(values: Vector | Sequence[float]) -> list[str]:
    """Return numbers as the shortest text that is read as the same number."""
    listed = np.asarray(values, np.float64).tolist()
    return [repr(value) if math.isfinite(value) else _MISSING for value in listed]


def _rows(columns: Mapping[str, list[str]]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    pieces = []
    while some := list(islice(rows, _SOME_ROWS)):  # piecewise, so that other threads get on
        pieces.append("\n".join(map("\t".join, some)) + "\n")
    return "".join(pieces).encode()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _gz(data: bytes) -> bytes:
    """Return data as gzip, without the time and name that would differ every time."""
    zipped = io.BytesIO()
    with gzip.GzipFile(
        filename="", mode="wb", compresslevel=_LEVEL, fileobj=zipped, mtime=0
    ) as file:
        file.write(data)
    return zipped.getvalue()


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
