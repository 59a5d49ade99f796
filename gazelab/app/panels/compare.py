"""The numbers: a table of sources and metrics, and the curve of one metric over steps."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.jobs import Jobs
from gazelab.app.panels.curve import CurveView
from gazelab.app.viewing import Viewing
from gazelab.data.scores import GOLD_STANDARD, Score
from gazelab.metrics.catalog import METRICS, RELATIVE, TO_GOLD_STANDARD, VARIANTS, Metric
from gazelab.report.baselines import baselines_in, gold_standard_told
from gazelab.report.curves import curves, source_name
from gazelab.report.remarks import Remarks, remarks
from gazelab.report.summary import Summary, summarise
from gazelab.task import Step, Task

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_ARROWS = {"higher": "↑", "lower": "↓"}
_TIP = 80  # characters in a line: a tip of plain text is not wrapped by itself
_NAME_PX = 260
"""Names of attention methods are long: the numbers need room too."""


class SummaryModel(QAbstractTableModel):
    """One row for each source, one column for each metric: the final maps on all fixations."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sources: tuple[str, ...] = ()
        self._columns: tuple[Metric, ...] = ()
        self._cells: dict[tuple[str, str], Summary] = {}
        self._told: Mapping[str, str] = {}
        self._remarks: Mapping[tuple[str, str], Remarks] = {}

    def set_summaries(
        self,
        summaries: Iterable[Summary],
        told: Mapping[str, str],
        remarks: Mapping[tuple[str, str], Remarks],
    ) -> None:
        """Show other numbers.

        told : what sources are, for those of which there is more to say. remarks : (source,
        metric) -> what the notes of its scores say.
        """
        final = [row for row in summaries if row.step == 0 and row.fixations == "all"]
        self.beginResetModel()
        self._told = told
        self._remarks = remarks
        self._cells = {(source_name(row.source, row.kind), row.metric): row for row in final}
        self._sources = tuple(dict.fromkeys(source for source, _ in self._cells))
        scored = {metric for _, metric in self._cells}
        self._columns = tuple(metric for metric in (*METRICS, *VARIANTS) if metric.id in scored)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._sources)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        place = self._sources[index.row()], self._columns[index.column()].id
        cell = self._cells.get(place)
        if role == _ROLE.DisplayRole:
            return "NA" if cell is None or math.isnan(cell.mean) else f"{cell.mean:z.3f}"
        if role == _ROLE.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _ROLE.ToolTipRole and cell is not None:
            return "\n".join([self._tip(cell), *self._notes(place)])
        return None

    def headerData(  # noqa: D102 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            source = self._sources[section]
            if role == _ROLE.ToolTipRole:
                return "\n".join(filter(None, (source, self._told.get(source, ""))))
            return source if role == _ROLE.DisplayRole else None
        metric = self._columns[section]
        if role == _ROLE.DisplayRole:
            unit = "" if metric.unit == "1" else f" [{metric.unit}]"
            return f"{metric.title} {_ARROWS[metric.direction]}{unit}"
        if role == _ROLE.ToolTipRole:
            return f"{fill(metric.definition, _TIP)}\n{metric.variant}\n{metric.citation}"
        return None

    def _tip(self, cell: Summary) -> str:
        text = self.tr("{variant}. Mean of {n} images, SD {sd:.3f}; undefined for {undefined}.")
        if cell.n_stimuli == 1:
            text = self.tr("{variant}. Of one image; undefined for {undefined}.")
        if cell.n_stimuli == 0:
            text = self.tr("{variant}. Not defined for any of {undefined} images.")
        if cell.n_stimuli + cell.n_undefined == 1:
            text = self.tr("{variant}. Of one image.")
        return text.format(
            variant=cell.variant, n=cell.n_stimuli, sd=cell.sd, undefined=cell.n_undefined
        )

    def _notes(self, place: tuple[str, str]) -> list[str]:
        """Return what holds for every value, and why values are undefined."""
        if place not in self._remarks:
            return []
        found = self._remarks[place]
        undefined = self.tr("Undefined for {n}: {reason}")
        reasons = [undefined.format(n=n, reason=reason) for reason, n in found.reasons.items()]
        return [fill(note, _TIP) for note in (*found.common, *reasons)]


_Asked = tuple[tuple[Score, ...], str]


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """Scores of one stimulus, or of all when it is "", with summaries and what there is to say."""

    asked: _Asked
    scores: Sequence[Score]
    summaries: tuple[Summary, ...]
    told: Mapping[str, str]
    remarks: Mapping[tuple[str, str], Remarks]


def _summed_up(scores: tuple[Score, ...], stimulus: str) -> Task[_Answer]:
    yield Step(0, 1)
    chosen = [score for score in scores if stimulus in ("", score.stimulus)]
    told = {
        source: fill(baseline.definition, _TIP) for source, baseline in baselines_in(chosen).items()
    }
    if gold := gold_standard_told(chosen):
        told[GOLD_STANDARD] += f"\n{fill(gold, _TIP)}"
    return _Answer((scores, stimulus), chosen, summarise(chosen), told, remarks(chosen))


def _is_of_gold(score: Score) -> bool:
    """Whether its blur is that of the gold standard, which nobody chose by hand."""
    return score.source == GOLD_STANDARD or score.metric in TO_GOLD_STANDARD


class ComparePanel(QWidget):
    """Table and curve, for the present stimulus or over all of them."""

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__()
        self._viewing = viewing
        self._jobs = jobs
        self._asked: _Asked = ((), "")
        self._answer = _Answer(self._asked, (), (), {}, {})
        self.scope = QComboBox()
        self.scope.addItems([self.tr("All images"), self.tr("This image")])
        self.scope.setAccessibleName(self.tr("Which images the numbers are for"))
        self.curve_metric = QComboBox()
        self.curve_metric.setAccessibleName(self.tr("Metric of the curve"))
        self._offer_curves(())
        self.hint = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.table = QTableView()
        self.table.setAlternatingRowColors(True)
        self.table.setAccessibleName(self.tr("Scores"))
        self.model = SummaryModel(self)
        self.table.setModel(self.model)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        names = self.table.verticalHeader()
        names.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        names.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        names.setMaximumWidth(_NAME_PX)
        self.curve = CurveView()
        self._lay_out()
        self.scope.currentIndexChanged.connect(self.refresh)
        self.curve_metric.currentIndexChanged.connect(self._show_curve)
        viewing.changed.connect(self._viewing_changed)
        self._show(self._answer)

    def refresh(self) -> None:
        """Show the numbers as they are now; a hundred thousand are summed up in a worker."""
        project = self._viewing.document.project
        stimulus = self._viewing.state.stimulus if self.scope.currentIndex() == 1 else ""
        if (project.scores, stimulus) == self._asked:
            return
        self._asked = (project.scores, stimulus)
        task = _summed_up(project.scores, stimulus)
        self._jobs.start(self.tr("Sum up"), task, self._show, quiet=True)

    def _show(self, answer: _Answer) -> None:
        if answer.asked != self._asked:  # something else was asked meanwhile
            return
        self._answer = answer
        self.model.set_summaries(answer.summaries, answer.told, answer.remarks)
        self._offer_curves({row.metric for row in answer.summaries})
        self.hint.setText(self._hint(answer.scores))
        self._show_curve()

    def _offer_curves(self, scored: Collection[str]) -> None:
        """Offer the usual metrics and others that were scored, but none that steps do not have."""
        offered = [*METRICS, *(m for m in VARIANTS if m.id in scored and not m.of)]
        left_out = ", ".join(metric.title for metric in RELATIVE if metric.id in scored)
        why = self.tr("{metrics}: for final maps and all fixations, not for single steps.")
        self.curve_metric.setToolTip(why.format(metrics=left_out) if left_out else "")
        chosen = self.curve_metric.currentData()
        with QSignalBlocker(self.curve_metric):
            self.curve_metric.clear()
            for metric in offered:
                self.curve_metric.addItem(metric.title, metric.id)
            self.curve_metric.setCurrentIndex(max(self.curve_metric.findData(chosen), 0))

    def _show_curve(self) -> None:
        metric, title = self.curve_metric.currentData(), self.curve_metric.currentText()
        self.curve.show_curves(curves(self._answer.summaries, metric), title)
        self.curve.mark_step(self._viewing.shown_step)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.scope)
        top.addWidget(self.hint, 1)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(8, 4, 4, 6)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(4, 4, 8, 6)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("Curve of")))
        top.addWidget(self.curve_metric)
        top.addStretch()
        layout.addLayout(top)
        layout.addWidget(self.curve, 1)
        splitter = QSplitter(childrenCollapsible=False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setSizes([560, 700])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _viewing_changed(self, fields: frozenset[str]) -> None:
        if "project" in fields or ("stimulus" in fields and self.scope.currentIndex() == 1):
            self.refresh()
        elif fields & {"fixation", "step", "stimulus", "participants"}:
            self.curve.mark_step(self._viewing.shown_step)

    def _hint(self, scores: Sequence[Score]) -> str:
        if not scores:
            return self.tr("No scores yet: run a model (Ctrl+R), then compare (Ctrl+K).")
        blur = next((s for s in scores if not (math.isnan(s.sigma_px) or _is_of_gold(s))), None)
        how = next((s.alignment for s in scores if s.fixations == "aligned"), None)
        one = [s for s in scores if s.metric == scores[0].metric and s.step == 0]
        images = {s.stimulus: s for s in one}
        parts = [
            self.tr("Simulated data.") if self._viewing.document.project.simulated else "",
            self.tr("{n} fixations of all participants, {excluded} excluded;").format(
                n=sum(s.n_fixations for s in images.values()),
                excluded=sum(s.n_excluded for s in images.values()),
            ),
            "" if blur is None else self.tr("σ {px:.1f} px;").format(px=blur.sigma_px),
            "" if how is None else self.tr("steps beside fixations by {how}.").format(how=how),
        ]
        return " ".join(part for part in parts if part)
