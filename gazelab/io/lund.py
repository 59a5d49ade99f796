"""The labelled recordings of Lund: gaze of people who looked at a picture, labelled by experts.

`ETdata` is a struct: `pos` has a row for each sample (time in microseconds, pupil x and y,
gaze x and y in pixels of the screen, label), and `sampFreq`, `screenRes`, `screenDim` and
`viewDist` (m) describe the recording. Labels: 1 fixation, 2 saccade, 3 post-saccadic
oscillation, 4 smooth pursuit, 5 blink, 6 undefined. Published with Andersson, Larsson,
Holmqvist, Stridh & Nyström (2017), Behavior Research Methods 49: 616-637.
"""

import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.geometry import Screen
from gazelab.errors import ReadError
from gazelab.gaze.spans import Spans, runs
from gazelab.io.child import Parsed, parse_in_child
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows, SampleRows
from gazelab.io.mat import as_matrix, as_number, is_mat, load_plain, variable_names
from gazelab.io.medians import median_places
from gazelab.io.rates import checked_rate
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.task import Task

VARIABLE = "ETdata"
_NAME = re.compile(r"(?P<who>[^_]+)_img_(?P<picture>.+)_labelled_(?P<expert>\w+)")
_TIME, _PUPIL, _X, _Y, _LABEL = 0, 1, 3, 4, 5
_COLUMNS = 6
_FIXATION, _SACCADE, _BLINK = 1, 2, 5
_OTHERS = {
    0: "no label",
    3: "post-saccadic oscillation",
    4: "smooth pursuit",
    6: "undefined",
}
_LAYOUT = "In the Lund layout `ETdata` has `pos` with six columns."
_NOTE = (
    "Fixations, saccades and blinks are the stretches that the expert labelled so; a fixation is "
    "where the median of its samples is. The pupil is its horizontal diameter in pixels of the "
    "tracker's camera."
)


def sniff_lund(path: Path) -> bool:
    """Whether a file is a MATLAB file with a variable named `ETdata`."""
    return path.is_file() and is_mat(path) and VARIABLE in variable_names(path)


def read_lund(path: Path, settings: ReadSettings) -> Task[Reading]:
    """Read one recording: its samples, and what the expert found in them.

    Participant, picture and expert are those in the name of the file,
    `<participant>_img_<picture>_labelled_<expert>.mat`. Each stretch of samples labelled as a
    fixation, saccade or blink is one; a fixation is where the median of its samples is.
    Raises ReadError when the file is damaged or laid out differently.
    """
    values, arrays = yield from parse_in_child("lund", path)
    rows = arrays["pos"]
    screen = Screen(**values["screen"])
    participant, picture, expert = _names(path, screen)
    reader = f"lund {expert}" if expert else "lund"
    draft = Draft(path, reader, _contract(screen), [(participant, picture, "1")])
    draft.counts[ROWS_READ] += len(rows)
    draft.counts["rows rejected: no time"] += int((~(rows[:, _TIME] > 0)).sum())
    rows = rows[rows[:, _TIME] > 0]
    if (np.diff(rows[:, _TIME]) <= 0).any():
        raise ReadError("The time does not go on from sample to sample.", path)
    _take(draft, rows, values["rate_hz"], settings)
    return draft.reading()


def _names(path: Path, screen: Screen) -> tuple[str, str, str]:
    """Return participant, picture and expert."""
    match = _NAME.fullmatch(path.stem)
    if match is None:
        return path.stem, path.stem, ""
    size = f"{screen.width_px:g}x{screen.height_px:g}" if screen.has_size else ""
    return match["who"], f"{match['picture']}{size}.jpg", match["expert"]


def _contract(screen: Screen) -> Contract:
    return Contract(
        "screen px",
        screen=screen,
        clock="us",
        reasons=(
            "Positions are pixels of the screen, times microseconds, as in this data set.",
            "Size and distance of the screen are those in the file.",
            "Pictures were as large as the screen; the recording is taken to begin with them.",
        ),
    )


def _take(draft: Draft, rows: np.ndarray, told_hz: float, settings: ReadSettings) -> None:
    """Take samples, fixations, saccades and blinks."""
    lost = (rows[:, _X] == 0) & (rows[:, _Y] == 0)
    clock_ms = rows[:, _TIME] / 1000
    t_ms = clock_ms - clock_ms[0] if len(clock_ms) else clock_ms
    x, y, pupil = (np.where(lost, np.nan, rows[:, column]) for column in (_X, _Y, _PUPIL))
    pupil[pupil == 0] = np.nan
    rate_hz, doubt = checked_rate(t_ms, told_hz)
    draft.notes += [_NOTE, *filter(None, [doubt])]
    here = np.zeros(len(rows), np.intp)
    clock = float(clock_ms[0]) if len(clock_ms) else 0.0
    samples = SampleRows(here, t_ms, x, y, pupil, "diameter", rate_hz, clock_ms=clock)
    draft.take_samples(samples, settings)
    labels = rows[:, _LABEL]
    ends_ms = t_ms + 1000 / rate_hz
    spans = {label: runs(labels == label) for label in (_FIXATION, _SACCADE, _BLINK)}
    for label, name in _OTHERS.items():
        draft.counts[f"samples labelled as {name}"] += int((labels == label).sum())
    fixations = spans[_FIXATION]
    places = median_places(x, y, fixations.start, fixations.stop)
    found = _found(fixations, t_ms, ends_ms, *places)
    draft.take_fixations(found)
    for label, kind in ((_SACCADE, "saccade"), (_BLINK, "blink")):
        if len(spans[label]):
            draft.take_events(kind, _found(spans[label], t_ms, ends_ms))


def _found(
    spans: Spans,
    t_ms: np.ndarray,
    ends_ms: np.ndarray,
    x: np.ndarray | None = None,
    y: np.ndarray | None = None,
) -> FoundRows:
    onset_ms = t_ms[spans.start]
    duration_ms = ends_ms[spans.stop - 1] - onset_ms
    return FoundRows(np.zeros(len(spans), np.intp), onset_ms, duration_ms, x, y)


def parse(path: Path) -> Parsed:
    """Parse the file with scipy; runs in the child process.

    Returns {"screen": the numbers of a `Screen`, "rate_hz"} and the array pos (n, 6), float64.
    Raises ReadError.
    """
    content: Any = load_plain(path, VARIABLE)
    if not isinstance(content, dict) or "pos" not in content:
        raise ReadError(f"`{VARIABLE}` has no `pos`.", path, hint=_LAYOUT)
    rows = as_matrix(content["pos"], _COLUMNS)
    if rows is None or not np.isfinite(rows).all():
        raise ReadError("`pos` is not a matrix of six columns of numbers.", path, hint=_LAYOUT)
    unknown = Counter(rows[:, _LABEL][~np.isin(rows[:, _LABEL], range(7))].tolist())
    if unknown:
        raise ReadError(f"{min(unknown):g} is no label; they are 1 to 6.", path, hint=_LAYOUT)
    width_px, height_px = _pair(content.get("screenRes"))
    width_m, height_m = _pair(content.get("screenDim"))
    screen = {
        "width_px": width_px,
        "height_px": height_px,
        "width_mm": width_m * 1000,
        "height_mm": height_m * 1000,
        "distance_mm": as_number(content.get("viewDist")) * 1000,
    }
    rate_hz = as_number(content.get("sampFreq"))
    return {"screen": screen, "rate_hz": rate_hz}, {"pos": rows}


def _pair(value: Any) -> tuple[float, float]:
    """Return two positive numbers, NaN where there are none."""
    numbers = np.asarray(value).reshape(-1) if value is not None else np.zeros(0)
    if len(numbers) != 2 or numbers.dtype.kind not in "uif" or not (numbers > 0).all():
        return math.nan, math.nan
    return float(numbers[0]), float(numbers[1])
