"""How alike scanpaths are: people with one another and with the steps of models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableView,
)

from gazelab.app.jobs import Jobs
from gazelab.app.panels.means import MeansModel
from gazelab.app.panels.page import Asked, Page
from gazelab.app.viewing import Viewing
from gazelab.project.project import Project
from gazelab.report.similarity import Likeness, SimilaritySummary, summarise_similarity
from gazelab.study.similarity import SimilarityPlan, similarities, write_similarities
from gazelab.task import Task


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """All pairs and their means."""

    pairs: Sequence[Likeness]
    summaries: tuple[SimilaritySummary, ...]


def _compared(project: Project, plan: SimilarityPlan) -> Task[Compared]:
    pairs = yield from similarities(project, plan)
    return Compared(pairs, summarise_similarity(pairs, plan.chosen))


class ScanpathsPage(Page):
    """A table of means beside chance; a row is a measure."""

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
        for widget in (self.scope, self.who):
            self.settings.addWidget(widget)
        layout = QHBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        self.scope.currentIndexChanged.connect(self.refresh)
        self.who.currentIndexChanged.connect(self._show_means)
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
        stimuli = list(dict.fromkeys(pair.stimulus for pair in found.pairs))
        paths = [path for path in asked.project.scanpaths if path.stimulus in set(stimuli)]
        text = self.tr(
            "{pairs} pairs on {where}, {n} fixations of {people} participants, {excluded} "
            "excluded. Chance: scanpaths of other people on other images (seed {seed})."
        )
        return text.format(
            pairs=f"{len(found.pairs):,}",
            where=stimuli[0] if len(stimuli) == 1 else self.tr("{n} images").format(n=len(stimuli)),
            n=f"{sum(int(path.used.sum()) for path in paths):,}",
            people=len({path.participant for path in paths}),
            excluded=f"{sum(int((~path.used).sum()) for path in paths):,}",
            seed=_plan(asked).seed,
        )

    def writing(self, asked: Asked, found: Compared, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return write_similarities(found.pairs, _plan(asked).chosen, found.summaries, outdir)

    def _show_means(self) -> None:
        rows = () if self.found is None else self.found.summaries
        self.model.show_rows([r for r in rows if (r.who, r.kind) == self.who.currentData()])
        self.table.resizeColumnsToContents()

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
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(table.fontMetrics().height() + 6)


def _plan(asked: Asked) -> SimilarityPlan:
    assert isinstance(asked.choice, SimilarityPlan)
    return asked.choice
