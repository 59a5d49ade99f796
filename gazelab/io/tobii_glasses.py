"""Tobii Glasses 2: livedata.json.gz, one line of JSON for each value of each sensor.

The gaze point "gp" is a fraction of the image of the scene camera, from its upper left corner;
times "ts" are microseconds; "s" is 0 where a value is valid; the values of one moment have the
same number "gidx" (Tobii Pro Glasses 2 API).
"""

import gzip
import json
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.blocks import LONGEST_LINE, too_long
from gazelab.io.draft import Draft
from gazelab.io.eyes import SIDES, mean_pupil
from gazelab.io.groups import SampleRows
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.task import Step, Task

_MAGIC = b"\x1f\x8b"
_HEAD_BYTES = 1 << 16
_SOME_LINES = 5000
_MOST_BYTES = 1 << 33
_MS = 1e-3
_UNUSED = {
    "pc": "centre of the pupil",
    "gd": "direction of gaze",
    "gp3": "gaze point in space",
    "ac": "accelerometer",
    "gy": "gyroscope",
    "pts": "time of the video stream",
    "vts": "time of the video",
    "evts": "time of the eye video",
    "dir": "signal at the sync port",
    "type": "event of the program",
}
_NOTE = (
    "Positions are fractions of the image of the scene camera, which moves with the head: they "
    "fit a picture of the scene only as long as the head is still."
)
_VIDEO = "The scene video begins {:.3f} s after the first gaze sample."
_BOTH = "The gaze point is of both eyes: there is none of one eye alone."
_FOLDERS = ("segments",)


def sniff_tobii_glasses(path: Path) -> bool:
    """Whether a file has lines of JSON with times and the numbers of gaze samples."""
    if not path.is_file():
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
        if head.startswith(_MAGIC):
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
    except (OSError, zlib.error):
        return False
    return head.lstrip().startswith(b'{"') and b'"ts"' in head and b'"gidx"' in head


@dataclass(slots=True)
class _Stream:
    """The values in the stream. pupils : number of the sample -> eye -> mm."""

    ts_us: list[int] = field(default_factory=list)
    places: list[tuple[float, float]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    pupils: dict[int, dict[str, float]] = field(default_factory=dict)
    unused: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    pupil_rows: int = 0
    video_us: int | None = None


def read_tobii_glasses(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read the gaze point and the pupils; what else is in the stream is counted.

    Raises ReadError with the line: it is no JSON, or a value is not what it should be; and
    when the file is cut short.
    """
    stream = _Stream()
    for line, text in enumerate(_lines(path), 1):
        if line % _SOME_LINES == 1:
            yield Step(line, None, f"reading {path.name}")
        if not text.strip():
            continue
        try:
            _take(stream, json.loads(text))
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise ReadError("The line is no value of a sensor.", path, line, _CUT) from error
    return _draft(path, stream, settings).reading()


_CUT = "Is the file damaged or cut short? Copy it again."


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, compressed or not. Raises ReadError."""
    number = size = 0
    try:
        with open(path, "rb") as plain:
            packed = plain.read(2) == _MAGIC
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) if packed else plain as file:
                while text := file.readline(LONGEST_LINE + 1):
                    number, size = number + 1, size + len(text)
                    if size > _MOST_BYTES:
                        raise ReadError("The file is too large once unpacked.", path, number)
                    if len(text) > LONGEST_LINE:
                        raise too_long(path, number)
                    yield text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ReadError("The compressed data are damaged.", path, number + 1, _CUT) from error
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error


def _take(stream: _Stream, value: Mapping[str, object]) -> None:
    """Take one value. Raises ValueError, TypeError or KeyError when it is none."""
    if not isinstance(value, dict):
        raise TypeError(value)
    if "gp" in value:
        time_us, number = _whole(value["ts"]), _whole(value["gidx"])
        x, y = (_number(part) for part in value["gp"])
        if _whole(value["s"]) != 0:
            stream.lost += 1
            x = y = math.nan
        stream.ts_us.append(time_us)
        stream.places.append((x, y))
        stream.numbers.append(number)
    elif "pd" in value:
        stream.pupil_rows += 1
        if value["eye"] not in SIDES:
            raise ValueError(value["eye"])
        if _whole(value["s"]) == 0 and _number(value["pd"]) > 0:
            sizes = stream.pupils.setdefault(_whole(value["gidx"]), {})
            sizes[value["eye"]] = _number(value["pd"])
    else:
        if value.get("vts") == 0 and stream.video_us is None:
            stream.video_us = _whole(value["ts"])
        name = next((key for key in _UNUSED if key in value), "")
        stream.unused[_UNUSED.get(name, "of an unknown sensor")] += 1


def _whole(value: object) -> int:
    if not isinstance(value, int) or abs(value) >= 2**53:
        raise TypeError(value)
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(value)
    return float(value)


def _draft(path: Path, stream: _Stream, settings: ReadSettings) -> Draft:
    draft = Draft(path, "tobii-glasses-2", keys=[(_participant(path), "scene", "1")])
    draft.counts[ROWS_READ] = len(stream.ts_us) + stream.pupil_rows
    for name, count in stream.unused.items():
        draft.reject(name, count)
    if not stream.ts_us:
        return draft
    ts_us = np.array(stream.ts_us, np.int64)
    first_us = int(ts_us.min())
    reasons = [_NOTE]
    if stream.video_us is not None:
        reasons.append(_VIDEO.format((stream.video_us - first_us) * 1e-6))
    if settings.eye in SIDES:
        reasons.append(_BOTH)
    draft.contract = Contract("stimulus fraction", clock="us", zero="first", reasons=tuple(reasons))
    draft.notes += reasons
    places = np.array(stream.places)
    pupils = {
        side: np.array([stream.pupils.get(k, {}).get(side, math.nan) for k in stream.numbers])
        for side in SIDES
    }
    samples = SampleRows(
        np.zeros(len(ts_us), np.intp),
        (ts_us - first_us) * _MS,
        places[:, 0],
        places[:, 1],
        mean_pupil(pupils, of_combined=True),
        "mm",
        eye="mean",
        clock_ms=first_us * _MS,
    )
    draft.take_samples(samples, settings, {"status not 0": stream.lost})
    return draft


def _participant(path: Path) -> str:
    names = (folder.name for folder in path.absolute().parents)
    known = (name for name in names if name and name not in _FOLDERS and not name.isdecimal())
    return next(known, path.stem)
