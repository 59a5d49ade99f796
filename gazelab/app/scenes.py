"""From what is being looked at to what the two panes show."""

from typing import Any

import numpy as np
from PySide6.QtCore import QObject

from gazelab.app.canvas.areas import DRAFT_COLOUR, AreaMark, area_colour
from gazelab.app.canvas.colormaps import (
    DIVERGING,
    OKABE_ITO,
    participant_colour,
    participant_letter,
)
from gazelab.app.canvas.overlay import highest
from gazelab.app.canvas.samples import SampleLayer
from gazelab.app.canvas.scene import Overlay, ScanpathLayer, Scene
from gazelab.app.canvas.timing import fixation_at
from gazelab.app.captions import Captions
from gazelab.app.glimpsed import glimpses_of, peaks, spread
from gazelab.app.kept import Kept
from gazelab.app.pictures import Pictures
from gazelab.app.viewing import Viewing
from gazelab.data.aoi import Aoi, places_of_names
from gazelab.data.attention import Attention
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.gaze.density import human_density
from gazelab.metrics.probe import MapProbe, Probe

_AT_ONCE = 1.5e9
"""Fixations times pixels up to which a density is computed at once, others in a thread."""
PREVIEW_COLOUR = OKABE_ITO[6]
"""Of fixations that a detector would give."""


class Scenes(QObject):
    """Makes the scenes of the human and the machine pane.

    kept : their costly parts. A density of very many fixations is not in the scene until it
        is ready.
    """

    def __init__(self, viewing: Viewing, pictures: Pictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing
        self._pictures = pictures
        self._captions = Captions(viewing, self)
        self.kept = Kept("scenes", self)
        viewing.document.opened.connect(self.kept.clear)

    @property
    def shows_samples(self) -> bool:
        """Whether gaze samples are drawn: where asked for, or where there is nothing else."""
        viewing = self._viewing
        bare = viewing.leader is None and self._previewed is None
        return viewing.state.layers.gaze or bare

    def human(self) -> Scene:
        """Return the scene of the human pane."""
        viewing, layers = self._viewing, self._viewing.state.layers
        stimulus = self._stimulus
        if stimulus is None:
            return self._nothing
        past_end = viewing.leader is not None and viewing.shown_fixation is None
        past_end = past_end and self._previewed is None
        return self._scene(
            stimulus,
            overlay=self._density_overlay(stimulus) if layers.density else None,
            scanpaths=self._scanpath_layers() if layers.scanpaths else (),
            samples=self._samples() if self.shows_samples else None,
            caption=self._captions.human(),
            previewed=viewing.state.preview is not None,
            message=self._no_counterpart if past_end and len(viewing.leader or ()) else "",
        )

    def machine(self) -> Scene:
        """Return the scene of the machine pane."""
        stimulus, attention = self._stimulus, self._viewing.attention
        if stimulus is None:
            return self._nothing
        if attention is None:
            return self._scene(stimulus, caption=self._captions.machine(None, None))
        step = self._viewing.shown_step
        caption = self._captions.machine(attention, step)
        if step is None:
            return self._scene(stimulus, caption=caption, message=self._no_counterpart)
        layers = self._viewing.state.layers
        every = self.kept.get(
            ("glimpses", attention, stimulus), lambda: glimpses_of(attention, stimulus)
        )
        glimpses = layers.glimpses and attention.kind != "saliency"
        return self._scene(
            stimulus,
            overlay=self._attention_overlay(attention, step) if layers.attention else None,
            scanpaths=self._current_fixation() if layers.scanpath_on_machine else (),
            markers=peaks(every[: step + 1], attention.steps, 0 if glimpses else step),
            spread=spread(every[step]) if glimpses else None,
            caption=caption,
            message=self._captions.nothing(attention, step),
        )

    def probe(self) -> Probe | None:
        """Return how the map of the shown step rates the current fixation."""
        viewing = self._viewing
        attention, step, stimulus = viewing.attention, viewing.shown_step, self._stimulus
        leader, fixation = viewing.leader, viewing.shown_fixation
        if attention is None or step is None or stimulus is None:
            return None
        if leader is None or fixation is None or not leader.used[fixation]:
            return None
        probe = self.kept.get(
            ("probe", attention, step),
            lambda: MapProbe(attention.positive[step], stimulus.shape),
        )
        return probe.at(float(leader.x_px[fixation]), float(leader.y_px[fixation]))

    @property
    def _stimulus(self) -> Stimulus | None:
        return self._viewing.document.project.stimuli.get(self._viewing.state.stimulus)

    @property
    def _nothing(self) -> Scene:
        return Scene((4, 3), message=self.tr("Import recordings and images with Ctrl+I"))

    @property
    def _no_counterpart(self) -> str:
        return self.tr("no counterpart")

    def _scene(
        self, stimulus: Stimulus, *, message: str = "", previewed: bool = False, **parts: Any
    ) -> Scene:
        folder = self._viewing.document.folder
        image = self._pictures.get(stimulus, folder) if folder is not None else None
        project = self._viewing.document.project
        simulated = self.kept.get(("simulated", project), lambda: project.simulated)
        return Scene(
            (stimulus.width_px, stimulus.height_px),
            image,
            message=message or self._pictures.problem(stimulus.id),
            badge=self._captions.badge(simulated, previewed),
            legend=self._viewing.state.layers.legend,
            areas=self._areas(stimulus),
            **parts,
        )

    def _areas(self, stimulus: Stimulus) -> tuple[AreaMark, ...]:
        """Return the areas of interest, where they are shown, and the one being drawn."""
        state, aois = self._viewing.state, self._viewing.document.project.aois
        shown: tuple[AreaMark, ...] = ()
        if state.layers.areas and aois:
            how = (aois, stimulus.id, state.area)
            shown = self.kept.get(("areas", *how), lambda: _area_marks(*how))
        if state.draft:
            shown += (AreaMark("", np.array(state.draft), DRAFT_COLOUR, chosen=True),)
        return shown

    def _density_overlay(self, stimulus: Stimulus) -> Overlay | None:
        paths = self._viewing.all_scanpaths
        settings, layers = self._viewing.document.project.settings, self._viewing.state.layers
        if not any(path.used.any() for path in paths):
            return None
        how = (paths, stimulus, settings.blur.sigma_px, settings.weight_by_duration)
        work = sum(map(len, paths)) * stimulus.width_px * stimulus.height_px
        make = self.kept.get if work <= _AT_ONCE else self.kept.soon
        density = make(("density", *how), lambda: human_density(*how))
        if density is None:
            return None
        return Overlay(
            density, layers.colormap, layers.density_opacity, legend=self._captions.density()
        )

    def _attention_overlay(self, attention: Attention, step: int) -> Overlay:
        layers, signed = self._viewing.state.layers, attention.signed
        return Overlay(
            attention.maps[step],
            DIVERGING if signed else layers.colormap,
            layers.attention_opacity,
            vmax=highest(attention.maps, signed=signed) if layers.shared_range else None,
            legend=self._captions.range_of(attention),
        )

    def _samples(self) -> SampleLayer | None:
        """Return the leader's samples up to the playhead."""
        recording = self._viewing.recording
        if recording is None:
            return None
        position_ms = self._viewing.playhead.position_ms
        past = int(np.searchsorted(recording.t_ms, position_ms, side="right"))
        return SampleLayer(
            recording.x_px,
            recording.y_px,
            "#ffffff",
            past=past,
            upcoming=self._viewing.state.layers.upcoming,
        )

    @property
    def _previewed(self) -> Scanpath | None:
        """The fixations that a detector would give."""
        preview = self._viewing.state.preview
        return None if preview is None else preview.scanpath

    def _preview_layer(self, path: Scanpath) -> ScanpathLayer:
        """Return the fixations that a detector would give, in a colour of their own."""
        layers, position_ms = self._viewing.state.layers, self._viewing.playhead.position_ms
        now = fixation_at(path, position_ms)
        return ScanpathLayer(
            path,
            -1 if now is None else now,
            PREVIEW_COLOUR,
            show_numbers=layers.numbers,
            show_saccades=layers.saccades,
            trail="all" if layers.upcoming else "past",
        )

    def _scanpath_layers(self) -> tuple[ScanpathLayer, ...]:
        state, layers = self._viewing.state, self._viewing.state.layers
        result = []
        for path in reversed(self._viewing.scanpaths):  # the leader last, so it lies on top
            leads = path.participant == state.participants[0]
            if leads and self._previewed is not None:
                continue
            colour, letter = self._look_of(path)
            result.append(
                ScanpathLayer(
                    path,
                    min(state.fixation, len(path)),
                    colour,
                    letter,
                    layers.numbers and leads,
                    layers.saccades,
                    "all" if layers.upcoming else "past",
                )
            )
        previewed = [] if self._previewed is None else [self._preview_layer(self._previewed)]
        return (*result, *previewed)

    def _current_fixation(self) -> tuple[ScanpathLayer, ...]:
        leader, fixation = self._viewing.leader, self._viewing.shown_fixation
        if leader is None or fixation is None:
            return ()
        colour, letter = self._look_of(leader)
        return (
            ScanpathLayer(leader, fixation, colour, letter, show_saccades=False, trail="last 1"),
        )

    def _look_of(self, path: Scanpath) -> tuple[str, str]:
        """Return colour and letter: the same person looks the same in both panes."""
        if len(self._viewing.scanpaths) < 2:
            return participant_colour(0), ""
        place = self._viewing.document.project.participants.index(path.participant)
        return participant_colour(place), participant_letter(place)


def _area_marks(aois: tuple[Aoi, ...], stimulus: str, chosen: str) -> tuple[AreaMark, ...]:
    """Return what is drawn of areas on a stimulus: the same name looks the same on all."""
    places = places_of_names(aois)
    return tuple(
        AreaMark(aoi.name, aoi.corners_px, area_colour(places[aoi.name]), aoi.name == chosen)
        for aoi in aois
        if aoi.stimulus == stimulus
    )
