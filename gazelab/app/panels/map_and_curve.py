"""A map of cells with what the pointed cell says below it, and a curve beside both."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from gazelab.app.panels.curve import CurveView
from gazelab.app.panels.heatmap import HeatMap
from gazelab.data.counted import brief
from gazelab.metrics.catalog import metric_of
from gazelab.report.conditional import ConditionalSummary
from gazelab.report.curves import Curve
from gazelab.report.matrix import MatrixSummary

Cell = MatrixSummary | ConditionalSummary


class MapAndCurve(QSplitter):
    """The body of a page that shows a matrix and a line through it."""

    def __init__(self, name: str) -> None:
        super().__init__(childrenCollapsible=False)
        self.map = HeatMap()
        self.map.setAccessibleName(name)
        self.value = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.curve = CurveView()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self.map, 1)
        column.addWidget(self.value)
        self.addWidget(left)
        self.addWidget(self.curve)
        self.setSizes([560, 470])

    def say(self, text: str) -> None:
        """Say of a cell what there is to say, also to those who cannot see it."""
        self.value.setText(text)
        self.map.setAccessibleDescription(text)


def over_fixations(name: str, cells: Sequence[Cell], *, is_model: bool) -> Curve:
    """Return means with their intervals over the numbers of fixations."""
    return Curve(
        name,
        is_model,
        tuple(cell.fixation for cell in cells),
        tuple(cell.mean for cell in cells),
        tuple(cell.low for cell in cells),
        tuple(cell.high for cell in cells),
    )


def mean_in_words(cell: Cell) -> str:
    """Return a mean with its metric, its unit, and its interval if it has one."""
    unit = "" if cell.unit == "1" else f" {cell.unit}"
    interval = "" if math.isnan(cell.low) else f" ({brief(cell.low)} … {brief(cell.high)})"
    return f"{metric_of(cell.metric).title} {brief(cell.mean)}{unit}{interval}"
