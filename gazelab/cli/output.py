"""What a verb prints: lines for people or JSON, progress on a terminal, tables of text."""

import json
import math
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from gazelab.errors import SettingsError
from gazelab.task import Step

_BAR = 24
_REDRAW_S = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a verb: lines for people, the same as data, and the exit code.

    problem : one sentence for standard error when the code is not 0.
    """

    lines: Sequence[str]
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = 0
    problem: str = ""


class Progress:
    """A bar on standard error, drawn over itself; nothing unless that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty() and speaks()
        self._drawn_s = -math.inf
        self._width = 0

    def __call__(self, step: Step) -> None:
        """Show a step, at most ten times a second."""
        if self._shown and time.monotonic() - self._drawn_s > _REDRAW_S:
            self._draw(bar_of(step))
            self._drawn_s = time.monotonic()

    def clear(self) -> None:
        """Remove the bar, so that what follows stands on an empty line."""
        if self._width:
            self._draw("")
            self._width = 0

    def _draw(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._width) + ("" if text else "\r"))
        self._stream.flush()
        self._width = len(text)


def speaks() -> bool:
    """Whether this process reports: of those that `torchrun` starts, the first one alone."""
    return "TORCHELASTIC_RUN_ID" not in os.environ or os.environ.get("RANK", "0") == "0"


def bar_of(step: Step) -> str:
    """Return a step as one line of text."""
    note = one_line(step.note)[:60]
    if not step.total:
        return f"{step.done} {note}" if step.done else note
    full = round(_BAR * min(1.0, step.done / step.total))
    return f"[{'#' * full}{'.' * (_BAR - full)}] {step.done}/{step.total} {note}"


def print_lines(lines: Iterable[str]) -> None:
    """Print lines; a character the terminal cannot show becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        print(line.encode(encoding, "replace").decode(encoding))


def print_json(data: Mapping[str, Any]) -> None:
    """Print data as one JSON value; numbers that are not finite become null."""
    print(json.dumps(_plain(data), indent=1, ensure_ascii=True, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def one_line(text: str) -> str:
    """Return a text without line breaks and doubled blanks."""
    return " ".join(text.split())


def columns(rows: Sequence[Sequence[str]], numbers_from: int) -> list[str]:
    """Return rows as lines with aligned columns, the first row underlined.

    numbers_from : columns from this one on are aligned on the right.
    """
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if k >= numbers_from else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def by_variant(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each variant with the names it belongs to: "CC, KL: plain"."""
    names: dict[str, list[str]] = {}
    for name, variant in dict.fromkeys(pairs):
        names.setdefault(variant, []).append(name)
    return [f"{', '.join(of)}: {variant}" for variant, of in names.items()]


def refuse(options: Mapping[str, object], why: str, hint: str) -> None:
    """Raise SettingsError for those options that were given."""
    named = [option for option, value in options.items() if value not in (None, False, [])]
    if named:
        raise SettingsError(f"{', '.join(named)} {why}", hint)
