"""Every step of a source against every fixation number, and people against one another."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox

from gazelab.app.jobs import Jobs
from gazelab.app.panels.gradient_settings import GradientSettings
from gazelab.app.panels.heatmap import Grid
from gazelab.app.panels.map_and_curve import MapAndCurve, over_fixations
from gazelab.app.panels.page import Asked, Page, order_tabs
from gazelab.app.panels.step_words import Scored, StepWords, titled
from gazelab.app.viewing import Viewing
from gazelab.data.scores import INTER_OBSERVER
from gazelab.metrics.catalog import METRICS, VARIANTS, metric_of
from gazelab.project.project import Project
from gazelab.report.curves import Curve
from gazelab.report.matrix import (
    ALONE,
    CUMULATIVE,
    GRADIENT,
    SAME_FIXATIONS,
    STEP,
    MatrixSummary,
    StepMatrix,
    summarise_matrices,
)
from gazelab.study.matrix import MatrixPlan, step_matrices, write_matrices
from gazelab.task import Task

_DIRECTIONS = {"higher": 1, "lower": -1}


def _scored(project: Project, plan: MatrixPlan) -> Task[Scored]:
    matrices = yield from step_matrices(project, plan)
    shown = set(matrices[0].stimuli)
    used = [path.used for path in project.scanpaths if path.stimulus in shown]
    n_used = sum(int(one.sum()) for one in used)
    return Scored(matrices, summarise_matrices(matrices), n_used, sum(map(len, used)) - n_used)


class StepsPage(Page):
    """A matrix whose diagonal is drawn beside it, with what people reach."""

    name = "steps"
    parts = ("stimuli", "scanpaths", "attention", "settings")

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(viewing, jobs)
        self.title = self.tr("Steps and fixations")
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Whose steps are compared"))
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.by = QComboBox()
        self.by.setAccessibleName(self.tr("By which metric"))
        self.fixations = QComboBox()
        self.fixations.setAccessibleName(self.tr("Which fixations stand in a row"))
        self.fixations.addItem(self.tr("Fixation k alone"), ALONE)
        self.fixations.addItem(self.tr("Fixations 1 to k"), CUMULATIVE)
        self.fixations.addItem(self.tr("Attention gradient after k"), GRADIENT)
        for widget in (self.source, self.by, self.fixations):
            self.settings.addWidget(widget)
        self.gradient = GradientSettings()
        self.more_settings.addWidget(self.gradient)
        self.words = StepWords(self)
        body = MapAndCurve(self.tr("Matrix of steps and fixations"))
        self.map, self.value, self.curve, self._say = body.map, body.value, body.curve, body.say
        self.show_body(body)
        order_tabs(self, self.map, more=self.gradient.boxes)
        self._list_metrics()
        self.source.currentIndexChanged.connect(self.refresh)
        self.by.currentIndexChanged.connect(self.refresh)
        self.fixations.currentIndexChanged.connect(self._fixations_chosen)
        self.gradient.changed.connect(self.refresh)
        self.map.pointed.connect(self._tell)
        self.map.chosen.connect(self._lead)
        viewing.changed.connect(self._viewing_changed)
        viewing.document.changed.connect(lambda _: self._list_sources())
        viewing.document.opened.connect(self._list_sources)
        self._list_sources()

    def missing(self, project: Project) -> str:
        """Return what there must be first."""
        if not project.scanpaths:
            return self.tr("No fixations yet: import recordings (Ctrl+I).")
        if not project.attention:
            return self.tr("No maps to compare with fixations yet: run a model (Ctrl+R).")
        if self._of_gradient and not project.settings.px_per_deg > 0:
            return self.tr("Not known how many pixels are one degree: say it under Layers.")
        return ""

    def choice(self) -> MatrixPlan:
        """Return what is compared."""
        settings, of_gradient = self.project.settings, self._of_gradient
        return MatrixPlan(
            blur=settings.blur,
            models=(self.source.currentData() or "",),
            metrics=(self.by.currentData(),),
            weight_by_duration=settings.weight_by_duration and not of_gradient,
            gradient=self.gradient.gradient if of_gradient else None,
        )

    def task(self, asked: Asked) -> Task[Scored]:
        """Return the task that compares."""
        return _scored(asked.project, _plan(asked))

    def show_found(self, asked: Asked, found: Scored) -> None:
        """Show the matrix and its diagonal."""
        self._show_matrix()

    def told(self, asked: Asked, found: Scored) -> str:
        """Return what was compared, by which variant, and what was left out."""
        return self.words.caption(found)

    def writing(self, asked: Asked, found: Scored, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return write_matrices(found.matrices, found.summaries, outdir)

    def close_page(self) -> None:
        """Drop the plot."""
        self.curve.close_library()

    @property
    def _of_gradient(self) -> bool:
        return bool(self.fixations.currentData() == GRADIENT)

    def _fixations_chosen(self) -> None:
        self._list_metrics()
        self._show_matrix()
        self.refresh()

    def _list_metrics(self) -> None:
        """List what can compare with what stands in the rows; the choice stays if it can."""
        chosen, of_gradient = self.by.currentData(), self._of_gradient
        self.gradient.setVisible(of_gradient)
        known = [metric for metric in (*METRICS, *VARIANTS) if not metric.of]
        metrics = [metric for metric in known if metric.uses_density or not of_gradient]
        with QSignalBlocker(self.by):
            self.by.clear()
            for metric in metrics:
                self.by.addItem(metric.title, metric.id)
            self.by.setCurrentIndex(max(self.by.findData(chosen), 0))

    def _list_sources(self) -> None:
        """List the sources of the project, those with steps first; the choice stays."""
        steps: dict[str, int] = {}
        for (_, source, _), attention in self.project.attention.items():
            steps[source] = max(len(attention.maps), steps.get(source, 0))
        sources = sorted(steps, key=lambda source: (steps[source] == 1, source))
        if sources != [self.source.itemData(k) for k in range(self.source.count())]:
            chosen = self.source.currentData() or self.viewing.state.source
            self.source.blockSignals(True)
            self.source.clear()
            for source in sources:
                self.source.addItem(source, source)
            self.source.setCurrentIndex(sources.index(chosen) if chosen in sources else 0)
            self.source.blockSignals(False)
        self.refresh()

    def _show_matrix(self) -> None:
        if self.found is None:
            return
        matrix: StepMatrix = self.found.matrix
        n_steps, metric = matrix.n_steps, metric_of(matrix.metric)
        rows, columns = matrix.values.shape[2:]
        cells = [[self._cell(k, c) for c in range(columns)] for k in range(1, rows + 1)]
        sign = _DIRECTIONS.get(metric.direction, 0)
        ends = (self.tr("worse"), self.tr("better")) if sign else ("", "")
        grid = Grid(
            rows=self.words.rows(matrix),
            columns=[*self.words.steps(matrix), self.tr("others"), self.tr("same")],
            values=np.array([[cell.mean for cell in row] for row in cells]),
            n_square=n_steps,
            tree=None,
            bright_low=sign < 0,
            ends=ends,
            texts=[[_in_cell(cell) for cell in row] for row in cells],
        )
        self.map.show_grid(grid)
        self._tell(-1, -1)
        self.curve.show_curves(self._curves(matrix, cells), titled(metric), self.tr("fixation"))
        self.curve.mark_step(self.viewing.shown_fixation)

    def _curves(self, matrix: StepMatrix, cells: list[list[MatrixSummary]]) -> list[Curve]:
        """Return the aligned diagonal, and what people reach, over the fixations."""
        wanted: dict[str, Callable[[MatrixSummary], bool]] = {
            self.tr("step beside the fixation"): lambda cell: cell.aligned,
            self.words.predicted_by(matrix, INTER_OBSERVER): (
                lambda cell: cell.predicted_by == INTER_OBSERVER
            ),
            self.words.predicted_by(matrix, SAME_FIXATIONS): (
                lambda cell: cell.predicted_by == SAME_FIXATIONS
            ),
        }
        found = []
        for name, is_meant in wanted.items():
            meant = [cell for row in cells for cell in row if is_meant(cell)]
            is_model = any(cell.predicted_by == STEP for cell in meant)
            found.append(over_fixations(name, meant, is_model=is_model))
        return found

    def _cell(self, fixation: int, column: int) -> MatrixSummary:
        choices, chosen = self.found.matrix.choices, self.fixations.currentData()
        # what was computed before stays until it is computed again
        choice = chosen if chosen in choices else choices[0]
        cell: MatrixSummary = self.found.cell(choice, fixation, column)
        return cell

    def _tell(self, row: int, column: int) -> None:
        """Say the value of a cell."""
        text = self.tr("Point at a cell, or move with the arrow keys; Enter shows the step.")
        if row >= 0 and self.found is not None:
            text = self.words.cell(self.found.matrix, self._cell(row + 1, column))
        self._say(text)

    def _lead(self, row: int, column: int) -> None:
        """Show the fixation and the step of a cell; say so where the step is linked to another."""
        matrix: StepMatrix = self.found.matrix
        chosen = {"step": column} if column < matrix.n_steps else {}
        self.viewing.show(fixation=row, source=matrix.source, kind=matrix.kind, **chosen)
        shown = self.viewing.shown_step
        if chosen and shown is not None and shown != column:
            text = self.tr("Shown is step {t}, linked to the fixation: unlink them to see others.")
            self.value.setText(f"{self.value.text()}. {text.format(t=shown + 1)}")

    def _viewing_changed(self, _: frozenset[str]) -> None:
        self.curve.mark_step(self.viewing.shown_fixation)


def _plan(asked: Asked) -> MatrixPlan:
    assert isinstance(asked.choice, MatrixPlan)
    return asked.choice


def _in_cell(cell: MatrixSummary) -> str:
    if math.isnan(cell.mean):
        return ""
    value = f"{cell.mean:z.2f}"  # never -0.00
    return f"[{value}]" if cell.aligned else value
