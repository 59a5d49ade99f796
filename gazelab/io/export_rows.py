"""The rows of an export: which are gaze samples, which are of an event, and which are not used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gazelab.errors import ReadError
from gazelab.io.draft import Draft
from gazelab.io.export_table import ExportTable
from gazelab.io.groups import changes, numbered
from gazelab.io.presentations import participants, presentations
from gazelab.io.reading import ROWS_READ

_WORD_END = re.compile("(?<=[a-z])(?=[A-Z])")
_MOST_REASONS = 20
NOT_MAPPED = "not mapped to a picture"
_KINDS = ("", "fixation", "saccade", "blink")


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The rows of the events of one kind.

    rows : (k,) places. ids : (k,) number of the event of each. stands : (events,) the row
    that stands for each. onset_ms : (events,) on the clock. numbered : how many have a number
    of their own; fewer than events where some are on two stimuli.
    """

    rows: np.ndarray
    ids: np.ndarray
    stands: np.ndarray
    onset_ms: np.ndarray
    numbered: int


class ExportRows:
    """The rows of one export.

    times_ms : (n,) float64 on the clock. shown : the trial of each row. sampled, fixed : (n,)
        bool, the rows of gaze samples and of fixations. lacking : names of columns without
        which there are no fixations.
    Raises ReadError when there is neither a column of times, nor what samples or fixations
    need.
    """

    def __init__(self, table: ExportTable) -> None:
        self.table = table
        self._reasons = [""]
        self._why = np.zeros(len(table), np.int16)
        self._has_gaze = any(
            table.pair(pair) is not None
            for place in self.table.preset.places
            for pair in place.pairs[1:]
        )
        self.lacking = self._absent_for_fixations()
        clock = "time" if table.has("time") else "onset"
        if not table.has(clock):
            roles = ("time", "onset")
            raise table.absent([self.table.preset.columns.get(role, "") for role in roles], "")
        if self.lacking and not self._has_gaze:
            raise table.absent(
                self.lacking, "Export the fixations again with it, or the gaze samples."
            )
        self.times_ms = table.times_ms(clock)
        self._usable = self._checked()
        self.shown = presentations(table, self._usable, self.times_ms)
        self._kind = self._kinds()
        self._reject(self._usable & ~self.shown.shows, "no stimulus")
        self._reject(self.shown.calibration, "a calibration")
        self.sampled = self._samples()

    def _absent_for_fixations(self) -> list[str]:
        """Return the names of columns without which there are no fixations."""
        table, preset = self.table, self.table.preset
        if "fixation" not in preset.kinds.values():
            return []
        absent = []
        if "event" in preset.columns and not table.has("event"):
            absent.append(preset.columns["event"])
        if "fixation" in preset.index and table.index("fixation") is None:
            absent.append(preset.index["fixation"])
        if not self._tells_durations():
            absent.append(preset.columns.get("duration", preset.columns.get("end", "")))
        if all(table.pair(place.fixation) is None for place in preset.places):
            absent += [place.fixation[0] for place in preset.places if place.fixation[0]]
        return absent

    def _tells_durations(self) -> bool:
        table = self.table
        return table.has("duration") or table.has("end") or table.preset.rows_last

    def _reject(self, rows: np.ndarray, reason: str) -> None:
        """Note why rows are not used, unless another reason is known."""
        self._reasons.append(reason)
        self._why[rows & (self._why == 0)] = len(self._reasons) - 1

    def _checked(self) -> np.ndarray:
        """Return (n,) bool: the rows with a time and a participant, of the eye tracker."""
        table, sensors = self.table, self.table.preset.sensors
        if table.has("sensor") and sensors:
            self._reject(~table.among("sensor", sensors), "not of the eye tracker")
        self._reject(np.isnan(self.times_ms), "no onset")
        self._reject(participants(table).is_word(""), "no participant")
        if table.has("mapped"):
            self._reject(table.text("mapped").is_word(""), NOT_MAPPED)
        return self._why == 0

    def _kinds(self) -> np.ndarray:
        """Return (n,) int: of what kind of event each usable row is, 0 for none."""
        kinds = self.table.preset.kinds
        if "event" not in self.table.preset.columns:
            of_all = _KINDS.index(kinds[""]) if "" in kinds else 0
            return np.where(self._usable, of_all, 0)
        told = self.table.text("event")
        known = [_KINDS.index(kinds.get(_word(word), "")) for word in told.words]
        return np.where(self._usable, np.array([*known, 0], np.int8)[told.codes], 0)

    @property
    def fixed(self) -> np.ndarray:
        """(n,) bool: the rows of fixations."""
        return (self._kind == 1) & (self._why == 0)

    def why(self) -> np.ndarray:
        """Return (n,) texts: why each row is not used, "" for one that is."""
        return np.array(self._reasons, object)[self._why]

    @property
    def good(self) -> np.ndarray:
        """(n,) bool: the rows that are not rejected."""
        return self._why == 0

    def _samples(self) -> np.ndarray:
        """Return (n,) bool: the rows that are gaze samples."""
        if not self._has_gaze:
            return np.zeros(len(self.table), np.bool_)
        sampled = self._why == 0
        if self.table.has("sample"):
            sampled &= ~self.table.text("sample").is_word("")
        return sampled

    def groups(self) -> dict[str, Group]:
        """Return the rows of the events of each kind. Raises ReadError."""
        groups = {}
        for number, kind in enumerate(_KINDS[1:], 1):
            rows = np.flatnonzero(self._kind == number)
            if len(rows) and not (kind == "fixation" and self.lacking):
                group = self._group(kind, rows)
                if group is not None:
                    groups[kind] = group
        return groups

    def _group(self, kind: str, rows: np.ndarray) -> Group | None:
        """Take the rows of the events of one kind together. Raises ReadError."""
        table, trial = self.table, self.shown.trial
        if not self._tells_durations():
            return None
        times_ms = table.times_ms("onset") if table.has("onset") else self.times_ms
        if kind not in self.table.preset.index:
            rows = rows[self._why[rows] == 0]
            return Group(rows, np.arange(len(rows)), rows, times_ms[rows], len(rows))
        index = table.index(kind)
        if index is None:
            return None
        nameless = index.is_word("")
        rows = rows[~nameless[rows]]
        recording = self.shown.recording[rows]
        own, firsts = numbered(recording, index.codes[rows])
        self._refuse_return(kind, rows, recording, own, index.words)
        kept = self._why[rows] == 0
        begun_ms = times_ms[rows][firsts][own][kept]
        distinct = int(np.count_nonzero(np.bincount(own[kept])))
        rows = rows[kept]
        ids, first = numbered(trial[rows], index.codes[rows])
        if self.table.preset.stands == "last":
            stands = np.zeros(len(first), np.intp)
            np.maximum.at(stands, ids, rows)
        else:
            stands = rows[first]
        return Group(rows, ids, stands, begun_ms[first], distinct)

    def _refuse_return(
        self,
        kind: str,
        rows: np.ndarray,
        recording: np.ndarray,
        own: np.ndarray,
        words: tuple[str, ...],
    ) -> None:
        """Raise ReadError when the number of an event comes back after others."""
        if self.table.preset.onset_from != "presentation" or not len(rows):
            return
        order = np.argsort(recording, kind="stable")
        starts = order[changes(own[order])]
        _, once = np.unique(own[starts], return_index=True)
        seen = np.ones(len(starts), np.bool_)
        seen[once] = False
        if seen.any():
            row = int(rows[starts[seen].min()])
            index = self.table.index(kind)
            number = words[index.codes[row]] if index is not None else ""
            raise ReadError(
                f"The {kind} with number {number} comes back after others.",
                self.table.path,
                int(self.table.lines[row]),
                "Export it again with the name of the recording.",
            )

    def count(self, draft: Draft, groups: Mapping[str, Group]) -> None:
        """Count all rows: what they are of, or why they are not used."""
        used = self.sampled.copy()
        for kind, group in groups.items():
            used[group.rows] = True
            draft.counts[f"rows of {kind}s"] = len(group.rows)
        self._reject_unused(used)
        draft.counts[ROWS_READ] = len(self.table) - int((self._why > 0).sum())
        for number, count in enumerate(np.bincount(self._why).tolist()):
            if number and count:
                draft.reject(self._reasons[number], count)
        if self.table.empty_rows:
            draft.reject("empty", self.table.empty_rows)

    def _reject_unused(self, used: np.ndarray) -> None:
        """Say why rows are neither samples nor of an event."""
        unused = ~used & (self._why == 0)
        if not unused.any():
            return
        for number, kind in enumerate(_KINDS[1:], 1):
            rows = unused & (self._kind == number)
            if not rows.any():
                continue
            index = self.table.index(kind) if kind in self.table.preset.index else None
            if index is not None:
                self._reject(rows & index.is_word(""), f"no number of the {kind}")
            self._reject(rows, kind)
        told = self.table.text("event")
        codes = np.unique(told.codes[unused & self.good])
        for code in codes[:_MOST_REASONS].tolist():
            reason = self.table.preset.other or _word(told.words[code]) or "no event"
            self._reject(unused & (told.codes == code), reason)
        self._reject(unused, "another event")


def _word(event: str) -> str:
    """Return "EyesNotFound" as "eyes not found"."""
    return _WORD_END.sub(" ", event).casefold()
