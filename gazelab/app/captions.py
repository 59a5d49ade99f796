"""The words in and above the panes."""

import math

from PySide6.QtCore import QObject

from gazelab.app.canvas.placing import drawn
from gazelab.app.viewing import Viewing
from gazelab.data.attention import Attention


class Captions(QObject):
    """Says what is shown."""

    def __init__(self, viewing: Viewing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._viewing = viewing

    def human(self) -> str:
        """Return the line above the human pane."""
        leader, fixation = self._viewing.leader, self._viewing.shown_fixation
        preview, recording = self._viewing.state.preview, self._viewing.recording
        if preview is not None and preview.scanpath is not None:
            return self.tr("Preview, not in use: {detector}, {n} fixations").format(
                detector=preview.title, n=len(preview.scanpath)
            )
        if leader is None and recording is not None:
            return self.tr("Participant {who}: {n} gaze samples, no fixations").format(
                who=recording.participant, n=len(recording)
            )
        if leader is None:
            return self.tr("No scanpath of the chosen participant here")
        where = self.tr("no fixation")
        if fixation is not None:
            ms = leader.duration_ms[fixation]
            text = self.tr("fixation {k} of {n}, {ms:.0f} ms")
            if math.isnan(ms):
                text = self.tr("fixation {k} of {n}, duration unknown")
            where = text.format(k=fixation + 1, n=len(leader), ms=ms)
            where += self._part(len(leader), fixation)
        return self.tr("Participant {who}: {where}").format(who=leader.participant, where=where)

    def _part(self, count: int, current: int) -> str:
        """Return which fixations are drawn, where not all of them are."""
        near = drawn(count, current)
        text = self.tr("; {first} to {last} are drawn")
        return "" if len(near) == count else text.format(first=near.start + 1, last=near.stop)

    def machine(self, attention: Attention | None, step: int | None) -> str:
        """Return the line above the machine pane."""
        if attention is None:
            return self.tr("Machine: no maps yet. Run a model with Ctrl+R")
        parts = [attention.note] if attention.note else []
        if step is None:
            parts.insert(0, self.tr("no step"))
        elif len(attention.steps) > 1:
            text = self.tr("step {t} of {n}")
            parts.insert(0, text.format(t=attention.steps[step], n=len(attention.steps)))
        if step is not None and attention.step_notes:
            parts.append(attention.step_notes[step])
        return f"{attention.source} {attention.kind}: {', '.join(parts)}".removesuffix(": ")

    def range_of(self, attention: Attention) -> str:
        """Return what the colours of a machine's map stand for."""
        shared = self._viewing.state.layers.shared_range
        scale = self.tr("one range for all steps") if shared else self.tr("own range")
        if attention.signed:
            return self.tr("orange for the class, blue against it; {scale}").format(scale=scale)
        return f"{attention.kind}, {scale}"

    def nothing(self, attention: Attention, step: int) -> str:
        """Return what is said in place of a map that would be blank; "" for others."""
        if attention.maps[step].any():
            return ""
        explanation = attention.explanation
        if explanation is not None and explanation.class_name:
            text = self.tr("no positive evidence for {name}")
            return text.format(name=explanation.class_name)
        return self.tr("the map is 0 everywhere")

    def badge(self, simulated: bool, previewed: bool) -> str:
        """Return what marks the panes as not measured or not in use."""
        marks = [self.tr("simulated")] if simulated else []
        if previewed:
            marks.append(self.tr("preview"))
        return " · ".join(marks)

    def density(self) -> str:
        """Return how the density was made."""
        settings = self._viewing.document.project.settings
        blur = settings.blur
        sigma = self.tr("σ {px:.0f} px").format(px=blur.sigma_px)
        if blur.sigma_deg == blur.sigma_deg:
            sigma = self.tr("σ {deg:.2g}° = {px:.0f} px").format(
                deg=blur.sigma_deg, px=blur.sigma_px
            )
        weight = (
            self.tr("by duration") if settings.weight_by_duration else self.tr("each fixation 1")
        )
        count = len(self._viewing.all_scanpaths)
        people = (
            self.tr("1 participant") if count == 1 else self.tr("{n} participants").format(n=count)
        )
        return f"{people}, {sigma}, {weight}"
