"""What a reader has found in a file, until it is a `Reading`; drafts of several files join."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.gaze import Origin, Scanpath, TrialKey
from gazelab.data.geometry import Placement
from gazelab.data.recording import Events, Recording
from gazelab.errors import ReadError
from gazelab.io.groups import (
    FoundRows,
    SampleRows,
    events_of,
    oddities,
    recordings_of,
    scanpaths_of,
)
from gazelab.io.reading import (
    NO_POSITION,
    ROWS_READ,
    ROWS_REJECTED,
    SAMPLES_LOST,
    SAMPLES_NOT_ASKED_FOR,
    Reading,
    ReadSettings,
)

_OVERLAP_SHARE = 0.3
_MS_PER_NS = 1e-6
_NO_REASONS: Mapping[str, int] = MappingProxyType({})
_APART = (
    "The gaze samples and the fixations were not made at the same time: are they of one recording?"
)


@dataclass(slots=True)
class Draft:
    """What was found in one file.

    keys : of the trials, to which the rows of samples and events refer.
    base_ns : time of the source's clock from which the times count, in whole nanoseconds.
    """

    path: Path
    reader: str
    contract: Contract = Contract()
    keys: Sequence[TrialKey] = ()
    recordings: tuple[Recording, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    placements: Mapping[TrialKey, Placement] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    base_ns: int = 0

    @property
    def origin(self) -> Origin:
        """Where the items come from, with the notes so far."""
        return Origin(self.reader, self.path.name, notes=tuple(self.notes))

    def reject(self, reason: str, rows: int = 1) -> None:
        """Count rows that cannot be used."""
        self.counts[ROWS_READ] += rows
        self.counts[f"{ROWS_REJECTED}: {reason}"] += rows

    def take_samples(
        self, samples: SampleRows, settings: ReadSettings, lost: Mapping[str, int] = _NO_REASONS
    ) -> None:
        """Take samples, unless they are not asked for.

        lost : why samples have no position -> how many; the others just have none.
        """
        self.counts["samples in the file"] += len(samples.trial)
        back = (np.diff(samples.t_ms) < 0) & (np.diff(samples.trial) == 0)
        self.counts["samples earlier than the sample before"] += int(back.sum())
        for reason, number in lost.items():
            self.counts[f"{SAMPLES_LOST}: {reason}"] += number
        self.counts[f"{SAMPLES_LOST}: {NO_POSITION}"] += samples.n_lost - sum(lost.values())
        if settings.samples:
            self.recordings += recordings_of(self.keys, samples, self.origin)
        else:
            self.counts[SAMPLES_NOT_ASKED_FOR] += len(samples)

    def take_fixations(self, fixations: FoundRows) -> None:
        """Take fixations. Raises ReadError when most overlap in time."""
        self.counts["fixations in the file"] += len(fixations.trial)
        scanpaths = scanpaths_of(self.keys, fixations, self.origin)
        odd = oddities(scanpaths, fixations)
        overlapping = odd["fixations begun before the one before ended"]
        if overlapping > _OVERLAP_SHARE * len(fixations):
            raise ReadError(
                f"{overlapping:,} of {len(fixations):,} fixations begin before the one before has "
                "ended.",
                self.path,
                hint="Are they of two eyes, or is the unit of time wrong?",
            )
        self.counts += odd
        self.scanpaths += scanpaths

    def take_events(self, kind: str, found: FoundRows) -> None:
        """Take saccades or blinks."""
        self.counts[f"{kind}s in the file"] += len(found.trial)
        self.events += events_of(kind, self.keys, found, self.origin)

    def reading(self) -> Reading:
        """Return what was found. Raises ReadError when that is nothing."""
        if not (self.recordings or self.scanpaths):
            what = "no fixation" if self.counts["samples in the file"] else "nothing to read"
            raise ReadError(f"There is {what} in the file.", self.path, hint=self._why())
        return Reading(
            recordings=self.recordings,
            scanpaths=self.scanpaths,
            events=self.events,
            placements=MappingProxyType(dict(self.placements)),
            contract=self.contract,
            counts=MappingProxyType({name: n for name, n in self.counts.items() if n}),
            notes=tuple(self.notes),
        )

    def _why(self) -> str:
        start = f"{ROWS_REJECTED}: "
        why = "; ".join(
            f"{name.removeprefix(start)}: {n:,}"
            for name, n in self.counts.items()
            if n and name.startswith(start)
        )
        return f"Of {self.counts[ROWS_READ]:,} rows, rejected: {why}." if why else ""


def together(path: Path, drafts: Iterable[Draft]) -> Draft:
    """Return the drafts of the files in one folder as one, its times from their first clock."""
    drafts = list(drafts)
    first = drafts[0]
    base_ns = min(draft.base_ns for draft in drafts)
    whole = Draft(path, first.reader, first.contract, base_ns=base_ns)
    for draft in drafts:
        shift_ms = (draft.base_ns - base_ns) * _MS_PER_NS
        whole.recordings += tuple(
            replace(item, t_ms=item.t_ms + shift_ms, clock_ms=item.clock_ms - shift_ms)
            for item in draft.recordings
        )
        whole.scanpaths += tuple(
            replace(item, onset_ms=item.onset_ms + shift_ms) for item in draft.scanpaths
        )
        whole.events += tuple(
            replace(item, onset_ms=item.onset_ms + shift_ms) for item in draft.events
        )
        whole.placements = {**whole.placements, **draft.placements}
        whole.counts += draft.counts
        whole.notes += [note for note in draft.notes if note not in whole.notes]
    if _apart(whole):
        whole.notes.append(_APART)
    return whole


def _apart(draft: Draft) -> bool:
    """Whether some fixations are of a trial whose samples begin after or end before them all."""
    spans = {item.key: (item.t_ms[0], item.t_ms[-1]) for item in draft.recordings}
    return any(
        path.key in spans
        and (path.onset_ms[-1] < spans[path.key][0] or path.onset_ms[0] > spans[path.key][1])
        for path in draft.scanpaths
    )
