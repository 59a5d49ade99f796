"""The project type. It is never changed in place: `with_*` returns a new one."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from gazelab.data.aoi import Aoi
from gazelab.data.attention import Attention
from gazelab.data.attributes import NOTHING_KNOWN, Attributes
from gazelab.data.contract import Contract
from gazelab.data.exclusion import ExclusionRule, judged_all
from gazelab.data.gaze import Origin, Scanpath, TrialKey
from gazelab.data.geometry import Blur
from gazelab.data.recording import Events, Recording
from gazelab.data.scores import ComputedScores, Score
from gazelab.data.stimulus import Stimulus
from gazelab.gaze.detect import DETECTORS

K = TypeVar("K")
V = TypeVar("V")
AttentionKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that belong to the study and travel with it.

    px_per_deg : pixels in one degree of visual angle; NaN while unknown.
    sigma_deg, sigma_px : blur of human density; degrees win where px_per_deg is known.
    weight_by_duration : whether a fixation counts as its duration in density maps.
    """

    px_per_deg: float = math.nan
    sigma_deg: float = 1.0
    sigma_px: float = 24.0
    weight_by_duration: bool = False
    alignment: str = "index"

    @property
    def blur(self) -> Blur:
        """The blur in force."""
        if math.isnan(self.px_per_deg):
            return Blur(self.sigma_px)
        return Blur.from_deg(self.sigma_deg, self.px_per_deg)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import: what was read, rejected and excluded, and why. Kept for good.

    counts : name -> number, e.g. "fixations", "excluded: off the stimulus".
    notes : sentences a reader of the data must know.
    contract : what the positions and times of the source were taken to mean.
    """

    source: str
    reader: str
    sha256: str
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """What an import brings: merged into the project as it is when it arrives.

    px_per_deg_said : whether a person said the pixels in one degree, so that they replace those
        of the project.
    """

    stimuli: tuple[Stimulus, ...] = ()
    recordings: tuple[Recording, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    attention: tuple[Attention, ...] = ()
    records: tuple[ImportRecord, ...] = ()
    px_per_deg: float = math.nan
    px_per_deg_said: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """Everything of one study. Compare parts by identity to see what changed.

    scanpaths : the fixations in use, one scanpath for each trial. set_aside : those found by
        other detectors, or by the tracker, in trials whose fixations in use are others.
    events : saccades and blinks, whoever found them.
    rules : by which fixations are excluded. aois : areas of interest, in order.
    participant_attributes, stimulus_attributes : group, condition and the like of each.
    simulated : True when any of it is made up; shown wherever results appear.
    computed : what the last scoring computed, also where it no longer holds; see its type.
    unknown : what a newer GazeLab wrote that this one does not know; kept when saving.
    """

    title: str = "Untitled"
    stimuli: Mapping[str, Stimulus] = field(default_factory=lambda: MappingProxyType({}))
    recordings: Mapping[TrialKey, Recording] = field(default_factory=lambda: MappingProxyType({}))
    scanpaths: tuple[Scanpath, ...] = ()
    set_aside: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    rules: tuple[ExclusionRule, ...] = ()
    attention: Mapping[AttentionKey, Attention] = field(
        default_factory=lambda: MappingProxyType({})
    )
    scores: tuple[Score, ...] = ()
    aois: tuple[Aoi, ...] = ()
    computed: ComputedScores = field(default_factory=ComputedScores)
    records: tuple[ImportRecord, ...] = ()
    participant_attributes: Attributes = NOTHING_KNOWN
    stimulus_attributes: Attributes = NOTHING_KNOWN
    settings: Settings = Settings()
    unknown: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def simulated(self) -> bool:
        """Whether any scanpath is made up."""
        return any(scanpath.origin.simulated for scanpath in self.scanpaths)

    @property
    def participants(self) -> tuple[str, ...]:
        """Names of all participants, in order of first appearance."""
        names = [path.participant for path in self.scanpaths]
        return tuple(dict.fromkeys([*names, *(key[0] for key in self.recordings)]))

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """(source, kind) of all maps, in order of first appearance."""
        return tuple(dict.fromkeys((a.source, a.kind) for a in self.attention.values()))

    def scanpaths_of(self, stimulus: str) -> tuple[Scanpath, ...]:
        """Return the scanpaths on one stimulus."""
        return tuple(path for path in self.scanpaths if path.stimulus == stimulus)

    def with_addition(self, addition: Addition) -> "Project":
        """Return the project with an import merged in; the newer wins on the same key.

        New scanpaths change every baseline too, so that no score holds any longer: all are
        dropped. New maps drop the scores of their source, as in `with_attention`.
        """
        px_per_deg = self.settings.px_per_deg
        if math.isnan(px_per_deg) or addition.px_per_deg_said:
            px_per_deg = addition.px_per_deg
        kept = self._without_found_in(addition.recordings)
        project = replace(
            kept,
            stimuli=_merged(self.stimuli, {s.id: s for s in addition.stimuli}),
            recordings=_merged(self.recordings, {r.key: r for r in addition.recordings}),
            events=_latest(kept.events, addition.events),
            records=self.records + addition.records,
            settings=replace(self.settings, px_per_deg=px_per_deg),
        )
        if addition.scanpaths:
            project = project.with_detected(addition.scanpaths)
        return project.with_attention(addition.attention) if addition.attention else project

    def _without_found_in(self, recordings: Iterable[Recording]) -> "Project":
        """Return the project without what our detectors found in samples that are replaced."""
        replaced = {r.key for r in recordings if r.key in self.recordings}
        if not replaced:
            return self
        ours = {detector.id for detector in DETECTORS}

        def holds(key: TrialKey, origin: Origin) -> bool:
            return key not in replaced or origin.reader not in ours

        scanpaths = tuple(path for path in self.scanpaths if holds(path.key, path.origin))
        same = len(scanpaths) == len(self.scanpaths)
        return replace(
            self,
            scanpaths=scanpaths,
            attention=self.attention if same else _of_machines(self.attention),
            set_aside=tuple(path for path in self.set_aside if holds(path.key, path.origin)),
            events=tuple(e for e in self.events if holds(e.trial_key, e.origin)),
            scores=self.scores if same else (),
        )

    def with_scanpaths(self, scanpaths: Iterable[Scanpath]) -> "Project":
        """Return the project with these fixations in use, judged by its rules.

        No score holds any longer, and no maps that were made of fixations: they are dropped.
        """
        judged = judged_all(tuple(scanpaths), self.stimuli, self.rules)
        attention = _of_machines(self.attention)
        return replace(self, scanpaths=judged, attention=attention, scores=())

    def with_detected(
        self, scanpaths: Iterable[Scanpath], events: Iterable[Events] = ()
    ) -> "Project":
        """Return the project with these fixations in use; those of the same trials are set aside.

        One scanpath of each detector is kept for each trial, the latest. Events alone change
        no measure: without scanpaths the scores still hold.
        """
        scanpaths = tuple(scanpaths)
        used = {path.key: path for path in self.scanpaths}
        aside = {(path.key, path.origin.reader): path for path in self.set_aside}
        for path in scanpaths:
            aside.pop((path.key, path.origin.reader), None)
            old = used.get(path.key)
            if old is not None and old.origin.reader != path.origin.reader:
                aside[old.key, old.origin.reader] = old
            used[path.key] = path
        project = replace(
            self, set_aside=tuple(aside.values()), events=_latest(self.events, events)
        )
        return project.with_scanpaths(used.values()) if scanpaths else project

    def with_rules(self, rules: Iterable[ExclusionRule]) -> "Project":
        """Return the project with other rules of exclusion, applied to all fixations in use."""
        return replace(self, rules=tuple(rules)).with_scanpaths(self.scanpaths)

    def with_attention(self, maps: Iterable[Attention]) -> "Project":
        """Return the project with these maps; those of the same key are replaced.

        Scores of a replaced source no longer hold and are dropped.
        """
        new = {attention.key: attention for attention in maps}
        stale = {(key[0], key[1]) for key in new}
        scores = tuple(s for s in self.scores if (s.stimulus, s.source) not in stale)
        return replace(self, attention=_merged(self.attention, new), scores=scores)

    def without_sources(self, sources: Collection[str]) -> "Project":
        """Return the project without the maps of these sources, and without their scores."""
        kept = {key: item for key, item in self.attention.items() if item.source not in sources}
        scores = tuple(score for score in self.scores if score.source not in sources)
        return replace(self, attention=MappingProxyType(kept), scores=scores)

    def with_scores(
        self, scores: Iterable[Score], computed: ComputedScores | None = None
    ) -> "Project":
        """Return the project with these scores in place of all earlier ones.

        computed : what is kept to be used by the next scoring, if it changes.
        """
        return replace(self, scores=tuple(scores), computed=computed or self.computed)

    def with_aois(self, aois: Iterable[Aoi]) -> "Project":
        """Return the project with these areas of interest in place of all earlier ones."""
        return replace(self, aois=tuple(aois))

    def with_settings(self, settings: Settings) -> "Project":
        """Return the project with other settings."""
        return replace(self, settings=settings)


def _merged(old: Mapping[K, V], new: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType({**old, **new}) if new else old


def _of_machines(
    attention: Mapping[AttentionKey, Attention],
) -> Mapping[AttentionKey, Attention]:
    """Return the maps that are not made of fixations; the same mapping where all are such."""
    kept = {key: item for key, item in attention.items() if not item.of_people}
    return attention if len(kept) == len(attention) else MappingProxyType(kept)


def _latest(old: Iterable[Events], new: Iterable[Events]) -> tuple[Events, ...]:
    """Return old and new, the newer of the same key."""
    return tuple({events.key: events for events in (*old, *new)}.values())
