"""Every step of a source against every fixation number, and people against one another."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from gazelab.app.jobs import Jobs
from gazelab.app.panels.curve import CurveView
from gazelab.app.panels.heatmap import Grid, HeatMap
from gazelab.app.panels.page import Asked, Page, order_tabs
from gazelab.app.viewing import Viewing
from gazelab.data.attention import names_of_parts
from gazelab.data.counted import brief
from gazelab.data.scores import INTER_OBSERVER
from gazelab.metrics.catalog import METRICS, Metric, metric_of
from gazelab.project.project import Project
from gazelab.report.curves import Curve
from gazelab.report.matrix import (
    ALONE,
    CUMULATIVE,
    SAME_FIXATIONS,
    STEP,
    MatrixSummary,
    StepMatrix,
    summarise_matrices,
)
from gazelab.study.matrix import MatrixPlan, step_matrices, write_matrices
from gazelab.task import Task

_DIRECTIONS = {"higher": 1, "lower": -1}


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The matrices, their means, and what is in use and not on the stimuli of the first.

    There are several where the steps of a source are about other parts of the viewing on some
    stimuli; the first is shown, all are written.
    """

    matrices: tuple[StepMatrix, ...]
    summaries: tuple[MatrixSummary, ...]
    n_fixations: int
    n_excluded: int

    @property
    def matrix(self) -> StepMatrix:
        """The matrix that is shown."""
        return self.matrices[0]

    @property
    def n_elsewhere(self) -> int:
        """How many stimuli stand in the other matrices alone."""
        others = {name for matrix in self.matrices[1:] for name in matrix.stimuli}
        return len(others - set(self.matrix.stimuli))

    def cell(self, choice: str, fixation: int, column: int) -> MatrixSummary:
        """Return a cell; fixations count from 1, columns from 0, people behind the steps."""
        _, _, rows, columns = self.matrix.values.shape
        place = (int(choice == CUMULATIVE) * rows + fixation - 1) * columns + column
        return self.summaries[place]


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
        for metric in METRICS:
            self.by.addItem(metric.title, metric.id)
        self.fixations = QComboBox()
        self.fixations.setAccessibleName(self.tr("Which fixations stand in a row"))
        self.fixations.addItem(self.tr("Fixation k alone"), ALONE)
        self.fixations.addItem(self.tr("Fixations 1 to k"), CUMULATIVE)
        for widget in (self.source, self.by, self.fixations):
            self.settings.addWidget(widget)
        self.map = HeatMap()
        self.map.setAccessibleName(self.tr("Matrix of steps and fixations"))
        self.value = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.curve = CurveView()
        self._lay_out_body()
        order_tabs(self, self.map)
        self.source.currentIndexChanged.connect(self.refresh)
        self.by.currentIndexChanged.connect(self.refresh)
        self.fixations.currentIndexChanged.connect(self._show_matrix)
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
        return ""

    def choice(self) -> MatrixPlan:
        """Return what is compared."""
        settings = self.project.settings
        return MatrixPlan(
            blur=settings.blur,
            models=(self.source.currentData() or "",),
            metrics=(self.by.currentData(),),
            weight_by_duration=settings.weight_by_duration,
        )

    def task(self, asked: Asked) -> Task[Scored]:
        """Return the task that compares."""
        return _scored(asked.project, _plan(asked))

    def show_found(self, asked: Asked, found: Scored) -> None:
        """Show the matrix and its diagonal."""
        self._show_matrix()

    def told(self, asked: Asked, found: Scored) -> str:
        """Return what was compared, by which variant, and what was left out."""
        metric, matrix = metric_of(found.matrix.metric), found.matrix
        better = {"higher": self.tr("higher is better"), "lower": self.tr("lower is better")}
        text = self.tr(
            "{metric}: {variant}{better}. Mean over {n} images, {fixations} fixations in use of "
            "which the first {k} of a scanpath are shown, {excluded} excluded; human density: "
            "{sigma} px. In brackets: beside the fixation by index; others, same: by all fixations "
            "of the other viewers, by those of the row; band: 95 % bootstrap over images."
        )
        elsewhere = self.tr("On {n} more, steps are about other parts: see the tables.")
        text += f" {elsewhere.format(n=found.n_elsewhere)}" if found.n_elsewhere else ""
        return text.format(
            metric=f"{_titled(metric)} ({matrix.source} {matrix.kind})",
            variant=metric.variant,
            better=f", {better[metric.direction]}" if metric.direction else "",
            n=len(matrix.stimuli),
            fixations=f"{found.n_fixations:,}",
            k=matrix.values.shape[2],
            excluded=f"{found.n_excluded:,}",
            sigma=brief(matrix.blur.sigma_px),
        )

    def writing(self, asked: Asked, found: Scored, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return write_matrices(found.matrices, found.summaries, outdir)

    def close_page(self) -> None:
        """Drop the plot."""
        self.curve.close_library()

    def _lay_out_body(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self.map, 1)
        column.addWidget(self.value)
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(left)
        splitter.addWidget(self.curve)
        splitter.setSizes([560, 470])
        layout = QHBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

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
            rows=[self.tr("fixation {k}").format(k=k) for k in range(1, rows + 1)],
            columns=[*self._step_names(matrix), self.tr("others"), self.tr("same")],
            values=np.array([[cell.mean for cell in row] for row in cells]),
            n_square=n_steps,
            tree=None,
            bright_low=sign < 0,
            ends=ends,
            texts=[[_in_cell(cell) for cell in row] for row in cells],
        )
        self.map.show_grid(grid)
        self._tell(-1, -1)
        self.curve.show_curves(self._curves(cells), _titled(metric), self.tr("fixation"))
        self.curve.mark_step(self.viewing.shown_fixation)

    def _step_names(self, matrix: StepMatrix) -> list[str]:
        if isinstance(matrix.steps, int):
            return [self.tr("step {t}").format(t=t) for t in range(1, matrix.steps + 1)]
        named = self.tr("step {t} ({part})")
        parts = names_of_parts(matrix.steps)
        return [named.format(t=t, part=part) for t, part in enumerate(parts, 1)]

    def _curves(self, cells: list[list[MatrixSummary]]) -> list[Curve]:
        """Return the aligned diagonal, and what people reach, over the fixations."""
        wanted: dict[str, Callable[[MatrixSummary], bool]] = {
            self.tr("step beside the fixation"): lambda cell: cell.aligned,
            self.tr("all fixations of the others"): (
                lambda cell: cell.predicted_by == INTER_OBSERVER
            ),
            self.tr("the same fixations of the others"): (
                lambda cell: cell.predicted_by == SAME_FIXATIONS
            ),
        }
        found = []
        for name, is_meant in wanted.items():
            meant = [cell for row in cells for cell in row if is_meant(cell)]
            found.append(
                Curve(
                    name,
                    any(cell.predicted_by == STEP for cell in meant),
                    tuple(cell.fixation for cell in meant),
                    tuple(cell.mean for cell in meant),
                    tuple(cell.low for cell in meant),
                    tuple(cell.high for cell in meant),
                )
            )
        return found

    def _cell(self, fixation: int, column: int) -> MatrixSummary:
        cell: MatrixSummary = self.found.cell(self.fixations.currentData(), fixation, column)
        return cell

    def _tell(self, row: int, column: int) -> None:
        """Say the value of a cell."""
        text = self.tr("Point at a cell, or move with the arrow keys; Enter shows the step.")
        if row >= 0 and self.found is not None:
            text = self._in_words(self._cell(row + 1, column))
        self.value.setText(text)
        self.map.setAccessibleDescription(text)

    def _in_words(self, cell: MatrixSummary) -> str:
        predicted = {
            STEP: self.tr("step {t}").format(t=cell.step),
            INTER_OBSERVER: self.tr("all fixations of the others"),
            SAME_FIXATIONS: self.tr("the same fixations of the others"),
        }
        which = self.tr("fixation {k} alone")
        if cell.fixations == CUMULATIVE:
            which = self.tr("fixations 1 to {k}")
        text = self.tr(
            "{which}, {by}: {metric} {value}{unit}{interval}, {n} images, {fixations} fixations "
            "({variant})"
        )
        interval = "" if math.isnan(cell.low) else f" ({brief(cell.low)} … {brief(cell.high)})"
        said = text.format(
            which=which.format(k=cell.fixation),
            by=predicted[cell.predicted_by],
            metric=metric_of(cell.metric).title,
            variant=cell.variant,
            value=brief(cell.mean),
            unit="" if cell.unit == "1" else f" {cell.unit}",
            interval=interval,
            n=cell.n_stimuli,
            fixations=f"{cell.n_fixations:,}",
        )
        if cell.n_undefined:
            said += self.tr("; undefined on {n} images").format(n=cell.n_undefined)
        return said

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


def _titled(metric: Metric) -> str:
    return metric.title if metric.unit == "1" else f"{metric.title} [{metric.unit}]"


def _in_cell(cell: MatrixSummary) -> str:
    if math.isnan(cell.mean):
        return ""
    value = f"{cell.mean:z.2f}"  # never -0.00
    return f"[{value}]" if cell.aligned else value
