"""EyeLink EDF files, which are binary: through SR Research's own library, in a child process.

The library comes with the package eyelinkio, which is optional. Events and messages are put
into the words of an ASC file, so that trials are found as they are in those.
"""

import ctypes
import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.eyelink_asc import Parser
from gazelab.io.eyelink_samples import FARTHEST_PX, Samples
from gazelab.io.eyelink_trials import reading_of
from gazelab.io.images import head_of
from gazelab.io.reading import Reading, ReadSettings
from gazelab.task import Task

_MAGIC = b"SR_RESEARCH"
_PACKAGE = "eyelinkio"
_WAY_OUT = "Convert it to text with edf2asc and import the .asc file."
_TIME_S = 600.0
_EYES = {1: "L", 2: "R", 3: "LR"}
_SIDES = {"L": "LEFT", "R": "RIGHT", "LR": "LEFT\tRIGHT"}
_HALF_MS_FLAG = 0x0002
_CHECKED, _WITH = 2, 1
"""Of edf_open_file: mend what is inconsistent; load events, and samples."""


def sniff_edf(path: Path) -> bool:
    """Whether a file is an EyeLink EDF file.

    Raises ReadError for one when eyelinkio is not installed, since nothing else reads it.
    """
    if not path.is_file() or head_of(path, len(_MAGIC)) != _MAGIC:
        return False
    if importlib.util.find_spec(_PACKAGE) is None:
        raise ReadError(
            "This is an EyeLink EDF file, which is binary and takes a library to be read.",
            path,
            hint=f'{_WAY_OUT[:-1]}, or install the library: pip install "gazelab[edf]".',
        )
    return True


def read_edf(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read an EDF file as `read_asc` reads what edf2asc makes of it.

    Raises ReadError as that, when the file is damaged, and when eyelinkio is not installed.
    """
    if not sniff_edf(path):
        raise ReadError("This is not an EyeLink EDF file.", path)
    values, arrays = yield from parse_in_child("eyelink_edf", path, _TIME_S)
    parser = Parser()
    for before, text in values["lines"]:
        line = text.encode("latin-1")
        if not parser.event(line):
            parser.add(line, before)
    parser.add(b"", len(arrays["time"]))
    samples = _samples(arrays) if settings.samples else None
    return reading_of(parser.finished(samples), path, settings, "eyelink-edf")


def _samples(arrays: dict[str, np.ndarray]) -> Samples:
    eyes = tuple((arrays[f"x{k}"], arrays[f"y{k}"], arrays[f"pupil{k}"]) for k in range(2))
    return Samples(arrays["time"], eyes)


def parse(path: Path) -> Parsed:
    """Parse the file with SR Research's library; runs in the child process.

    Returns {"lines"}: all that is no sample, as lines of an ASC file in latin-1, each with
    the number of samples before it; and the arrays time, x0, y0, pupil0, x1, y1, pupil1 (one
    value for each sample; of the first and the second eye of its block). Raises ReadError.
    """
    try:
        api = importlib.import_module("eyelinkio.edf._edf2py")
        names = importlib.import_module("eyelinkio.edf._defines")
    except (ImportError, OSError) as error:
        raise ReadError(
            f"The library that reads EDF files cannot be used ({error}).", path, hint=_WAY_OUT
        ) from error
    failed = ctypes.c_int(1)
    file = api.edf_open_file(str(path).encode(), _CHECKED, _WITH, _WITH, ctypes.byref(failed))
    if not file or failed.value:
        raise ReadError("The file is damaged or cut short.", path, hint="Copy it again.")
    walk = _Walk(api, names)
    try:
        while (kind := api.edf_get_next_data(file)) != walk.end:
            walk.take(kind, api.edf_get_float_data(file).contents)
    finally:
        api.edf_close_file(file)
    return {"lines": walk.lines}, walk.arrays()


class _Walk:
    """Takes the elements of a file one after another."""

    def __init__(self, api: Any, names: Any) -> None:
        self.lines: list[tuple[int, str]] = []
        kinds = {
            names.event_constants[kind]: kind
            for kind in range(256)
            if kind in names.event_constants
        }
        self.end = kinds["NO_PENDING_ITEMS"]
        self._sample = kinds["SAMPLE_TYPE"]
        self._handlers = {
            kinds["RECORDING_INFO"]: self._block,
            kinds["MESSAGEEVENT"]: self._message,
            kinds["STARTFIX"]: self._fixation_begins,
            kinds["ENDFIX"]: self._fixation,
            kinds["ENDSACC"]: self._saccade,
            kinds["ENDBLINK"]: self._blink,
        }
        self._places, self._layout = _sample_layout(api.FSAMPLE)
        self._size = self._layout.itemsize
        self._raw = bytearray()
        self._blocks: list[tuple[int, str]] = []
        self._rate_hz = 1000.0

    def take(self, kind: int, element: Any) -> None:
        """Take one element."""
        if kind == self._sample:
            start = ctypes.addressof(element)
            for place, size in self._places:
                self._raw += ctypes.string_at(start + place, size)
        elif kind in self._handlers:
            for line in self._handlers[kind](element):
                self.lines.append((len(self._raw) // self._size, line))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the columns of all samples."""
        raw = np.frombuffer(self._raw, self._layout)
        half_ms = (raw["flags"] & _HALF_MS_FLAG) != 0
        arrays = {"time": raw["time"] + 0.5 * half_ms}
        second = np.zeros(len(raw), np.bool_)
        first = np.zeros(len(raw), np.int64)
        for start, eyes in self._blocks:
            first[start:], second[start:] = eyes == "R", eyes == "LR"
        rows = np.arange(len(raw))
        for name, key in (("x", "gx"), ("y", "gy"), ("pupil", "pa")):
            both = _decimal(raw[key])
            both[~(np.abs(both) < FARTHEST_PX) | ((name == "pupil") & (both == 0))] = np.nan
            arrays[f"{name}0"] = both[rows, first]
            arrays[f"{name}1"] = np.where(second, both[:, 1], np.nan)
        return arrays

    def _block(self, element: Any) -> Iterator[str]:
        info = element.rec
        if not info.state:
            resolution = self._resolution()
            yield f"END\t{info.time} \tSAMPLES\tEVENTS{resolution}"
            return
        eyes = _EYES[info.eye]
        self._rate_hz = info.sample_rate
        self._blocks.append((len(self._raw) // self._size, eyes))
        yield f"START\t{info.time} \t{_SIDES[eyes]}\tSAMPLES\tEVENTS"
        yield f"PUPIL\t{'DIAMETER' if info.pupil_type else 'AREA'}"
        yield f"EVENTS\tGAZE\t{_SIDES[eyes]}"
        yield f"SAMPLES\tGAZE\t{_SIDES[eyes]}\tRATE\t{info.sample_rate}\tTRACKING"

    def _resolution(self) -> str:
        """Return the mean resolution of the samples in a block, as the line END has it."""
        start = self._blocks[-1][0] if self._blocks else 0
        raw = np.frombuffer(bytes(self._raw[start * self._size :]), self._layout)
        means = []
        for key in ("rx", "ry"):
            known = raw[key][(raw[key] > 0) & (raw[key] < FARTHEST_PX)]
            means.append(f"{np.mean(known, dtype=np.float64):.2f}" if len(known) else ".")
        return f"\tRES\t{means[0]}\t{means[1]}"

    def _message(self, element: Any) -> Iterator[str]:
        event = element.fe
        if event.message:
            length = max(event.message.contents.len, 0)
            address = ctypes.addressof(event.message.contents) + ctypes.sizeof(ctypes.c_short)
            text = ctypes.string_at(address, length).split(b"\0")[0].decode("latin-1")
            yield f"MSG\t{event.sttime} {' '.join(text.splitlines())}"

    def _fixation_begins(self, element: Any) -> Iterator[str]:
        yield f"SFIX {'LR'[element.fe.eye]} {element.fe.sttime}"

    def _fixation(self, element: Any) -> Iterator[str]:
        event = element.fe
        values = _decimal(np.array([event.gavx, event.gavy, event.ava], np.float32))
        yield self._timed("EFIX", event, values)

    def _saccade(self, element: Any) -> Iterator[str]:
        event = element.fe
        places = [event.gstx, event.gsty, event.genx, event.geny]
        x_deg = 2 * (event.genx - event.gstx) / (event.supd_x + event.eupd_x or np.nan)
        y_deg = 2 * (event.geny - event.gsty) / (event.supd_y + event.eupd_y or np.nan)
        amplitude_deg = np.round(np.hypot(x_deg, y_deg), 2)
        if max(map(abs, places)) >= FARTHEST_PX:
            amplitude_deg = np.nan
        values = _decimal(np.array([*places, event.pvel], np.float32)).tolist()
        yield self._timed("ESACC", event, [*values[:4], amplitude_deg, values[4]])

    def _blink(self, element: Any) -> Iterator[str]:
        yield self._timed("EBLINK", element.fe, ())

    def _timed(self, kind: str, event: Any, values: Any) -> str:
        """Return a line; an event lasts until the end of its last sample."""
        duration_ms = event.entime - event.sttime + 1000 / self._rate_hz
        words = [f"{kind} {'LR'[event.eye]}", event.sttime, event.entime, f"{duration_ms:g}"]
        return "\t".join([*map(str, words), *(repr(float(value)) for value in values)])


def _sample_layout(sample: Any) -> tuple[list[tuple[int, int]], np.dtype]:
    """Return the fields of a sample that are kept: place and size of each, and their types."""
    names = ("time", "pa", "gx", "gy", "rx", "ry", "flags")
    types = np.dtype(sample).fields or {}
    places = [(getattr(sample, name).offset, getattr(sample, name).size) for name in names]
    return places, np.dtype([(name, types[name][0]) for name in names])


def _decimal(values: np.ndarray) -> np.ndarray:
    """Return float32 numbers as float64, those with one decimal place as that decimal."""
    wide = values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        rounded = np.round(wide, 1)
    return np.where(rounded.astype(np.float32) == values, rounded, wide)
