"""Every fixation scored by the map beside it, given those before: by number, over all images."""

import math
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
)

from gazelab.app.jobs import Jobs
from gazelab.app.panels.gradient_settings import GradientSettings, gradient_in_words
from gazelab.app.panels.heatmap import Grid
from gazelab.app.panels.map_and_curve import MapAndCurve, mean_in_words, over_fixations
from gazelab.app.panels.page import Asked, Page, order_tabs
from gazelab.app.panels.step_words import titled
from gazelab.app.viewing import Viewing
from gazelab.data.attention import OF_PEOPLE
from gazelab.metrics.catalog import metric_of
from gazelab.project.project import Project
from gazelab.report.conditional import (
    ConditionalScores,
    ConditionalSummary,
    summarise_conditional,
)
from gazelab.report.curves import source_name
from gazelab.report.gradient import GradientUsed
from gazelab.study.conditional import (
    CONDITIONAL,
    ConditionalPlan,
    conditional_scores,
    write_conditional,
)
from gazelab.study.gradient_sheet import gradient_used
from gazelab.task import Task

NUMBERS = 10
"""As many fixation numbers stand beside the mean of all."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The scores, their means, and the gradient among the sources."""

    scores: tuple[ConditionalScores, ...]
    summaries: tuple[ConditionalSummary, ...]
    gradient: GradientUsed

    def rows(self, metric: str) -> list[list[ConditionalSummary]]:
        """Return for each source the means by one metric: of all fixations, then by number."""
        meant = [one for one in self.summaries if one.metric == metric]
        return [list(row) for _, row in groupby(meant, key=lambda one: (one.source, one.kind))]


def _scored(project: Project, plan: ConditionalPlan) -> Task[Scored]:
    scores = yield from conditional_scores(project, plan)
    used = gradient_used(project, plan.gradient, {one.stimulus for one in scores})
    return Scored(scores, summarise_conditional(scores, NUMBERS), used)


class ConditionalPage(Page):
    """Sources against fixation numbers, and the curves of both."""

    name = "conditional"
    parts = ("stimuli", "scanpaths", "attention", "settings")

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(viewing, jobs)
        self.title = self.tr("Fixation by fixation")
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Whose maps predict the fixations"))
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.by = QComboBox()
        self.by.setAccessibleName(self.tr("By which metric"))
        for metric in map(metric_of, CONDITIONAL):
            self.by.addItem(metric.title, metric.id)
        self.with_first = QCheckBox(self.tr("Fi&rst fixations too"))
        self.with_first.setToolTip(self.tr("They are where the trial began, and tell little"))
        self.with_gradient = QCheckBox(self.tr("Attention &gradient of the fixations before"))
        for widget in (self.source, self.by, self.with_first, self.with_gradient):
            self.settings.addWidget(widget)
        self.gradient = GradientSettings()
        self.gradient.hide()
        self.more_settings.addWidget(self.gradient)
        body = MapAndCurve(self.tr("Sources against fixation numbers"))
        self.map, self.value, self.curve, self._say = body.map, body.value, body.curve, body.say
        self.show_body(body)
        order_tabs(self, self.map, more=self.gradient.boxes)
        self._connect()
        self._list_sources()

    def missing(self, project: Project) -> str:
        """Return what there must be first."""
        if not project.scanpaths:
            return self.tr("No fixations yet: import recordings (Ctrl+I).")
        if not project.attention:
            return self.tr("No maps to predict fixations with yet: run a model (Ctrl+R).")
        if self.with_gradient.isChecked() and not project.settings.px_per_deg > 0:
            return self.tr("Not known how many pixels are one degree: say it under Layers.")
        return ""

    def choice(self) -> ConditionalPlan:
        """Return what is scored."""
        chosen = self.source.currentData()
        return ConditionalPlan(
            models=(chosen,) if chosen else self._models,
            alignment=self.project.settings.alignment,
            with_first=self.with_first.isChecked(),
            gradient=self.gradient.gradient if self.with_gradient.isChecked() else None,
        )

    def task(self, asked: Asked) -> Task[Scored]:
        """Return the task that scores."""
        assert isinstance(asked.choice, ConditionalPlan)
        return _scored(asked.project, asked.choice)

    def show_found(self, asked: Asked, found: Scored) -> None:
        """Show the means and their curves."""
        self._show_metric()

    def told(self, asked: Asked, found: Scored) -> str:
        """Return what was scored, by which variant, and what was left out."""
        assert isinstance(asked.choice, ConditionalPlan)
        everything = found.rows(self.by.currentData())[0][0]
        text = self.tr(
            "{metric}: {variant}, higher is better. Each fixation by the map beside it "
            "({alignment}); mean over {n} images of the means over fixations, {first}, {excluded} "
            "excluded; band: 95 % bootstrap over images."
        )
        first = self.tr("first ones too") if asked.choice.with_first else self.tr("no first ones")
        said = text.format(
            metric=titled(metric_of(everything.metric)),
            variant=everything.variant,
            alignment=self.tr("linked by {how}").format(how=asked.choice.alignment),
            n=everything.n_stimuli,
            first=first,
            excluded=f"{everything.n_excluded:,}",
        )
        if len({row[0].n_fixations for row in found.rows(everything.metric)}) > 1:
            said += " " + self.tr(
                "Not all sources have a map beside every fixation: compare them number by number, "
                "not by the mean of all."
            )
        if found.gradient.kernel:
            own = self.tr("Own gradient, of the fixations before in the same scanpath: {how}.")
            said += " " + own.format(how=gradient_in_words(found.gradient))
        return said

    def writing(self, asked: Asked, found: Scored, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return write_conditional(found.scores, found.summaries, outdir)

    def close_page(self) -> None:
        """Drop the plot."""
        self.curve.close_library()

    def _connect(self) -> None:
        viewing = self.viewing
        for signal in (
            self.source.currentIndexChanged,
            self.with_first.toggled,
            self.with_gradient.toggled,
            self.gradient.changed,
        ):
            signal.connect(lambda *_: self.refresh())
        self.with_gradient.toggled.connect(self.gradient.setVisible)
        self.by.currentIndexChanged.connect(self._show_metric)
        self.map.pointed.connect(self._tell)
        self.map.chosen.connect(self._lead)
        viewing.changed.connect(lambda _: self.curve.mark_step(viewing.shown_fixation))
        viewing.document.changed.connect(lambda _: self._list_sources())
        viewing.document.opened.connect(self._list_sources)

    @property
    def _models(self) -> tuple[str, ...]:
        """All sources whose maps are not made of the fixations that they would predict."""
        sources = dict.fromkeys(source for source, _ in self.project.sources)
        return tuple(source for source in sources if not source.startswith(OF_PEOPLE))

    def _list_sources(self) -> None:
        """List the models of the project; the choice stays if it can."""
        sources = ["", *sorted(self._models)]
        if sources != [self.source.itemData(k) for k in range(self.source.count())]:
            chosen = self.source.currentData()
            with QSignalBlocker(self.source):
                self.source.clear()
                for source in sources:
                    self.source.addItem(source or self.tr("All models"), source)
                self.source.setCurrentIndex(max(self.source.findData(chosen), 0))
        self.refresh()

    def _show_metric(self) -> None:
        """Show the means by the metric that is chosen: all are there."""
        if self.found is None:
            return
        metric = metric_of(self.by.currentData())
        rows = self.found.rows(metric.id)
        cells = [[*row[1:], row[0]] for row in rows]
        names = [self._name(row[0]) for row in rows]
        self.map.show_grid(
            Grid(
                rows=names,
                columns=[*(str(k) for k in range(1, NUMBERS + 1)), self.tr("all")],
                values=np.array([[cell.mean for cell in row] for row in cells]),
                n_square=NUMBERS,
                tree=None,
                bright_low=False,
                ends=(self.tr("worse"), self.tr("better")),
                texts=[[_in_cell(cell) for cell in row] for row in cells],
            )
        )
        self._tell(-1, -1)
        curves = [
            over_fixations(name, row[1:], is_model=not row[0].source.startswith(OF_PEOPLE))
            for name, row in zip(names, rows, strict=True)
        ]
        self.curve.show_curves(curves, titled(metric), self.tr("fixation"))
        self.curve.mark_step(self.viewing.shown_fixation)
        self.refresh()

    def _name(self, cell: ConditionalSummary) -> str:
        if cell.source.startswith(OF_PEOPLE):
            return self.tr("own gradient")
        return source_name(cell.source, cell.kind)

    def _cell(self, row: int, column: int) -> ConditionalSummary:
        """Return what a cell of the map shows; the mean of all stands last there."""
        found: Scored = self.found
        return found.rows(self.by.currentData())[row][(column + 1) % (NUMBERS + 1)]

    def _tell(self, row: int, column: int) -> None:
        """Say the value of a cell."""
        text = self.tr("Point at a cell, or move with the arrow keys; Enter shows the fixation.")
        if row >= 0 and self.found is not None:
            text = self._in_words(self._cell(row, column))
        self._say(text)

    def _in_words(self, cell: ConditionalSummary) -> str:
        which = self.tr("fixation {k}").format(k=cell.fixation)
        text = self.tr(
            "{which} by {source} ({alignment}): {mean}, {n} images, {fixations} fixations, "
            "{undefined} without a value"
        )
        return text.format(
            which=which if cell.fixation else self.tr("all fixations"),
            source=cell.source,
            alignment=cell.alignment,
            mean=mean_in_words(cell),
            n=cell.n_stimuli,
            fixations=f"{cell.n_fixations:,}",
            undefined=f"{cell.n_undefined:,}",
        )

    def _lead(self, row: int, column: int) -> None:
        """Show the fixation and the source of a cell."""
        cell = self._cell(row, column)
        shown: dict[str, Any] = {"fixation": cell.fixation - 1} if cell.fixation else {}
        if not cell.source.startswith(OF_PEOPLE):
            shown |= {"source": cell.source, "kind": cell.kind}
        self.viewing.show(**shown)


def _in_cell(cell: ConditionalSummary) -> str:
    return "" if math.isnan(cell.mean) else f"{cell.mean:z.2f}"
