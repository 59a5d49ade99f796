"""The two panes, human and machine, under one camera, with the numbers at the cursor."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from gazelab.app.canvas.camera import Camera
from gazelab.app.canvas.pane import Pane
from gazelab.app.canvas.scene import Scene
from gazelab.app.pictures import Pictures
from gazelab.app.scenes import Scenes
from gazelab.app.viewing import Viewing


class PanesPanel(QWidget):
    """Shows what is viewed; clicking a fixation goes to it."""

    def __init__(self, viewing: Viewing, pictures: Pictures) -> None:
        super().__init__()
        self._viewing = viewing
        self.scenes = Scenes(viewing, pictures, self)
        self.camera = Camera(self)
        self.human = Pane(self.camera)
        self.machine = Pane(self.camera)
        self.human.setAccessibleName(self.tr("Human pane"))
        self.machine.setAccessibleName(self.tr("Machine pane"))
        self.numbers = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.numbers.setToolTip(
            self.tr(
                "NSS: the map's value at the fixation in standard deviations above its mean. "
                "AUC: the share of the map's pixels below it, ties counted half."
            )
        )
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(self.human)
        splitter.addWidget(self.machine)
        below = QHBoxLayout()
        below.setContentsMargins(8, 2, 8, 2)
        self.where = QLabel(textFormat=Qt.TextFormat.PlainText)
        below.addWidget(self.where)
        below.addStretch()
        below.addWidget(self.numbers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(splitter, 1)
        layout.addLayout(below)
        for pane in (self.human, self.machine):
            pane.fixation_clicked.connect(self._go_to)
            pane.hovered.connect(self._hovered)
        viewing.changed.connect(self.refresh)
        viewing.playhead.moved.connect(self._follow)
        pictures.arrived.connect(lambda _: self.refresh())
        self.scenes.kept.arrived.connect(self.refresh)

    @property
    def shown(self) -> tuple[Scene, Scene]:
        """The scenes on display, with all that is still being computed."""
        self.scenes.kept.waits = True
        try:
            return self.scenes.human(), self.scenes.machine()
        finally:
            self.scenes.kept.waits = False

    def refresh(self, _: object = None) -> None:
        """Show the scenes of the present state."""
        human, machine = self.scenes.human(), self.scenes.machine()
        self.camera.set_stimulus_size(*human.size)
        self.human.set_scene(human)
        self.machine.set_scene(machine)
        self.numbers.setText(self._numbers())

    def zoom(self, factor: float) -> None:
        """Zoom about the middle of the panes."""
        size = (float(self.human.width()), float(self.human.height()))
        self.camera.zoom_at((size[0] / 2, size[1] / 2), factor, size)

    def _numbers(self) -> str:
        probe, fixation = self.scenes.probe(), self._viewing.shown_fixation
        if fixation is None or self._viewing.attention is None:
            return ""
        if probe is None:
            leader = self._viewing.leader
            if leader is not None and not leader.used[fixation]:
                return self.tr("Fixation {k} is excluded").format(k=fixation + 1)
            return ""
        return self.tr("At fixation {k}: NSS {nss}, AUC {auc:.3f}").format(
            k=fixation + 1,
            nss=self.tr("undefined") if math.isnan(probe.nss) else f"{probe.nss:.2f}",
            auc=probe.auc,
        )

    def _follow(self, _: float) -> None:
        """Draw what follows the playhead between fixations."""
        if self.scenes.shows_samples or self._viewing.state.preview is not None:
            self.human.set_scene(self.scenes.human())

    def _go_to(self, key: tuple[str, str, str], index: int) -> None:
        preview = self._viewing.state.preview
        if preview is not None and preview.scanpath is not None and preview.key == key:
            self._viewing.playhead.sought.emit(float(preview.scanpath.onset_ms[index]))
            return
        others = [p for p in self._viewing.state.participants if p != key[0]]
        self._viewing.show(participants=(key[0], *others), fixation=index)

    def _hovered(self, x_px: float, y_px: float) -> None:
        inside = not math.isnan(x_px)
        text = self.tr("x {x:.0f} px, y {y:.0f} px").format(x=x_px, y=y_px) if inside else ""
        self.where.setText(text)
