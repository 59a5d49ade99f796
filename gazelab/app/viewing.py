"""What is being looked at: stimulus, participants, fixation, step, layers and playhead.

This is the state of the view, not of the study: it is not saved and not undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from gazelab.app.document import Document
from gazelab.app.trials import Trials
from gazelab.data.alignment import step_of_fixation
from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Events, Recording

FEW_SAMPLES = 5000
"""Up to so many samples of a trial are drawn over the picture unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Layers:
    """How the panes are drawn."""

    scanpaths: bool = True
    numbers: bool = True
    saccades: bool = True
    upcoming: bool = True
    density: bool = True
    density_opacity: float = 0.7
    attention: bool = True
    attention_opacity: float = 0.7
    scanpath_on_machine: bool = True
    colormap: str = "viridis"
    shared_range: bool = False
    legend: bool = True
    gaze: bool = False
    glimpses: bool = True
    areas: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What a detector finds in the leader's trial, shown but not in use.

    scanpath : None from a detector that finds no fixations.
    limits : name of a lane of the trace -> value above which a sample is something else.
    """

    key: TrialKey
    scanpath: Scanpath | None
    events: tuple[Events, ...]
    title: str
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """One moment of viewing.

    participants : those shown; the first leads (its fixations are stepped).
    trials : (participant, trial) of whom another than the first trial is shown.
    fixation : index in the leader's scanpath; step : index in the maps.
    source, kind : which machine attention stands beside.
    area : name of the area of interest that is chosen. draft : corners of one that is being
    drawn.
    """

    stimulus: str = ""
    participants: tuple[str, ...] = ()
    trials: tuple[tuple[str, str], ...] = ()
    fixation: int = 0
    step: int = 0
    source: str = ""
    kind: str = ""
    layers: Layers = Layers()
    preview: Preview | None = None
    area: str = ""
    draft: tuple[tuple[float, float], ...] = ()


class Playhead(QObject):
    """Where the replay is, in ms from stimulus onset.

    moved : it is elsewhere. sought : a place that the user wishes it to go to.
    """

    moved = Signal(float)
    sought = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.position_ms = 0.0

    def set_position(self, position_ms: float) -> None:
        """Tell where the replay is; the clock does."""
        if position_ms != self.position_ms:
            self.position_ms = position_ms
            self.moved.emit(position_ms)


class Viewing(QObject):
    """Holds the `State` and keeps it possible.

    changed : emitted with the frozenset of the State fields that differ; a part of the
        document that matters to the view counts as "project".
    """

    changed = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.state = State()
        self.playhead = Playhead(self)
        self.trials = Trials(document.project)
        self._gaze_chosen = False
        document.changed.connect(self._document_changed)
        document.opened.connect(self._start_over)

    # what the state means

    @property
    def alignment(self) -> str:
        """The alignment in force (a setting of the project)."""
        return self.document.project.settings.alignment

    @property
    def keys(self) -> tuple[TrialKey, ...]:
        """The trials shown on the present stimulus, the leader's first."""
        chosen, stimulus = dict(self.state.trials), self.state.stimulus
        found = (self.trials.find(p, stimulus, chosen.get(p, "")) for p in self.state.participants)
        return tuple(key for key in found if key is not None)

    @property
    def scanpaths(self) -> tuple[Scanpath, ...]:
        """The scanpaths shown, the leader's first."""
        found = (self.trials.scanpath(key) for key in self.keys)
        return tuple(path for path in found if path is not None)

    @property
    def all_scanpaths(self) -> tuple[Scanpath, ...]:
        """The scanpaths of everyone on the present stimulus."""
        return self.trials.scanpaths(self.state.stimulus)

    @property
    def leader_key(self) -> TrialKey | None:
        """The trial that leads, with or without fixations."""
        leader = self.state.participants[:1]
        return next((key for key in self.keys if key[0] in leader), None)

    @property
    def leader(self) -> Scanpath | None:
        """The scanpath that is stepped."""
        return self.trials.scanpath(self.leader_key)

    @property
    def recording(self) -> Recording | None:
        """The samples of the trial that leads."""
        key = self.leader_key
        return None if key is None else self.document.project.recordings.get(key)

    @property
    def attention(self) -> Attention | None:
        """The maps beside, if the chosen source has any for this stimulus."""
        key = (self.state.stimulus, self.state.source, self.state.kind)
        return self.document.project.attention.get(key)

    @property
    def shown_step(self) -> int | None:
        """The step beside the current fixation; None for "no counterpart"."""
        attention, leader = self.attention, self.leader
        if attention is None:
            return None
        steps = len(attention.maps)
        if self.alignment == "unlinked" or leader is None or len(leader) == 0 or steps == 1:
            return self.state.step if self.state.step < steps else None
        return step_of_fixation(leader, self.state.fixation, attention.beside, self.alignment)

    @property
    def shown_fixation(self) -> int | None:
        """The current fixation of the leader; None where a step has no fixation beside it."""
        leader = self.leader
        if leader is None or not 0 <= self.state.fixation < len(leader):
            return None
        return self.state.fixation

    # changing

    def show(self, **fields: Any) -> None:
        """Change fields of the state; a preview ends with its trial."""
        before, self.state = self.state, replace(self.state, **fields)
        preview = self.state.preview
        if preview is not None and preview.key != self.leader_key:
            self.state = replace(self.state, preview=None)
        self._tell(before)

    def show_layers(self, **fields: Any) -> None:
        """Change how the panes are drawn."""
        self._gaze_chosen = self._gaze_chosen or "gaze" in fields
        self.show(layers=replace(self.state.layers, **fields))

    def toggle_layer(self, name: str) -> None:
        """Turn a layer on or off."""
        self.show_layers(**{name: not getattr(self.state.layers, name)})

    def show_stimulus(self, stimulus: str) -> None:
        """Show another stimulus from its first fixation."""
        if stimulus != self.state.stimulus:
            self.show(stimulus=stimulus, fixation=0, step=0)

    def lead(self, key: TrialKey, *, others: bool = False) -> None:
        """Let a trial of the present stimulus lead; `others` shown before stay."""
        name, trials = key[0], {**dict(self.state.trials), key[0]: key[2]}
        rest = [p for p in self.state.participants if p != name] if others else []
        self.show(participants=(name, *rest), trials=tuple(trials.items()), fixation=0)

    # inside

    def _start_over(self) -> None:
        before = self.state
        self.state = self._possible(State(layers=before.layers))
        if not self._gaze_chosen:
            few = 0 < len(self.recording or ()) <= FEW_SAMPLES
            self.state = replace(self.state, layers=replace(self.state.layers, gaze=few))
        self._tell(before)

    def _document_changed(self, parts: frozenset[str]) -> None:
        if parts & {"scanpaths", "recordings", "events"}:
            self.trials = Trials(self.document.project)
        before = self.state
        self.state = self._possible(before)
        self._tell(before, also=frozenset({"project"}) if parts else frozenset())

    def _possible(self, state: State) -> State:
        project = self.document.project
        stimulus = state.stimulus if state.stimulus in project.stimuli else ""
        looked_at = (name for name in project.stimuli if self.trials.on(name))
        stimulus = stimulus or next(looked_at, next(iter(project.stimuli), ""))
        people = tuple(dict.fromkeys(key[0] for key in self.trials.on(stimulus)))
        shown = tuple(p for p in state.participants if p in people)
        shown = shown or people[:1] or project.participants[:1]
        source, kind = state.source, state.kind
        sources = project.sources
        if (source, kind) not in sources:
            source, kind = next(iter(sorted(sources, key=lambda s: s[1] != "saliency")), ("", ""))
        return replace(
            state, stimulus=stimulus, participants=shown, source=source, kind=kind, preview=None
        )

    def _tell(self, before: State, also: frozenset[str] = frozenset()) -> None:
        fields = frozenset(
            name for name in State.__slots__ if getattr(before, name) != getattr(self.state, name)
        )
        if fields or also:
            self.changed.emit(fields | also)
