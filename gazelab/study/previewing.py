"""What an import would bring, one source at a time, before anything is brought in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from gazelab.data.attention import Attention
from gazelab.data.contract import Contract
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import GazeLabError, ReadError, SettingsError
from gazelab.io.reading import Reading
from gazelab.project.project import Project
from gazelab.study.candidates import Candidate
from gazelab.study.importing import ImportPlan, import_files
from gazelab.study.matching import Pictures
from gazelab.study.placing import (
    EMPTY_SCREEN,
    NO_LINKS,
    Links,
    Placed,
    empty_screen,
    placed,
    told_of_lacking,
    trials,
)
from gazelab.study.plausibility import Sign, count_on, signs
from gazelab.task import Task

_MOST_SAMPLES = 100_000
"""Of a longer recording some samples are left out while it is previewed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How much a reading holds. rates_hz, eyes : of its recordings, each once, sorted."""

    participants: int
    trials: int
    samples: int
    fixations: int
    saccades: int
    blinks: int
    stimuli: int
    maps: int
    rates_hz: tuple[float, ...]
    eyes: tuple[str, ...]


def summary(reading: Reading) -> Summary:
    """Return how much a reading holds."""
    keys = trials(reading)

    def number(kind: str) -> int:
        return sum(len(events) for events in reading.events if events.kind == kind)

    return Summary(
        participants=len({key[0] for key in keys}),
        trials=len(keys),
        samples=sum(map(len, reading.recordings)),
        fixations=sum(map(len, reading.scanpaths)),
        saccades=number("saccade"),
        blinks=number("blink"),
        stimuli=len(reading.stimuli),
        maps=len(reading.attention),
        rates_hz=tuple(sorted({r.rate_hz for r in reading.recordings if r.rate_hz > 0})),
        eyes=tuple(sorted({r.eye for r in reading.recordings if r.eye})),
    )


class ReadTrials:
    """The trials of a reading, each of which can be had without the others."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.keys: tuple[TrialKey, ...] = tuple(trials(reading))
        self._recordings: dict[TrialKey, list[Recording]] = {}
        self._scanpaths: dict[TrialKey, list[Scanpath]] = {}
        for recording in reading.recordings:
            self._recordings.setdefault(recording.key, []).append(recording)
        for path in reading.scanpaths:
            self._scanpaths.setdefault(path.key, []).append(path)

    def __len__(self) -> int:
        """Return how many can be shown: trials; without any, maps; else pictures."""
        return len(self.keys or self.reading.attention or self.reading.stimuli)

    def every(self, key: TrialKey) -> int:
        """Return how many samples of a trial there are for each that `only` gives."""
        longest = max(map(len, self._recordings.get(key, ())), default=0)
        return max(-(-longest // _MOST_SAMPLES), 1)

    def only(self, key: TrialKey) -> Reading:
        """Return a reading of this trial alone, without its saccades and blinks.

        Of a long recording only every so many samples are in it.
        """
        told = self.reading.placements.get(key)
        thin = self.every(key)
        return replace(
            self.reading,
            stimuli=(),
            recordings=tuple(_thinned(r, thin) for r in self._recordings.get(key, ())),
            scanpaths=tuple(self._scanpaths.get(key, ())),
            events=(),
            attention=(),
            placements=MappingProxyType({} if told is None else {key: told}),
        )


def _thinned(recording: Recording, every: int) -> Recording:
    if every == 1:
        return recording
    parts = {name: getattr(recording, name)[::every] for name in ("t_ms", "x_px", "y_px")}
    pupil = None if recording.pupil is None else recording.pupil[::every]
    return replace(recording, pupil=pupil, **parts)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One trial on its stimulus, or one picture, or one map.

    stimulus : None where it is not known. problem : why nothing can be drawn.
    on_stimulus : share of the positions that lie on the stimulus; NaN without any.
    every : of so many samples one is in `recording`.
    """

    title: str
    stimulus: Stimulus | None = None
    recording: Recording | None = None
    scanpath: Scanpath | None = None
    attention: Attention | None = None
    problem: str = ""
    on_stimulus: float = math.nan
    every: int = 1


def shown(
    read: ReadTrials, number: int, contract: Contract, known: Pictures, links: Links = NO_LINKS
) -> Shown:
    """Return the trial, map or picture with this number, from 0."""
    reading = read.reading
    if read.keys:
        return shown_trial(read, read.keys[number], contract, known, links)
    if reading.attention:
        attention = reading.attention[number]
        name = links.pictures.get(attention.stimulus) or attention.stimulus
        stimulus = known.named(name)
        problem = "" if stimulus is not None else f"No picture is known for {attention.stimulus}."
        return Shown(attention.stimulus, stimulus, attention=attention, problem=problem)
    return Shown(reading.stimuli[number].id, reading.stimuli[number])


def shown_trial(
    all_trials: ReadTrials,
    key: TrialKey,
    contract: Contract,
    known: Pictures,
    links: Links = NO_LINKS,
) -> Shown:
    """Return one trial on its stimulus as a contract says.

    Why it cannot be shown is in `problem`; nothing is raised.
    """
    participant, name, trial = key
    title = ", ".join(part for part in (participant, name, trial if trial != "1" else "") if part)
    try:
        stimulus = links.stimulus(name, known, contract)
        if stimulus is None:
            return Shown(title, problem=f"No picture is known for {name}.")
        if stimulus.has_picture:
            there = placed(all_trials.only(key), contract, (stimulus,), Links({name: stimulus.id}))
        else:
            there = placed(all_trials.only(key), contract, (), Links({name: EMPTY_SCREEN}))
    except SettingsError as error:
        return Shown(title, problem=str(error))
    recording = there.recordings[0] if there.recordings else None
    scanpath = there.scanpaths[0] if there.scanpaths else None
    share = _share_on(stimulus, [item for item in (recording, scanpath) if item is not None])
    every = all_trials.every(key)
    return Shown(title, stimulus, recording, scanpath, on_stimulus=share, every=every)


def _share_on(stimulus: Stimulus, items: Sequence[Recording | Scanpath]) -> float:
    """Return the share of the samples, or of the fixations where there are none, on a stimulus."""
    for item in items:
        on, with_place = count_on(item, stimulus)
        if with_place:
            return on / with_place
    return math.nan


@dataclass(frozen=True, slots=True)
class Match:
    """A name in a source, and which stimulus it means.

    trials : how many have it. by : "name", "link" or "empty"; "" where there is none.
    """

    name: str
    trials: int
    stimulus: Stimulus | None = None
    by: str = ""


def matches(reading: Reading, known: Pictures, links: Links = NO_LINKS) -> tuple[Match, ...]:
    """Return the names in a reading with the stimuli they mean, those without one first."""
    numbers: dict[str, int] = {}
    for _, name, _ in trials(reading):
        numbers[name] = numbers.get(name, 0) + 1
    for attention in reading.attention:
        numbers[attention.stimulus] = numbers.get(attention.stimulus, 0) + 1
    found = [_match(name, number, known, links) for name, number in numbers.items()]
    return tuple(sorted(found, key=lambda match: bool(match.by)))


def _match(name: str, number: int, known: Pictures, links: Links) -> Match:
    linked = links.pictures.get(name)
    stimulus = known.named(name if linked is None else linked)
    if linked is not None and linked != EMPTY_SCREEN:
        return Match(name, number, stimulus, "link" if stimulus else "")
    if linked is None and stimulus is not None:
        return Match(name, number, stimulus, "name")
    empty = linked == EMPTY_SCREEN or links.others_empty
    return Match(name, number, None, "empty" if empty else "")


def hindrance(candidate: Candidate, found: Sequence[Match]) -> str:
    """Return why a source that was read cannot be imported yet; "" when it can.

    found : the names in it, as `matches` gives them.
    """
    reading, contract = candidate.reading, candidate.contract
    if reading is None or not (reading.recordings or reading.scanpaths or reading.attention):
        return ""
    gaze = bool(reading.recordings or reading.scanpaths)
    if gaze and contract.lacking:
        return told_of_lacking(contract)
    if not any(match.by for match in found):
        names = f"any of its {len(found)} names" if len(found) > 1 else found[0].name
        return (
            f"No picture is known for {names}. Give the folder of the pictures, link names to "
            "pictures, or show them on an empty screen."
        )
    if gaze and any(match.by == "empty" for match in found):
        try:
            empty_screen(contract)
        except SettingsError as error:
            return str(error)
    return ""


def sentence(error: GazeLabError) -> str:
    """Return what went wrong, without the path, which stands beside it."""
    where = f"Line {error.line}: " if isinstance(error, ReadError) and error.line else ""
    return f"{where}{error.message} {error.hint}".strip()


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an import of one source would bring: counts and notes as they would be kept."""

    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    problem: str = ""


def outlook(
    candidate: Candidate, folder: Path, stimuli: Mapping[str, Stimulus], links: Links
) -> Task[Outlook]:
    """Return what importing a candidate that was read would bring, by trying it on a copy.

    folder : of the project. stimuli : all pictures there are, by id.
    """
    if candidate.reading is None:
        return Outlook(problem=candidate.problem)
    plan = ImportPlan((candidate.source,), folder, links=links)
    trial = replace(Project(), stimuli=MappingProxyType(dict(stimuli)))
    try:
        addition = yield from import_files(plan, trial, {candidate.path: candidate.reading})
    except GazeLabError as error:
        return Outlook(problem=sentence(error))
    there = Placed(recordings=addition.recordings, scanpaths=addition.scanpaths)
    looked_at = {**stimuli, **{stimulus.id: stimulus for stimulus in addition.stimuli}}
    record = addition.records[-1]
    return Outlook(record.counts, record.notes, signs(there, looked_at))
