"""Two sources, two groups of participants or two sets of images, compared by every metric."""

import math
from pathlib import Path

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QSplitter

from gazelab.app.jobs import Jobs
from gazelab.app.panels.page import Asked, Page
from gazelab.app.panels.sorted_table import Row, SortedModel, SortedView
from gazelab.app.viewing import Viewing
from gazelab.data.counted import brief
from gazelab.metrics.catalog import TO_GOLD_STANDARD
from gazelab.metrics.mean_difference import PERMUTATION, RANKS, Inference
from gazelab.project.project import Project
from gazelab.report.differences import Difference
from gazelab.study.differences import Compared, DifferencePlan, compare, write_differences
from gazelab.study.sides import SOURCE, Side, final_scores, sides
from gazelab.task import Task

_ARROWS = {"higher": " ↑", "lower": " ↓", "": ""}
_SMALL_P = 0.001


class DifferencesPage(Page):
    """A table of differences, and beside it the values on every image; a row goes to its image."""

    name = "differences"
    parts = (
        "stimuli",
        "scanpaths",
        "attention",
        "scores",
        "participant_attributes",
        "stimulus_attributes",
    )

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(viewing, jobs)
        self.title = self.tr("Differences")
        self.first, self.second, self.by, self.test = (QComboBox() for _ in range(4))
        self._sides: tuple[Side, ...] = ()
        self._seen: tuple[object, ...] = ()
        self._fill_tests()
        self.model = SortedModel(self._titles(), self)
        self.table = SortedView(self.model, self.tr("Differences"))
        self.images_model = SortedModel(self._image_titles("", ""), self)
        self.images = SortedView(self.images_model, self.tr("Values on every image"))
        self._lay_out_page()
        self.first.currentIndexChanged.connect(self._first_chosen)
        for box in (self.second, self.by, self.test):
            box.currentIndexChanged.connect(self.refresh)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_images())
        self.images.selectionModel().currentRowChanged.connect(self._go)
        self.refresh()

    # what a page answers

    def missing(self, project: Project) -> str:
        """Return what there must be first."""
        if not any(self._partners(side) for side in self._sides):
            return self.tr(
                "Nothing to compare yet: compare models with people (Ctrl+K), or read which "
                "participant or image belongs to which group or condition (Ctrl+Shift+A)."
            )
        return ""

    def choice(self) -> DifferencePlan:
        """Return what is compared, and how."""
        settings = self.project.settings
        metric = self.by.currentData()
        return DifferencePlan(
            pairs=((self.first.currentText(), self.second.currentText()),),
            blur=settings.blur,
            metrics=(metric,) if metric else (),
            weight_by_duration=settings.weight_by_duration,
            inference=Inference(self.test.currentData()),
        )

    def task(self, asked: Asked) -> Task[Compared]:
        """Return the task that compares."""
        return compare(asked.project, _plan(asked))

    def show_found(self, asked: Asked, found: Compared) -> None:
        """Show the differences, and the images of the first."""
        self.model.show_rows([self._row(row) for row in found.rows])
        self.table.setColumnHidden(0, len({row.about for row in found.rows}) == 1)
        self.table.fit()
        if found.rows:
            self.table.selectRow(0)
        self._show_images()

    def told(self, asked: Asked, found: Compared) -> str:
        """Return what was compared, on how much, and how the p-values were corrected."""
        text = self.tr("{about}: {first} minus {second}.")
        said = [
            text.format(about=", ".join(about), first=first, second=second)
            for (first, second), about in _compared(found).items()
        ]
        said.append(self.tr("q is p corrected for {n} comparisons.").format(n=len(found.rows)))
        tests = dict.fromkeys(row.found.test for row in found.rows if row.found.test)
        said += [self.tr("p: {tests}.").format(tests="; ".join(tests))] if tests else []
        said += dict.fromkeys(map(self._blur, found.rows))
        return " ".join([*filter(None, said), *(f"{note}." for note in found.notes)])

    def writing(self, asked: Asked, found: Compared, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables."""
        return write_differences(found.rows, outdir)

    def refresh(self) -> None:
        """Offer what there is to compare now, then say how things stand."""
        project = self.project
        seen = tuple(getattr(project, part) for part in self.parts)
        if any(a is not b for a, b in zip(seen, self._seen or (None,) * len(seen), strict=True)):
            self._seen = seen
            self._offer(project)
        super().refresh()

    # inside

    def _offer(self, project: Project) -> None:
        self._sides = sides(project)
        names = [side.name for side in self._sides if self._partners(side)]
        _refill(self.first, [(name, name) for name in names])
        scored = dict.fromkeys(score.metric for score in final_scores(project))
        every = (self.tr("All metrics"), "")
        _refill(self.by, [every, *((metric, metric) for metric in scored)])
        self._offer_partners()

    def _first_chosen(self) -> None:
        self._offer_partners()
        self.refresh()

    def _offer_partners(self) -> None:
        chosen = next((s for s in self._sides if s.name == self.first.currentData()), None)
        partners = self._partners(chosen) if chosen else []
        _refill(self.second, [(side.name, side.name) for side in partners])

    def _partners(self, side: Side) -> list[Side]:
        """Return what a side can be compared with."""
        mine = set(side.members)
        return [
            other
            for other in self._sides
            if other.kind == side.kind
            and other.members != side.members
            and (side.kind == SOURCE or not mine & set(other.members))
        ]

    def _fill_tests(self) -> None:
        self.test.addItem(self.tr("Rank tests"), RANKS)
        self.test.addItem(self.tr("Permutation tests"), PERMUTATION)
        self.test.setToolTip(
            self.tr("Wilcoxon signed-rank or Mann-Whitney; or by permutation of signs or labels")
        )

    def _lay_out_page(self) -> None:
        names = {
            self.first: self.tr("What is compared"),
            self.second: self.tr("With what it is compared"),
            self.by: self.tr("By which metrics"),
            self.test: self.tr("Which test"),
        }
        for box, name in names.items():
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(18 if box in (self.first, self.second) else 12)
            box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for widget in (self.first, QLabel(self.tr("minus")), self.second, self.by, self.test):
            self.settings.addWidget(widget)
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.images)
        splitter.setSizes([760, 360])
        self.show_body(splitter)

    def _show_images(self) -> None:
        index = self.table.currentIndex()
        if not index.isValid():
            self.images_model.show_rows([])
            return
        row: Difference = self.model.row(index.row()).of
        self.images_model.set_titles(self._image_titles(row.first, row.second))
        self.images_model.show_rows([_image_row(row, *values) for values in row.values])
        self.images.setColumnHidden(3, not row.found.paired)
        self.images.fit()

    def _go(self, index: QModelIndex, _: QModelIndex) -> None:
        if index.isValid():
            self.viewing.show_stimulus(self.images_model.row(index.row()).of)

    def _row(self, row: Difference) -> Row:
        found = row.found
        numbers = (found.mean_first, found.mean_second, found.difference)
        sizes = (found.standardised, found.rank_biserial)
        interval = "NA" if math.isnan(found.low) else f"{brief(found.low)} … {brief(found.high)}"
        return Row(
            (
                row.about,
                row.metric + _ARROWS[row.direction] + ("" if row.unit == "1" else f" [{row.unit}]"),
                *map(brief, numbers),
                interval,
                *map(_chance, (found.p, row.corrected_p)),
                _count(row),
                *map(brief, sizes),
                found.test,
                row.variant,
            ),
            (
                row.about,
                row.metric,
                *numbers,
                found.low,
                found.p,
                row.corrected_p,
                float(found.n_first),
                *sizes,
                found.test,
                row.variant,
            ),
            f"{row.first}\n{row.second}\n{row.variant}\n{found.test}",
            row,
        )

    def _titles(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Of"), self.tr("What was scored")),
            (self.tr("Metric"), self.tr("↑ higher is more agreement, ↓ lower is; [unit]")),
            (self.tr("First"), self.tr("Mean of the first over images")),
            (self.tr("Second"), self.tr("Mean of the second over images")),
            (self.tr("Difference"), self.tr("The first minus the second")),
            (self.tr("95 %"), self.tr("Bootstrap interval of the difference over images")),
            (self.tr("p"), self.tr("Chance of a difference as large if there were none")),
            (self.tr("q"), self.tr("p corrected for all rows (Benjamini-Hochberg)")),
            (self.tr("Images"), self.tr("Those that entered, and * those left out as undefined")),
            (self.tr("d"), self.tr("Cohen's d_z where both have the same images, else Cohen's d")),
            (self.tr("r"), self.tr("Rank-biserial correlation, -1 to 1")),
            (self.tr("Test"), self.tr("Where p comes from")),
            (self.tr("Variant"), self.tr("Which of the published definitions")),
        ]

    def _blur(self, row: Difference) -> str:
        """Return the blur of a row and of what it is; "" where there is none."""
        if math.isnan(row.sigma_px):
            return ""
        degrees = "" if math.isnan(row.sigma_deg) else f", {row.sigma_deg:.4g}°"
        text = self.tr("Human density: Gaussian of {blur}.")
        if row.metric in TO_GOLD_STANDARD:
            text = self.tr("KDE gold standard: Gaussian of {blur}.")
        return text.format(blur=f"{row.sigma_px:g} px{degrees}")

    def _image_titles(self, first: str, second: str) -> list[tuple[str, str]]:
        return [
            (self.tr("Image"), self.tr("Choose a row to see the image")),
            (self.tr("First"), first),
            (self.tr("Second"), second),
            (self.tr("Difference"), self.tr("The first minus the second")),
        ]


def _plan(asked: Asked) -> DifferencePlan:
    assert isinstance(asked.choice, DifferencePlan)
    return asked.choice


def _image_row(row: Difference, name: str, first: float, second: float) -> Row:
    """Return the values on one image; one that belongs to one of two sets has no other value."""
    keys = first, second, first - second
    cells = ["" if math.isnan(key) and not row.found.paired else brief(key) for key in keys]
    return Row((name, *cells), (name, *keys), f"{row.about}, {row.metric}: {name}", name)


def _compared(found: Compared) -> dict[tuple[str, str], list[str]]:
    """Return (first, second) -> what was scored, each once."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for row in found.rows:
        abouts = pairs.setdefault((row.first, row.second), [])
        if row.about not in abouts:
            abouts.append(row.about)
    return pairs


def _refill(box: QComboBox, items: list[tuple[str, str]]) -> None:
    """Offer other (words, data), with the same one chosen if it is still there."""
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for place, (words, data) in enumerate(items):
            box.addItem(words, data)
            box.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(max(box.findData(chosen), 0) if items else -1)


def _count(row: Difference) -> str:
    n = f"{row.found.n_first:,}" + ("" if row.found.paired else f" / {row.found.n_second:,}")
    return n + (f" *{row.n_left_out:,}" if row.n_left_out else "")


def _chance(p: float) -> str:
    return "<0.001" if p < _SMALL_P else brief(p)
