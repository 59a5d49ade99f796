"""Choose what to compare with people, by which metrics, and how."""

from textwrap import fill

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.metrics import MetricPicker
from gazelab.app.dialogs.scrolled import Scrolled
from gazelab.metrics.baseline_catalog import ON_REQUEST
from gazelab.metrics.catalog import METRICS, RELATIVE
from gazelab.project.project import Project
from gazelab.study.score import ScorePlan


class CompareDialog(QDialog):
    """Sources, metrics with their variants, and whether each step is scored."""

    def __init__(self, parent: QWidget | None, project: Project) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare with people"))
        self._settings = project.settings
        self.models = self._boxes(dict.fromkeys(source for source, _ in project.sources))
        scored = {score.metric for score in project.scores}
        self.metrics = MetricPicker(scored or {metric.id for metric in METRICS})
        self.baselines = self._boxes({baseline.id: None for baseline in ON_REQUEST})
        self._alone: dict[str, bool] = {}  # of baselines that come with metrics: else ticked
        self.by_step = QCheckBox(self.tr("Score every &step as well (curve over steps)"))
        self.by_step.setChecked(any(len(a.steps) > 1 for a in project.attention.values()))
        sources, layout = QVBoxLayout(), QVBoxLayout(self)
        sources.addWidget(self._model_group(), 1)
        sources.addWidget(self._baseline_group())
        sources.addWidget(self.by_step)
        beside = QHBoxLayout()
        beside.addLayout(sources)
        beside.addWidget(self._metric_group(), 1)
        layout.addLayout(beside, 1)
        layout.addWidget(self._conventions())
        for metric in RELATIVE:
            self.metrics.boxes[metric.id].toggled.connect(self._bring_along)
        self._bring_along()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        go = self._buttons.addButton(self.tr("&Compare"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)
        go.setDefault(True)  # only now, as a part of the dialog, it can be
        self.by_step.setFocus()

    @property
    def plan(self) -> ScorePlan:
        """What is chosen now."""
        return ScorePlan(
            models=tuple(name for name, box in self.models.items() if box.isChecked()),
            metrics=self.metrics.chosen,
            blur=self._settings.blur,
            ceilings=tuple(name for name, box in self.baselines.items() if box.isChecked()),
            by_step=self.by_step.isChecked(),
            alignment=self._settings.alignment,
            weight_by_duration=self._settings.weight_by_duration,
        )

    @classmethod
    def ask(cls, parent: QWidget | None, project: Project) -> ScorePlan | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent, project)
        try:
            return dialog.plan if dialog.exec() else None
        finally:
            dialog.deleteLater()

    @staticmethod
    def _boxes(names: dict[str, None]) -> dict[str, QCheckBox]:
        boxes = {name: QCheckBox(name) for name in names}
        for box in boxes.values():
            box.setChecked(True)
        return boxes

    def _model_group(self) -> QGroupBox:
        group, inside = QGroupBox(self.tr("Sources")), QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        for box in self.models.values():
            layout.addWidget(box)
        layout.addStretch()
        QVBoxLayout(group).addWidget(Scrolled(inside))
        return group

    def _baseline_group(self) -> QGroupBox:
        group = QGroupBox(self.tr("Baselines"))
        grid = QGridLayout(group)
        for number, baseline in enumerate(ON_REQUEST):
            box = self.baselines[baseline.id]
            box.setChecked(False)
            box.setToolTip(f"{fill(baseline.definition, 80)}\n{baseline.citation}")
            grid.addWidget(box, number // 2, number % 2)
        always = self.tr("Centre bias and inter-observer agreement are always shown beside.")
        grid.addWidget(QLabel(always), grid.rowCount(), 0, 1, 2)
        return group

    def _metric_group(self) -> QGroupBox:
        group = QGroupBox(self.tr("Metrics"))
        QVBoxLayout(group).addWidget(self.metrics)
        return group

    def _bring_along(self) -> None:
        """Show as ticked the baselines that ticked metrics are relative to."""
        ticked = [metric for metric in RELATIVE if self.metrics.boxes[metric.id].isChecked()]
        for baseline in ON_REQUEST:
            box, name = self.baselines[baseline.id], ", ".join(baseline.sources)
            if with_ := [metric.title for metric in ticked if baseline.has(metric.level)]:
                self._alone.setdefault(baseline.id, box.isChecked())
                name = self.tr("{baseline} (with {metrics})").format(
                    baseline=name, metrics=", ".join(with_)
                )
                box.setChecked(True)
            elif baseline.id in self._alone:
                box.setChecked(self._alone.pop(baseline.id))
            box.setText(name)
            box.setEnabled(not with_)

    def _conventions(self) -> QLabel:
        blur = self._settings.blur
        weight = (
            self.tr("weighted by duration")
            if self._settings.weight_by_duration
            else self.tr("each fixation counts 1")
        )
        text = self.tr(
            "Density maps: sigma {px:.1f} px, {weight}. Alignment of fixations and steps: {how}. "
            "Change these in the Layers dock and the transport bar."
        )
        label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setText(text.format(px=blur.sigma_px, weight=weight, how=self._settings.alignment))
        return label
