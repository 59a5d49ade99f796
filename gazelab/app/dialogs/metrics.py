"""Choose metrics: the usual ones first, then other published definitions of them."""

from collections.abc import Collection, Iterable
from textwrap import fill

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from gazelab.app.dialogs.scrolled import Scrolled
from gazelab.data.scores import GOLD_STANDARD
from gazelab.metrics.catalog import METRICS, VARIANTS, Metric
from gazelab.report.catalogue import range_of

_TIP = 80  # characters in a line
_LEAST_PX = 160  # on a small screen; else as high as a list usually is


class MetricPicker(Scrolled):
    """A box for each metric with its variant; boxes : by id."""

    def __init__(self, ticked: Collection[str]) -> None:
        inside = QWidget()
        super().__init__(inside)
        self.boxes: dict[str, QCheckBox] = {}
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setColumnStretch(1, 1)
        self._add(METRICS)
        self._add_title(self.tr("Other published definitions"))
        self._add(VARIANTS)
        for id_, box in self.boxes.items():
            box.setChecked(id_ in ticked)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar_px = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(inside.sizeHint().width() + bar_px)
        self.setMinimumHeight(_LEAST_PX)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of what is ticked, in the order in which they are listed."""
        return tuple(id_ for id_, box in self.boxes.items() if box.isChecked())

    def _add(self, metrics: Iterable[Metric]) -> None:
        for metric in metrics:
            box = self.boxes[metric.id] = QCheckBox(metric.title)
            variant = QLabel(metric.variant, textFormat=Qt.TextFormat.PlainText)
            row = self._grid.rowCount()
            for column, widget in enumerate((box, variant)):
                widget.setToolTip(self._tip(metric))
                self._grid.addWidget(widget, row, column)

    def _add_title(self, text: str) -> None:
        self._grid.addWidget(QLabel(text), self._grid.rowCount(), 0, 1, 2)

    def _tip(self, metric: Metric) -> str:
        better = {"higher": self.tr("higher is better"), "lower": self.tr("lower is better")}
        facts = self.tr("{range}, unit {unit}, {better}").format(
            range=range_of(metric), unit=metric.unit, better=better[metric.direction]
        )
        lines = [fill(metric.definition, _TIP), facts, fill(metric.citation, _TIP)]
        if metric.of:
            lines.insert(1, fill(self._needs(metric), _TIP))
        return "\n".join(lines)

    def _needs(self, metric: Metric) -> str:
        """Return what a metric in relation to people needs, and what comes with it."""
        if metric.level == GOLD_STANDARD:
            return self.tr(
                "Needs several viewers of an image, and other images. The KDE gold standard is "
                "scored with it. For final maps and all fixations, not for single steps."
            )
        return self.tr(
            "Needs several viewers of each image. For final maps and all fixations, not for "
            "single steps."
        )
