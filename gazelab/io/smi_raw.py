"""SMI BeGaze raw data: a table of gaze samples with messages between them.

Lines "## name: value" stand before the header. A row of a message has fewer cells than one of
a sample; a message with the name of a picture says what is shown from then on. Times are
microseconds (iView X, "IDF converter").
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PureWindowsPath

import numpy as np

from gazelab.data.gaze import TrialKey
from gazelab.errors import ReadError
from gazelab.io.blocks import PADDING, Block, block_encoding
from gazelab.io.columns import Coded, Columns, read_columns
from gazelab.io.delimited import head_of, lines
from gazelab.io.draft import Draft
from gazelab.io.export_table import among
from gazelab.io.eyes import MEAN_NOTE, SIDES, eye_of, eyes_seen, mean_of_eyes, mean_pupil
from gazelab.io.groups import FoundRows, SampleRows, changes, numbered, typical_ms
from gazelab.io.mapping import MS
from gazelab.io.preset import Header, Pair, find_header, layout_of
from gazelab.io.reading import ROWS_READ, Reading, ReadSettings
from gazelab.io.smi import Preamble, picture_in
from gazelab.task import Task

_SIGNATURE = ("Time", "Type", "Trial", "L POR X | R POR X | L Raw X | R Raw X")
_NAMES = "Time, Type, Trial and L POR X"
_PLACES: dict[str, Pair] = {
    "left": ("L POR X [px] | L POR X", "L POR Y [px] | L POR Y"),
    "right": ("R POR X [px] | R POR X", "R POR Y [px] | R POR Y"),
}
_PUPILS = (
    ("mm", "{} Pupil Diameter [mm] | {} Mapped Diameter [mm]"),
    ("diameter", "{} Dia X [px] | {} Dia [px] | {} Dia X"),
    ("area", "{} Area [px2] | {} Area"),
)
_MESSAGE_LINE = re.compile(rb"(?m)^([^\t\r\n]*\tMSG\t[^\t\r\n]*)\t?([^\r\n]*)")
_KINDS = {"fixation": "fixation", "visual intake": "fixation", "saccade": "saccade"}
_KINDS |= {"blink": "blink"}
_SHOWN = (
    "A picture is shown from the message with its name on; a trial without one begins with its "
    "first sample."
)
_NOT_SHOWN = "No message names a picture: the first sample of each trial is put at 0 ms."
_INFO = (
    "An event ends where the next sample would be; the position of a fixation is the mean of its "
    "samples."
)


def sniff_smi_raw(path: Path) -> bool:
    """Whether a file is text with the columns of raw data, as BeGaze writes them."""
    found = find_header(path, _SIGNATURE) if path.is_file() else None
    return found is not None and not found.sheet


@dataclass(slots=True)
class _Messages:
    """Takes the messages out of a table, and leaves rows of their times in their place."""

    cells: int
    encoding: str
    texts: list[str] = field(default_factory=list)

    def mended(self, block: Block) -> Block:
        """Return a block in which messages are rows like the others."""
        if b"\tMSG\t" not in block.padded:
            return block
        text = _MESSAGE_LINE.sub(self._row, block.padded[: block.size])
        return Block(text + PADDING, block.done)

    def _row(self, line: re.Match[bytes]) -> bytes:
        self.texts.append(line[2].decode(self.encoding, "replace").strip())
        return line[1] + b"\t" * (self.cells - 3)


class _Table:
    """The columns of raw data."""

    def __init__(self, path: Path, header: Header, columns: Columns, messages: list[str]) -> None:
        self.path, self.header, self._columns = path, header, columns
        self.time_us = columns.numbers(_at(header, "Time"))
        kind = columns.text(_at(header, "Type"))
        self.is_message = among(kind, ("msg",))
        self.is_sample = among(kind, ("smp",)) & np.isfinite(self.time_us)
        self.empty_rows = columns.empty_rows
        times = self.time_us[self.is_message].tolist()
        named = zip(times, map(picture_in, messages), strict=False)
        self.pictures = sorted((t, name) for t, name in named if name and t == t)

    def __len__(self) -> int:
        return len(self.time_us)

    def text(self, name: str) -> Coded:
        """Return a column of texts; all "" where it is absent."""
        at = self.header.find(name)
        return Coded(np.zeros(len(self), np.int32), ("",)) if at is None else self._columns.text(at)

    def number(self, names: str) -> np.ndarray | None:
        """Return a column of numbers, None where it is absent."""
        at = self.header.whole(names)
        return None if at is None else self._columns.numbers(at)


def _at(header: Header, name: str) -> int:
    at = header.find(name)
    assert at is not None  # the signature has it
    return at


def read_smi_raw(path: Path, settings: ReadSettings = ReadSettings()) -> Task[Reading]:
    """Read samples, and the events that are told beside them, of an eye or of both.

    Raises ReadError with the line: a cell is not a number, or a row has too few cells.
    """
    found = find_header(path, _SIGNATURE)
    if found is None or found.sheet:
        raise ReadError("This is no SMI raw data.", path, hint=f"It has columns {_NAMES}.")
    layout = layout_of(path, found)
    header = Header(head_of(path, layout).columns)
    preamble = Preamble(path.stem)
    for text in islice(lines(path, layout.encoding), found.line - 1):
        preamble.take(text.strip())
    messages = _Messages(len(header), block_encoding(layout.encoding))
    columns = yield from read_columns(
        path,
        replace(layout, mended=messages.mended),
        texts=_there(header, "Type", "Trial", "Stimulus", "L Event Info", "R Event Info", "Info"),
        numbers={_at(header, "Time")} | _numeric(header),
        decimal="",
    )
    return _draft(_Table(path, header, columns, messages.texts), preamble, settings).reading()


def _there(header: Header, *names: str) -> set[int]:
    return {at for name in names if (at := header.find(name)) is not None}


def _numeric(header: Header) -> set[int]:
    """Return the columns of positions, pupils and validity."""
    names = [name for pair in _PLACES.values() for name in pair]
    names += [pupil.format(*[side] * 3) for _, pupil in _PUPILS for side in "LR"]
    names += ["L Validity", "R Validity"]
    return {at for name in names if (at := header.whole(name)) is not None}


def _draft(table: _Table, preamble: Preamble, settings: ReadSettings) -> Draft:
    draft = Draft(table.path, "smi-raw")
    keys, trial, since_us = _trials(table, preamble.subject, draft)
    draft.keys = keys
    reason = _SHOWN if table.pictures else _NOT_SHOWN
    draft.contract = preamble.contract(bool(table.pictures), reason)
    draft.notes += draft.contract.reasons
    rows = np.flatnonzero(trial >= 0)
    draft.counts[ROWS_READ] += len(rows)
    eye, x, y, zero = _gaze(table, settings.eye)
    draft.notes += [MEAN_NOTE] * (eye == "mean")
    pupil, unit = _pupil(table, eye)
    onset_us = np.zeros(len(keys))
    onset_us[trial[rows]] = since_us[rows]
    t_ms = (table.time_us - since_us) * MS["us"]
    samples = SampleRows(
        trial[rows],
        t_ms[rows],
        x[rows],
        y[rows],
        None if pupil is None else pupil[rows],
        unit,
        preamble.rate_hz,
        eye,
        onset_us * MS["us"],
    )
    if len(rows):
        draft.take_samples(samples, settings, {"position 0, 0": int(zero[rows].sum())})
        _take_events(draft, table, eye, trial, t_ms, (x, y))
    return draft


def _trials(
    table: _Table, subject: str, draft: Draft
) -> tuple[list[TrialKey], np.ndarray, np.ndarray]:
    """Return the trials, which of them each row is of (-1 for none), and when it began, in us."""
    told, number = table.text("Stimulus"), table.text("Trial")
    times = np.array([time for time, _ in table.pictures])
    picture = np.searchsorted(times, table.time_us, side="right") - 1
    named = ~told.is_word("")
    draft.counts.update({ROWS_READ: 0})
    for rows, reason in (
        (table.is_message, "message"),
        (~table.is_message & ~table.is_sample, "no sample (SMP), or without a time"),
        (table.is_sample & ~named & (picture < 0) & (len(times) > 0), "before the first picture"),
    ):
        if rows.any():
            draft.reject(reason, int(rows.sum()))
    if table.empty_rows:
        draft.reject("empty", table.empty_rows)
    rows = np.flatnonzero(table.is_sample & (named | (picture >= 0) | (len(times) == 0)))
    trial = np.full(len(table), -1, np.intp)
    trial[rows], first = numbered(told.codes[rows], number.codes[rows], picture[rows])
    since_us = np.zeros(len(table))
    keys: list[TrialKey] = []
    turns: Counter[TrialKey] = Counter()
    starts = np.zeros(len(first))
    for at, row in enumerate(rows[first].tolist()):
        word, of_trial = told.words[told.codes[row]], number.words[number.codes[row]] or "1"
        time_us, shown = table.pictures[picture[row]] if picture[row] >= 0 else (math.nan, "")
        name = word or shown
        key = (subject, name or f"trial {of_trial}", of_trial if name else "1")
        turns[key] += 1
        keys.append(key if turns[key] == 1 else (*key[:2], f"{key[2]} ({turns[key]})"))
        of_it = shown and _same(word or shown, shown)
        starts[at] = time_us if of_it else table.time_us[row]
    since_us[rows] = starts[trial[rows]]
    return keys, trial, since_us


def _same(name: str, other: str) -> bool:
    """Whether two names mean one picture."""
    return PureWindowsPath(name).stem.casefold() == PureWindowsPath(other).stem.casefold()


def _gaze(table: _Table, wanted: str) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """Return whose gaze it is, x, y, and (n,) bool where it was given as 0, 0."""
    sides: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    zeros: dict[str, np.ndarray] = {}
    for side, names in _PLACES.items():
        x, y = map(table.number, names)
        if x is None or y is None:
            continue
        zeros[side] = (x == 0) & (y == 0)
        lost = zeros[side] | np.isnan(x + y)
        validity = table.number(f"{side[0].upper()} Validity")
        if validity is not None:
            lost |= validity < 0
        sides[side] = np.where(lost, np.nan, x), np.where(lost, np.nan, y)
    if not sides:
        nothing = np.full(len(table), np.nan)
        return "", nothing, nothing, np.zeros(len(table), np.bool_)
    taken = [wanted] if wanted in sides else eyes_seen({side: x for side, (x, _) in sides.items()})
    x, y = (mean_of_eyes([sides[side][axis] for side in taken]) for axis in (0, 1))
    zero = np.logical_or.reduce([zeros[side] for side in taken])
    return eye_of(taken), x, y, zero & np.isnan(x)


def _pupil(table: _Table, eye: str) -> tuple[np.ndarray | None, str]:
    for unit, name in _PUPILS:
        sizes = {
            side: np.where(size > 0, size, np.nan)
            for side in ([eye] if eye in SIDES else SIDES)
            if (size := table.number(name.format(*[side[0].upper()] * 3))) is not None
        }
        if sizes:
            return mean_pupil(sizes), unit
    return None, ""


def _take_events(
    draft: Draft,
    table: _Table,
    eye: str,
    trial: np.ndarray,
    t_ms: np.ndarray,
    places: tuple[np.ndarray, np.ndarray],
) -> None:
    """Put the events into the draft that are told sample by sample."""
    name = "R Event Info" if eye == "right" else "L Event Info"
    names = (name, "R Event Info", "Info")
    known = next((name for name in names if table.header.find(name) is not None), "")
    told = table.text(known) if known else None
    if told is None or not any(word.casefold() in _KINDS for word in told.words):
        return
    rows = np.flatnonzero(trial >= 0)
    starts = changes(told.codes[rows], trial[rows])
    run = np.cumsum(starts) - 1
    begun = rows[starts]
    step_ms = typical_ms(t_ms[rows])
    last_ms = t_ms[rows[np.append(np.flatnonzero(starts)[1:] - 1, len(rows) - 1)]]
    draft.notes.append(f"Events are taken from the column {known}. {_INFO}")
    for kind in ("fixation", "saccade", "blink"):
        of_kind = among(told, tuple(w for w, k in _KINDS.items() if k == kind))[begun]
        onset_ms = t_ms[begun][of_kind]
        found = FoundRows(trial[begun][of_kind], onset_ms, last_ms[of_kind] - onset_ms + step_ms)
        if kind == "fixation" and of_kind.any():
            x, y = (_mean_of(place[rows], run)[of_kind] for place in places)
            draft.take_fixations(FoundRows(found.trial, found.onset_ms, found.duration_ms, x, y))
        elif of_kind.any():
            draft.take_events(kind, found)


def _mean_of(values: np.ndarray, run: np.ndarray) -> np.ndarray:
    """Return the mean of the values that are there in each run, NaN for none."""
    there = np.isfinite(values)
    counts = np.bincount(run, there)
    total = np.bincount(run, np.where(there, values, 0.0))
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
