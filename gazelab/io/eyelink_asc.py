"""EyeLink ASC files, as edf2asc writes them: what the tracker recorded, trial by trial.

Events stand where they ended, messages where they arrived, and the clock may begin anew
within a file. So times are compared within a trial only, and the order of the lines says
to which trial a line belongs.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gazelab.errors import ReadError
from gazelab.io.eyelink_lines import Chunk, chunks, number, numbers, sniff_lines
from gazelab.io.eyelink_messages import Messages
from gazelab.io.eyelink_samples import FARTHEST_PX, SampleLines, Samples, eyes_of
from gazelab.io.eyelink_session import Event, Fixation, Header, Pixels, Session, Trial
from gazelab.task import Step, Task

_CLOCK_SLACK_MS = 20.0
"""A duration is end minus start and one sample more, which takes 1 to 16 ms."""

_WIDEST_DEG = 180.0
"""Where a position is lost, the tracker writes amplitudes of millions of degrees."""

_NAMES = {
    b"MSG": "messages",
    b"START": "blocks",
}
_EYES = {b"L": "L", b"R": "R"}


def sniff_asc(path: Path) -> bool:
    """Whether a file is an EyeLink ASC file."""
    return sniff_lines(path)


def parse_asc(path: Path, samples: bool = True) -> Task[Session]:
    """Parse an ASC file, compressed with gzip or not.

    samples : whether to parse samples too; else they are counted only. Events and samples
    with a damaged line are counted, not taken. Raises ReadError when the file is something
    else, or cannot be decompressed.
    """
    if not sniff_asc(path):
        raise ReadError("This is not an EyeLink ASC file.", path)
    parser = Parser()
    size = path.stat().st_size
    table = SampleLines(size) if samples else None
    for chunk in chunks(path):
        yield Step(chunk.position, size, f"reading {path.name}")
        parser.session.lines += len(chunk.starts) + len(chunk.lines)
        _take(chunk, parser, table)
    return parser.finished(table.finished() if table else None)


def _take(chunk: Chunk, parser: "Parser", table: SampleLines | None) -> None:
    """Hand the lines of a chunk to the parser, and the samples, in order, to their table."""
    seen, done, count = parser.session.counts["samples"], 0, len(chunk.starts)
    if count and not parser.header.eyes:  # the file begins within a block
        first = chunk.data[chunk.starts[0] : chunk.ends[0]].tobytes()
        parser.header = Header("LR" if eyes_of(first) == 2 else "")
    for before, line in [*chunk.lines, (count, b"")]:
        if parser.event(line):
            continue
        eyes = len(parser.header.eyes) or 1
        parser.add(line, seen + before)
        if before == count or (len(parser.header.eyes) or 1) != eyes:
            part = slice(done, before)
            if table is not None:
                table.add(chunk.data, chunk.starts[part], chunk.ends[part], eyes)
            done = before


class Parser:
    """Takes the lines one after another; `trial` is the one a line now belongs to.

    recording : whether a line stands within a block. header : what is known of its samples.
    """

    def __init__(self) -> None:
        self.session = Session()
        self.trial: Trial | None = None
        self.recording = False
        self.screens: dict[str, Pixels] = {}
        self.accuracy_deg: dict[str, float] = {}
        self.header = Header()
        self._in_px = True
        self._open_eyes: set[bytes] = set()
        self._messages = Messages(self)

    def event(self, line: bytes) -> bool:
        """Take a line if it is of a fixation, saccade or blink; return whether it is.

        These are of the trial that is there, so they need no count of the samples before.
        """
        words = line.split()
        handler = _EVENTS.get(words[0]) if words else None
        if handler is None:
            return False
        handler(self, words)
        return True

    def add(self, line: bytes, samples: int) -> None:
        """Take another line that is none of a sample, and the number of samples before it."""
        self._sampled(samples)
        words = line.split()
        kind = words[0] if words else b""
        if kind in _NAMES:
            self.session.counts[_NAMES[kind]] += 1
        if kind == b"MSG":
            self._messages.add(_decoded(line))
        elif kind in _HANDLERS:
            _HANDLERS[kind](self, words)

    def _sampled(self, count: int) -> None:
        before = self.session.counts["samples"]
        if count > before:
            self._trial_recorded().take_samples(before, count, self.header)
            self.session.counts["samples"] = count

    def finished(self, samples: Samples | None = None) -> Session:
        """Return what was taken."""
        self._close_fixations()
        self.session.samples = samples
        self.session.settle()
        return self.session

    def new_trial(self) -> Trial:
        """Begin a trial."""
        self.trial = Trial(
            recorded=self.recording,
            in_px=self._in_px,
            screen=self.screens.get("DISPLAY_COORDS") or self.screens.get("GAZE_COORDS"),
            accuracy_deg=dict(self.accuracy_deg),
        )
        self.session.trials.append(self.trial)
        return self.trial

    def start(self, words: list[bytes]) -> None:
        """Take a line START."""
        self._close_fixations()
        if self.trial is None or self.trial.recorded:
            self.new_trial()
        assert self.trial is not None
        self.trial.recorded = self.recording = True
        self.trial.accuracy_deg = dict(self.accuracy_deg)
        self.trial.start_ms = number(words[1]) if len(words) > 1 else math.nan
        self._in_px = self.trial.in_px = True
        self.header = Header(_eyes(words) or self.header.eyes)

    def end(self, words: list[bytes]) -> None:
        """Take a line END."""
        self._close_fixations()
        self.recording = False
        if self.trial is not None and self.header.in_px and b"RES" in words[:-2]:
            at = words.index(b"RES")
            self.trial.px_per_deg += numbers(words[at + 1 : at + 3])

    def _close_fixations(self) -> None:
        self.session.unfinished += len(self._open_eyes)
        self._open_eyes.clear()

    def events(self, words: list[bytes]) -> None:
        """Take a line EVENTS."""
        self._in_px = b"GAZE" in words
        if self.trial is not None:
            self.trial.in_px = self._in_px

    def samples(self, words: list[bytes]) -> None:
        """Take a line SAMPLES."""
        rate_hz = math.nan
        if b"RATE" in words[:-1]:
            rate_hz = number(words[words.index(b"RATE") + 1])
        rate_hz = rate_hz if rate_hz > 0 else math.nan
        eyes = _eyes(words) or self.header.eyes
        self.header = replace(self.header, eyes=eyes, in_px=b"GAZE" in words, rate_hz=rate_hz)

    def pupil(self, words: list[bytes]) -> None:
        """Take a line PUPIL."""
        unit = _decoded(words[1]).lower() if len(words) > 1 else ""
        self.header = replace(self.header, pupil=unit if unit in ("area", "diameter") else "")

    def fixation_begins(self, words: list[bytes]) -> None:
        """Take a line SFIX."""
        if len(words) > 1:
            self.session.unfinished += words[1] in self._open_eyes
            self._open_eyes.add(words[1])

    def fixation(self, words: list[bytes]) -> None:
        """Take a line EFIX."""
        self.session.counts["fixations"] += 1
        fixation, in_px = _fixation_of(words, self._in_px)
        if fixation is None:
            self.session.damaged["fixations"] += 1
            return
        trial = self._trial_recorded()
        self._open_eyes.discard(words[1])
        trial.in_px = in_px
        trial.fixations[_EYES[words[1]]].append(fixation)

    def saccade(self, words: list[bytes]) -> None:
        """Take a line ESACC."""
        self.session.counts["saccades"] += 1
        values = numbers(words[2:11])
        if not _fit_together(words, values) or len(values) < 9:
            self.session.damaged["saccades"] += 1
            return
        amplitude_deg, peak_deg_s = values[7:]
        known = 0 <= amplitude_deg <= _WIDEST_DEG and not math.isnan(sum(values[3:7]))
        start_ms, end_ms, duration_ms = values[:3]
        saccade = Event(
            start_ms,
            end_ms,
            duration_ms,
            amplitude_deg if known else math.nan,
            peak_deg_s if peak_deg_s >= 0 else math.nan,
        )
        self._trial_recorded().saccades[_EYES[words[1]]].append(saccade)

    def blink(self, words: list[bytes]) -> None:
        """Take a line EBLINK."""
        self.session.counts["blinks"] += 1
        values = numbers(words[2:5])
        if not _fit_together(words, values):
            self.session.damaged["blinks"] += 1
            return
        self._trial_recorded().blinks[_EYES[words[1]]].append(
            Event(values[0], values[1], values[2])
        )

    def _trial_recorded(self) -> Trial:
        """Return the trial of something the tracker found; the file may begin within a block."""
        if self.trial is None:
            self.recording = True
            self.new_trial()
        assert self.trial is not None
        self.trial.recorded = True
        return self.trial


_HANDLERS: dict[bytes, Callable[[Parser, list[bytes]], None]] = {
    b"START": Parser.start,
    b"END": Parser.end,
    b"EVENTS": Parser.events,
    b"SAMPLES": Parser.samples,
    b"PUPIL": Parser.pupil,
}
_EVENTS: dict[bytes, Callable[[Parser, list[bytes]], None]] = {
    b"SFIX": Parser.fixation_begins,
    b"EFIX": Parser.fixation,
    b"SSACC": lambda *_: None,
    b"ESACC": Parser.saccade,
    b"SBLINK": lambda *_: None,
    b"EBLINK": Parser.blink,
}


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _eyes(words: list[bytes]) -> str:
    return "L" * (b"LEFT" in words) + "R" * (b"RIGHT" in words)


def _fit_together(words: list[bytes], values: list[float]) -> bool:
    """Whether the eye is known, and start, end and duration of an event agree."""
    if len(values) < 3 or words[1] not in _EYES:
        return False
    start_ms, end_ms, duration_ms = values[:3]
    return abs(end_ms - start_ms - duration_ms) <= _CLOCK_SLACK_MS and duration_ms >= 0


def _fixation_of(words: list[bytes], in_px: bool) -> tuple[Fixation | None, bool]:
    """Return the fixation of a line, None when damaged, and whether it is in pixels.

    Events in HREF have two groups of x, y and pupil: in HREF, then in pixels of the screen.
    """
    values = numbers(words[2:])
    if not _fit_together(words, values) or len(values) < 5:
        return None, in_px
    x_px, y_px = values[3:5]
    if not in_px and len(values) in (9, 11):
        (x_px, y_px), in_px = values[6:8], True
    x_px = x_px if abs(x_px) < FARTHEST_PX else math.nan
    y_px = y_px if abs(y_px) < FARTHEST_PX else math.nan
    return Fixation(values[0], values[1], values[2], x_px, y_px), in_px
