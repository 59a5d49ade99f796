"""What is being looked at: stimulus, participants, fixation, step and layers.

This is the state of the view, not of the study: it is not saved and not undone.
"""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from gazelab.app.document import Document
from gazelab.data.alignment import step_of_fixation
from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath


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


@dataclass(frozen=True, slots=True)
class State:
    """One moment of viewing.

    participants : those shown; the first leads (its fixations are stepped).
    fixation : index in the leader's scanpath; step : index in the maps.
    source, kind : which machine attention stands beside.
    """

    stimulus: str = ""
    participants: tuple[str, ...] = ()
    fixation: int = 0
    step: int = 0
    source: str = ""
    kind: str = ""
    layers: Layers = Layers()


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
        self._paths: dict[str, tuple[Scanpath, ...]] = {}
        document.changed.connect(self._document_changed)
        document.opened.connect(self._start_over)

    # what the state means

    @property
    def alignment(self) -> str:
        """The alignment in force (a setting of the project)."""
        return self.document.project.settings.alignment

    @property
    def scanpaths(self) -> tuple[Scanpath, ...]:
        """The scanpaths shown, the leader's first."""
        on_stimulus = {path.participant: path for path in self._on(self.state.stimulus)}
        return tuple(on_stimulus[p] for p in self.state.participants if p in on_stimulus)

    @property
    def all_scanpaths(self) -> tuple[Scanpath, ...]:
        """The scanpaths of everyone on the present stimulus."""
        return self._on(self.state.stimulus)

    @property
    def leader(self) -> Scanpath | None:
        """The scanpath that is stepped."""
        leader = self.state.participants[:1]
        return next((p for p in self.scanpaths if p.participant in leader), None)

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
        return step_of_fixation(leader, self.state.fixation, steps, self.alignment)

    @property
    def shown_fixation(self) -> int | None:
        """The current fixation of the leader; None where a step has no fixation beside it."""
        leader = self.leader
        if leader is None or not 0 <= self.state.fixation < len(leader):
            return None
        return self.state.fixation

    # changing

    def show(self, **fields: Any) -> None:
        """Change fields of the state."""
        before, self.state = self.state, replace(self.state, **fields)
        self._tell(before)

    def show_layers(self, **fields: Any) -> None:
        """Change how the panes are drawn."""
        self.show(layers=replace(self.state.layers, **fields))

    def toggle_layer(self, name: str) -> None:
        """Turn a layer on or off."""
        self.show_layers(**{name: not getattr(self.state.layers, name)})

    def show_stimulus(self, stimulus: str) -> None:
        """Show another stimulus from its first fixation."""
        if stimulus != self.state.stimulus:
            self.show(stimulus=stimulus, fixation=0, step=0)

    # inside

    def _on(self, stimulus: str) -> tuple[Scanpath, ...]:
        return self._paths.get(stimulus, ())

    def _start_over(self) -> None:
        before = self.state
        self.state = self._possible(State(layers=before.layers))
        self._tell(before)

    def _document_changed(self, parts: frozenset[str]) -> None:
        if "scanpaths" in parts:
            self._paths = {}
            for path in self.document.project.scanpaths:
                self._paths[path.stimulus] = (*self._paths.get(path.stimulus, ()), path)
        before = self.state
        self.state = self._possible(before)
        self._tell(before, also=frozenset({"project"}) if parts else frozenset())

    def _possible(self, state: State) -> State:
        project = self.document.project
        stimulus = state.stimulus if state.stimulus in project.stimuli else ""
        stimulus = stimulus or next(iter(project.stimuli), "")
        people = {path.participant for path in self._on(stimulus)}
        shown = tuple(p for p in state.participants if p in people) or project.participants[:1]
        source, kind = state.source, state.kind
        sources = project.sources
        if (source, kind) not in sources:
            source, kind = next(iter(sorted(sources, key=lambda s: s[1] != "saliency")), ("", ""))
        return replace(state, stimulus=stimulus, participants=shown, source=source, kind=kind)

    def _tell(self, before: State, also: frozenset[str] = frozenset()) -> None:
        fields = frozenset(
            name for name in State.__slots__ if getattr(before, name) != getattr(self.state, name)
        )
        if fields or also:
            self.changed.emit(fields | also)
