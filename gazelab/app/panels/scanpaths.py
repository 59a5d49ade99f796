"""How alike scanpaths are: people with one another and with the steps of models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableView,
)

from gazelab.app.jobs import Jobs
from gazelab.app.panels.likeness import LikenessView
from gazelab.app.panels.means import MeansModel
from gazelab.app.panels.page import Asked, Page, order_tabs
from gazelab.app.viewing import Viewing
from gazelab.metrics.clustering import LINKAGES
from gazelab.project.project import Project
from gazelab.report.likeness_matrix import LikenessMatrix, clusters, clusters_by, likeness_matrix
from gazelab.report.similarity import Likeness, SimilaritySummary, summarise_similarity
from gazelab.study.similarity import SimilarityPlan, similarities, write_similarities
from gazelab.task import Step, Task

_FIRST = "scanmatch"
"""The measure that is shown at first: it tells people from chance better than most."""

_MEASURE_PX = 205
"""Names of measures are long: the numbers need room too."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """All pairs, their means, the means of every two participants, and what they are of."""

    pairs: Sequence[Likeness]
    summaries: tuple[SimilaritySummary, ...]
    matrix: LikenessMatrix
    stimuli: tuple[str, ...]
    n_fixations: int
    n_excluded: int


def _compared(project: Project, plan: SimilarityPlan) -> Task[Compared]:
    pairs = yield from similarities(project, plan)
    matrix = likeness_matrix(pairs, len(plan.chosen))
    clusters_by(matrix, plan.chosen[0], 0, LINKAGES[0])  # its library takes long to import: here
    stimuli = tuple(dict.fromkeys(pair.stimulus for pair in pairs))
    used = [path.used for path in project.scanpaths if path.stimulus in stimuli]
    n_fixations = sum(int(one.sum()) for one in used)
    return Compared(
        pairs,
        summarise_similarity(pairs, plan.chosen),
        matrix,
        stimuli,
        n_fixations,
        sum(map(len, used)) - n_fixations,
    )


def _written(found: Compared, plan: SimilarityPlan, linkage: str, outdir: Path) -> Task[Path]:
    yield Step(0)
    trees = clusters(found.matrix, plan.chosen, linkage)
    task = write_similarities(found.pairs, plan.chosen, found.summaries, outdir, trees)
    return (yield from task)


class ScanpathsPage(Page):
    """A table of means beside chance, and the matrix of the measure that is chosen in it."""

    name = "similarity"
    parts = ("stimuli", "scanpaths", "attention")

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(viewing, jobs)
        self.title = self.tr("Similarity of scanpaths")
        self.scope = QComboBox()
        self.scope.addItems([self.tr("This image"), self.tr("All images")])
        self.scope.setAccessibleName(self.tr("On which images scanpaths are compared"))
        self.who = QComboBox()
        self.who.setAccessibleName(self.tr("Whose scanpaths the means are of"))
        self.who.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.who.hide()
        self.model = MeansModel(self)
        self.table = QTableView()
        self._set_up_table()
        self.matrix = LikenessView()
        linkage = QLabel(self.tr("Lin&kage"))
        linkage.setBuddy(self.matrix.linkage)
        for widget in (self.scope, self.who, linkage, self.matrix.linkage):
            self.settings.addWidget(widget)
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.matrix)
        splitter.setSizes([590, 440])
        self.show_body(splitter)
        order_tabs(self, self.table, self.matrix.map)
        self.scope.currentIndexChanged.connect(self.refresh)
        self.who.currentIndexChanged.connect(self._show_means)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_matrix())
        self.matrix.led.connect(self._lead)
        self.matrix.turned.connect(self._turn)
        viewing.changed.connect(self._viewing_changed)
        self.refresh()

    def missing(self, project: Project) -> str:
        """Return what there must be first."""
        if not project.scanpaths:
            return self.tr("No fixations yet: import recordings (Ctrl+I).")
        several = any(len(item.maps) > 1 for item in project.attention.values())
        if len({path.participant for path in project.scanpaths}) < 2 and not several:
            return self.tr(
                "There is nobody to compare with: import a second participant (Ctrl+I), or run a "
                "model that has steps (Ctrl+R)."
            )
        return ""

    def choice(self) -> SimilarityPlan:
        """Return what is compared."""
        this = self.scope.currentIndex() == 0
        return SimilarityPlan(stimuli=(self.viewing.state.stimulus,) if this else ())

    def task(self, asked: Asked) -> Task[Compared]:
        """Return the task that compares."""
        return _compared(asked.project, _plan(asked))

    def show_found(self, asked: Asked, found: Compared) -> None:
        """Show the means."""
        chosen = self.who.currentData()
        groups = dict.fromkeys((one.who, one.kind) for one in found.summaries)
        self.who.blockSignals(True)
        self.who.clear()
        for who, kind in groups:
            people = self.tr("People with one another")
            model = self.tr("People with {who}, {kind}").format(who=who, kind=kind)
            self.who.addItem(model if kind else people, (who, kind))
        self.who.setCurrentIndex(list(groups).index(chosen) if chosen in groups else 0)
        self.who.blockSignals(False)
        self.who.setVisible(len(groups) > 1)
        self._show_means()

    def told(self, asked: Asked, found: Compared) -> str:
        """Return what was compared, and what was left out."""
        where = self.tr("{n} images").format(n=len(found.stimuli))
        text = self.tr(
            "{pairs} pairs on {where}, {n} fixations of {people} participants, {excluded} "
            "excluded. Chance: scanpaths of other people on other images (seed {seed})."
        )
        return text.format(
            pairs=f"{len(found.pairs):,}",
            where=found.stimuli[0] if len(found.stimuli) == 1 else where,
            n=f"{found.n_fixations:,}",
            people=len(found.matrix.participants),
            excluded=f"{found.n_excluded:,}",
            seed=_plan(asked).seed,
        )

    def writing(self, asked: Asked, found: Compared, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return _written(found, _plan(asked), self.matrix.linkage.currentText(), outdir)

    def _show_matrix(self) -> None:
        row = self.table.currentIndex().row()
        if self.asked is not None and row >= 0:
            measures = _plan(self.asked).chosen
            self.matrix.show_measure(self.found.matrix, measures[row], row)

    def _lead(self, first: str, second: str) -> None:
        """Show the scanpaths of participants on the image that is shown, or on their first."""
        viewing = self.viewing
        names = [name for name in (second, first) if name]
        here = viewing.state.stimulus
        if not all(viewing.trials.find(name, here) for name in names):
            theirs = (p.stimulus for p in self.found.pairs if {p.first, p.second} >= set(names))
            viewing.show_stimulus(next((s for s in theirs if s in self.project.stimuli), here))
        for name in names:
            key = viewing.trials.find(name, viewing.state.stimulus)
            if key is not None:
                viewing.lead(key, others=bool(second) and name == first)

    def _turn(self, participant: str, source: str, kind: str) -> None:
        """Show a participant beside a source."""
        self._lead(participant, "")
        self.viewing.show(source=source, kind=kind)

    def _show_means(self) -> None:
        chosen = self.table.currentIndex().row()
        rows = () if self.found is None else self.found.summaries
        self.model.show_rows([r for r in rows if (r.who, r.kind) == self.who.currentData()])
        self.table.resizeColumnsToContents()
        self.table.setColumnWidth(0, min(self.table.columnWidth(0), _MEASURE_PX))
        names = [self.model.row(k).measure for k in range(self.model.rowCount())]
        row = chosen if chosen >= 0 else names.index(_FIRST)
        self.table.setCurrentIndex(self.model.index(row, 0))
        self._show_matrix()

    def _viewing_changed(self, fields: frozenset[str]) -> None:
        if "stimulus" in fields:
            self.refresh()

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAlternatingRowColors(True)
        table.setAccessibleName(self.tr("Similarity of scanpaths by measure"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 6)


def _plan(asked: Asked) -> SimilarityPlan:
    assert isinstance(asked.choice, SimilarityPlan)
    return asked.choice
