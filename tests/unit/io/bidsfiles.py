"""BIDS data sets written from the description of the format, for tests of its reader."""

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

BOM = b"\xef\xbb\xbf"
SCREEN = {
    "ScreenDistance": 0.6,
    "ScreenOrigin": ["top", "left"],
    "ScreenResolution": [800, 600],
    "ScreenSize": [0.4, 0.3],
}
META: dict[str, Any] = {
    "SamplingFrequency": 500,
    "StartTime": 0,
    "Columns": ["timestamp", "x_coordinate", "y_coordinate", "pupil_size"],
    "PhysioType": "eyetrack",
    "RecordedEye": "left",
    "SampleCoordinateSystem": "gaze-on-screen",
    "timestamp": {"Units": "ms"},
    "x_coordinate": {"Units": "pixel"},
    "y_coordinate": {"Units": "pixel"},
    "pupil_size": {"Units": "arbitrary"},
}
FOUND_META: dict[str, Any] = {
    "Columns": ["onset", "duration", "trial_type", "blink", "message"],
    "OnsetSource": "timestamp",
}
Row = Sequence[object]


class DataSet:
    """A data set in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sidecar("dataset_description.json", {"Name": "x", "BIDSVersion": "1.11.0"})

    def sidecar(self, name: str, content: Any) -> Path:
        return self._write(name, json.dumps(content).encode())

    def table(self, name: str, rows: Iterable[Row], prefix: bytes = b"", end: str = "\n") -> Path:
        text = "".join("\t".join(map(str, row)) + end for row in rows).encode()
        data = prefix + text
        return self._write(name, gzip.compress(data) if name.endswith(".gz") else data)

    def _write(self, name: str, data: bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


STEM = "sub-01/beh/sub-01_task-view"
SAMPLES: list[Row] = [
    (1000, 10, 20, 5),
    (1002, 12, 22, 6),
    (1004, "n/a", "n/a", "n/a"),
    (1006, 300, 400, 7),
    (1008, 302, 402, 8),
]
FOUND: list[Row] = [
    (1000, 4, "fixation", 0, "n/a"),
    (1004, 2, "saccade", 1, "n/a"),
    (1006, 4, "fixation", 0, "n/a"),
    (1003, 1, "blink", 1, "n/a"),
    (1001, "n/a", "n/a", 0, '"said ""hello"" to\tall"'),
]


def example(root: Path, **meta: Any) -> DataSet:
    """Write one recording of the left eye with its events; `meta` replaces keys."""
    made = DataSet(root)
    made.table(f"{STEM}_recording-eye1_physio.tsv.gz", SAMPLES)
    made.sidecar(f"{STEM}_recording-eye1_physio.json", META | meta)
    made.table(f"{STEM}_recording-eye1_physioevents.tsv.gz", FOUND)
    made.sidecar(f"{STEM}_recording-eye1_physioevents.json", FOUND_META)
    made.sidecar("task-view_events.json", {"StimulusPresentation": SCREEN})
    return made


def shown(made: DataSet, rows: Iterable[Row], header: str = "onset duration stim_file") -> None:
    """Write what was shown when."""
    made.table(f"{STEM}_events.tsv", [header.split(), *rows])
