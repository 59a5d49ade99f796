"""From the source's own coordinates to pixels of known stimuli, as a contract says."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from gazelab.data.contract import Contract
from gazelab.data.exclusion import judged
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.io.reading import Reading
from gazelab.study.matching import Pictures

EMPTY_SCREEN = ""
"""In place of a picture: positions are shown on an empty screen."""

_EMPTY_SCREEN_ID = "empty screen"


@dataclass(frozen=True, slots=True)
class Placed:
    """What of a reading has a stimulus, in its pixels and in ms.

    stimuli : those that the placing made (empty screens).
    unmatched : names in the source for which no picture was found, each with the number of
        its trials; what belongs to them is left out.
    px_per_deg : of the stimuli, where all have the same; else NaN.
    """

    stimuli: tuple[Stimulus, ...] = ()
    recordings: tuple[Recording, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    unmatched: Mapping[str, int] = field(default_factory=dict)
    px_per_deg: float = math.nan


@dataclass(frozen=True, slots=True)
class Links:
    """Which picture a name in a source means, where that is not plain from the name.

    pictures : name in the source -> id of a stimulus, or EMPTY_SCREEN.
    others_empty : names that fit no picture are shown on an empty screen.
    """

    pictures: Mapping[str, str]
    others_empty: bool = False

    def stimulus(self, name: str, known: Pictures, contract: Contract) -> Stimulus | None:
        """Return the stimulus that a name means, None for none. Raises SettingsError."""
        if name not in self.pictures:
            found = known.named(name)
            if found is not None or not self.others_empty:
                return found
        linked = self.pictures.get(name, EMPTY_SCREEN)
        if linked == EMPTY_SCREEN:
            return empty_screen(contract)
        found = known.named(linked)
        if found is None:
            raise SettingsError(f"{name} is linked to {linked}, which is no picture here.")
        return found


NO_LINKS = Links({})


def empty_screen(contract: Contract) -> Stimulus:
    """Return a stimulus without a picture, as large as the screen. Raises SettingsError."""
    screen = contract.screen
    if not screen.has_size:
        raise SettingsError(
            "The size of the empty screen is not known.", "Say how many pixels the screen has."
        )
    width, height = round(screen.width_px), round(screen.height_px)
    return Stimulus(f"{_EMPTY_SCREEN_ID} {width} x {height}", "", width, height, "")


def placed(
    reading: Reading, contract: Contract, pictures: Iterable[Stimulus], links: Links = NO_LINKS
) -> Placed:
    """Return what of a reading has a stimulus, as a contract says.

    Raises SettingsError when the contract lacks something of the screen that it needs.
    """
    if contract.lacking and (reading.recordings or reading.scanpaths):
        raise SettingsError(
            told_of_lacking(contract),
            "Say it in the import window, or with --screen, --screen-mm and --distance-mm.",
        )
    known = Pictures(pictures)
    names = {key[1]: None for key in trials(reading)}
    found = {name: links.stimulus(name, known, contract) for name in names}
    bench = _Bench(reading, contract, {n: s for n, s in found.items() if s is not None})
    recordings = tuple(map(bench.recording, filter(bench.has, reading.recordings)))
    scales = {recording.px_per_deg for recording in recordings} or bench.scales()
    return Placed(
        stimuli=tuple({s.id: s for s in found.values() if s and not s.has_picture}.values()),
        recordings=recordings,
        scanpaths=tuple(map(bench.scanpath, filter(bench.has, reading.scanpaths))),
        events=tuple(map(bench.found_events, filter(bench.has, reading.events))),
        unmatched={
            name: sum(key[1] == name for key in trials(reading))
            for name, stimulus in found.items()
            if stimulus is None
        },
        px_per_deg=scales.pop() if len(scales) == 1 else math.nan,
    )


def told_of_lacking(contract: Contract) -> str:
    """Return the sentence on what a contract lacks."""
    return f"To know where people looked, {' and '.join(contract.lacking)} must be known."


def trials(reading: Reading) -> dict[TrialKey, None]:
    """Return the trials of a reading, each once."""
    keys = [recording.key for recording in reading.recordings]
    keys += [path.key for path in reading.scanpaths]
    return dict.fromkeys(keys + [events.trial_key for events in reading.events])


def names_in(reading: Reading) -> set[str]:
    """Return the names of pictures in a reading."""
    return {key[1] for key in trials(reading)} | {item.stimulus for item in reading.attention}


class _Bench:
    """Applies a contract to what was read of trials whose stimulus is known."""

    def __init__(
        self, reading: Reading, contract: Contract, stimuli: Mapping[str, Stimulus]
    ) -> None:
        self._reading, self._contract, self._stimuli = reading, contract, stimuli
        self._starts = _starts_ms(reading) if contract.zero == "first" else {}
        self._numbers = _numbers(reading, stimuli)
        scale, guessed = contract.screen.px_per_deg, reading.contract.screen.px_per_deg
        self._geometry_told = not math.isnan(scale) and scale != guessed  # by the researcher

    def has(self, item: Recording | Scanpath | Events) -> bool:
        """Whether the stimulus of an item is known."""
        return item.stimulus in self._stimuli

    def scales(self) -> set[float]:
        """Return the pixels of the stimuli in one degree, of all trials."""
        told = self._reading.placements
        keys = [path.key for path in self._reading.scanpaths if self.has(path)]
        return {self._contract.px_per_deg(self._stimuli[key[1]], told.get(key)) for key in keys}

    def recording(self, recording: Recording) -> Recording:
        """Return a recording on its stimulus."""
        stimulus = self._stimuli[recording.stimulus]
        told = self._reading.placements.get(recording.key)
        x_px, y_px = self._contract.on_stimulus(recording.x_px, recording.y_px, stimulus, told)
        px_per_deg = recording.px_per_deg
        if math.isnan(px_per_deg) or self._geometry_told:
            px_per_deg = self._contract.px_per_deg(stimulus, told)
        start_ms = self._starts.get(recording.key, 0.0)
        return replace(
            recording,
            stimulus=stimulus.id,
            trial=self._numbers[recording.key],
            t_ms=self._times_ms(recording.t_ms, recording.key),
            x_px=x_px,
            y_px=y_px,
            px_per_deg=px_per_deg,
            clock_ms=self._contract.times_ms(recording.clock_ms + start_ms, self._reading.contract),
        )

    def scanpath(self, path: Scanpath) -> Scanpath:
        """Return a scanpath on its stimulus, with what lies off it excluded."""
        stimulus = self._stimuli[path.stimulus]
        told = self._reading.placements.get(path.key)
        x_px, y_px = self._contract.on_stimulus(path.x_px, path.y_px, stimulus, told)
        moved = replace(
            path,
            stimulus=stimulus.id,
            trial=self._numbers[path.key],
            x_px=x_px,
            y_px=y_px,
            onset_ms=self._times_ms(path.onset_ms, path.key),
            duration_ms=self._contract.times_ms(path.duration_ms, self._reading.contract),
        )
        return judged(moved, stimulus, ())

    def found_events(self, events: Events) -> Events:
        """Return saccades or blinks of a trial, on its stimulus."""
        return replace(
            events,
            stimulus=self._stimuli[events.stimulus].id,
            trial=self._numbers[events.trial_key],
            onset_ms=self._times_ms(events.onset_ms, events.trial_key),
            duration_ms=self._contract.times_ms(events.duration_ms, self._reading.contract),
        )

    def _times_ms(self, times_ms: np.ndarray, key: TrialKey) -> np.ndarray:
        start_ms = self._starts.get(key, 0.0)
        if start_ms:
            times_ms = times_ms - start_ms
        return self._contract.times_ms(times_ms, self._reading.contract)


def _numbers(reading: Reading, stimuli: Mapping[str, Stimulus]) -> dict[TrialKey, str]:
    """Return what each trial is called on its stimulus.

    Where several names mean one stimulus, a trial whose name is taken gets the next free number.
    """
    numbers: dict[TrialKey, str] = {}
    taken: set[TrialKey] = set()
    free: defaultdict[tuple[str, str], Iterator[int]] = defaultdict(lambda: count(1))
    for participant, name, trial in trials(reading):
        if name not in stimuli:
            continue
        stimulus, told = stimuli[name].id, trial
        while (participant, stimulus, told) in taken:
            told = str(next(free[participant, stimulus]))
        taken.add((participant, stimulus, told))
        numbers[participant, name, trial] = told
    return numbers


def _starts_ms(reading: Reading) -> dict[TrialKey, float]:
    """Return when the first sample or fixation of each trial was."""
    starts: dict[TrialKey, float] = {}
    times = [(recording.key, recording.t_ms) for recording in reading.recordings]
    times += [(path.key, path.onset_ms) for path in reading.scanpaths]
    for key, times_ms in times:
        if len(times_ms):
            starts[key] = min(starts.get(key, math.inf), float(np.nanmin(times_ms)))
    return starts
